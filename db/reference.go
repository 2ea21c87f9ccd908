package db

import (
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

// CustomerByReference returns the living customer of the actor's merchant that
// has the reference, compared exactly, or [core.ErrNotFound]. The reference of one
// that was merged names the one it is part of now, while no other has it.
func (s *Store) CustomerByReference(ctx context.Context, by core.Actor, reference string) (core.Customer, error) {
	if !by.May(core.Read) {
		return core.Customer{}, core.ErrForbidden
	}
	if reference == "" {
		return core.Customer{}, core.ErrNotFound
	}
	ctx = briefly(ctx)
	id, err := byReference(ctx, s.read, by.Merchant, reference)
	if err != nil {
		return core.Customer{}, err
	}
	return customer(ctx, s.read, by.Merchant, id)
}

// CountCustomers returns how many living customers of the merchant fit the
// query. It looks at each of them: lists that need no total do not ask. All
// customers of a large merchant are counted again only when something has
// happened there since, which its last event tells.
func (s *Store) CountCustomers(ctx context.Context, by core.Actor, q core.Query) (int, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	if q.Expr != nil {
		return s.countFitting(ctx, by, q)
	}
	if few, err := s.hasFew(ctx, by.Merchant); err != nil || few {
		if err != nil {
			return 0, err
		}
		return s.countFitting(ctx, by, q)
	}
	var last int64
	if err := s.read.get(briefly(ctx), &last, `SELECT COALESCE(MAX(id), 0) FROM events WHERE merchant_id = ?`, by.Merchant); err != nil {
		return 0, fmt.Errorf("read last event: %w", err)
	}
	if n, ok := s.sizes.counted(by.Merchant, last, s.now()); ok {
		return n, nil
	}
	n, err := s.countFitting(ctx, by, q)
	if err == nil {
		s.sizes.setCounted(by.Merchant, total{n, last, s.now()})
	}
	return n, err
}

func (s *Store) countFitting(ctx context.Context, by core.Actor, q core.Query) (int, error) {
	p, err := s.plan(ctx, by, core.List{Query: q}, ordering{})
	if err != nil {
		return 0, err
	}
	var n int
	if p.words != "" {
		err = s.read.get(ctx, &n, `SELECT COUNT(*) FROM customer_search WHERE customer_search MATCH ?`, p.words)
	} else {
		err = s.read.get(ctx, &n, `SELECT COUNT(*) FROM `+p.from+p.where.sql(), p.where.args...)
	}
	if err != nil {
		return 0, fmt.Errorf("count customers: %w", err)
	}
	return n, nil
}

// A total is how many customers a merchant had after an event.
type total struct {
	n     int
	event int64
	at    time.Time
}

// counted returns the count after the event. None is believed for long: where
// several programs write, an event may come after a later one.
func (z *sizes) counted(merchant, event int64, now time.Time) (int, bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	t, ok := z.totals[merchant]
	return t.n, ok && t.event == event && now.Sub(t.at).Abs() < sizesKept
}

func (z *sizes) setCounted(merchant int64, t total) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.totals == nil || len(z.totals) >= maxLong {
		z.totals = map[int64]total{}
	}
	z.totals[merchant] = t
}
