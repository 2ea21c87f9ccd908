package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// duplicateStore is the part of the store the pages of duplicates use.
type duplicateStore interface {
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	CustomerEvents(ctx context.Context, by core.Actor, customer, before int64, limit int) (core.Timeline, error)
	Duplicates(ctx context.Context, by core.Actor, l core.PairList) (core.Page[core.Pair], error)
	CompareCustomers(ctx context.Context, by core.Actor, winner, loser int64) (core.Comparison, error)
	MergeCustomers(ctx context.Context, by core.Actor, winner, loser int64, v core.MergeVersions, take core.Take) (core.Customer, error)
	DismissDuplicate(ctx context.Context, by core.Actor, one, other int64) error
	RecallDuplicate(ctx context.Context, by core.Actor, one, other int64) error
}

type duplicatePages struct {
	base
	store duplicateStore
}

// list serves GET /m/{merchant}/customers/duplicates.
func (p duplicatePages) list(w http.ResponseWriter, r *http.Request) error {
	by, form := web.Actor(r), r.URL.Query()
	dismissed := form.Get("view") == "dismissed"
	page, err := p.store.Duplicates(r.Context(), by, core.PairList{
		Dismissed: dismissed, After: core.ParseCursor(form.Get("after")), Before: core.ParseCursor(form.Get("before")),
	})
	if err != nil {
		return err
	}
	chrome, err := p.chrome(w, r, views.InCustomers)
	if err != nil {
		return err
	}
	m := by.Merchant
	v := views.DuplicatesView{
		Chrome: chrome, Dismissed: dismissed, MayWrite: !chrome.Merchant.Closed(), Pairs: page.Items,
		Tabs: []views.Choice{
			{Label: "To look at", URL: views.DuplicatesURL(m), Current: !dismissed},
			{Label: "Not duplicates", URL: views.PairsQuery{Dismissed: true}.URL(m), Current: dismissed},
		},
	}
	at := views.PairsQuery{Dismissed: dismissed}
	if page.Prev.ID != 0 {
		at.Before, at.After = page.Prev.String(), ""
		v.Previous = at.URL(m)
	}
	if page.Next.ID != 0 {
		at.Before, at.After = "", page.Next.String()
		v.Next = at.URL(m)
	}
	return web.Render(w, r, http.StatusOK, views.DuplicatesPage(v))
}

// compare serves GET /m/{merchant}/customers/{id}/merge/{other}.
func (p duplicatePages) compare(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.MergeView{})
}

// two are the customers of the path, who are not one and the same.
func two(r *http.Request) (winner, loser int64, err error) {
	if winner, err = pathID(r, "id"); err != nil {
		return 0, 0, err
	}
	if loser, err = pathID(r, "other"); err != nil {
		return 0, 0, err
	}
	if winner == loser {
		return 0, 0, core.ErrNotFound
	}
	return winner, loser, nil
}

// render shows the two side by side, with what v says of a try to merge them.
// Where they are one by now it goes to that one.
func (p duplicatePages) render(w http.ResponseWriter, r *http.Request, status int, v views.MergeView) error {
	winner, loser, err := two(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	v.Comparison, err = p.store.CompareCustomers(r.Context(), by, winner, loser)
	if _, one := errors.AsType[core.Invalid](err); one {
		return p.merged(w, r, winner)
	}
	if err != nil {
		return err
	}
	if v.Winner.ID != winner || v.Loser.ID != loser {
		return web.Redirect(w, r, views.MergeURL(by.Merchant, v.Winner.ID, v.Loser.ID))
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.MergePage(v))
}

// merged goes to the customer whom an ID names by now.
func (p duplicatePages) merged(w http.ResponseWriter, r *http.Request, id int64) error {
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	if err != nil {
		return err
	}
	return done(w, r, views.CustomerURL(by.Merchant, c.ID), web.Flash{Text: "The two are one already"})
}

// merge serves POST /m/{merchant}/customers/{id}/merge/{other}.
func (p duplicatePages) merge(w http.ResponseWriter, r *http.Request) error {
	winner, loser, err := two(r)
	if err != nil {
		return err
	}
	by, ctx := web.Actor(r), r.Context()
	was, err := p.store.Customer(ctx, by, loser)
	if err != nil {
		return err
	}
	take := taken(r)
	c, err := p.store.MergeCustomers(ctx, by, winner, loser, core.MergeVersions{Winner: version(r), Loser: otherVersion(r)}, take)
	bad, invalid := errors.AsType[core.Invalid](err)
	_, one := bad.Field("customer")
	switch {
	case one:
		return p.merged(w, r, winner)
	case invalid:
		return p.render(w, r, http.StatusUnprocessableEntity, views.MergeView{Taken: take, Faults: bad})
	case errors.Is(err, core.ErrConflict):
		return p.render(w, r, http.StatusConflict, views.MergeView{Taken: take, Stale: true})
	case err != nil:
		return err
	}
	f := web.Flash{Text: was.Title() + " is part of " + c.Title() + " now"}
	line, err := p.store.CustomerEvents(ctx, by, c.ID, 0, 1)
	if err != nil {
		return err
	}
	if len(line.Events) == 1 && line.Events[0].Action == core.CustomerMerged {
		f.Undo = &web.Undo{Action: views.UndoURL(by.Merchant, c.ID, line.Events[0].ID), Label: "Undo"}
	}
	return done(w, r, views.CustomerURL(by.Merchant, c.ID), f)
}

// taken are the fields that the form chooses from the loser.
func taken(r *http.Request) core.Take {
	take := core.Take{}
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, "take."); ok && slices.Contains(values, "loser") {
			take[field] = true
		}
	}
	return take
}

// otherVersion reads the loser's version as [version] does the winner's.
func otherVersion(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("other_version"), 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// dismiss serves POST /m/{merchant}/customers/{id}/merge/{other}/dismiss.
func (p duplicatePages) dismiss(w http.ResponseWriter, r *http.Request) error {
	one, other, err := two(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	if err := p.store.DismissDuplicate(r.Context(), by, one, other); err != nil {
		return err
	}
	return done(w, r, views.DuplicatesURL(by.Merchant), web.Flash{
		Text: "Kept as two different customers",
		Undo: &web.Undo{Action: views.RecallURL(by.Merchant, one, other), Label: "Undo"},
	})
}

// recall serves POST /m/{merchant}/customers/{id}/merge/{other}/recall.
func (p duplicatePages) recall(w http.ResponseWriter, r *http.Request) error {
	one, other, err := two(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	err = p.store.RecallDuplicate(r.Context(), by, one, other)
	if errors.Is(err, core.ErrNotFound) { // somebody was quicker, where both are there
		_, err = p.store.CompareCustomers(r.Context(), by, one, other)
	}
	if err != nil {
		return err
	}
	return done(w, r, views.DuplicatesURL(by.Merchant), web.Flash{Text: "A likely duplicate again"})
}
