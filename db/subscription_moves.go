package db

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

// changeSubscription carries out an act on a subscription of a living customer
// in a transaction. The act returns the subscription as it is to be and what
// was done, of which the event is recorded. Unless version is 0 it must be the
// subscription's.
func (s *Store) changeSubscription(ctx context.Context, by core.Actor, id, version int64,
	act func(t *tx, m core.Merchant, old core.Subscription) (core.Subscription, core.Action, error),
) (core.Subscription, error) {
	var changed core.Subscription
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.subscription(ctx, id)
		if err != nil {
			return err
		}
		if err := t.living(ctx, old.Customer); err != nil {
			return err
		}
		if version != 0 && version != old.Version {
			return core.ErrConflict
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		var done core.Action
		changed, done, err = act(t, m, old)
		if err != nil || changed == old {
			return err
		}
		return t.move(ctx, old, &changed, core.Event{Action: done})
	})
	if err != nil {
		return core.Subscription{}, err
	}
	return changed, nil
}

// move writes a subscription as it is to be, and the event of what was done.
func (t *tx) move(ctx context.Context, old core.Subscription, s *core.Subscription, e core.Event) error {
	if err := t.saveSubscription(ctx, old, s); err != nil {
		return err
	}
	was, is, err := t.subscriptionTexts(ctx, old, *s)
	if err != nil {
		return err
	}
	e.From, e.To = core.DiffTexts(was, is)
	e.Object, e.ObjectID, e.Customer, e.Version = core.SubscriptionObject, s.ID, s.Customer, s.Version
	_, err = t.record(ctx, e)
	return err
}

// subscriptionTexts are two states of a subscription as the record of acts
// tells them.
func (t *tx) subscriptionTexts(ctx context.Context, old, s core.Subscription) (was, is core.Changes, err error) {
	was, is = old.Texts(), s.Texts()
	if old.Plan != s.Plan {
		for plan, texts := range map[int64]core.Changes{old.Plan: was, s.Plan: is} {
			p, err := t.planFor(ctx, plan)
			if err != nil {
				return nil, nil, err
			}
			texts["plan"] = p.Name
		}
	}
	if old.Card != s.Card {
		for card, texts := range map[int64]core.Changes{old.Card: was, s.Card: is} {
			texts["card"] = ""
			if card == 0 {
				continue
			}
			c, err := t.cardFor(ctx, s.Customer, card)
			if err != nil {
				return nil, nil, err
			}
			texts["card"] = cardText(c)
		}
	}
	return was, is, nil
}

// PauseSubscription stops a subscription's charges until the given time, or
// until it is resumed where that is zero. Here and in the methods below: unless
// version is 0 it must be the subscription's, else [core.ErrConflict]; what its
// state does not allow is a [core.ForbiddenMove]; of a deleted customer's it is
// [core.ErrNotFound].
func (s *Store) PauseSubscription(ctx context.Context, by core.Actor, id, version int64, until time.Time) (core.Subscription, error) {
	until = until.UTC().Truncate(time.Millisecond)
	return s.changeSubscription(ctx, by, id, version, func(t *tx, _ core.Merchant, old core.Subscription) (core.Subscription, core.Action, error) {
		now, err := old.Pause(t.at, until)
		if err != nil {
			return now, "", err
		}
		// Where a person was to say how its charges go on, this says it.
		return now, core.SubscriptionPaused, t.notParked(ctx, "id", id)
	})
}

// ResumeSubscription takes up a paused or unpaid subscription.
func (s *Store) ResumeSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error) {
	return s.changeSubscription(ctx, by, id, version, func(t *tx, m core.Merchant, old core.Subscription) (core.Subscription, core.Action, error) {
		now, err := old.Resume(m, t.at)
		return now, core.SubscriptionResumed, err
	})
}

// CancelSubscription ends a subscription, at once or with the period.
func (s *Store) CancelSubscription(ctx context.Context, by core.Actor, id, version int64, when core.When) (core.Subscription, error) {
	if when != core.AtOnce && when != core.AtPeriodEnd {
		return core.Subscription{}, core.Invalid{{Field: "when", Rule: core.Required}}
	}
	return s.changeSubscription(ctx, by, id, version, func(t *tx, _ core.Merchant, old core.Subscription) (core.Subscription, core.Action, error) {
		now, err := old.Cancel(t.at, when)
		if now.State.Final() {
			return now, core.SubscriptionCanceled, err
		}
		return now, core.CancelScheduled, err
	})
}

// KeepSubscription takes back that a subscription ends with its period.
func (s *Store) KeepSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error) {
	return s.changeSubscription(ctx, by, id, version, func(_ *tx, _ core.Merchant, old core.Subscription) (core.Subscription, core.Action, error) {
		now, err := old.Keep()
		return now, core.SubscriptionKept, err
	})
}

// ChangeSubscription changes a subscription that has not ended, from its next
// period on. It fails with [core.Invalid] for what breaks a rule: a plan in
// another currency, a card that cannot be charged, fewer payments than were
// made.
func (s *Store) ChangeSubscription(ctx context.Context, by core.Actor, id, version int64, ch core.SubscriptionChange) (core.Subscription, error) {
	return s.changeSubscription(ctx, by, id, version, func(t *tx, _ core.Merchant, old core.Subscription) (core.Subscription, core.Action, error) {
		now, err := t.changed(ctx, old, ch)
		return now, core.SubscriptionUpdated, err
	})
}

