package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/views"
	"kontor/web"
)

// programStore is the part of the store by which application users are looked
// after.
type programStore interface {
	ApplicationUsers(ctx context.Context, by core.Actor, after int64, limit int) ([]core.ApplicationUser, error)
	ApplicationUser(ctx context.Context, by core.Actor, id int64) (core.ApplicationUser, error)
	CreateApplicationUser(ctx context.Context, by core.Actor, a core.ApplicationUser) (core.ApplicationUser, string, error)
	UpdateApplicationUser(ctx context.Context, by core.Actor, a core.ApplicationUser) (core.ApplicationUser, error)
	RotateApplicationKey(ctx context.Context, by core.Actor, id, version int64) (core.ApplicationUser, string, error)
	RevokeApplicationUser(ctx context.Context, by core.Actor, id int64) error
	RefusedCalls(ctx context.Context, by core.Actor, application int64) ([]core.RefusedCall, error)
}

// programPages are the pages of a merchant's application users.
type programPages struct {
	base
	store programStore
	site  *web.Site
	faces []*api.Face
}

// programsPerPage is how many application users the list shows at once.
const programsPerPage = 100

// list serves GET /m/{merchant}/settings/api.
func (p programPages) list(w http.ResponseWriter, r *http.Request) error {
	m := web.Actor(r).Merchant
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	all, err := p.store.ApplicationUsers(r.Context(), web.Actor(r), after, programsPerPage+1)
	if err != nil {
		return err
	}
	v := views.ProgramsView{Programs: all[:min(len(all), programsPerPage)]}
	if len(all) > programsPerPage {
		v.Next = views.ProgramsURL(m) + "?after=" + strconv.FormatInt(v.Programs[programsPerPage-1].ID, 10)
	}
	if after > 0 {
		v.First = views.ProgramsURL(m)
	}
	if v.Chrome, err = p.chrome(w, r, views.InPrograms); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.ProgramsPage(v))
}

// form serves GET /m/{merchant}/settings/api/new.
func (p programPages) form(w http.ResponseWriter, r *http.Request) error {
	return p.renderNew(w, r, http.StatusOK, views.ProgramValues(core.ApplicationUser{Role: core.Member}), nil)
}

func (p programPages) renderNew(w http.ResponseWriter, r *http.Request, status int, values map[string]string, bad core.Invalid) error {
	v := views.NewProgramView{Values: values, Faults: bad}
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPrograms); err != nil {
		return err
	}
	return web.Render(w, r, status, views.NewProgramPage(v))
}

// create serves POST /m/{merchant}/settings/api/new. There is nowhere to go on
// to that could show the key, so the answer is the page itself.
func (p programPages) create(w http.ResponseWriter, r *http.Request) error {
	values, a, bad := readProgram(r)
	if len(bad) > 0 {
		return p.renderNew(w, r, http.StatusUnprocessableEntity, values, bad)
	}
	made, key, err := p.store.CreateApplicationUser(r.Context(), web.Actor(r), a)
	if errors.As(err, &bad) {
		return p.renderNew(w, r, http.StatusUnprocessableEntity, values, bad)
	}
	if err != nil {
		return err
	}
	return p.giveKey(w, r, views.GivenKeyView{Program: made, Key: key})
}

