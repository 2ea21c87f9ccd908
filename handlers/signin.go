package handlers

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// signInStore is the part of the store by which people come in.
type signInStore interface {
	HasUsers(ctx context.Context) (bool, error)
	SignIn(ctx context.Context, email, password, origin string) (core.User, error)
	SignOut(ctx context.Context, by core.Actor) error
	Link(ctx context.Context, token string) (core.User, core.LinkKind, error)
	UseLink(ctx context.Context, token, password, origin string) (core.User, error)
	CreateFirstAdmin(ctx context.Context, u core.User, password, origin string) (core.User, error)
}

type signInPages struct {
	base
	store    signInStore
	site     *web.Site
	pages    *web.Pages
	firstRun string
}

// home serves GET /: the overview of where the user stands, or the list of
// merchants for staff who stand in none.
func (p signInPages) home(w http.ResponseWriter, r *http.Request) error {
	u := web.User(r)
	merchant := u.Merchant
	if u.Role.Staff() {
		merchant = web.Session(r).Merchant
	}
	switch {
	case u.ID == 0:
		return web.Redirect(w, r, views.LoginPath)
	case merchant == 0:
		return web.Redirect(w, r, views.MerchantsURL)
	}
	return web.Redirect(w, r, views.MerchantURL(merchant))
}

// form serves GET /login.
func (p signInPages) form(w http.ResponseWriter, r *http.Request) error {
	next := r.FormValue("next")
	if web.User(r).ID != 0 {
		return web.Redirect(w, r, p.next(next))
	}
	if any, err := p.store.HasUsers(r.Context()); err != nil {
		return err
	} else if !any {
		return web.Render(w, r, http.StatusOK, views.FirstRunPage(views.FirstRunView{Theme: theme(r)}))
	}
	return web.Render(w, r, http.StatusOK, views.LoginPage(views.LoginView{
		Theme: theme(r), Next: next, Held: p.site.Held(r), SignedIn: p.site.Held(r),
	}))
}

func (p signInPages) next(s string) string {
	if next, ok := web.LocalPath(s); ok {
		return next
	}
	return views.HomeURL
}

// signIn serves POST /login.
func (p signInPages) signIn(w http.ResponseWriter, r *http.Request) error {
	email, password := strings.TrimSpace(r.PostFormValue("email")), r.PostFormValue("password")
	v := views.LoginView{Theme: theme(r), Email: email, Next: r.PostFormValue("next"), Held: p.site.Held(r)}
	for _, f := range []views.Pair{{Name: "email", Value: email}, {Name: "password", Value: password}} {
		if f.Value == "" {
			v.Faults = append(v.Faults, core.Fault{Field: f.Name, Rule: core.Required})
		}
	}
	if len(v.Faults) > 0 {
		return web.Render(w, r, http.StatusUnprocessableEntity, views.LoginPage(v))
	}
	u, err := p.store.SignIn(r.Context(), email, password, web.Client(r))
	var throttled core.Throttled
	switch {
	case errors.As(err, &throttled):
		v.Problem, v.Wait = views.LoginThrottled, throttled.Wait
		w.Header().Set("Retry-After", seconds(throttled.Wait))
		return web.Render(w, r, http.StatusTooManyRequests, views.LoginPage(v))
	case errors.Is(err, core.ErrForbidden):
		v.Problem = views.LoginWrong
		return web.Render(w, r, http.StatusUnprocessableEntity, views.LoginPage(v))
	case err != nil:
		return err
	}
	return p.start(w, r, u, v.Next)
}

// start signs the user in and completes the save that waited for it, or goes
// on to where they wanted.
func (p signInPages) start(w http.ResponseWriter, r *http.Request, u core.User, next string) error {
	if err := p.site.SignIn(w, r, u); err != nil {
		return err
	}
	if chosen := u.Preferences.Theme; chosen != "" {
		keepTheme(w, knownTheme(string(chosen)))
	}
	if p.pages.Resume(w, r) {
		return nil
	}
	return web.Redirect(w, r, p.next(next))
}

