package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

type chargeRow struct {
	ID             int64
	MerchantID     int64  `db:"merchant_id"`
	CustomerID     int64  `db:"customer_id"`
	SubscriptionID absent `db:"subscription_id"`
	PlanID         absent `db:"plan_id"`
	CardID         absent `db:"card_id"`
	Version        int64
	Source         core.Source
	Status         core.ChargeState
	Reason         core.Decline
	Amount         int64
	Currency       string
	Refunded       int64
	Description    string
	Note           string
	PeriodFrom     string `db:"period_from"`
	PeriodTo       string `db:"period_to"`
	PeriodStart    millis `db:"period_start"`
	PeriodEnd      millis `db:"period_end"`
	Cycle          int
	Cycles         int
	Asked          bit
	Tries          int
	DueAt          millis `db:"due_at"`
	FailedAt       millis `db:"failed_at"`
	NextAt         millis `db:"next_at"`
	SettledAt      millis `db:"settled_at"`
	CreatedAt      millis `db:"created_at"`
	UpdatedAt      millis `db:"updated_at"`
}

const chargeColumns = `id, merchant_id, customer_id, subscription_id, plan_id, card_id, version, source, status, reason,
	amount, currency, refunded, description, note, period_from, period_to, period_start, period_end, cycle, cycles, asked, tries,
	due_at, failed_at, next_at, settled_at, created_at, updated_at`

func (r chargeRow) charge() core.Charge {
	c := core.Charge{
		ID: r.ID, Merchant: r.MerchantID, Customer: r.CustomerID, Subscription: int64(r.SubscriptionID), Plan: int64(r.PlanID),
		Card: int64(r.CardID), Version: r.Version, Source: r.Source, State: r.Status, Reason: r.Reason,
		Amount: core.Money{Minor: r.Amount, Currency: r.Currency}, Refunded: r.Refunded, Description: r.Description, Note: r.Note,
		Period: core.Period{Start: r.PeriodStart.time(), End: r.PeriodEnd.time()}, Cycle: r.Cycle, Cycles: r.Cycles,
		Asked: bool(r.Asked), Tries: r.Tries, DueAt: r.DueAt.time(), FailedAt: r.FailedAt.time(), NextAt: r.NextAt.time(),
		SettledAt: r.SettledAt.time(), CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}
	c.Period.From, _ = core.ParseLocalDate(r.PeriodFrom) // both are empty where there is no period
	c.Period.To, _ = core.ParseLocalDate(r.PeriodTo)
	return c
}

// charge returns one of the transaction's merchant.
func (t *tx) charge(ctx context.Context, id int64) (core.Charge, error) {
	return charge(ctx, t, t.by.Merchant, id)
}

func charge(ctx context.Context, q querier, merchant, id int64) (core.Charge, error) {
	var row chargeRow
	err := q.get(ctx, &row, chargeQuery, id, merchant)
	if none(err) {
		return core.Charge{}, core.ErrNotFound
	}
	if err != nil {
		return core.Charge{}, fmt.Errorf("read charge %d: %w", id, err)
	}
	return row.charge(), nil
}

const chargeQuery = `SELECT ` + chargeColumns + ` FROM charges WHERE id = ? AND merchant_id = ?`

// tried is a charge with its last try; [core.ErrNotFound] where there is no such
// charge, or it was never tried.
func (t *tx) tried(ctx context.Context, id int64) (core.Charge, core.Attempt, error) {
	var c chargeRow
	var a attemptRow
	err := t.reads(ctx, oneOf(&c, chargeQuery, id, t.by.Merchant), oneOf(&a, lastAttempt, id))
	if err != nil {
		return core.Charge{}, core.Attempt{}, fmt.Errorf("read charge %d and its last try: %w", id, err)
	}
	if c.ID == 0 || a.ID == 0 {
		return core.Charge{}, core.Attempt{}, core.ErrNotFound
	}
	return c.charge(), a.attempt(), nil
}

// insertCharge gives a charge its ID and times, and writes it.
func (t *tx) insertCharge(ctx context.Context, c *core.Charge, request string) error {
	c.ID, c.CreatedAt = t.newID("charges")
	c.UpdatedAt = c.CreatedAt
	return t.writeCharge(ctx, *c, request)
}

