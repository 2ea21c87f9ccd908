package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// subscriptionStore is the part of the store the pages about subscriptions use.
type subscriptionStore interface {
	planStore
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	CustomerCards(ctx context.Context, by core.Actor, customer int64) ([]core.Card, error)
	CustomerEvents(ctx context.Context, by core.Actor, customer, before int64, limit int) (core.Timeline, error)
	Subscription(ctx context.Context, by core.Actor, id int64) (core.SubscriptionSummary, error)
	Subscriptions(ctx context.Context, by core.Actor, l core.SubscriptionList) (core.Page[core.SubscriptionSummary], error)
	SubscriptionCharges(ctx context.Context, by core.Actor, subscription int64, limit int) ([]core.ChargeSummary, error)
	SubscriptionEvents(ctx context.Context, by core.Actor, id int64, limit int) ([]core.Event, error)
	StartSubscription(ctx context.Context, by core.Actor, n core.NewSubscription) (core.Subscription, error)
	PauseSubscription(ctx context.Context, by core.Actor, id, version int64, until time.Time) (core.Subscription, error)
	ResumeSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error)
	ChangeSubscription(ctx context.Context, by core.Actor, id, version int64, ch core.SubscriptionChange) (core.Subscription, error)
	CancelSubscription(ctx context.Context, by core.Actor, id, version int64, when core.When) (core.Subscription, error)
	KeepSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error)
}

type subscriptionPages struct {
	base
	store subscriptionStore
}

// subscriptionTabs are the lists that everybody has: queries with a name.
var subscriptionTabs = []billingTab{
	{"Active", "status:active"},
	{"Past due", "status:past_due"},
	{"Paused", "status:paused"},
	{"Pending", "status:pending"},
	{"Unpaid", "status:unpaid"},
	{"Ended", "status:canceled OR status:completed"},
}

// list serves GET /m/{merchant}/subscriptions. Its state is its URL: "q" is the
// query, with "sort" "next" the next charge comes first.
func (p subscriptionPages) list(w http.ResponseWriter, r *http.Request) error {
	by, form := web.Actor(r), r.URL.Query()
	chrome, err := p.chrome(w, r, views.InSubscriptions)
	if err != nil {
		return err
	}
	m := chrome.Merchant
	at := views.SubscriptionsQuery{
		Text: core.JoinQuery(form.Get("q"), form["f"]), Soon: form.Get("sort") == "next", Per: number(r, "per"),
		After: form.Get("after"), Before: form.Get("before"), From: number(r, "from"),
	}
	q, mistake := core.ParseQuery(at.Text, core.SubscriptionFields, m.Location())
	if mistake == nil && len(form["f"]) > 0 {
		at.Text = q.String()
		return web.Redirect(w, r, at.URL(m.ID))
	}
	if word, ok := q.Word(); ok && mistake == nil {
		if id, named := core.ReadID(word.Text); named {
			if s, err := p.store.Subscription(r.Context(), by, id); err == nil {
				return web.Redirect(w, r, views.SubscriptionURL(m.ID, s.ID))
			}
		}
	}
	l := core.SubscriptionList{
		Query: q, Soon: at.Soon, Limit: web.User(r).Preferences.RowsOr(at.Per),
		After: core.ParseCursor(at.After), Before: core.ParseCursor(at.Before),
	}
	page, err := p.store.Subscriptions(r.Context(), by, l)
	if err != nil {
		return err
	}
	v := views.SubscriptionsView{Chrome: chrome, Query: at.Text, Rows: page.Items}
	if bad, ok := errors.AsType[core.QueryError](mistake); ok {
		v.Mistake = &views.Mistake{Query: at.Text, QueryError: bad}
	}
	p.around(&v, at, q, page, l.Limit, web.User(r).Preferences.RowsOr(0))
	return web.Render(w, r, http.StatusOK, views.SubscriptionsPage(v))
}

// around fills in what leads from a page of the list to others.
func (p subscriptionPages) around(v *views.SubscriptionsView, at views.SubscriptionsQuery, q core.Query,
	page core.Page[core.SubscriptionSummary], limit, usual int,
) {
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
	here := slices.IndexFunc(subscriptionTabs, func(t billingTab) bool { return t.query == at.Text })
	to := at
	if here >= 0 {
		to.Text = ""
	}
	v.Tabs = []views.Choice{{Label: "All", URL: to.URL(m.ID), Current: here < 0}}
	for i, t := range subscriptionTabs {
		to.Text = t.query
		v.Tabs = append(v.Tabs, views.Choice{Label: t.label, URL: to.URL(m.ID), Current: i == here})
	}
	newest, soon := at, at
	newest.Soon, soon.Soon = false, true
	v.Orders = []views.Choice{
		{Label: "Newest first", URL: newest.URL(m.ID), Current: !at.Soon},
		{Label: "Next charge first", URL: soon.URL(m.ID), Current: at.Soon},
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
		Action: views.SubscriptionsURL(m.ID), Value: rest, Terms: texts(terms), Label: "Search subscriptions",
		Placeholder: "Customer, plan, last four or ID",
	}
	if q.Expr == nil { // a query that could not be read stands in the box to be mended
		v.Chrome.Find.Value = at.Text
	}
	if at.Soon {
		v.Chrome.Find.Hidden = []views.Pair{{Name: "sort", Value: "next"}}
	}
}
