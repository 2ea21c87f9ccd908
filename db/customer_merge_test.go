package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// pair is two customers with something of everything.
func pair(t *testing.T, h *dbtest.House) (w, l core.Customer) {
	t.Helper()
	w = h.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "reference", "r-1", "metadata.tier", `"gold"`,
		"billing.city", "Oslo", "billing.country", "NO")
	l = h.Customer(t, "first_name", "Bo", "last_name", "Ek", "email", "ek@example.com", "phone", "22 44 22 22", "reference", "r-2",
		"metadata.tier", `"silver"`, "metadata.color", `"red"`, "billing.city", "Bergen", "billing.country", "NO", "shipping.city", "Moss")
	for _, c := range []core.Customer{w, l} {
		if _, err := h.AddNote(t.Context(), h.Owner, c.ID, core.Note{Text: "of " + c.Email}); err != nil {
			t.Fatal(err)
		}
	}
	return w, l
}

// own runs a statement on a connection of its own.
func own(t *testing.T, h *dbtest.House, query string, args ...any) {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	if _, err := d.Exec(d.Rebind(query), args...); err != nil {
		t.Fatal(err)
	}
}

// lastEvent is the newest event of a customer.
func lastEvent(t *testing.T, h *dbtest.House, customer int64) core.Event {
	t.Helper()
	line, err := h.CustomerEvents(t.Context(), h.Owner, customer, 0, 1)
	if err != nil || len(line.Events) == 0 {
		t.Fatal(err)
	}
	return line.Events[0]
}

func TestMerge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		w, l := pair(t, h)
		c, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{Winner: 1, Loser: 1}, core.Take{"email": true, "billing": true})
		if err != nil {
			t.Fatal(err)
		}
		billing, _ := c.Billing()
		shipping, _ := c.Shipping()
		tier, _ := c.Meta("tier")
		if c.ID != w.ID || c.Name != "Bo Ek" || c.Email != "ek@example.com" || c.Phone != "22 44 22 22" || c.PhoneE164 != "+4722442222" ||
			c.Reference != "r-1" || billing.City != "Bergen" || shipping.City != "Moss" || tier.Text() != "gold" || c.Version != 2 {
			t.Errorf("merged %+v", c)
		}
		for what, id := range map[string]int64{"the winner": w.ID, "the loser": l.ID} {
			got, err := h.Store.Customer(ctx, h.Viewer, id)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c, got); diff != "" {
				t.Errorf("by the ID of %s:\n%s", what, diff)
			}
		}
		notes, err := h.Notes(ctx, h.Member, w.ID)
		if err != nil || len(notes) != 2 {
			t.Errorf("%d notes, %v", len(notes), err)
		}
		if e := lastEvent(t, h, w.ID); e.Action != core.CustomerMerged || e.From["email"] != "bo@example.com" || e.To["merged"] != fmt.Sprintf("Bo Ek (%d)", l.ID) {
			t.Errorf("the winner's event is %+v", e)
		}
		if e := lastEvent(t, h, l.ID); e.Action != core.CustomerMerged || e.To["merged_into"] != fmt.Sprintf("Bo Ek (%d)", w.ID) {
			t.Errorf("the loser's event is %+v", e)
		}
	})
}

