package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// faultQueries find what should not be, each as object, object_id and
// merchant_id. Those with a run look at that run's charges, or at the run's
// merchant, and at everything without.
func (t *tx) runFaults(ctx context.Context, run core.Run) ([]core.CheckFault, error) {
	of := `c.id IN (SELECT charge_id FROM attempts WHERE run_id = ? AND run_id > 0)`
	return faults(ctx, t, []faultQuery{
		{core.FaultTwoSuccesses, core.ChargeObject, twoSuccesses(of), []any{run.ID}},
		{core.FaultPaidWithout, core.ChargeObject, paidWithout(of), []any{run.ID}},
		{core.FaultSums, core.ChargeObject, refundSums(of), []any{run.ID}},
		{core.FaultWaiting, core.ChargeObject, waiting(`c.merchant_id = ?`), []any{run.Merchant}},
		{core.FaultNotCharged, core.SubscriptionObject, notCharged, []any{run.Merchant, millis(run.StartedAt), millis(run.StartedAt)}},
	})
}

type faultQuery struct {
	reason string
	object core.ObjectKind
	text   string
	args   []any
}

func twoSuccesses(of string) string {
	return `
		SELECT c.id AS object_id, c.merchant_id
		FROM charges c
		WHERE ` + of + ` AND (SELECT COUNT(*) FROM attempts a WHERE a.charge_id = c.id AND a.state = 'succeeded') > 1`
}

func paidWithout(of string) string {
	return `
		SELECT c.id AS object_id, c.merchant_id
		FROM charges c
		WHERE ` + of + ` AND (CASE WHEN c.status = 'paid' THEN 1 ELSE 0 END)
			<> (SELECT COUNT(*) FROM attempts a WHERE a.charge_id = c.id AND a.state = 'succeeded')`
}

func refundSums(of string) string {
	return `
		SELECT c.id AS object_id, c.merchant_id
		FROM charges c
		WHERE ` + of + ` AND c.refunded <>
			(SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.charge_id = c.id AND r.state <> 'declined')`
}

// waiting: what is to be tried has a time at which it is.
func waiting(of string) string {
	return `
		SELECT c.id AS object_id, c.merchant_id
		FROM charges c
		WHERE ` + of + ` AND c.status IN ('due', 'sending', 'retrying') AND c.next_at = 0`
}

// notCharged: after a run no subscription is left whose run had come by its
// start.
const notCharged = `
		SELECT id AS object_id, merchant_id
		FROM subscriptions
		WHERE merchant_id = ? AND ` + dueSubscriptions + ` AND ` + ofOpen

func faults(ctx context.Context, q querier, queries []faultQuery) ([]core.CheckFault, error) {
	var all []core.CheckFault
	for _, query := range queries {
		var rows []struct {
			ObjectID   int64 `db:"object_id"`
			MerchantID int64 `db:"merchant_id"`
		}
		if err := q.all(ctx, &rows, query.text+`
		LIMIT ?`, append(query.args, maxRunFaults)...); err != nil {
			return nil, fmt.Errorf("look for %s: %w", query.reason, err)
		}
		for _, r := range rows {
			all = append(all, core.CheckFault{Merchant: r.MerchantID, Reason: query.reason, Object: query.object, ObjectID: r.ObjectID})
		}
	}
	return all, nil
}

// CheckBooks looks through all charges, tries and refunds of every merchant for
// what should not be, and returns up to some hundred faults of each kind. It
// reads whole tables.
func (s *Store) CheckBooks(ctx context.Context, by core.Actor) ([]core.CheckFault, error) {
	if err := worker(by); err != nil {
		return nil, err
	}
	return faults(ctx, slowly{s.read}, []faultQuery{
		{core.FaultTwoSuccesses, core.ChargeObject, `
		SELECT charge_id AS object_id, merchant_id
		FROM attempts
		WHERE state = 'succeeded'
		GROUP BY charge_id, merchant_id
		HAVING COUNT(*) > 1`, nil},
		{core.FaultPaidWithout, core.ChargeObject, paidWithout(`0 = 0`), nil},
		{core.FaultSums, core.ChargeObject, refundSums(`0 = 0`), nil},
		{core.FaultWaiting, core.ChargeObject, waiting(`0 = 0`), nil},
	})
}

// slowly reads without a time limit, for what is allowed to take long.
type slowly struct{ *pool }

func (p slowly) all(ctx context.Context, dest any, query string, args ...any) error {
	return classify(p.db.SelectContext(ctx, dest, p.db.Rebind(query), args...))
}

// CheckDatabase asks the engine whether its file is whole, and returns what is
// not. Of PostgreSQL it asks nothing: that has its own tools.
func (s *Store) CheckDatabase(ctx context.Context) ([]string, error) {
	if s.postgres {
		return nil, nil
	}
	var lines []string
	if err := (slowly{s.read}).all(ctx, &lines, `PRAGMA integrity_check`); err != nil {
		return nil, fmt.Errorf("check the database: %w", err)
	}
	if len(lines) == 1 && lines[0] == "ok" {
		lines = nil
	}
	var loose []struct {
		Table  string
		RowID  *int64 `db:"rowid"`
		Parent string
		FKID   int64 `db:"fkid"`
	}
	if err := (slowly{s.read}).all(ctx, &loose, `PRAGMA foreign_key_check`); err != nil {
		return nil, fmt.Errorf("check references: %w", err)
	}
	for _, l := range loose {
		lines = append(lines, fmt.Sprintf("a row of %s refers to none of %s", l.Table, l.Parent))
	}
	return lines, nil
}

// Calls calls f for every call of the processor that has been made, by key.
func (s *Store) Calls(ctx context.Context, by core.Actor, f func(core.Call) error) error {
	if err := worker(by); err != nil {
		return err
	}
	after := ""
	for {
		var rows []callRow
		err := s.read.all(ctx, &rows, `
			SELECT *
			FROM (
				SELECT * FROM (
					SELECT a.key, a.state, 'charge' AS object, a.charge_id AS object_id, a.merchant_id, c.amount, c.currency
					FROM attempts a JOIN charges c ON c.id = a.charge_id
					WHERE a.key > ?
					ORDER BY a.key
					LIMIT ?) AS tries
				UNION ALL
				SELECT * FROM (
					SELECT key, state, 'refund', id, merchant_id, amount, currency
					FROM refunds
					WHERE key > ? AND state <> 'due'
					ORDER BY key
					LIMIT ?) AS given
			) AS calls
			ORDER BY key
			LIMIT ?`, after, callPage, after, callPage, callPage)
		if err != nil {
			return fmt.Errorf("read calls: %w", err)
		}
		for _, r := range rows {
			if err := f(r.call()); err != nil {
				return err
			}
		}
		if len(rows) < callPage {
			return nil
		}
		after = rows[len(rows)-1].Key
	}
}

const callPage = 1000
