package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// heldSize is how large a form can be held, in bytes of its encoding.
const heldSize = 1 << 20

// A heldForm is a form that was sent with an expired session. It waits in that
// session's row until its user signs in again.
//
// The session's key alone neither plants nor releases one: it is expired, and
// may have been overheard. Where the form came from is checked when it comes,
// and whoever sent it gets a second key, the claim, which the one who signs in
// must bring.
type heldForm struct {
	Claim string     `json:"claim"` // SHA-256 of the claim, hexadecimal
	Path  string     `json:"path"`  // with the query
	Form  url.Values `json:"form"`
}

// hold keeps the form of a request that came too late, if it is one that can
// be carried out later: a POST of our own page, urlencoded, on a route without
// secrets, with a session that expired less than [core.SessionHeld] ago. One
// that holds a card number is not: it is kept nowhere, and would be refused.
func (s *Site) hold(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if r.Method != http.MethodPost || !v.ours || v.secret || !s.holds(v) || !urlencoded(r) {
		return nil
	}
	path, ok := LocalPath(r.URL.RequestURI())
	if !ok {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if len(r.PostForm.Encode()) > heldSize || holdsCard(path, r.PostForm) {
		return nil
	}
	claim := rand.Text()
	data, err := json.Marshal(heldForm{Claim: hashClaim(claim), Path: path, Form: r.PostForm})
	if err != nil {
		return err
	}
	row(v.session).Held = data
	if err := v.session.Save(r, w); err != nil {
		return err
	}
	http.SetCookie(w, s.claimCookie(claim))
	return nil
}

// holds reports whether the visit's session has expired but not long ago.
func (s *Site) holds(v *visit) bool {
	if v.session == nil || v.session.IsNew {
		return false
	}
	now, cur := s.now(), row(v.session)
	expired := cur.SeenAt.Add(core.SessionIdle)
	if last := cur.CreatedAt.Add(core.SessionLife); last.Before(expired) {
		expired = last
	}
	ago := now.Sub(expired)
	return ago > 0 && ago <= core.SessionHeld
}

// heldFor returns the form that waits for this browser, or nil.
func (s *Site) heldFor(r *http.Request) *heldForm {
	v := visitOf(r.Context())
	if !s.holds(v) || len(row(v.session).Held) == 0 {
		return nil
	}
	var held heldForm
	if err := json.Unmarshal(row(v.session).Held, &held); err != nil {
		return nil
	}
	claim, err := r.Cookie(s.claimName())
	if err != nil || subtle.ConstantTimeCompare([]byte(hashClaim(claim.Value)), []byte(held.Claim)) != 1 {
		return nil
	}
	return &held
}

// Held reports whether a save of this browser waits for its user to sign in.
// The sign-in page must say so, because signing in completes it.
func (s *Site) Held(r *http.Request) bool { return s.heldFor(r) != nil }

// Resume carries out the save that was held for the user who has just signed
// in with [Site.SignIn], exactly as if they had sent it now, and answers the
// request with its answer. It reports whether there was one; it does so once.
// The sign-in form should be a plain one, since the answer can be any page.
func (p *Pages) Resume(w http.ResponseWriter, r *http.Request) bool {
	v := visitOf(r.Context())
	held := v.held
	v.held = nil
	if held == nil || !v.signedIn() || row(v.session).User.ID != v.user.ID {
		return false
	}
	path, ok := LocalPath(held.Path)
	if !ok {
		return false
	}
	again, err := http.NewRequestWithContext(r.Context(), http.MethodPost, path, strings.NewReader(held.Form.Encode()))
	if err != nil {
		return false
	}
	again.Host, again.RemoteAddr, again.RequestURI = r.Host, r.RemoteAddr, path
	again.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, name := range []string{"Accept", "Accept-Language", "User-Agent", "HX-Request", "HX-Request-Type"} {
		if value := r.Header.Get(name); value != "" {
			again.Header.Set(name, value)
		}
	}
	defer func(pattern string, secret bool) { // the log goes on about the sign-in
		v.pattern, v.secret = pattern, secret
	}(v.pattern, v.secret)
	p.serve(w, again)
	return true
}

// holdsCard reports whether a form has a card number anywhere in it, which people
// type into notes.
func holdsCard(path string, form url.Values) bool {
	if whole, err := url.PathUnescape(strings.ReplaceAll(path, "+", " ")); err != nil || core.HasCardNumber(whole) {
		return true
	}
	for name, values := range form {
		if core.HasCardNumber(name) || slices.ContainsFunc(values, core.HasCardNumber) {
			return true
		}
	}
	return false
}

func hashClaim(claim string) string {
	hash := sha256.Sum256([]byte(claim))
	return hex.EncodeToString(hash[:])
}

func (s *Site) claimName() string { return s.cookieName() + "-held" }

func (s *Site) claimCookie(claim string) *http.Cookie {
	return &http.Cookie{
		Name: s.claimName(), Value: claim, Path: "/",
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
		MaxAge: int(core.SessionHeld / time.Second),
	}
}

// forgetHeld has the browser forget its claim.
func (s *Site) forgetHeld(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(s.claimName()); err == nil {
		cookie := s.claimCookie("")
		cookie.MaxAge = -1
		http.SetCookie(w, cookie)
	}
}

func urlencoded(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded"
}
