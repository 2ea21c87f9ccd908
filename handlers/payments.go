package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// chargeStore is the part of the store the pages about payments use.
type chargeStore interface {
	Charge(ctx context.Context, by core.Actor, id int64) (core.ChargeRecord, error)
	Charges(ctx context.Context, by core.Actor, l core.ChargeList) (core.Page[core.ChargeSummary], error)
	CustomerCharges(ctx context.Context, by core.Actor, customer int64, limit int) ([]core.ChargeSummary, error)
	PaidToDate(ctx context.Context, by core.Actor, customer int64) ([]core.Money, error)
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	CustomerCards(ctx context.Context, by core.Actor, customer int64) ([]core.Card, error)
	CreateCharge(ctx context.Context, by core.Actor, n core.NewCharge) (core.Charge, error)
	RetryCharge(ctx context.Context, by core.Actor, id, version, card int64) (core.Charge, error)
	MarkChargePaid(ctx context.Context, by core.Actor, id, version int64, note string) (core.Charge, error)
	WaiveCharge(ctx context.Context, by core.Actor, id, version int64, note string) (core.Charge, error)
	ResolveCharge(ctx context.Context, by core.Actor, id, version int64, moved core.MoneyMoved) error
	CreateRefund(ctx context.Context, by core.Actor, version int64, n core.NewRefund) (core.RefundRecord, error)
	ResolveRefund(ctx context.Context, by core.Actor, id int64, moved core.MoneyMoved) error
	UnparkSubscription(ctx context.Context, by core.Actor, id int64, how core.Unparking) error
	CountLeftToPeople(ctx context.Context, by core.Actor, limit int) (int, error)
}

// A Charger carries out what was written down, while whoever asked waits.
type Charger interface {
	Do(ctx context.Context, w core.Work) error
}

type paymentPages struct {
	base
	store   chargeStore
	charger Charger // nil: what is written down is left to the worker
}

// paymentTabs are the lists that everybody has: queries with a name.
var paymentTabs = []billingTab{
	{"Paid", "status:paid"},
	{"Declined", "status:declined"},
	{"Checking", "status:checking"},
	{"Refunded", "status:refunded"},
}

// queueCount is how much that waits for a person the list of payments counts.
const queueCount = 100

// list serves GET /m/{merchant}/payments. Its state is its URL: "q" is the
// query.
func (p paymentPages) list(w http.ResponseWriter, r *http.Request) error {
	by, form := web.Actor(r), r.URL.Query()
	chrome, err := p.chrome(w, r, views.InPayments)
	if err != nil {
		return err
	}
	m := chrome.Merchant
	at := views.PaymentsQuery{
		Text: core.JoinQuery(form.Get("q"), form["f"]), Per: number(r, "per"),
		After: form.Get("after"), Before: form.Get("before"), From: number(r, "from"),
	}
	q, mistake := core.ParseQuery(at.Text, core.ChargeFields, m.Location())
	if mistake == nil && len(form["f"]) > 0 {
		at.Text = q.String()
		return web.Redirect(w, r, at.URL(m.ID))
	}
	if word, ok := q.Word(); ok && mistake == nil {
		if id, named := core.ReadID(word.Text); named {
			if c, err := p.store.Charge(r.Context(), by, id); err == nil {
				return web.Redirect(w, r, views.PaymentURL(m.ID, c.ID))
			}
		}
	}
	l := core.ChargeList{
		Query: q, Limit: web.User(r).Preferences.RowsOr(at.Per), After: core.ParseCursor(at.After), Before: core.ParseCursor(at.Before),
	}
	page, err := p.store.Charges(r.Context(), by, l)
	if err != nil {
		return err
	}
	queue, err := p.store.CountLeftToPeople(r.Context(), by, queueCount)
	if err != nil {
		return err
	}
	v := views.PaymentsView{Chrome: chrome, Query: at.Text, Rows: page.Items, Queue: queue}
	if bad, ok := errors.AsType[core.QueryError](mistake); ok {
		v.Mistake = &views.Mistake{Query: at.Text, QueryError: bad}
	}
	p.around(&v, at, q, page, l.Limit)
	return web.Render(w, r, http.StatusOK, views.PaymentsPage(v))
}

