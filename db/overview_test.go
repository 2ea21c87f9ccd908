package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// overviewReads are the methods that read overviews.
func overviewReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"Overview": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			o, err := h.Overview(ctx, by)
			return len(o.Money) + len(o.States), err
		},
	}
}

// TestOverview adds up two currencies in a zone that is 13 hours ahead of UTC,
// where it is late on 21 November.
func TestOverview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		if _, err := h.UpdateMerchant(t.Context(), h.Owner, 0, core.Changes{"zone": "Pacific/Auckland", "currency": "JPY", "refund_limit": "100"}); err != nil {
			t.Fatal(err)
		}
		if o := overview(t, h); o.Began || len(o.Money) > 0 || len(o.States) > 0 {
			t.Fatalf("there is something before anything began: %+v", o)
		}
		c := h.Customer(t, "name", "Charged")
		h.CardRow(t, c, core.Visa, "4242", "2030-01")
		charge := func(minor int64, currency, due, set string) {
			t.Helper()
			made, err := h.CreateCharge(t.Context(), h.Owner, core.NewCharge{
				Customer: c.ID, Amount: core.Money{Minor: minor, Currency: currency}, Description: "One cake", Source: core.FromPage,
			})
			if err != nil {
				t.Fatal(err)
			}
			h.Exec(t, "UPDATE charges SET due_at = "+itoa(instant(t, due).UnixMilli())+", "+set+" WHERE id = "+itoa(made.ID))
		}
		charge(980, "JPY", "2026-10-22T10:59:59Z", "status = 'paid'") // the day before the first
		if o := overview(t, h); !o.Began || len(o.Money) > 0 {
			t.Fatalf("what is older than 30 days: %+v", o)
		}
		charge(980, "JPY", "2026-10-22T11:00:00Z", "status = 'paid'")
		charge(20, "JPY", "2026-10-22T23:00:00Z", "status = 'paid', refunded = 5")
		charge(700, "JPY", "2026-11-20T10:59:59Z", "status = 'declined'") // 20 November's last second
		charge(1250, "KWD", "2026-11-20T11:00:00Z", "status = 'retrying'")
		charge(1, "KWD", "2026-11-20T11:00:00Z", "status = 'waived'")

		o := overview(t, h)
		if len(o.Money) != 2 || o.Money[0].Currency != "JPY" || o.Money[1].Currency != "KWD" {
			t.Fatalf("money %+v", o.Money)
		}
		jpy, kwd := o.Money[0], o.Money[1]
		if jpy.Paid != (core.Sum{Count: 2, Minor: 1000}) || jpy.Refunded != 5 || jpy.Failed != (core.Sum{Count: 1, Minor: 700}) {
			t.Errorf("JPY paid %v, back %d, failed %v", jpy.Paid, jpy.Refunded, jpy.Failed)
		}
		if kwd.Paid != (core.Sum{}) || kwd.Failed != (core.Sum{Count: 1, Minor: 1250}) || kwd.Expected != (core.Sum{}) {
			t.Errorf("KWD paid %v, failed %v, expected %v", kwd.Paid, kwd.Failed, kwd.Expected)
		}
		if first := jpy.Days[0]; first.Day.String() != "2026-10-23" || first.Paid != jpy.Paid {
			t.Errorf("the first day is %+v", first)
		}
		if jpy.Days[28].Failed != jpy.Failed || kwd.Days[29].Failed != kwd.Failed || kwd.Days[29].Day != o.Today {
			t.Errorf("failed on the wrong days: %+v, %+v", jpy.Days, kwd.Days)
		}
	})
}

