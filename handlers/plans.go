package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// planStore is the part of the store the pages about plans use.
type planStore interface {
	Plan(ctx context.Context, by core.Actor, id int64) (core.Plan, error)
	Plans(ctx context.Context, by core.Actor, l core.PlanList) (core.Page[core.PlanSummary], error)
	PlanSubscribers(ctx context.Context, by core.Actor, id int64) (int, error)
	CreatePlan(ctx context.Context, by core.Actor, p core.Plan) (core.Plan, error)
	UpdatePlan(ctx context.Context, by core.Actor, p core.Plan, to core.Spread) (core.Plan, int64, error)
	ArchivePlan(ctx context.Context, by core.Actor, id, version int64) error
	UnarchivePlan(ctx context.Context, by core.Actor, id, version int64) error
	DeletePlan(ctx context.Context, by core.Actor, id, version int64) error
}

type planPages struct {
	base
	store planStore
}

// list serves GET /m/{merchant}/plans. Its state is its URL: "q" are words of
// the name, "view" "archived" is the other tab.
func (p planPages) list(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	chrome, err := p.chrome(w, r, views.InPlans)
	if err != nil {
		return err
	}
	m, limit := chrome.Merchant.ID, web.User(r).Preferences.RowsOr(0)
	l := core.PlanList{
		Words: strings.TrimSpace(r.FormValue("q")), Archived: r.FormValue("view") == "archived", Limit: limit,
		After: core.ParseCursor(r.FormValue("after")), Before: core.ParseCursor(r.FormValue("before")),
	}
	page, err := p.store.Plans(r.Context(), by, l)
	if err != nil {
		return err
	}
	from := max(number(r, "from"), 1)
	if page.Prev.ID == 0 {
		from = 1
	}
	at := views.PlansQuery{Words: l.Words, Archived: l.Archived}
	v := views.PlansView{
		Chrome: chrome, MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(), Archived: l.Archived, Words: l.Words, Rows: page.Items,
		Tabs: []views.Choice{
			{Label: "Offered", URL: views.PlansQuery{Words: l.Words}.URL(m), Current: !l.Archived},
			{Label: "Archived", URL: views.PlansQuery{Words: l.Words, Archived: true}.URL(m), Current: l.Archived},
		},
		Pager: views.Pager{From: from, To: from + len(page.Items) - 1, Of: max(page.Count, from+len(page.Items)-1)},
	}
	if page.Prev.ID != 0 {
		to := at
		to.Before, to.From = page.Prev.String(), max(from-limit, 1)
		v.Pager.Previous = to.URL(m)
	}
	if page.Next.ID != 0 {
		to := at
		to.After, to.From = page.Next.String(), from+len(page.Items)
		v.Pager.Next = to.URL(m)
	}
	v.Chrome.Find = views.Find{Action: views.PlansURL(m), Value: l.Words, Label: "Search plans", Placeholder: "Name of the plan"}
	if l.Archived {
		v.Chrome.Find.Hidden = []views.Pair{{Name: "view", Value: "archived"}}
	}
	return web.Render(w, r, http.StatusOK, views.PlansPage(v))
}

// show serves GET /m/{merchant}/plans/{plan}.
func (p planPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

func (p planPages) render(w http.ResponseWriter, r *http.Request, status int, change func(*views.PlanView)) error {
	id, err := pathID(r, "plan")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	plan, err := p.store.Plan(r.Context(), by, id)
	if err != nil {
		return err
	}
	n, err := p.store.PlanSubscribers(r.Context(), by, id)
	if err != nil {
		return err
	}
	chrome, err := p.chrome(w, r, views.InPlans)
	if err != nil {
		return err
	}
	chrome.Path = views.PlanURL(by.Merchant, id)
	v := views.PlanView{
		Chrome: chrome, Plan: plan, Subscribers: n, MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(),
		List: views.SubscriptionsQuery{Text: `plan:"` + strings.ReplaceAll(plan.Name, `"`, `""`) + `"`}.URL(by.Merchant),
	}
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.PlanPage(v))
}

// newForm serves GET /m/{merchant}/plans/new.
func (p planPages) newForm(w http.ResponseWriter, r *http.Request) error {
	m, err := p.merchants.Merchant(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.renderForm(w, r, http.StatusOK, views.PlanFormView{
		Values: core.Changes{"currency": m.Currency, "frequency": string(core.EveryMonth), "payments": ""},
	})
}

func (p planPages) renderForm(w http.ResponseWriter, r *http.Request, status int, v views.PlanFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPlans); err != nil {
		return err
	}
	return web.Render(w, r, status, views.PlanFormPage(v))
}

