package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/db/demo"
	"kontor/views"
)

// TestPagesLookAfterWeeksOfCharging shows what weeks of charging leave
// behind: runs, a charge that was declined to its last try, a subscription that
// waits for a person, and what is to come.
func TestPagesLookAfterWeeksOfCharging(t *testing.T) {
	h := over(t, start(t, "demo -customers 1000 -seed 1", "bill -until +40d -write"))
	by := core.System(1)
	runs, err := h.store.Runs(t.Context(), by, 0, 100)
	if err != nil || len(runs) < 30 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	run := runs[0]
	for _, r := range runs {
		if r.Declined > run.Declined {
			run = r
		}
	}
	declined := h.charge(by, "status:declined", func(c core.ChargeRecord) bool { return len(c.Attempts) == 5 })
	given := h.charge(by, "status:refunded", func(c core.ChargeRecord) bool { return len(c.Refunds) == 1 })
	paid := h.charge(by, "status:paid", func(c core.ChargeRecord) bool { return !c.Single() })
	rows := &dbtest.House{DSN: filepath.Join(h.data, "kontor.db")}
	rows.Exec(t, fmt.Sprintf("UPDATE subscriptions SET parked_at = last_run, next_at = next_at - 400 * 86400000, next_number = next_number - 13 WHERE id = %d", paid.Subscription))
	// Whether any of the demo's charges is to fail for good depends on the day.
	rows.Exec(t, `UPDATE cards SET expires = '2020-01' WHERE id = (
		SELECT card_id FROM subscriptions
		WHERE merchant_id = 1 AND status = 'active' AND next_at > 0 AND held = 0 AND cancel_at_end = 0 AND parked_at = 0
		ORDER BY next_at LIMIT 1)`)

	show(t, h.app, []view{
		{"charged-overview", demo.OwnerEmail, to("/m/1", "Overview")},
		{"charged-payments", demo.OwnerEmail, to("/m/1/payments", "Payments")},
		{"charged-payment", demo.OwnerEmail, to(views.PaymentURL(1, declined.ID), "Tries")},
		{"charged-refund", demo.OwnerEmail, to(views.PaymentURL(1, given.ID), "Refunds")},
		{"charged-runs", demo.OwnerEmail, to("/m/1/runs", "Runs")},
		{"charged-run", demo.OwnerEmail, to(views.RunURL(1, run.ID), "What it tried")},
		{"charged-queue", demo.OwnerEmail, to("/m/1/payments/queue", "For a person to look at")},
		{"charged-subscription", demo.OwnerEmail, to(views.SubscriptionURL(1, paid.Subscription), "Payments")},
		{"charged-ahead", demo.OwnerEmail, func(p *page) {
			p.open(views.AheadURL(1))
			failures, again := p.heading("Expected to fail"), p.link("Look again")
			done, err := failures.IsVisible()
			if p.must(err); !done {
				p.click(p.button("Work it out now"))
			}
			for !done {
				p.see(failures.Or(again))
				done, err = failures.IsVisible()
				if p.must(err); !done {
					p.click(again)
				}
			}
			n, err := p.link(regexp.MustCompile(`^Subscription \d`)).Count()
			p.must(err)
			if n > 0 { // whose they are is told by name
				t.Errorf("%d failures have no name", n)
			}
		}},
	})
}

// charge is the first of those found that is as wanted.
func (h *house) charge(by core.Actor, query string, wanted func(core.ChargeRecord) bool) core.ChargeRecord {
	h.t.Helper()
	q, err := core.ParseQuery(query, core.ChargeFields, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	found, err := h.store.Charges(h.t.Context(), by, core.ChargeList{Query: q, Limit: 200})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range found.Items {
		r, err := h.store.Charge(h.t.Context(), by, c.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		if wanted(r) {
			return r
		}
	}
	h.t.Fatalf("none of %d with %s is as wanted", len(found.Items), query)
	return core.ChargeRecord{}
}
