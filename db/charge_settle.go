package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// SettleWork writes down what became of a call that [Store.TakeWork] ordered:
// the outcome, or nil when it is not known. An outcome that is known already
// stays as it is.
func (s *Store) SettleWork(ctx context.Context, by core.Actor, o core.CallOrder, out *core.Outcome) error {
	if err := worker(by); err != nil {
		return err
	}
	err := s.transact(ctx, by.In(o.Work.Merchant), func(t *tx) error {
		if o.Work.Kind == core.RefundWork {
			return t.settleRefund(ctx, o, out)
		}
		return t.settleCharge(ctx, o, out)
	})
	if err != nil {
		return fmt.Errorf("settle %s: %w", o.Key(), err)
	}
	return nil
}

func (t *tx) settleCharge(ctx context.Context, o core.CallOrder, out *core.Outcome) error {
	c, a, err := t.tried(ctx, o.Work.ID)
	if err != nil || a.ID != o.ID || a.State.Settled() {
		return err
	}
	if out == nil {
		return t.unknown(ctx, c, a)
	}
	return t.settled(ctx, c, a, out)
}

// unknown has the processor asked again later what became of a try.
func (t *tx) unknown(ctx context.Context, c core.Charge, a core.Attempt) error {
	first := a.State == core.AttemptSending
	asked := c
	asked.State, asked.NextAt = core.ChargeChecking, core.CheckAgain(a.CreatedAt, a.Checks, t.at)
	if _, err := t.exec(ctx, `UPDATE attempts SET state = ?, checks = checks + 1 WHERE id = ?`, core.AttemptUnknown, a.ID); err != nil {
		return fmt.Errorf("update try %s: %w", a.Key, err)
	}
	if err := t.saveCharge(ctx, c, &asked); err != nil {
		return err
	}
	if !first {
		return nil
	}
	return t.recordCharge(ctx, asked, core.ChargeUnknownAction, core.Changes{"key": a.Key})
}

// settled writes down the outcome of a try, which is known now.
func (t *tx) settled(ctx context.Context, c core.Charge, a core.Attempt, out *core.Outcome) error {
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	state, reason := core.AttemptSucceeded, core.Decline("")
	if out.Declined != nil {
		state, reason = core.AttemptDeclined, out.Declined.Reason
	}
	// On PostgreSQL it may have been settled since this transaction read it.
	err = t.putOne(ctx, "update try "+a.Key, `
		UPDATE attempts
		SET state = ?, reason = ?, reference = ?, settled_at = ?
		WHERE id = ? AND state IN ('sending', 'unknown')`, state, reason, out.Reference, millis(t.at), a.ID)
	if err != nil {
		return err
	}
	var s core.Subscription
	if !c.Single() {
		if s, err = t.subscription(ctx, c.Subscription); err != nil {
			return err
		}
	}
	if reason != "" {
		return t.declined(ctx, c, s, m, reason)
	}
	paid := c.Succeeded(t.at)
	if err := t.saveCharge(ctx, c, &paid); err != nil {
		return err
	}
	card := chargeable{id: a.Card, brand: a.Brand, lastFour: a.LastFour}
	if err := t.recordCharge(ctx, paid, core.ChargePaidAction, core.Changes{"amount": c.Amount.String(), "card": card.label()}); err != nil {
		return err
	}
	if c.Single() {
		return nil
	}
	if err := t.mailReceipt(ctx, paid, s, m, card); err != nil {
		return err
	}
	return t.moved(ctx, s, s.PaidFor(c, m, t.at))
}

// declined writes down that a charge was declined, and what that makes of its
// subscription, which is the zero value for a single one: nothing, where it is
// past the period.
func (t *tx) declined(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, why core.Decline) error {
	after := c.Declined(why, m, t.at)
	if !c.Single() && s.State == core.Canceled { // while the answer was awaited
		after = after.GiveUp(t.at)
	}
	if err := t.saveCharge(ctx, c, &after); err != nil {
		return err
	}
	values := core.Changes{"amount": c.Amount.String(), "reason": string(why)}
	if err := t.recordCharge(ctx, after, core.ChargeDeclinedAction, values); err != nil {
		return err
	}
	if c.Single() {
		return nil
	}
	now := s
	if s.At(c) {
		now = s.Declined(c.DueAt)
		if after.NextAt.IsZero() {
			now = now.Spent(t.at, m.SpentRule)
		}
	}
	if err := t.mailDecline(ctx, c, after, s, now, m); err != nil {
		return err
	}
	return t.moved(ctx, s, now)
}

// giveUp ends a charge that no try is left of, and its period with it.
func (t *tx) giveUp(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant) error {
	done := c.GiveUp(t.at)
	if err := t.saveCharge(ctx, c, &done); err != nil {
		return err
	}
	now := s.Spent(t.at, m.SpentRule)
	if err := t.mailDecline(ctx, c, done, s, now, m); err != nil {
		return err
	}
	return t.moved(ctx, s, now)
}

