package db

import (
	"context"
	"iter"
	"strconv"

	"kontor/db/core"
)

// KeepCharges keeps charges of the past with their tries and refunds, as they
// were left. They come in the order in which they fell due, and get their IDs
// from that, so that the newest are the newest; so does nothing else in these
// tables before. Each has its IDs and keys before the next is asked for. It
// leaves no event, and is for the making of a past.
func (h *History) KeepCharges(ctx context.Context, by core.Actor, all iter.Seq[*core.ChargeRecord]) error {
	charges, tries, given := core.NewIDs(0), core.NewIDs(0), core.NewIDs(0)
	return h.Store.transact(ctx, by, func(t *tx) error {
		return t.unindexed(ctx, []string{"charges", "attempts"}, func() error {
			for c := range all {
				t.by.Merchant = c.Merchant
				if err := t.keepCharge(ctx, c, charges, tries, given); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// unindexed does without the tables' indexes while f writes very much, and
// makes them anew after it, all in the transaction. On SQLite that takes a
// third of the time; PostgreSQL keeps them.
func (t *tx) unindexed(ctx context.Context, tables []string, f func() error) error {
	if t.s.postgres {
		return f()
	}
	var indexes []struct{ Name, SQL string }
	for _, table := range tables {
		var some []struct{ Name, SQL string }
		err := t.all(ctx, &some, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`, table)
		if err != nil {
			return err
		}
		indexes = append(indexes, some...)
	}
	if err := t.settle(ctx, "DROP INDEX"); err != nil {
		return err
	}
	for _, i := range indexes {
		if _, err := t.execNow(ctx, `DROP INDEX `+i.Name); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	if err := t.settle(ctx, "CREATE INDEX"); err != nil {
		return err
	}
	for _, i := range indexes {
		if _, err := t.execNow(ctx, i.SQL); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) keepCharge(ctx context.Context, c *core.ChargeRecord, charges, tries, given *core.IDs) error {
	c.ID, c.CreatedAt = charges.Next(c.DueAt)
	c.UpdatedAt = c.CreatedAt
	if c.SettledAt.After(c.UpdatedAt) {
		c.UpdatedAt = c.SettledAt
	}
	if err := t.writeCharge(ctx, c.Charge, ""); err != nil {
		return err
	}
	for i := range c.Attempts {
		a := &c.Attempts[i]
		a.Charge = c.ID
		a.ID, _ = tries.Next(a.CreatedAt)
		if err := t.writeAttempt(ctx, *a); err != nil {
			return err
		}
	}
	for i := range c.Refunds {
		r := &c.Refunds[i]
		r.ID, _ = given.Next(r.CreatedAt)
		r.Merchant, r.Charge, r.Customer, r.Key = c.Merchant, c.ID, c.Customer, "refund:"+strconv.FormatInt(r.ID, 10)
		if err := t.writeRefund(ctx, *r, core.System(c.Merchant), ""); err != nil {
			return err
		}
	}
	return nil
}
