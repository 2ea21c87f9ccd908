package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// schemaKeys are the indexes and constraints of the database.
func schemaKeys(t *testing.T, h *dbtest.House) []string {
	t.Helper()
	if h.Postgres {
		return h.Rows(t, `(
			SELECT indexdef AS text FROM pg_indexes WHERE schemaname = current_schema()
			UNION ALL
			SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
			FROM pg_constraint
			WHERE connamespace = current_schema()::regnamespace) AS keys`, "text")
	}
	return h.Rows(t, `(SELECT name, sql FROM sqlite_master) AS keys`, "name")
}

func TestHistoryFillsANewDatabaseAsAWhole(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		ctx, system := t.Context(), core.System(0)
		keys := schemaKeys(t, h)
		fill := func(end error) error {
			return h.WriteHistory(ctx, system, func(past *db.History) error {
				m, err := past.CreateMerchant(ctx, system, core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
				if err != nil {
					return err
				}
				c, err := past.CreateCustomer(ctx, system.In(m.ID), core.FromPage, somebody(1))
				if err != nil {
					return err
				}
				if there, err := past.Customer(ctx, system.In(m.ID), c.ID); err != nil || there.LastName != "Begić 1" {
					t.Errorf("history does not see its own last act: %+v, %v", there, err)
				}
				return end
			})
		}
		broken := errors.New("broken off")
		if err := fill(broken); !errors.Is(err, broken) {
			t.Errorf("broken off: %v", err)
		}
		for _, table := range dbtest.Tables {
			if n := h.Count(t, `SELECT COUNT(*) FROM `+table.Name); n != 0 {
				t.Errorf("%d rows of %s stayed", n, table.Name)
			}
		}
		if diff := cmp.Diff(keys, schemaKeys(t, h)); diff != "" {
			t.Errorf("after breaking off: %s", diff)
		}
		gone, cancel := context.WithCancel(ctx)
		err := h.WriteHistory(gone, system, func(past *db.History) error {
			_, err := past.CreateMerchant(gone, system, core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) || h.Count(t, `SELECT COUNT(*) FROM merchants`) != 0 {
			t.Errorf("though nobody waits: %v", err)
		}
		if err := fill(nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(keys, schemaKeys(t, h)); diff != "" {
			t.Errorf("after filling: %s", diff)
		}
		page, err := h.Customers(ctx, system.In(1), core.List{Query: query(t, "amara")})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("a word finds %+v, %v", page.Items, err)
		}
		if _, err := h.CreateCustomer(ctx, system.In(1), core.FromPage, somebody(2)); err != nil {
			t.Errorf("a single act afterwards: %v", err)
		}
		if !h.Postgres {
			if diff := cmp.Diff([]string{`["wal"]`}, h.Rows(t, "pragma_journal_mode", "1")); diff != "" {
				t.Errorf("the journal: %s", diff)
			}
		}
	})
}

// TestARowThatCannotBeWrittenEndsANewHistory has two customers get one
// reference, which the database alone sees, as the last act or before many more.
func TestARowThatCannotBeWrittenEndsANewHistory(t *testing.T) {
	for _, more := range []int{0, 500} {
		t.Run(fmt.Sprint(more), func(t *testing.T) {
			dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
				ctx, system := t.Context(), core.System(0)
				err := h.WriteHistory(ctx, system, func(past *db.History) error {
					m, err := past.CreateMerchant(ctx, system, core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
					for i := 0; err == nil && i < 2+more; i++ {
						_, err = past.CreateCustomer(ctx, system.In(m.ID), core.FromPage, somebody(max(i, 1)))
					}
					return err
				})
				if !errors.Is(err, core.ErrConflict) {
					t.Errorf("it ended with %v", err)
				}
				if n := h.Count(t, `SELECT COUNT(*) FROM customers`); n != 0 {
					t.Errorf("%d customers stayed", n)
				}
			})
		})
	}
}

func TestHistoryOfAFileThatSomebodyReads(t *testing.T) {
	h := dbtest.EmptySQLite(t)
	other, err := db.Open(t.Context(), h.DSN, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = h.WriteHistory(t.Context(), core.System(0), func(past *db.History) error {
		_, err := past.CreateMerchant(t.Context(), core.System(0), core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if all, err := other.Merchants(t.Context(), core.System(0), "", 0, 10); err != nil || len(all) != 1 {
		t.Errorf("the other one sees %+v, %v", all, err)
	}
}

// TestSavesAfterFillingAreSmall looks how much each save writes after a new
// database was filled: never all of the trigram table.
func TestSavesAfterFillingAreSmall(t *testing.T) {
	h := dbtest.EmptySQLite(t)
	ctx, system := t.Context(), core.System(1)
	var c core.Customer
	err := h.WriteHistory(ctx, core.System(0), func(past *db.History) error {
		_, err := past.CreateMerchant(ctx, core.System(0), core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
		for i := 0; i < 2000 && err == nil; i++ {
			ch := somebody(i)
			for n := range 10 { // words that nobody else has, in letters lest they look like a card
				text := fmt.Sprintf("%x ", uint64(i*10+n+1)*0x9e3779b97f4a7c15)
				ch["description"] += strings.Map(func(r rune) rune { return r | 'p' }, text)
			}
			c, err = past.CreateCustomer(ctx, system, core.FromPage, ch)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := sqlx.Open("sqlite", h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var all int64
	if err := d.Get(&all, `SELECT SUM(LENGTH(block)) FROM customer_search_data`); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		for busy := 1; busy != 0; { // while the store itself copies the log
			if err := d.QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, new(int), new(int)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.UpdateCustomer(ctx, system, c.ID, 0, core.Changes{"email": fmt.Sprintf("amara%d@example.org", i)}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(h.DSN + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > all*6/10 {
			t.Fatalf("save %d wrote %d bytes, with %d bytes of words", i, info.Size(), all)
		}
	}
	if _, err := d.Exec(`INSERT INTO customer_search (customer_search) VALUES ('integrity-check')`); err != nil {
		t.Error(err)
	}
}
