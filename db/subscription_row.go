package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

type subscriptionRow struct {
	ID               int64
	MerchantID       int64  `db:"merchant_id"`
	CustomerID       int64  `db:"customer_id"`
	PlanID           int64  `db:"plan_id"`
	CardID           absent `db:"card_id"`
	Version          int64
	Source           core.Source
	Status           core.State
	Amount           int64
	Currency         string
	Frequency        core.Frequency
	Anchor           string
	AnchorDay        int    `db:"anchor_day"`
	StartAt          millis `db:"start_at"`
	NextNumber       int    `db:"next_number"`
	NextAt           millis `db:"next_at"`
	StartedAt        millis `db:"started_at"`
	TotalCycles      int    `db:"total_cycles"`
	CompletedCycles  int    `db:"completed_cycles"`
	FailedAttempts   int    `db:"failed_attempts"`
	DelinquentCycles int    `db:"delinquent_cycles"`
	DelinquentSince  millis `db:"delinquent_since"`
	LastRun          millis `db:"last_run"`
	LastSuccess      millis `db:"last_success"`
	CancelAtEnd      bit    `db:"cancel_at_end"`
	Held             bit
	PausedAt         millis `db:"paused_at"`
	ResumeAt         millis `db:"resume_at"`
	EndedAt          millis `db:"ended_at"`
	Email            string
	BCC              string
	Description      string
	CreatedAt        millis `db:"created_at"`
	UpdatedAt        millis `db:"updated_at"`
}

const subscriptionColumns = `id, merchant_id, customer_id, plan_id, card_id, version, source, status, amount, currency, frequency,
	anchor, anchor_day, start_at, next_number, next_at, started_at, total_cycles, completed_cycles, failed_attempts,
	delinquent_cycles, delinquent_since, last_run, last_success, cancel_at_end, held, paused_at, resume_at, ended_at,
	email, bcc, description, created_at, updated_at`

// subscriptionChanges are the columns that change.
func subscriptionChanges(was, is core.Subscription) []column {
	return []column{
		{"plan_id", was.Plan, is.Plan},
		{"card_id", absent(was.Card), absent(is.Card)},
		{"version", was.Version, is.Version},
		{"status", was.State, is.State},
		{"amount", was.Amount.Minor, is.Amount.Minor},
		{"frequency", was.Anchor.Every, is.Anchor.Every},
		{"anchor", was.Anchor.First.String(), is.Anchor.First.String()},
		{"anchor_day", was.Anchor.Day, is.Anchor.Day},
		{"start_at", millis(was.StartAt), millis(is.StartAt)},
		{"next_number", was.NextNumber, is.NextNumber},
		{"next_at", millis(was.NextRun), millis(is.NextRun)},
		{"started_at", millis(was.StartedAt), millis(is.StartedAt)},
		{"total_cycles", was.Cycles.Total, is.Cycles.Total},
		{"completed_cycles", was.Cycles.Completed, is.Cycles.Completed},
		{"failed_attempts", was.FailedAttempts, is.FailedAttempts},
		{"delinquent_cycles", was.DelinquentCycles, is.DelinquentCycles},
		{"delinquent_since", millis(was.DelinquentSince), millis(is.DelinquentSince)},
		{"last_run", millis(was.LastRun), millis(is.LastRun)},
		{"last_success", millis(was.LastSuccess), millis(is.LastSuccess)},
		{"cancel_at_end", bit(was.CancelAtEnd), bit(is.CancelAtEnd)},
		{"held", bit(was.Held), bit(is.Held)},
		{"paused_at", millis(was.PausedAt), millis(is.PausedAt)},
		{"resume_at", millis(was.ResumeAt), millis(is.ResumeAt)},
		{"ended_at", millis(was.EndedAt), millis(is.EndedAt)},
		{"email", was.Email, is.Email},
		{"bcc", was.BCC, is.BCC},
		{"description", was.Description, is.Description},
		{"updated_at", millis(was.UpdatedAt), millis(is.UpdatedAt)},
	}
}

func (r subscriptionRow) subscription() (core.Subscription, error) {
	first, rule := core.ParseLocalDate(r.Anchor)
	if rule != "" {
		return core.Subscription{}, fmt.Errorf("subscription %d: anchor %q is %s", r.ID, r.Anchor, rule)
	}
	return core.Subscription{
		ID: r.ID, Merchant: r.MerchantID, Customer: r.CustomerID, Plan: r.PlanID, Card: int64(r.CardID), Version: r.Version,
		Source: r.Source, State: r.Status, Amount: core.Money{Minor: r.Amount, Currency: r.Currency},
		Anchor:  core.Anchor{Every: r.Frequency, First: first, Day: r.AnchorDay},
		StartAt: r.StartAt.time(), NextNumber: r.NextNumber, NextRun: r.NextAt.time(), StartedAt: r.StartedAt.time(),
		Cycles:      core.Cycles{Total: r.TotalCycles, Completed: r.CompletedCycles},
		CancelAtEnd: bool(r.CancelAtEnd), Held: bool(r.Held),
		FailedAttempts: r.FailedAttempts, DelinquentCycles: r.DelinquentCycles, DelinquentSince: r.DelinquentSince.time(),
		LastRun: r.LastRun.time(), LastSuccess: r.LastSuccess.time(),
		PausedAt: r.PausedAt.time(), ResumeAt: r.ResumeAt.time(), EndedAt: r.EndedAt.time(),
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
		Email: r.Email, BCC: r.BCC, Description: r.Description,
	}, nil
}

