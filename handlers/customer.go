package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// eventsPerPage is how many events a timeline shows at once.
const eventsPerPage = 20

// paymentsShown is how many payments a customer's page shows.
const paymentsShown = 5

// show serves GET /m/{merchant}/customers/{id}, of a deleted customer too.
func (p customerPages) show(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, id, nil)
}

// render shows a customer's page, changed where an act was refused.
func (p customerPages) render(w http.ResponseWriter, r *http.Request, status int, id int64, change func(*views.CustomerView)) error {
	ctx, by := r.Context(), web.Actor(r)
	before, _ := strconv.ParseInt(r.FormValue("before"), 10, 64)
	var (
		c             core.Customer
		alike         []core.Duplicate
		notes         []core.Note
		line          core.Timeline
		cards         []views.CardLine
		channels      []core.Channel
		subscriptions []core.SubscriptionSummary
		payments      []core.ChargeSummary
		paid          []core.Money
		m             core.Merchant
	)
	err := p.store.ReadTogether(ctx,
		func(ctx context.Context) (err error) {
			if c, err = p.store.Customer(ctx, by, id); err == nil && c.Living() {
				alike, err = p.store.LikelyDuplicates(ctx, by, c)
			}
			return err
		},
		func(ctx context.Context) (err error) { notes, err = p.store.Notes(ctx, by, id); return err },
		func(ctx context.Context) (err error) {
			line, err = p.store.CustomerEvents(ctx, by, id, max(before, 0), eventsPerPage)
			return err
		},
		func(ctx context.Context) (err error) { cards, err = p.cardLines(ctx, by, id); return err },
		func(ctx context.Context) (err error) { channels, err = p.store.Channels(ctx, by, id); return err },
		func(ctx context.Context) (err error) {
			subscriptions, err = p.store.CustomerSubscriptions(ctx, by, id)
			return err
		},
		func(ctx context.Context) (err error) {
			payments, err = p.store.CustomerCharges(ctx, by, id, paymentsShown+1)
			return err
		},
		func(ctx context.Context) (err error) { paid, err = p.store.PaidToDate(ctx, by, id); return err },
		func(ctx context.Context) (err error) { m, err = p.merchants.Merchant(ctx, by); return err },
	)
	if err != nil {
		return err
	}
	if c.ID != id { // it was merged
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, c.ID))
	}
	chrome, err := p.chromeOf(w, r, views.InCustomers, m)
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost { // an act that was refused; a GET may be of older activity
		chrome.Path = views.CustomerURL(by.Merchant, id)
	}
	v := views.CustomerView{
		Cards: cards, Channels: channels,
		Chrome: chrome, Customer: c, MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(), Back: p.back(r),
		MayManage: by.May(core.Manage),
		Notes:     notesView(r, chrome, c, notes),
		Events:    eventLines(line, c, by), Older: before > 0,
		Subscriptions: subscriptions, Stats: slices.Concat(
			[]views.Stat{views.PaidStat(paid)}, views.SubscriptionStats(subscriptions, chrome), []views.Stat{views.CardsStat(cards, p.now())}),
		Payments: payments[:min(len(payments), paymentsShown)],
	}
	if len(payments) > paymentsShown {
		v.PaymentsAll = views.PaymentsQuery{Text: "customer:" + strconv.FormatInt(id, 10)}.URL(by.Merchant)
	}
	if line.More != 0 {
		v.More = views.TimelineURL(by.Merchant, id, line.More)
	}
	if c.Living() {
		v.Duplicates = duplicates(alike)
	} else {
		v.RestoreUntil = chrome.Merchant.RestoreUntil(c.DeletedAt)
		if v.DeletedBy, err = p.deletedBy(r, c, line); err != nil {
			return err
		}
	}
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.CustomerPage(v))
}

