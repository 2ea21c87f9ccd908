package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"kontor/db/core"
)

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

// start serves a kit over http or https.
func start(t *testing.T, scheme string) *kit {
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
		Enter: func(_ context.Context, by core.Actor) error {
			if by.Merchant > 5 {
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
	if scheme == "https" {
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