// readProgram reads the form of a program's rights. None of the APIs would be
// all of them to the store, and is a fault here.
func readProgram(r *http.Request) (values map[string]string, a core.ApplicationUser, bad core.Invalid) {
	values = map[string]string{}
	for _, name := range []string{"name", "role"} {
		values[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	a = core.ApplicationUser{Name: values["name"], Role: core.Role(values["role"])}
	for _, api := range core.APIs {
		if r.PostFormValue(string(api)) == "true" {
			values[string(api)] = "true"
			a.APIs = append(a.APIs, api)
		}
	}
	if len(a.APIs) == 0 {
		bad = append(a.Check(), core.Fault{Field: "apis", Rule: core.Required})
	}
	return values, a, bad
}

// giveKey shows a key, this once.
func (p programPages) giveKey(w http.ResponseWriter, r *http.Request, v views.GivenKeyView) error {
	v.Calls = p.calls(r, v.Program, v.Key)
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPrograms); err != nil {
		return err
	}
	v.Chrome.Path = views.ProgramURL(v.Program.Merchant, v.Program.ID)
	return web.Render(w, r, http.StatusOK, views.GivenKeyPage(v))
}

// calls are ready-made calls of the APIs that are there.
func (p programPages) calls(r *http.Request, a core.ApplicationUser, key string) []views.ExampleCall {
	there := make([]core.Source, len(p.faces))
	for i, f := range p.faces {
		there[i] = f.Name
	}
	return views.ExampleCalls(public(p.site, r), a, key, there)
}

// public is the address that the installation is reached by, without a path:
// the configured one, or what this browser used.
func public(site *web.Site, r *http.Request) string {
	if site.URL != nil {
		return site.URL.String()
	}
	return (&url.URL{Scheme: "http", Host: r.Host}).String()
}

// show serves GET /m/{merchant}/settings/api/{program}.
func (p programPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.ProgramView{})
}

// render shows a program: the form as typed where v has values, else as
// stored.
func (p programPages) render(w http.ResponseWriter, r *http.Request, status int, v views.ProgramView) error {
	id, err := pathID(r, "program")
	if err != nil {
		return err
	}
	if v.Program, err = p.store.ApplicationUser(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if v.Refused, err = p.store.RefusedCalls(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if v.Values == nil {
		v.Values = views.ProgramValues(v.Program)
	}
	v.Calls = p.calls(r, v.Program, "")
	if v.Chrome, err = p.chrome(w, r, views.InPrograms); err != nil {
		return err
	}
	v.Chrome.Path = views.ProgramURL(v.Program.Merchant, id)
	return web.Render(w, r, status, views.ProgramPage(v))
}

// save serves POST /m/{merchant}/settings/api/{program}.
func (p programPages) save(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "program")
	if err != nil {
		return err
	}
	v := views.ProgramView{}
	var a core.ApplicationUser
	if v.Values, a, v.Faults = readProgram(r); len(v.Faults) > 0 {
		return p.render(w, r, http.StatusUnprocessableEntity, v)
	}
	a.ID, a.Version = id, version(r)
	_, err = p.store.UpdateApplicationUser(r.Context(), web.Actor(r), a)
	switch {
	case errors.As(err, &v.Faults):
		return p.render(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.render(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return done(w, r, views.ProgramURL(web.Actor(r).Merchant, id), web.Flash{Text: "Saved"})
}

// rotate serves POST /m/{merchant}/settings/api/{program}/rotate.
func (p programPages) rotate(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "program")
	if err != nil {
		return err
	}
	a, key, err := p.store.RotateApplicationKey(r.Context(), web.Actor(r), id, version(r))
	if errors.Is(err, core.ErrConflict) { // such as the page with the key, loaded again
		return p.render(w, r, http.StatusConflict, views.ProgramView{NoKey: true})
	}
	if err != nil {
		return err
	}
	return p.giveKey(w, r, views.GivenKeyView{Program: a, Key: key, Rotated: true})
}

// revokeForm serves GET /m/{merchant}/settings/api/{program}/revoke.
func (p programPages) revokeForm(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "program")
	if err != nil {
		return err
	}
	v := views.RevokeProgramView{}
	if v.Program, err = p.store.ApplicationUser(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if !v.Program.Active() {
		return core.ErrNotFound
	}
	if v.Chrome, err = p.chrome(w, r, views.InPrograms); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.RevokeProgramPage(v))
}

// revoke serves POST /m/{merchant}/settings/api/{program}/revoke.
func (p programPages) revoke(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "program")
	if err != nil {
		return err
	}
	if err := p.store.RevokeApplicationUser(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return done(w, r, views.ProgramURL(web.Actor(r).Merchant, id), web.Flash{Text: "Revoked"})
}
