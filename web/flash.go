package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/sessions"
)

// Kinds of [Flash].
const (
	FlashSuccess = "success"
	FlashWarning = "warning"
	FlashError   = "error"
)

// A Flash is a message for the next page, shown once.
type Flash struct {
	Kind string `json:"kind"` // FlashSuccess and so on
	Text string `json:"text"`
	Undo *Undo  `json:"undo,omitempty"`
}

// An Undo is a form that takes back what a [Flash] tells of.
type Undo struct {
	Action string  `json:"action"` // the path it posts to
	Label  string  `json:"label"`
	Fields []Field `json:"fields,omitempty"`
}

// A Field is a hidden field of a form.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// AddFlash leaves f for the next page of whoever is signed in. Strangers have
// no next page, and nothing is left for them.
//
// Messages lie in a cookie, so that neither leaving nor taking one writes to
// the table. What they say is shown and their undo offered as ours, so the
// cookie is signed with the session's key: nobody but this session's server
// side can have written it.
func AddFlash(w http.ResponseWriter, r *http.Request, f Flash) error {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil
	}
	return v.leave(w, append(v.left(r), f))
}

// TakeFlashes returns what was left for this page, oldest first, and forgets
// it.
func TakeFlashes(w http.ResponseWriter, r *http.Request) ([]Flash, error) {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil, nil
	}
	list := v.left(r)
	if len(list) == 0 {
		return nil, nil
	}
	return list, v.leave(w, nil)
}

const (
	flashSize = 3500             // bytes of the cookie; browsers take 4096 with its name
	flashLife = 10 * time.Minute // after which a message is no news
)

// left returns the messages that lie there for the visit's session.
func (v *visit) left(r *http.Request) []Flash {
	if v.flashesRead {
		return v.flashes
	}
	v.flashesRead = true
	cookie, err := r.Cookie(flashName(v.session))
	if err != nil {
		return nil
	}
	signature, data, ok := strings.Cut(cookie.Value, ".")
	if !ok || !hmac.Equal([]byte(signature), []byte(flashSignature(v.session, data))) {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil || json.Unmarshal(text, &v.flashes) != nil {
		return nil
	}
	return v.flashes
}

// leave has the browser bring these messages with its next request, without
// the oldest where they are more than a cookie holds.
func (v *visit) leave(w http.ResponseWriter, list []Flash) error {
	cookie := &http.Cookie{
		Name: flashName(v.session), Path: "/", MaxAge: int(flashLife / time.Second),
		HttpOnly: true, Secure: v.session.Options.Secure, SameSite: http.SameSiteLaxMode,
	}
	for ; len(list) > 0; list = list[1:] {
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		data := base64.RawURLEncoding.EncodeToString(text)
		cookie.Value = flashSignature(v.session, data) + "." + data
		if len(cookie.Value) <= flashSize {
			break
		}
	}
	if len(list) == 0 {
		cookie.Value, cookie.MaxAge = "", -1
	}
	v.flashes, v.flashesRead = list, true
	h := w.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(line string) bool { // what was left before in this answer
		return strings.HasPrefix(line, cookie.Name+"=")
	})
	http.SetCookie(w, cookie)
	return nil
}

func flashName(sess *sessions.Session) string { return sess.Name() + "-messages" }

func flashSignature(sess *sessions.Session, data string) string {
	mac := hmac.New(sha256.New, []byte(sess.ID))
	mac.Write([]byte("messages." + data))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
