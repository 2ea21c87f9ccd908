package db

import (
	"context"
	"errors"
	"fmt"

	"kontor/db/core"
)

// CreateCustomers adds up to [core.MaxMany] customers in one transaction. Each
// is held to the rules of [Store.CreateCustomer] and leaves its own event; one
// that breaks a rule is refused and the others go in. The results are in the
// order of what was asked.
func (s *Store) CreateCustomers(ctx context.Context, by core.Actor, from core.Source, many []core.Changes) ([]core.CustomerResult, error) {
	if err := notTooMany(len(many)); err != nil {
		return nil, err
	}
	made := make([]core.Customer, len(many))
	faults := make([]core.Invalid, len(many))
	for i, ch := range many {
		made[i], faults[i] = core.Customer{}.With(ch)
	}
	var results []core.CustomerResult
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		results = make([]core.CustomerResult, len(many))
		taken, err := t.references(ctx, made)
		if err != nil {
			return err
		}
		if t.held == nil {
			t.held = newHeld() // the references were looked for here
			defer func() { t.held = nil }()
		}
		for i, c := range made {
			bad := faults[i]
			if other, ok := taken[c.Reference]; ok && c.Reference != "" {
				bad = append(bad[:len(bad):len(bad)], core.Fault{Field: "reference", Rule: core.Taken, Other: fmt.Sprint(other)})
			}
			c.Source = from
			err := t.createCustomer(ctx, &c, bad)
			if results[i], err = result(c, err); err != nil {
				return err
			}
			if results[i].Err == nil && c.Reference != "" {
				taken[c.Reference] = c.ID
			}
		}
		if err := t.flush(ctx); err != nil {
			return err
		}
		return t.flushWords(ctx)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// UpdateCustomers changes up to [core.MaxMany] living customers in one
// transaction, each as [Store.UpdateCustomer] does. One that is not there, has
// changed or would break a rule stays as it is.
func (s *Store) UpdateCustomers(ctx context.Context, by core.Actor, many []core.CustomerChange) ([]core.CustomerResult, error) {
	if err := notTooMany(len(many)); err != nil {
		return nil, err
	}
	return s.each(ctx, by, len(many), func(t *tx, i int) (core.Customer, error) {
		return t.updateCustomer(ctx, many[i].ID, many[i].Version, many[i].Changes, core.Event{Action: core.CustomerUpdated})
	})
}

// DeleteCustomers deletes up to [core.MaxMany] customers in one transaction,
// each as [Store.DeleteCustomer] does. The results tell of those that were not
// there.
func (s *Store) DeleteCustomers(ctx context.Context, by core.Actor, ids []int64) ([]core.CustomerResult, error) {
	if err := notTooMany(len(ids)); err != nil {
		return nil, err
	}
	return s.each(ctx, by, len(ids), func(t *tx, i int) (core.Customer, error) {
		return core.Customer{ID: ids[i]}, t.setDeleted(ctx, ids[i], 0, true, core.Event{Action: core.CustomerDeleted}, "")
	})
}

// each does something to many customers in one transaction. What keeps one from
// being done is found before anything of it is written.
func (s *Store) each(ctx context.Context, by core.Actor, n int, do func(t *tx, i int) (core.Customer, error)) ([]core.CustomerResult, error) {
	var results []core.CustomerResult
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		results = make([]core.CustomerResult, n)
		for i := range results {
			c, err := do(t, i)
			if results[i], err = result(c, err); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// result is what became of one customer, or the error that ends the act for all.
func result(c core.Customer, err error) (core.CustomerResult, error) {
	_, invalid := errors.AsType[core.Invalid](err)
	if invalid || errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrConflict) {
		return core.CustomerResult{Err: err}, nil
	}
	return core.CustomerResult{Customer: c}, err
}

func notTooMany(n int) error {
	if n > core.MaxMany {
		return core.Invalid{{Field: "customers", Rule: core.TooMany, Limit: core.MaxMany}}
	}
	return nil
}

// references returns which living customers have the references of those that
// are to be made. The + keeps the engines from an index that begins with the
// merchant, as in [readKnown].
func (t *tx) references(ctx context.Context, made []core.Customer) (map[string]int64, error) {
	var refs []string
	for _, c := range made {
		if c.Reference != "" {
			refs = append(refs, c.Reference)
		}
	}
	taken := map[string]int64{}
	err := inChunks(refs, func(marks string, args []any) error {
		var found []holder
		err := t.all(ctx, &found, `
			SELECT id, reference
			FROM customers
			WHERE +merchant_id = ? AND deleted_at = 0 AND reference <> '' AND reference IN (`+marks+`)`, append([]any{t.by.Merchant}, args...)...)
		for _, h := range found {
			taken[h.Reference] = h.ID
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for references: %w", err)
	}
	return taken, nil
}
