package db_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestCustomersByCardsAndSubscriptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		gold, silver := h.Plan(t, "Gold", 1900), h.Plan(t, "Silver", 900)
		ana, ben, cai, dan := h.Customer(t, "name", "Ana"), h.Customer(t, "name", "Ben"), h.Customer(t, "name", "Cai"), h.Customer(t, "name", "Dan", "reference", "no-10005")
		h.CardRow(t, ana, core.Visa, "4242", "2026-12")
		h.CardRow(t, ana, core.Amex, "0005", "2030-01")
		h.CardRow(t, ben, core.Mastercard, "4444", "2027-01")
		h.CardRow(t, cai, core.Visa, "4242", "2030-05")
		h.Subscription(t, ana, gold)
		h.Subscription(t, ana, silver)
		paused := h.Subscription(t, ben, silver)
		if _, err := h.PauseSubscription(ctx, h.Owner, paused.ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		ended := h.Subscription(t, cai, gold)
		if _, err := h.CancelSubscription(ctx, h.Owner, ended.ID, 0, core.AtOnce); err != nil {
			t.Fatal(err)
		}
		stranger := h.CustomerOf(t, h.Other, "name", "Ana")
		h.CardRow(t, stranger, core.Visa, "4242", "2026-12")
		for _, ways := range []struct{ customers, rows int }{{2000, 20000}, {0, 20000}, {0, 1}} {
			h.SetFewCustomers(ways.customers)
			h.SetFewRows(ways.rows)
			for _, tt := range []struct{ query, want string }{
				{"subscription:active", "Ana"},
				{"subscription:paused", "Ben"},
				{"subscription:past_due", ""},
				{"-subscription:active", "Dan Cai Ben"},
				{"subscription:*", "Dan"},
				{"subscription:active OR subscription:canceled", "Cai Ana"},
				{"plan:gold", "Cai Ana"},
				{"plan:~il", "Ben Ana"},
				{"plan:gold plan:silver", "Ana"},
				{"card:4242", "Cai Ana"},
				{"card:0005", "Ana"},
				{"card:*", "Dan"},
				{"card:4242 cai", "Cai"},
				{"4242", "Cai Ana"},
				{"0005", "Dan Ana"},
				{"cai 4242", "Cai"},
				{"ben 4242", ""},
				{"4242 4444", ""},
				{"4242 OR 4444", "Cai Ben Ana"},
				{"-4242", "Dan Ben"},
				{"424", ""},
				{"cai subscription:canceled", "Cai"},
				{"cai subscription:active", ""},
				{"cardExpires:2026-12", "Ana"},
				{"cardExpires:<2027-02", "Ben Ana"},
				{"cardExpires:<=2027-01-30", "Ana"},
				{"cardExpires:>=2027-01-15", "Cai Ben"},
				{"cardExpires:>2027", "Cai"},
				{"cardExpires:*", "Dan"},
			} {
				page, err := h.Customers(ctx, h.Viewer, core.List{Query: query(t, tt.query)})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, c := range page.Items {
					got = append(got, c.Name)
				}
				if s := strings.Join(got, " "); s != tt.want || page.Count != len(got) {
					t.Errorf("%s: %q, counted %d, want %q (%v)", tt.query, s, page.Count, tt.want, ways)
				}
			}
		}
		page, err := h.Customers(ctx, h.Viewer, core.List{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(page.Items, func(c core.CustomerSummary) bool { return c.ID == ana.ID })
		if got := page.Items[i]; got.Brand != core.Visa || got.LastFour != "4242" || got.Expiry != (core.Expiry{Year: 2026, Month: 12}) || got.State != core.Active {
			t.Errorf("Ana: %+v", got)
		}
		if got := page.Items[slices.IndexFunc(page.Items, func(c core.CustomerSummary) bool { return c.ID == dan.ID })]; got.Brand != "" || got.State != "" {
			t.Errorf("Dan: %+v", got)
		}
	})
}
