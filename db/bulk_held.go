package db

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// held are inserts held back, to be written many rows at a time. Whatever
// looks at their tables has them written first, so that nothing but speed
// depends on it.
type held struct {
	inserts map[string]*insert // by text; nil for what is not held back
	order   []*insert
	rows    int
}

// heldTables are the tables whose inserts can be held back, in the order they
// are written in: a row after those it refers to, and the trigram table, which
// costs most, after the rows of its batch.
var heldTables = []string{"customers", "addresses", "metadata", "notes", "events", "event_values", "customer_search"}

// maxHeld is how many rows are held back before they are written, and
// maxRowsAtOnce how many rows one statement writes: fewer than the 65,535
// values that PostgreSQL takes at once.
const (
	maxHeld       = 1024
	maxRowsAtOnce = 64
)

// An insert is a statement that adds one row, and the values of the rows that
// it is yet to add.
type insert struct {
	table   string
	columns int
	texts   map[int]string // by number of rows
	head    string         // up to the marks of the first row
	marks   string
	tail    string
	args    []any
}

var insertText = regexp.MustCompile(`^\s*(INSERT INTO (\w+) \([^()]*\)\s+VALUES )(\([?, ]+\))([^?]*)$`)

func newInsert(query string) *insert {
	m := insertText.FindStringSubmatch(query)
	if m == nil || !slices.Contains(heldTables, m[2]) {
		return nil
	}
	return &insert{
		head: m[1], table: m[2], marks: m[3], tail: m[4],
		columns: strings.Count(m[3], "?"), texts: map[int]string{1: query},
	}
}

func (in *insert) text(rows int) string {
	text, ok := in.texts[rows]
	if !ok {
		text = in.head + in.marks + strings.Repeat(", "+in.marks, rows-1) + in.tail
		in.texts[rows] = text
	}
	return text
}

// hold keeps the row of an insert for later and reports whether it did.
func (t *tx) hold(query string, args []any) bool {
	if t.held == nil {
		return false
	}
	in, known := t.held.inserts[query]
	if !known {
		in = newInsert(query)
		t.held.inserts[query] = in
		if in != nil {
			t.held.order = append(t.held.order, in)
			slices.SortStableFunc(t.held.order, func(a, b *insert) int {
				return slices.Index(heldTables, a.table) - slices.Index(heldTables, b.table)
			})
		}
	}
	if in == nil {
		return false
	}
	in.args = append(in.args, args...)
	t.held.rows++
	return true
}

// settle writes what is held back if the query could tell that it is missing.
func (t *tx) settle(ctx context.Context, query string) error {
	if t.held == nil || t.held.rows == 0 {
		return nil
	}
	for _, in := range t.held.order {
		if len(in.args) > 0 && strings.Contains(query, in.table) {
			return t.flush(ctx)
		}
	}
	return nil
}

// flush writes what is held back. Numbers of rows are taken apart into powers
// of two, so that there are few texts to prepare.
func (t *tx) flush(ctx context.Context) error {
	t.held.rows = 0
	for _, in := range t.held.order {
		args := in.args
		for rows := maxRowsAtOnce; rows > 0; rows /= 2 {
			for n := rows * in.columns; len(args) >= n; args = args[n:] {
				if _, err := t.execNow(ctx, in.text(rows), args[:n]...); err != nil {
					return fmt.Errorf("insert %d rows into %s: %w", rows, in.table, err)
				}
			}
		}
		clear(in.args)
		in.args = in.args[:0]
	}
	return nil
}
