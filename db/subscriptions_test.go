package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func subscriptionQuery(t *testing.T, text string) core.Query {
	t.Helper()
	q, err := core.ParseQuery(text, core.SubscriptionFields, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestSubscriptionsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		gold, silver := h.Plan(t, "Gold Élite", 1900), h.Plan(t, "Silver", 900)
		ana := h.Customer(t, "name", "Ana Silverio", "email", "ana@example.com", "reference", "r-1")
		ben, cai := h.Customer(t, "name", "Ben"), h.Customer(t, "name", "Cai")
		h.CardRow(t, ana, core.Visa, "4242", "2026-12")
		h.CardRow(t, ben, core.Mastercard, "4444", "2031-01")
		h.CardRow(t, cai, core.Visa, "4242", "2030-05")
		name := map[int64]string{}
		add := func(what string, s core.Subscription) core.Subscription {
			name[s.ID] = what
			return s
		}
		add("ana-gold", h.Subscription(t, ana, gold))
		paused := add("ben-silver", h.Subscription(t, ben, silver))
		if _, err := h.PauseSubscription(ctx, h.Owner, paused.ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		later, err := h.StartSubscription(ctx, h.Owner, core.NewSubscription{
			Customer: cai.ID, Plan: gold.ID, StartDay: core.LocalDate{Year: 2026, Month: 12, Day: 24}, Source: core.FromPayfirma,
		})
		if err != nil {
			t.Fatal(err)
		}
		add("cai-gold", later)
		gone := h.Customer(t, "name", "Gone")
		h.Subscription(t, gone, gold)
		if err := h.DeleteCustomer(ctx, h.Owner, gone.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		for _, ways := range []struct{ customers, rows int }{{2000, 20000}, {0, 20000}, {0, 1}} {
			h.SetFewCustomers(ways.customers)
			h.SetFewRows(ways.rows)
			for _, tt := range []struct{ query, want string }{
				{"", "cai-gold ben-silver ana-gold"},
				{"status:paused", "ben-silver"},
				{"status:active OR status:pending", "cai-gold ana-gold"},
				{"-status:paused", "cai-gold ana-gold"},
				{`plan:"gold elite"`, "cai-gold ana-gold"},
				{"plan:~il", "ben-silver"},
				{"silver", "ben-silver ana-gold"},
				{"gold 4242 cai", "cai-gold"},
				{"4444", "ben-silver"},
				{"card:4242", "cai-gold ana-gold"},
				{"cardExpires:<2027", "ana-gold"},
				{"name:~ana", "ana-gold"},
				{"email:ana@example.com", "ana-gold"},
				{"reference:r-1", "ana-gold"},
				{"next:>=2026-12-01", "cai-gold"},
				{"next:<2026-12-01", "ana-gold"},
				{"next:*", "ben-silver"},
				{"started:2026-12", "cai-gold"},
				{"ended:*", "cai-gold ben-silver ana-gold"},
				{"source:payfirma", "cai-gold"},
				{"frequency:month currency:EUR", "cai-gold ben-silver ana-gold"},
				{"id:" + itoa(later.ID), "cai-gold"},
				{itoa(later.ID), "cai-gold"},
				{core.LookupID(later.ID), "cai-gold"},
				{"uuid:" + core.UUID(later.ID), "cai-gold"},
				{"gone", ""},
			} {
				page, err := h.Subscriptions(ctx, h.Viewer, core.SubscriptionList{Query: subscriptionQuery(t, tt.query)})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, s := range page.Items {
					got = append(got, name[s.ID])
				}
				if s := strings.Join(got, " "); s != tt.want || page.Count != len(got) {
					t.Errorf("%q: %q, counted %d, want %q (%v)", tt.query, s, page.Count, tt.want, ways)
				}
			}
		}
	})
}

func TestSubscriptionsArePagedByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		gold := h.Plan(t, "Gold", 1900)
		c := h.Customer(t, "name", "Ana")
		h.CardRow(t, c, core.Visa, "4242", "2030-01")
		for i := range 7 { // the later made, the sooner charged
			_, err := h.StartSubscription(ctx, h.Owner, core.NewSubscription{
				Customer: c.ID, Plan: gold.ID, StartDay: core.LocalDate{Year: 2026, Month: 12, Day: 20 - i}, Description: fmt.Sprint(i), Source: core.FromPage,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for soon, want := range map[bool]string{false: "654 321 0", true: "654 321 0"} {
			var pages []string
			l := core.SubscriptionList{Limit: 3, Soon: soon}
			for {
				page, err := h.Subscriptions(ctx, h.Viewer, l)
				if err != nil || page.Count != 7 {
					t.Fatalf("%d, %v", page.Count, err)
				}
				text := ""
				for _, s := range page.Items {
					text += s.Description
				}
				pages = append(pages, text)
				if page.Next.ID == 0 {
					back, err := h.Subscriptions(ctx, h.Viewer, core.SubscriptionList{Limit: 3, Soon: soon, Before: page.Prev})
					if err != nil || len(back.Items) != 3 || back.Items[0].Description != "3" || back.Prev.ID == 0 {
						t.Errorf("back: %+v, %v", back, err)
					}
					break
				}
				l.After = page.Next
			}
			if got := strings.Join(pages, " "); got != want {
				t.Errorf("soon %v: %s, want %s", soon, got, want)
			}
		}
	})
}

func TestAPlanCountsItsSubscriptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		p, other := h.Plan(t, "Gold", 1000), h.Plan(t, "Silver", 500)
		c := h.Customer(t, "name", "Ann")
		ended := h.Subscription(t, c, p)
		if _, err := h.CancelSubscription(t.Context(), h.Owner, ended.ID, 0, core.AtOnce); err != nil {
			t.Fatal(err)
		}
		first, second := h.Subscription(t, c, p), h.Subscription(t, c, other)
		ever, now, err := h.PlanSubscriptions(t.Context(), h.Viewer, p.ID)
		if err != nil || ever != 2 || now != 1 {
			t.Errorf("%d ever and %d now (%v), want 2 and 1", ever, now, err)
		}
		all, err := h.SubscriptionsOf(t.Context(), h.Viewer, []int64{c.ID})
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, s := range all[c.ID] {
			ids = append(ids, s.ID)
		}
		if want := []int64{ended.ID, first.ID, second.ID}; !slices.Equal(ids, want) {
			t.Errorf("the customer's subscriptions are %d, want %d", ids, want)
		}
	})
}
