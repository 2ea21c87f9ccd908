package db

import (
	"context"
	"fmt"
)

const (
	// scrubPages is how much of the trigram table is merged in one transaction:
	// others write in between.
	scrubPages = 200
	// scrubWait is how many milliseconds the log's end waits for readers.
	scrubWait = 500
)

// Scrub rids SQLite's files of what was erased since the last time, and does
// nothing where there is none. Rows that are gone are overwritten at once, but
// the trigram table keeps words until its parts are merged, pages that were
// divided keep copies of rows, and the write-ahead log keeps pages as they were
// until it begins anew. When somebody reads for long it leaves the rest to the
// next time.
func (s *Store) Scrub(ctx context.Context) error {
	var last millis
	err := s.read.get(ctx, &last, `SELECT COALESCE(MAX(erased_at), 0) FROM erasures WHERE scrubbed_at = 0`)
	if err != nil || last.time().IsZero() {
		return err
	}
	if !s.postgres {
		if err := s.mergeWords(ctx); err != nil {
			return fmt.Errorf("merge the trigram table: %w", err)
		}
		if err := s.clearGaps(ctx); err != nil {
			return fmt.Errorf("clear gaps: %w", err)
		}
		done, err := s.restartLog(ctx, scrubWait)
		if err != nil || !done {
			return err
		}
	}
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE erasures SET scrubbed_at = ? WHERE scrubbed_at = 0 AND erased_at <= ?`, millis(t.at), last)
		return err
	})
}

// mergeWords makes one part of the trigram table's parts, some pages at a time,
// which leaves out the words of rows that are gone.
func (s *Store) mergeWords(ctx context.Context) error {
	for pages := -scrubPages; ; pages = scrubPages { // less than none begins with all parts
		var before, after int64
		err := s.quietly(ctx, func(t *tx) error {
			if err := t.get(ctx, &before, `SELECT total_changes()`); err != nil {
				return err
			}
			if _, err := t.exec(ctx, `INSERT INTO customer_search (customer_search, rank) VALUES ('merge', ?)`, pages); err != nil {
				return err
			}
			return t.get(ctx, &after, `SELECT total_changes()`)
		})
		if err != nil || after-before < 2 { // as FTS5 says that nothing was left
			return err
		}
	}
}

// restartLog empties the write-ahead log and reports whether it could, after it
// has waited for readers for so many milliseconds at the most.
func (s *Store) restartLog(ctx context.Context, wait int) (bool, error) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	conn, err := s.write.db.Connx(ctx)
	if err != nil {
		return false, classify(err)
	}
	defer conn.Close()
	var was int
	if err := conn.GetContext(ctx, &was, `PRAGMA busy_timeout`); err != nil {
		return false, classify(err)
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, wait)); err != nil {
		return false, classify(err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`PRAGMA busy_timeout = %d`, was))
	var busy, pages, copied int
	err = conn.QueryRowxContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &copied)
	return busy == 0, classify(err)
}
