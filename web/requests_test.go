package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestEachRequestHasAnIDOfOurOwn(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	a := b.get("/login?q=amara@example.com", "X-Request-Id", "forged")
	id := a.Header.Get("X-Request-Id")
	if len(id) != 16 || id == b.get("/login").Header.Get("X-Request-Id") {
		t.Errorf("ID %q", id)
	}
	k.srv.Close()
	log := k.log.take()
	if strings.Count(log, "request="+id) != 1 || strings.Contains(log, "forged") || strings.Contains(log, "amara") {
		t.Errorf("log:\n%s", log)
	}
}

func TestAccessLines(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /fails", func(http.ResponseWriter, *http.Request) error { panic("x") })
	b := k.browser(t)
	b.signIn(owner)
	b.get("/all")
	b.get("/fails")
	k.srv.Close()
	log := k.log.take()
	for _, want := range []string{
		"level=DEBUG msg=request method=GET path=/all status=200 bytes=9 took=0s client=127.0.0.1 user=1 request=",
		"level=INFO msg=request method=GET path=/fails status=500",
	} {
		if strings.Count(log, want) != 1 {
			t.Errorf("no %q in\n%s", want, log)
		}
	}
}

func TestLogHasNoPathThatNamesAPerson(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /people/{reference}", func(http.ResponseWriter, *http.Request) error { return errors.New("x") })
	b := k.browser(t)
	b.get("/people/amara%40example.com")
	b.get("/people/4111-1111-1111-1111")
	b.get("/people/42")
	k.srv.Close()
	log := k.log.take()
	if strings.Contains(log, "amara") || strings.Contains(log, "1111") || strings.Count(log, "path=/people/42 ") != 2 {
		t.Errorf("log:\n%s", log)
	}
}

func TestLogHandlerNamesTheRequestOnce(t *testing.T) {
	log := new(journal)
	h := LogHandler(LogHandler(slog.NewTextHandler(log, nil)).WithAttrs([]slog.Attr{slog.Int("node", 3)}))
	ctx, v := withVisit(t.Context())
	v.id = "ABC"
	slog.New(h).InfoContext(ctx, "hello")
	slog.New(h).Info("outside")
	got := log.take()
	if strings.Count(got, "request=ABC") != 1 || strings.Count(got, "node=3") != 2 {
		t.Errorf("log:\n%s", got)
	}
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct {
		peer      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		{"192.0.2.1:99", nil, nil, "192.0.2.1"},
		{"192.0.2.1:99", []string{"198.51.100.7"}, nil, "192.0.2.1"},
		{"192.0.2.1:99", []string{"198.51.100.7"}, proxies, "192.0.2.1"},
		{"10.0.0.1:99", []string{"198.51.100.7"}, proxies, "198.51.100.7"},
		{"10.0.0.1:99", []string{"198.51.100.7"}, nil, "10.0.0.1"},
		{"10.0.0.1:99", nil, proxies, "10.0.0.1"},
		{"10.0.0.1:99", []string{"198.51.100.7:40812"}, proxies, "198.51.100.7"},
		{"10.0.0.1:99", []string{"[2001:db8::1]:443, 10.0.0.2:80"}, proxies, "2001:db8::1"},
		{"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.7,10.0.0.2"}, proxies, "198.51.100.7"},
		{"10.0.0.1:99", []string{"203.0.113.9, junk, 10.0.0.2"}, proxies, "10.0.0.2"},
		{"[::ffff:10.0.0.1]:99", []string{"2001:db8::1"}, proxies, "2001:db8::1"},
		{"[fe80::1%eth0]:99", nil, nil, "fe80::1"},
		{"@", nil, nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		for _, f := range tt.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		var got string
		site := &Site{Log: slog.New(slog.DiscardHandler), Proxies: tt.proxies}
		site.requests(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = Client(r) })).ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.peer, tt.forwarded, got, tt.want)
		}
	}
}
