package db

import (
	"context"
	"fmt"
)

// How SQLite's write connection works otherwise and while history is written.
// The cache then holds all pages that a transaction changes: with less, they
// would be written twice. The parts of the trigram table's index are not
// merged as they grow in number but once, at the end.
var (
	usualWriting   = writing{cache: writeCache, merge: 4, crisis: 16} // FTS5's defaults
	historyWriting = writing{cache: 128 << 10, merge: 0, crisis: 1999}
)

// writeCache is how many KiB of pages the write connection keeps.
const writeCache = 32 << 10

type writing struct {
	cache  int // KiB
	merge  int // parts of the trigram table's index that are merged little by little; 0 is none
	crisis int // parts of it that are merged at once
}

func (s *Store) setWriting(ctx context.Context, w writing) error {
	if s.postgres {
		return nil
	}
	if _, err := s.write.db.ExecContext(ctx, fmt.Sprintf(`PRAGMA cache_size = -%d`, w.cache)); err != nil {
		return classify(err)
	}
	const set = `INSERT INTO customer_search (customer_search, rank) VALUES (?, ?)`
	return s.quietly(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, set, "automerge", w.merge); err != nil {
			return fmt.Errorf("set automerge: %w", err)
		}
		if _, err := t.exec(ctx, set, "crisismerge", w.crisis); err != nil {
			return fmt.Errorf("set crisismerge: %w", err)
		}
		return nil
	})
}

// mergePages is how many pages of the trigram table's index a transaction
// merges, which bounds the write-ahead log.
const mergePages = 4000

// mergeWords makes the trigram table's index one part.
func (s *Store) mergeWords(ctx context.Context) error {
	if s.postgres {
		return nil
	}
	pages := -mergePages // begins a merge of all parts; the others go on with it
	for done := false; !done; pages = mergePages {
		err := s.quietly(ctx, func(t *tx) error {
			var before, after int
			if err := t.get(ctx, &before, `SELECT total_changes()`); err != nil {
				return err
			}
			_, err := t.exec(ctx, `INSERT INTO customer_search (customer_search, rank) VALUES ('merge', ?)`, pages)
			if err != nil {
				return err
			}
			err = t.get(ctx, &after, `SELECT total_changes()`)
			done = after-before < 2 // FTS5: there was nothing to do
			return err
		})
		if err != nil {
			return fmt.Errorf("merge the trigram table: %w", err)
		}
	}
	return nil
}

// Acts that share a transaction: on SQLite as many as change about
// historyPages pages, which again bounds the write-ahead log. A customer
// changes a page of every index, and hardly two the same once there are many.
const (
	historyActs  = 2000
	historyPages = 9000 // of 4 KiB
)

// nextActs returns how many acts the next transaction is to have, after one
// with so many, and sees that the log begins anew.
func (s *Store) nextActs(ctx context.Context, acts int) (int, error) {
	if s.postgres {
		return historyActs, nil
	}
	var busy, pages, copied int
	err := s.write.db.QueryRowxContext(ctx, `PRAGMA wal_checkpoint(RESTART)`).Scan(&busy, &pages, &copied)
	if err != nil || pages <= 0 {
		return acts, classify(err)
	}
	// At most twice as many: the first transactions tell little of the later.
	return max(200, min(acts*historyPages/pages, 2*acts, 10*historyActs)), nil
}
