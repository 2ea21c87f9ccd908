package db

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// held are rows held back while history is written, because they are written
// sooner together. Whatever looks at their tables has them written first, so
// that nothing but speed depends on it.
//
// On PostgreSQL many rows go in one statement: to begin one that adds to a table
// takes as long as two of its rows, for all the conditions of its indexes. On
// SQLite that gains nothing. There it is the trigram table
// that costs: its index grows by a part, to be merged with others, whenever a
// row before the last one is written. So its rows wait for the commit, and go
// in order; in a new database they are made of the customers at the end.
type held struct {
	inserts map[string]*insert // by text; nil for what is not held back
	order   []*insert          // as they are to be written
	rows    int
	words   []statement
	alike   []likenessChange
	whole   bool       // words are written after everything else
	scribe  *scribe    // writes rows of a new SQLite database, else nil
	sending chan error // tells what came of rows that are on their way to PostgreSQL, else nil
	broken  error      // of rows that were

	prepared map[string]*sqlx.Stmt // for the transaction
}

func newHeld() *held {
	return &held{inserts: map[string]*insert{}, prepared: map[string]*sqlx.Stmt{}}
}

// heldTables are the tables whose inserts can be held back, in the order they
// are written in: a row after those it refers to.
var heldTables = []string{"customers", "addresses", "metadata", "notes", "plans", "subscriptions", "charges", "attempts", "refunds", "events", "event_values"}

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

// A statement of the trigram table is an INSERT or an UPDATE, with the row's
// ID as its last value.
type statement struct {
	query  string
	args   []any
	change bool
	id     int64
}

const trigramTable = "customer_search"

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

// hold keeps what a statement writes for later and reports whether it did.
func (t *tx) hold(ctx context.Context, query string, args []any) bool {
	switch {
	case t.held == nil:
		return false
	case t.s.postgres:
		return t.held.keep(query, args)
	case strings.Contains(query, trigramTable) && t.held.whole:
		return true
	case t.held.scribe != nil:
		in := t.held.insert(query)
		return in != nil && t.held.scribe.take(ctx, in, query, args)
	case strings.Contains(query, trigramTable):
		id, _ := args[len(args)-1].(int64)
		t.held.words = append(t.held.words, statement{query, args, !strings.Contains(query, "INSERT"), id})
		return true
	}
	return false
}

// insert is a statement that adds a row which can be held back, or nil.
func (h *held) insert(query string) *insert {
	in, known := h.inserts[query]
	if !known {
		in = newInsert(query)
		h.inserts[query] = in
		if in != nil {
			h.order = append(h.order, in)
			slices.SortStableFunc(h.order, func(a, b *insert) int {
				return slices.Index(heldTables, a.table) - slices.Index(heldTables, b.table)
			})
		}
	}
	return in
}

// keep keeps the row of an insert.
func (h *held) keep(query string, args []any) bool {
	in := h.insert(query)
	if in == nil {
		return false
	}
	in.args = append(in.args, args...)
	h.rows++
	return true
}

// settle writes what is held back if the query could tell that it is missing.
func (t *tx) settle(ctx context.Context, query string) error {
	if t.held != nil && t.held.scribe != nil && t.held.scribe.concerns(query) {
		return t.held.scribe.wait()
	}
	if t.held == nil {
		return nil
	}
	if err := t.held.arrive(); err != nil || t.held.rows == 0 {
		return err
	}
	for _, in := range t.held.order {
		if len(in.args) > 0 && strings.Contains(query, in.table) {
			return t.flush(ctx)
		}
	}
	return nil
}

// failed reports whether a row of an earlier act could not be written.
func (h *held) failed() bool { return h.scribe != nil && h.scribe.failed() != nil }

// flush writes the rows that are held back.
func (t *tx) flush(ctx context.Context) error {
	if t.wire != nil {
		t.queueHeld()
		return t.held.broken
	}
	return t.held.release(func(what, query string, args []any) error {
		if _, err := t.execNow(ctx, query, args...); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
}

// queueHeld has the rows that are held back go with the next statement whose
// outcome is asked for.
func (t *tx) queueHeld() {
	t.held.arrive()
	t.held.release(func(what, query string, args []any) error {
		t.s.write.look(query, args)
		t.wire.write(what, query, slices.Clone(args), -1)
		return nil
	})
}

// sendHeld sends the rows that are held back to PostgreSQL, without waiting for
// what comes of them: they are written while the next are made. Until then
// nothing else is to be sent, which is what arrive is for.
func (t *tx) sendHeld(ctx context.Context) {
	t.queueHeld()
	if t.held.broken != nil {
		return
	}
	done := make(chan error, 1)
	t.held.sending = done
	go func() { done <- t.wire.send(ctx) }()
}

// arrive waits for rows that are on their way, and fails as the first did that
// could not be written.
func (h *held) arrive() error {
	if h.sending != nil {
		if err := <-h.sending; h.broken == nil {
			h.broken = err
		}
		h.sending = nil
	}
	return h.broken
}

// ask sends reads to PostgreSQL, after the rows that they could miss.
func (t *tx) ask(ctx context.Context, reads ...read) error {
	for _, r := range reads {
		if err := t.settle(ctx, r.query); err != nil {
			return err
		}
	}
	return t.wire.send(ctx, reads...)
}

// release calls write with the statements that add the rows which are held back.
// Their number is taken apart into powers of two, so that there are few texts to
// prepare.
func (h *held) release(write func(what, query string, args []any) error) error {
	h.rows = 0
	for _, in := range h.order {
		args := in.args
		for rows := maxRowsAtOnce; rows > 0; rows /= 2 {
			for n := rows * in.columns; len(args) >= n; args = args[n:] {
				if err := write(fmt.Sprintf("insert %d rows into %s", rows, in.table), in.text(rows), args[:n]); err != nil {
					return err
				}
			}
		}
		clear(in.args)
		in.args = in.args[:0]
	}
	return nil
}

// flushWords writes the trigram table: new rows, then changed ones, both in
// the order of their IDs and each row's changes in their own. Then come the
// pairs of those who look alike.
func (t *tx) flushWords(ctx context.Context) error {
	slices.SortStableFunc(t.held.words, func(a, b statement) int {
		if a.change != b.change {
			return map[bool]int{false: -1, true: 1}[a.change]
		}
		return cmp.Compare(a.id, b.id)
	})
	for _, st := range t.held.words {
		if _, err := t.execNow(ctx, st.query, st.args...); err != nil {
			return fmt.Errorf("index words of customer %d: %w", st.id, err)
		}
	}
	t.held.words = nil
	return t.flushLikeness(ctx)
}
