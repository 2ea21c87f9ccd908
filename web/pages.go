package web

import (
	"io"
	"net/http"
	"time"

	"kontor/db/core"
)

const (
	// formSize is the largest body a page takes unless it says otherwise.
	formSize = 4 << 20
	// drained is how many times the limit of a body is read of one that is
	// beyond it.
	drained = 4
	// uploadTime is how long a route with a larger limit may take in all.
	uploadTime = 10 * time.Minute
	// answerTime is how long the answer of a route that is [Long] may take.
	answerTime = time.Hour
)

// Pages is the list of a site's pages and who may see each. It is also the
// handler that serves them: it finds out who is asking, limits and parses what
// they send, and answers with the error page where there is no page, or none
// for that method.
type Pages struct {
	site   *Site
	mux    *http.ServeMux
	routes map[string]route // by pattern
	all    http.Handler
}

// Pages returns an empty list of pages.
func (s *Site) Pages() *Pages {
	p := &Pages{site: s, mux: http.NewServeMux(), routes: map[string]route{}}
	p.all = s.who(http.HandlerFunc(p.serve))
	return p
}

// A route is one page's registration.
type route struct {
	body   int64
	long   bool
	secret bool
	aside  bool
}

// An Option sets a page apart, see [Secret] and [Body].
type Option func(*route)

// Secret is the option of pages that show a key, take a card or a password, or
// have a key in their path: they are kept out of caches and their paths out of
// the log, and what is sent to them is never held.
func Secret(rt *route) { rt.secret = true }

// Aside is the option of parts that a page asks for by itself while somebody
// fills in a form: a stranger gets nothing, and is not sent to sign in, which
// would lose what they typed.
func Aside(rt *route) { rt.aside = true }

// Body is the option of pages that take more, or less, than 4 MiB. With more,
// the request may take ten minutes.
func Body(limit int64) Option { return func(rt *route) { rt.body = limit } }

// Long is the option of pages whose answer is as long as what there is. It may
// take an hour to go out.
func Long(rt *route) { rt.long = true }

// Page adds a page for those who have the right, see [Site.Allow]. The pattern
// is one of [http.ServeMux].
func (p *Pages) Page(pattern string, right core.Right, h Handler, opts ...Option) {
	p.Open(pattern, p.site.Allow(right, h), opts...)
}

// Open adds a page for everyone, strangers too.
func (p *Pages) Open(pattern string, h Handler, opts ...Option) {
	rt := route{body: formSize}
	for _, set := range opts {
		set(&rt)
	}
	p.routes[pattern] = rt
	p.mux.Handle(pattern, p.site.Handle(func(w http.ResponseWriter, r *http.Request) error {
		v := visitOf(r.Context())
		v.pattern, v.secret, v.aside = r.Pattern, rt.secret, rt.aside
		if rt.secret {
			NoStore(w)
		}
		if rt.body > formSize {
			// The connection goes by the real clock. Where there is none to set,
			// nothing times out either.
			until, rc := time.Now().Add(uploadTime), http.NewResponseController(w)
			rc.SetReadDeadline(until)
			rc.SetWriteDeadline(until)
		}
		if rt.long {
			http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))
		}
		if err := readForm(w, r, rt.body); err != nil {
			return err
		}
		return h(w, r)
	}))
}

// noPage is what the log has for the path of a request that no page is for.
const noPage = "(no page)"

// ServeHTTP implements [http.Handler]. Which page is asked for is found out
// before anything can fail, such as the database when it is asked for the
// session: the log must not have the path of a secret one then, and a key in a
// path that leads nowhere by one slash is still a key.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, v := withVisit(r.Context())
	_, pattern := p.mux.Handler(r)
	rt, there := p.routes[pattern]
	if v.pattern, v.secret = pattern, rt.secret; !there {
		v.pattern, v.secret = noPage, true
	}
	if v.secret {
		NoStore(w)
	}
	p.all.ServeHTTP(w, r.WithContext(ctx))
}

// serve answers someone who is already known.
func (p *Pages) serve(w http.ResponseWriter, r *http.Request) {
	if h, pattern := p.mux.Handler(r); pattern == "" {
		// The mux says in plain text that there is nothing, or sends the browser
		// to the same path cleaned.
		var said discard
		h.ServeHTTP(&said, r)
		if said.status >= 400 {
			if allow := said.header.Get("Allow"); allow != "" {
				w.Header().Set("Allow", allow)
			}
			p.site.Handle(func(http.ResponseWriter, *http.Request) error { return StatusError(said.status) }).ServeHTTP(w, r)
			return
		}
	}
	p.mux.ServeHTTP(w, r)
}

// LimitBody gives next no more than limit bytes of a body; reading on is an
// [*http.MaxBytesError]. [Pages] have their limits already.
func LimitBody(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// readForm limits the body and parses it if it is a plain form, so that a
// handler can ask for fields without asking for errors.
func readForm(w http.ResponseWriter, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		// A browser reads the answer when it has sent what it began with.
		io.CopyN(io.Discard, r.Body, min(r.ContentLength, drained*limit))
		return &http.MaxBytesError{Limit: limit}
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if safe(r.Method) || !urlencoded(r) {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		if Status(err) == http.StatusRequestEntityTooLarge {
			return err
		}
		return StatusError(http.StatusBadRequest)
	}
	return nil
}

// A discard takes a response and keeps its header.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header {
	if d.header == nil {
		d.header = make(http.Header)
	}
	return d.header
}

func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