// changed is the subscription with the change.
func (t *tx) changed(ctx context.Context, old core.Subscription, ch core.SubscriptionChange) (core.Subscription, error) {
	if old.State.Final() {
		return old, core.ForbiddenMove{From: old.State}
	}
	var p core.Plan
	var c core.Card
	var err error
	if ch.Plan != nil && *ch.Plan != old.Plan {
		if p, err = t.planFor(ctx, *ch.Plan); err != nil {
			return old, err
		}
		if p.ID == 0 {
			return old, core.Invalid{{Field: "plan", Rule: core.Required}}
		}
	}
	if ch.Card != nil && *ch.Card != old.Card && *ch.Card != 0 {
		if c, err = t.cardFor(ctx, old.Customer, *ch.Card); err != nil {
			return old, err
		}
	}
	now, bad := old.Change(ch, p, c, t.at)
	return now, bad.Err()
}

// holdSubscriptions keeps a customer's subscriptions from being charged.
func (t *tx) holdSubscriptions(ctx context.Context, customer int64) error {
	return t.eachLiving(ctx, customer, func(s core.Subscription) (core.Subscription, error) { return s.Hold(), nil })
}

// releaseSubscriptions takes holdSubscriptions back.
func (t *tx) releaseSubscriptions(ctx context.Context, customer int64) error {
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	err = t.eachLiving(ctx, customer, func(s core.Subscription) (core.Subscription, error) { return s.Release(m, t.at), nil })
	if err != nil {
		return err
	}
	// What a person was to be asked about is not charged any more.
	return t.notParked(ctx, "customer_id", customer)
}

// notParked takes the question back how the charges of a subscription, or of a
// customer's, go on, where there is one: another act has answered it.
func (t *tx) notParked(ctx context.Context, column string, id int64) error {
	_, err := t.exec(ctx, `UPDATE subscriptions SET parked_at = 0, not_before = 0 WHERE `+column+` = ? AND parked_at > 0`, id)
	if err != nil {
		return fmt.Errorf("leave nothing parked of %s %d: %w", column, id, err)
	}
	return nil
}

// eachLiving changes those of a customer's subscriptions that have not ended,
// as part of an act that leaves an event of its own. Where the state becomes
// another, the subscription has one, too.
func (t *tx) eachLiving(ctx context.Context, customer int64, change func(core.Subscription) (core.Subscription, error)) error {
	olds, err := t.livingSubscriptions(ctx, customer)
	if err != nil {
		return err
	}
	for _, old := range olds {
		s, err := change(old)
		if err == nil {
			err = t.moved(ctx, old, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// livingSubscriptions are those of a customer's subscriptions that have not
// ended.
func (t *tx) livingSubscriptions(ctx context.Context, customer int64) ([]core.Subscription, error) {
	var rows []subscriptionRow
	err := t.all(ctx, &rows, `
		SELECT `+subscriptionColumns+`
		FROM subscriptions
		WHERE customer_id = ? AND +merchant_id = ? AND status IN `+living+`
		ORDER BY id`, customer, t.by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions of customer %d: %w", customer, err)
	}
	return subscriptionsOf(rows)
}

// cancelSubscriptions ends all of a customer's subscriptions at once, each with
// its event.
func (t *tx) cancelSubscriptions(ctx context.Context, customer int64) error {
	olds, err := t.livingSubscriptions(ctx, customer)
	if err != nil {
		return err
	}
	for _, old := range olds {
		s, err := old.Cancel(t.at, core.AtOnce)
		if err == nil {
			err = t.move(ctx, old, &s, core.Event{Action: core.SubscriptionCanceled})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// undoSubscription takes a pause or a scheduled cancel back, if that is still
// how the subscription stands.
func (t *tx) undoSubscription(ctx context.Context, e core.Event) error {
	old, err := t.subscription(ctx, e.ObjectID)
	if err != nil {
		return err
	}
	if err := t.living(ctx, old.Customer); err != nil {
		return err
	}
	if again, err := t.doneAgain(ctx, e, old.Customer); err != nil || again {
		return cmp.Or(err, core.ErrConflict)
	}
	var s core.Subscription
	back := core.Event{Undoes: e.ID}
	switch e.Action {
	case core.CancelScheduled:
		back.Action = core.SubscriptionKept
		s, err = old.Keep()
	default:
		back.Action = core.SubscriptionResumed
		var m core.Merchant
		if m, err = t.merchant(ctx); err != nil {
			return err
		}
		behind := e.From["status"] == string(core.PastDue) && !old.DelinquentSince.IsZero() // not paid by a person since
		if s, err = old.Unpause(m, t.at); err == nil && behind {
			s.State, s.FailedAttempts = core.PastDue, old.FailedAttempts
		}
	}
	if _, forbidden := err.(core.ForbiddenMove); forbidden {
		return core.ErrConflict // it was resumed, or kept, or ended since
	}
	if err != nil {
		return err
	}
	return t.move(ctx, old, &s, back)
}

// doneAgain reports whether the act of an event on a subscription was done to
// it once more since: what there is to undo is that, then. The customer is the
// subscription's, which another was merged into where it is not the event's.
func (t *tx) doneAgain(ctx context.Context, e core.Event, customer int64) (bool, error) {
	var n int
	err := t.get(ctx, &n, `
		SELECT COUNT(*)
		FROM events
		WHERE customer_id IN (?, ?) AND customer_id > 0 AND id > ? AND action = ? AND object = ? AND object_id = ?`,
		e.Customer, customer, e.ID, e.Action, e.Object, e.ObjectID)
	if err != nil {
		return false, fmt.Errorf("look for what was done since: %w", err)
	}
	return n > 0, nil
}
