package db

import (
	"context"

	"kontor/db/core"
)

// RunSubscription changes a subscription as its runs up to now would have: run
// is given it with its merchant, and returns it as they left it. It leaves no
// event, and is for the making of a past.
func (h *History) RunSubscription(ctx context.Context, by core.Actor, id int64, run func(core.Subscription, core.Merchant) core.Subscription) error {
	return h.Store.transact(ctx, by, func(t *tx) error {
		old, err := t.subscription(ctx, id)
		if err != nil {
			return err
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		s := run(old, m)
		if s == old {
			return nil
		}
		return t.saveSubscription(ctx, old, &s)
	})
}
