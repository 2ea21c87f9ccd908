package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"kontor/db/core"
)

// table stands for the database.
type table struct {
	mu      sync.Mutex
	now     func() time.Time
	rows    map[string]core.Session
	users   map[int64]core.User
	reads   int
	saves   int
	touches int
	err     error  // what reading returns
	full    error  // what writing returns
	gate    func() // called after reading a session, before it is returned
}

func (t *table) Session(_ context.Context, key []byte) (core.Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	if t.err != nil {
		return core.Session{}, t.err
	}
	s, ok := t.rows[string(key)]
	if gate := t.gate; gate != nil {
		t.mu.Unlock()
		gate()
		t.mu.Lock()
	}
	if !ok {
		return s, fmt.Errorf("session: %w", core.ErrNotFound)
	}
	s.User = t.users[s.User.ID]
	return s, nil
}

func (t *table) SaveSession(_ context.Context, key []byte, s core.Session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	t.saves++
	t.rows[string(key)] = s
	return nil
}

func (t *table) TouchSession(_ context.Context, key []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	t.touches++
	s := t.rows[string(key)]
	s.SeenAt = t.now()
	t.rows[string(key)] = s
	return nil
}

func (t *table) EndSession(_ context.Context, key []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	if _, ok := t.rows[string(key)]; !ok {
		return core.ErrNotFound
	}
	delete(t.rows, string(key))
	return nil
}

// only returns the one session there is.
func (t *table) only(tb testing.TB) core.Session {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) != 1 {
		tb.Fatalf("%d sessions, want 1", len(t.rows))
	}
	for _, s := range t.rows {
		return s
	}
	panic("unreachable")
}

// counts returns how often the table was read, saved to and touched since it
// was asked last.
func (t *table) counts() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := fmt.Sprintf("reads %d saves %d touches %d", t.reads, t.saves, t.touches)
	t.reads, t.saves, t.touches = 0, 0, 0
	return s
}

func (t *table) refuse(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.full = err
}

func (t *table) ping(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *table) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
}

// A journal takes log lines, or notes of what was done.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

// take returns what was written since it was taken last.
func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.buf.Reset()
	return j.buf.String()
}

// A kit is a small program made with the package: a page, a form, a sign-in.
type kit struct {
	*Site
	pages *Pages
	table *table
	log   *journal // of the site
	did   *journal // what handlers and hooks did
	srv   *httptest.Server

	mu   sync.Mutex
	time time.Time
}

func (k *kit) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.time
}

func (k *kit) sleep(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.time = k.time.Add(d)
}

const (
	owner   = 1 // of merchant 1
	viewer  = 2 // of merchant 1
	agent   = 3
	auditor = 4
)

