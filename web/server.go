package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	// drainFor is how long requests may go on after the server is told to stop.
	drainFor = 10 * time.Second
	// readyWithin is how long the answer to "are you ready" may take.
	readyWithin = 2 * time.Second
)

// NewServer returns a server with the timeouts a public listener needs. What
// net/http has to say goes to log.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Serve serves h on ln until ctx is done, then lets what has begun finish for
// ten seconds. It returns nil if all of it did.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	srv := NewServer(h, log)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		srv.Close()
		return fmt.Errorf("stop serving: %w", err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Health answers GET /healthz, which says that the program runs, and GET
// /readyz, which says whether ready returns no error within two seconds, and
// gives every other request to next. Neither looks at a session.
func (s *Site) Health(ready func(context.Context) error, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz" && safe(r.Method):
			say(w, http.StatusOK, "Alive.")
		case r.URL.Path == "/readyz" && safe(r.Method):
			ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
			defer cancel()
			if err := ready(ctx); err != nil {
				s.log().WarnContext(r.Context(), "not ready", "err", err)
				say(w, http.StatusServiceUnavailable, "The database does not answer.")
				return
			}
			say(w, http.StatusOK, "Ready.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func say(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, words+"\n")
}
