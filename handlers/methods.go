package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// methodStore is the part of the store the list of payment methods uses.
type methodStore interface {
	PaymentMethods(ctx context.Context, by core.Actor, l core.MethodList) (core.Page[core.PaymentMethod], error)
}

type methodPages struct {
	base
	store methodStore
}

// methodTabs are what the tabs are called.
var methodTabs = map[core.MethodTab]string{
	core.AllMethods: "All", core.ValidMethods: "Valid", core.ExpiringMethods: "Expiring", core.ExpiredMethods: "Expired",
}

// list serves GET /m/{merchant}/payment-methods. Its state is its URL, as that
// of the customers' list: "q" is the whole query, and the search box sends the
// committed terms beside its words as "f".
func (p methodPages) list(w http.ResponseWriter, r *http.Request) error {
	chrome, err := p.chrome(w, r, views.InMethods)
	if err != nil {
		return err
	}
	m, form := chrome.Merchant, r.URL.Query()
	at := views.MethodsQuery{
		Text: core.JoinQuery(form.Get("q"), form["f"]), Tab: form.Get("tab"),
		After: form.Get("after"), Before: form.Get("before"), From: number(r, "from"),
	}
	if !slices.Contains(core.MethodTabs, core.MethodTab(at.Tab)) {
		at.Tab = ""
	}
	q, mistake := core.ParseQuery(at.Text, core.MethodFields, m.Location())
	if mistake == nil && len(form["f"]) > 0 {
		at.Text = q.String()
		return web.Redirect(w, r, at.URL(m.ID))
	}
	v := views.MethodsView{Chrome: chrome, Query: at.Text}
	if bad, ok := errors.AsType[core.QueryError](mistake); ok {
		v.Mistake = &views.Mistake{Query: at.Text, QueryError: bad}
	}
	page, err := p.store.PaymentMethods(r.Context(), web.Actor(r), core.MethodList{
		Query: q, Tab: core.MethodTab(at.Tab), Limit: web.User(r).Preferences.RowsOr(0),
		After: core.ParseCursor(at.After), Before: core.ParseCursor(at.Before),
	})
	if err != nil {
		return err
	}
	v.Rows = page.Items
	v.Pager = pagerOf(page, at.From, web.User(r).Preferences.RowsOr(0), func(after, before core.Cursor, from int) string {
		to := at
		to.After, to.Before, to.From = after.String(), before.String(), from
		return to.URL(m.ID)
	})
	at.After, at.Before, at.From = "", "", 0
	for _, tab := range core.MethodTabs {
		to := at
		to.Tab = string(tab)
		v.Tabs = append(v.Tabs, views.Choice{Label: methodTabs[tab], URL: to.URL(m.ID), Current: at.Tab == to.Tab})
	}
	with := func(text string) string {
		to := at
		to.Text = text
		return to.URL(m.ID)
	}
	v.Pills, v.Clear = pills(q, m.Location(), with)
	v.All = with("")
	v.Chrome.Find = findIn(views.Find{
		Action: views.MethodsURL(m.ID), Label: "Search payment methods", Placeholder: "Customer, last 4, brand:visa, expires:<2027-01",
	}, q, at.Text)
	if at.Tab != "" {
		v.Chrome.Find.Hidden = []views.Pair{{Name: "tab", Value: at.Tab}}
	}
	return web.Render(w, r, http.StatusOK, views.MethodsPage(v))
}