// around fills in what leads from a page of the list to others.
func (p paymentPages) around(v *views.PaymentsView, at views.PaymentsQuery, q core.Query, page core.Page[core.ChargeSummary], limit int) {
	m := v.Chrome.Merchant
	from := max(at.From, 1)
	if page.Prev.ID == 0 {
		from = 1
	}
	at.After, at.Before, at.From = "", "", 0
	v.Pager = views.Pager{From: from, To: from + len(page.Items) - 1, Of: max(page.Count, from+len(page.Items)-1)}
	if page.Prev.ID != 0 {
		to := at
		to.Before, to.From = page.Prev.String(), max(from-limit, 1)
		v.Pager.Previous = to.URL(m.ID)
	}
	if page.Next.ID != 0 {
		to := at
		to.After, to.From = page.Next.String(), from+len(page.Items)
		v.Pager.Next = to.URL(m.ID)
	}
	here := slices.IndexFunc(paymentTabs, func(t billingTab) bool { return t.query == at.Text })
	to := at
	if here >= 0 {
		to.Text = ""
	}
	v.Tabs = []views.Choice{{Label: "All", URL: to.URL(m.ID), Current: here < 0}}
	for i, t := range paymentTabs {
		to.Text = t.query
		v.Tabs = append(v.Tabs, views.Choice{Label: t.label, URL: to.URL(m.ID), Current: i == here})
	}
	terms, rest := q.Split()
	for i, term := range terms {
		without := at
		without.Text = q.Without(i).String()
		v.Pills = append(v.Pills, views.Pill{Text: views.TermText(term, m.Location()), Remove: without.URL(m.ID)})
	}
	if len(terms) > 0 {
		clear := at
		clear.Text = rest
		v.Clear = clear.URL(m.ID)
	}
	v.Chrome.Find = views.Find{
		Action: views.PaymentsURL(m.ID), Value: rest, Terms: texts(terms), Label: "Search payments",
		Placeholder: "amount:49 date:2026-11-19 card:4867 status:declined",
	}
	if q.Expr == nil { // a query that could not be read stands in the box to be mended
		v.Chrome.Find.Value = at.Text
	}
}

// payment is the charge of the path.
func (p paymentPages) payment(r *http.Request) (core.ChargeRecord, error) {
	id, err := pathID(r, "payment")
	if err != nil {
		return core.ChargeRecord{}, err
	}
	return p.store.Charge(r.Context(), web.Actor(r), id)
}

// show serves GET /m/{merchant}/payments/{payment}.
func (p paymentPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

// render shows a charge's page, changed where an act was refused.
func (p paymentPages) render(w http.ResponseWriter, r *http.Request, status int, change func(*views.PaymentView)) error {
	by := web.Actor(r)
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentView{Charge: c}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	open := !v.Chrome.Merchant.Closed()
	v.MayWrite, v.MayRefund = by.May(core.Write) && open, by.May(core.Refund) && open
	if v.MayWrite && c.State.Owed() {
		if v.Cards, err = p.usable(r, c.Customer); err != nil {
			return err
		}
	}
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.PaymentPage(v))
}

// usable are a customer's cards that can be charged now.
func (p paymentPages) usable(r *http.Request, customer int64) ([]core.Card, error) {
	cards, err := p.store.CustomerCards(r.Context(), web.Actor(r), customer)
	return slices.DeleteFunc(cards, func(c core.Card) bool { return !c.Usable(p.now()) }), err
}

// charge carries out what was written down, as far as it goes: the rest is the
// worker's.
func (p paymentPages) carryOut(r *http.Request, w core.Work) {
	if p.charger != nil {
		_ = p.charger.Do(r.Context(), w) // what it leaves, the worker takes up
	}
}

// told says what became of a charge that was just tried.
func (p paymentPages) told(w http.ResponseWriter, r *http.Request, id int64) error {
	by := web.Actor(r)
	c, err := p.store.Charge(r.Context(), by, id)
	if err != nil {
		return err
	}
	f := web.Flash{Text: "The payment is on its way"}
	switch c.State {
	case core.ChargePaid:
		f.Text = "Paid"
	case core.ChargeDeclined, core.ChargeRetrying:
		f = web.Flash{Kind: web.FlashError, Text: "The card was declined"}
	case core.ChargeChecking:
		f.Text = "The processor has not answered yet and is asked again"
	}
	return done(w, r, views.PaymentURL(by.Merchant, id), f)
}

