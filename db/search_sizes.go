package db

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// sizes remembers for a while how large merchants and lists are, as far as it
// matters.
type sizes struct {
	few   int // the most customers that are few
	broad int // so many matches of a search are not sorted, see broadMatches
	rows  int // so many cards or subscriptions are not looked up, see fewRows
	mu    sync.Mutex
	seen  map[int64]size
	long  map[long]time.Time // when they were found to be

	totals map[int64]total // of all customers, by merchant
	sample *sample

	sampling sync.Mutex // held by who makes a sample
}

func (z *sizes) lastSample() *sample {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.sample
}

// A long list is one of more customers than lists count. One that has shrunk
// since is called so until the next count, which does no harm.
type long struct {
	merchant   int64
	deleted    bool
	staffNotes bool // whether notes among staff were searched
	query      string
}

func (z *sizes) isLong(l long, now time.Time) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	at, ok := z.long[l]
	return ok && now.Sub(at).Abs() < sizesKept
}

func (z *sizes) setLong(l long, now time.Time) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.long == nil || len(z.long) >= maxLong {
		z.long = map[long]time.Time{}
	}
	z.long[l] = now
}

// maxLong is how many long lists are remembered. A query has at most some
// thousand letters.
const maxLong = 1000

type size struct {
	many bool // more than few
	at   time.Time
}

// sizesKept is how long a merchant's size is believed.
const sizesKept = time.Minute

// hasFew reports whether the merchant has so few customers that reading them
// through is the quickest way to find any.
func (s *Store) hasFew(ctx context.Context, merchant int64) (bool, error) {
	now := s.now()
	s.sizes.mu.Lock()
	known, ok := s.sizes.seen[merchant]
	s.sizes.mu.Unlock()
	if ok && now.Sub(known.at).Abs() < sizesKept {
		return !known.many, nil
	}
	var n int
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM customers WHERE merchant_id = ? AND deleted_at = 0 LIMIT ?) AS counted`, merchant, s.sizes.few+1)
	if err != nil {
		return false, fmt.Errorf("count customers: %w", err)
	}
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	if s.sizes.seen == nil || len(s.sizes.seen) > 10000 {
		s.sizes.seen = map[int64]size{}
	}
	s.sizes.seen[merchant] = size{many: n > s.sizes.few, at: now}
	return n <= s.sizes.few, nil
}