// signOut serves POST /logout.
func (p signInPages) signOut(w http.ResponseWriter, r *http.Request) error {
	if by := web.Actor(r); by.Kind != "" {
		if err := p.store.SignOut(r.Context(), by); err != nil {
			return err
		}
	}
	if err := p.site.SignOut(w, r); err != nil {
		return err
	}
	return web.Redirect(w, r, views.LoginPath)
}

// link serves GET /link/{token} and spends nothing.
func (p signInPages) link(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	u, kind, err := p.store.Link(r.Context(), token)
	if errors.Is(err, core.ErrNotFound) {
		return p.linkGone(w, r)
	}
	if err != nil {
		return err
	}
	if kind == core.SetUpLink {
		return p.setUp(w, r, http.StatusOK, u, nil)
	}
	return web.Render(w, r, http.StatusOK, views.LinkPage(views.LinkView{Theme: theme(r), Action: views.LinkURL(token), Token: token}))
}

func (p signInPages) linkGone(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusNotFound, views.LinkPage(views.LinkView{Theme: theme(r), Gone: true}))
}

func (p signInPages) setUp(w http.ResponseWriter, r *http.Request, status int, u core.User, bad core.Invalid) error {
	token := r.PathValue("token")
	return web.Render(w, r, status, views.SetUpPage(views.SetUpView{
		Theme: theme(r), Action: views.LinkURL(token), Token: token, Name: u.Name, Email: u.Email, Faults: bad,
	}))
}

// useLink serves POST /link/{token}.
func (p signInPages) useLink(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	if typed := r.PostFormValue("token"); typed != "" {
		token = typed
	}
	u, err := p.store.UseLink(r.Context(), token, r.PostFormValue("password"), web.Client(r))
	var bad core.Invalid
	switch {
	case errors.Is(err, core.ErrNotFound):
		return p.linkGone(w, r)
	case errors.As(err, &bad):
		whose, _, err := p.store.Link(r.Context(), token)
		if err != nil {
			return err
		}
		return p.setUp(w, r, http.StatusUnprocessableEntity, whose, bad)
	case err != nil:
		return err
	}
	return p.start(w, r, u, views.HomeURL)
}

// first serves GET /first/{token}: the page that makes the first admin. Its
// address is known only to who reads the console.
func (p signInPages) first(w http.ResponseWriter, r *http.Request) error {
	if !p.isFirst(r) {
		return core.ErrNotFound
	}
	any, err := p.store.HasUsers(r.Context())
	if err != nil {
		return err
	}
	if any {
		return web.Redirect(w, r, views.LoginPath)
	}
	return p.firstForm(w, r, http.StatusOK, nil)
}

func (p signInPages) isFirst(r *http.Request) bool {
	return p.firstRun != "" && subtle.ConstantTimeCompare([]byte(p.firstRun), []byte(r.PathValue("token"))) == 1
}

func (p signInPages) firstForm(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	return web.Render(w, r, status, views.FirstAdminPage(views.FirstAdminView{
		Theme: theme(r), Action: views.FirstURL(p.firstRun),
		Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Faults: bad,
	}))
}

// makeFirst serves POST /first/{token}.
func (p signInPages) makeFirst(w http.ResponseWriter, r *http.Request) error {
	if !p.isFirst(r) {
		return core.ErrNotFound
	}
	u := core.User{Name: r.PostFormValue("name"), Email: strings.TrimSpace(r.PostFormValue("email"))}
	made, err := p.store.CreateFirstAdmin(r.Context(), u, r.PostFormValue("password"), web.Client(r))
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.firstForm(w, r, http.StatusUnprocessableEntity, bad)
	case errors.Is(err, core.ErrConflict):
		return web.Redirect(w, r, views.LoginPath)
	case err != nil:
		return err
	}
	return p.start(w, r, made, views.NewMerchantURL)
}
