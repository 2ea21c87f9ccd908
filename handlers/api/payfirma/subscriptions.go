package payfirma

import (
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// subscribe serves POST /customer/{customer}/subscription.
func (h face) subscribe(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	return h.start(w, r, c.ID)
}

// subscribeByCard serves POST /customer/subscription: the card says whose it
// is.
func (h face) subscribeByCard(w http.ResponseWriter, r *http.Request) error {
	return h.start(w, r, 0)
}

// start adds a subscription for a customer, or for 0 for whom the card is.
func (h face) start(w http.ResponseWriter, r *http.Request, customer int64) error {
	in, err := object(r)
	if err != nil {
		return err
	}
	form := subscriptionForm()
	n := core.NewSubscription{
		Customer: customer, Source: core.FromPayfirma,
		Email: scalar(form, in.At("email"), "email"), BCC: scalar(form, addressList(in.At("bcc_emails")), "bcc_emails"),
		Description: scalar(form, in.At("description"), "description"),
	}
	p, err := h.namedPlan(r, form, in)
	if err != nil {
		return err
	}
	k, err := h.namedCard(r, form, in, customer)
	if err != nil {
		return err
	}
	n.Plan, n.Card = p.ID, k.ID
	if customer == 0 {
		n.Customer = k.Customer
	}
	if v := in.At("amount"); v.Given() && v.Kind != api.Null && p.ID != 0 {
		n.Amount = readAmount(form, v, p.Amount.Currency)
	}
	if ms, ok := in.At("start_date").Int(); ok && ms > 0 && ms < maxStart {
		n.Start = time.UnixMilli(ms).UTC()
	} else if in.At("start_date").Given() {
		form.Fault("start_date", core.Malformed, 0)
	} else {
		form.Fault("start_date", core.Required, 0)
	}
	if err := form.Faults.Err(); err != nil {
		return err
	}
	if _, err := h.store.StartSubscription(r.Context(), api.Actor(r), n); err != nil {
		return form.Named(missing(err, "customer"))
	}
	return h.answer(w, r, n.Customer)
}

// maxStart keeps what is no time in milliseconds from being read as one: the
// year 9999.
const maxStart = 253_402_300_800_000

// subscriptionForm is a form that knows the document's names.
func subscriptionForm() *api.Form {
	form := api.NewForm()
	for _, n := range [][2]string{
		{"plan", "plan_lookup_id"},
		{"card", "card_lookup_id"},
		{"amount", "amount"},
		{"start", "start_date"},
		{"email", "email"},
		{"bcc", "bcc_emails"},
		{"description", "description"},
		{"status", "status"},
	} {
		form.Name(n[0], n[1])
	}
	return form
}

// namedPlan reads the plan that a body names.
func (h face) namedPlan(r *http.Request, form *api.Form, in api.Value) (core.Plan, error) {
	id, ok := named(form, in, "plan_lookup_id")
	if !ok {
		return core.Plan{}, nil
	}
	p, err := h.store.Plan(r.Context(), api.Actor(r), id)
	return p, noneSuch(form, err, "plan_lookup_id")
}

// namedCard reads the card that a body names, of the customer unless that is 0.
func (h face) namedCard(r *http.Request, form *api.Form, in api.Value, customer int64) (core.Card, error) {
	id, ok := named(form, in, "card_lookup_id")
	if !ok {
		return core.Card{}, nil
	}
	k, err := h.store.Card(r.Context(), api.Actor(r), id)
	if err == nil && customer != 0 && k.Customer != customer {
		k, err = core.Card{}, core.ErrNotFound
	}
	return k, noneSuch(form, err, "card_lookup_id")
}

// named reads an ID that a body must name.
func named(form *api.Form, in api.Value, name string) (int64, bool) {
	text := strings.TrimSpace(scalar(form, in.At(name), name))
	if text == "" {
		form.Fault(name, core.Required, 0)
		return 0, false
	}
	id, ok := core.ReadID(text)
	if !ok {
		form.Fault(name, core.Unknown, 0)
	}
	return id, ok
}

// noneSuch makes a fault of what a body names and is not there.
func noneSuch(form *api.Form, err error, name string) error {
	if missing(err, name) == err {
		return err
	}
	form.Fault(name, core.Unknown, 0)
	return nil
}

// readAmount reads a decimal number of the currency.
func readAmount(form *api.Form, v api.Value, currency string) core.Money {
	text, ok := v.Text()
	m, rule := core.ParseMoney(text, currency)
	if !ok {
		rule = core.Malformed
	}
	if rule != "" {
		form.Fault("amount", rule, core.Exponent(currency))
	}
	return m
}

// subscription reads the subscription that the path names, if it is the named
// customer's.
func (h face) subscription(r *http.Request) (core.SubscriptionSummary, error) {
	c, err := h.customer(r)
	if err != nil {
		return core.SubscriptionSummary{}, err
	}
	id, err := pathID(r, "subscription")
	if err != nil {
		return core.SubscriptionSummary{}, err
	}
	s, err := h.store.Subscription(r.Context(), api.Actor(r), id)
	if err == nil && s.Customer != c.ID {
		err = core.ErrNotFound
	}
	return s, missing(err, "subscription")
}

// showSubscription serves GET /customer/{customer}/subscription/{subscription}.
func (h face) showSubscription(w http.ResponseWriter, r *http.Request) error {
	s, err := h.subscription(r)
	if err != nil {
		return err
	}
	return h.answer(w, r, s.Customer)
}

// updateSubscription serves PATCH /customer/{customer}/subscription/{subscription},
// and PUT.
func (h face) updateSubscription(w http.ResponseWriter, r *http.Request) error {
	s, err := h.subscription(r)
	if err != nil {
		return err
	}
	in, err := object(r)
	if err != nil {
		return err
	}
	form := subscriptionForm()
	ch, err := h.readChange(r, form, in, s)
	if err != nil {
		return err
	}
	to := statusOf(form, in)
	if err := form.Faults.Err(); err != nil {
		return err
	}
	move, err := h.moveOf(s, to)
	if err != nil {
		return err
	}
	if ch != (core.SubscriptionChange{}) {
		if s.Subscription, err = h.store.ChangeSubscription(r.Context(), api.Actor(r), s.ID, s.Version, ch); err != nil {
			return form.Named(err)
		}
	}
	if move != nil {
		if err := move(r, s); err != nil {
			return form.Named(err)
		}
	}
	return h.answer(w, r, s.Customer)
}

// readChange reads what is to change but the status.
func (h face) readChange(r *http.Request, form *api.Form, in api.Value, s core.SubscriptionSummary) (core.SubscriptionChange, error) {
	var ch core.SubscriptionChange
	text := func(name string, v api.Value) *string {
		if !v.Given() {
			return nil
		}
		t := scalar(form, v, name)
		return &t
	}
	ch.Email, ch.Description = text("email", in.At("email")), text("description", in.At("description"))
	ch.BCC = text("bcc_emails", addressList(in.At("bcc_emails")))
	if v := in.At("amount"); v.Given() && v.Kind != api.Null {
		m := readAmount(form, v, s.Amount.Currency)
		ch.Amount = &m
	}
	if v := in.At("card_lookup_id"); v.Given() && v.Kind != api.Null {
		k, err := h.namedCard(r, form, in, s.Customer)
		if err != nil {
			return ch, err
		}
		ch.Card = &k.ID
	}
	return ch, nil
}

// statusOf reads the state that a subscription is to have, "" where none is
// said.
func statusOf(form *api.Form, in api.Value) core.State {
	switch text := strings.ToUpper(strings.TrimSpace(scalar(form, in.At("status"), "status"))); text {
	case "":
	case "ACTIVE":
		return core.Active
	case "PAUSED":
		return core.Paused
	case "CANCELED", "CANCELLED":
		return core.Canceled
	default:
		form.Fault("status", core.Unknown, 0)
	}
	return ""
}

// moveOf returns what brings the subscription to the state, or nil where it is
// in it. It fails where its own state does not allow that, so that nothing else
// is changed either.
func (h face) moveOf(s core.SubscriptionSummary, to core.State) (func(*http.Request, core.SubscriptionSummary) error, error) {
	switch to {
	case core.Active:
		if s.CancelAtEnd {
			return func(r *http.Request, s core.SubscriptionSummary) error {
				_, err := h.store.KeepSubscription(r.Context(), api.Actor(r), s.ID, s.Version)
				return err
			}, nil
		}
		if s.State == core.Active || s.State == core.Pending {
			return nil, nil
		}
		if s.State != core.Paused && s.State != core.Unpaid {
			return nil, core.ForbiddenMove{From: s.State, To: to, Allowed: s.State.Moves()}
		}
		return func(r *http.Request, s core.SubscriptionSummary) error {
			_, err := h.store.ResumeSubscription(r.Context(), api.Actor(r), s.ID, s.Version)
			return err
		}, nil
	case core.Paused:
		if s.State == core.Paused {
			return nil, nil
		}
		return func(r *http.Request, s core.SubscriptionSummary) error {
			_, err := h.store.PauseSubscription(r.Context(), api.Actor(r), s.ID, s.Version, time.Time{})
			return err
		}, s.State.Move(to)
	case core.Canceled:
		return func(r *http.Request, s core.SubscriptionSummary) error {
			_, err := h.store.CancelSubscription(r.Context(), api.Actor(r), s.ID, s.Version, core.AtOnce)
			return err
		}, s.State.Move(to)
	}
	return nil, nil
}

// cancelSubscription serves DELETE /customer/{customer}/subscription/{subscription}.
func (h face) cancelSubscription(w http.ResponseWriter, r *http.Request) error {
	s, err := h.subscription(r)
	if err != nil {
		return err
	}
	if _, err := h.store.CancelSubscription(r.Context(), api.Actor(r), s.ID, 0, core.AtOnce); err != nil {
		return missing(err, "subscription")
	}
	return h.answer(w, r, s.Customer)
}
