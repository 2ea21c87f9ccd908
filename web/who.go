package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gorilla/sessions"
	"kontor/db/core"
)

// A visit is what the kit knows of one request. All copies of the request
// share it, so that what is learned further in, such as who signed in, is seen
// by the log and the error page further out. Only the request's own goroutine
// touches it.
type visit struct {
	id      string // of the request
	client  string // its address
	pattern string // of its route
	secret  bool   // its route is one of secrets
	aside   bool   // its route is a part that a page asks for by itself
	ours    bool   // unsafe, and not another site's doing
	gone    bool   // the client did not wait
	program int64  // that calls an API, and which
	api     string

	known   bool              // whether the session was looked up
	session *sessions.Session // nil without a table
	user    core.User         // zero for strangers
	actor   core.Actor        // the user, standing where the path says
	held    *heldForm         // to be carried out, see Resume

	flashes     []Flash // left for the next page
	flashesRead bool
}

func (v *visit) signedIn() bool { return v.actor != core.Actor{} }

type visitKey struct{}

// visitOf returns the visit that ctx belongs to, or an empty one.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return new(visit)
}

// withVisit returns ctx with a visit, the one it has or a new one.
func withVisit(ctx context.Context) (context.Context, *visit) {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return ctx, v
	}
	v := new(visit)
	return context.WithValue(ctx, visitKey{}, v), v
}

// WithActor returns ctx with a signed in, without a session. It is for tests.
func WithActor(ctx context.Context, a core.Actor) context.Context {
	v := &visit{known: true, actor: a, user: core.User{ID: a.ID, Name: a.Name, Role: a.Role, Active: true}}
	if !a.Role.Staff() {
		v.user.Merchant = a.Merchant
	}
	return context.WithValue(ctx, visitKey{}, v)
}

// Actor returns who is signed in, with the client's address as their origin.
// On a page whose path names a merchant they stand in it; elsewhere staff stand
// outside them all. The zero Actor is nobody and may do nothing.
func Actor(r *http.Request) core.Actor { return visitOf(r.Context()).actor }

// User returns the person who is signed in, or the zero User.
func User(r *http.Request) core.User { return visitOf(r.Context()).user }

// NameProgram tells the log which program a request is from, and through which
// API it calls.
func NameProgram(r *http.Request, id int64, api string) {
	v := visitOf(r.Context())
	v.program, v.api = id, api
}

// Session returns the session of who is signed in. Its Merchant is where staff
// stood last. The zero Session is a stranger's.
func Session(r *http.Request) core.Session {
	v := visitOf(r.Context())
	if v.session == nil || !v.signedIn() {
		return core.Session{}
	}
	return *row(v.session)
}

// SessionKey returns the hash by which the table knows this request's session,
// or nil. It tells one's own among the sessions of a user.
func SessionKey(r *http.Request) []byte {
	v := visitOf(r.Context())
	if v.session == nil || !v.signedIn() {
		return nil
	}
	hash, _ := hashKey(v.session.ID)
	return hash
}

// who finds out who is asking, with one read of the table per request.
func (s *Site) who(next http.Handler) http.Handler {
	return s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		ctx, v := withVisit(r.Context())
		r = r.WithContext(ctx)
		if v.client == "" {
			v.client = client(r, s.Proxies)
		}
		if !v.known && s.Sessions != nil {
			sess, err := s.store().Get(r, s.cookieName())
			if err != nil {
				return err
			}
			v.known, v.session = true, sess
			s.wake(r, v)
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// wake signs the session's user in, if the session still does that.
func (s *Site) wake(r *http.Request, v *visit) {
	now, cur := s.now(), row(v.session)
	if v.session.IsNew || cur.Expired(now) || !cur.User.Active {
		return
	}
	v.user, v.actor = cur.User, cur.User.Actor(v.client)
	if now.Sub(cur.SeenAt) < core.SessionTouch {
		return
	}
	hash, _ := hashKey(v.session.ID)
	if err := s.Sessions.TouchSession(r.Context(), hash); err != nil {
		// Whoever only reads need not notice that nothing can be written.
		s.log().WarnContext(r.Context(), "session not touched", "err", err)
	}
}

// Allow runs h for those who have the right. It sends strangers to sign in,
// keeping what they typed where it can (see [Pages.Resume]), and refuses the
// rest. On a page whose path has a {merchant} it lets staff enter that merchant,
// and tells everyone else's users that the page is not there.
func (s *Site) Allow(right core.Right, h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := visitOf(r.Context())
		if !v.signedIn() && v.aside {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		if !v.signedIn() {
			return s.toSignIn(w, r)
		}
		if path := r.PathValue("merchant"); path != "" {
			merchant, err := strconv.ParseInt(path, 10, 64)
			if err != nil || merchant <= 0 || strconv.FormatInt(merchant, 10) != path {
				return core.ErrNotFound // no merchant has another number, and no page two addresses
			}
			if !v.actor.Role.Staff() && v.actor.Merchant != merchant {
				return core.ErrNotFound
			}
			if v.actor.May(right) {
				if err := s.enter(w, r, merchant); err != nil {
					return err
				}
			}
		}
		if !v.actor.May(right) {
			return core.ErrForbidden
		}
		return h(w, r)
	}
}

// enter makes the actor stand in the merchant, and the session remember it.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, merchant int64) error {
	v := visitOf(r.Context())
	was := v.actor.Merchant
	if v.session != nil {
		was = row(v.session).Merchant
	}
	v.actor = v.actor.In(merchant)
	if !v.actor.Role.Staff() || was == merchant {
		return nil
	}
	if s.Enter != nil {
		if err := s.Enter(r.Context(), v.actor); err != nil {
			return err
		}
	}
	if v.session == nil {
		return nil
	}
	row(v.session).Merchant = merchant
	return v.session.Save(r, w)
}

// Leave makes staff stand outside every merchant, as where the one they stood
// in is no more.
func Leave(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil
	}
	row(v.session).Merchant = 0
	return v.session.Save(r, w)
}

// toSignIn answers a stranger who asked for a page that is not for strangers.
func (s *Site) toSignIn(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL)
	if !safe(r.Method) {
		next = s.back(r) // there may be no page where a form goes
		if err := s.hold(w, r); err != nil {
			return err
		}
	}
	return Redirect(w, r, "/login?next="+url.QueryEscape(next))
}