// start serves a kit. With https its public address is one.
func start(t *testing.T, https bool) *kit {
	k := &kit{log: new(journal), did: new(journal), time: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	k.table = &table{now: k.now, rows: map[string]core.Session{}, users: map[int64]core.User{
		owner:   {ID: owner, Name: "Olga", Role: core.Owner, Merchant: 1, Active: true},
		viewer:  {ID: viewer, Name: "Vito", Role: core.Viewer, Merchant: 1, Active: true},
		agent:   {ID: agent, Name: "Anna", Role: core.Agent, Active: true},
		auditor: {ID: auditor, Name: "Udo", Role: core.Auditor, Active: true},
	}}
	k.Site = &Site{
		Log: slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ErrorPage: func(r *http.Request, f Failure) templ.Component {
			return text(fmt.Sprintf("failed %d %s %s part=%t", f.Status, f.Request, User(r).Name, f.Part))
		},
		Sessions: k.table,
		Enter: func(_ context.Context, by core.Actor, merchant int64) error {
			if merchant > 5 {
				return core.ErrNotFound
			}
			fmt.Fprintf(k.did, "%s enters %d;", by.Name, by.Merchant)
			return nil
		},
		Now: k.now,
	}
	k.pages = k.Site.Pages()
	k.routes()
	serve := httptest.NewServer
	if https {
		serve = httptest.NewTLSServer
	}
	// The handler needs the address and the address the server.
	var h http.Handler
	k.srv = serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(k.srv.Close)
	var err error
	if k.URL, err = ParseURL(k.srv.URL); err != nil {
		t.Fatal(err)
	}
	h = k.Around(k.Health(k.table.ping, k.pages))
	return k
}

func (k *kit) routes() {
	page := func(w http.ResponseWriter, r *http.Request) error {
		a := Actor(r)
		return Render(w, r, http.StatusOK, text(fmt.Sprintf("%s in %d", a.Name, a.Merchant)))
	}
	save := func(w http.ResponseWriter, r *http.Request) error {
		if r.PostFormValue("name") == "" {
			return Render(w, r, http.StatusUnprocessableEntity, text("name is missing"))
		}
		fmt.Fprintf(k.did, "%s in %d saves %s?%s %s;", Actor(r).Name, Actor(r).Merchant, r.URL.Path, r.URL.RawQuery, r.PostForm.Encode())
		if err := AddFlash(w, r, Flash{Kind: FlashSuccess, Text: "Saved"}); err != nil {
			return err
		}
		return Redirect(w, r, "/m/1/saved")
	}
	k.pages.Page("GET /all", core.Read, page)
	k.pages.Page("GET /m/{merchant}/customers", core.Read, page)
	k.pages.Page("POST /m/{merchant}/customers", core.Write, save)
	k.pages.Page("PUT /m/{merchant}/customers", core.Write, save)
	k.pages.Page("POST /m/{merchant}/cards", core.Write, save, Secret)
	k.pages.Page("POST /m/{merchant}/short", core.Write, save, Body(10))
	k.pages.Page("POST /m/{merchant}/import", core.Write, func(w http.ResponseWriter, r *http.Request) error {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return fmt.Errorf("read file: %w", err)
		}
		return Render(w, r, http.StatusOK, text(fmt.Sprint(n)))
	}, Body(formSize+10))
	k.pages.Page("GET /flashes", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		list, err := TakeFlashes(w, r)
		if err != nil {
			return err
		}
		return Render(w, r, http.StatusOK, text(fmt.Sprintf("%+v", list)))
	})
	k.pages.Page("POST /flash", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		undo := &Undo{Action: "/undo", Label: "Undo", Fields: []Field{{"version", "3"}}}
		if err := AddFlash(w, r, Flash{Kind: FlashWarning, Text: "Gone", Undo: undo}); err != nil {
			return err
		}
		if err := AddFlash(w, r, Flash{Kind: FlashSuccess, Text: "Two"}); err != nil {
			return err
		}
		return Redirect(w, r, "/flashes")
	})
	k.pages.Open("GET /login", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, text(fmt.Sprintf("login held=%t", k.Held(r))))
	}, Secret)
	k.pages.Open("POST /login/{key}", func(w http.ResponseWriter, r *http.Request) error {
		id, err := strconv.ParseInt(r.PostFormValue("user"), 10, 64)
		if err != nil {
			return err
		}
		k.table.mu.Lock()
		user := k.table.users[id]
		k.table.mu.Unlock()
		if err := k.SignIn(w, r, user); err != nil {
			return err
		}
		if k.pages.Resume(w, r) {
			return nil
		}
		return Redirect(w, r, "/welcome")
	}, Secret)
	k.pages.Page("POST /renew", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		if err := k.Renew(w, r); err != nil {
			return err
		}
		return Redirect(w, r, "/")
	})
	k.pages.Open("POST /logout", func(w http.ResponseWriter, r *http.Request) error {
		if err := k.SignOut(w, r); err != nil {
			return err
		}
		return Redirect(w, r, "/login")
	})
}

// text is a component of nothing but s.
func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}

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
