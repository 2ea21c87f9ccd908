package db_test

import (
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// BenchmarkOverview is of a merchant with 40,000 monthly subscriptions and two
// years of their charges, a million, of which one in 25 was declined.
func BenchmarkOverview(b *testing.B) {
	h := dbtest.SQLite(b)
	c := h.Customer(b, "name", "Amara Okafor")
	s := h.Subscription(b, c, h.Plan(b, "Sonne Monthly", 4900))
	sub, charge := subscriptionNames, chargeNames
	now := h.Clock.Now().Truncate(24 * time.Hour)
	ms := func(d time.Duration) string { return itoa(d.Milliseconds()) }
	insert := func(table string, rows int, columns []string, values map[string]string) {
		b.Helper()
		exprs := make([]string, len(columns))
		for i, name := range columns {
			exprs[i] = values[name]
			if exprs[i] == "" {
				exprs[i] = "x." + name
			}
		}
		from := "subscriptions x"
		if table == "charges" {
			from = "(SELECT * FROM charges LIMIT 1) x"
		} else {
			from = "(SELECT * FROM subscriptions WHERE id = " + itoa(s.ID) + ") x"
		}
		h.Exec(b, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "+itoa(int64(rows))+") INSERT INTO "+table+" ("+
			strings.Join(columns, ", ")+") SELECT "+strings.Join(exprs, ", ")+" FROM n, "+from)
	}
	insert("subscriptions", 40_000, sub, map[string]string{
		"id": "x.id + n.i", "status": "CASE WHEN n.i % 50 = 0 THEN 'past_due' ELSE 'active' END",
		"next_number": "1 + n.i % 24",
		"anchor":      "date('" + now.Format(time.DateOnly) + "', '+' || (n.i % 30) || ' days', '-' || (1 + n.i % 24) || ' months')",
		"next_at":     itoa(now.UnixMilli()) + " + (n.i % 30) * " + ms(24*time.Hour) + " + " + ms(8*time.Hour),
	})
	h.ChargeRow(b, c, core.ChargePaid, core.Money{Minor: 4900, Currency: "EUR"}, now)
	insert("charges", 1_000_000, charge, map[string]string{
		"id": "x.id + n.i", "status": "CASE WHEN n.i % 25 = 0 THEN 'declined' ELSE 'paid' END",
		"subscription_id": itoa(s.ID) + " + 1 + n.i % 40000", "period_from": "n.i / 40000",
		"due_at": itoa(now.UnixMilli()) + " - (n.i / 1370) * " + ms(24*time.Hour) + " + " + ms(8*time.Hour),
	})
	for b.Loop() {
		o, err := h.Overview(b.Context(), h.Viewer)
		if err != nil || o.Money[0].Paid.Count < 30_000 || o.Money[0].Expected.Count < 30_000 {
			b.Fatal(o.Money, err)
		}
	}
}

var (
	subscriptionNames = strings.Fields(`id merchant_id customer_id plan_id card_id version source status amount currency frequency
		anchor anchor_day start_at next_number next_at started_at total_cycles completed_cycles failed_attempts
		delinquent_cycles delinquent_since last_run last_success cancel_at_end held paused_at resume_at ended_at
		email bcc description created_at updated_at`)
	chargeNames = strings.Fields(`id merchant_id customer_id subscription_id plan_id card_id version source request status reason
		amount currency refunded description note period_from period_to period_start period_end cycle cycles asked tries
		due_at failed_at next_at settled_at created_at updated_at`)
)
