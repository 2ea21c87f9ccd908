package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
	"kontor/db/core"
)

// Sessions is the table of sign-ins. It knows keys by their SHA-256 only, so
// that a copy of it signs nobody in.
type Sessions interface {
	// Session returns the session with its user as they are now, also when it
	// has expired, or [core.ErrNotFound].
	Session(ctx context.Context, keyHash []byte) (core.Session, error)
	// AddSession stores a new session.
	AddSession(ctx context.Context, keyHash []byte, s core.Session) error
	// SaveSession stores all of s as it stands, its times included: what is left
	// in an expired session must not wake it. One that was ended meanwhile stays
	// ended: [core.ErrNotFound].
	SaveSession(ctx context.Context, keyHash []byte, s core.Session) error
	// TouchSession writes down that the session is in use.
	TouchSession(ctx context.Context, keyHash []byte) error
	// EndSession deletes the session. It returns [core.ErrNotFound] when there
	// is none, so that of two that end it at the same time only one succeeds.
	EndSession(ctx context.Context, keyHash []byte) error
}

// A SessionStore is a [sessions.Store] over the table. The cookie holds only a
// random key. Values are kept as JSON under string keys; a key that is no
// string stays in memory.
type SessionStore struct {
	Table  Sessions
	Now    func() time.Time
	Secure bool // whether browsers reach us over https only
}

// rowKey is where a session holds its row, and where Values has the rest.
type rowKey struct{}

// row returns the table's row of a session, which may be changed and saved.
func row(sess *sessions.Session) *core.Session {
	if s, ok := sess.Values[rowKey{}].(*core.Session); ok {
		return s
	}
	s := new(core.Session)
	sess.Values[rowKey{}] = s
	return s
}

// Get implements [sessions.Store]. It reads the table once per request.
func (s *SessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New implements [sessions.Store]. A cookie that is forged, stale or unknown
// is the same as no cookie. An expired session is returned as it was.
func (s *SessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	sess := s.empty(name)
	cookie, err := r.Cookie(name)
	if err != nil {
		return sess, nil
	}
	hash, ok := hashKey(cookie.Value)
	if !ok {
		return sess, nil
	}
	found, err := s.Table.Session(r.Context(), hash)
	if errors.Is(err, core.ErrNotFound) {
		return sess, nil
	}
	if err != nil {
		return sess, err
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(found.Values, &values) == nil { // what cannot be read was nothing that matters
		for name, value := range values {
			sess.Values[name] = value
		}
	}
	*row(sess) = found
	sess.ID, sess.IsNew = cookie.Value, false
	return sess, nil
}

// empty returns a session that has not been saved.
func (s *SessionStore) empty(name string) *sessions.Session {
	sess := sessions.NewSession(s, name)
	sess.IsNew = true
	sess.Options = &sessions.Options{ // no MaxAge: it goes with the browser; the table knows when it ends
		Path:     "/",
		HttpOnly: true,
		Secure:   s.Secure,
		SameSite: http.SameSiteLaxMode,
	}
	return sess
}

// Save implements [sessions.Store]. A session without an ID gets a new key and
// its cookie; one whose MaxAge is negative is ended. Saving a living session
// counts as using it.
func (s *SessionStore) Save(r *http.Request, w http.ResponseWriter, sess *sessions.Session) error {
	fresh := sess.ID == ""
	if sess.Options.MaxAge < 0 {
		if _, err := s.take(r.Context(), sess.ID); err != nil {
			return err
		}
		http.SetCookie(w, sessions.NewCookie(sess.Name(), "", sess.Options))
		return nil
	}
	if err := s.put(r.Context(), sess); err != nil {
		return err
	}
	if fresh {
		http.SetCookie(w, sessions.NewCookie(sess.Name(), sess.ID, sess.Options))
	}
	return nil
}

// put writes the session to the table, under a new key if it has none.
func (s *SessionStore) put(ctx context.Context, sess *sessions.Session) error {
	values := make(map[string]any, len(sess.Values))
	for name, value := range sess.Values {
		if name, ok := name.(string); ok {
			values[name] = value
		}
	}
	data, err := json.Marshal(values)
	if err != nil {
		return err
	}
	cur := row(sess)
	cur.Values = data
	if now := s.Now(); !cur.Expired(now) {
		cur.SeenAt = now
	}
	if sess.ID != "" {
		hash, _ := hashKey(sess.ID)
		err := s.Table.SaveSession(ctx, hash, *cur)
		if errors.Is(err, core.ErrNotFound) { // signed out elsewhere meanwhile: nothing is left for anybody
			return nil
		}
		return err
	}
	random := make([]byte, keySize)
	rand.Read(random) // never fails
	key := base64.RawURLEncoding.EncodeToString(random)
	hash, _ := hashKey(key)
	if err := s.Table.AddSession(ctx, hash, *cur); err != nil {
		return err
	}
	sess.ID, sess.IsNew = key, false
	return nil
}

// move writes the session under a new key, deletes the one under the old key
// and only then tells the browser, so that what fails halfway changes nothing
// for it. It reports whether it was this call that deleted the old one.
func (s *SessionStore) move(w http.ResponseWriter, r *http.Request, sess *sessions.Session, old string) (bool, error) {
	sess.ID = ""
	if err := s.put(r.Context(), sess); err != nil {
		return false, err
	}
	taken, err := s.take(r.Context(), old)
	if err != nil {
		return false, err
	}
	http.SetCookie(w, sessions.NewCookie(sess.Name(), sess.ID, sess.Options))
	return taken, nil
}

// take deletes the session with the key and reports whether this call did.
func (s *SessionStore) take(ctx context.Context, key string) (bool, error) {
	hash, ok := hashKey(key)
	if !ok {
		return false, nil
	}
	err := s.Table.EndSession(ctx, hash)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// keySize is the length of a session's key in bytes: 256 bits.
const keySize = 32

// hashKey returns the SHA-256 of a key as the cookie holds it, or false if it
// is none of ours.
func hashKey(key string) ([]byte, bool) {
	random, err := base64.RawURLEncoding.Strict().DecodeString(key)
	if err != nil || len(random) != keySize {
		return nil, false
	}
	hash := sha256.Sum256(random)
	return hash[:], true
}

// store returns the sessions as gorilla knows them.
func (s *Site) store() *SessionStore {
	return &SessionStore{Table: s.Sessions, Now: s.now, Secure: s.https()}
}

// cookieName returns the session cookie's name. Browsers take a __Host- cookie
// only over TLS, from this very host and for all of it.
func (s *Site) cookieName() string {
	if s.https() {
		return "__Host-kontor"
	}
	return "kontor"
}
