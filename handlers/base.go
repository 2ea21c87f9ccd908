package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// base is what the pages of every noun share.
type base struct {
	merchants interface {
		Merchant(ctx context.Context, by core.Actor) (core.Merchant, error)
	}
	now func() time.Time
}

// chrome returns what stands around a page of somebody who has signed in, with
// the messages left for it. It is for whole pages: parts leave the messages.
func (b base) chrome(w http.ResponseWriter, r *http.Request, in views.Section) (views.Chrome, error) {
	var m core.Merchant
	if by := web.Actor(r); by.Merchant != 0 {
		var err error
		if m, err = b.merchants.Merchant(r.Context(), by); err != nil {
			return views.Chrome{}, err
		}
	}
	return b.chromeOf(w, r, in, m)
}

// chromeOf is chrome where the merchant has been read already.
func (b base) chromeOf(w http.ResponseWriter, r *http.Request, in views.Section, m core.Merchant) (views.Chrome, error) {
	by := web.Actor(r)
	c := views.Chrome{User: web.User(r), Section: in, Theme: theme(r), Path: r.URL.RequestURI(), Now: b.now(), Merchant: m}
	if by.Merchant != 0 {
		c.Find = views.Find{Action: views.CustomersURL(by.Merchant), Placeholder: findAnything}
	} else {
		c.Find = views.Find{Action: views.FindURL, Label: "Find anywhere", Placeholder: "ID, reference, e-mail or phone"}
	}
	flashes, err := web.TakeFlashes(w, r)
	if err != nil {
		return c, err
	}
	for _, f := range flashes {
		c.Toasts = append(c.Toasts, toast(f))
	}
	return c, nil
}

const findAnything = "Name, e-mail, phone, ID, last 4"

func toast(f web.Flash) views.Toast {
	t := views.Toast{Text: f.Text, Bad: f.Kind == web.FlashError}
	if f.Undo != nil {
		t.Undo = &views.Act{Action: f.Undo.Action, Label: f.Undo.Label}
		for _, field := range f.Undo.Fields {
			t.Undo.Hidden = append(t.Undo.Hidden, views.Pair{Name: field.Name, Value: field.Value})
		}
	}
	return t
}

// done leaves a message and sends the browser on after a successful act.
func done(w http.ResponseWriter, r *http.Request, to string, f web.Flash) error {
	if f.Kind == "" {
		f.Kind = web.FlashSuccess
	}
	if err := web.AddFlash(w, r, f); err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

// pathID returns a number of the path. A text that is no ID is one nobody has.
func pathID(r *http.Request, name string) (int64, error) {
	text := r.PathValue(name)
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
		return 0, core.ErrNotFound
	}
	return id, nil
}

// version reads the version a form was opened with. One that is missing or no
// number is as stale as can be.
func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// The theme is a cookie of the browser's, so that it holds before signing in,
// too. What somebody chose goes with them to every browser, and before it.
const themeCookie = "kontor-theme"

func theme(r *http.Request) views.Theme {
	if chosen := web.User(r).Preferences.Theme; chosen != "" {
		return knownTheme(string(chosen))
	}
	c, err := r.Cookie(themeCookie)
	if err != nil {
		return views.ThemeSystem
	}
	return knownTheme(c.Value)
}

func knownTheme(s string) views.Theme {
	switch t := views.Theme(s); t {
	case views.ThemeLight, views.ThemeDark:
		return t
	}
	return views.ThemeSystem
}

// keepTheme leaves the theme with the browser.
func keepTheme(w http.ResponseWriter, t views.Theme) {
	http.SetCookie(w, &http.Cookie{
		Name: themeCookie, Value: string(t), Path: "/", MaxAge: 400 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
