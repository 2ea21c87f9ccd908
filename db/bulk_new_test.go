package db_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

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
