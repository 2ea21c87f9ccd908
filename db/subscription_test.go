package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestStartSubscription(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c, gold := h.Customer(t, "name", "Ana"), h.Plan(t, "Gold", 1900)
		card := h.CardRow(t, c, core.Visa, "4242", "2030-01")
		n := core.NewSubscription{
			Customer: c.ID, Plan: gold.ID, StartDay: core.LocalDate{Year: 2027, Month: 1, Day: 31},
			Email: "ana@example.com", Source: core.FromPage, Key: "once",
		}
		s, err := h.StartSubscription(ctx, h.Member, n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.StartSubscription(ctx, h.Member, n)
		if err != nil || again != s {
			t.Errorf("the same key again: %+v, %v", again, err)
		}
		got, err := h.Store.Subscription(ctx, h.Viewer, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Subscription != s || s.Card != card.ID || s.State != core.Pending || s.NextRun != time.Date(2027, 1, 31, 8, 0, 0, 0, time.UTC) {
			t.Errorf("stored %+v\nreturned %+v", got.Subscription, s)
		}
		if got.PlanName != "Gold" || got.CustomerTitle != "Ana" || got.LastFour != "4242" || got.Expiry != card.Expiry || !got.CardUsable {
			t.Errorf("around it stands %+v", got)
		}
		other := h.Customer(t, "name", "Ben")
		n.Customer = other.ID
		if _, err := h.StartSubscription(ctx, h.Member, n); !errors.Is(err, core.ErrConflict) {
			t.Errorf("another customer with the same key: %v", err)
		}
		n.Key = ""
		wantFault(t, "no card", start(h, n), "card", core.Required)
		n.Card = card.ID
		wantFault(t, "another's card", start(h, n), "card", core.Required)
		h.CardRow(t, other, core.Amex, "0005", "2026-10")
		n.Card = 0
		wantFault(t, "an expired card", start(h, n), "card", core.Expired)
		n.Customer, n.Plan = c.ID, 1
		wantFault(t, "no plan", start(h, n), "plan", core.Required)
		if err := h.ArchivePlan(ctx, h.Owner, gold.ID, 0); err != nil {
			t.Fatal(err)
		}
		n.Plan = gold.ID
		wantFault(t, "an archived plan", start(h, n), "plan", core.Archived)
		if err := h.DeleteCustomer(ctx, h.Owner, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		if err := start(h, n); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a deleted customer: %v", err)
		}
	})
}

func start(h *dbtest.House, n core.NewSubscription) error {
	_, err := h.StartSubscription(context.Background(), h.Member, n)
	return err
}

func wantFault(t *testing.T, name string, err error, field string, rule core.Rule) {
	t.Helper()
	var bad core.Invalid
	if !errors.As(err, &bad) || len(bad) != 1 || bad[0].Field != field || bad[0].Rule != rule {
		t.Errorf("%s: %v, want %s %s", name, err, field, rule)
	}
}

func TestSubscriptionsMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Ana")
		s := h.Subscription(t, c, h.Plan(t, "Gold", 1900))
		s, err := h.PauseSubscription(ctx, h.Member, s.ID, s.Version, h.Clock.Now().Add(48*time.Hour))
		if err != nil || s.State != core.Paused || s.Version != 2 {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err := h.ResumeSubscription(ctx, h.Member, s.ID, 1); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale version: %v", err)
		}
		if s, err = h.ResumeSubscription(ctx, h.Member, s.ID, s.Version); err != nil || s.State != core.Pending || s.NextRun.IsZero() { // nothing was charged yet
			t.Fatalf("%+v, %v", s, err)
		}
		h.Run(t, s)
		var no core.ForbiddenMove
		if _, err = h.ResumeSubscription(ctx, h.Member, s.ID, 0); !errors.As(err, &no) || no.From != core.Active {
			t.Errorf("resumed when active: %v", err)
		}
		if s, err = h.CancelSubscription(ctx, h.Member, s.ID, 0, core.AtPeriodEnd); err != nil || s.State != core.Active || !s.CancelAtEnd {
			t.Fatalf("%+v, %v", s, err)
		}
		if s, err = h.KeepSubscription(ctx, h.Member, s.ID, 0); err != nil || s.CancelAtEnd {
			t.Fatalf("%+v, %v", s, err)
		}
		if s, err = h.CancelSubscription(ctx, h.Member, s.ID, 0, core.AtOnce); err != nil || s.State != core.Canceled || s.EndedAt.IsZero() {
			t.Fatalf("%+v, %v", s, err)
		}
		if _, err = h.PauseSubscription(ctx, h.Member, s.ID, 0, time.Time{}); !errors.As(err, &no) || len(no.Allowed) != 0 {
			t.Errorf("paused when canceled: %v", err)
		}
		text := "x"
		if _, err = h.ChangeSubscription(ctx, h.Member, s.ID, 0, core.SubscriptionChange{Description: &text}); !errors.As(err, &no) {
			t.Errorf("changed when canceled: %v", err)
		}
		line, err := h.CustomerEvents(ctx, h.Owner, c.ID, 0, 20)
		if err != nil {
			t.Fatal(err)
		}
		var got []core.Action
		for _, e := range line.Events {
			if e.Object == core.SubscriptionObject {
				got = append(got, e.Action)
			}
		}
		want := []core.Action{
			core.SubscriptionCanceled, core.SubscriptionKept, core.CancelScheduled, core.SubscriptionResumed, core.SubscriptionPaused, core.SubscriptionStarted,
		}
		if !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
		if e := line.Events[0]; e.From["status"] != "active" || e.To["status"] != "canceled" {
			t.Errorf("the cancel tells %v → %v", e.From, e.To)
		}
	})
}

func TestSubscriptionsChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c, gold := h.Customer(t, "name", "Ana"), h.Plan(t, "Gold", 1900)
		s := h.Subscription(t, c, gold)
		yearly, err := h.CreatePlan(ctx, h.Owner, core.Plan{Name: "Yearly", Amount: core.Money{Minor: 19000, Currency: "EUR"}, Every: core.EveryYear})
		if err != nil {
			t.Fatal(err)
		}
		card := h.CardRow(t, c, core.Mastercard, "4444", "2031-05")
		changed, err := h.ChangeSubscription(ctx, h.Member, s.ID, s.Version, core.SubscriptionChange{Plan: &yearly.ID, Card: &card.ID})
		if err != nil {
			t.Fatal(err)
		}
		if changed.Amount != yearly.Amount || changed.Anchor.Every != core.EveryYear || changed.Card != card.ID || !changed.NextRun.Equal(s.NextRun) {
			t.Errorf("%+v", changed)
		}
		line, err := h.CustomerEvents(ctx, h.Owner, c.ID, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		e := line.Events[0]
		if e.From["plan"] != "Gold" || e.To["plan"] != "Yearly" || e.From["card"] != "visa 4242" || e.To["card"] != "mastercard 4444" || e.To["amount"] != "190.00 EUR" {
			t.Errorf("the event tells %v → %v", e.From, e.To)
		}
		before := countEvents(t, h)
		if same, err := h.ChangeSubscription(ctx, h.Member, s.ID, 0, core.SubscriptionChange{Plan: &yearly.ID}); err != nil || same != changed || countEvents(t, h) != before {
			t.Errorf("a change of nothing: %+v, %v", same, err)
		}
		none := int64(1)
		_, err = h.ChangeSubscription(ctx, h.Member, s.ID, 0, core.SubscriptionChange{Plan: &none})
		wantFault(t, "a plan there is not", err, "plan", core.Required)
	})
}

func TestADeletedCustomersSubscriptionsAreHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Ana")
		s := h.Subscription(t, c, h.Plan(t, "Gold", 1900))
		if err := h.DeleteCustomer(ctx, h.Owner, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		held, err := h.Store.Subscription(ctx, h.Owner, s.ID)
		if err != nil || !held.Held || held.State != core.Active || held.NextRun != s.NextRun {
			t.Errorf("held: %+v, %v", held, err)
		}
		if _, err := h.PauseSubscription(ctx, h.Owner, s.ID, 0, time.Time{}); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("paused while held: %v", err)
		}
		h.Clock.Advance(70 * 24 * time.Hour) // from 21 November to 30 January
		if err := h.RestoreCustomer(ctx, h.Owner, c.ID, core.KeepReference); err != nil {
			t.Fatal(err)
		}
		back, err := h.Store.Subscription(ctx, h.Owner, s.ID)
		if want := time.Date(2027, 2, 21, 8, 0, 0, 0, time.UTC); err != nil || back.Held || !back.NextRun.Equal(want) || back.NextNumber != 3 {
			t.Errorf("released: next %s, number %d, want %s, %v", back.NextRun, back.NextNumber, want, err)
		}
		if _, err := h.CancelSubscription(ctx, h.Owner, s.ID, 0, core.AtPeriodEnd); err != nil {
			t.Fatal(err)
		}
		if err := h.DeleteCustomer(ctx, h.Owner, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(25 * 24 * time.Hour) // over its end
		if err := h.RestoreCustomer(ctx, h.Owner, c.ID, core.KeepReference); err != nil {
			t.Fatal(err)
		}
		events, err := h.SubscriptionEvents(ctx, h.Owner, s.ID, 1)
		if back, err := h.Store.Subscription(ctx, h.Owner, s.ID); err != nil || back.State != core.Canceled {
			t.Errorf("what was to end meanwhile: %s, %v", back.State, err)
		}
		if err != nil || len(events) != 1 || events[0].Action != core.SubscriptionCanceled {
			t.Errorf("its end: %+v, %v", events, err)
		}
	})
}

func TestUndoOfSubscriptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Ana")
		s := h.Subscription(t, c, h.Plan(t, "Gold", 1900))
		newest := func() core.Event {
			t.Helper()
			line, err := h.CustomerEvents(ctx, h.Owner, c.ID, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			return line.Events[0]
		}
		if _, err := h.CancelSubscription(ctx, h.Owner, s.ID, 0, core.AtPeriodEnd); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Undo(ctx, h.Member, newest().ID); err != nil {
			t.Fatal(err)
		}
		if got, err := h.Store.Subscription(ctx, h.Owner, s.ID); err != nil || got.CancelAtEnd || newest().Action != core.SubscriptionKept {
			t.Errorf("kept: %+v, %v", got, err)
		}
		h.Run(t, s)
		if _, err := h.PauseSubscription(ctx, h.Owner, s.ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		paused := newest()
		h.Clock.Advance(10 * 24 * time.Hour)
		if _, err := h.Undo(ctx, h.Member, paused.ID); err != nil {
			t.Fatal(err)
		}
		got, err := h.Store.Subscription(ctx, h.Owner, s.ID)
		if want := time.Date(2026, 12, 21, 8, 0, 0, 0, time.UTC); err != nil || got.State != core.Active || !got.NextRun.Equal(want) {
			t.Errorf("a pause undone leaves the dates: next %s, want %s, %v", got.NextRun, want, err)
		}
		if _, err := h.Undo(ctx, h.Member, paused.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("undone twice: %v", err)
		}
		if _, err := h.PauseSubscription(ctx, h.Owner, s.ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		paused = newest()
		if _, err := h.ResumeSubscription(ctx, h.Owner, s.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Undo(ctx, h.Member, paused.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("undone after it was resumed: %v", err)
		}
		if _, err := h.PauseSubscription(ctx, h.Owner, s.ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Undo(ctx, h.Member, paused.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a pause undone by way of the one before: %v", err)
		}
		if _, err := h.Undo(ctx, h.Member, newest().ID); err != nil {
			t.Errorf("the last pause: %v", err)
		}
	})
}
