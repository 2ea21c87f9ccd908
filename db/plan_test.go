package db_test

import (
	"errors"
	"fmt"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestPlans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		gold := h.Plan(t, "Gold", 1900)
		_, err := h.CreatePlan(ctx, h.Member, core.Plan{Name: " gold ", Amount: core.Money{Minor: 980, Currency: "JPY"}, Every: core.EveryWeek})
		wantFault(t, "a name in another case", err, "name", core.Taken)
		_, err = h.CreatePlan(ctx, h.Member, core.Plan{Name: "Free", Amount: core.Money{Currency: "EUR"}, Every: core.EveryWeek})
		wantFault(t, "nothing to pay", err, "amount", core.NotPositive)
		yen, err := h.CreatePlan(ctx, h.Member, core.Plan{
			Name: "Tea", Amount: core.Money{Minor: 980, Currency: "JPY"}, Every: core.EveryWeek, Payments: 10, SendReceipt: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.Store.Plan(ctx, h.Viewer, yen.ID); err != nil || got != yen {
			t.Errorf("stored %+v, returned %+v, %v", got, yen, err)
		}
		if got, err := h.PlanByName(ctx, h.Viewer, "TEA"); err != nil || got != yen {
			t.Errorf("by name: %+v, %v", got, err)
		}
		yen.Amount.Minor = 1080
		yen, reached, err := h.UpdatePlan(ctx, h.Member, yen, core.Subscribers)
		if err != nil || reached != 0 || yen.Version != 2 {
			t.Errorf("%+v, %d, %v", yen, reached, err)
		}
		yen.Version = 1
		if _, _, err := h.UpdatePlan(ctx, h.Member, yen, core.NewOnly); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale version: %v", err)
		}
		if err := h.DeletePlan(ctx, h.Member, yen.ID, 2); err != nil {
			t.Error(err)
		}
		h.Subscription(t, h.Customer(t, "name", "Ana"), gold)
		wantFault(t, "a plan in use", h.DeletePlan(ctx, h.Member, gold.ID, 0), "plan", core.InUse)
		gold.Amount = core.Money{Minor: 1900, Currency: "USD"}
		_, _, err = h.UpdatePlan(ctx, h.Member, gold, core.NewOnly)
		wantFault(t, "the currency of a plan in use", err, "currency", core.InUse)
	})
}

func TestAPriceReachesWhomItIsFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		gold := h.Plan(t, "Gold", 1900)
		price := func(id int64) int64 {
			t.Helper()
			s, err := h.Store.Subscription(ctx, h.Owner, id)
			if err != nil {
				t.Fatal(err)
			}
			return s.Amount.Minor
		}
		plain := h.Subscription(t, h.Customer(t, "name", "Ana"), gold)
		own := h.Subscription(t, h.Customer(t, "name", "Ben"), gold)
		ended := h.Subscription(t, h.Customer(t, "name", "Cai"), gold)
		if _, err := h.ChangeSubscription(ctx, h.Owner, own.ID, 0, core.SubscriptionChange{Amount: &core.Money{Minor: 1500, Currency: "EUR"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.CancelSubscription(ctx, h.Owner, ended.ID, 0, core.AtOnce); err != nil {
			t.Fatal(err)
		}
		gold.Amount.Minor = 2100
		gold, reached, err := h.UpdatePlan(ctx, h.Owner, gold, core.NewOnly)
		if err != nil || reached != 0 || price(plain.ID) != 1900 {
			t.Errorf("new only: reached %d, pays %d, %v", reached, price(plain.ID), err)
		}
		later := h.Subscription(t, h.Customer(t, "name", "Dan"), gold)
		gold.Amount.Minor = 2200
		if _, reached, err = h.UpdatePlan(ctx, h.Owner, gold, core.Subscribers); err != nil || reached != 1 {
			t.Errorf("reached %d, %v", reached, err)
		}
		for id, want := range map[int64]int64{plain.ID: 1900, own.ID: 1500, ended.ID: 1900, later.ID: 2200} {
			if got := price(id); got != want {
				t.Errorf("subscription %d pays %d, want %d", id, got, want)
			}
		}
	})
}

func TestPlansAreListedByName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		for i := range 7 {
			h.Plan(t, fmt.Sprintf("Plan %d", i), 100)
		}
		gold := h.Plan(t, "Gold Élite", 1900)
		h.Subscription(t, h.Customer(t, "name", "Ana"), gold)
		ended := h.Subscription(t, h.Customer(t, "name", "Ben"), gold)
		if _, err := h.CancelSubscription(ctx, h.Owner, ended.ID, 0, core.AtOnce); err != nil {
			t.Fatal(err)
		}
		var names []string
		l := core.PlanList{Limit: 3}
		for {
			page, err := h.Plans(ctx, h.Viewer, l)
			if err != nil || page.Count != 8 {
				t.Fatalf("%d plans, %v", page.Count, err)
			}
			for _, p := range page.Items {
				names = append(names, p.Name)
			}
			if page.Next.ID == 0 {
				back, err := h.Plans(ctx, h.Viewer, core.PlanList{Limit: 3, Before: page.Prev})
				if err != nil || len(back.Items) != 3 || back.Items[2].Name != "Plan 4" || back.Prev.ID == 0 || back.Next.ID == 0 {
					t.Errorf("the page before: %+v, %v", back, err)
				}
				break
			}
			l.After = page.Next
		}
		if want := "[Gold Élite Plan 0 Plan 1 Plan 2 Plan 3 Plan 4 Plan 5 Plan 6]"; fmt.Sprint(names) != want {
			t.Errorf("%v, want %s", names, want)
		}
		page, err := h.Plans(ctx, h.Viewer, core.PlanList{Words: "elite"})
		if err != nil || len(page.Items) != 1 || page.Items[0].Subscribers != 1 {
			t.Errorf("%+v, %v", page.Items, err)
		}
		if err := h.ArchivePlan(ctx, h.Owner, gold.ID, 0); err != nil {
			t.Fatal(err)
		}
		if page, err = h.Plans(ctx, h.Viewer, core.PlanList{Archived: true}); err != nil || len(page.Items) != 1 || !page.Items[0].Archived {
			t.Errorf("%+v, %v", page.Items, err)
		}
	})
}
