package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

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

// connect opens a connection of its own.
func connect(t *testing.T, h *dbtest.House) *sqlx.DB {
	t.Helper()
	driver := "sqlite"
	if h.Postgres {
		driver = "pgx"
	}
	d, err := sqlx.Open(driver, h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// own runs a statement on a connection of its own.
func own(t *testing.T, h *dbtest.House, query string, args ...any) {
	t.Helper()
	d := connect(t, h)
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

// ids are the customers that a query lists.
func ids(t *testing.T, h *dbtest.House, query string) []int64 {
	t.Helper()
	q, err := core.ParseQuery(query, core.CustomerFields, h.First.Location())
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.Customers(t.Context(), h.Viewer, core.List{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, c := range page.Items {
		got = append(got, c.ID)
	}
	return got
}

// snapshot are the rows of every table of the merchant's records, without what
// counts and dates changes.
func snapshot(t *testing.T, h *dbtest.House) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for table, columns := range map[string]string{
		"customers":     "id, deleted_at, merged_into, reference, name, first_name, last_name, email, phone, phone_e164, city, search, postcode_key, sort_key",
		"addresses":     "id, customer_id, type, is_default, city, street, country",
		"metadata":      "customer_id, name, value",
		"notes":         "id, customer_id, version, body",
		"cards":         "id, customer_id, version, fingerprint, is_default, removed_at",
		"channels":      "id, customer_id, version, fingerprint, withdrawn_at",
		"subscriptions": "id, customer_id, card_id, version",
	} {
		out[table] = h.Rows(t, "(SELECT "+columns+" FROM "+table+") AS shown", "1, 2")
	}
	return out
}

// addCard adds a card's row and returns its ID.
func addCard(t *testing.T, h *dbtest.House, id, customer int64, fingerprint, expires string, isDefault, removed int) int64 {
	t.Helper()
	own(t, h, `
		INSERT INTO cards (id, merchant_id, customer_id, version, token, brand, first_six, last_four, expires, holder, description,
			fingerprint, is_default, active, request, addition, created_at, updated_at, removed_at)
		VALUES (?, ?, ?, 1, ?, 'visa', '411111', '1111', ?, '', '', ?, ?, 1, '', '', 0, 0, ?)`,
		id, h.First.ID, customer, fmt.Sprint("token ", id), expires, []byte(fingerprint), isDefault, removed)
	return id
}

func addSubscription(t *testing.T, h *dbtest.House, id, customer, card int64) {
	t.Helper()
	own(t, h, `
		INSERT INTO plans (id, merchant_id, version, name, name_key, amount, currency, frequency, payments, send_receipt, created_at, updated_at, archived_at)
		VALUES (?, ?, 1, ?, ?, 1999, 'EUR', 'month', 0, 0, 0, 0, 0)`, id, h.First.ID, fmt.Sprint("Plan ", id), fmt.Sprint("plan ", id))
	own(t, h, `
		INSERT INTO subscriptions (id, merchant_id, customer_id, plan_id, card_id, version, source, status, amount, currency, frequency, anchor,
			anchor_day, start_at, next_number, next_at, started_at, total_cycles, completed_cycles, failed_attempts, delinquent_cycles,
			delinquent_since, last_run, last_success, cancel_at_end, held, paused_at, resume_at, ended_at, email, bcc, description,
			created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, 1, 'page', 'active', 1999, 'EUR', 'month', '2026-11-01', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', 0, 0)`,
		id, h.First.ID, customer, id, card)
}

func addChannel(t *testing.T, h *dbtest.House, id, customer int64, fingerprint string, withdrawn int) {
	t.Helper()
	own(t, h, `
		INSERT INTO channels (id, merchant_id, customer_id, version, type, name, address, sealed, fingerprint, mandate, mandate_signed,
			consent_at, source, created_at, updated_at, withdrawn_at)
		VALUES (?, ?, ?, 1, 'wallet', 'vipps', 'x', ?, ?, '', '', 0, 'page', 0, 0, ?)`,
		id, h.First.ID, customer, []byte{}, []byte(fingerprint), withdrawn)
}

// TestMergeMovesWhatIsTheLosersAndUndoGivesItBack has cards that both have,
// where the one or the other is the better one.
func TestMergeMovesWhatIsTheLosersAndUndoGivesItBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		w, l := pair(t, h)
		addCard(t, h, 1, w.ID, "both, winner's better", "2030-01", 1, 0)
		addCard(t, h, 2, l.ID, "both, winner's better", "2029-01", 0, 0)
		addCard(t, h, 3, w.ID, "both, loser's better", "2027-01", 0, 0)
		addCard(t, h, 4, l.ID, "both, loser's better", "2031-01", 1, 0)
		addCard(t, h, 5, l.ID, "loser's alone", "2031-01", 0, 0)
		addCard(t, h, 6, w.ID, "removed", "2031-01", 0, 5)
		addCard(t, h, 7, l.ID, "removed", "2030-01", 0, 0)
		addSubscription(t, h, 1, w.ID, 3)
		addSubscription(t, h, 2, l.ID, 2)
		addSubscription(t, h, 3, l.ID, 5)
		addChannel(t, h, 1, w.ID, "same", 7)
		addChannel(t, h, 2, l.ID, "same", 0)
		addChannel(t, h, 3, l.ID, "other", 0)
		for _, take := range []core.Take{nil, {"card": true}, {"name": true, "reference": true, "email": true, "metadata.tier": true, "billing": true, "card": true}} {
			before := snapshot(t, h)
			if _, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{}, take); err != nil {
				t.Fatal(err)
			}
			merged := snapshot(t, h)
			def := "1"
			if take["card"] {
				def = "4"
			}
			for what, want := range map[string]string{
				fmt.Sprintf("SELECT id FROM cards WHERE customer_id = %d ORDER BY id", w.ID):                         "1 4 5 7",
				fmt.Sprintf("SELECT id FROM cards WHERE customer_id = %d AND is_default = 1", w.ID):                  def,
				fmt.Sprintf("SELECT id FROM cards WHERE customer_id = %d AND is_default = 1", l.ID):                  "",
				fmt.Sprintf("SELECT card_id FROM subscriptions WHERE customer_id = %d ORDER BY id", w.ID):            "4 1 5",
				fmt.Sprintf("SELECT id FROM channels WHERE customer_id = %d ORDER BY id", w.ID):                      "2 3",
				fmt.Sprintf("SELECT id FROM channels WHERE customer_id = %d ORDER BY id", l.ID):                      "1",
				"SELECT id FROM cards WHERE fingerprint IN (SELECT fingerprint FROM cards WHERE id = 4) ORDER BY id": "3 4",
			} {
				if got := numbers(t, h, what); got != want {
					t.Errorf("%v: %s: %s, want %s", take, what, got, want)
				}
			}
			if _, err := h.Undo(ctx, h.Member, lastEvent(t, h, map[bool]int64{true: w.ID, false: l.ID}[take == nil]).ID); err != nil {
				t.Fatalf("%v: undo: %v", take, err)
			}
			if diff := cmp.Diff(before, snapshot(t, h)); diff != "" {
				t.Errorf("%v: merged and brought apart:\n%s", take, diff)
			}
			if cmp.Equal(before, merged) {
				t.Error("the snapshots do not see the merge")
			}
			for _, c := range []core.Customer{w, l} {
				now, err := h.Store.Customer(ctx, h.Member, c.ID)
				if err != nil || now.ID != c.ID || !now.Living() || now.Version <= c.Version {
					t.Errorf("%d is %+v, %v", c.ID, now, err)
				}
				if e := lastEvent(t, h, c.ID); e.Action != core.CustomerParted || e.Undoes == 0 {
					t.Errorf("recorded %+v", e)
				}
				if got := ids(t, h, c.Email); len(got) != 1 || got[0] != c.ID {
					t.Errorf("%s lists %v", c.Email, got)
				}
			}
			if got := ids(t, h, "bergen ek"); len(got) != 1 || got[0] != l.ID {
				t.Errorf("the loser's words list %v", got)
			}
		}
	})
}

