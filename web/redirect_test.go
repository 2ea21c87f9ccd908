package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/":                                "/",
		"/m/1/customers?q=a%20b&x=/":       "/m/1/customers?q=a%20b&x=/",
		"/m/1/customers?q=bäck der#top":    "/m/1/customers?q=b%C3%A4ck%20der#top",
		"/a?next=https://evil.example/":    "/a?next=https://evil.example/",
		"/%2F/evil.example":                "/%2F/evil.example",
		`/a?q="<b>"`:                       "/a?q=%22%3Cb%3E%22",
		"":                                 "",
		"m/1":                              "",
		"//evil.example":                   "",
		"///evil.example":                  "",
		`/\evil.example`:                   "",
		`\/evil.example`:                   "",
		`/a\b`:                             "",
		"https://evil.example/":            "",
		"javascript:alert(1)":              "",
		"/\t/evil.example":                 "",
		"/a\r\nSet-Cookie: x":              "",
		"/a\x00":                           "",
		"/a\x7f":                           "",
		" /a":                              "",
		"/%zz":                             "",
		"/" + strings.Repeat("a", 4095):    "/" + strings.Repeat("a", 4095),
		"/" + strings.Repeat("a", 4096):    "",
		"/?q=" + strings.Repeat("ä", 2000): "",
	} {
		got, ok := LocalPath(in)
		if got != want && (ok || want != "") || ok != (want != "") {
			t.Errorf("%.40q: %.40q %t, want %.40q", in, got, ok, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/", "/m/1?q=ä", "//x", `/\x`, "/\t/x", "/./\\x", "/a/..//x", "/%2f%2fx", "/;//x", "/#//x", "/?//x"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "office.example", Path: "/login"}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := LocalPath(s)
		if !ok {
			return
		}
		// As a browser reads it: tabs and newlines dropped, backslashes turned.
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(got))
		if !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") {
			t.Errorf("%q leads to %q", s, read)
		}
		u, err := base.Parse(got)
		if err != nil || u.Scheme != base.Scheme || u.Host != base.Host || u.User != nil {
			t.Errorf("%q leads to %v, %v", s, u, err)
		}
		for i := range len(got) {
			if got[i] <= ' ' || got[i] >= 0x7f {
				t.Fatalf("%q is not fit for a header", got)
			}
		}
		if again, ok := LocalPath(got); !ok || again != got {
			t.Errorf("%q becomes %q, %t", got, again, ok)
		}
	})
}

func TestRedirect(t *testing.T) {
	r := httptest.NewRequest("POST", "/m/1/customers", nil)
	w := httptest.NewRecorder()
	if err := Redirect(w, r, "/m/1/customers?q=ä"); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("Location"); w.Code != 303 || got != "/m/1/customers?q=%C3%A4" {
		t.Errorf("%d to %q", w.Code, got)
	}

	r.Header.Set("HX-Request", "true")
	w = httptest.NewRecorder()
	if err := Redirect(w, r, "/m/1/customers"); err != nil {
		t.Fatal(err)
	}
	if got := w.Header().Get("HX-Redirect"); w.Code != 204 || got != "/m/1/customers" || w.Header().Get("Location") != "" {
		t.Errorf("htmx: %d to %q", w.Code, got)
	}

	w = httptest.NewRecorder()
	if err := Redirect(w, r, "//evil.example"); Status(err) != 500 || len(w.Header()) != 0 {
		t.Errorf("another site: %v %v", err, w.Header())
	}
}

func TestParseURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://office.example":      "https://office.example",
		"https://Office.Example:443/": "https://office.example",
		"http://10.0.0.5:8080":        "http://10.0.0.5:8080",
		"http://[::1]:80":             "http://[::1]",
		"https://office.example/base": "",
		"https://u:p@office.example":  "",
		"https://office.example?a=b":  "",
		"office.example":              "",
		"ftp://office.example":        "",
		"https://":                    "",
		"https://:443":                "",
		"https://office example":      "",
	} {
		u, err := ParseURL(in)
		if got := ""; err == nil {
			got = u.String()
			if got != want {
				t.Errorf("%q: %q, want %q", in, got, want)
			}
		} else if want != "" {
			t.Errorf("%q: %v", in, err)
		}
	}
}
