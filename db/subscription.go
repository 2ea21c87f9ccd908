package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// Subscription returns a subscription of the actor's merchant with what stands
// around it, of a deleted customer too.
func (s *Store) Subscription(ctx context.Context, by core.Actor, id int64) (core.SubscriptionSummary, error) {
	if !by.May(core.Read) {
		return core.SubscriptionSummary{}, core.ErrForbidden
	}
	var row subscriptionSummaryRow
	err := s.read.get(ctx, &row, `
		SELECT `+subscriptionSummary+`
		FROM subscriptions s`+subscriptionAround+`
		WHERE s.id = ? AND s.merchant_id = ?`, id, by.Merchant)
	if none(err) {
		return core.SubscriptionSummary{}, core.ErrNotFound
	}
	if err != nil {
		return core.SubscriptionSummary{}, fmt.Errorf("read subscription %d: %w", id, err)
	}
	return row.summary()
}

// CustomerSubscriptions returns a customer's subscriptions, those that have
// not ended first, then the newest.
func (s *Store) CustomerSubscriptions(ctx context.Context, by core.Actor, customer int64) ([]core.SubscriptionSummary, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	var rows []subscriptionSummaryRow
	err := s.read.all(briefly(ctx), &rows, `
		SELECT `+subscriptionSummary+`
		FROM subscriptions s`+subscriptionAround+`
		WHERE s.customer_id = ? AND +s.merchant_id = ?
		ORDER BY CASE WHEN s.status IN `+living+` THEN 0 ELSE 1 END, s.id DESC`, customer, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions of customer %d: %w", customer, err)
	}
	return summaries(rows)
}

// StartSubscription starts a subscription of a living customer and returns it.
// It fails with [core.Invalid] for what breaks a rule: an archived plan, a card
// that cannot be charged, a start that lies in the past. A plan or card that
// there is not is Required, as is a customer's default card where there is none.
func (s *Store) StartSubscription(ctx context.Context, by core.Actor, n core.NewSubscription) (core.Subscription, error) {
	var made core.Subscription
	customer, err := s.currentID(ctx, by, n.Customer)
	if err != nil {
		return made, err
	}
	n.Customer = customer
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		if n.Key != "" {
			if again, err := t.startedBefore(ctx, n); err != nil || again.ID != 0 {
				made = again
				return err
			}
		}
		if err := t.living(ctx, n.Customer); err != nil {
			return err
		}
		m, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		p, err := t.planFor(ctx, n.Plan)
		if err != nil {
			return err
		}
		c, err := t.cardFor(ctx, n.Customer, n.Card)
		if err != nil {
			return err
		}
		sub, bad := n.Make(p, c, m, t.at)
		if p.ID == 0 {
			bad = core.Invalid{{Field: "plan", Rule: core.Required}}.And(bad, "amount", "currency")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		made = sub
		made.ID, made.CreatedAt = t.newID("subscriptions")
		made.UpdatedAt = made.CreatedAt
		if err := t.insertSubscription(ctx, made, n.Key); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{
			Action: core.SubscriptionStarted, Object: core.SubscriptionObject, ObjectID: made.ID, Customer: made.Customer, Version: 1,
			From: core.Changes{}, To: core.Changes{"plan": p.Name, "amount": made.Amount.String(), "card": cardText(c)},
		})
		return err
	})
	if err != nil {
		return core.Subscription{}, err
	}
	return made, nil
}