// numbers are the numbers that a query finds.
func numbers(t *testing.T, h *dbtest.House, query string) string {
	t.Helper()
	d := connect(t, h)
	defer d.Close()
	var found []int64
	if err := d.Select(&found, query); err != nil {
		t.Fatal(err)
	}
	return strings.Trim(fmt.Sprint(found), "[]")
}

func TestUndoOfAMergeAfterAChangeSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		for what, change := range map[string]func(w, l core.Customer) error{
			"an edit": func(w, l core.Customer) error {
				_, err := h.UpdateCustomer(ctx, h.Member, w.ID, 0, core.Changes{"company": "Ek AS"})
				return err
			},
			"a note": func(w, l core.Customer) error {
				_, err := h.AddNote(ctx, h.Member, w.ID, core.Note{Text: "since"})
				return err
			},
			"a deletion": func(w, l core.Customer) error { return h.DeleteCustomer(ctx, h.Member, w.ID, 0, "") },
			"another merge": func(w, l core.Customer) error {
				_, err := h.MergeCustomers(ctx, h.Member, w.ID, h.Customer(t, "name", "Third").ID, core.MergeVersions{}, nil)
				return err
			},
		} {
			w, l := h.Customer(t, "name", "Bo"), h.Customer(t, "name", "Bo Ek")
			if _, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{}, nil); err != nil {
				t.Fatal(err)
			}
			e, mine := lastEvent(t, h, w.ID), lastEvent(t, h, l.ID)
			if err := change(w, l); err != nil {
				t.Fatal(err)
			}
			for _, id := range []int64{e.ID, mine.ID} {
				if _, err := h.Undo(ctx, h.Member, id); !errors.Is(err, core.ErrConflict) {
					t.Errorf("undo after %s: %v, want ErrConflict", what, err)
				}
			}
		}
		// A reference that another has taken keeps the loser from coming back.
		w, l := h.Customer(t, "name", "Bo", "reference", "r-8"), h.Customer(t, "name", "Bo Ek", "reference", "r-9")
		if _, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		h.Customer(t, "name", "Taker", "reference", "r-9")
		_, err := h.Undo(ctx, h.Member, lastEvent(t, h, w.ID).ID)
		if bad, ok := errors.AsType[core.Invalid](err); !ok || bad[0].Field != "reference" || bad[0].Rule != core.Taken {
			t.Errorf("undo with the reference taken: %v", err)
		}
		if _, err := h.Undo(ctx, h.Other, lastEvent(t, h, w.ID).ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("undo by another merchant: %v", err)
		}
	})
}

