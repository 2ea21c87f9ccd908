package dbtest

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"
)

// Tables are the tables with a merchant's records, and the columns that tell
// their rows apart.
var Tables = []struct{ Name, Key string }{
	{"merchants", "id"},
	{"customers", "id"},
	{"addresses", "id"},
	{"metadata", "customer_id, name"},
	{"notes", "id"},
	{"events", "id"},
	{"event_values", "event_id"},
}

// EachRow calls f with every row of a table, all columns as text, in the order
// of the columns given.
func (h *House) EachRow(t testing.TB, table, order string, f func(row string)) {
	t.Helper()
	driver := "sqlite"
	if h.Postgres {
		driver = "pgx"
	}
	d, err := sqlx.Open(driver, h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Queryx("SELECT * FROM " + table + " ORDER BY " + order)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		f(fmt.Sprintf("%q", row))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// Rows returns the rows of a table as EachRow has them.
func (h *House) Rows(t testing.TB, table, order string) []string {
	t.Helper()
	var out []string
	h.EachRow(t, table, order, func(row string) { out = append(out, row) })
	return out
}
