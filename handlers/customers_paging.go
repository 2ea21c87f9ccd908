package handlers

import (
	"fmt"
	"slices"

	"kontor/db/core"
	"kontor/views"
)

// pageFrom is the number of a page's first row. Pages go by key, so that the
// URL carries the number along; on the first page it is 1 whatever the URL says.
func pageFrom(at views.CustomersQuery, page core.Page[core.CustomerSummary], limit int) int {
	if page.Prev.ID == 0 || at.From < 1 {
		return 1
	}
	return at.From
}

// pager says which rows are shown and leads to the others. at.From is the
// first one's number, usual how many rows there are unless the URL says it.
func pager(m int64, at views.CustomersQuery, page core.Page[core.CustomerSummary], limit, usual int) views.Pager {
	v := views.Pager{From: at.From, To: at.From + len(page.Items) - 1, Of: page.Count}
	if v.To > v.Of {
		v.Of = v.To
	}
	if len(page.Items) == 0 {
		v.From = 0
	}
	if page.Prev.ID != 0 {
		to := at
		to.Before, to.From = page.Prev.String(), max(at.From-limit, 1)
		v.Previous = to.URL(m)
	}
	if page.Next.ID != 0 {
		to := at
		to.After, to.From = page.Next.String(), at.From+len(page.Items)
		v.Next = to.URL(m)
	}
	for _, size := range []int{25, 50, 100} {
		to := at
		to.From, to.Per = 0, size
		if size == usual {
			to.Per = 0
		}
		v.PageSizes = append(v.PageSizes, views.Choice{Label: fmt.Sprint(size), URL: to.URL(m), Current: size == limit})
	}
	return v
}

// A billingTab is a list that everybody has: a query with a name.
type billingTab struct{ label, query string }

// billingTabs are the customers by what they pay with and for. A card is
// expiring from the month before its last on.
func billingTabs(today core.LocalDate) []billingTab {
	return []billingTab{
		{"Active subscription", "subscription:active"},
		{"Past due", "subscription:past_due"},
		{"Card expiring", "cardExpires:>=" + today.String()[:7] + " cardExpires:<=" + today.NextMonth().String()[:7]},
	}
}

// tabs are the lists there are. All and Deleted keep the query, but for that of
// a tab or saved view, which each has its own of.
func tabs(m int64, at views.CustomersQuery, saved []core.View, now core.LocalDate) []views.Choice {
	current, marked := savedView(at, saved)
	given := billingTabs(now)
	here := -1
	if !marked && at.View != "deleted" {
		here = slices.IndexFunc(given, func(t billingTab) bool { return t.query == at.Text })
	}
	all, deleted := at, at
	all.View, all.Sort, deleted.View, deleted.Sort = "", "", "deleted", ""
	if at.View != "deleted" {
		all.Sort = at.Sort
	}
	if marked || here >= 0 {
		all.Text, all.Sort, deleted.Text = "", "", ""
	}
	if all.Text != "" {
		all.View = allView
	}
	list := []views.Choice{{Label: "All", URL: all.URL(m), Current: at.View != "deleted" && !marked && here < 0}}
	for i, t := range given {
		to := views.CustomersQuery{Text: t.query, Per: at.Per}
		list = append(list, views.Choice{Label: t.label, URL: to.URL(m), Current: i == here})
	}
	list = append(list, views.Choice{Label: "Deleted", URL: deleted.URL(m), Current: at.View == "deleted"})
	for _, v := range saved {
		to := viewAt(v)
		to.Per = at.Per
		list = append(list, views.Choice{Label: v.Name, URL: to.URL(m), Current: marked && v.ID == current.ID})
	}
	return list
}

// orders are the orders a list can have, for the menu and the headings.
func orders(m int64, at views.CustomersQuery, l core.List) (menu []views.Choice, byName, byDate views.Header) {
	to := func(sort string) string {
		at.Sort = sort
		return at.URL(m)
	}
	said := func(sort core.Sort) string {
		switch {
		case l.Sort != sort:
			return ""
		case l.Ascending:
			return "ascending"
		}
		return "descending"
	}
	if l.Deleted {
		byDate = views.Header{URL: to("deleted"), Order: said(core.ByDeleted)}
		if l.Ascending {
			byDate.URL = to("")
		}
		return nil, views.Header{}, byDate
	}
	byName = views.Header{URL: to("name"), Order: said(core.ByName)}
	if byName.Order == "ascending" {
		byName.URL = to("-name")
	}
	byDate = views.Header{URL: to(""), Order: said(l.Sort)}
	switch {
	case l.Sort == core.ByName:
		byDate.Order = ""
	case l.Sort == core.ByCreated && !l.Ascending:
		byDate.URL = to("created")
	case l.Sort == core.ByUpdated && !l.Ascending:
		byDate.URL = to("updated")
	case l.Sort == core.ByUpdated:
		byDate.URL = to("-updated")
	}
	for _, o := range []struct {
		label, sort string
		by          core.Sort
		ascending   bool
	}{
		{"Newest first", "", core.ByCreated, false},
		{"Oldest first", "created", core.ByCreated, true},
		{"Name, A to Z", "name", core.ByName, true},
		{"Name, Z to A", "-name", core.ByName, false},
		{"Last updated first", "-updated", core.ByUpdated, false},
		{"Last updated last", "updated", core.ByUpdated, true},
	} {
		menu = append(menu, views.Choice{Label: o.label, URL: to(o.sort), Current: l.Sort == o.by && l.Ascending == o.ascending})
	}
	return menu, byName, byDate
}
