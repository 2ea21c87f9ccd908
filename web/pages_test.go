package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"kontor/db/core"
)

func TestWhatThePagesDoNotHaveIsOurErrorPage(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	for _, tt := range []struct {
		method, path string
		status       int
		allow, want  string
	}{
		{"GET", "/nowhere", 404, "", "failed 404"},
		{"POST", "/nowhere", 404, "", "failed 404"},
		{"DELETE", "/m/1/customers", 405, "GET, HEAD, POST, PUT", "failed 405"},
		{"GET", "/logout", 405, "POST", "failed 405"},
		{"GET", "/a/../all", 307, "", "/all"},
	} {
		a := b.do(tt.method, tt.path, nil)
		a.is(t, tt.status, tt.want)
		if got := a.Header.Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	for _, tt := range []struct {
		name, path string
		size       int
		status     int
	}{
		{"a form", "/m/1/customers", formSize, 303},
		{"a large form", "/m/1/customers", formSize + 1, 413},
		{"a route with less", "/m/1/short", 10, 303},
		{"more than that", "/m/1/short", 11, 413},
		{"a route with more", "/m/1/import", formSize + 10, 200},
		{"more than even that", "/m/1/import", formSize + 11, 413},
	} {
		body := "name=" + strings.Repeat("x", tt.size-5)
		kind := "application/x-www-form-urlencoded"
		if tt.path == "/m/1/import" {
			kind = "text/csv"
		}
		want := ""
		if tt.status == 413 {
			want = "failed 413"
		}
		t.Log(tt.name)
		b.do("POST", tt.path, strings.NewReader(body), "Content-Type", kind).is(t, tt.status, want)
		if tt.status == 413 { // the length not said before
			b.do("POST", tt.path, struct{ *strings.Reader }{strings.NewReader(body)}, "Content-Type", kind).is(t, 413, want)
		}
	}
}

func TestABodyKnownToBeTooLongIsNotRead(t *testing.T) {
	k := start(t, "http")
	r := httptest.NewRequest("POST", "/m/1/customers", iotest.ErrReader(errors.New("read")))
	r.ContentLength = formSize + 1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	k.srv.Config.Handler.ServeHTTP(w, r.WithContext(WithActor(r.Context(), core.System(1))))
	if w.Code != 413 {
		t.Errorf("%d, want 413", w.Code)
	}
}

// A line is a connection whose deadlines are seen.
type line struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (l *line) SetReadDeadline(t time.Time) error  { l.read = t; return nil }
func (l *line) SetWriteDeadline(t time.Time) error { l.write = t; return nil }

func TestUploadsMayTakeLonger(t *testing.T) {
	k := start(t, "http")
	for path, want := range map[string]bool{"/m/1/import": true, "/m/1/customers": false} {
		l := &line{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest("POST", path, nil)
		k.srv.Config.Handler.ServeHTTP(l, r.WithContext(WithActor(r.Context(), core.System(1))))
		if got := !l.read.IsZero() && l.read.Equal(l.write); got != want || l.Code >= 500 {
			t.Errorf("%s: %t, want %t; %d", path, got, want, l.Code)
		}
	}
}

func TestAFormThatCannotBeReadIs400(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	b.post("/m/1/customers", "name=%zz").is(t, 400, "failed 400")
}

func TestSecretRoutesAreNotStored(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	if got := b.get("/login").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("login: %q", got)
	}
	a := b.post("/login/k3y", "user=x")
	a.is(t, 500, "failed")
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a failure: %q", got)
	}
	k.srv.Close()
	if log := k.log.take(); strings.Contains(log, "k3y") || !strings.Contains(log, `path="POST /login/{key}"`) {
		t.Errorf("log:\n%s", log)
	}
}

// TestSecretPathsStayOutOfTheLogWhateverFails: a link that nobody could use while
// the database was away still signs in after.
func TestSecretPathsStayOutOfTheLogWhateverFails(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.fail(errors.New("connection refused"))
	b.post("/login/k3y", "user=1").is(t, 500, "failed")
	b.get("/login/k3y").is(t, 500, "failed") // no page is for asking there
	b.post("/login/k3y/", "user=1").is(t, 500, "failed")
	b.get("/m/1/customers").is(t, 500, "failed")
	k.srv.Close()
	log := k.log.take()
	if strings.Contains(log, "k3y") || strings.Count(log, "path=/m/1/customers ") != 2 {
		t.Errorf("log:\n%s", log)
	}
}

func TestAsideTellsStrangersNothing(t *testing.T) {
	site := &Site{Log: slog.New(slog.DiscardHandler)}
	pages := site.Pages()
	pages.Page("GET /like", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		t.Error("a stranger got through")
		return nil
	}, Aside)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/like", nil)
	r.Header.Set("HX-Request", "true")
	site.Around(pages).ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Header().Get("HX-Redirect") != "" || w.Body.Len() != 0 {
		t.Errorf("got %d, to %q", w.Code, w.Header().Get("HX-Redirect"))
	}
}
