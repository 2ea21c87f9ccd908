package handlers

import (
	"context"
	"errors"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// chargeStore is the part of the store the pages about payments use.
type chargeStore interface {
	Subscription(ctx context.Context, by core.Actor, id int64) (core.SubscriptionSummary, error)
	Charge(ctx context.Context, by core.Actor, id int64) (core.ChargeRecord, error)
	Charges(ctx context.Context, by core.Actor, l core.ChargeList) (core.Page[core.ChargeLine], error)
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
func (p paymentPages) around(v *views.PaymentsView, at views.PaymentsQuery, q core.Query, page core.Page[core.ChargeLine], limit int) {
	m := v.Chrome.Merchant
	v.Pager = pagerOf(page, at.From, limit, func(after, before core.Cursor, from int) string {
		to := at
		to.After, to.Before, to.From = after.String(), before.String(), from
		return to.URL(m.ID)
	})
	at.After, at.Before, at.From = "", "", 0
	with := func(text string) string {
		to := at
		to.Text = text
		return to.URL(m.ID)
	}
	v.Tabs = billingChoices(paymentTabs, at.Text, with)
	v.Pills, v.Clear = pills(q, m.Location(), with)
	v.Chrome.Find = findIn(views.Find{
		Action: views.PaymentsURL(m.ID), Label: "Search payments", Placeholder: "amount:49 date:2026-11-19 card:4867 status:declined",
	}, q, at.Text)
}
