package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"mime"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/web"
)

// Store is what the kit itself needs of the store. Each face declares what it
// needs beside it.
type Store interface {
	Logins
	DropToken(ctx context.Context, token string) error
	TouchApplicationUser(ctx context.Context, id int64) error
	RefuseCall(ctx context.Context, c core.RefusedCall) error
	ClaimCall(ctx context.Context, by core.Actor, asked []byte) (core.CallState, core.CallAnswer, error)
	FinishCall(ctx context.Context, by core.Actor, answer core.CallAnswer, keep core.KeepAnswer) error
}

// Options are what the APIs are told by the program.
type Options struct {
	Log *slog.Logger
	Now func() time.Time
	// Rate is how many calls a second each program may make, three times as
	// many at once; 0 is any number.
	Rate float64
}

// A Server answers the calls of all faces.
type Server struct {
	store    Store
	faces    []*Face
	log      *slog.Logger
	now      func() time.Time
	throttle *throttle
	touched  *lately // programs whose last use was written down
	refused  *lately // programs of which a refused call was kept
}

// New returns a server for the faces, and for POST /oauth/token, at which the
// programs of two of them log in.
func New(store Store, o Options, faces ...*Face) *Server {
	return &Server{
		store: store, faces: append(faces, tokens(store)), log: slog.New(web.LogHandler(o.Log.Handler())), now: o.Now,
		throttle: newThrottle(o.Rate), touched: newLately(core.AppUserTouch), refused: newLately(refusedEvery),
	}
}

// Around returns a handler that answers the calls of the APIs and gives every
// other request to next.
func (s *Server) Around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.face(r.URL.Path); f != nil {
			s.serve(w, r, f)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// face returns the face that the path belongs to, or nil.
func (s *Server) face(path string) *Face {
	var of *Face
	longest := 0
	for _, f := range s.faces {
		if n := f.covers(path); n > longest {
			of, longest = f, n
		}
	}
	return of
}

// A call is what the kit knows of one request.
type call struct {
	server  *Server
	face    *Face
	body    []byte
	actor   core.Actor
	program int64 // that it is, or says it is
	claimed bool  // its idempotency key is this call's to answer
	err     error
}

type callKey struct{}

func callOf(r *http.Request) *call {
	if c, ok := r.Context().Value(callKey{}).(*call); ok {
		return c
	}
	return new(call)
}

// serve carries a call out. The answer is written when it is whole. A client that
// went away before the call was carried out gets none.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, f *Face) {
	c := &call{server: s, face: f}
	defer func() { clear(c.body) }() // it may hold a card's number
	r = readable(r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	out := newAnswer()
	err := try(func() error { return c.carryOut(out, r) })
	gone := errors.Is(r.Context().Err(), context.Canceled)
	if err != nil && !gone {
		s.fail(out, r, c, err)
	}
	c.finish(out, r, err)
	if err == nil || !gone {
		out.send(w)
	}
}

// readable returns the request with one slash taken off the end of the path,
// unless it is an encoded one: that belongs to the name it stands in. Semicolons in
// the query are text, which the standard library has them not be. The request's
// target, which signatures cover, stays as it came.
func readable(r *http.Request) *http.Request {
	u := *r.URL
	if sent := u.EscapedPath(); len(sent) > 1 && strings.HasSuffix(sent, "/") {
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	}
	u.RawQuery = strings.ReplaceAll(u.RawQuery, ";", "%3B")
	r.URL = &u
	return r
}

// carryOut finds the route and runs it.
func (c *call) carryOut(out *answer, r *http.Request) error {
	if p := r.URL.EscapedPath(); path.Clean(p) != p {
		return core.ErrNotFound // the mux would redirect, and clients follow with a GET
	}
	if !core.IsText(r.URL.Path) {
		return core.ErrNotFound // nothing has such a name
	}
	h, pattern := c.face.mux.Handler(r)
	if pattern == "" {
		said := newAnswer()
		h.ServeHTTP(said, r)
		if allow := said.header.Get("Allow"); allow != "" {
			out.header.Set("Allow", allow)
			return Refuse(http.StatusMethodNotAllowed, "the method %s is not allowed here", r.Method)
		}
		return core.ErrNotFound
	}
	c.face.mux.ServeHTTP(out, r) // which comes back to run, with the path's values
	return c.err
}

// run is what stands before every handler.
func (c *call) run(out *answer, r *http.Request, rt route) error {
	if !accepts(r) {
		return Refuse(http.StatusNotAcceptable, "the answer is JSON, which the Accept header does not allow")
	}
	if err := c.read(out, r); err != nil {
		return err
	}
	if rt.right == 0 {
		return rt.handle(out, r)
	}
	a, err := c.face.Authenticate(r, c.server.store)
	if err != nil {
		return err
	}
	c.program = a.ID
	c.actor = a.Actor(c.face.Name, web.Client(r))
	web.NameProgram(r, a.ID, string(c.face.Name))
	if err := c.allowed(r, a, rt.right); err != nil {
		return err
	}
	if err := checkQuery(r); err != nil {
		return err
	}
	if replayed, err := c.claim(out, r); err != nil || replayed {
		return err
	}
	return rt.handle(out, r)
}

// checkQuery refuses a query string that cannot be read: a call is not carried
// out as if it had not been sent.
func checkQuery(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	unreadable := err != nil
	for name, values := range query {
		unreadable = unreadable || !core.IsText(name+strings.Join(values, ""))
	}
	if unreadable {
		return Refuse(http.StatusBadRequest, "the query string cannot be read")
	}
	return nil
}

// allowed reports why a program that proved who it is may not make the call.
func (c *call) allowed(r *http.Request, a core.ApplicationUser, right core.Right) error {
	if err := c.server.throttle.take(a.ID, c.server.now()); err != nil {
		return err
	}
	if c.server.now().Sub(a.UsedAt) >= core.AppUserTouch && c.server.touched.first(a.ID, c.server.now()) {
		if err := c.server.store.TouchApplicationUser(r.Context(), a.ID); err != nil {
			// Whoever only reads need not notice that nothing can be written.
			c.server.log.WarnContext(r.Context(), "last use not kept", "err", err)
		}
	}
	if !a.MayUse(c.face.Name) {
		return Refuse(http.StatusForbidden, "the application user has no right to use this API")
	}
	if !c.actor.May(right) {
		return Refuse(http.StatusForbidden, "the application user has only the right to read")
	}
	return nil
}

// bodySize is how many bytes of a body are read unless the face says otherwise.
const bodySize = 1 << 20

// read reads the body of a method that has one, and refuses what is no JSON.
// Where strangers may call, as at a login, a form is as good.
func (c *call) read(out *answer, r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	limit := c.face.Body
	if limit == 0 {
		limit = bodySize
	}
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, limit))
	if err != nil {
		if _, tooBig := errors.AsType[*http.MaxBytesError](err); tooBig {
			return err
		}
		return Refuse(http.StatusBadRequest, "the body ended too early")
	}
	c.body = body
	if len(body) == 0 || r.Header.Get("Content-Type") == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && (isJSON(kind) || (c.face.forms && kind == "application/x-www-form-urlencoded")) {
		return nil
	}
	return Refuse(http.StatusUnsupportedMediaType, "the body must be application/json")
}

