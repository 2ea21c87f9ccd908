package handlers

import (
	"context"
	"errors"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// accountStore is the part of the store by which people mind their own account.
type accountStore interface {
	OwnAccount(ctx context.Context, by core.Actor) (core.User, error)
	OwnSessions(ctx context.Context, by core.Actor) ([]core.Device, error)
	SetOwnName(ctx context.Context, by core.Actor, name string) error
	SetOwnPassword(ctx context.Context, by core.Actor, present, password string) error
	SetOwnPreferences(ctx context.Context, by core.Actor, p core.Preferences) error
	EndOwnSession(ctx context.Context, by core.Actor, id string) error
	EndOtherSessions(ctx context.Context, by core.Actor, keep []byte) (int, error)
}

type accountPages struct {
	base
	store accountStore
	site  *web.Site
}

// show serves GET /account.
func (p accountPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

// render shows the page as it is, or as change makes it.
func (p accountPages) render(w http.ResponseWriter, r *http.Request, status int, change func(*views.AccountView)) error {
	by := web.Actor(r)
	u, err := p.store.OwnAccount(r.Context(), by)
	if err != nil {
		return err
	}
	devices, err := p.store.OwnSessions(r.Context(), by)
	if err != nil {
		return err
	}
	v := views.AccountView{Name: u.Name, Email: u.Email, HasPassword: u.HasPassword, Rows: u.Preferences.RowsOr(0)}
	this := core.SessionID(web.SessionKey(r))
	for _, d := range devices {
		v.Devices = append(v.Devices, views.DeviceLine{Device: d, This: d.ID == this})
	}
	if v.Chrome, err = p.chrome(w, r, views.InAccount); err != nil {
		return err
	}
	v.Chrome.Path = views.AccountURL
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.AccountPage(v))
}

// refused shows the page with what is wrong, or returns the error.
func (p accountPages) refused(w http.ResponseWriter, r *http.Request, err error, keep func(*views.AccountView)) error {
	var bad core.Invalid
	if !errors.As(err, &bad) {
		return err
	}
	return p.render(w, r, http.StatusUnprocessableEntity, func(v *views.AccountView) {
		v.Faults = bad
		keep(v)
	})
}

// rename serves POST /account/name.
func (p accountPages) rename(w http.ResponseWriter, r *http.Request) error {
	name := r.PostFormValue("name")
	if err := p.store.SetOwnName(r.Context(), web.Actor(r), name); err != nil {
		return p.refused(w, r, err, func(v *views.AccountView) { v.Name = name })
	}
	return done(w, r, views.AccountURL, web.Flash{Text: "Name saved"})
}

// setPassword serves POST /account/password. The store ends every session, and
// this one goes on under a new key.
func (p accountPages) setPassword(w http.ResponseWriter, r *http.Request) error {
	err := p.store.SetOwnPassword(r.Context(), web.Actor(r), r.PostFormValue("present"), r.PostFormValue("password"))
	var throttled core.Throttled
	switch {
	case errors.As(err, &throttled):
		w.Header().Set("Retry-After", seconds(throttled.Wait))
		return p.render(w, r, http.StatusTooManyRequests, func(v *views.AccountView) { v.Wait = throttled.Wait })
	case err != nil:
		return p.refused(w, r, err, func(*views.AccountView) {})
	}
	if err := p.site.Renew(w, r); err != nil {
		return err
	}
	return done(w, r, views.AccountURL, web.Flash{Text: "Password saved. Everywhere else you are signed out"})
}

// setPreferences serves POST /account/preferences.
func (p accountPages) setPreferences(w http.ResponseWriter, r *http.Request) error {
	like := core.Preferences{Theme: core.Theme(r.PostFormValue("theme")), Rows: number(r, "rows")}
	if err := p.store.SetOwnPreferences(r.Context(), web.Actor(r), like); err != nil {
		return p.refused(w, r, err, func(*views.AccountView) {})
	}
	keepTheme(w, knownTheme(string(like.Theme)))
	return done(w, r, views.AccountURL, web.Flash{Text: "Saved"})
}

// endSession serves POST /account/sessions/{session}/end.
func (p accountPages) endSession(w http.ResponseWriter, r *http.Request) error {
	err := p.store.EndOwnSession(r.Context(), web.Actor(r), r.PathValue("session"))
	if errors.Is(err, core.ErrNotFound) { // it ended by itself meanwhile
		return done(w, r, views.AccountURL, web.Flash{Kind: web.FlashWarning, Text: "That session had ended already"})
	}
	if err != nil {
		return err
	}
	return done(w, r, views.AccountURL, web.Flash{Text: "Session ended"})
}

// endOthers serves POST /account/sessions/end.
func (p accountPages) endOthers(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.store.EndOtherSessions(r.Context(), web.Actor(r), web.SessionKey(r)); err != nil {
		return err
	}
	return done(w, r, views.AccountURL, web.Flash{Text: "Everywhere else you are signed out"})
}

// setTheme serves POST /theme, which strangers may send, too.
func (p accountPages) setTheme(w http.ResponseWriter, r *http.Request) error {
	t := knownTheme(r.PostFormValue("theme"))
	if by := web.Actor(r); by.Kind != "" {
		like := web.User(r).Preferences
		like.Theme = core.Theme(t)
		if err := p.store.SetOwnPreferences(r.Context(), by, like); err != nil {
			return err
		}
	}
	keepTheme(w, t)
	next, ok := web.LocalPath(r.PostFormValue("next"))
	if !ok {
		next = views.HomeURL
	}
	return web.Redirect(w, r, next)
}
