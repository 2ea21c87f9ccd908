package handlers

import (
	"slices"
	"time"

	"kontor/db/core"
	"kontor/views"
)

// What leads from a list to others is alike on every list whose pages are
// whole: each says what its addresses are.

// pagerOf says which rows are shown and leads to the others. Pages go by key, so
// that the address carries along the number of the first row, from; on the first
// page it is 1 whatever the address says.
func pagerOf[T any](page core.Page[T], from, limit int, url func(after, before core.Cursor, from int) string) views.Pager {
	from = max(from, 1)
	if page.Prev.ID == 0 {
		from = 1
	}
	next := from + len(page.Items)
	v := views.Pager{From: from, To: next - 1, Of: max(page.Count, next-1)}
	if page.Prev.ID != 0 {
		v.Previous = url(core.Cursor{}, page.Prev, max(from-limit, 1))
	}
	if page.Next.ID != 0 {
		v.Next = url(page.Next, core.Cursor{}, next)
	}
	return v
}

// billingChoices are the lists with a name, after the list of all. What is typed
// is no name, and is kept on the way to all.
func billingChoices(tabs []billingTab, text string, url func(text string) string) []views.Choice {
	here, all := slices.IndexFunc(tabs, func(t billingTab) bool { return t.query == text }), text
	if here >= 0 {
		all = ""
	}
	choices := []views.Choice{{Label: "All", URL: url(all), Current: here < 0}}
	for i, t := range tabs {
		choices = append(choices, views.Choice{Label: t.label, URL: url(t.query), Current: i == here})
	}
	return choices
}

// pills are the terms of a query, each with the list as it is without it; clear
// is the list without them all, or "" where there are none.
func pills(q core.Query, zone *time.Location, url func(text string) string) (pills []views.Pill, clear string) {
	terms, rest := q.Split()
	for i, term := range terms {
		pills = append(pills, views.Pill{Text: views.TermText(term, zone), Remove: url(q.Without(i).String())})
	}
	if len(terms) > 0 {
		clear = url(rest)
	}
	return pills, clear
}

// findIn fills a list's search box: with the words of its query, and all of the
// text where that could not be read, to be mended.
func findIn(f views.Find, q core.Query, text string) views.Find {
	terms, rest := q.Split()
	f.Value, f.Terms = rest, texts(terms)
	if q.Expr == nil {
		f.Value = text
	}
	return f
}
