package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// chargesAhead is how many charges to come a subscription's page lists,
// subscriptionPayments how many that were, and chargesAsked how many to come a
// question tells.
const (
	chargesAhead         = 12
	subscriptionPayments = 12
	chargesAsked         = 3
)

// show serves GET /m/{merchant}/subscriptions/{subscription}.
func (p subscriptionPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

// render shows a subscription's page, changed where an act was refused.
func (p subscriptionPages) render(w http.ResponseWriter, r *http.Request, status int, change func(*views.SubscriptionView)) error {
	by := web.Actor(r)
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	plan, err := p.store.Plan(r.Context(), by, s.Plan)
	if err != nil {
		return err
	}
	events, err := p.store.SubscriptionEvents(r.Context(), by, s.ID, eventsPerPage)
	if err != nil {
		return err
	}
	payments, err := p.store.SubscriptionCharges(r.Context(), by, s.ID, subscriptionPayments+1)
	if err != nil {
		return err
	}
	chrome, err := p.chrome(w, r, views.InSubscriptions)
	if err != nil {
		return err
	}
	chrome.Path = views.SubscriptionURL(by.Merchant, s.ID)
	v := views.SubscriptionView{
		Chrome: chrome, Sub: s, Plan: plan, Dues: s.Upcoming(chrome.Merchant, chargesAhead),
		Payments: payments[:min(len(payments), subscriptionPayments)],
		MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(),
		Events:   eventLines(core.Timeline{Events: events}, core.Customer{}, core.Actor{}),
	}
	if len(payments) > subscriptionPayments {
		v.PaymentsAll = views.PaymentsQuery{Text: "subscription:" + strconv.FormatInt(s.ID, 10)}.URL(by.Merchant)
	}
	if s.Parked() { // what comes is for a person to say first
		v.Dues, v.Overdue = nil, s.DuePeriods(chrome.Merchant, p.now(), core.MaxCount)
	}
	v.Resumed, _ = s.Resume(chrome.Merchant, p.now()) // shown only where it can be
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.SubscriptionPage(v))
}

// subscription is the one of the path.
func (p subscriptionPages) subscription(r *http.Request) (core.SubscriptionSummary, error) {
	id, err := pathID(r, "subscription")
	if err != nil {
		return core.SubscriptionSummary{}, err
	}
	return p.store.Subscription(r.Context(), web.Actor(r), id)
}

// answer ends an act on a subscription: on its page, with what was done, or
// with why it was not.
func (p subscriptionPages) answer(w http.ResponseWriter, r *http.Request, id int64, err error, f web.Flash) error {
	var no core.ForbiddenMove
	switch {
	case errors.As(err, &no):
		return p.render(w, r, http.StatusConflict, func(v *views.SubscriptionView) { v.Refused = views.Refusal(no) })
	case errors.Is(err, core.ErrConflict):
		return p.render(w, r, http.StatusConflict, func(v *views.SubscriptionView) { v.Stale = true })
	case err != nil:
		return err
	}
	return done(w, r, views.SubscriptionURL(web.Actor(r).Merchant, id), f)
}

// undoing is the button that takes back what was just done to a subscription,
// as its newest event tells.
func (p subscriptionPages) undoing(r *http.Request, s core.Subscription) (*web.Undo, error) {
	by := web.Actor(r)
	events, err := p.store.SubscriptionEvents(r.Context(), by, s.ID, 1)
	if err != nil || len(events) == 0 || events[0].Version != s.Version || !events[0].Undoable() {
		return nil, err
	}
	return &web.Undo{Action: views.UndoURL(by.Merchant, s.Customer, events[0].ID), Label: "Undo"}, nil
}

// pauseForm serves GET /m/{merchant}/subscriptions/{subscription}/pause: the
// question, with what a pause until the day in "until" does.
func (p subscriptionPages) pauseForm(w http.ResponseWriter, r *http.Request) error {
	return p.askPause(w, r, http.StatusOK, nil)
}

