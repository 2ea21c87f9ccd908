package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// viewStore is the part of the store that saves views.
type viewStore interface {
	Views(ctx context.Context, by core.Actor) ([]core.View, error)
	CreateView(ctx context.Context, by core.Actor, v core.View) (core.View, error)
	UpdateView(ctx context.Context, by core.Actor, v core.View) (core.View, error)
	DeleteView(ctx context.Context, by core.Actor, id int64) error
	RestoreView(ctx context.Context, by core.Actor, id int64) (core.View, error)
}

type viewPages struct {
	store viewStore
	pages customerPages
}

// viewAt is the list a view leads to. Its number marks the tab; the query is
// what counts.
func viewAt(v core.View) views.CustomersQuery {
	return views.CustomersQuery{Text: v.Query, View: strconv.FormatInt(v.ID, 10), Sort: sortText(v)}
}

// sortText is a view's order as the URL has it; [sortOf] reads it.
func sortText(v core.View) string {
	switch {
	case v.Sort == "", v.Sort == core.ByCreated && !v.Ascending:
		return ""
	case v.Ascending:
		return string(v.Sort)
	}
	return "-" + string(v.Sort)
}

// savedView is the view whose tab is marked.
func savedView(at views.CustomersQuery, saved []core.View) (core.View, bool) {
	for _, v := range saved {
		if at.View == strconv.FormatInt(v.ID, 10) {
			return v, true
		}
	}
	return core.View{}, false
}

// saver is the form that saves the list at hand, where there is something to
// save that the marked view does not say.
func saver(by core.Actor, m int64, at views.CustomersQuery, l core.List, saved []core.View) *views.ViewForm {
	v := core.View{Name: "new", Query: l.Query.String(), Sort: l.Sort, Ascending: l.Ascending}
	marked, ok := savedView(at, saved)
	if l.Deleted || v.Check().Err() != nil || ok && marked.Query == v.Query && sortText(marked) == sortText(v) {
		return nil
	}
	return &views.ViewForm{Action: views.ViewsURL(m), Query: v.Query, Sort: sortText(v), MayShare: by.May(core.Write)}
}

// viewForm is the form that changes the marked view, for those who may.
func viewForm(by core.Actor, m int64, at views.CustomersQuery, saved []core.View) *views.ViewForm {
	v, ok := savedView(at, saved)
	if !ok || !v.ChangedBy(by) {
		return nil
	}
	return &views.ViewForm{
		Action: views.ViewURL(m, v.ID), Delete: views.DeleteViewURL(m, v.ID), Version: v.Version,
		Name: v.Name, Team: v.Team, MayShare: v.SharedBy(by),
	}
}

// create serves POST /m/{merchant}/views: "name", "team", and the list's own
// "q" and "sort".
func (p viewPages) create(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	v := core.View{Name: r.PostFormValue("name"), Query: r.PostFormValue("q"), Team: r.PostFormValue("team") == "true"}
	v.Sort, v.Ascending = sortOf(r.PostFormValue("sort"), false)
	if q, err := core.ParseQuery(v.Query, core.CustomerFields, nil); err == nil {
		v.Query = q.String()
	}
	made, err := p.store.CreateView(r.Context(), by, v)
	var bad core.Invalid
	if errors.As(err, &bad) {
		at := viewAt(v)
		at.View = allView
		return p.refuse(w, r, http.StatusUnprocessableEntity, at, func(v *views.CustomersView) *views.ViewForm { return v.Saver }, bad)
	}
	if err != nil {
		return err
	}
	return done(w, r, viewAt(made).URL(by.Merchant), web.Flash{Text: "View “" + made.Name + "” saved"})
}

// refuse shows the list with the form that was refused open and filled in.
func (p viewPages) refuse(w http.ResponseWriter, r *http.Request, status int, at views.CustomersQuery,
	form func(*views.CustomersView) *views.ViewForm, bad core.Invalid,
) error {
	m, saved, err := p.pages.store.MerchantAndViews(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	q, mistake := core.ParseQuery(at.Text, core.CustomerFields, m.Location())
	v, err := p.pages.listView(r, m, saved, at, q)
	if err != nil {
		return err
	}
	f := form(&v)
	if mistake != nil || f == nil { // nothing of ours sent this
		return web.StatusError(http.StatusBadRequest)
	}
	f.Name, f.Team = r.PostFormValue("name"), r.PostFormValue("team") == "true"
	f.Faults, f.Stale = bad, status == http.StatusConflict
	v.Back = at.URL(m.ID)
	return p.pages.wholeList(w, r, status, v)
}

// save serves POST /m/{merchant}/views/{view}: "name", "team" and "version".
func (p viewPages) save(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "view")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	v, err := p.store.UpdateView(r.Context(), by, core.View{
		ID: id, Version: version(r), Name: r.PostFormValue("name"), Team: r.PostFormValue("team") == "true",
	})
	var bad core.Invalid
	switch {
	case errors.As(err, &bad), errors.Is(err, core.ErrConflict):
		now, err := p.find(r, id)
		if err != nil {
			return err
		}
		status := http.StatusUnprocessableEntity
		if bad == nil {
			status = http.StatusConflict
		}
		return p.refuse(w, r, status, viewAt(now), func(v *views.CustomersView) *views.ViewForm { return v.ViewForm }, bad)
	case err != nil:
		return err
	}
	return done(w, r, viewAt(v).URL(by.Merchant), web.Flash{Text: "View “" + v.Name + "” saved"})
}

func (p viewPages) find(r *http.Request, id int64) (core.View, error) {
	saved, err := p.store.Views(r.Context(), web.Actor(r))
	if err != nil {
		return core.View{}, err
	}
	for _, v := range saved {
		if v.ID == id {
			return v, nil
		}
	}
	return core.View{}, core.ErrNotFound
}

// delete serves POST /m/{merchant}/views/{view}/delete. It asks nothing and
// offers to undo.
func (p viewPages) delete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "view")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	if err := p.store.DeleteView(r.Context(), by, id); err != nil {
		return err
	}
	return done(w, r, views.CustomersURL(by.Merchant), web.Flash{
		Text: "View deleted", Undo: &web.Undo{Action: views.RestoreViewURL(by.Merchant, id), Label: "Undo"},
	})
}

// restore serves POST /m/{merchant}/views/{view}/restore.
func (p viewPages) restore(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "view")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	v, err := p.store.RestoreView(r.Context(), by, id)
	var bad core.Invalid
	if errors.As(err, &bad) {
		return done(w, r, views.CustomersURL(by.Merchant), web.Flash{Kind: web.FlashError, Text: "Not undone. " + views.Complaint(bad[0])})
	}
	if err != nil {
		return err
	}
	return done(w, r, viewAt(v).URL(by.Merchant), web.Flash{Text: "View “" + v.Name + "” is back"})
}