// cardLines are a customer's cards with what needs them.
func (p customerPages) cardLines(ctx context.Context, by core.Actor, customer int64) ([]views.CardLine, error) {
	cards, err := p.store.CustomerCards(ctx, by, customer)
	if err != nil || len(cards) == 0 {
		return nil, err
	}
	uses, err := p.store.CustomerCardUses(ctx, by, customer)
	if err != nil {
		return nil, err
	}
	lines := make([]views.CardLine, len(cards))
	for i, c := range cards {
		lines[i] = views.CardLine{Card: c, Uses: uses[c.ID]}
	}
	return lines, nil
}

// back is the list the reader came from, so that going back keeps its search.
func (p customerPages) back(r *http.Request) string {
	list := views.CustomersURL(web.Actor(r).Merchant)
	_, path, ok := strings.Cut(r.Referer(), "://"+r.Host)
	if !ok || (path != list && !strings.HasPrefix(path, list+"?")) {
		return list
	}
	local, ok := web.LocalPath(path)
	if !ok {
		return list
	}
	return local
}

func (p customerPages) duplicates(r *http.Request, c core.Customer) ([]views.Duplicate, error) {
	found, err := p.store.LikelyDuplicates(r.Context(), web.Actor(r), c)
	return duplicates(found), err
}

func duplicates(found []core.Duplicate) []views.Duplicate {
	out := make([]views.Duplicate, len(found))
	for i, d := range found {
		out[i] = views.Duplicate{ID: d.ID, Title: d.Title, Email: d.Email, Why: d.Same}
	}
	return out
}

// eventLines are the events of a timeline with what can be done about each.
func eventLines(line core.Timeline, c core.Customer, by core.Actor) []views.EventLine {
	out := make([]views.EventLine, len(line.Events))
	for i, e := range line.Events {
		undone := line.Undone[e.ID]
		out[i] = views.EventLine{Event: e, Job: views.PartOf(e, by), Undo: undoable(by, e, c.Living()) && !undone && !c.Erased(), Undone: undone}
		overtaken(out[:i+1])
	}
	return out
}

// undoable reports whether to offer that an event is taken back: of a deleted
// customer that is its deletion, of a living one anything else.
func undoable(by core.Actor, e core.Event, living bool) bool {
	return by.May(core.Write) && e.Undoable() && living != (e.Action == core.CustomerDeleted)
}

// overtaken offers to take the last of the lines back no more where one before
// it, which is newer, leaves nothing of it.
func overtaken(lines []views.EventLine) {
	last := &lines[len(lines)-1]
	last.Undo = last.Undo && !slices.ContainsFunc(lines[:len(lines)-1], func(newer views.EventLine) bool { return newer.Overtakes(last.Event) })
}

// deletedBy says who deleted a customer, whose last deletion may stand on a
// later page of the timeline than the one shown.
func (p customerPages) deletedBy(r *http.Request, c core.Customer, shown core.Timeline) (string, error) {
	for {
		for _, e := range shown.Events {
			if e.Action == core.CustomerDeleted {
				return e.Actor.Name, nil
			}
		}
		if shown.More == 0 {
			return "", nil
		}
		var err error
		if shown, err = p.store.CustomerEvents(r.Context(), web.Actor(r), c.ID, shown.More, 100); err != nil {
			return "", err
		}
	}
}

// deleteForm serves GET /m/{merchant}/customers/{id}/delete.
func (p customerPages) deleteForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderDelete(w, r, http.StatusOK, nil)
}

