package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kontor/db/core"
)

// worker fails for who is not the system: the methods of the worker carry out
// what people have decided before.
func worker(by core.Actor) error {
	if by.Kind != core.BySystem {
		return core.ErrForbidden
	}
	return nil
}

// open merchants' subscriptions that a run has come of, as SQL.
const dueSubscriptions = `next_at > 0 AND next_at <= ? AND not_before <= ? AND held = 0 AND parked_at = 0
	AND status IN ('pending', 'active', 'past_due')`

// ofOpen is the condition that the merchant is not closed, as SQL.
const ofOpen = `NOT EXISTS (SELECT 1 FROM merchants m WHERE m.id = merchant_id AND m.closed_at > 0)`

// DueWork returns up to limit pieces of work that have come due, of every kind
// the most overdue first. What belongs to a closed merchant is not due, but for
// finding out what became of calls that were made.
func (s *Store) DueWork(ctx context.Context, by core.Actor, limit int) ([]core.Work, error) {
	if err := worker(by); err != nil {
		return nil, err
	}
	now := millis(s.instant())
	var all []core.Work
	for _, q := range []struct {
		kind core.WorkKind
		text string
		args []any
	}{
		{core.ResumeWork, `
			SELECT id, merchant_id, resume_at AS at
			FROM subscriptions
			WHERE resume_at > 0 AND resume_at <= ? AND status = 'paused' AND held = 0 AND ` + ofOpen + `
			ORDER BY resume_at, id
			LIMIT ?`, []any{now}},
		{core.BeginWork, `
			SELECT id, merchant_id, next_at AS at
			FROM subscriptions
			WHERE ` + dueSubscriptions + ` AND ` + ofOpen + `
			ORDER BY next_at, id
			LIMIT ?`, []any{now, now}},
		{core.ChargeWork, `
			SELECT id, merchant_id, next_at AS at
			FROM charges
			WHERE next_at > 0 AND next_at <= ? AND (status IN ('sending', 'checking') OR ` + ofOpen + `)
			ORDER BY next_at, id
			LIMIT ?`, []any{now}},
		{core.RefundWork, `
			SELECT id, merchant_id, next_at AS at
			FROM refunds
			WHERE next_at > 0 AND next_at <= ?
			ORDER BY next_at, id
			LIMIT ?`, []any{now}},
	} {
		var rows []struct {
			ID         int64
			MerchantID int64 `db:"merchant_id"`
			At         millis
		}
		if err := s.read.all(ctx, &rows, q.text, append(q.args, limit)...); err != nil {
			return nil, fmt.Errorf("look for work: %w", err)
		}
		for _, r := range rows {
			all = append(all, core.Work{Kind: q.kind, ID: r.ID, Merchant: r.MerchantID, At: r.At.time()})
		}
	}
	slices.SortStableFunc(all, func(a, b core.Work) int { return a.At.Compare(b.At) })
	return all[:min(limit, len(all))], nil
}

// NextWork returns when the next piece of work comes due, or the zero time when
// none will.
func (s *Store) NextWork(ctx context.Context, by core.Actor) (time.Time, error) {
	if err := worker(by); err != nil {
		return time.Time{}, err
	}
	var at millis
	err := s.read.get(ctx, &at, `
		SELECT COALESCE(MIN(at), 0)
		FROM (
			SELECT * FROM (SELECT resume_at AS at FROM subscriptions
				WHERE resume_at > 0 AND status = 'paused' AND held = 0 AND `+ofOpen+` ORDER BY resume_at LIMIT 1) AS resumed
			UNION ALL
			SELECT * FROM (SELECT CASE WHEN not_before > next_at THEN not_before ELSE next_at END AS at FROM subscriptions
				WHERE next_at > 0 AND held = 0 AND parked_at = 0 AND status IN ('pending', 'active', 'past_due') AND `+ofOpen+`
				ORDER BY next_at LIMIT 1) AS begun
			UNION ALL
			SELECT * FROM (SELECT not_before FROM subscriptions
				WHERE not_before > 0 AND next_at > 0 AND not_before > next_at AND held = 0 AND parked_at = 0 AND `+ofOpen+` ORDER BY not_before LIMIT 1) AS held_off
			UNION ALL
			SELECT * FROM (SELECT next_at FROM charges
				WHERE next_at > 0 AND (status IN ('sending', 'checking') OR `+ofOpen+`) ORDER BY next_at LIMIT 1) AS tried
			UNION ALL
			SELECT * FROM (SELECT next_at FROM refunds WHERE next_at > 0 ORDER BY next_at LIMIT 1) AS refunded
		) AS times`)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the next work: %w", err)
	}
	return at.time(), nil
}

