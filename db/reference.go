package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// CustomerByReference returns the living customer of the actor's merchant that
// has the reference, compared exactly, or [core.ErrNotFound].
func (s *Store) CustomerByReference(ctx context.Context, by core.Actor, reference string) (core.Customer, error) {
	if !by.May(core.Read) {
		return core.Customer{}, core.ErrForbidden
	}
	if reference == "" {
		return core.Customer{}, core.ErrNotFound
	}
	id, err := livingByReference(ctx, s.read, by.Merchant, reference)
	if err != nil {
		return core.Customer{}, err
	}
	return customer(ctx, s.read, by.Merchant, id)
}

// CountCustomers returns how many living customers of the merchant fit the
// query. It looks at each of them: lists that need no total do not ask.
func (s *Store) CountCustomers(ctx context.Context, by core.Actor, q core.Query) (int, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	p, err := s.plan(ctx, by, core.List{Query: q}, true)
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