func (t *tx) insertSubscription(ctx context.Context, s core.Subscription, key string) error {
	_, err := t.exec(ctx, `
		INSERT INTO subscriptions (`+subscriptionColumns+`, start_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Merchant, s.Customer, s.Plan, absent(s.Card), s.Version, s.Source, s.State, s.Amount.Minor, s.Amount.Currency, s.Anchor.Every,
		s.Anchor.First.String(), s.Anchor.Day, millis(s.StartAt), s.NextNumber, millis(s.NextRun), millis(s.StartedAt),
		s.Cycles.Total, s.Cycles.Completed, s.FailedAttempts, s.DelinquentCycles, millis(s.DelinquentSince), millis(s.LastRun), millis(s.LastSuccess),
		bit(s.CancelAtEnd), bit(s.Held), millis(s.PausedAt), millis(s.ResumeAt), millis(s.EndedAt),
		s.Email, s.BCC, s.Description, millis(s.CreatedAt), millis(s.UpdatedAt), key)
	if err != nil {
		return fmt.Errorf("insert subscription: %w", err)
	}
	return nil
}

// startedBefore returns the subscription that was started with the same key,
// of the same customer. Another customer's is [core.ErrConflict].
func (t *tx) startedBefore(ctx context.Context, n core.NewSubscription) (core.Subscription, error) {
	var row subscriptionRow
	err := t.get(ctx, &row, `
		SELECT `+subscriptionColumns+`
		FROM subscriptions
		WHERE merchant_id = ? AND start_key = ? AND start_key <> ''`, t.by.Merchant, n.Key)
	switch {
	case none(err):
		return core.Subscription{}, nil
	case err != nil:
		return core.Subscription{}, fmt.Errorf("look for start key: %w", err)
	case row.CustomerID != n.Customer:
		return core.Subscription{}, core.ErrConflict
	}
	return row.subscription()
}

// planFor is the plan, or the zero plan where there is none such.
func (t *tx) planFor(ctx context.Context, id int64) (core.Plan, error) {
	p, err := t.plan(ctx, id)
	if err == core.ErrNotFound {
		return core.Plan{}, nil
	}
	return p, err
}

// cardFor is the customer's card, by default the default one, or the zero card
// where there is none such. It is held until the transaction ends, so that
// nobody removes it meanwhile.
func (t *tx) cardFor(ctx context.Context, customer, id int64) (core.Card, error) {
	var row struct {
		ID        int64
		Brand     core.Brand
		LastFour  string `db:"last_four"`
		Expires   string
		Active    bit
		RemovedAt millis `db:"removed_at"`
	}
	cond, args := `id = ?`, []any{customer, t.by.Merchant, id}
	if id == 0 {
		cond, args = `is_default = 1 AND removed_at = 0`, args[:2]
	}
	err := t.get(ctx, &row, `
		UPDATE cards
		SET version = version
		WHERE customer_id = ? AND +merchant_id = ? AND `+cond+`
		RETURNING id, brand, last_four, expires, active, removed_at`, args...)
	if none(err) {
		return core.Card{}, nil
	}
	if err != nil {
		return core.Card{}, fmt.Errorf("read card of customer %d: %w", customer, err)
	}
	c := core.Card{ID: row.ID, Customer: customer, Brand: row.Brand, LastFour: row.LastFour, Active: bool(row.Active), RemovedAt: row.RemovedAt.time()}
	c.Expiry, _ = core.ParseExpiry(row.Expires)
	return c, nil
}

// cardText names a card in the record of acts.
func cardText(c core.Card) string {
	if c.ID == 0 {
		return ""
	}
	return string(c.Brand) + " " + c.LastFour
}

// SubscriptionEvents returns up to limit events of a subscription, newest
// first.
func (s *Store) SubscriptionEvents(ctx context.Context, by core.Actor, id int64, limit int) ([]core.Event, error) {
	sub, err := s.Subscription(ctx, by, id)
	if err != nil {
		return nil, err
	}
	var rows []eventRow
	err = s.read.all(ctx, &rows, `
		SELECT `+eventColumns+`
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.customer_id = ? AND e.customer_id > 0 AND +e.merchant_id = ? AND e.object = ? AND e.object_id = ?
		ORDER BY e.id DESC
		LIMIT ?`, sub.Customer, by.Merchant, core.SubscriptionObject, id, limit)
	if err != nil {
		return nil, fmt.Errorf("read events of subscription %d: %w", id, err)
	}
	return events(rows)
}
