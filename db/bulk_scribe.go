package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx"
)

// A scribe writes the rows of a new database while the history that they come
// of goes on: to make up a customer and hold it to the rules takes as long as
// SQLite takes to write it, and each has a processor of its own. Rows are
// written in the order in which they were given, by the transaction's own
// statements. Whatever could tell that one is missing waits for all of them, so
// that nothing but speed depends on it.
type scribe struct {
	tx      *tx
	given   []written // not yet handed over
	tables  []string  // that they and those handed over are rows of
	handed  chan []written
	writing sync.WaitGroup // one for each that was handed over
	ended   sync.WaitGroup
	mu      sync.Mutex
	err     error // of the first that failed; those after it are not written
}

// A written row is the statement that adds it, and its values.
type written struct {
	statement *sqlx.Stmt
	table     string
	args      []any
}

// handedOver is how many rows are handed over at once, and handedMost how many
// times that before the history waits for the scribe.
const (
	handedOver = 64
	handedMost = 32
)

// newScribe begins to write for the transaction.
func newScribe(ctx context.Context, t *tx) *scribe {
	w := &scribe{tx: t, handed: make(chan []written, handedMost)}
	ctx = t.uninterrupted(ctx)
	w.ended.Go(func() {
		for rows := range w.handed {
			for _, r := range rows {
				w.write(ctx, r)
			}
			w.writing.Done()
		}
	})
	return w
}

func (w *scribe) write(ctx context.Context, r written) {
	if w.failed() != nil {
		return
	}
	if _, err := r.statement.ExecContext(ctx, r.args...); err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.err = fmt.Errorf("insert into %s: %w", r.table, classify(err))
	}
}

func (w *scribe) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// take takes the row that a statement adds and reports whether it did.
func (w *scribe) take(ctx context.Context, in *insert, query string, args []any) bool {
	st := w.tx.statement(ctx, query)
	if st == nil {
		return false
	}
	w.tx.s.write.look(query, args)
	if !slices.Contains(w.tables, in.table) {
		w.tables = append(w.tables, in.table)
	}
	if w.given = append(w.given, written{st, in.table, args}); len(w.given) == handedOver {
		w.handOver()
	}
	return true
}

func (w *scribe) handOver() {
	w.writing.Add(1)
	w.handed <- w.given
	w.given = make([]written, 0, handedOver)
}

// wait waits until every row is written, and fails as the first that could not
// be.
func (w *scribe) wait() error {
	if len(w.given) > 0 {
		w.handOver()
	}
	w.writing.Wait()
	w.tables = w.tables[:0]
	return w.failed()
}

// concerns reports whether a statement has to wait for the rows: one that
// writes, which a row may have to come before, and one that reads their tables.
func (w *scribe) concerns(query string) bool {
	if len(w.tables) == 0 {
		return false
	}
	if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") {
		return true
	}
	return slices.ContainsFunc(w.tables, func(table string) bool { return strings.Contains(query, table) })
}

// end writes what is left, and ends.
func (w *scribe) end() error {
	err := w.wait()
	close(w.handed)
	w.ended.Wait()
	return err
}
