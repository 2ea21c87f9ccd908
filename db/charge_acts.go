package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// CreateCharge writes down that a living customer's card is to be charged once,
// for the worker to do, and returns the charge. The same request again returns
// the first one.
func (s *Store) CreateCharge(ctx context.Context, by core.Actor, n core.NewCharge) (core.Charge, error) {
	var made core.Charge
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		if n.Request != "" {
			var row chargeRow
			err := t.get(ctx, &row, `
				SELECT `+chargeColumns+`
				FROM charges
				WHERE merchant_id = ? AND request = ? AND request <> ''`, by.Merchant, n.Request)
			if err == nil && row.CustomerID != n.Customer {
				return core.ErrConflict
			}
			if err == nil {
				made = row.charge()
				return nil
			}
			if !none(err) {
				return fmt.Errorf("look for request: %w", err)
			}
		}
		if err := t.living(ctx, n.Customer); err != nil {
			return err
		}
		card, err := t.cardFor(ctx, n.Customer, n.Card)
		if err != nil {
			return err
		}
		if err := n.Check(card, t.at).Err(); err != nil {
			return err
		}
		made = core.Charge{
			Merchant: by.Merchant, Customer: n.Customer, Card: card.ID, Version: 1, Source: n.Source, State: core.ChargeDue,
			Amount: n.Amount, Description: n.Description, Asked: true, DueAt: t.at, NextAt: t.at,
		}
		if err := t.insertCharge(ctx, &made, n.Request); err != nil {
			return err
		}
		return t.recordCharge(ctx, made, core.ChargeCreated, core.Changes{
			"amount": made.Amount.String(), "card": cardText(card), "description": made.Description,
		})
	})
	if err != nil {
		return core.Charge{}, err
	}
	return made, nil
}

// changeCharge carries out a person's act on a charge that is owed, in a
// transaction. One that is paid, or under way, is [core.ErrConflict]; so is one
// that is not of the version, unless that is 0.
func (s *Store) changeCharge(ctx context.Context, by core.Actor, id, version int64, act func(t *tx, c core.Charge, s core.Subscription, m core.Merchant) (core.Charge, error)) (core.Charge, error) {
	var changed core.Charge
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.charge(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != old.Version || !old.State.Owed() {
			return core.ErrConflict
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		var sub core.Subscription
		if !old.Single() {
			if sub, err = t.subscription(ctx, old.Subscription); err != nil {
				return err
			}
		}
		if changed, err = act(t, old, sub, m); err != nil {
			return err
		}
		return t.saveCharge(ctx, old, &changed)
	})
	if err != nil {
		return core.Charge{}, err
	}
	return changed, nil
}

// RetryCharge has a charge that is owed tried now, with the given card of the
// customer's or, where that is 0, with the subscription's.
func (s *Store) RetryCharge(ctx context.Context, by core.Actor, id, version, card int64) (core.Charge, error) {
	return s.changeCharge(ctx, by, id, version, func(t *tx, c core.Charge, sub core.Subscription, m core.Merchant) (core.Charge, error) {
		if err := t.living(ctx, c.Customer); err != nil {
			return c, err
		}
		if card == 0 {
			card = c.Card
			if !c.Single() {
				card = sub.Card
			}
		}
		found, err := t.cardFor(ctx, c.Customer, card)
		if err != nil {
			return c, err
		}
		if err := core.CheckCard(found, t.at).Err(); err != nil {
			return c, err
		}
		again := c
		again.State, again.Card, again.Asked, again.NextAt = core.ChargeRetrying, found.ID, true, t.at
		return again, t.recordCharge(ctx, c, core.ChargeRetried, core.Changes{"card": cardText(found)})
	})
}

// MarkChargePaid says that a charge that is owed was paid in another way. The
// subscription goes on as if it had been charged.
func (s *Store) MarkChargePaid(ctx context.Context, by core.Actor, id, version int64, note string) (core.Charge, error) {
	return s.closeCharge(ctx, by, id, version, note, core.ChargeOutside, core.ChargeMarkedPaid)
}