func (p subscriptionPages) askPause(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	if err := s.State.Move(core.Paused); err != nil {
		return p.answer(w, r, s.ID, err, web.Flash{})
	}
	chrome, err := p.chrome(w, r, views.InSubscriptions)
	if err != nil {
		return err
	}
	m, now := chrome.Merchant, p.now()
	v := views.PauseView{Chrome: chrome, Sub: s, Until: strings.TrimSpace(r.FormValue("until")), Rule: m.PauseRule, Faults: bad}
	until, faults := readUntil(v.Until, m)
	if len(v.Faults) == 0 {
		v.Faults = faults
	}
	if len(v.Faults) == 0 {
		var paused core.Subscription
		if paused, err = s.Pause(now, until); err != nil && !errors.As(err, &v.Faults) {
			return err
		}
		v.End, v.Dues = until, paused.Upcoming(m, chargesAsked)
		for _, d := range s.Upcoming(m, chargesAhead) {
			if d.Period.Start.Before(until) {
				v.Skips = append(v.Skips, d)
			}
		}
	}
	if len(v.Faults) > 0 && status == http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	if web.Partial(r, "effect") {
		return web.Render(w, r, status, views.PauseEffect(v))
	}
	return web.Render(w, r, status, views.PausePage(v))
}

// readUntil reads the day on which a pause ends, at its beginning; no text is
// no end.
func readUntil(text string, m core.Merchant) (time.Time, core.Invalid) {
	if text == "" {
		return time.Time{}, nil
	}
	day, rule := core.ParseLocalDate(text)
	if rule != "" {
		return time.Time{}, core.Invalid{{Field: "until", Rule: rule}}
	}
	return day.At(0, m.Location()), nil
}

// pause serves POST /m/{merchant}/subscriptions/{subscription}/pause.
func (p subscriptionPages) pause(w http.ResponseWriter, r *http.Request) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	m, err := p.merchants.Merchant(r.Context(), by)
	if err != nil {
		return err
	}
	until, bad := readUntil(strings.TrimSpace(r.PostFormValue("until")), m)
	if len(bad) > 0 {
		return p.askPause(w, r, http.StatusUnprocessableEntity, bad)
	}
	paused, err := p.store.PauseSubscription(r.Context(), by, s.ID, version(r), until)
	if errors.As(err, &bad) {
		return p.askPause(w, r, http.StatusUnprocessableEntity, bad)
	}
	return p.answerUndoable(w, r, paused, s.ID, err, s.PlanName+" paused")
}

// answerUndoable is answer with a button that takes the act back.
func (p subscriptionPages) answerUndoable(w http.ResponseWriter, r *http.Request, changed core.Subscription, id int64, err error, text string) error {
	f := web.Flash{Text: text}
	if err == nil {
		if f.Undo, err = p.undoing(r, changed); err != nil {
			return err
		}
	}
	return p.answer(w, r, id, err, f)
}

// resume serves POST /m/{merchant}/subscriptions/{subscription}/resume.
func (p subscriptionPages) resume(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.store.ResumeSubscription, "resumed")
}

// keep serves POST /m/{merchant}/subscriptions/{subscription}/keep.
func (p subscriptionPages) keep(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.store.KeepSubscription, "goes on")
}

func (p subscriptionPages) act(w http.ResponseWriter, r *http.Request,
	do func(context.Context, core.Actor, int64, int64) (core.Subscription, error), what string,
) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	_, err = do(r.Context(), web.Actor(r), s.ID, version(r))
	return p.answer(w, r, s.ID, err, web.Flash{Text: s.PlanName + " " + what})
}

// cancelForm serves GET /m/{merchant}/subscriptions/{subscription}/cancel.
func (p subscriptionPages) cancelForm(w http.ResponseWriter, r *http.Request) error {
	return p.askCancel(w, r, http.StatusOK, nil)
}

func (p subscriptionPages) askCancel(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	end, err := s.Cancel(p.now(), core.AtPeriodEnd)
	if err != nil {
		return p.answer(w, r, s.ID, err, web.Flash{})
	}
	chrome, err := p.chrome(w, r, views.InSubscriptions)
	if err != nil {
		return err
	}
	payments, err := p.store.SubscriptionCharges(r.Context(), web.Actor(r), s.ID, subscriptionPayments)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, views.CancelPage(views.CancelView{
		Chrome: chrome, Sub: s, AtEnd: !end.State.Final(), When: core.When(r.FormValue("when")), Payments: payments, Faults: bad,
	}))
}

// cancel serves POST /m/{merchant}/subscriptions/{subscription}/cancel.
func (p subscriptionPages) cancel(w http.ResponseWriter, r *http.Request) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	changed, err := p.store.CancelSubscription(r.Context(), web.Actor(r), s.ID, version(r), core.When(r.PostFormValue("when")))
	var bad core.Invalid
	if errors.As(err, &bad) {
		return p.askCancel(w, r, http.StatusUnprocessableEntity, bad)
	}
	text := s.PlanName + " canceled"
	if !changed.State.Final() {
		text = s.PlanName + " ends with the period"
	}
	return p.answerUndoable(w, r, changed, s.ID, err, text)
}
