package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"

	"kontor/db/core"
)

// The trigram table of a new database takes about as long as all other indexes
// together, and SQLite has one writer for a file. So it is made in a file of its
// own, in the system's folder for such things, while the transaction makes the
// others, which then copies what the table consists of.
//
// The connection that copied knows the table as it was before; it is to be
// closed before anything looks for words, see [Store.fillFile].

// A wordFile makes the trigram table of a new database beside it.
type wordFile struct {
	dir   string
	db    *sqlx.DB
	stop  context.CancelFunc
	wrote chan error // tells once what came of it
}

// wordsFile is what a wordFile's folder has.
const wordsFile = "words.db"

// wordParts are the tables that the trigram table consists of.
var wordParts = []string{"config", "data", "idx", "docsize"}

// The trigram table merges four parts of a level to one of the next, some pages
// with each write, and sixteen of a level at once, whoever waits for that. Its
// parts while a new database is filled are large, so that there are few of them
// to merge, which is done at the end. What that makes has to stand levels above
// where later writes begin, as if it had come about by them: else it would soon
// be one of sixteen. It comes to stand no lower than the highest part, and so the
// words of the first customers are lifted there before the rest are written: to
// merge them with a new part lifts them by two. Those of a few would come down
// again as soon as a larger part is written.
const (
	wordsAside  = 64 << 20 // bytes of words that make a part
	usualAside  = 1 << 20  // FTS5's own, as are the next two
	usualMerge  = 4
	usualCrisis = 16
	noCrisis    = 1999 // the most that there is
	wordLifts   = 4
	wordsLifted = 10_000 // of how many customers the words are lifted
	wordsAtOnce = 1000   // customers that are read
)

// A wordRow is what the words of a customer are made of.
type wordRow struct {
	ID         int64
	MerchantID int64  `db:"merchant_id"`
	DeletedAt  millis `db:"deleted_at"`
	MergedInto int64  `db:"merged_into"`
	Search     string
}

func (r wordRow) words() string {
	c := core.Customer{Merchant: r.MerchantID, DeletedAt: r.DeletedAt.time(), MergedInto: r.MergedInto}
	return trigramText(c, r.Search)
}

// beginWords reads what the words of all customers are made of and has them
// written meanwhile and from then on. What is read waits in memory, some hundred
// bytes of a customer.
func (t *tx) beginWords(ctx context.Context) (w *wordFile, err error) {
	var create string
	if err := t.get(ctx, &create, `SELECT sql FROM sqlite_master WHERE name = ?`, trigramTable); err != nil {
		return nil, err
	}
	var customers int
	if err := t.get(ctx, &customers, `SELECT COUNT(*) FROM customers`); err != nil {
		return nil, err
	}
	w = &wordFile{wrote: make(chan error, 1)}
	if w.dir, err = os.MkdirTemp("", "kontor-words-"); err != nil {
		return nil, err
	}
	if w.db, err = sqlx.Open("sqlite", "file:"+(&url.URL{Path: w.path()}).EscapedPath()+
		"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-65536)"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(w.dir))
	}
	w.db.SetMaxOpenConns(1)
	within, stop := context.WithCancel(ctx)
	w.stop = stop
	given := make(chan []wordRow, customers/wordsAtOnce+1)
	go func() { w.wrote <- w.write(within, create, given) }()
	err = t.giveWords(ctx, given)
	close(given)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *wordFile) path() string { return filepath.Join(w.dir, wordsFile) }

