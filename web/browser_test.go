package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A browser keeps cookies and says where its requests come from. It does not
// follow redirects.
type browser struct {
	t    *testing.T
	base *url.URL
	http *http.Client
}

func (k *kit) browser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(k.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := *k.srv.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t, base, &client}
}

// An answer is a response that was read.
type answer struct {
	*http.Response
	body string
}

// is fails the test unless the answer has the status and, in its body or
// Location, want.
func (a answer) is(t *testing.T, status int, want string) {
	t.Helper()
	if a.StatusCode != status || !strings.Contains(a.Header.Get("Location")+" "+a.body, want) {
		t.Fatalf("%s %s: %s to %q %q, want %d %q", a.Request.Method, a.Request.URL.Path, a.Status, a.Header.Get("Location"), a.body, status, want)
	}
}

// do sends a request. Headers come in pairs; an empty value removes one.
func (b *browser) do(method, path string, body io.Reader, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base.String()+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
		if pair[1] == "" {
			r.Header.Del(pair[0])
		}
	}
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res, string(got)}
}

func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do("GET", path, nil, headers...)
}

func (b *browser) post(path, form string, headers ...string) answer {
	b.t.Helper()
	return b.do("POST", path, strings.NewReader(form), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

func (b *browser) signIn(user int64) answer {
	b.t.Helper()
	a := b.post("/login/k3y", fmt.Sprintf("user=%d", user))
	if a.StatusCode >= 400 {
		b.t.Fatalf("sign in: %s %s", a.Status, a.body)
	}
	return a
}

func (b *browser) cookie(name string) string {
	for _, c := range b.http.Jar.Cookies(b.base) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *browser) setCookie(name, value string) {
	b.http.Jar.SetCookies(b.base, []*http.Cookie{{Name: name, Value: value, Path: "/", Secure: b.base.Scheme == "https"}})
}
