package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kontor/db/core"
)

// worker fails for who is not the system: the methods of the worker carry out
// what people have decided before.
func worker(by core.Actor) error {
	if by.Kind != core.BySystem {
		return core.ErrForbidden
	}
	return nil
}

// open merchants' subscriptions that a run has come of, as SQL.
const dueSubscriptions = `next_at > 0 AND next_at <= ? AND not_before <= ? AND held = 0 AND parked_at = 0
	AND status IN ('pending', 'active', 'past_due')`

// ofOpen is the condition that the merchant is not closed, as SQL.
const ofOpen = `NOT EXISTS (SELECT 1 FROM merchants m WHERE m.id = merchant_id AND m.closed_at > 0)`

// DueWork returns up to limit pieces of work that have come due, of every kind
// the most overdue first. What belongs to a closed merchant is not due, but for
// finding out what became of calls that were made.
func (s *Store) DueWork(ctx context.Context, by core.Actor, limit int) ([]core.Work, error) {
	if err := worker(by); err != nil {
		return nil, err
	}
	now := millis(s.instant())
	var all []core.Work
	for _, q := range []struct {
		kind core.WorkKind
		text string
		args []any
	}{
		{core.ResumeWork, `
			SELECT id, merchant_id, resume_at AS at
			FROM subscriptions
			WHERE resume_at > 0 AND resume_at <= ? AND status = 'paused' AND held = 0 AND ` + ofOpen + `
			ORDER BY resume_at, id
			LIMIT ?`, []any{now}},
		{core.BeginWork, `
			SELECT id, merchant_id, next_at AS at
			FROM subscriptions
			WHERE ` + dueSubscriptions + ` AND ` + ofOpen + `
			ORDER BY next_at, id
			LIMIT ?`, []any{now, now}},
		{core.ChargeWork, `
			SELECT id, merchant_id, next_at AS at
			FROM charges
			WHERE next_at > 0 AND next_at <= ? AND (status IN ('sending', 'checking') OR ` + ofOpen + `)
			ORDER BY next_at, id
			LIMIT ?`, []any{now}},
		{core.RefundWork, `
			SELECT id, merchant_id, next_at AS at
			FROM refunds
			WHERE next_at > 0 AND next_at <= ?
			ORDER BY next_at, id
			LIMIT ?`, []any{now}},
	} {
		var rows []struct {
			ID         int64
			MerchantID int64 `db:"merchant_id"`
			At         millis
		}
		if err := s.read.all(ctx, &rows, q.text, append(q.args, limit)...); err != nil {
			return nil, fmt.Errorf("look for work: %w", err)
		}
		for _, r := range rows {
			all = append(all, core.Work{Kind: q.kind, ID: r.ID, Merchant: r.MerchantID, At: r.At.time()})
		}
	}
	slices.SortStableFunc(all, func(a, b core.Work) int { return a.At.Compare(b.At) })
	return all[:min(limit, len(all))], nil
}

// NextWork returns when the next piece of work comes due, or the zero time when
// none will.
func (s *Store) NextWork(ctx context.Context, by core.Actor) (time.Time, error) {
	if err := worker(by); err != nil {
		return time.Time{}, err
	}
	var at millis
	err := s.read.get(ctx, &at, `
		SELECT COALESCE(MIN(at), 0)
		FROM (
			SELECT * FROM (SELECT resume_at AS at FROM subscriptions
				WHERE resume_at > 0 AND status = 'paused' AND held = 0 AND `+ofOpen+` ORDER BY resume_at LIMIT 1) AS resumed
			UNION ALL
			SELECT * FROM (SELECT CASE WHEN not_before > next_at THEN not_before ELSE next_at END AS at FROM subscriptions
				WHERE next_at > 0 AND held = 0 AND parked_at = 0 AND status IN ('pending', 'active', 'past_due') AND `+ofOpen+`
				ORDER BY next_at LIMIT 1) AS begun
			UNION ALL
			SELECT * FROM (SELECT not_before FROM subscriptions
				WHERE not_before > 0 AND next_at > 0 AND not_before > next_at AND held = 0 AND parked_at = 0 AND `+ofOpen+` ORDER BY not_before LIMIT 1) AS held_off
			UNION ALL
			SELECT * FROM (SELECT next_at FROM charges
				WHERE next_at > 0 AND (status IN ('sending', 'checking') OR `+ofOpen+`) ORDER BY next_at LIMIT 1) AS tried
			UNION ALL
			SELECT * FROM (SELECT next_at FROM refunds WHERE next_at > 0 ORDER BY next_at LIMIT 1) AS refunded
		) AS times`)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next work: %w", err)
	}
	return at.time(), nil
}

// TakeWork claims a piece of work for the run and writes down what is to be
// asked of the processor. It reports false when there is nothing to ask: the
// work was done with that, or somebody else has it. Whoever gets an order must
// call the processor and then [Store.SettleWork]; who does not within
// [core.ChargeLease] has lost it to the next.
func (s *Store) TakeWork(ctx context.Context, by core.Actor, w core.Work, run int64) (o core.CallOrder, ok bool, err error) {
	if err := worker(by); err != nil {
		return core.CallOrder{}, false, err
	}
	err = s.transact(ctx, by.In(w.Merchant), func(t *tx) error {
		var err error
		switch w.Kind {
		case core.ResumeWork:
			o, ok, err = core.CallOrder{}, false, t.resumeDue(ctx, w.ID, run)
		case core.BeginWork:
			o, ok, err = t.begin(ctx, w.ID, run)
		case core.ChargeWork:
			o, ok, err = t.takeCharge(ctx, w.ID, run)
		case core.RefundWork:
			o, ok, err = t.takeRefund(ctx, w.ID)
		}
		return err
	})
	if err != nil {
		return core.CallOrder{}, false, fmt.Errorf("take %s %d: %w", w.Kind, w.ID, err)
	}
	return o, ok, nil
}
