package db

import (
	"context"
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

// The trigram table merges four parts of a level to one of the next, some pages
// with each write, and sixteen of a level at once, whoever waits for that. Its
// parts while a new database is filled are large, so that there are few of them
// to merge, which is done at the end. What that makes has to stand levels above
// where later writes begin, as if it had come about by them: else it would soon
// be one of sixteen. To merge it with a new part lifts it by two.
const (
	wordsAside  = 64 << 20 // bytes of words that make a part
	usualAside  = 1 << 20  // FTS5's own, as are the next two
	usualMerge  = 4
	usualCrisis = 16
	noCrisis    = 1999 // the most that there is
	wordLifts   = 4
)

// setWords sets an option of the trigram table, or has it do something.
func (t *tx) setWords(ctx context.Context, name string, value int) error {
	_, err := t.ExecContext(ctx, `INSERT INTO customer_search (customer_search, rank) VALUES (?, ?)`, name, value)
	return classify(err)
}

// allWords fills the empty trigram table.
func (t *tx) allWords(ctx context.Context) error {
	set := func(err error, name string, value int) error {
		if err != nil {
			return err
		}
		return t.setWords(ctx, name, value)
	}
	err := set(nil, "hashsize", wordsAside)
	err = set(err, "automerge", 0)
	err = set(err, "crisismerge", noCrisis)
	var last func() error
	if err == nil {
		last, err = t.addWords(ctx)
	}
	err = set(err, "optimize", 0)
	for range wordLifts {
		if err == nil {
			err = last()
		}
		err = set(err, "optimize", 0)
	}
	err = set(err, "hashsize", usualAside)
	err = set(err, "automerge", usualMerge)
	return set(err, "crisismerge", usualCrisis)
}

// addWords adds the words of all customers, and returns what writes those of the
// last anew.
func (t *tx) addWords(ctx context.Context) (again func() error, err error) {
	insert, err := t.PreparexContext(ctx, `INSERT INTO customer_search (words, rowid) VALUES (?, ?)`)
	if err != nil {
		return nil, classify(err)
	}
	defer insert.Close()
	again = func() error { return nil }
	for last, more := int64(-1<<63), true; more; {
		var rows []struct {
			ID         int64
			MerchantID int64  `db:"merchant_id"`
			DeletedAt  millis `db:"deleted_at"`
			MergedInto int64  `db:"merged_into"`
			Search     string
		}
		err := t.all(ctx, &rows, `
			SELECT id, merchant_id, deleted_at, merged_into, search
			FROM customers
			WHERE id > ? AND erased_at = 0
			ORDER BY id
			LIMIT ?`, last, wordsAtOnce)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c := core.Customer{Merchant: r.MerchantID, DeletedAt: r.DeletedAt.time(), MergedInto: r.MergedInto}
			words := trigramText(c, r.Search)
			if _, err := insert.ExecContext(ctx, words, r.ID); err != nil {
				return nil, fmt.Errorf("index words of customer %d: %w", r.ID, classify(err))
			}
			last = r.ID
			again = func() error {
				_, err := t.ExecContext(ctx, `UPDATE customer_search SET words = ? WHERE rowid = ?`, words, r.ID)
				return classify(err)
			}
		}
		more = len(rows) == wordsAtOnce
	}
	return again, nil
}

const wordsAtOnce = 1000

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
func (t *tx) finish(ctx context.Context, dropped []index) error {
	if err := t.allWords(ctx); err != nil {
		return err
	}
	for _, i := range dropped {
		if _, err := t.ExecContext(ctx, i.SQL); err != nil {
			return fmt.Errorf("index %s: %w", i.Name, classify(err))
		}
	}
	return t.pairAll(ctx)
}
