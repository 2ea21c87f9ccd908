package web

import (
	"encoding/json"
	"net/http"

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

// flashes is where a session's values have its messages.
const flashes = "flashes"

// AddFlash leaves f for the next page of whoever is signed in. Strangers have
// no next page, and nothing is left for them.
func AddFlash(w http.ResponseWriter, r *http.Request, f Flash) error {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil
	}
	v.session.Values[flashes] = append(left(v.session), f)
	return v.session.Save(r, w)
}

// TakeFlashes returns what was left for this page, oldest first, and forgets
// it. It writes to the store only if there was something.
func TakeFlashes(w http.ResponseWriter, r *http.Request) ([]Flash, error) {
	v := visitOf(r.Context())
	if !v.signedIn() || v.session == nil {
		return nil, nil
	}
	list := left(v.session)
	if len(list) == 0 {
		return nil, nil
	}
	delete(v.session.Values, flashes)
	return list, v.session.Save(r, w)
}

func left(sess *sessions.Session) []Flash {
	switch value := sess.Values[flashes].(type) {
	case []Flash: // left during this request
		return value
	case json.RawMessage:
		var list []Flash
		if json.Unmarshal(value, &list) == nil {
			return list
		}
	}
	return nil
}