// WaiveCharge says that a charge that is owed need not be paid. The period
// counts as one that was.
func (s *Store) WaiveCharge(ctx context.Context, by core.Actor, id, version int64, note string) (core.Charge, error) {
	return s.closeCharge(ctx, by, id, version, note, core.ChargeWaived, core.ChargeWaivedAction)
}

func (s *Store) closeCharge(ctx context.Context, by core.Actor, id, version int64, note string, to core.ChargeState, done core.Action) (core.Charge, error) {
	if err := core.CheckNote(note).Err(); err != nil {
		return core.Charge{}, err
	}
	return s.changeCharge(ctx, by, id, version, func(t *tx, c core.Charge, sub core.Subscription, m core.Merchant) (core.Charge, error) {
		closed := c.GiveUp(t.at)
		closed.State, closed.Note = to, note
		if err := t.recordCharge(ctx, closed, done, core.Changes{"amount": c.Amount.String(), "note": note}); err != nil || c.Single() {
			return closed, err
		}
		now := sub.ForgivenFor(c, m, t.at)
		if to == core.ChargeOutside {
			now = sub.PaidFor(c, m, t.at)
		}
		return closed, t.moved(ctx, sub, now)
	})
}

// ResolveCharge says what became of a charge's last try that the processor did
// not tell of in time, as a person found out there. It fails with
// [core.ErrConflict] unless the charge is stuck.
func (s *Store) ResolveCharge(ctx context.Context, by core.Actor, id, version int64, moved core.MoneyMoved) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		c, err := t.charge(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != c.Version || !c.Stuck() {
			return core.ErrConflict
		}
		a, err := t.lastAttempt(ctx, id)
		if err != nil {
			return err
		}
		out := core.Outcome{Key: a.Key, At: t.at}
		if moved == core.DidNotMove {
			out.Declined = &core.Declined{Reason: core.NotFoundOut}
		}
		if err := t.recordCharge(ctx, c, core.ChargeResolved, core.Changes{"moved": string(moved)}); err != nil {
			return err
		}
		return t.settled(ctx, c, a, &out)
	})
}

// ResolveRefund is ResolveCharge for a refund.
func (s *Store) ResolveRefund(ctx context.Context, by core.Actor, id int64, moved core.MoneyMoved) error {
	return s.update(ctx, by, core.Refund, func(t *tx) error {
		r, err := t.refund(ctx, id)
		if err != nil {
			return err
		}
		if !r.Stuck() {
			return core.ErrConflict
		}
		out := core.Outcome{Key: r.Key, At: t.at}
		if moved == core.DidNotMove {
			out.Declined = &core.Declined{Reason: core.NotFoundOut}
		}
		_, err = t.record(ctx, core.Event{
			Action: core.RefundResolved, Object: core.RefundObject, ObjectID: id, Customer: r.Customer,
			From: core.Changes{}, To: core.Changes{"moved": string(moved)},
		})
		if err != nil {
			return err
		}
		return t.refundSettled(ctx, r, out)
	})
}

// UnparkSubscription has the worker go on with a subscription of which more
// periods came due at once than are charged unasked: with all of them, the
// oldest first and one a day, or with the next that comes due.
func (s *Store) UnparkSubscription(ctx context.Context, by core.Actor, id int64, how core.Unparking) error {
	if how != core.ChargeAll && how != core.ChargeFromNow {
		return core.Invalid{{Field: "how", Rule: core.Required}}
	}
	return s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.subscription(ctx, id)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE subscriptions SET parked_at = 0, not_before = 0, unparked_at = ? WHERE id = ? AND merchant_id = ? AND parked_at > 0`,
			millis(t.at), id, by.Merchant)
		if err != nil {
			return fmt.Errorf("unpark subscription %d: %w", id, err)
		}
		if n == 0 {
			return core.ErrConflict
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		now := old
		if how == core.ChargeFromNow {
			now = old.Release(m, t.at)
			now.Held = old.Held
		}
		return t.move(ctx, old, &now, core.Event{Action: core.SubscriptionUnparked})
	})
}