// refused answers an act that a charge's state did not allow.
func (p paymentPages) refused(w http.ResponseWriter, r *http.Request, err error) error {
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.render(w, r, http.StatusUnprocessableEntity, func(v *views.PaymentView) { v.Faults = bad })
	case errors.Is(err, core.ErrConflict):
		return p.render(w, r, http.StatusConflict, func(v *views.PaymentView) { v.Stale = true })
	}
	return err
}

// retry serves POST /m/{merchant}/payments/{payment}/retry.
func (p paymentPages) retry(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	c, err := p.store.RetryCharge(r.Context(), web.Actor(r), id, version(r), readID(r.PostFormValue("card")))
	if err != nil {
		return p.refused(w, r, err)
	}
	p.carryOut(r, core.Work{Kind: core.ChargeWork, ID: c.ID, Merchant: c.Merchant})
	return p.told(w, r, c.ID)
}

// resolve serves POST /m/{merchant}/payments/{payment}/resolve.
func (p paymentPages) resolve(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	moved, err := moneyMoved(r)
	if err == nil {
		err = p.store.ResolveCharge(r.Context(), web.Actor(r), id, version(r), moved)
	}
	if err != nil {
		return p.refused(w, r, err)
	}
	return done(w, r, views.PaymentURL(web.Actor(r).Merchant, id), web.Flash{Text: "Written down"})
}

// resolveRefund serves POST
// /m/{merchant}/payments/{payment}/refunds/{refund}/resolve.
func (p paymentPages) resolveRefund(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	refund, err := pathID(r, "refund")
	if err != nil {
		return err
	}
	moved, err := moneyMoved(r)
	if err == nil {
		err = p.store.ResolveRefund(r.Context(), web.Actor(r), refund, moved)
	}
	if err != nil {
		return p.refused(w, r, err)
	}
	return done(w, r, views.PaymentURL(web.Actor(r).Merchant, id), web.Flash{Text: "Written down"})
}

// moneyMoved reads what a person found out.
func moneyMoved(r *http.Request) (core.MoneyMoved, error) {
	switch moved := core.MoneyMoved(r.PostFormValue("moved")); moved {
	case core.DidMove, core.DidNotMove:
		return moved, nil
	}
	return "", core.Invalid{{Field: "moved", Rule: core.Required}}
}

// refundForm serves GET /m/{merchant}/payments/{payment}/refund.
func (p paymentPages) refundForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	if c.Left().Minor == 0 {
		return web.Redirect(w, r, views.PaymentURL(c.Merchant, c.ID))
	}
	return p.renderRefund(w, r, http.StatusOK, views.PaymentFormView{
		Charge: c, Values: core.Changes{"amount": c.Left().Decimal()}, Request: rand.Text(),
	})
}

func (p paymentPages) renderRefund(w http.ResponseWriter, r *http.Request, status int, v views.PaymentFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	if !web.Actor(r).May(core.Manage) {
		v.Limit = core.Money{Minor: v.Chrome.Merchant.RefundLimit, Currency: v.Chrome.Merchant.Currency}
	}
	return web.Render(w, r, status, views.RefundPage(v))
}