// moveActions are the acts by which the record tells that something else, as a
// charge, moved a subscription to another state.
var moveActions = map[core.State]core.Action{
	core.Active: core.SubscriptionRecovered, core.PastDue: core.SubscriptionPastDue, core.Unpaid: core.SubscriptionUnpaid,
	core.Canceled: core.SubscriptionCanceled, core.Completed: core.SubscriptionCompleted,
}

// moved writes a subscription as something else left it, with an event where
// its state is another.
func (t *tx) moved(ctx context.Context, old, s core.Subscription) error {
	if s == old {
		return nil
	}
	if s.State == old.State {
		return t.saveSubscription(ctx, old, &s)
	}
	return t.move(ctx, old, &s, core.Event{Action: moveActions[s.State]})
}

// recordCharge records an act on a charge. The values are what there is to
// tell; nothing was there before them.
func (t *tx) recordCharge(ctx context.Context, c core.Charge, done core.Action, values core.Changes) error {
	_, err := t.record(ctx, core.Event{
		Action: done, Object: core.ChargeObject, ObjectID: c.ID, Customer: c.Customer, Version: c.Version, From: core.Changes{}, To: values,
	})
	return err
}

// takeRefund begins a refund, or takes up one that has no outcome.
func (t *tx) takeRefund(ctx context.Context, id int64) (core.CallOrder, bool, error) {
	var row refundRow
	err := t.get(ctx, &row, `
		UPDATE refunds
		SET next_at = ?
		WHERE id = ? AND merchant_id = ? AND next_at > 0 AND next_at <= ?
		RETURNING `+refundColumns, millis(t.at.Add(core.ChargeLease)), id, t.by.Merchant, millis(t.at))
	t.wrote = true
	if none(err) {
		return core.CallOrder{}, false, nil
	}
	if err != nil {
		return core.CallOrder{}, false, err
	}
	var charge string
	err = t.get(ctx, &charge, `SELECT key FROM attempts WHERE charge_id = ? AND state = 'succeeded'`, row.ChargeID)
	if err != nil {
		return core.CallOrder{}, false, fmt.Errorf("read the try that refund %d gives back: %w", id, err)
	}
	ask := row.State != core.AttemptDue
	if !ask {
		if _, err := t.exec(ctx, `UPDATE refunds SET state = ? WHERE id = ?`, core.AttemptSending, id); err != nil {
			return core.CallOrder{}, false, err
		}
	}
	r := row.refund()
	return core.CallOrder{
		Work: core.Work{Kind: core.RefundWork, ID: id, Merchant: r.Merchant}, ID: id, Ask: ask, Begun: r.CreatedAt,
		Refund: core.RefundOrder{Key: r.Key, Charge: charge, Amount: r.Amount},
	}, true, nil
}

func (t *tx) settleRefund(ctx context.Context, o core.CallOrder, out *core.Outcome) error {
	r, err := t.refund(ctx, o.ID)
	if err != nil || r.State.Settled() {
		return err
	}
	if out == nil {
		next := core.CheckAgain(r.CreatedAt, r.Checks, t.at)
		_, err := t.exec(ctx, `UPDATE refunds SET state = ?, checks = checks + 1, next_at = ? WHERE id = ? AND state IN ('sending', 'unknown')`,
			core.AttemptUnknown, millis(next), r.ID)
		return err
	}
	return t.refundSettled(ctx, r, *out)
}

// refundSettled writes down the outcome of a refund. What was not given back is
// left to be given back again.
func (t *tx) refundSettled(ctx context.Context, r core.RefundRecord, out core.Outcome) error {
	state, reason, done := core.AttemptSucceeded, core.Decline(""), core.RefundPaid
	if out.Declined != nil {
		state, reason, done = core.AttemptDeclined, out.Declined.Reason, core.RefundDeclined
	}
	n, err := t.exec(ctx, `
		UPDATE refunds
		SET state = ?, reason = ?, reference = ?, next_at = 0, settled_at = ?
		WHERE id = ? AND state IN ('sending', 'unknown')`, state, reason, out.Reference, millis(t.at), r.ID)
	if err != nil {
		return fmt.Errorf("update refund %d: %w", r.ID, err)
	}
	if n == 0 {
		return errAgain
	}
	if state == core.AttemptSucceeded {
		if err := t.mailRefund(ctx, r); err != nil {
			return err
		}
	}
	if state == core.AttemptDeclined {
		c, err := t.charge(ctx, r.Charge)
		if err != nil {
			return err
		}
		less := c
		less.Refunded -= r.Amount.Minor
		if err := t.saveCharge(ctx, c, &less); err != nil {
			return err
		}
	}
	values := core.Changes{"amount": r.Amount.String()}
	if reason != "" {
		values["reason"] = string(reason)
	}
	_, err = t.record(ctx, core.Event{
		Action: done, Object: core.RefundObject, ObjectID: r.ID, Customer: r.Customer, From: core.Changes{}, To: values,
	})
	return err
}
