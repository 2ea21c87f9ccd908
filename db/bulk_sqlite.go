package db

import (
	"context"
	"fmt"
)

// How many KiB of pages the write connection keeps, usually and while history
// is written. Then it holds all that a transaction changes: with less, pages
// would be written twice. The trigram table merges its parts as it grows, as
// always: one part of everything, made at the end, would be merged once more
// while somebody waits for a save.
const (
	writeCache   = 16 << 10
	historyCache = 128 << 10
)

func (s *Store) setWriteCache(ctx context.Context, kib int) error {
	if s.postgres {
		return nil
	}
	_, err := s.write.db.ExecContext(ctx, fmt.Sprintf(`PRAGMA cache_size = -%d`, kib))
	return classify(err)
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