// accepts reports whether the client takes JSON.
func accepts(r *http.Request) bool {
	all := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(all) == "" {
		return true
	}
	for one := range strings.SplitSeq(all, ",") {
		kind, params, err := mime.ParseMediaType(one)
		if q, bad := strconv.ParseFloat(params["q"], 64); bad == nil && q == 0 {
			continue
		}
		if err == nil && (kind == "*/*" || kind == "application/*" || isJSON(kind)) {
			return true
		}
	}
	return false
}

// fail puts the face's answer to an error in place of what was begun.
func (s *Server) fail(out *answer, r *http.Request, c *call, err error) {
	f := Failure{Status: Status(err), Err: err, Request: web.RequestID(r.Context()), Now: s.now()}
	f.Invalid, _ = errors.AsType[core.Invalid](err)
	if refusal, ok := errors.AsType[*Refusal](err); ok && refusal.Program != 0 {
		c.program = refusal.Program
	}
	out.restart()
	if f.Status == http.StatusUnauthorized {
		out.header.Set("WWW-Authenticate", `Bearer realm="Kontor"`)
	}
	if tooMany, ok := errors.AsType[web.TooMany](err); ok {
		out.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(max(tooMany.RetryAfter, time.Second).Seconds()))))
	} else if f.Status == http.StatusServiceUnavailable {
		out.header.Set("Retry-After", "10")
	}
	c.face.Fail(out, r, f)
	if out.status >= 500 {
		attrs := []any{"method", r.Method, "path", web.LoggedPath(r), "status", out.status, "err", err}
		if crash, ok := errors.AsType[*crashed](err); ok {
			attrs = append(attrs, "stack", string(crash.stack))
		}
		s.log.ErrorContext(r.Context(), "call failed", attrs...)
		return
	}
	if c.program == 0 || out.status == http.StatusNotFound || !s.refused.first(c.program, s.now()) {
		return
	}
	keepErr := s.store.RefuseCall(r.Context(), core.RefusedCall{
		ApplicationUser: c.program, API: c.face.Name, Method: r.Method, Path: shorten(web.LoggedPath(r)),
		Status: out.status, Reason: keptReason(f.Status, err), Origin: web.Client(r),
	})
	if keepErr != nil && !errors.Is(keepErr, core.ErrNotFound) {
		s.log.WarnContext(r.Context(), "refused call not kept", "err", keepErr)
	}
}

// refusedEvery is how often a refused call of one program is kept, so that
// whoever knows its ID can't keep the database writing.
const refusedEvery = time.Second

func shorten(path string) string {
	const most = 200
	if runes := []rune(path); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return path
}

// Status returns the HTTP status for an error: a [Refusal]'s own, 403 for a
// merchant that is closed, 402 for a card that was declined, 503 for a processor
// that does not answer, else that of [web.Status].
func Status(err error) int {
	var refusal *Refusal
	var declined core.Declined
	switch {
	case errors.As(err, &refusal):
		return refusal.Status
	case errors.Is(err, core.ErrClosed):
		return http.StatusForbidden
	case errors.As(err, &declined):
		return http.StatusPaymentRequired
	case errors.Is(err, core.ErrProcessor):
		return http.StatusServiceUnavailable
	}
	return web.Status(err)
}

// A crashed error is a handler's panic.
type crashed struct {
	value any
	stack []byte
}

func (e *crashed) Error() string { return fmt.Sprint("panic: ", e.value) }

func try(f func() error) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			err = &crashed{v, debug.Stack()}
		}
	}()
	return f()
}
