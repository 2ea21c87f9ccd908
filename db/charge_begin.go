package db

import (
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

// resumeDue ends a pause whose time has come.
func (t *tx) resumeDue(ctx context.Context, id, run int64) error {
	old, err := t.subscription(ctx, id)
	if err != nil || old.State != core.Paused || old.Held || old.ResumeAt.IsZero() || old.ResumeAt.After(t.at) {
		return err
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	// As if it had been done then: what lies between is not forgiven.
	s, err := old.Resume(m, old.ResumeAt)
	if err != nil {
		return err
	}
	if err := t.move(ctx, old, &s, core.Event{Action: core.SubscriptionResumed}); err != nil {
		return err
	}
	return t.runNote(ctx, run, core.RunNote{Reason: core.SkippedResumed, Object: core.SubscriptionObject, ObjectID: id})
}

// begin takes the run of a subscription that has come: it ends one that is to
// end with its period, and else makes the charge of the next and its first try.
func (t *tx) begin(ctx context.Context, id, run int64) (core.CallOrder, bool, error) {
	var row struct {
		subscriptionRow
		NotBefore  millis `db:"not_before"`
		ParkedAt   millis `db:"parked_at"`
		UnparkedAt millis `db:"unparked_at"`
	}
	err := t.get(ctx, &row, `
		SELECT `+subscriptionColumns+`, not_before, parked_at, unparked_at
		FROM subscriptions
		WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant)
	if none(err) {
		return core.CallOrder{}, false, core.ErrNotFound
	}
	if err != nil {
		return core.CallOrder{}, false, fmt.Errorf("read subscription %d: %w", id, err)
	}
	old, err := row.subscription()
	if err != nil || !old.Due(t.at) || !row.ParkedAt.time().IsZero() || row.NotBefore.time().After(t.at) {
		return core.CallOrder{}, false, err
	}
	m, err := t.merchant(ctx)
	if err != nil || m.Closed() {
		return core.CallOrder{}, false, err
	}
	if old.CancelAtEnd {
		return core.CallOrder{}, false, t.endWithPeriod(ctx, old, run)
	}
	// What came due before a person said to charge it all is not asked about again.
	if since := row.UnparkedAt.time(); !old.NextRun.Before(since) && old.DuePeriods(m, t.at, core.MaxCatchUp+1) > core.MaxCatchUp {
		return core.CallOrder{}, false, t.park(ctx, old, run)
	}
	zone := m.Location()
	if today := core.LocalDateOf(t.at, zone); !old.LastRun.IsZero() && core.LocalDateOf(old.LastRun, zone) == today {
		return core.CallOrder{}, false, t.holdOff(ctx, id, today.AddDays(1).At(m.ChargeHour, zone))
	}
	s, p := old.Begin(m, t.at)
	open, done, err := t.openCharges(ctx, id, p)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	asked := 0 // that may be paid yet: a try is under way, or a person wants one
	for _, c := range open {
		if c.State.UnderWay() || c.Asked {
			asked++
		}
	}
	if !old.Cycles.Endless() && old.Cycles.Completed+asked >= old.Cycles.Total {
		return core.CallOrder{}, false, t.holdOff(ctx, id, t.at.Add(time.Hour)) // the last payment may have been made
	}
	for _, c := range open {
		if !c.State.UnderWay() && !c.Asked {
			spent := c.GiveUp(t.at)
			if err := t.saveCharge(ctx, c, &spent); err != nil {
				return core.CallOrder{}, false, err
			}
		}
	}
	if err := t.saveSubscription(ctx, old, &s); err != nil {
		return core.CallOrder{}, false, err
	}
	if done {
		return core.CallOrder{}, false, t.runNote(ctx, run, core.RunNote{Reason: core.SkippedDone, Object: core.SubscriptionObject, ObjectID: id})
	}
	plan, err := t.plan(ctx, s.Plan)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	return t.firstTry(ctx, s.ChargeFor(p, plan), s, m, run)
}

// firstTry writes a new charge and its first try.
func (t *tx) firstTry(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, run int64) (core.CallOrder, bool, error) {
	card, err := t.chargeable(ctx, c.Customer, c.Card)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	if card.id == 0 {
		c.Card = 0
		if err := t.insertCharge(ctx, &c, ""); err != nil {
			return core.CallOrder{}, false, err
		}
		return core.CallOrder{}, false, t.noCard(ctx, c, s, m, run)
	}
	c = c.Try(card.id, t.at)
	if err := t.insertCharge(ctx, &c, ""); err != nil {
		return core.CallOrder{}, false, err
	}
	return t.order(ctx, c, card, run)
}

// openCharges are those of a subscription that the worker has something to do
// with. It also reports whether there is one of the period.
func (t *tx) openCharges(ctx context.Context, subscription int64, p core.Period) (open []core.Charge, done bool, err error) {
	var rows []chargeRow
	err = t.all(ctx, &rows, `
		SELECT `+chargeColumns+`
		FROM charges
		WHERE subscription_id = ? AND (next_at > 0 OR status IN ('sending', 'checking') OR period_from = ?)
		ORDER BY period_from`, subscription, p.From.String())
	if err != nil {
		return nil, false, fmt.Errorf("read open charges of subscription %d: %w", subscription, err)
	}
	for _, r := range rows {
		done = done || r.PeriodFrom == p.From.String()
		if c := r.charge(); !c.NextAt.IsZero() || c.State.UnderWay() {
			open = append(open, c)
		}
	}
	return open, done, nil
}

// endWithPeriod ends a subscription that was to end with its period.
func (t *tx) endWithPeriod(ctx context.Context, old core.Subscription, run int64) error {
	s, err := old.Cancel(t.at, core.AtOnce)
	if err != nil {
		return err
	}
	if err := t.move(ctx, old, &s, core.Event{Action: core.SubscriptionCanceled}); err != nil {
		return err
	}
	return t.runNote(ctx, run, core.RunNote{Reason: core.SkippedEnded, Object: core.SubscriptionObject, ObjectID: s.ID})
}

// park leaves a subscription to a person.
func (t *tx) park(ctx context.Context, s core.Subscription, run int64) error {
	if _, err := t.exec(ctx, `UPDATE subscriptions SET parked_at = ? WHERE id = ?`, millis(t.at), s.ID); err != nil {
		return fmt.Errorf("park subscription %d: %w", s.ID, err)
	}
	_, err := t.record(ctx, core.Event{
		Action: core.SubscriptionParked, Object: core.SubscriptionObject, ObjectID: s.ID, Customer: s.Customer, Version: s.Version, From: core.Changes{}, To: core.Changes{},
	})
	if err != nil {
		return err
	}
	return t.runNote(ctx, run, core.RunNote{Reason: core.SkippedParked, Object: core.SubscriptionObject, ObjectID: s.ID})
}

// holdOff leaves a subscription's run until a time.
func (t *tx) holdOff(ctx context.Context, id int64, until time.Time) error {
	if _, err := t.exec(ctx, `UPDATE subscriptions SET not_before = ? WHERE id = ?`, millis(until), id); err != nil {
		return fmt.Errorf("hold off subscription %d: %w", id, err)
	}
	return nil
}