// TestMergedIDsAnswerAsTheWinner asks by everything that named the loser.
func TestMergedIDsAnswerAsTheWinner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		w, l := pair(t, h)
		if _, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		for _, by := range []core.Actor{h.Viewer, h.Admin.In(0)} {
			for _, text := range []string{fmt.Sprint(l.ID), l.UUID, l.LookupID, "r-2", "r-1"} {
				found, err := h.Find(ctx, by, text)
				if err != nil || len(found) != 1 || found[0].ID != w.ID {
					t.Errorf("%s finds %+v, %v", text, found, err)
				}
			}
		}
		for _, q := range []string{fmt.Sprint(l.ID), l.UUID, fmt.Sprint("id:", l.ID), "uuid:" + l.UUID, "lookup_id:" + l.LookupID, "22442222", "phone:22442222"} {
			if got := ids(t, h, q); len(got) != 1 || got[0] != w.ID {
				t.Errorf("%s lists %v", q, got)
			}
		}
		page, err := h.Customers(ctx, h.Viewer, core.List{Deleted: true})
		if err != nil || len(page.Items) != 0 {
			t.Errorf("the deleted are %+v, %v", page.Items, err)
		}
		// An act on the loser is one on the winner; a version of the loser's
		// is stale.
		if _, err := h.UpdateCustomer(ctx, h.Member, l.ID, l.Version, core.Changes{"company": "Stale"}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a save based on the loser: %v", err)
		}
		c, err := h.UpdateCustomer(ctx, h.Member, l.ID, 0, core.Changes{"company": "Ek AS"})
		if err != nil || c.ID != w.ID || c.Company != "Ek AS" {
			t.Errorf("updated %+v, %v", c, err)
		}
		if e := lastEvent(t, h, w.ID); e.Action != core.CustomerUpdated || e.ObjectID != w.ID {
			t.Errorf("recorded %+v", e)
		}
		if c, err := h.CustomerWith(ctx, h.Viewer, l.ID, core.WithAddresses); err != nil || c.ID != w.ID || len(c.Addresses) != 3 {
			t.Errorf("with addresses it is %+v, %v", c, err)
		}
		if _, err := h.AddAddress(ctx, h.Member, l.ID, core.Changes{"city": "Voss"}); err != nil {
			t.Error(err)
		}
		card, _, err := h.AddCard(ctx, h.Member, l.ID, h.NewCard(t, dbtest.VisaNumber))
		if err != nil || card.Customer != w.ID {
			t.Errorf("card of %d, %v", card.Customer, err)
		}
		channel, _, err := h.AddChannel(ctx, h.Member, l.ID, core.NewChannel{Name: "vipps", Address: "+47 912 34 567", Source: core.FromPage})
		if err != nil || channel.Customer != w.ID {
			t.Errorf("channel of %d, %v", channel.Customer, err)
		}
		n, err := h.AddNote(ctx, h.Member, l.ID, core.Note{Text: "by the old ID"})
		if err != nil || n.Customer != w.ID {
			t.Errorf("note of %d, %v", n.Customer, err)
		}
		if err := h.RestoreCustomer(ctx, h.Member, l.ID, core.KeepReference); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("restoring it: %v", err)
		}
		row := []core.ImportRow{{Line: 2, Changes: core.Changes{"reference": "r-2", "language": "nb"}}, {Line: 3, Changes: core.Changes{"reference": "r-2", "currency": "NOK"}}}
		if results, err := h.ImportCustomers(ctx, h.Member, row); err != nil || results[0].ID != w.ID || results[1].ID != w.ID {
			t.Errorf("imported as %+v, %v", results, err)
		}
		if c, err := h.Store.Customer(ctx, h.Member, w.ID); err != nil || c.Reference != "r-1" || c.Language != "nb" || c.Currency != "NOK" {
			t.Errorf("importing by the old reference made %+v, %v", c, err)
		}
		// Whoever takes the reference that is free answers to it.
		taker := h.Customer(t, "name", "Taker", "reference", "r-2")
		if found, err := h.Find(ctx, h.Viewer, "r-2"); err != nil || len(found) != 1 || found[0].ID != taker.ID {
			t.Errorf("r-2 finds %+v, %v", found, err)
		}
		if err := h.DeleteCustomer(ctx, h.Member, l.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		if c, err := h.Store.Customer(ctx, h.Member, w.ID); err != nil || c.Living() {
			t.Errorf("deleting by the old ID left it living, %v", err)
		}
	})
}