// giveWords reads what the words of all customers are made of, in order.
func (t *tx) giveWords(ctx context.Context, given chan<- []wordRow) error {
	for last := int64(-1 << 63); ; {
		var rows []wordRow
		err := t.all(ctx, &rows, `
			SELECT id, merchant_id, deleted_at, merged_into, search
			FROM customers
			WHERE id > ? AND erased_at = 0
			ORDER BY id
			LIMIT ?`, last, wordsAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		given <- rows
		last = rows[len(rows)-1].ID
	}
}

// end waits until the words are written.
func (w *wordFile) end() error {
	err := <-w.wrote
	w.wrote <- err // for close
	return err
}

// close ends the writing, if it goes on, and removes the file.
func (w *wordFile) close() error {
	w.stop()
	<-w.wrote
	return errors.Join(w.db.Close(), os.RemoveAll(w.dir))
}

// write makes the trigram table of what is given.
func (w *wordFile) write(ctx context.Context, create string, given <-chan []wordRow) error {
	raw, err := w.db.BeginTxx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer raw.Rollback() // does nothing after Commit
	if _, err := raw.ExecContext(ctx, create); err != nil {
		return classify(err)
	}
	set := func(err error, name string, value int) error {
		if err != nil {
			return err
		}
		return setWords(ctx, raw, name, value)
	}
	err = set(nil, "hashsize", wordsAside)
	err = set(err, "automerge", 0)
	err = set(err, "crisismerge", noCrisis)
	if err == nil {
		err = addWords(ctx, raw, given)
	}
	err = set(err, "optimize", 0)
	err = set(err, "hashsize", usualAside)
	err = set(err, "automerge", usualMerge)
	err = set(err, "crisismerge", usualCrisis)
	if err != nil {
		return err
	}
	return classify(raw.Commit())
}

// setWords sets an option of the trigram table, or has it do something.
func setWords(ctx context.Context, raw *sqlx.Tx, name string, value int) error {
	_, err := raw.ExecContext(ctx, `INSERT INTO customer_search (customer_search, rank) VALUES (?, ?)`, name, value)
	return classify(err)
}

// addWords adds the words of what is given.
func addWords(ctx context.Context, raw *sqlx.Tx, given <-chan []wordRow) error {
	insert, err := raw.PreparexContext(ctx, `INSERT INTO customer_search (words, rowid) VALUES (?, ?)`)
	if err != nil {
		return classify(err)
	}
	defer insert.Close()
	unwatched := context.WithoutCancel(ctx) // an insert is short, and there are as many as customers
	added := 0
	var last wordRow
	for rows := range given {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := insert.ExecContext(unwatched, r.words(), r.ID); err != nil {
				return fmt.Errorf("index words of customer %d: %w", r.ID, classify(err))
			}
			last = r
		}
		before := added
		if added += len(rows); before < wordsLifted && added >= wordsLifted {
			if err := liftWords(ctx, raw, last); err != nil {
				return err
			}
		}
	}
	if added == 0 || added >= wordsLifted {
		return nil
	}
	return liftWords(ctx, raw, last)
}

// liftWords lifts all words there are, which are those of the last customer and
// of others.
func liftWords(ctx context.Context, raw *sqlx.Tx, last wordRow) error {
	if err := setWords(ctx, raw, "optimize", 0); err != nil {
		return fmt.Errorf("lift words: %w", err)
	}
	for range wordLifts {
		if _, err := raw.ExecContext(ctx, `UPDATE customer_search SET words = ? WHERE rowid = ?`, last.words(), last.ID); err != nil {
			return fmt.Errorf("lift words: %w", classify(err))
		}
		if err := setWords(ctx, raw, "optimize", 0); err != nil {
			return fmt.Errorf("lift words: %w", err)
		}
	}
	return nil
}

// copyWords copies the trigram table, whose words are written.
func (t *tx) copyWords(ctx context.Context, w *wordFile) error {
	if _, err := t.ExecContext(ctx, `ATTACH ? AS aside`, w.path()); err != nil {
		return classify(err)
	}
	for _, part := range wordParts {
		table := trigramTable + "_" + part
		for _, query := range []string{`DELETE FROM main.` + table, `INSERT INTO main.` + table + ` SELECT * FROM aside.` + table} {
			if _, err := t.ExecContext(ctx, query); err != nil {
				return fmt.Errorf("copy %s: %w", table, classify(err))
			}
		}
	}
	return nil
}