// renderDelete asks whether to delete, again where bad or a stale version says
// why it was not done.
func (p customerPages) renderDelete(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), web.Actor(r)
	c, err := p.store.Customer(ctx, by, id)
	if err != nil {
		return err
	}
	if !c.Living() || c.ID != id {
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, c.ID))
	}
	notes, err := p.store.Notes(ctx, by, id)
	if err != nil {
		return err
	}
	cards, err := p.store.CustomerCards(ctx, by, id)
	if err != nil {
		return err
	}
	held, err := p.store.CustomerSubscriptions(ctx, by, id)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(s core.SubscriptionSummary) bool { return !s.Living() })
	chrome, err := p.chrome(w, r, views.InCustomers)
	if err != nil {
		return err
	}
	v := views.DeleteView{
		Chrome: chrome, ID: id, Title: c.Title(), Email: c.Email, Version: c.Version, Reference: c.Reference,
		RestoreUntil: chrome.Merchant.RestoreUntil(p.now()), Days: chrome.Merchant.Retention,
		Addresses: len(c.Addresses), Notes: len(notes), Cards: len(cards), Held: held, Reason: r.PostFormValue("reason"), Faults: bad,
	}
	if status == http.StatusConflict {
		_, since, err := p.store.CustomerAt(ctx, by, id, max(version(r), 0))
		if err != nil {
			return err
		}
		v.Changed, v.Stale = true, eventLines(core.Timeline{Events: since[:min(len(since), eventsPerPage)]}, c, core.Actor{})
	}
	return web.Render(w, r, status, views.DeletePage(v))
}

// delete serves POST /m/{merchant}/customers/{id}/delete.
func (p customerPages) delete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	if err != nil {
		return err
	}
	err = p.store.DeleteCustomer(r.Context(), by, id, version(r), r.PostFormValue("reason"))
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.renderDelete(w, r, http.StatusUnprocessableEntity, bad)
	case errors.Is(err, core.ErrConflict):
		return p.renderDelete(w, r, http.StatusConflict, nil)
	case errors.Is(err, core.ErrNotFound) && !c.Living(): // deleted already: what was wanted is so
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, id))
	case err != nil:
		return err
	}
	return done(w, r, views.CustomersURL(by.Merchant), web.Flash{
		Text: c.Title() + " deleted",
		Undo: &web.Undo{Action: views.RestoreCustomerURL(by.Merchant, id), Label: "Undo"},
	})
}

// restore serves POST /m/{merchant}/customers/{id}/restore.
func (p customerPages) restore(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	if err != nil {
		return err
	}
	err = p.store.RestoreCustomer(r.Context(), by, id, core.GiveUp(r.PostFormValue("give_up_reference") == "true"))
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		taken, _ := bad.Field("reference")
		other, _ := strconv.ParseInt(taken.Other, 10, 64)
		return p.render(w, r, http.StatusConflict, id, func(v *views.CustomerView) { v.RestoreTaken = other })
	case errors.Is(err, core.ErrNotFound) && c.Living(): // restored already
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, id))
	case err != nil:
		return err
	}
	return done(w, r, views.CustomerURL(by.Merchant, id), web.Flash{Text: c.Title() + " restored"})
}

// undo serves POST /m/{merchant}/customers/{id}/undo/{event}.
func (p customerPages) undo(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	event, err := pathID(r, "event")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	to := views.CustomerURL(by.Merchant, id) + "#timeline"
	kept, err := p.store.Undo(r.Context(), by, event)
	var bad core.Invalid
	switch {
	case errors.Is(err, core.ErrConflict):
		return done(w, r, to, web.Flash{Kind: web.FlashError, Text: "Nothing was undone: it was changed again since"})
	case errors.Is(err, core.ErrNotFound): // somebody was quicker, or it never could be undone
		if _, err := p.store.Customer(r.Context(), by, id); err != nil {
			return err
		}
		return done(w, r, to, web.Flash{Kind: web.FlashError, Text: "That cannot be undone, or has been already"})
	case errors.As(err, &bad):
		return done(w, r, to, web.Flash{Kind: web.FlashError, Text: "Not undone. " + views.Complaint(bad[0])})
	case err != nil:
		return err
	case len(kept) > 0:
		return done(w, r, to, web.Flash{Text: fmt.Sprintf("Undone, but for %s, changed again since", views.FieldNames(kept))})
	}
	return done(w, r, to, web.Flash{Text: "Undone"})
}
