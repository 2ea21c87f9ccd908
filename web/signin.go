package web

import (
	"net/http"

	"kontor/db/core"
)

// SignIn starts a session for user under a new key and ends the one the
// browser came with. From here on [Actor] and [User] are theirs. A save that
// was held for the same user can be completed with [Pages.Resume]; another
// user's is discarded. It must come before anything is written.
func (s *Site) SignIn(w http.ResponseWriter, r *http.Request, user core.User) error {
	v, store, now := visitOf(r.Context()), s.store(), s.now()
	sess := store.empty(s.cookieName())
	*row(sess) = core.Session{User: user, CreatedAt: now, SeenAt: now}

	old := v.session
	var held *heldForm
	if old != nil && !old.IsNew && row(old).User.ID == user.ID {
		row(sess).Merchant = row(old).Merchant
		held = s.heldFor(r)
	}
	if err := store.Save(r, w, sess); err != nil {
		return err
	}
	// The new session is there before the old one goes, so that a failure here
	// loses nothing that was held.
	if old != nil && !old.IsNew {
		taken, err := store.take(r.Context(), old.ID)
		if err != nil {
			return err
		}
		if !taken { // someone else ended it, and has what was held
			held = nil
		}
	}
	s.forgetHeld(w, r)
	v.known, v.session, v.held = true, sess, held
	v.user, v.actor = user, user.Actor(v.client)
	return nil
}

// Renew gives the session of who is signed in a new key. Call it whenever what
// they may do changes, so that a key that was overheard before is worth nothing
// after. It must come before anything is written.
func (s *Site) Renew(w http.ResponseWriter, r *http.Request) error {
	v, store := visitOf(r.Context()), s.store()
	if !v.signedIn() || v.session == nil {
		return nil
	}
	old := v.session.ID
	v.session.ID = ""
	if err := store.Save(r, w, v.session); err != nil {
		v.session.ID = old
		return err
	}
	return store.end(r.Context(), old)
}

// SignOut ends the session the browser came with and has the browser forget
// what it kept. It must come before anything is written.
func (s *Site) SignOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if v.session != nil {
		v.session.Options.MaxAge = -1
		if err := v.session.Save(r, w); err != nil {
			return err
		}
	}
	s.forgetHeld(w, r)
	v.session, v.user, v.actor, v.held = nil, core.User{}, core.Actor{}, nil
	ClearSite(w)
	return nil
}