// planTyped reads a plan's form.
func planTyped(r *http.Request) (core.Changes, core.Plan, core.Invalid) {
	values := core.Changes{}
	for _, name := range []string{"name", "currency", "amount", "frequency", "payments", "send_receipt"} {
		values[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	plan, bad := core.ReadPlan(values)
	return values, plan, bad
}

// create serves POST /m/{merchant}/plans/new.
func (p planPages) create(w http.ResponseWriter, r *http.Request) error {
	values, plan, bad := planTyped(r)
	made, err := core.Plan{}, planUnread(plan, bad)
	if err == nil {
		made, err = p.store.CreatePlan(r.Context(), web.Actor(r), plan)
	}
	var faults core.Invalid
	if errors.As(err, &faults) {
		return p.renderForm(w, r, http.StatusUnprocessableEntity, views.PlanFormView{Values: values, Faults: faults})
	}
	if err != nil {
		return err
	}
	return done(w, r, views.PlanURL(made.Merchant, made.ID), web.Flash{Text: made.Name + " added"})
}

// planUnread is all that is wrong with a plan of which something could not be
// read, in the order of the form, or nil.
func planUnread(plan core.Plan, bad core.Invalid) error {
	if len(bad) == 0 {
		return nil
	}
	return bad.And(plan.Check()).Sorted("name", "currency", "amount", "frequency", "payments")
}

// editForm serves GET /m/{merchant}/plans/{plan}/edit.
func (p planPages) editForm(w http.ResponseWriter, r *http.Request) error {
	plan, n, err := p.plan(r)
	if err != nil {
		return err
	}
	return p.renderForm(w, r, http.StatusOK, views.PlanFormView{
		ID: plan.ID, Title: plan.Name, Version: plan.Version, Values: plan.Fields(), Spread: core.NewOnly, Subscribers: n,
	})
}

// plan is the one of the path, with how many subscribe to it.
func (p planPages) plan(r *http.Request) (core.Plan, int, error) {
	id, err := pathID(r, "plan")
	if err != nil {
		return core.Plan{}, 0, err
	}
	plan, err := p.store.Plan(r.Context(), web.Actor(r), id)
	if err != nil {
		return core.Plan{}, 0, err
	}
	n, err := p.store.PlanSubscribers(r.Context(), web.Actor(r), id)
	return plan, n, err
}

// save serves POST /m/{merchant}/plans/{plan}/edit.
func (p planPages) save(w http.ResponseWriter, r *http.Request) error {
	old, n, err := p.plan(r)
	if err != nil {
		return err
	}
	values, plan, bad := planTyped(r)
	plan.ID, plan.Version = old.ID, version(r)
	v := views.PlanFormView{
		ID: old.ID, Title: old.Name, Version: plan.Version, Values: values, Spread: core.Spread(r.PostFormValue("spread")), Subscribers: n,
	}
	changed, reached, err := old, int64(0), planUnread(plan, bad)
	if err == nil {
		changed, reached, err = p.store.UpdatePlan(r.Context(), web.Actor(r), plan, v.Spread)
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.renderForm(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale, v.Version = true, old.Version
		_, v.Now = core.DiffTexts(plan.Fields(), old.Fields())
		return p.renderForm(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	text := changed.Name + " saved"
	if reached > 0 {
		text = fmt.Sprintf("%s saved, with the new price for %d of its subscriptions from their next period on", changed.Name, reached)
	}
	return done(w, r, views.PlanURL(changed.Merchant, changed.ID), web.Flash{Text: text})
}

// archive serves POST /m/{merchant}/plans/{plan}/archive.
func (p planPages) archive(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.store.ArchivePlan, "archived", views.UnarchivePlanURL)
}

// unarchive serves POST /m/{merchant}/plans/{plan}/unarchive.
func (p planPages) unarchive(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.store.UnarchivePlan, "brought back", views.ArchivePlanURL)
}

func (p planPages) act(w http.ResponseWriter, r *http.Request, do func(context.Context, core.Actor, int64, int64) error, what string,
	undo func(m, id int64) string,
) error {
	plan, _, err := p.plan(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	err = do(r.Context(), by, plan.ID, version(r))
	if errors.Is(err, core.ErrConflict) {
		return p.render(w, r, http.StatusConflict, func(v *views.PlanView) { v.Stale = true })
	}
	if err != nil {
		return err
	}
	return done(w, r, views.PlanURL(by.Merchant, plan.ID), web.Flash{
		Text: plan.Name + " " + what,
		Undo: &web.Undo{
			Action: undo(by.Merchant, plan.ID), Label: "Undo",
			Fields: []web.Field{{Name: "version", Value: strconv.FormatInt(plan.Version+1, 10)}},
		},
	})
}

// delete serves POST /m/{merchant}/plans/{plan}/delete.
func (p planPages) delete(w http.ResponseWriter, r *http.Request) error {
	plan, _, err := p.plan(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	err = p.store.DeletePlan(r.Context(), by, plan.ID, version(r))
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.render(w, r, http.StatusConflict, func(v *views.PlanView) { v.InUse = true })
	case errors.Is(err, core.ErrConflict):
		return p.render(w, r, http.StatusConflict, func(v *views.PlanView) { v.Stale = true })
	case err != nil:
		return err
	}
	return done(w, r, views.PlansURL(by.Merchant), web.Flash{Text: plan.Name + " deleted"})
}
