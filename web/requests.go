package web

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"kontor/db/core"
)

// Around puts next, the program's whole face, behind what every request gets:
// an ID, a line in the log, the client's address, an error page for panics,
// security headers, compression, and the refusal of requests that other sites
// make in our users' names.
func (s *Site) Around(next http.Handler) http.Handler {
	return s.requests(s.headers(compress(s.sameOrigin(next))))
}

// requests begins a visit for each request and logs its end.
func (s *Site) requests(next http.Handler) http.Handler {
	guarded := s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		next.ServeHTTP(w, r)
		return nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		ctx, v := withVisit(r.Context())
		v.id = rand.Text()[:16]
		v.client = client(r, s.Proxies)
		r = r.WithContext(ctx)
		w.Header().Set("X-Request-Id", v.id)

		rec := &recorder{ResponseWriter: w}
		defer func() { s.logRequest(rec, r, s.now().Sub(start)) }() // also when the answer is cut off
		guarded.ServeHTTP(rec, r)
		if rec.status == 0 && errors.Is(ctx.Err(), context.Canceled) {
			// net/http would say 200 for us, and not everybody is gone whose
			// request ended too early: it would be taken for done.
			v.gone = true
			panic(http.ErrAbortHandler)
		}
	})
}

func (s *Site) logRequest(w *recorder, r *http.Request, took time.Duration) {
	v := visitOf(r.Context())
	status := w.status
	switch {
	case v.gone:
		status = statusGone
	case status == 0:
		status = http.StatusOK
	}
	level := slog.LevelDebug
	if status >= 500 {
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", LoggedPath(r)),
		slog.Int("status", status), slog.Int64("bytes", w.bytes), slog.Duration("took", took),
		slog.String("client", v.client),
	}
	if v.user.ID != 0 {
		attrs = append(attrs, slog.Int64("user", v.user.ID))
	}
	if v.program != 0 {
		attrs = append(attrs, slog.Int64("program", v.program), slog.String("api", v.api))
	}
	s.log().LogAttrs(r.Context(), level, "request", attrs...)
}

// LoggedPath returns what the log may hold of a request's path: no query,
// which has people's names in it, of a secret route only its pattern, because a
// sign-in link is a key, and no card number or e-mail address that somebody asks
// for, as by a reference.
func LoggedPath(r *http.Request) string {
	if v := visitOf(r.Context()); v.secret {
		return v.pattern
	}
	if core.HasCardNumber(r.URL.Path) {
		return "(holds a card number)"
	}
	if strings.Contains(r.URL.Path, "@") {
		return "(holds an e-mail address)"
	}
	return r.URL.Path
}

// RequestID returns the ID of the request that ctx belongs to, or "" outside
// of one. It is the X-Request-Id of the response; none is taken from outside.
func RequestID(ctx context.Context) string { return visitOf(ctx).id }

// Client returns the address a request came from: the peer's own, or what a
// trusted proxy says it is. It has no port.
func Client(r *http.Request) string {
	if v := visitOf(r.Context()); v.client != "" {
		return v.client
	}
	return client(r, nil)
}

func client(r *http.Request, proxies []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	// Each proxy adds, on the right, whom it was asked by. The first from there
	// that is no proxy of ours is the client; what stands further left is hearsay.
	for i := len(hops) - 1; i >= 0 && trusted(addr, proxies); i-- {
		text := strings.TrimSpace(hops[i])
		hop, err := netip.ParseAddr(text)
		if withPort, bad := netip.ParseAddrPort(text); bad == nil { // as some proxies write it
			hop, err = withPort.Addr(), nil
		}
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
	}
	return addr.String()
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// LogHandler returns h with the ID of the request added, as "request", to each
// record that is logged within one.
func LogHandler(h slog.Handler) slog.Handler {
	if _, ok := h.(logHandler); ok {
		return h
	}
	return logHandler{h}
}

// log returns the site's log, which names the request.
func (s *Site) log() *slog.Logger { return slog.New(LogHandler(s.Log.Handler())) }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, rec slog.Record) error {
	if id := RequestID(ctx); id != "" {
		rec.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, rec)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
