// Package web is the HTTP kit that Kontor's pages are written with. It knows
// who is asking and how to answer, and nothing of customers or cards.
//
// A page is a [Handler]: it parses a request, calls the store once and renders,
// or returns an error. The error decides the status (see [Status]), and the
// kit writes the page for it, so that a handler never writes half an answer.
// [Site] holds what all handlers share. [Site.Around] puts a program's whole
// face, pages and APIs alike, behind request IDs, security headers,
// compression and the refusal of other sites' forms. [Pages] lists the pages,
// each with the right it takes; a page without one does not compile:
//
//	pages := site.Pages()
//	pages.Page("GET /m/{merchant}/customers", core.Read, c.list)
//	pages.Page("POST /m/{merchant}/customers/{id}/cards/new", core.Write, c.saveCard, web.Secret)
//	pages.Open("POST /login", l.signIn, web.Secret)
//
// In a handler, [Actor] is who acts, standing in the merchant the path names,
// and is what the store wants first. Others are told that a page of a merchant
// they do not belong to is not there.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"kontor/db/core"
)

// A Handler answers a request or says why it could not. It must not have
// written anything when it returns an error.
type Handler func(w http.ResponseWriter, r *http.Request) error

// A Site is what all handlers share. Its fields are set before the first
// request and not changed afterwards.
type Site struct {
	// Log takes what went wrong and, at debug level, a line for each request.
	Log *slog.Logger
	// ErrorPage is the page for a request that failed. It is also used while
	// the database does not answer, and must not ask it anything.
	ErrorPage func(r *http.Request, f Failure) templ.Component
	// Sessions keeps the sign-ins. Without it everyone is a stranger.
	Sessions Sessions
	// Enter is called when staff go to a merchant other than the one their
	// session says; by stands in it already. It records that they entered, or
	// returns [core.ErrNotFound] when there is no such merchant.
	Enter func(ctx context.Context, by core.Actor) error
	// URL is the public address, see [ParseURL], or nil when nobody said.
	URL *url.URL
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Now tells the time; nil means [time.Now].
	Now func() time.Time
}

func (s *Site) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// A Failure is what a page about a failed request may show.
type Failure struct {
	Status     int
	Request    string        // the request ID, by which the log has more
	RetryAfter time.Duration // when to try again; 0 if that is of no use
	Limit      int64         // of a 413: the most bytes that can be sent
	// Part is whether htmx asked and will put what it gets into the page at
	// hand. The page should answer with an <hx-partial> beside what is there,
	// so that nothing typed is swapped away.
	Part bool
}

// A StatusError is a failure that is only its HTTP status, 400 or above.
type StatusError int

// Error implements error.
func (e StatusError) Error() string { return http.StatusText(int(e)) }

// A TooMany error is a 429: come back later.
type TooMany struct {
	RetryAfter time.Duration // rounded up to whole seconds, at least one
}

// Error implements error.
func (e TooMany) Error() string { return fmt.Sprintf("too many requests, wait %s", e.RetryAfter) }

// unavailableFor is how long a client is asked to wait for the database.
const unavailableFor = 10 * time.Second

// Status returns the HTTP status for err: 404 for [core.ErrNotFound], 403 for
// [core.ErrForbidden], 409 for [core.ErrConflict],
// 423 for [core.ErrClosed], 422 for [core.Invalid], 413
// for a body beyond its limit, 429 for [TooMany], 503 for
// [core.ErrUnavailable] and a passed deadline, what a [StatusError] says, and
// 500 for the rest.
func Status(err error) int {
	var (
		invalid core.Invalid
		tooMany TooMany
		tooBig  *http.MaxBytesError
		status  StatusError
	)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, core.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, core.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, core.ErrClosed):
		return http.StatusLocked
	case errors.Is(err, core.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	case errors.As(err, &invalid):
		return http.StatusUnprocessableEntity
	case errors.As(err, &tooMany):
		return http.StatusTooManyRequests
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &status):
		return int(status)
	}
	return http.StatusInternalServerError
}

// Handle adapts h. An error becomes the error page, a panic a logged 500 whose
// stack only the log has. [http.ErrAbortHandler] passes through. A client that
// went away is not an error.
func (s *Site) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w}
		if err := try(h, rec, r); err != nil {
			s.fail(rec, r, err)
		}
	})
}

// A panicked error is a handler's panic.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func try(h Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			err = &panicked{v, debug.Stack()}
		}
	}()
	return h(w, r)
}

// statusGone is what the access line says of a client that did not wait.
const statusGone = 499

func (s *Site) fail(w *recorder, r *http.Request, err error) {
	ctx, status := r.Context(), Status(err)
	crash, crashed := errors.AsType[*panicked](err)
	if errors.Is(ctx.Err(), context.Canceled) && !crashed {
		visitOf(ctx).gone = true
		s.log().DebugContext(ctx, "client went away", "err", err)
		return
	}
	if status >= 500 || w.status != 0 {
		attrs := []slog.Attr{
			slog.String("method", r.Method), slog.String("path", LoggedPath(r)),
			slog.Int("status", status), slog.String("err", err.Error()),
		}
		if crashed {
			attrs = append(attrs, slog.String("stack", string(crash.stack)))
		}
		s.log().LogAttrs(ctx, slog.LevelError, "request failed", attrs...)
	}
	if w.status != 0 { // an answer has begun: cut it off, so that nobody takes it for whole
		panic(http.ErrAbortHandler)
	}
	f := Failure{Status: status, Request: RequestID(ctx), Part: part(r)}
	if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
		f.Limit = tooBig.Limit
	}
	if tooMany, ok := errors.AsType[TooMany](err); ok {
		f.RetryAfter = max(tooMany.RetryAfter, time.Second)
	} else if status == http.StatusServiceUnavailable {
		f.RetryAfter = unavailableFor
	}
	s.failure(w, r, f)
}

// failure writes the error page in place of whatever was about to be answered.
func (s *Site) failure(w http.ResponseWriter, r *http.Request, f Failure) {
	h := w.Header()
	for _, name := range []string{
		"Content-Disposition", "Content-Encoding", "Content-Length", "Content-Type", "ETag", "Last-Modified", "Location",
		"HX-Location", "HX-Push-Url", "HX-Redirect", "HX-Refresh", "HX-Replace-Url", "HX-Reselect", "HX-Reswap", "HX-Retarget", "HX-Trigger",
	} {
		h.Del(name)
	}
	if !isNoStore(h) {
		h.Del("Cache-Control")
	}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	err := try(func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, f.Status, s.ErrorPage(r, f))
	}, w, r)
	if err != nil {
		s.log().ErrorContext(r.Context(), "error page failed", "err", err)
		http.Error(w, http.StatusText(f.Status), f.Status)
	}
}

// A recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int   // 0 until the header is written
	bytes  int64 // of the body
}

// Unwrap is for [http.ResponseController].
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// FlushError is for [http.ResponseController].
func (w *recorder) FlushError() error {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}