func subscriptionsOf(rows []subscriptionRow) ([]core.Subscription, error) {
	out := make([]core.Subscription, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.subscription(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// subscription returns one of the transaction's merchant.
func (t *tx) subscription(ctx context.Context, id int64) (core.Subscription, error) {
	var row subscriptionRow
	err := t.get(ctx, &row, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant)
	if none(err) {
		return core.Subscription{}, core.ErrNotFound
	}
	if err != nil {
		return core.Subscription{}, fmt.Errorf("read subscription %d: %w", id, err)
	}
	return row.subscription()
}

// saveSubscription writes a subscription that was read as old, as the next
// version of it.
func (t *tx) saveSubscription(ctx context.Context, old core.Subscription, s *core.Subscription) error {
	s.Version, s.UpdatedAt = old.Version+1, later(t.at, old.UpdatedAt)
	changes, args := set(subscriptionChanges(old, *s))
	err := t.putOne(ctx, fmt.Sprintf("update subscription %d", s.ID), `
		UPDATE subscriptions
		SET `+changes+`
		WHERE id = ? AND merchant_id = ? AND version = ?`, append(args, s.ID, t.by.Merchant, old.Version)...)
	if err != nil {
		return err
	}
	if s.State == core.Canceled && old.State != core.Canceled {
		return t.stopTries(ctx, s.ID)
	}
	if s.Card != old.Card && s.Card != 0 {
		return t.tryAtOnce(ctx, *s)
	}
	return nil
}

// A subscriptionSummaryRow is a subscription with what stands around it.
type subscriptionSummaryRow struct {
	subscriptionRow
	PlanName      string  `db:"plan_name"`
	CustomerName  string  `db:"customer_name"`
	CustomerFirst string  `db:"customer_first"`
	CustomerLast  string  `db:"customer_last"`
	Company       string  `db:"customer_company"`
	CustomerEmail string  `db:"customer_email"`
	Reference     string  `db:"customer_reference"`
	Brand         *string `db:"card_brand"`
	LastFour      *string `db:"card_last_four"`
	Expires       *string `db:"card_expires"`
	CardActive    *int64  `db:"card_active"`
	CardRemoved   *int64  `db:"card_removed"`
	ParkedAt      millis  `db:"parked_at"`
}

// subscriptionSummary is what is selected of subscriptions s, plans p,
// customers c and cards k for a summary.
const subscriptionSummary = `s.id, s.merchant_id, s.customer_id, s.plan_id, s.card_id, s.version, s.source, s.status, s.amount, s.currency,
	s.frequency, s.anchor, s.anchor_day, s.start_at, s.next_number, s.next_at, s.started_at, s.total_cycles, s.completed_cycles,
	s.failed_attempts, s.delinquent_cycles, s.delinquent_since, s.last_run, s.last_success, s.cancel_at_end, s.held, s.paused_at,
	s.resume_at, s.ended_at, s.email, s.bcc, s.description, s.created_at, s.updated_at, s.parked_at, p.name AS plan_name,
	c.name AS customer_name, c.first_name AS customer_first, c.last_name AS customer_last, c.company AS customer_company,
	c.email AS customer_email, c.reference AS customer_reference,
	k.brand AS card_brand, k.last_four AS card_last_four, k.expires AS card_expires, k.active AS card_active, k.removed_at AS card_removed`

const subscriptionAround = `
	JOIN plans p ON p.id = s.plan_id
	JOIN customers c ON c.id = s.customer_id
	LEFT JOIN cards k ON k.id = s.card_id`

func (r subscriptionSummaryRow) summary() (core.SubscriptionSummary, error) {
	s, err := r.subscription()
	if err != nil {
		return core.SubscriptionSummary{}, err
	}
	out := core.SubscriptionSummary{
		Subscription: s, PlanName: r.PlanName, ParkedAt: r.ParkedAt.time(),
		CustomerTitle: core.Customer{
			Name: r.CustomerName, FirstName: r.CustomerFirst, LastName: r.CustomerLast,
			Company: r.Company, Email: r.CustomerEmail, Reference: r.Reference,
		}.Title(),
	}
	if r.Brand != nil {
		out.Brand, out.LastFour = core.Brand(*r.Brand), *r.LastFour
		out.Expiry, _ = core.ParseExpiry(*r.Expires)
		out.CardUsable = *r.CardActive == 1 && *r.CardRemoved == 0
	}
	return out, nil
}

func summaries(rows []subscriptionSummaryRow) ([]core.SubscriptionSummary, error) {
	out := make([]core.SubscriptionSummary, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.summary(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
