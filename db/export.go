package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kontor/db/core"
)

// exportPage is how many customers are read at a time while a list goes out.
const exportPage = 1000

// ExportCustomers takes customers out: it records that, with the query and how
// many there are, calls begin with the keys of metadata that the merchant has,
// as far as an export needs to know them, and then each with every customer,
// whole, in the order of the list. No query outlasts the few customers that it
// reads. A list is as it is when each part of it is reached.
//
// It takes [core.Manage], also at a closed merchant. Where a table would need
// more than [core.MaxExportKeys] columns for metadata it fails with
// [core.Invalid] on "format".
func (s *Store) ExportCustomers(ctx context.Context, by core.Actor, x core.Export, begin func(keys []string) error, each func(core.Customer) error) error {
	if by.Kind == "" || !by.May(core.Manage) {
		return core.ErrForbidden
	}
	o, err := orderOf(x.List)
	if err != nil {
		return err
	}
	if x.Format != core.CSV && x.Format != core.NDJSON {
		return core.Invalid{{Field: "format", Rule: core.Unknown}}
	}
	var keys []string
	if x.Format == core.CSV {
		if keys, err = s.metadataKeys(ctx, by.Merchant, core.MaxExportKeys+1); err != nil {
			return err
		}
		if len(keys) > core.MaxExportKeys {
			return core.Invalid{{Field: "format", Rule: core.TooMany, Limit: core.MaxExportKeys}}
		}
	}
	p, err := s.plan(ctx, by, x.List, o)
	if err != nil {
		return err
	}
	n, err := s.exportCount(ctx, p, x)
	if err != nil {
		return err
	}
	if err := s.recordExport(ctx, by, x, n); err != nil {
		return err
	}
	if err := begin(keys); err != nil {
		return err
	}
	return ahead(ctx, func(page []core.Customer) error {
		for _, c := range page {
			if err := each(c); err != nil {
				return err
			}
		}
		return nil
	}, func(ctx context.Context, send func([]core.Customer) error) error {
		if x.IDs != nil {
			for ids := range slices.Chunk(x.IDs, exportPage) {
				page, err := s.chosen(ctx, by, ids)
				if err != nil {
					return err
				}
				if err := send(page); err != nil {
					return err
				}
			}
			return nil
		}
		var at core.Cursor
		for {
			begun := s.now()
			page, next, err := s.wholePage(ctx, by, p, o, at, exportPage)
			if err != nil {
				return err
			}
			read := s.now()
			if err := send(page); err != nil || len(page) < exportPage {
				return err
			}
			if s.crowded() {
				if err := pause(ctx, restAfter(begun, read, s.now())); err != nil {
					return err
				}
			}
			at = next
		}
	})
}

// crowdedShare is which part of the time an export reads while many wait to
// write: one in so many. Who writes to SQLite is this program, and a PostgreSQL
// server mostly has the same processors: an export that read all the time would
// keep one of them from the writers. With one in six it still takes out some ten
// thousand customers a second beside a thousand writes.
//
// It goes by how long a page took to be read, which says how busy the processors
// and the disk are. How long the client takes for a page is none of that, and
// while it is waited for nothing is read; so that time counts as pause.
const crowdedShare = 6

// restAfter is how long an export yet holds still after a page whose reading was
// begun and ended at those times, and which the client has had since.
func restAfter(begun, read, now time.Time) time.Duration {
	return begun.Add(crowdedShare * read.Sub(begun)).Sub(now)
}

// pause waits for so long, if that is any time at all.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exportCount counts all that will go out.
func (s *Store) exportCount(ctx context.Context, p plan, x core.Export) (int, error) {
	if x.IDs != nil {
		return len(x.IDs), nil
	}
	var n int
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM `+p.from+p.where.sql(), p.where.args...)
	if err != nil {
		return 0, fmt.Errorf("count customers to export: %w", err)
	}
	return n, nil
}

// recordExport writes the event. A closed merchant stays readable, so this
// takes no more than reading.
func (s *Store) recordExport(ctx context.Context, by core.Actor, x core.Export, n int) error {
	return s.update(ctx, by, core.Read, func(t *tx) error {
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		to := core.Changes{"count": strconv.Itoa(n), "format": string(x.Format)}
		if text := x.List.Query.String(); text != "" {
			to["query"] = core.HideCardNumber(text)
		}
		if x.IDs != nil {
			to["query"] = "chosen by hand"
		}
		if x.List.Deleted {
			to["list"] = "deleted"
		}
		_, err := t.record(ctx, core.Event{Action: core.ListExported, Object: core.CustomerObject, To: to})
		return err
	})
}

// chosen reads those of the customers that are the merchant's, in the order
// given.
func (s *Store) chosen(ctx context.Context, by core.Actor, ids []int64) ([]core.Customer, error) {
	all, err := wholeCustomers(ctx, s, s.read, by.Merchant, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(all))
	for i, c := range all {
		at[c.ID] = i
	}
	page := make([]core.Customer, 0, len(all))
	for _, id := range ids {
		if i, ok := at[id]; ok {
			page = append(page, all[i])
		}
	}
	return page, nil
}

// metadataKeys returns up to limit of the keys that the merchant's customers
// have metadata under, in their order. It jumps from key to key, so that it
// costs as many steps as there are keys.
func (s *Store) metadataKeys(ctx context.Context, merchant int64, limit int) ([]string, error) {
	var keys []string
	for last := ""; len(keys) < limit; {
		var next *string
		err := s.read.get(ctx, &next, `
			SELECT MIN(name)
			FROM metadata
			WHERE merchant_id = ? AND name > ?`, merchant, last)
		if err != nil {
			return nil, fmt.Errorf("read keys of metadata: %w", err)
		}
		if next == nil {
			return keys, nil
		}
		last = *next
		keys = append(keys, last)
	}
	return keys, nil
}
