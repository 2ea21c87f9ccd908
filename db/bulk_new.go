package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kontor/db/core"
)

// A new database is one without customers. Its history is written as a whole:
// in one transaction, which leaves the database as it was when anything goes
// wrong, without the indexes that only reading needs, and with those and the
// trigram table made after the rows.
//
// On SQLite that transaction keeps a rollback journal and no write-ahead log.
// Such a journal holds the pages that were there before, which are few, while
// the log would come to hold everything.

// fill carries out f in a database that is new, and reports whether it was.
func (s *Store) fill(ctx context.Context, f func(*History) error) (filled bool, err error) {
	query := `SELECT EXISTS (SELECT 1 FROM customers)`
	if s.postgres {
		query += ` OR EXISTS (SELECT 1 FROM merchants) OR EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM events)`
	}
	var some bool
	switch err := s.write.get(ctx, &some, query); {
	case err != nil || some:
		return false, err
	case s.postgres:
		return true, s.fillBeside(ctx, f)
	}
	return s.newHistory().fill(ctx, f, (*tx).finish)
}

// fillCache is how many KiB of pages the write connection keeps while a new
// database is filled.
const fillCache = 256 << 10

// fillFile gets a SQLite file ready to be filled and reports whether it could:
// not while another program has it open. Until the returned function is called
// nobody else reads.
func (s *Store) fillFile(ctx context.Context) (done func() error, ok bool, err error) {
	read := s.read.db
	read.SetMaxIdleConns(0) // an open connection keeps the log
	back := func() error {
		read.SetMaxIdleConns(readers)
		s.write.db.SetMaxIdleConns(0) // what the open connection knows of the trigram table is not so any more
		s.write.db.SetMaxIdleConns(1)
		return s.pragmas(context.WithoutCancel(ctx), `journal_mode = WAL`, `secure_delete = ON`, fmt.Sprintf(`cache_size = -%d`, writeCache))
	}
	var mode string
	if err := s.write.db.GetContext(ctx, &mode, `PRAGMA journal_mode = DELETE`); err != nil || mode != "delete" {
		return nil, false, back()
	}
	return back, true, s.pragmas(ctx, `secure_delete = OFF`, fmt.Sprintf(`cache_size = -%d`, fillCache))
}

// pragmas sets what holds for SQLite's write connection.
func (s *Store) pragmas(ctx context.Context, all ...string) error {
	for _, pragma := range all {
		if _, err := s.write.db.ExecContext(ctx, `PRAGMA `+pragma); err != nil {
			return fmt.Errorf("pragma %s: %w", pragma, classify(err))
		}
	}
	return nil
}

// An index as SQLite's schema has it.
type index struct{ Name, SQL string }

// readInHistory are the indexes that acts of the past read by. They grow at
// their ends, mostly, which costs little.
var readInHistory = []string{
	"addresses_customer", "cards_customer", "subscriptions_customer", "channels_customer", "notes_customer",
}

// dropIndexes drops the indexes that only reading needs, and returns them in the
// order in which they were made: of two that seem to do alike SQLite takes the
// younger one. Those that hold a rule stay.
func (t *tx) dropIndexes(ctx context.Context) ([]index, error) {
	var all, dropped []index
	err := t.all(ctx, &all, `
		SELECT name, sql
		FROM sqlite_master
		WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE %'
		ORDER BY tbl_name, rowid`)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if slices.Contains(readInHistory, i.Name) {
			continue
		}
		if _, err := t.ExecContext(ctx, `DROP INDEX `+i.Name); err != nil {
			return nil, classify(err)
		}
		dropped = append(dropped, i)
	}
	return dropped, nil
}

// fill carries out f and then finish in the one transaction of a new SQLite
// database, and reports whether it could, see [Store.fillFile].
func (h *History) fill(ctx context.Context, f func(*History) error, finish func(*tx, context.Context, []index) error) (filled bool, err error) {
	done, ok, err := h.fillFile(ctx)
	if err != nil || !ok {
		return false, err
	}
	h.whole = true
	defer func() {
		if h.tx != nil {
			h.tx.Rollback()
		}
		if e := done(); err == nil {
			err = e
		}
	}()
	t, err := h.open(ctx, core.System(0))
	if err != nil {
		return true, err
	}
	dropped, err := t.dropIndexes(ctx)
	if err != nil {
		return true, err
	}
	h.read = &pool{history: h}
	t.held.scribe = newScribe(ctx, t)
	err = f(h)
	if e := t.held.scribe.end(); e != nil && h.err == nil {
		h.err = historyError(e)
	}
	if err != nil {
		return true, err
	}
	if h.err != nil {
		return true, h.err
	}
	t.held = nil
	if err := finish(t, ctx, dropped); err != nil {
		return true, err
	}
	h.tx = nil
	return true, t.commit(ctx)
}

// finish makes what was left out while the rows were written.
func (t *tx) finish(ctx context.Context, dropped []index) (err error) {
	words, err := t.beginWords(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, words.close()) }()
	for _, i := range dropped {
		if _, err := t.ExecContext(ctx, i.SQL); err != nil {
			return fmt.Errorf("index %s: %w", i.Name, classify(err))
		}
	}
	if err := t.pairAll(ctx); err != nil {
		return err
	}
	if err := words.end(); err != nil {
		return err
	}
	return t.copyWords(ctx, words)
}