func (t *tx) writeCharge(ctx context.Context, c core.Charge, request string) error {
	var from, to string
	if !c.Single() {
		from, to = c.Period.From.String(), c.Period.To.String()
	}
	return t.put(ctx, "insert charge", `
		INSERT INTO charges (`+chargeColumns+`, request)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID, c.Merchant, c.Customer, absent(c.Subscription), absent(c.Plan), absent(c.Card), c.Version, c.Source, c.State, c.Reason,
		c.Amount.Minor, c.Amount.Currency, c.Refunded, c.Description, c.Note, from, to, millis(c.Period.Start), millis(c.Period.End),
		c.Cycle, c.Cycles, bit(c.Asked), c.Tries, millis(c.DueAt), millis(c.FailedAt), millis(c.NextAt), millis(c.SettledAt),
		millis(c.CreatedAt), millis(c.UpdatedAt), request)
}

// saveCharge writes what changes of a charge that was read as old, as the next
// version of it.
func (t *tx) saveCharge(ctx context.Context, old core.Charge, c *core.Charge) error {
	c.Version, c.UpdatedAt = old.Version+1, later(t.at, old.UpdatedAt)
	changes, args := set([]column{
		{"card_id", absent(old.Card), absent(c.Card)},
		{"version", old.Version, c.Version},
		{"status", old.State, c.State},
		{"reason", old.Reason, c.Reason},
		{"refunded", old.Refunded, c.Refunded},
		{"note", old.Note, c.Note},
		{"asked", bit(old.Asked), bit(c.Asked)},
		{"tries", old.Tries, c.Tries},
		{"failed_at", millis(old.FailedAt), millis(c.FailedAt)},
		{"next_at", millis(old.NextAt), millis(c.NextAt)},
		{"settled_at", millis(old.SettledAt), millis(c.SettledAt)},
		{"updated_at", millis(old.UpdatedAt), millis(c.UpdatedAt)},
	})
	return t.putOne(ctx, fmt.Sprintf("update charge %d", c.ID), `
		UPDATE charges
		SET `+changes+`
		WHERE id = ? AND merchant_id = ? AND version = ?`, append(args, c.ID, t.by.Merchant, old.Version)...)
}

type attemptRow struct {
	ID        int64
	ChargeID  int64 `db:"charge_id"`
	Number    int
	Key       string
	CardID    int64 `db:"card_id"`
	RunID     int64 `db:"run_id"`
	State     core.AttemptState
	Reason    core.Decline
	Reference string
	Checks    int
	CreatedAt millis `db:"created_at"`
	SettledAt millis `db:"settled_at"`
	Brand     core.Brand
	LastFour  string `db:"last_four"`
}

const attemptColumns = `a.id, a.charge_id, a.number, a.key, a.card_id, a.run_id, a.state, a.reason, a.reference, a.checks,
	a.created_at, a.settled_at`

func (r attemptRow) attempt() core.Attempt {
	return core.Attempt{
		ID: r.ID, Charge: r.ChargeID, Number: r.Number, Key: r.Key, Card: r.CardID, Brand: r.Brand, LastFour: r.LastFour,
		Run: r.RunID, State: r.State, Reason: r.Reason, Reference: r.Reference, Checks: r.Checks,
		CreatedAt: r.CreatedAt.time(), SettledAt: r.SettledAt.time(),
	}
}

// attempts are the tries of a charge in their order.
func attempts(ctx context.Context, q querier, charge int64) ([]core.Attempt, error) {
	var rows []attemptRow
	err := q.all(ctx, &rows, `
		SELECT `+attemptColumns+`, k.brand, k.last_four
		FROM attempts a JOIN cards k ON k.id = a.card_id
		WHERE a.charge_id = ?
		ORDER BY a.number`, charge)
	if err != nil {
		return nil, fmt.Errorf("read tries of charge %d: %w", charge, err)
	}
	out := make([]core.Attempt, len(rows))
	for i, r := range rows {
		out[i] = r.attempt()
	}
	return out, nil
}

// lastAttempt is the newest try of a charge, with what its card is called.
func (t *tx) lastAttempt(ctx context.Context, charge int64) (core.Attempt, error) {
	var row attemptRow
	if err := t.get(ctx, &row, lastAttempt, charge); err != nil {
		return core.Attempt{}, fmt.Errorf("read the last try of charge %d: %w", charge, err)
	}
	return row.attempt(), nil
}

const lastAttempt = `
	SELECT ` + attemptColumns + `, k.brand, k.last_four
	FROM attempts a JOIN cards k ON k.id = a.card_id
	WHERE a.charge_id = ?
	ORDER BY a.number DESC
	LIMIT 1`

func (t *tx) insertAttempt(ctx context.Context, a *core.Attempt) error {
	a.ID, a.CreatedAt = t.newID("attempts")
	return t.writeAttempt(ctx, *a)
}

func (t *tx) writeAttempt(ctx context.Context, a core.Attempt) error {
	return t.put(ctx, "insert try "+a.Key, `
		INSERT INTO attempts (id, merchant_id, charge_id, number, key, card_id, run_id, state, reason, reference, checks, created_at, settled_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, t.by.Merchant, a.Charge, a.Number, a.Key, a.Card, a.Run, a.State, a.Reason, a.Reference, a.Checks,
		millis(a.CreatedAt), millis(a.SettledAt))
}
