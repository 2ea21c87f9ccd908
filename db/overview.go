package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// overviewRows is how many subscriptions an overview names.
const overviewRows = 5

// Overview returns how the money and the subscriptions of the actor's merchant
// stand. Every sum runs along an index over no more than the days it is about,
// or over what is owed. Subscriptions of deleted customers, which are held,
// those that stand still and those that end with their period are expected to
// bring nothing.
func (s *Store) Overview(ctx context.Context, by core.Actor) (core.Overview, error) {
	if !by.May(core.Read) {
		return core.Overview{}, core.ErrForbidden
	}
	m, err := merchant(ctx, s.read, by.Merchant)
	if err != nil {
		return core.Overview{}, err
	}
	o := core.NewOverview(m, s.now())
	for _, part := range []func(context.Context, *core.Overview) error{
		s.overviewCharges, s.overviewExpected, s.overviewOwed, s.overviewStates, s.overviewExpiring, s.overviewBegan,
	} {
		if err := part(ctx, &o); err != nil {
			return core.Overview{}, fmt.Errorf("overview of merchant %d: %w", m.ID, err)
		}
	}
	return o, nil
}

// overviewCharges adds the charges that fell due. They are added up by instant:
// of those there are few, as subscriptions are charged at one hour of the day,
// and which day an instant is on, the merchant's zone says.
func (s *Store) overviewCharges(ctx context.Context, o *core.Overview) error {
	var rows []struct {
		DueAt    millis `db:"due_at"`
		Status   core.ChargeState
		Currency string
		N        int
		Minor    int64
		Refunded int64
	}
	err := s.read.all(ctx, &rows, `
		SELECT due_at, status, currency, COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS minor, CAST(SUM(refunded) AS BIGINT) AS refunded
		FROM charges
		WHERE merchant_id = ? AND due_at >= ? AND due_at < ?
		GROUP BY due_at, status, currency`, o.Merchant.ID, millis(o.Since), millis(o.Until))
	if err != nil {
		return fmt.Errorf("add up charges: %w", err)
	}
	for _, r := range rows {
		o.Charged(r.Status, r.DueAt.time(), r.Currency, core.Sum{Count: r.N, Minor: r.Minor}, r.Refunded)
	}
	return nil
}

// overviewExpected adds what subscriptions are to be charged, those with the
// same dates together. A start that was given as an instant is none of them:
// the run at hand is in next_at, and those after it follow from the anchor.
func (s *Store) overviewExpected(ctx context.Context, o *core.Overview) error {
	var rows []struct {
		Currency   string
		Frequency  core.Frequency
		Anchor     string
		AnchorDay  int    `db:"anchor_day"`
		NextNumber int    `db:"next_number"`
		NextAt     millis `db:"next_at"`
		Total      int    `db:"total_cycles"`
		Completed  int    `db:"completed_cycles"`
		N          int
		Minor      int64
	}
	err := s.read.all(ctx, &rows, `
		SELECT next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles,
			COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS minor
		FROM subscriptions
		WHERE merchant_id = ? AND next_at > 0 AND next_at < ? AND held = 0 AND cancel_at_end = 0 AND parked_at = 0
		GROUP BY next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles`,
		o.Merchant.ID, millis(o.Until))
	if err != nil {
		return fmt.Errorf("add up what is to be charged: %w", err)
	}
	for _, r := range rows {
		alike, err := subscriptionRow{
			Status: core.Active, Currency: r.Currency, Frequency: r.Frequency, Anchor: r.Anchor, AnchorDay: r.AnchorDay,
			NextNumber: r.NextNumber, NextAt: r.NextAt, TotalCycles: r.Total, CompletedCycles: r.Completed,
		}.subscription()
		if err != nil {
			return err
		}
		o.Expect(alike, core.Sum{Count: r.N, Minor: r.Minor})
	}
	return nil
}

// overviewOwed adds what subscriptions that are past due owe.
func (s *Store) overviewOwed(ctx context.Context, o *core.Overview) error {
	var rows []struct {
		Currency string
		N        int
		Minor    int64
	}
	err := s.read.all(ctx, &rows, `
		SELECT h.currency, COUNT(*) AS n, CAST(SUM(h.amount) AS BIGINT) AS minor
		FROM subscriptions s CROSS JOIN charges h -- in this order: few are past due
		WHERE s.merchant_id = ? AND s.status = ? AND s.held = 0
			AND h.merchant_id = ? AND h.subscription_id = s.id AND h.status IN ('retrying', 'declined')
		GROUP BY h.currency`, o.Merchant.ID, core.PastDue, o.Merchant.ID)
	if err != nil {
		return fmt.Errorf("add up what is owed: %w", err)
	}
	for _, r := range rows {
		o.In(r.Currency).Owed = core.Sum{Count: r.N, Minor: r.Minor}
	}
	return nil
}

// overviewStates counts the subscriptions.
func (s *Store) overviewStates(ctx context.Context, o *core.Overview) error {
	var rows []struct {
		Status core.State
		N      int
	}
	err := s.read.all(ctx, &rows, `
		SELECT status, COUNT(*) AS n
		FROM subscriptions
		WHERE merchant_id = ? AND held = 0
		GROUP BY status`, o.Merchant.ID)
	if err != nil {
		return fmt.Errorf("count subscriptions by state: %w", err)
	}
	for _, r := range rows {
		o.States = append(o.States, core.StateCount{State: r.Status, Count: r.N})
	}
	slices.SortFunc(o.States, func(a, b core.StateCount) int {
		return slices.Index(core.States, a.State) - slices.Index(core.States, b.State)
	})
	return nil
}

// overviewExpiring finds the subscriptions whose card is expired by their next
// charge.
func (s *Store) overviewExpiring(ctx context.Context, o *core.Overview) error {
	var spans []string
	var last string
	var args []any
	for _, span := range o.Expiries() {
		spans = append(spans, `s.next_at >= ? AND s.next_at < ? AND k.expires <= ?`)
		args = append(args, millis(span.From), millis(span.Until), span.Last.Key())
		last = max(last, span.Last.Key())
	}
	var ids []int64
	err := s.read.all(ctx, &ids, `
		SELECT s.id
		FROM cards k CROSS JOIN subscriptions s -- in this order: few cards are about to expire
		WHERE k.merchant_id = ? AND k.expires <= ? AND k.removed_at = 0
			AND s.card_id = k.id AND s.next_at > 0 AND s.next_at < ? AND s.held = 0 AND s.cancel_at_end = 0 AND (`+strings.Join(spans, " OR ")+`)
		ORDER BY s.next_at, s.id
		LIMIT ?`, slices.Concat([]any{o.Merchant.ID, last, millis(o.Until)}, args, []any{core.MaxCount + 1})...)
	if err != nil {
		return fmt.Errorf("look for cards that expire: %w", err)
	}
	o.ExpiringCount = len(ids)
	o.Expiring, err = s.subscriptionSummaries(ctx, ids[:min(len(ids), overviewRows)])
	return err
}

// overviewBegan finds out whether there was ever anything.
func (s *Store) overviewBegan(ctx context.Context, o *core.Overview) error {
	o.Began = len(o.Money) > 0 || len(o.States) > 0
	if o.Began {
		return nil
	}
	var id int64
	err := s.read.get(ctx, &id, `SELECT id FROM charges WHERE merchant_id = ? LIMIT 1`, o.Merchant.ID)
	if none(err) {
		return nil
	}
	o.Began = err == nil
	return err
}
