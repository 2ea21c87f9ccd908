package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"kontor/db/core"
)

// copied are the tables that tell what will be charged, in an order in which
// each refers to those before it, and which of their rows do.
var copied = []struct{ table, rows string }{
	{"merchants", `id = ?`},
	{"customers", `merchant_id = ? AND id IN (SELECT customer_id FROM subscriptions WHERE status IN ` + living + `)`},
	{"plans", `merchant_id = ?`},
	{"cards", `merchant_id = ? AND customer_id IN (SELECT customer_id FROM subscriptions WHERE status IN ` + living + `)`},
	{"subscriptions", `merchant_id = ? AND status IN ` + living},
	{"charges", `merchant_id = ? AND next_at > 0 AND subscription_id IN (SELECT id FROM subscriptions WHERE status IN ` + living + `)`},
	{"attempts", `merchant_id = ? AND charge_id IN (SELECT id FROM charges WHERE next_at > 0
		AND subscription_id IN (SELECT id FROM subscriptions WHERE status IN ` + living + `))`},
}

// CopyBooks copies what tells of a merchant's charges to come into another
// store, an empty one: what is done there with it stays there.
func (s *Store) CopyBooks(ctx context.Context, by core.Actor, to *Store) error {
	if !by.May(core.Read) {
		return core.ErrForbidden
	}
	return to.transact(ctx, core.System(by.Merchant), func(t *tx) error {
		for _, c := range copied {
			if err := s.copyTable(ctx, t, c.table, c.rows, by.Merchant); err != nil {
				return fmt.Errorf("copy %s of merchant %d: %w", c.table, by.Merchant, err)
			}
		}
		return nil
	})
}

func (s *Store) copyTable(ctx context.Context, t *tx, table, rows string, merchant int64) error {
	from, err := s.read.db.QueryxContext(ctx, s.read.db.Rebind(`SELECT * FROM `+table+` WHERE `+rows), merchant)
	if err != nil {
		return classify(err)
	}
	defer from.Close()
	columns, err := from.Columns()
	if err != nil {
		return err
	}
	insert, err := t.PreparexContext(ctx, t.Rebind(`INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`)
		VALUES (?`+strings.Repeat(`, ?`, len(columns)-1)+`)`))
	if err != nil {
		return classify(err)
	}
	defer insert.Close()
	return copyRows(ctx, from, insert)
}

func copyRows(ctx context.Context, from *sqlx.Rows, insert *sqlx.Stmt) error {
	for from.Next() {
		values, err := from.SliceScan()
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return classify(err)
		}
	}
	return classify(from.Err())
}