// refund serves POST /m/{merchant}/payments/{payment}/refund.
func (p paymentPages) refund(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentFormView{
		Charge: c, Values: typedValues(r, "amount", "note"), Request: strings.TrimSpace(r.PostFormValue("request")),
	}
	amount, rule := core.ParseMoney(v.Values["amount"], c.Amount.Currency)
	made := core.RefundRecord{}
	if rule != "" {
		err = core.Invalid{{Field: "amount", Rule: rule, Limit: core.Exponent(c.Amount.Currency), Other: c.Amount.Currency}}.And(core.CheckNote(v.Values["note"]))
	} else {
		made, err = p.store.CreateRefund(r.Context(), web.Actor(r), version(r), core.NewRefund{
			Charge: c.ID, Amount: amount, Note: v.Values["note"], Request: v.Request,
		})
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.renderRefund(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.renderRefund(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	p.carryOut(r, core.Work{Kind: core.RefundWork, ID: made.ID, Merchant: made.Merchant})
	return done(w, r, views.PaymentURL(c.Merchant, c.ID), web.Flash{Text: "Refund made"})
}

// settleForm serves GET /m/{merchant}/payments/{payment}/settle.
func (p paymentPages) settleForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	if !c.State.Owed() {
		return web.Redirect(w, r, views.PaymentURL(c.Merchant, c.ID))
	}
	return p.renderSettle(w, r, http.StatusOK, views.PaymentFormView{Charge: c, Values: core.Changes{}})
}

func (p paymentPages) renderSettle(w http.ResponseWriter, r *http.Request, status int, v views.PaymentFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	return web.Render(w, r, status, views.SettlePage(v))
}

// settle serves POST /m/{merchant}/payments/{payment}/settle.
func (p paymentPages) settle(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentFormView{Charge: c, Values: typedValues(r, "how", "note")}
	said := ""
	switch core.ChargeState(v.Values["how"]) {
	case core.ChargeOutside:
		said = "Marked paid"
		_, err = p.store.MarkChargePaid(r.Context(), web.Actor(r), c.ID, version(r), v.Values["note"])
	case core.ChargeWaived:
		said = "Waived"
		_, err = p.store.WaiveCharge(r.Context(), web.Actor(r), c.ID, version(r), v.Values["note"])
	default:
		err = core.Invalid{{Field: "how", Rule: core.Required}}
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.renderSettle(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.renderSettle(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return done(w, r, views.PaymentURL(c.Merchant, c.ID), web.Flash{Text: said})
}

// onceForm serves GET /m/{merchant}/customers/{id}/charge.
func (p paymentPages) onceForm(w http.ResponseWriter, r *http.Request) error {
	m, err := p.merchants.Merchant(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.renderOnce(w, r, http.StatusOK, views.ChargeOnceView{Values: core.Changes{"currency": m.Currency}, Request: rand.Text()})
}

func (p paymentPages) renderOnce(w http.ResponseWriter, r *http.Request, status int, v views.ChargeOnceView) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if v.Customer, err = p.store.Customer(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if !v.Customer.Living() || v.Customer.ID != id {
		return web.Redirect(w, r, views.CustomerURL(web.Actor(r).Merchant, v.Customer.ID))
	}
	if v.Cards, err = p.usable(r, id); err != nil {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.ChargeOncePage(v))
}

// once serves POST /m/{merchant}/customers/{id}/charge.
func (p paymentPages) once(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	v := views.ChargeOnceView{
		Values: typedValues(r, "card", "amount", "currency", "description"), Request: strings.TrimSpace(r.PostFormValue("request")),
	}
	v.Values["currency"] = strings.ToUpper(v.Values["currency"])
	amount, rule := core.ParseMoney(v.Values["amount"], v.Values["currency"])
	made := core.Charge{}
	switch {
	case rule == core.Unknown:
		err = core.Invalid{{Field: "currency", Rule: core.Unknown}}
	case rule != "":
		err = core.Invalid{{Field: "amount", Rule: rule, Limit: core.Exponent(v.Values["currency"]), Other: v.Values["currency"]}}
	default:
		made, err = p.store.CreateCharge(r.Context(), web.Actor(r), core.NewCharge{
			Customer: id, Card: readID(r.PostFormValue("card")), Amount: amount, Description: v.Values["description"], Source: core.FromPage, Request: v.Request,
		})
	}
	if errors.As(err, &v.Faults) {
		return p.renderOnce(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	p.carryOut(r, core.Work{Kind: core.ChargeWork, ID: made.ID, Merchant: made.Merchant})
	return p.told(w, r, made.ID)
}

// unpark serves POST /m/{merchant}/subscriptions/{subscription}/unpark. It ends
// on the list of what waits for people, or where "page" says "subscription" on
// the subscription's page.
func (p paymentPages) unpark(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "subscription")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	next := views.QueueURL(by.Merchant)
	if r.PostFormValue("page") == "subscription" {
		next = views.SubscriptionURL(by.Merchant, id)
	}
	err = p.store.UnparkSubscription(r.Context(), by, id, core.Unparking(r.PostFormValue("how")))
	if errors.Is(err, core.ErrConflict) {
		return done(w, r, next, web.Flash{Kind: web.FlashError, Text: "Somebody decided that before"})
	}
	if err != nil {
		return err
	}
	return done(w, r, next, web.Flash{Text: "Taken up again"})
}
