package handlers

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// plansOffered is how many plans a form offers.
const plansOffered = 100

// startForm serves GET /m/{merchant}/customers/{id}/subscriptions/new.
func (p subscriptionPages) startForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderStart(w, r, http.StatusOK, views.StartView{Key: rand.Text(), Values: core.Changes{"when": "now", "plan": r.FormValue("plan")}})
}

func (p subscriptionPages) renderStart(w http.ResponseWriter, r *http.Request, status int, v views.StartView) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	if err != nil {
		return err
	}
	if !c.Living() {
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, id))
	}
	v.Customer, v.Title = id, c.Title()
	if v.Plans, err = p.plans(r); err != nil {
		return err
	}
	if v.Cards, v.Spare, err = p.cards(r, id); err != nil {
		return err
	}
	if v.Values["card"] == "" && len(v.Cards) > 0 {
		v.Values["card"] = strconv.FormatInt(v.Cards[0].ID, 10)
		for _, card := range v.Cards {
			if card.Default {
				v.Values["card"] = strconv.FormatInt(card.ID, 10)
			}
		}
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.StartPage(v))
}

// plans are those a form offers.
func (p subscriptionPages) plans(r *http.Request) ([]core.Plan, error) {
	page, err := p.store.Plans(r.Context(), web.Actor(r), core.PlanList{Limit: plansOffered})
	plans := make([]core.Plan, len(page.Items))
	for i, s := range page.Items {
		plans[i] = s.Plan
	}
	return plans, err
}

// cards are those of a customer that can be charged, and how many cannot.
func (p subscriptionPages) cards(r *http.Request, customer int64) (cards []core.Card, spare int, err error) {
	all, err := p.store.CustomerCards(r.Context(), web.Actor(r), customer)
	for _, c := range all {
		if c.Usable(p.now()) {
			cards = append(cards, c)
		} else {
			spare++
		}
	}
	return cards, spare, err
}

// start serves POST /m/{merchant}/customers/{id}/subscriptions/new.
func (p subscriptionPages) start(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	values := typedValues(r, "plan", "card", "when", "start", "amount", "payments", "email", "bcc", "description")
	n := core.NewSubscription{
		Customer: id, Plan: readID(values["plan"]), Card: readID(values["card"]), Email: values["email"], BCC: values["bcc"],
		Description: values["description"], Source: core.FromPage, Key: r.PostFormValue("key"),
	}
	var bad core.Invalid
	if values["amount"] != "" {
		plan, err := p.store.Plan(r.Context(), web.Actor(r), n.Plan)
		if err == nil {
			var faults core.Invalid
			n.Amount, faults = core.ReadAmount(values["amount"], plan.Amount.Currency)
			bad = append(bad, faults...)
		} else if !errors.Is(err, core.ErrNotFound) {
			return err
		}
	}
	payments, faults := core.ReadPayments(values["payments"])
	n.Payments, bad = payments, append(bad, faults...)
	if values["when"] == "later" {
		day, rule := core.ParseLocalDate(values["start"])
		if rule != "" {
			bad = append(bad, core.Fault{Field: "start", Rule: rule})
		}
		n.StartDay = day
	}
	var made core.Subscription
	if err = bad.Err(); err == nil {
		made, err = p.store.StartSubscription(r.Context(), web.Actor(r), n)
	}
	if errors.As(err, &bad) {
		bad = bad.Sorted("plan", "card", "amount", "payments", "start", "email", "bcc", "description")
		return p.renderStart(w, r, http.StatusUnprocessableEntity, views.StartView{Key: n.Key, Values: values, Faults: bad})
	}
	if err != nil {
		return err
	}
	return done(w, r, views.SubscriptionURL(made.Merchant, made.ID), web.Flash{Text: "Subscription started"})
}

// typedValues are what was typed into fields, without blanks around it.
func typedValues(r *http.Request, names ...string) core.Changes {
	values := core.Changes{}
	for _, name := range names {
		values[name] = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	return values
}

// readID reads an ID from a form; what is none is that of nothing.
func readID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0
	}
	return id
}

// changeFields are the fields of the form that changes a subscription.
var changeFields = []string{"plan", "card", "amount", "payments", "email", "bcc", "description"}

// changeForm serves GET /m/{merchant}/subscriptions/{subscription}/change.
func (p subscriptionPages) changeForm(w http.ResponseWriter, r *http.Request) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	return p.renderChange(w, r, http.StatusOK, s, views.ChangeView{Values: core.Changes{
		"plan": strconv.FormatInt(s.Plan, 10), "card": strconv.FormatInt(s.Card, 10), "amount": s.Amount.Decimal(),
		"payments": strconv.Itoa(s.Cycles.Total), "email": s.Email, "bcc": s.BCC, "description": s.Description,
	}})
}

