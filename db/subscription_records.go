package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// SubscriptionsOf returns the subscriptions of each of some customers, at most
// [core.MaxRecords], in any state, oldest first.
func (s *Store) SubscriptionsOf(ctx context.Context, by core.Actor, customers []int64) (map[int64][]core.SubscriptionSummary, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	out := map[int64][]core.SubscriptionSummary{}
	if len(customers) == 0 {
		return out, nil
	}
	in, args := inIDs(customers)
	var rows []subscriptionSummaryRow
	err := s.read.all(ctx, &rows, `
		SELECT `+subscriptionSummary+`
		FROM subscriptions s`+subscriptionAround+`
		WHERE s.customer_id IN (`+in+`) AND +s.merchant_id = ?
		ORDER BY s.id`, append(args, by.Merchant)...)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions of customers: %w", err)
	}
	all, err := summaries(rows)
	if err != nil {
		return nil, err
	}
	for _, sub := range all {
		out[sub.Customer] = append(out[sub.Customer], sub)
	}
	return out, nil
}

// PlanSubscriptions returns how many subscriptions a plan has had, and how many
// of them have not ended. It counts each.
func (s *Store) PlanSubscriptions(ctx context.Context, by core.Actor, plan int64) (ever, now int, err error) {
	if !by.May(core.Read) {
		return 0, 0, core.ErrForbidden
	}
	var n struct{ Total, Living int }
	err = s.read.get(ctx, &n, `
		SELECT COUNT(*) AS total, COALESCE(SUM(CASE WHEN status IN `+living+` THEN 1 ELSE 0 END), 0) AS living
		FROM subscriptions
		WHERE plan_id = ? AND +merchant_id = ?`, plan, by.Merchant)
	if err != nil {
		return 0, 0, fmt.Errorf("count subscriptions of plan %d: %w", plan, err)
	}
	return n.Total, n.Living, nil
}
