package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"kontor/db/core"
)

func TestErrorsBecomePages(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		retry  string
	}{
		{core.ErrNotFound, 404, ""},
		{core.ErrForbidden, 403, ""},
		{core.ErrConflict, 409, ""},
		{core.Invalid{{Field: "email", Rule: core.Required}}, 422, ""},
		{&http.MaxBytesError{Limit: 3}, 413, ""},
		{core.ErrUnavailable, 503, "10"},
		{context.DeadlineExceeded, 503, "10"},
		{TooMany{1500 * time.Millisecond}, 429, "2"},
		{TooMany{}, 429, "1"},
		{StatusError(410), 410, ""},
		{errors.New("secret words"), 500, ""},
		{context.Canceled, 500, ""}, // not the client's doing
	} {
		k := start(t, "http")
		k.pages.Open("GET /fails", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Disposition", "attachment")
			w.Header().Set("Cache-Control", "public, max-age=60")
			return fmt.Errorf("list customers: %w", tt.err)
		})
		k.log.take()
		a := k.browser(t).get("/fails")
		id := a.Header.Get("X-Request-Id")
		a.is(t, tt.status, fmt.Sprintf("failed %d %s", tt.status, id))
		h := a.Header
		if h.Get("Content-Disposition") != "" || h.Get("Cache-Control") != "private, no-cache" || h.Get("Content-Security-Policy") != policy {
			t.Errorf("%v: header %v", tt.err, h)
		}
		if got := h.Get("Retry-After"); got != tt.retry {
			t.Errorf("%v: Retry-After %q, want %q", tt.err, got, tt.retry)
		}
		if strings.Contains(a.body, "secret words") {
			t.Errorf("the page tells: %s", a.body)
		}
		k.srv.Close() // and so waits for the log
		log := k.log.take()
		logged := strings.Count(log, `level=ERROR msg="request failed"`)
		if want := min(max(tt.status-499, 0), 1); logged != want || strings.Count(log, "request="+id) != want+1 {
			t.Errorf("%v: logged %d times, want %d:\n%s", tt.err, logged, want, log)
		}
	}
}

func TestAPanicIsA500WhoseStackOnlyTheLogHas(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /panics", func(w http.ResponseWriter, r *http.Request) error {
		NoStore(w)
		panic([]string{"out of", "order"}) // not comparable
	})
	a := k.browser(t).get("/panics")
	a.is(t, 500, "failed 500")
	if strings.Contains(a.body, "order") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", a.Header, a.body)
	}
	k.srv.Close()
	log := k.log.take()
	if strings.Count(log, "out of order") != 1 || !strings.Contains(log, "web_test.go") || !strings.Contains(log, "request="+a.Header.Get("X-Request-Id")) {
		t.Errorf("log:\n%s", log)
	}
}

func TestAPanicOutsideThePagesIsA500(t *testing.T) {
	k := start(t, "http")
	w := httptest.NewRecorder()
	k.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("api") })).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "failed 500") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAnAnswerThatBreaksOffIsCutOff(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("cursor lost") },
		"panic": func() error { panic("cursor lost") },
		"abort": func() error { panic(http.ErrAbortHandler) },
	} {
		k := start(t, "http")
		k.pages.Open("GET /export", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, strings.Repeat("x", 10000))
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			return fail()
		})
		res, err := k.srv.Client().Get(k.srv.URL + "/export")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil || strings.Contains(string(body), "failed") {
			t.Errorf("%s: a whole answer of %d bytes", name, len(body))
		}
		k.srv.Close()
		if got := strings.Contains(k.log.take(), "cursor lost"); got != (name != "abort") {
			t.Errorf("%s: logged %t", name, got)
		}
	}
}

func TestAnAbortPassesThrough(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /abort", func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) })
	if res, err := k.srv.Client().Get(k.srv.URL + "/abort"); err == nil {
		res.Body.Close()
		t.Errorf("answered %s", res.Status)
	}
	k.srv.Close()
	if log := k.log.take(); strings.Contains(log, "ERROR") {
		t.Errorf("log:\n%s", log)
	}
}

// TestARequestThatEndsTooEarlyIsNotSaidToBeDone: a client that sends no more may
// well read on, and what it reads must not be net/http's own 200.
func TestARequestThatEndsTooEarlyIsNotSaidToBeDone(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("POST /save", func(w http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	})
	for name, body := range map[string]string{"half": "name=A", "whole": "name=Amara"} {
		conn, err := net.Dial("tcp", k.srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /save HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\n%s", body)
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if answer, _ := io.ReadAll(conn); len(answer) > 0 {
			t.Errorf("%s a body is answered %q", name, answer)
		}
	}
}

func TestAClientThatWentAwayIsNotAnError(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /slow", func(w http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("list customers: %w", r.Context().Err())
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if v := recover(); v != http.ErrAbortHandler {
				t.Errorf("was not cut off: %v", v)
			}
		}()
		k.srv.Config.Handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/slow", nil))
	}()
	log := k.log.take()
	if strings.Contains(log, "ERROR") || !strings.Contains(log, "status=499") || w.Body.Len() != 0 {
		t.Errorf("answered %q, log:\n%s", w.Body, log)
	}
	k.pages.Open("GET /panics", func(w http.ResponseWriter, r *http.Request) error { panic("still our fault") })
	k.srv.Config.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/panics", nil))
	if log := k.log.take(); !strings.Contains(log, `level=ERROR msg="request failed"`) {
		t.Errorf("a panic is not in the log:\n%s", log)
	}
}

func TestAnErrorPageThatFailsIsPlainText(t *testing.T) {
	for name, page := range map[string]func(*http.Request, Failure) templ.Component{
		"error": func(*http.Request, Failure) templ.Component {
			return templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("broken page") })
		},
		"panic": func(*http.Request, Failure) templ.Component { panic("broken page") },
	} {
		log := new(journal)
		site := &Site{Log: slog.New(slog.NewTextHandler(log, nil)), ErrorPage: page}
		w := httptest.NewRecorder()
		site.Handle(func(http.ResponseWriter, *http.Request) error { return core.ErrNotFound }).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != 404 || w.Body.String() != "Not Found\n" || !strings.Contains(log.take(), "broken page") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestTheErrorPageKnowsWhoAsksAndWhetherItIsAPart(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	b.get("/nowhere").is(t, 404, "Olga part=false")
	b.get("/nowhere", "HX-Request", "true", "HX-Request-Type", "partial").is(t, 404, "Olga part=true")
}

func TestADatabaseThatDoesNotAnswerIsA503(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.fail(core.ErrUnavailable)
	a := b.get("/all")
	a.is(t, 503, "failed 503")
	if got := a.Header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After %q", got)
	}
}
