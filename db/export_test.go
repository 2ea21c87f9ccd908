package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"kontor/db/core"
)

// MergedTables are the tables of which it is known what becomes of their rows
// when customers are merged.
func MergedTables() []string { return slices.Concat(mergedTables, mergedWithCare, unmerged) }

// PairQueries are the texts that keep pairs and read them, as the engine is
// given them.
func PairQueries() map[string]string {
	return map[string]string{
		"neighbours": neighboursQueries[len(neighboursQueries)-1], "pairing": pairingQueries[len(pairingQueries)-1], "likely": steady(likeQuery), "page": steady(pairsQuery(where{conds: []string{`d.merchant_id = ?`, `d.dismissed = ?`, `(d.newer_id, d.older_id) < (?, ?)`}}, " DESC")),
	}
}

// SetFewCustomers makes the store take a merchant for large from n customers
// on, so that a test need not make thousands.
func (s *Store) SetFewCustomers(n int) {
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	s.sizes.few, s.sizes.seen, s.sizes.sample = n, nil, nil
}

// SetFewRows makes the store take n cards or subscriptions for too many to
// look up.
func (s *Store) SetFewRows(n int) { s.sizes.rows = n }

// SetBroadMatches makes the store take a search that finds n for too broad to
// be sorted.
func (s *Store) SetBroadMatches(n int) { s.sizes.broad = n }

// ActivityQuery is the text that reads a page of the activity, as the engine
// is given it.
func ActivityQuery(by core.Actor, l core.ActivityList) (string, []any) {
	text, args := activityQuery(by, l, core.ActivityPage)
	return steady(text), args
}

// RestAfter is how long an export holds still after a page.
var RestAfter = restAfter

// InOneGroup runs acts at the same time, each of which writes once, and lets
// nobody write before all of them wait, in their order.
func InOneGroup(ctx context.Context, s *Store, acts ...func()) error {
	var done sync.WaitGroup
	defer done.Wait()
	return s.quietly(ctx, func(*tx) error {
		for i, act := range acts {
			done.Go(act)
			for s.group.size() <= i {
				runtime.Gosched()
			}
		}
		return nil
	})
}

func (g *group) size() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}

// WriteThen renames a customer without a record and then ends as f does.
func WriteThen(ctx context.Context, s *Store, id int64, name string, f func() error) error {
	return s.quietly(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `UPDATE customers SET name = ? WHERE id = ?`, name, id); err != nil {
			return err
		}
		return f()
	})
}

// CloseThen closes the actor's merchant without a record and then ends as f
// does.
func CloseThen(ctx context.Context, s *Store, by core.Actor, f func() error) error {
	return s.transact(ctx, by, func(t *tx) error {
		if _, err := t.exec(ctx, `UPDATE merchants SET closed_at = 1 WHERE id = ?`, by.Merchant); err != nil {
			return err
		}
		if m, err := t.merchant(ctx); err != nil || !m.Closed() {
			return errors.Join(err, errors.New("the merchant is open"))
		}
		return f()
	})
}

// SetMaxPages keeps SQLite's file from growing beyond so many pages.
func SetMaxPages(ctx context.Context, s *Store, n int) error {
	_, err := s.write.db.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, n))
	return err
}

// SetBusyTimeout bounds how long SQLite waits for another program that writes.
func SetBusyTimeout(ctx context.Context, s *Store, d time.Duration) error {
	_, err := s.write.db.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, d.Milliseconds()))
	return err
}

// OpenAll opens everything that is sealed and returns how much that was.
func OpenAll(ctx context.Context, s *Store) (n int, err error) {
	for _, c := range sealedColumns {
		rows, err := s.sealedRows(ctx, c, nil, 1<<30)
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			merchant, object, id := c.bound(r)
			if _, err := s.vault.Open(ctx, r.Sealed, merchant, object, id); err != nil {
				return n, fmt.Errorf("open %s %d: %w", object, id, err)
			}
			n++
		}
	}
	return n, nil
}

// SealedColumns are the columns that rotating keys seals anew.
func SealedColumns() (out []string) {
	for _, c := range sealedColumns {
		out = append(out, c.table+"."+c.column)
	}
	return out
}

// PreparedReads are the texts that the store has read with so far.
func PreparedReads(s *Store) []string {
	s.read.mu.RLock()
	defer s.read.mu.RUnlock()
	var texts []string
	for text := range s.read.statements {
		texts = append(texts, steady(text))
	}
	return texts
}

// SetMaxLog sets how many bytes SQLite's log has before it is begun anew.
func (s *Store) SetMaxLog(n int64) { s.log.most = n }

// Watch calls saw with every statement that the store runs from now on, as the
// engine is given it, and with its values. With nil it watches no more.
func (s *Store) Watch(saw func(query string, args []any)) {
	given := saw
	if saw != nil {
		given = func(query string, args []any) {
			if s.postgres {
				query = s.read.db.Rebind(query)
			} else {
				query = steady(query)
			}
			saw(query, args)
		}
	}
	s.read.saw, s.write.saw = given, given
}

// PostgresSettings are how each connection has PostgreSQL plan.
const PostgresSettings = postgresSettings

// PlanMode is how PostgreSQL plans for values on a connection that reads.
func PlanMode(ctx context.Context, s *Store) string {
	var mode string
	if err := s.read.db.GetContext(ctx, &mode, `SHOW plan_cache_mode`); err != nil {
		return err.Error()
	}
	return mode
}

// Begun is when the transaction began in which the store reads.
func Begun(ctx context.Context, s *Store) (string, error) {
	var at string
	return at, s.read.get(briefly(ctx), &at, `SELECT CAST(NOW() AS TEXT)`)
}

// Sampled is of how many customers a sample is made.
func Sampled(ctx context.Context, s *Store) (int, error) {
	made, err := s.sampled(ctx)
	if err != nil {
		return 0, err
	}
	return made.words.Len(), nil
}

// ReadAndPanic reads, and panics at the row.
func ReadAndPanic(ctx context.Context, s *Store, with any) error {
	return s.read.each(briefly(ctx), func(row) error { panic(with) }, `SELECT 1`)
}
