package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

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
	d := h.Raw(t)
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
