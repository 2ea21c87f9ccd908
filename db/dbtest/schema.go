package dbtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// A Column is one of the database's, as it is there and not as a migration
// says.
type Column struct {
	Table, Name string
	Text, Bytes bool // else a number
	Nullable    bool
}

// String returns the column as "table.column".
func (c Column) String() string { return c.Table + "." + c.Name }

// Schema returns all columns, in the order of their tables. The trigram table
// of SQLite is not among them: its words are no column's.
func (h *House) Schema(t testing.TB) []Column {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	query := `
		SELECT t.name AS "table", c.name AS name, lower(c.type) AS kind, CASE WHEN c."notnull" = 1 THEN 'NO' ELSE 'YES' END AS nullable
		FROM sqlite_master t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'customer_search%' AND t.name NOT LIKE 'sqlite_%'
		ORDER BY t.rootpage, c.cid`
	if h.Postgres {
		query = `
			SELECT table_name AS "table", column_name AS name, data_type AS kind, is_nullable AS nullable
			FROM information_schema.columns
			WHERE table_schema = current_schema()
			ORDER BY table_name, ordinal_position`
	}
	var rows []struct{ Table, Name, Kind, Nullable string }
	if err := d.Select(&rows, query); err != nil {
		t.Fatal(err)
	}
	out := make([]Column, len(rows))
	for i, r := range rows {
		out[i] = Column{
			Table: r.Table, Name: r.Name, Nullable: r.Nullable == "YES",
			Text: r.Kind == "text", Bytes: r.Kind == "blob" || r.Kind == "bytea",
		}
	}
	return out
}

// beside is the database beside the store, kept open for who asks often.
func (h *House) beside(t testing.TB) *sqlx.DB {
	t.Helper()
	if h.open == nil {
		h.open = h.Raw(t)
		t.Cleanup(func() { h.open.Close() })
	}
	return h.open
}

// FillTable adds a row to a table that has none, with a 1 for every number,
// "" for every text, and values for the columns that are to hold something
// else. It reports whether it could: on PostgreSQL a row it refers to may have
// to come first.
func (h *House) FillTable(t testing.TB, table string, schema []Column, values map[string]any) error {
	t.Helper()
	d := h.beside(t)
	var names, marks []string
	var args []any
	for _, c := range schema {
		if c.Table != table {
			continue
		}
		var v any = int64(1)
		switch {
		case c.Text:
			v = ""
		case c.Bytes:
			v = []byte{}
		}
		for _, name := range []string{c.Name, c.String()} {
			if given, ok := values[name]; ok {
				v = given
			}
		}
		names, marks, args = append(names, `"`+c.Name+`"`), append(marks, "?"), append(args, v)
	}
	_, err := d.Exec(d.Rebind(fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(names, ", "), strings.Join(marks, ", "))), args...)
	return err
}

// FillText sets a column of those rows of a table that are about a customer
// or, where the table does not say whom they are about, of all.
func (h *House) FillText(t testing.TB, c Column, schema []Column, customer int64, value any) {
	t.Helper()
	d := h.beside(t)
	cond := ""
	switch {
	case c.Table == "customers":
		cond = fmt.Sprintf(" WHERE id = %d", customer)
	case slices.ContainsFunc(schema, func(o Column) bool { return o.Table == c.Table && o.Name == "customer_id" }):
		cond = fmt.Sprintf(" WHERE customer_id IN (0, %d)", customer)
	}
	if _, err := d.Exec(d.Rebind(fmt.Sprintf(`UPDATE %s SET "%s" = ?%s`, c.Table, c.Name, cond)), value); err != nil {
		t.Fatalf("fill %s: %v", c, err)
	}
}

// CountText returns in how many rows a column of text or bytes has the text.
func (h *House) CountText(t testing.TB, c Column, text string) int {
	t.Helper()
	d := h.beside(t)
	var values [][]byte
	if err := d.Select(&values, fmt.Sprintf(`SELECT "%s" FROM %s WHERE "%[1]s" IS NOT NULL`, c.Name, c.Table)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range values {
		if strings.Contains(string(v), text) {
			n++
		}
	}
	return n
}
