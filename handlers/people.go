package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// peopleStore is the part of the store by which people are looked after.
type peopleStore interface {
	People(ctx context.Context, by core.Actor, after int64, limit int) ([]core.Colleague, error)
	Person(ctx context.Context, by core.Actor, id int64) (core.Colleague, error)
	ExportPeople(ctx context.Context, by core.Actor) ([]core.Colleague, error)
	InviteUser(ctx context.Context, by core.Actor, u core.User) (core.User, string, error)
	MailSetUpLink(ctx context.Context, by core.Actor, id int64) (core.User, error)
	SendsMail() bool
	UpdateUser(ctx context.Context, by core.Actor, u core.User) (core.User, error)
	DeactivateUser(ctx context.Context, by core.Actor, id, version int64) (core.User, error)
	ReactivateUser(ctx context.Context, by core.Actor, id, version int64) (core.User, error)
	EndUserSessions(ctx context.Context, by core.Actor, id int64) (int, error)
	CreateSetUpLink(ctx context.Context, by core.Actor, id int64) (core.User, string, error)
}

// peoplePages are the pages of a merchant's team and, outside every merchant,
// of staff.
type peoplePages struct {
	base
	store peopleStore
	site  *web.Site
}

// peoplePerPage is how many people the list shows at once.
const peoplePerPage = 100

func placeOf(r *http.Request) views.Place { return views.Place(web.Actor(r).Merchant) }

// list serves GET /m/{merchant}/settings/team and GET /staff.
func (p peoplePages) list(w http.ResponseWriter, r *http.Request) error {
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	people, err := p.store.People(r.Context(), web.Actor(r), after, peoplePerPage+1)
	if err != nil {
		return err
	}
	v := views.PeopleView{Place: placeOf(r), People: people[:min(len(people), peoplePerPage)]}
	if len(people) > peoplePerPage {
		v.Next = views.PeopleURL(v.Place) + "?after=" + strconv.FormatInt(v.People[peoplePerPage-1].ID, 10)
	}
	if after > 0 {
		v.First = views.PeopleURL(v.Place)
	}
	if v.Chrome, err = p.chrome(w, r, v.Place.Section()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.PeoplePage(v))
}

