package db

import (
	"context"
	"encoding/binary"
	"fmt"
)

const (
	// gapPages is of how many pages gaps are looked for at once, in some
	// milliseconds, while others write. Those that have any are then written in one
	// transaction.
	gapPages = 1000
	// knownPages is in a file of how many pages the first byte tells a page of
	// rows from one that goes on with a long text, which begins with the number
	// of the next: 128 GiB.
	knownPages = 1 << 25
)

// clearGaps overwrites the gaps in the file's pages, between the list of a page's
// rows and the rows themselves: when SQLite divides a page it writes down in each
// half what belongs there, and leaves what stood in the gap before. The first time
// that is about every third page of the file, later those that were divided since.
// Whose gap has been cleared is only read.
func (s *Store) clearGaps(ctx context.Context) error {
	var pages int64
	if err := s.read.get(ctx, &pages, `SELECT page_count FROM pragma_page_count`); err != nil {
		return err
	}
	if pages >= knownPages {
		return nil
	}
	for from := int64(1); from <= pages; from += gapPages {
		found, err := s.withGaps(ctx, from, min(from+gapPages-1, pages))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		if err := s.quietly(ctx, func(t *tx) error { return t.clearGapsOf(ctx, found) }); err != nil {
			return err
		}
	}
	return nil
}

// withGaps are the pages, from one to another, that have something in their gap.
func (s *Store) withGaps(ctx context.Context, from, to int64) ([]int64, error) {
	var found []int64
	err := s.read.each(ctx, func(r row) error {
		var page int64
		var data []byte
		err := r.Scan(&page, &data)
		if err == nil && clearGap(data, page == 1) {
			found = append(found, page)
		}
		return err
	}, `
		WITH RECURSIVE numbers (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT p.pgno, p.data
		FROM numbers CROSS JOIN sqlite_dbpage p ON p.pgno = n`, from, to)
	if err != nil {
		return nil, fmt.Errorf("read pages %d to %d: %w", from, to, err)
	}
	return found, nil
}

// clearGapsOf overwrites the gaps of pages as they are now: others may have written
// since they were looked at.
func (t *tx) clearGapsOf(ctx context.Context, pages []int64) error {
	for _, page := range pages {
		var data []byte
		if err := t.get(ctx, &data, `SELECT data FROM sqlite_dbpage WHERE pgno = ?`, page); err != nil {
			return fmt.Errorf("read page %d: %w", page, err)
		}
		if !clearGap(data, page == 1) {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?`, data, page); err != nil {
			return fmt.Errorf("clear gap of page %d: %w", page, err)
		}
	}
	return nil
}

// clearGap overwrites a page's gap and reports whether there was anything in it.
// Pages that hold no rows have none. How a page is laid out stands in section 1.6
// of SQLite's "Database File Format"; the first page has the file's header before
// its own.
func clearGap(page []byte, first bool) bool {
	header := 0
	if first {
		header = 100
	}
	rows := header + 8 // where the list of the rows' places begins
	switch page[header] {
	case 2, 5: // of an index or a table, which leads to others
		rows += 4
	case 10, 13: // which does not
	default:
		return false
	}
	from := rows + 2*int(binary.BigEndian.Uint16(page[header+3:]))
	to := int(binary.BigEndian.Uint16(page[header+5:]))
	if to == 0 {
		to = 1 << 16
	}
	if from > to || to > len(page) {
		return false
	}
	gap, had := page[from:to], false
	for _, b := range gap {
		had = had || b != 0
	}
	clear(gap)
	return had
}
