package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// forgotStore is the part of the store by which forgotten passwords are
// replaced.
type forgotStore interface {
	SendsMail() bool
	AskForPassword(ctx context.Context, email, origin string) error
}

type forgotPages struct{ store forgotStore }

// form serves GET /forgot.
func (p forgotPages) form(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.ForgotView{})
}

func (p forgotPages) render(w http.ResponseWriter, r *http.Request, status int, v views.ForgotView) error {
	v.Theme, v.Server = theme(r), p.store.SendsMail()
	return web.Render(w, r, status, views.ForgotPage(v))
}

// ask serves POST /forgot. It goes on the same way whoever the address is.
func (p forgotPages) ask(w http.ResponseWriter, r *http.Request) error {
	v := views.ForgotView{Email: strings.TrimSpace(r.PostFormValue("email"))}
	switch {
	case !p.store.SendsMail():
		return web.Redirect(w, r, views.ForgotPath)
	case v.Email == "":
		v.Faults = core.Invalid{{Field: "email", Rule: core.Required}}
	case !core.Email(v.Email):
		v.Faults = core.Invalid{{Field: "email", Rule: core.Malformed}}
	}
	if len(v.Faults) > 0 {
		return p.render(w, r, http.StatusUnprocessableEntity, v)
	}
	err := p.store.AskForPassword(r.Context(), v.Email, web.Client(r))
	var throttled core.Throttled
	if errors.As(err, &throttled) {
		v.Wait = throttled.Wait
		w.Header().Set("Retry-After", seconds(v.Wait))
		return p.render(w, r, http.StatusTooManyRequests, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, views.ForgotAskedPath)
}

// asked serves GET /forgot/asked.
func (p forgotPages) asked(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.ForgotView{Asked: true})
}
