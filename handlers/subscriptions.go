package handlers

import (
	"context"
	"errors"
	"net/http"
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
	v.Tabs = billingChoices(subscriptionTabs, at.Text, with)
	newest, soon := at, at
	newest.Soon, soon.Soon = false, true
	v.Orders = []views.Choice{
		{Label: "Newest first", URL: newest.URL(m.ID), Current: !at.Soon},
		{Label: "Next charge first", URL: soon.URL(m.ID), Current: at.Soon},
	}
	v.Pills, v.Clear = pills(q, m.Location(), with)
	v.Chrome.Find = findIn(views.Find{
		Action: views.SubscriptionsURL(m.ID), Label: "Search subscriptions", Placeholder: "Customer, plan, last four or ID",
	}, q, at.Text)
	if at.Soon {
		v.Chrome.Find.Hidden = []views.Pair{{Name: "sort", Value: "next"}}
	}
}