// TestOverviewOfSubscriptions: what is expected, owed and in which state. The
// house is in Berlin, on 21 November.
func TestOverviewOfSubscriptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		plan := h.Plan(t, "Sonne Monthly", 4900)
		start := func(name, expires, set string) core.Subscription {
			t.Helper()
			c := h.Customer(t, "name", name)
			h.CardRow(t, c, core.Visa, "4242", expires)
			s := h.Subscription(t, c, plan)
			if set != "" {
				h.Exec(t, "UPDATE subscriptions SET "+set+" WHERE id = "+itoa(s.ID))
			}
			return s
		}
		at := func(text string) string { return "next_number = 1, next_at = " + itoa(instant(t, text).UnixMilli()) }
		start("Good", "2030-01", at("2026-12-20T22:59:59Z")) // 20 December's last second
		start("Later", "2026-11", at("2026-12-20T23:00:00Z"))
		start("Expiring", "2026-11", at("2026-12-05T08:00:00Z"))
		start("Just", "2026-11", at("2026-12-01T11:59:59Z")) // November is over, but not everywhere
		start("Ending", "2026-11", "cancel_at_end = 1, "+at("2026-12-05T08:00:00Z"))
		start("Paused", "2026-11", "status = 'paused', next_at = 0")
		gone := start("Gone", "2026-11", at("2026-12-05T08:00:00Z"))
		if err := h.DeleteCustomer(t.Context(), h.Owner, gone.Customer, 0, ""); err != nil {
			t.Fatal(err)
		}
		late := start("Late", "2030-01", "status = 'past_due', "+at("2027-01-05T08:00:00Z"))
		charge := func(of int64, state string, due string) {
			t.Helper()
			made, err := h.CreateCharge(t.Context(), h.Owner, core.NewCharge{
				Customer: late.Customer, Amount: core.Money{Minor: 1900, Currency: "EUR"}, Description: "A month", Source: core.FromPage,
			})
			if err != nil {
				t.Fatal(err)
			}
			h.Exec(t, "UPDATE charges SET subscription_id = "+itoa(of)+", period_from = '"+due+"', status = '"+state+"', due_at = "+
				itoa(instant(t, due+"T08:00:00Z").UnixMilli())+" WHERE id = "+itoa(made.ID))
		}
		charge(late.ID, "declined", "2026-08-05") // of a period long before
		charge(late.ID, "retrying", "2026-11-05")
		charge(late.ID, "paid", "2026-10-25")
		charge(gone.ID, "declined", "2026-11-05")

		o := overview(t, h)
		if len(o.Money) != 1 {
			t.Fatalf("money %+v", o.Money)
		}
		eur := o.Money[0]
		if want := (core.Sum{Count: 3, Minor: 3 * 4900}); eur.Expected != want { // Good, Expiring, Just
			t.Errorf("expected %v, want %v", eur.Expected, want)
		}
		if eur.Days[58].Expected != (core.Sum{Count: 1, Minor: 4900}) || eur.Days[58].Day != o.Last {
			t.Errorf("the last day is %+v", eur.Days[58])
		}
		if want := (core.Sum{Count: 2, Minor: 3800}); eur.Owed != want {
			t.Errorf("owed %v, want %v", eur.Owed, want)
		}
		if eur.Paid.Count != 1 || eur.Failed.Count != 2 {
			t.Errorf("paid %v, failed %v", eur.Paid, eur.Failed)
		}
		states := map[core.State]int{}
		for _, s := range o.States {
			states[s.State] = s.Count
		}
		if states[core.Active] != 5 || states[core.PastDue] != 1 || states[core.Paused] != 1 || len(states) != 3 {
			t.Errorf("states %v", o.States)
		}
		if o.ExpiringCount != 1 || len(o.Expiring) != 1 || o.Expiring[0].CustomerTitle != "Expiring" {
			t.Errorf("%d expire: %+v", o.ExpiringCount, o.Expiring)
		}
		other, err := h.Overview(t.Context(), h.Other.In(h.Second.ID))
		if err != nil || other.Began {
			t.Errorf("another merchant sees %+v, %v", other, err)
		}
		if _, err := h.Overview(t.Context(), core.Actor{}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("nobody gets %v", err)
		}
	})
}

func overview(t *testing.T, h *dbtest.House) core.Overview {
	t.Helper()
	o, err := h.Overview(t.Context(), h.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// instant reads a time as RFC 3339 writes it.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
