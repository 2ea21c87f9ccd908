package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// Charge returns a charge of the actor's merchant with what stands around it.
func (s *Store) Charge(ctx context.Context, by core.Actor, id int64) (core.ChargeRecord, error) {
	if !by.May(core.Read) {
		return core.ChargeRecord{}, core.ErrForbidden
	}
	var row chargeSummaryRow
	err := s.read.get(ctx, &row, `
		SELECT `+chargeSummary+`
		FROM charges h`+chargeAround+`
		WHERE h.id = ? AND h.merchant_id = ?`, id, by.Merchant)
	if none(err) {
		return core.ChargeRecord{}, core.ErrNotFound
	}
	if err != nil {
		return core.ChargeRecord{}, fmt.Errorf("read charge %d: %w", id, err)
	}
	r := core.ChargeRecord{ChargeSummary: row.summary()}
	if r.Attempts, err = attempts(ctx, s.read, id); err != nil {
		return core.ChargeRecord{}, err
	}
	r.Refunds, err = refunds(ctx, s.read, id)
	return r, err
}

// A chargeSummaryRow is a charge with what stands around it.
type chargeSummaryRow struct {
	chargeRow
	PlanName      *string `db:"plan_name"`
	CustomerName  string  `db:"customer_name"`
	CustomerFirst string  `db:"customer_first"`
	CustomerLast  string  `db:"customer_last"`
	Company       string  `db:"customer_company"`
	CustomerEmail string  `db:"customer_email"`
	Reference     string  `db:"customer_reference"`
	Brand         *string `db:"card_brand"`
	LastFour      *string `db:"card_last_four"`
}

// chargeSummary is what is selected of charges h, plans p, customers c and
// cards k for a summary.
const chargeSummary = `h.id, h.merchant_id, h.customer_id, h.subscription_id, h.plan_id, h.card_id, h.version, h.source, h.status, h.reason,
	h.amount, h.currency, h.refunded, h.description, h.note, h.period_from, h.period_to, h.period_start, h.period_end, h.cycle, h.cycles,
	h.asked, h.tries, h.due_at, h.failed_at, h.next_at, h.settled_at, h.created_at, h.updated_at, p.name AS plan_name,
	c.name AS customer_name, c.first_name AS customer_first, c.last_name AS customer_last, c.company AS customer_company,
	c.email AS customer_email, c.reference AS customer_reference, k.brand AS card_brand, k.last_four AS card_last_four`

const chargeAround = `
	JOIN customers c ON c.id = h.customer_id
	LEFT JOIN plans p ON p.id = h.plan_id
	LEFT JOIN cards k ON k.id = h.card_id`

func (r chargeSummaryRow) summary() core.ChargeSummary {
	out := core.ChargeSummary{
		Charge: r.charge(),
		CustomerTitle: core.Customer{
			Name: r.CustomerName, FirstName: r.CustomerFirst, LastName: r.CustomerLast,
			Company: r.Company, Email: r.CustomerEmail, Reference: r.Reference,
		}.Title(),
	}
	if r.PlanName != nil {
		out.PlanName = *r.PlanName
	}
	if r.Brand != nil {
		out.Brand, out.LastFour = core.Brand(*r.Brand), *r.LastFour
	}
	return out
}

func chargeSummaries(rows []chargeSummaryRow) []core.ChargeSummary {
	out := make([]core.ChargeSummary, len(rows))
	for i, r := range rows {
		out[i] = r.summary()
	}
	return out
}

// CustomerCharges returns up to limit charges of a customer, newest first.
func (s *Store) CustomerCharges(ctx context.Context, by core.Actor, customer int64, limit int) ([]core.ChargeSummary, error) {
	return s.chargesOf(briefly(ctx), by, `h.customer_id = ?`, customer, limit)
}

// SubscriptionCharges returns up to limit charges of a subscription, newest
// first.
func (s *Store) SubscriptionCharges(ctx context.Context, by core.Actor, subscription int64, limit int) ([]core.ChargeSummary, error) {
	return s.chargesOf(ctx, by, `h.subscription_id = ?`, subscription, limit)
}

func (s *Store) chargesOf(ctx context.Context, by core.Actor, of string, id int64, limit int) ([]core.ChargeSummary, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	var rows []chargeSummaryRow
	err := s.read.all(ctx, &rows, `
		SELECT `+chargeSummary+`
		FROM charges h`+chargeAround+`
		WHERE `+of+` AND +h.merchant_id = ?
		ORDER BY h.id DESC
		LIMIT ?`, id, by.Merchant, limit)
	if err != nil {
		return nil, fmt.Errorf("read charges: %w", err)
	}
	return chargeSummaries(rows), nil
}

// PaidToDate returns what a customer has paid and not got back, by currency.
func (s *Store) PaidToDate(ctx context.Context, by core.Actor, customer int64) ([]core.Money, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	var sums []core.Money
	err := s.read.all(briefly(ctx), &sums, `
		SELECT CAST(SUM(amount - refunded) AS BIGINT) AS minor, currency
		FROM charges
		WHERE customer_id = ? AND +merchant_id = ? AND status = 'paid'
		GROUP BY currency
		ORDER BY currency`, customer, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("add up what customer %d paid: %w", customer, err)
	}
	return sums, nil
}
