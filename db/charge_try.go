package db

import (
	"context"
	"errors"
	"fmt"

	"kontor/db/core"
)

// takeCharge begins the next try of a charge, or takes up one that has no
// outcome.
func (t *tx) takeCharge(ctx context.Context, id, run int64) (core.CallOrder, bool, error) {
	var row chargeRow
	err := t.get(ctx, &row, `
		UPDATE charges
		SET next_at = ?
		WHERE id = ? AND merchant_id = ? AND next_at > 0 AND next_at <= ?
		RETURNING `+chargeColumns, millis(t.at.Add(core.ChargeLease)), id, t.by.Merchant, millis(t.at))
	t.wrote = true
	if none(err) {
		return core.CallOrder{}, false, nil
	}
	if err != nil {
		return core.CallOrder{}, false, err
	}
	c := row.charge()
	if c.State.UnderWay() {
		a, err := t.lastAttempt(ctx, id)
		if err != nil {
			return core.CallOrder{}, false, err
		}
		card, err := t.card(ctx, a.Card)
		if err != nil {
			return core.CallOrder{}, false, err
		}
		return chargeCall(c, a, card, true), true, nil
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	s, stop, err := t.mayTry(ctx, c, m)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	if stop != "" {
		return core.CallOrder{}, false, t.stopTrying(ctx, c, m, stop, run)
	}
	want := c.Card
	if !c.Single() && !c.Asked {
		want = s.Card
	}
	if c.WaitsForCard() && !c.Asked && want == c.Card {
		return core.CallOrder{}, false, t.giveUp(ctx, c, s, m)
	}
	card, err := t.chargeable(ctx, c.Customer, want)
	if err != nil {
		return core.CallOrder{}, false, err
	}
	if card.id == 0 {
		return core.CallOrder{}, false, t.noCard(ctx, c, s, m, run)
	}
	tried := c.Try(card.id, t.at)
	if err := t.saveCharge(ctx, c, &tried); err != nil {
		return core.CallOrder{}, false, err
	}
	return t.order(ctx, tried, card, run)
}

// mayTry returns a charge's subscription, and why the charge may not be tried
// now, if so.
func (t *tx) mayTry(ctx context.Context, c core.Charge, m core.Merchant) (s core.Subscription, stop string, err error) {
	if err := t.living(ctx, c.Customer); err != nil {
		if errors.Is(err, core.ErrNotFound) {
			return s, core.SkippedHeld, nil
		}
		return s, "", err
	}
	if c.Single() {
		return s, "", nil
	}
	if s, err = t.subscription(ctx, c.Subscription); err != nil {
		return s, "", err
	}
	switch {
	case s.Held:
		return s, core.SkippedHeld, nil
	case !c.Asked && s.State != core.Active && s.State != core.PastDue:
		return s, core.SkippedStopped, nil
	}
	return s, "", nil
}

// stopTrying leaves a try out. While the customer is deleted the later ones
// may still come; else there are none.
func (t *tx) stopTrying(ctx context.Context, c core.Charge, m core.Merchant, why string, run int64) error {
	done := c.GiveUp(t.at)
	if again := c.Later(m, t.at); why == core.SkippedHeld && !again.IsZero() {
		done = c
		done.NextAt = again
	}
	if err := t.saveCharge(ctx, c, &done); err != nil {
		return err
	}
	return t.runNote(ctx, run, core.RunNote{Reason: why, Object: core.ChargeObject, ObjectID: c.ID})
}

// noCard declines a charge that there is no card for.
func (t *tx) noCard(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, run int64) error {
	if err := t.runNote(ctx, run, core.RunNote{Reason: core.SkippedNoCard, Object: core.ChargeObject, ObjectID: c.ID}); err != nil {
		return err
	}
	return t.declined(ctx, c, s, m, core.NoCard)
}

// order writes down the try that the charge is at, and returns the call to be
// made.
func (t *tx) order(ctx context.Context, c core.Charge, card chargeable, run int64) (core.CallOrder, bool, error) {
	a := core.Attempt{Charge: c.ID, Number: c.Tries, Key: c.Key(c.Tries), Card: card.id, Run: run, State: core.AttemptSending}
	if err := t.insertAttempt(ctx, &a); err != nil {
		return core.CallOrder{}, false, err
	}
	return chargeCall(c, a, card, false), true, nil
}

func chargeCall(c core.Charge, a core.Attempt, card chargeable, ask bool) core.CallOrder {
	return core.CallOrder{
		Work: core.Work{Kind: core.ChargeWork, ID: c.ID, Merchant: c.Merchant}, ID: a.ID, Ask: ask, Begun: a.CreatedAt,
		Charge: core.ChargeOrder{Key: a.Key, Token: card.token, Expiry: card.expiry, Amount: c.Amount, Description: c.Description},
	}
}

// tryAtOnce has what was declined tried now, because the subscription has
// another card. BILLING.md §6.4. While it is paused or held nothing is: what is
// to be tried later, when it may go on again, stays so.
func (t *tx) tryAtOnce(ctx context.Context, s core.Subscription) error {
	if s.Held || s.State != core.Active && s.State != core.PastDue {
		return nil
	}
	_, err := t.exec(ctx, `
		UPDATE charges
		SET next_at = ?, version = version + 1
		WHERE subscription_id = ? AND next_at > ? AND status IN ('retrying', 'declined')`, millis(t.at), s.ID, millis(t.at))
	if err != nil {
		return fmt.Errorf("try the charge of subscription %d: %w", s.ID, err)
	}
	return nil
}

// tryRenewed has what was declined because the card had expired tried now, with
// the card's new date. To the charge that is as good as another card.
func (t *tx) tryRenewed(ctx context.Context, card int64) error {
	_, err := t.exec(ctx, `
		UPDATE charges
		SET status = 'retrying', next_at = ?, version = version + 1
		WHERE subscription_id IN (SELECT id FROM subscriptions WHERE card_id = ? AND status IN ('active', 'past_due') AND held = 0)
			AND next_at > ? AND status = 'declined' AND reason = ?`, millis(t.at), card, millis(t.at), core.ExpiredCard)
	if err != nil {
		return fmt.Errorf("try what card %d was too old for: %w", card, err)
	}
	return nil
}

// A chargeable is what the processor is told of a card.
type chargeable struct {
	id       int64
	token    string
	expiry   core.Expiry
	brand    core.Brand
	lastFour string
}

// label names the card in the record of acts.
func (c chargeable) label() string { return string(c.brand) + " " + c.lastFour }

type chargeableRow struct {
	ID        int64
	Token     string
	Expires   string
	Brand     core.Brand
	LastFour  string `db:"last_four"`
	Active    bit
	RemovedAt millis `db:"removed_at"`
}

func (r chargeableRow) card() chargeable {
	c := chargeable{id: r.ID, token: r.Token, brand: r.Brand, lastFour: r.LastFour}
	c.expiry, _ = core.ParseExpiry(r.Expires)
	return c
}

// chargeable is the customer's card that is to be charged, or the zero value
// when it was removed, switched off or never there. An expired one is tried:
// the issuer may know its new date.
func (t *tx) chargeable(ctx context.Context, customer, id int64) (chargeable, error) {
	var row chargeableRow
	err := t.get(ctx, &row, `
		SELECT id, token, expires, brand, last_four, active, removed_at
		FROM cards
		WHERE id = ? AND customer_id = ? AND merchant_id = ? AND active = 1 AND removed_at = 0`, id, customer, t.by.Merchant)
	if none(err) {
		return chargeable{}, nil
	}
	if err != nil {
		return chargeable{}, fmt.Errorf("read card %d: %w", id, err)
	}
	return row.card(), nil
}

// card is a card that was charged, whatever became of it since.
func (t *tx) card(ctx context.Context, id int64) (chargeable, error) {
	var row chargeableRow
	err := t.get(ctx, &row, `
		SELECT id, token, expires, brand, last_four, active, removed_at
		FROM cards
		WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant)
	if err != nil {
		return chargeable{}, fmt.Errorf("read card %d: %w", id, err)
	}
	return row.card(), nil
}

// stopTries leaves declined what would be tried again of a subscription that is
// canceled, unless a person wants it tried. BILLING.md §7.1.
func (t *tx) stopTries(ctx context.Context, subscription int64) error {
	_, err := t.exec(ctx, `
		UPDATE charges
		SET status = 'declined', next_at = 0, settled_at = ?, updated_at = ?, version = version + 1
		WHERE subscription_id = ? AND next_at > 0 AND asked = 0 AND status IN ('retrying', 'declined')`, millis(t.at), millis(t.at), subscription)
	if err != nil {
		return fmt.Errorf("stop trying the charge of subscription %d: %w", subscription, err)
	}
	return nil
}