// export serves POST /m/{merchant}/settings/team/export and POST /staff/export.
func (p peoplePages) export(w http.ResponseWriter, r *http.Request) error {
	people, err := p.store.ExportPeople(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return writePeople(w, placeOf(r), people)
}

// inviteForm serves GET /m/{merchant}/settings/team/new and GET /staff/new.
func (p peoplePages) inviteForm(w http.ResponseWriter, r *http.Request) error {
	role := core.Member
	if placeOf(r) == 0 {
		role = core.Agent
	}
	return p.renderInvite(w, r, http.StatusOK, map[string]string{"role": string(role)}, nil)
}

func (p peoplePages) renderInvite(w http.ResponseWriter, r *http.Request, status int, values map[string]string, bad core.Invalid) error {
	v := views.InviteView{Place: placeOf(r), Values: values, Faults: bad, Mailed: p.store.SendsMail()}
	var err error
	if v.Chrome, err = p.chrome(w, r, v.Place.Section()); err != nil {
		return err
	}
	return web.Render(w, r, status, views.InvitePage(v))
}

// invite serves POST /m/{merchant}/settings/team/new and POST /staff/new.
func (p peoplePages) invite(w http.ResponseWriter, r *http.Request) error {
	values := map[string]string{}
	for _, name := range []string{"name", "email", "role"} {
		values[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	u := core.User{Name: values["name"], Email: values["email"], Role: core.Role(values["role"]), Merchant: web.Actor(r).Merchant}
	if u.Role.Known() && u.Role.Staff() != (u.Merchant == 0) { // the other place's
		u.Role = ""
	}
	made, token, err := p.store.InviteUser(r.Context(), web.Actor(r), u)
	var bad core.Invalid
	if errors.As(err, &bad) {
		return p.renderInvite(w, r, http.StatusUnprocessableEntity, values, bad)
	}
	if err != nil {
		return err
	}
	if token == "" {
		return done(w, r, views.PersonURL(placeOf(r), made.ID), web.Flash{Text: "An invitation is on its way to " + made.Email})
	}
	return p.giveLink(w, r, made, token, views.GivenLinkView{Invited: true})
}

// mailLink serves POST /m/{merchant}/settings/team/{user}/mail and POST
// /staff/{user}/mail.
func (p peoplePages) mailLink(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "user")
	if err != nil {
		return err
	}
	u, err := p.store.MailSetUpLink(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return done(w, r, views.PersonURL(placeOf(r), id), web.Flash{Text: "A link is on its way to " + u.Email})
}

// link serves POST /m/{merchant}/settings/team/{user}/link and POST
// /staff/{user}/link.
func (p peoplePages) link(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "user")
	if err != nil {
		return err
	}
	u, token, err := p.store.CreateSetUpLink(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return p.giveLink(w, r, u, token, views.GivenLinkView{})
}

// giveLink shows a set-up link, this once. There is nowhere to go on to that
// could show it, so the answer is the page itself.
func (p peoplePages) giveLink(w http.ResponseWriter, r *http.Request, u core.User, token string, v views.GivenLinkView) error {
	v.Place, v.Person, v.Until = placeOf(r), u, p.now().Add(core.SetUpLife)
	v.Link = public(p.site, r) + views.LinkURL(token)
	var err error
	if v.Chrome, err = p.chrome(w, r, v.Place.Section()); err != nil {
		return err
	}
	v.Chrome.Path = views.PeopleURL(v.Place)
	return web.Render(w, r, http.StatusOK, views.GivenLinkPage(v))
}

// show serves GET /m/{merchant}/settings/team/{user} and GET /staff/{user}.
func (p peoplePages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.PersonView{})
}

// render shows somebody: the form as typed where v has values, else as stored.
func (p peoplePages) render(w http.ResponseWriter, r *http.Request, status int, v views.PersonView) error {
	id, err := pathID(r, "user")
	if err != nil {
		return err
	}
	if v.Person, err = p.store.Person(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if v.Values == nil {
		v.Values = map[string]string{"name": v.Person.Name, "role": string(v.Person.Role)}
	}
	v.Place, v.Self, v.MayMail = placeOf(r), web.User(r).ID == id, p.store.SendsMail()
	if v.Chrome, err = p.chrome(w, r, v.Place.Section()); err != nil {
		return err
	}
	v.Chrome.Path = views.PersonURL(v.Place, id)
	return web.Render(w, r, status, views.PersonPage(v))
}

// save serves POST /m/{merchant}/settings/team/{user} and POST /staff/{user}.
func (p peoplePages) save(w http.ResponseWriter, r *http.Request) error {
	v := views.PersonView{Values: map[string]string{}}
	for _, name := range []string{"name", "role"} {
		v.Values[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	return p.change(w, r, v, func(id int64) (core.User, error) {
		return p.store.UpdateUser(r.Context(), web.Actor(r), core.User{
			ID: id, Version: version(r), Name: v.Values["name"], Role: core.Role(v.Values["role"]),
		})
	}, "Saved")
}

// deactivate serves POST /m/{merchant}/settings/team/{user}/deactivate and POST
// /staff/{user}/deactivate.
func (p peoplePages) deactivate(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, views.PersonView{}, func(id int64) (core.User, error) {
		return p.store.DeactivateUser(r.Context(), web.Actor(r), id, version(r))
	}, "Deactivated")
}

// reactivate serves POST /m/{merchant}/settings/team/{user}/reactivate and POST
// /staff/{user}/reactivate.
func (p peoplePages) reactivate(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, views.PersonView{}, func(id int64) (core.User, error) {
		return p.store.ReactivateUser(r.Context(), web.Actor(r), id, version(r))
	}, "Reactivated")
}

// change carries out an act on somebody and answers it. Faults and conflicts
// show v.
func (p peoplePages) change(w http.ResponseWriter, r *http.Request, v views.PersonView, act func(id int64) (core.User, error), text string) error {
	id, err := pathID(r, "user")
	if err != nil {
		return err
	}
	u, err := act(id)
	switch {
	case errors.As(err, &v.Faults):
		return p.render(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.render(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	ended := !u.Active || u.Role != web.User(r).Role
	return p.answer(w, r, id, ended, text)
}

// endSessions serves POST /m/{merchant}/settings/team/{user}/sessions and POST
// /staff/{user}/sessions.
func (p peoplePages) endSessions(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "user")
	if err != nil {
		return err
	}
	if _, err := p.store.EndUserSessions(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return p.answer(w, r, id, true, "Signed out everywhere")
}

// answer goes on after an act. Whoever ended their own session signs in again:
// there is no session to leave a message in.
func (p peoplePages) answer(w http.ResponseWriter, r *http.Request, id int64, ended bool, text string) error {
	to := views.PersonURL(placeOf(r), id)
	if ended && web.User(r).ID == id {
		return web.Redirect(w, r, views.LoginURL(to))
	}
	return done(w, r, to, web.Flash{Text: text})
}
