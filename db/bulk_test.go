package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// somebody is a customer of whom everything is known, the nth.
func somebody(n int) core.Changes {
	return dbtest.Changes(
		"first_name", "Amara", "last_name", fmt.Sprint("Begić ", n), "email", fmt.Sprintf("amara%d@example.com", n),
		"phone", "033 123 456", "reference", fmt.Sprint("cust-", 10000+n), "company", "Bäckerei Sonne", "metadata.tier", `"gold"`,
		"metadata.visits", "12", "billing.street", "Titova 1", "billing.city", "Sarajevo", "billing.country", "Bosnia and Herzegovina",
		"shipping.street", "Zmaja od Bosne 4", "shipping.city", "Sarajevo", "shipping.country", "BA")
}

func TestHistoryCannotBeToldFromSingleActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, single *dbtest.House) {
		past := dbtest.SQLite(t)
		if single.Postgres {
			past = dbtest.Postgres(t)
		}
		err := past.WriteHistory(t.Context(), core.System(0), func(h *db.History) error {
			both := func(act func(s *db.Store) (time.Time, error)) {
				t.Helper()
				at, err := act(single.Store)
				if err != nil {
					t.Fatal(err)
				}
				h.At(at)
				if _, err := act(h.Store); err != nil {
					t.Fatal(err)
				}
			}
			ctx := t.Context()
			var made []core.Customer
			for i := range 70 { // more than are written at once
				both(func(s *db.Store) (time.Time, error) {
					c, err := s.CreateCustomer(ctx, single.Member, core.FromImport, somebody(i))
					made = append(made[:i], c)
					return c.CreatedAt, err
				})
			}
			both(func(s *db.Store) (time.Time, error) {
				c, err := s.UpdateCustomer(ctx, single.Agent, made[3].ID, 1, core.Changes{
					"billing.street": "Titova 2", "email": "amara@example.org", "metadata.visits": "", "metadata.vip": "true",
				})
				return c.UpdatedAt, err
			})
			both(func(s *db.Store) (time.Time, error) {
				n, err := s.AddNote(ctx, single.Agent, made[69].ID, core.Note{Text: "calls back", StaffOnly: true})
				return n.CreatedAt, err
			})
			both(func(s *db.Store) (time.Time, error) {
				err := s.DeleteCustomer(ctx, single.Owner, made[5].ID, 1, "asked by phone")
				c, _ := single.Store.Customer(ctx, single.Viewer, made[5].ID)
				return c.DeletedAt, err
			})
			both(func(s *db.Store) (time.Time, error) {
				p, err := s.CreatePlan(ctx, single.Owner, core.Plan{Name: "Gold", Amount: core.Money{Minor: 100, Currency: "EUR"}, Every: core.EveryMonth})
				return p.CreatedAt, err
			})
			both(func(s *db.Store) (time.Time, error) { // whose reference is free again
				c, err := s.CreateCustomer(ctx, single.Member, core.FromPage, somebody(5))
				return c.CreatedAt, err
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range dbtest.Tables {
			if slices.Contains([]string{"cards", "channels", "subscriptions"}, table.Name) {
				continue // their tokens and fingerprints are others each time
			}
			if slices.Contains([]string{"charges", "attempts", "refunds"}, table.Name) {
				continue // a past is given them whole, and no single act makes them
			}
			want, got := single.Rows(t, table.Name, table.Key), past.Rows(t, table.Name, table.Key)
			if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
				t.Errorf("%d rows of %s: %s", len(got), table.Name, diff)
			}
		}
		if !single.Postgres {
			want, got := trigrams(t, single), trigrams(t, past)
			if diff := cmp.Diff(want, got); diff != "" || len(got) < 1000 {
				t.Errorf("%d trigrams: %s", len(got), diff)
			}
		}
	})
}

// trigrams are all that SQLite's trigram table holds.
func trigrams(t *testing.T, h *dbtest.House) []string {
	t.Helper()
	d, err := sqlx.Open("sqlite", h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(`CREATE VIRTUAL TABLE seen USING fts5vocab(customer_search, instance)`); err != nil {
		t.Fatal(err)
	}
	return h.Rows(t, "seen", "term, doc, offset")
}

func TestHistoryKeepsTheRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		try := func(f func(past *db.History) error) error { return h.WriteHistory(ctx, core.System(0), f) }

		if err := h.WriteHistory(ctx, h.Owner, func(*db.History) error { return nil }); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner writes history: %v", err)
		}
		err := try(func(past *db.History) error {
			_, err := past.CreateCustomer(ctx, h.Viewer, core.FromPage, somebody(1))
			return err
		})
		if !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a viewer writes within history: %v", err)
		}
		var bad core.Invalid
		var id int64
		err = try(func(past *db.History) error {
			if _, err := past.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"email": "nobody"}); !errors.As(err, &bad) {
				t.Errorf("a faulty customer: %v", err)
			}
			c, err := past.CreateCustomer(ctx, h.Owner, core.FromPage, somebody(1)) // goes on
			id = c.ID
			if _, err := past.UpdateCustomer(ctx, h.Other, id, 0, core.Changes{"name": "X"}); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("another merchant's customer: %v", err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // within one history, and against what is there
			err = try(func(past *db.History) error {
				for range 2 {
					if _, err := past.CreateCustomer(ctx, h.Owner, core.FromPage, somebody(1)); err != nil {
						return err
					}
				}
				return nil
			})
			if !errors.Is(err, core.ErrConflict) {
				t.Errorf("a reference twice: %v", err)
			}
			if got := titles(t, h, core.List{}); len(got) != 1 {
				t.Errorf("after the failure there are %v", got)
			}
		}
		if _, err := h.UpdateCustomer(ctx, h.Owner, id, 1, core.Changes{"name": "Still Works"}); err != nil {
			t.Errorf("a single act after history: %v", err)
		}
		for _, more := range []int{0, 200} {
			gone, cancel := context.WithCancel(ctx)
			err = h.WriteHistory(gone, core.System(0), func(past *db.History) error {
				past.At(time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)) // nobody has these IDs
				_, err := past.CreateCustomer(gone, h.Owner, core.FromPage, somebody(2))
				cancel()
				for i := 0; i < more && err == nil; i++ {
					_, err = past.CreateCustomer(ctx, h.Owner, core.FromPage, somebody(3+i))
				}
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("though nobody waits: %v", err)
			}
			if got := titles(t, h, core.List{}); len(got) != 1 {
				t.Errorf("though nobody waits there are %v", got)
			}
		}
	})
}

func TestHistoryIsInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		start := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
		var last core.Customer
		err := h.WriteHistory(t.Context(), core.System(0), func(past *db.History) error {
			for i := range 200 { // some at one instant, some before the one before
				past.At(start.Add(time.Duration(i/90*60-i%7) * time.Second))
				c, err := past.CreateCustomer(t.Context(), h.Owner, core.FromImport, somebody(i))
				if err != nil {
					return err
				}
				if c.ID <= last.ID || !c.CreatedAt.Equal(core.IDTime(c.ID)) {
					t.Fatalf("%d after %d, created at %s for %s", c.ID, last.ID, c.CreatedAt, core.IDTime(c.ID))
				}
				last = c
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := titles(t, h, core.List{Query: query(t, "created:2025-03-01 begic")}); len(got) != 50 {
			t.Errorf("a page of the day has %d", len(got))
		}
	})
}
