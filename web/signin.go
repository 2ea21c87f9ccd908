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
	*row(sess) = core.Session{User: user, Agent: core.UserAgent(r.UserAgent()), Origin: v.client, CreatedAt: now, SeenAt: now}

	var old string
	var held *heldForm
	if v.session != nil && !v.session.IsNew {
		old = v.session.ID
		if was := row(v.session); was.User.ID == user.ID {
			row(sess).Merchant = was.Merchant
			held = s.heldFor(r)
		}
	}
	taken, err := store.move(w, r, sess, old)
	if err != nil {
		return err
	}
	if !taken { // whoever ended it has what was held
		held = nil
	}
	s.forgetHeld(w, r)
	v.known, v.session, v.held = true, sess, held
	v.user, v.actor = user, user.Actor(v.client)
	v.flashes, v.flashesRead = nil, true // those under another key are not theirs
	return nil
}

// Renew gives the session of who is signed in a new key. Call it whenever what
// they may do changes, so that a key that was overheard before is worth nothing
// after. It must come before anything is written.
func (s *Site) Renew(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil
	}
	list := v.left(r)
	if _, err := s.store().move(w, r, v.session, v.session.ID); err != nil {
		return err
	}
	if len(list) == 0 {
		return nil
	}
	return v.leave(w, list) // signed with the new key
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
