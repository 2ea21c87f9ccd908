package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"kontor/db/core"
)

func TestHealth(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.counts()
	b.get("/healthz").is(t, 200, "Alive.")
	b.get("/readyz").is(t, 200, "Ready.")
	b.do("POST", "/readyz", nil).is(t, 404, "failed")
	k.table.fail(core.ErrUnavailable)
	b.get("/healthz").is(t, 200, "Alive.")
	a := b.get("/readyz")
	a.is(t, 503, "The database does not answer.")
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := k.table.counts(); got != "reads 1 saves 0 touches 0" { // the page that is not there
		t.Error(got)
	}
}

func TestServeLetsWhatHasBegunFinish(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	begun, finish, done := make(chan bool), make(chan bool), make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- true
		<-finish
		io.WriteString(w, "finished")
	})
	go func() { done <- Serve(ctx, ln, h, slog.New(slog.DiscardHandler)) }()
	answers := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			answers <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answers <- string(body)
	}()
	<-begun
	stop()
	finish <- true
	if got := <-answers; got != "finished" {
		t.Errorf("got %q", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := Serve(t.Context(), ln, http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("served on a closed listener")
	}
}

func TestServerHasItsTimeouts(t *testing.T) {
	srv := NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if srv.ReadHeaderTimeout == 0 || srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 || srv.MaxHeaderBytes == 0 {
		t.Errorf("%+v", srv)
	}
}