// TakeWork claims a piece of work for the run and writes down what is to be
// asked of the processor. It reports false when there is nothing to ask: the
// work was done with that, or somebody else has it. Whoever gets an order must
// call the processor and then [Store.SettleWork]; who does not within
// [core.ChargeLease] has lost it to the next.
func (s *Store) TakeWork(ctx context.Context, by core.Actor, w core.Work, run int64) (o core.CallOrder, ok bool, err error) {
	if err := worker(by); err != nil {
		return core.CallOrder{}, false, err
	}
	err = s.transact(ctx, by.In(w.Merchant), func(t *tx) error {
		var err error
		switch w.Kind {
		case core.ResumeWork:
			o, ok, err = core.CallOrder{}, false, t.resumeDue(ctx, w.ID, run)
		case core.BeginWork:
			o, ok, err = t.begin(ctx, w.ID, run)
		case core.ChargeWork:
			o, ok, err = t.takeCharge(ctx, w.ID, run)
		case core.RefundWork:
			o, ok, err = t.takeRefund(ctx, w.ID)
		}
		return err
	})
	if err != nil {
		return core.CallOrder{}, false, fmt.Errorf("take %s %d: %w", w.Kind, w.ID, err)
	}
	return o, ok, nil
}

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
	asked := 0
	for _, c := range open {
		if c.State.UnderWay() {
			asked++
		}
	}
	if !old.Cycles.Endless() && old.Cycles.Completed+asked >= old.Cycles.Total {
		return core.CallOrder{}, false, t.holdOff(ctx, id, t.at.Add(time.Hour)) // the last payment may have been made
	}
	for _, c := range open {
		if !c.State.UnderWay() {
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

// noCard declines a charge that there is no card for.
func (t *tx) noCard(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, run int64) error {
	if err := t.runNote(ctx, run, core.RunNote{Reason: core.SkippedNoCard, Object: core.ChargeObject, ObjectID: c.ID}); err != nil {
		return err
	}
	return t.declined(ctx, c, s, m, core.NoCard)
}

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

// tryAtOnce has what was declined tried now, because the subscription has
// another card. BILLING.md §6.4.
func (t *tx) tryAtOnce(ctx context.Context, subscription int64) error {
	_, err := t.exec(ctx, `
		UPDATE charges
		SET next_at = ?, version = version + 1
		WHERE subscription_id = ? AND next_at > ? AND status IN ('retrying', 'declined')`, millis(t.at), subscription, millis(t.at))
	if err != nil {
		return fmt.Errorf("try the charge of subscription %d: %w", subscription, err)
	}
	return nil
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

// runNote writes down what a run did not charge, or found wrong. A person's own
// try has no run.
func (t *tx) runNote(ctx context.Context, run int64, n core.RunNote) error {
	if run == 0 {
		return nil
	}
	id, _ := t.newID("run_notes")
	kind := "skipped"
	if n.Fault {
		kind = "fault"
	}
	_, err := t.exec(ctx, `
		INSERT INTO run_notes (id, run_id, merchant_id, kind, reason, object, object_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, id, run, t.by.Merchant, kind, n.Reason, n.Object, n.ObjectID)
	if err != nil {
		return fmt.Errorf("note on run %d: %w", run, err)
	}
	return nil
}