func (p subscriptionPages) renderChange(w http.ResponseWriter, r *http.Request, status int, s core.SubscriptionSummary, v views.ChangeView) error {
	if s.State.Final() {
		return p.answer(w, r, s.ID, core.ForbiddenMove{From: s.State}, web.Flash{})
	}
	v.Sub = s
	by := web.Actor(r)
	var err error
	if v.Plans, err = p.plans(r); err != nil {
		return err
	}
	offered := false
	for _, plan := range v.Plans {
		offered = offered || plan.ID == s.Plan
	}
	if !offered { // it is archived
		plan, err := p.store.Plan(r.Context(), by, s.Plan)
		if err != nil {
			return err
		}
		v.Plans = append(v.Plans, plan)
	}
	all, err := p.store.CustomerCards(r.Context(), by, s.Customer)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Usable(p.now()) || c.ID == s.Card {
			v.Cards = append(v.Cards, c)
		}
	}
	if v.Chrome, err = p.chrome(w, r, views.InSubscriptions); err != nil {
		return err
	}
	return web.Render(w, r, status, views.ChangePage(v))
}

// change serves POST /m/{merchant}/subscriptions/{subscription}/change. With
// "step" "save" it is carried out, with "edit" asked for anew, else what it
// would do is shown.
func (p subscriptionPages) change(w http.ResponseWriter, r *http.Request) error {
	s, err := p.subscription(r)
	if err != nil {
		return err
	}
	v := views.ChangeView{Values: typedValues(r, changeFields...)}
	if r.PostFormValue("step") == "edit" {
		return p.renderChange(w, r, http.StatusOK, s, v)
	}
	ch, bad := readChange(v.Values, s.Subscription)
	if len(bad) > 0 {
		v.Faults = bad
		return p.renderChange(w, r, http.StatusUnprocessableEntity, s, v)
	}
	if r.PostFormValue("step") != "save" {
		return p.look(w, r, s, ch, v)
	}
	_, err = p.store.ChangeSubscription(r.Context(), web.Actor(r), s.ID, version(r), ch)
	switch {
	case errors.As(err, &v.Faults):
		return p.renderChange(w, r, http.StatusUnprocessableEntity, s, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.renderChange(w, r, http.StatusConflict, s, v)
	}
	return p.answer(w, r, s.ID, err, web.Flash{Text: "Subscription changed"})
}

// readChange reads the form that changes a subscription. The amount that stands
// there from before goes with the plan from before: another plan brings its own.
func readChange(values core.Changes, s core.Subscription) (core.SubscriptionChange, core.Invalid) {
	plan, card := readID(values["plan"]), readID(values["card"])
	email, bcc, description := values["email"], values["bcc"], values["description"]
	ch := core.SubscriptionChange{Plan: &plan, Card: &card, Email: &email, BCC: &bcc, Description: &description}
	amount, bad := core.ReadAmount(values["amount"], s.Amount.Currency)
	if amount != s.Amount || plan == s.Plan {
		ch.Amount = &amount
	}
	payments, faults := core.ReadPayments(values["payments"])
	forever := 0
	if payments == nil {
		payments = &forever
	}
	ch.Payments = payments
	return ch, append(bad, faults...)
}

// look shows what a change would do, as the store would carry it out.
func (p subscriptionPages) look(w http.ResponseWriter, r *http.Request, s core.SubscriptionSummary, ch core.SubscriptionChange, v views.ChangeView) error {
	by := web.Actor(r)
	m, err := p.merchants.Merchant(r.Context(), by)
	if err != nil {
		return err
	}
	plan, err := p.store.Plan(r.Context(), by, *ch.Plan)
	if errors.Is(err, core.ErrNotFound) {
		v.Faults = core.Invalid{{Field: "plan", Rule: core.Required}}
		return p.renderChange(w, r, http.StatusUnprocessableEntity, s, v)
	}
	if err != nil {
		return err
	}
	all, err := p.store.CustomerCards(r.Context(), by, s.Customer)
	if err != nil {
		return err
	}
	var card core.Card
	for _, c := range all {
		if c.ID == *ch.Card {
			card = c
		}
	}
	now, bad := s.Change(ch, plan, card, p.now())
	if len(bad) > 0 {
		v.Faults = bad.Sorted("plan", "amount", "card", "payments", "email", "bcc", "description")
		return p.renderChange(w, r, http.StatusUnprocessableEntity, s, v)
	}
	was, is := s.Texts(), now.Texts()
	was["plan"], is["plan"] = s.PlanName, plan.Name
	was["card"], is["card"] = string(s.Brand)+" "+s.LastFour, string(card.Brand)+" "+card.LastFour
	if s.Card == now.Card {
		is["card"] = was["card"]
	}
	l := views.ChangeLook{Amount: now.Amount, Dues: now.Upcoming(m, chargesAsked)}
	l.From, l.To = core.DiffTexts(was, is)
	v.Look = &l
	v.Values["amount"] = now.Amount.Decimal()
	return p.renderChange(w, r, http.StatusOK, s, v)
}