// TestErasedOfAMergeThatWasUndone: what a merge told of one in the other's
// timeline goes when that one is erased, and so does what a merge left behind.
func TestErasedOfAMergeThatWasUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		for _, apart := range []bool{true, false} {
			for _, erase := range []string{"winner", "loser"} {
				w := h.Customer(t, "name", "Winner Canary", "email", "winner@canary.example", "billing.city", "Winnercanary")
				l := h.Customer(t, "name", "Loser Canary", "email", "loser@canary.example", "billing.city", "Losercanary", "metadata.m", `"losercanary"`)
				if _, err := h.MergeCustomers(ctx, h.Member, w.ID, l.ID, core.MergeVersions{}, core.Take{"email": true, "billing": true}); err != nil {
					t.Fatal(err)
				}
				gone, words := w, []string{"winner", "loser"}
				if apart {
					if _, err := h.Undo(ctx, h.Member, lastEvent(t, h, w.ID).ID); err != nil {
						t.Fatal(err)
					}
					gone, words = map[string]core.Customer{"winner": w, "loser": l}[erase], []string{erase}
				}
				if err := h.EraseCustomer(ctx, h.Owner, gone.ID, 0); err != nil {
					t.Fatal(err)
				}
				for table, order := range map[string]string{"customers": "id", "addresses": "id", "metadata": "customer_id, name", "event_values": "event_id"} {
					for _, row := range h.Rows(t, table, order) {
						for _, word := range words {
							if strings.Contains(strings.ToLower(row), word+"canary") || strings.Contains(strings.ToLower(row), word+" canary") || strings.Contains(row, word+"@canary") {
								t.Errorf("apart %v, %s erased: %s still has %s", apart, erase, table, row)
							}
						}
					}
				}
				for _, c := range []core.Customer{w, l} { // for the next round
					if err := h.EraseCustomer(ctx, h.Owner, c.ID, 0); err != nil && !errors.Is(err, core.ErrNotFound) {
						t.Fatal(err)
					}
				}
			}
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