// TestMergesOfMerged: IDs stay one step away, and merges come apart in turn.
func TestMergesOfMerged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		a, b, c := h.Customer(t, "name", "A"), h.Customer(t, "name", "B"), h.Customer(t, "name", "C")
		join := func(winner, loser int64) {
			t.Helper()
			if _, err := h.MergeCustomers(ctx, h.Member, winner, loser, core.MergeVersions{}, nil); err != nil {
				t.Fatal(err)
			}
		}
		is := func(asked, want core.Customer) {
			t.Helper()
			if got, err := h.Store.Customer(ctx, h.Member, asked.ID); err != nil || got.ID != want.ID {
				t.Errorf("%s is %s, want %s, %v", asked.Name, got.Name, want.Name, err)
			}
		}
		join(b.ID, a.ID)
		join(c.ID, a.ID) // a answers as b
		is(a, c)
		is(b, c)
		if _, err := h.Undo(ctx, h.Member, lastEvent(t, h, c.ID).ID); err != nil {
			t.Fatal(err)
		}
		is(a, b)
		is(b, b)
		is(c, c)
	})
}

func TestMergeRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		w, l := h.Customer(t, "name", "Bo"), h.Customer(t, "name", "Bo Ek")
		gone := deleted(t, h, h.Customer(t, "name", "Gone"))
		theirs := h.CustomerOf(t, h.Other, "name", "Theirs")
		before := countEvents(t, h)
		for what, try := range map[string]struct {
			by     core.Actor
			w, l   int64
			v      core.MergeVersions
			take   core.Take
			is     error
			breaks core.Rule
		}{
			"the same twice":          {by: h.Member, w: w.ID, l: w.ID, breaks: core.Itself},
			"another merchant's":      {by: h.Member, w: w.ID, l: theirs.ID, is: core.ErrNotFound},
			"into another merchant's": {by: h.Member, w: theirs.ID, l: l.ID, is: core.ErrNotFound},
			"by another merchant":     {by: h.Other, w: w.ID, l: l.ID, is: core.ErrNotFound},
			"a deleted one":           {by: h.Member, w: w.ID, l: gone.ID, is: core.ErrNotFound},
			"into a deleted one":      {by: h.Member, w: gone.ID, l: l.ID, is: core.ErrNotFound},
			"nobody":                  {by: h.Member, w: w.ID, l: 1, is: core.ErrNotFound},
			"by a viewer":             {by: h.Viewer, w: w.ID, l: l.ID, is: core.ErrForbidden},
			"a stale winner":          {by: h.Member, w: w.ID, l: l.ID, v: core.MergeVersions{Winner: 2}, is: core.ErrConflict},
			"a stale loser":           {by: h.Member, w: w.ID, l: l.ID, v: core.MergeVersions{Winner: 1, Loser: 9}, is: core.ErrConflict},
			"an unknown field":        {by: h.Member, w: w.ID, l: l.ID, take: core.Take{"nonsense": true}, breaks: core.Unknown},
		} {
			_, err := h.MergeCustomers(ctx, try.by, try.w, try.l, try.v, try.take)
			bad, _ := errors.AsType[core.Invalid](err)
			if !errors.Is(err, try.is) && (len(bad) == 0 || bad[0].Rule != try.breaks) {
				t.Errorf("%s: %v", what, err)
			}
			if err == nil {
				t.Errorf("%s is let through", what)
			}
		}
		if got := countEvents(t, h); got != before {
			t.Errorf("%d events of what was refused", got-before)
		}
	})
}

// TestEveryTableOfCustomersIsMerged fails for a table with a customer_id of
// which nobody said what becomes of it when its customer is merged.
func TestEveryTableOfCustomersIsMerged(t *testing.T) {
	h := dbtest.SQLite(t)
	var there []string
	h.EachRow(t, `(
		SELECT m.name
		FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'customer_id'
		WHERE m.type = 'table') AS tables`, "1", func(row string) { there = append(there, strings.Trim(row, `["]`)) })
	known := db.MergedTables()
	slices.Sort(known)
	if diff := cmp.Diff(known, there); diff != "" {
		t.Errorf("tables with a customer_id (+) and what is known of them (-):\n%s", diff)
	}
}
