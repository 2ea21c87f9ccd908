package dbtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// EachEmpty is Each with stores that nothing was put into.
func EachEmpty(t *testing.T, f func(t *testing.T, h *House)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, EmptySQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, EmptyPostgres(t)) })
}

// EmptySQLite is SQLite with nothing put into it.
func EmptySQLite(t testing.TB) *House {
	t.Helper()
	h := &House{Clock: NewClock(), DSN: filepath.Join(t.TempDir(), "test.db")}
	h.Reopen(t)
	return h
}

// EmptyPostgres is Postgres with nothing put into it.
func EmptyPostgres(t testing.TB) *House {
	t.Helper()
	h := &House{Clock: NewClock(), DSN: newSchema(t), Postgres: true}
	h.Reopen(t)
	return h
}

// Tables are the tables with a merchant's records, and the columns that tell
// their rows apart.
var Tables = []struct{ Name, Key string }{
	{"merchants", "id"},
	{"customers", "id"},
	{"addresses", "id"},
	{"metadata", "customer_id, name"},
	{"notes", "id"},
	{"cards", "id"},
	{"channels", "id"},
	{"plans", "id"},
	{"subscriptions", "id"},
	{"charges", "id"},
	{"attempts", "id"},
	{"refunds", "id"},
	{"events", "id"},
	{"event_values", "event_id"},
}

// Raw opens the database beside the store, for the test to close. In a SQLite
// file it overwrites what it deletes, as the store does.
func (h *House) Raw(t testing.TB) *sqlx.DB {
	t.Helper()
	driver, dsn := "pgx", h.DSN
	if !h.Postgres {
		more := "?"
		if strings.Contains(dsn, "?") {
			more = "&"
		}
		driver, dsn = "sqlite", dsn+more+"_pragma=secure_delete(1)"
	}
	d, err := sqlx.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// EachRow calls f with every row of a table, all columns as text, in the order
// of the columns given.
func (h *House) EachRow(t testing.TB, table, order string, f func(row string)) {
	t.Helper()
	d := h.Raw(t)
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
		for i, v := range row {
			if text, ok := v.([]byte); ok {
				v = string(text)
			}
			row[i] = fmt.Sprint(v) // as %q would print an ID, all are one character
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

// Columns returns a customer's own row as it is stored, by column.
func (h *House) Columns(t testing.TB, customer int64) map[string]string {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	row := map[string]any{}
	if err := d.QueryRowx(d.Rebind("SELECT * FROM customers WHERE id = ?"), customer).MapScan(row); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name, v := range row {
		out[name] = fmt.Sprint(v)
	}
	return out
}

// Exec runs a statement on a connection of its own, for what no operation of
// the store would do.
func (h *House) Exec(t testing.TB, statement string) {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	if _, err := d.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
