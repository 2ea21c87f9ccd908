package db

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// statement returns the prepared form of a text, or nil. One that is not yet
// prepared is noted and prepared after the transaction: SQLite's one write
// connection is in use until then, and asking the pool for it would wait for
// ever. While history is written the transaction prepares it for itself.
func (t *tx) statement(ctx context.Context, query string) *sqlx.Stmt {
	if t.held != nil && t.held.prepared[query] != nil {
		return t.held.prepared[query]
	}
	st, want := t.s.write.prepared(query)
	if want {
		t.unprepared = append(t.unprepared, query)
	}
	switch {
	case st != nil:
		st = t.StmtxContext(ctx, st)
	case want && t.held != nil: // many more of it may come before the commit
		var err error
		if st, err = t.PreparexContext(ctx, steady(query)); err != nil {
			return nil // running it tells what is wrong
		}
	default:
		return nil
	}
	if t.held != nil {
		t.held.prepared[query] = st
	}
	return st
}

func (t *tx) get(ctx context.Context, dest any, query string, args ...any) error {
	t.s.write.look(query, args)
	t.recall.ran(query)
	if t.wire != nil {
		found := false
		err := t.ask(ctx, read{query: query, args: args, dest: dest, one: true, found: &found})
		if err == nil && !found {
			err = sql.ErrNoRows
		}
		return err
	}
	ctx = t.uninterrupted(ctx)
	if err := t.settle(ctx, query); err != nil {
		return err
	}
	if st := t.statement(ctx, query); st != nil {
		return classify(st.GetContext(ctx, dest, args...))
	}
	return classify(t.GetContext(ctx, dest, t.Rebind(query), args...))
}

func (t *tx) all(ctx context.Context, dest any, query string, args ...any) error {
	t.s.write.look(query, args)
	if t.wire != nil {
		return t.ask(ctx, allOf(dest, query, args...))
	}
	ctx = t.uninterrupted(ctx)
	if err := t.settle(ctx, query); err != nil {
		return err
	}
	if st := t.statement(ctx, query); st != nil {
		return classify(st.SelectContext(ctx, dest, args...))
	}
	return classify(t.SelectContext(ctx, dest, t.Rebind(query), args...))
}

func (t *tx) each(ctx context.Context, scan func(row) error, query string, args ...any) error {
	t.s.write.look(query, args)
	if t.wire != nil {
		return t.ask(ctx, eachOf(scan, query, args...))
	}
	ctx = t.uninterrupted(ctx)
	if err := t.settle(ctx, query); err != nil {
		return err
	}
	rows, err := t.QueryxContext(ctx, t.Rebind(query), args...)
	return scanEach(rows, err, scan)
}

func (t *tx) reads(ctx context.Context, reads ...read) error {
	if t.wire == nil {
		return oneByOne(ctx, t, reads)
	}
	for _, r := range reads {
		t.s.write.look(r.query, r.args)
	}
	return t.ask(ctx, reads...)
}

// put runs a statement that writes, of which nothing is to be known but that it
// did not fail; what says what it does. On PostgreSQL it waits for the next
// whose outcome is asked for, which then fails in its place.
func (t *tx) put(ctx context.Context, what, query string, args ...any) error {
	if t.wire != nil {
		t.queue(what, query, args, -1)
		return nil
	}
	if _, err := t.exec(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// putOne is put for a statement that reaches one row, unless another
// transaction came before: then this one is run again.
func (t *tx) putOne(ctx context.Context, what, query string, args ...any) error {
	if t.wire != nil {
		t.queue(what, query, args, 1)
		return nil
	}
	n, err := t.exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n == 0 {
		return errAgain
	}
	return nil
}

func (t *tx) queue(what, query string, args []any, reach int64) {
	t.wrote = true
	t.recall.ran(query)
	if t.held != nil {
		if t.held.keep(query, args) {
			return
		}
		t.queueHeld()
	}
	t.s.write.look(query, args)
	t.wire.write(what, query, args, reach)
}

// exec runs a statement that writes and returns how many rows it reached.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	t.wrote = true
	t.recall.ran(query)
	ctx = t.uninterrupted(ctx)
	if t.hold(ctx, query, args) {
		return 1, nil
	}
	if err := t.settle(ctx, query); err != nil {
		return 0, err
	}
	return t.execNow(ctx, query, args...)
}

// define runs a statement of a migration.
func (t *tx) define(ctx context.Context, statement string) error {
	if t.wire != nil {
		return t.wire.define(ctx, statement)
	}
	_, err := t.ExecContext(ctx, statement)
	return err
}

func (t *tx) execNow(ctx context.Context, query string, args ...any) (int64, error) {
	t.s.write.look(query, args)
	if t.wire != nil {
		return t.wire.exec(ctx, query, args)
	}
	var res sql.Result
	var err error
	if st := t.statement(ctx, query); st != nil {
		res, err = st.ExecContext(ctx, args...)
	} else {
		res, err = t.ExecContext(ctx, t.Rebind(query), args...)
	}
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return n, classify(err)
}
