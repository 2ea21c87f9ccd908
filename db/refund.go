package db

import (
	"context"
	"fmt"
	"strconv"

	"kontor/db/core"
)

type refundRow struct {
	ID         int64
	MerchantID int64 `db:"merchant_id"`
	ChargeID   int64 `db:"charge_id"`
	CustomerID int64 `db:"customer_id"`
	Key        string
	State      core.AttemptState
	Reason     core.Decline
	Amount     int64
	Currency   string
	Note       string
	Actor      string
	Reference  string
	Checks     int
	NextAt     millis `db:"next_at"`
	CreatedAt  millis `db:"created_at"`
	SettledAt  millis `db:"settled_at"`
}

const refundColumns = `id, merchant_id, charge_id, customer_id, key, state, reason, amount, currency, note, actor, reference,
	checks, next_at, created_at, settled_at`

func (r refundRow) refund() core.RefundRecord {
	return core.RefundRecord{
		ID: r.ID, Merchant: r.MerchantID, Charge: r.ChargeID, Customer: r.CustomerID, Key: r.Key, State: r.State, Reason: r.Reason,
		Amount: core.Money{Minor: r.Amount, Currency: r.Currency}, Note: r.Note, By: r.Actor, Reference: r.Reference,
		Checks: r.Checks, NextAt: r.NextAt.time(), CreatedAt: r.CreatedAt.time(), SettledAt: r.SettledAt.time(),
	}
}

// refund returns one of the transaction's merchant.
func (t *tx) refund(ctx context.Context, id int64) (core.RefundRecord, error) {
	var row refundRow
	err := t.get(ctx, &row, `SELECT `+refundColumns+` FROM refunds WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant)
	if none(err) {
		return core.RefundRecord{}, core.ErrNotFound
	}
	if err != nil {
		return core.RefundRecord{}, fmt.Errorf("read refund %d: %w", id, err)
	}
	return row.refund(), nil
}

func refunds(ctx context.Context, q querier, charge int64) ([]core.RefundRecord, error) {
	var rows []refundRow
	err := q.all(ctx, &rows, `SELECT `+refundColumns+` FROM refunds WHERE charge_id = ? ORDER BY id`, charge)
	if err != nil {
		return nil, fmt.Errorf("read refunds of charge %d: %w", charge, err)
	}
	out := make([]core.RefundRecord, len(rows))
	for i, r := range rows {
		out[i] = r.refund()
	}
	return out, nil
}

// CreateRefund writes down that money is to be given back of a charge, for the
// worker to do. What is given back, or on the way, is never more than was
// charged: a second refund of the same money is [core.Invalid] whether or not
// the first has an outcome. Unless version is 0 it must be the charge's.
func (s *Store) CreateRefund(ctx context.Context, by core.Actor, version int64, n core.NewRefund) (core.RefundRecord, error) {
	var made core.RefundRecord
	err := s.update(ctx, by, core.Refund, func(t *tx) error {
		if n.Request != "" {
			var row refundRow
			err := t.get(ctx, &row, `
				SELECT `+refundColumns+`
				FROM refunds
				WHERE merchant_id = ? AND request = ? AND request <> ''`, t.by.Merchant, n.Request)
			if err == nil && row.ChargeID != n.Charge {
				return core.ErrConflict
			}
			if err == nil {
				made = row.refund()
				return nil
			}
			if !none(err) {
				return fmt.Errorf("look for request: %w", err)
			}
		}
		c, err := t.charge(ctx, n.Charge)
		if err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return core.ErrConflict
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		if err := n.Check(c, m, by).Err(); err != nil {
			return err
		}
		more := c
		more.Refunded += n.Amount.Minor
		if err := t.saveCharge(ctx, c, &more); err != nil {
			return err
		}
		made = core.RefundRecord{
			Merchant: c.Merchant, Charge: c.ID, Customer: c.Customer, State: core.AttemptDue, Amount: n.Amount, Note: n.Note, By: by.Name, NextAt: t.at,
		}
		made.ID, made.CreatedAt = t.newID("refunds")
		made.Key = "refund:" + strconv.FormatInt(made.ID, 10)
		if err := t.writeRefund(ctx, made, by, n.Request); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{
			Action: core.RefundCreated, Object: core.RefundObject, ObjectID: made.ID, Customer: made.Customer,
			From: core.Changes{}, To: core.Changes{"amount": made.Amount.String(), "note": made.Note},
		})
		return err
	})
	if err != nil {
		return core.RefundRecord{}, err
	}
	return made, nil
}

func (t *tx) writeRefund(ctx context.Context, r core.RefundRecord, by core.Actor, request string) error {
	_, err := t.exec(ctx, `
		INSERT INTO refunds (`+refundColumns+`, request, actor_kind, actor_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Merchant, r.Charge, r.Customer, r.Key, r.State, r.Reason, r.Amount.Minor, r.Amount.Currency,
		r.Note, r.By, r.Reference, r.Checks, millis(r.NextAt), millis(r.CreatedAt), millis(r.SettledAt), request, by.Kind, by.ID)
	if err != nil {
		return fmt.Errorf("insert refund: %w", err)
	}
	return nil
}
