package core

import (
	"testing"
	"time"
)

func TestNewSubscriptions(t *testing.T) {
	now := at(t, "2027-01-31T12:30:00Z")
	p := Plan{ID: 7, Amount: Money{1900, "EUR"}, Every: EveryMonth, Payments: 12}
	card := Card{ID: 3, Active: true, Expiry: Expiry{2030, 1}}
	forever, none := 0, -1
	for _, tt := range []struct {
		name string
		n    NewSubscription
		plan func(*Plan)
		card func(*Card)
		want string // faults
	}{
		{name: "as the plan says"},
		{name: "later", n: NewSubscription{StartDay: day(t, "2027-02-01")}},
		{name: "at an instant", n: NewSubscription{Start: now.Add(time.Hour)}},
		{name: "before", n: NewSubscription{Start: now.Add(-time.Hour)}, want: "start too_early"},
		{name: "today, when the hour has gone", n: NewSubscription{StartDay: day(t, "2027-01-31")}, want: "start too_early"},
		{name: "in ten years", n: NewSubscription{StartDay: day(t, "2037-01-31")}, want: "start too_late"},
		{name: "for another amount", n: NewSubscription{Amount: Money{1, "EUR"}}},
		{name: "for nothing", n: NewSubscription{Amount: Money{0, "EUR"}}, want: "amount not_positive"},
		{name: "for less than nothing", n: NewSubscription{Amount: Money{-5, "EUR"}}, want: "amount not_positive"},
		{name: "in another currency", n: NewSubscription{Amount: Money{100, "USD"}}, want: "amount other_currency"},
		{name: "for ever", n: NewSubscription{Payments: &forever}},
		{name: "for less than no payments", n: NewSubscription{Payments: &none}, want: "payments not_positive"},
		{name: "to an archived plan", plan: func(p *Plan) { p.Archived = true }, want: "plan archived"},
		{name: "with no card", card: func(c *Card) { *c = Card{} }, want: "card required"},
		{name: "with an expired card", card: func(c *Card) { c.Expiry = Expiry{2026, 12} }, want: "card expired"},
		{name: "with a removed card", card: func(c *Card) { c.RemovedAt = now }, want: "card unusable"},
		{name: "with a card switched off", card: func(c *Card) { c.Active = false }, want: "card unusable"},
		{name: "with texts", n: NewSubscription{Email: " a@example.com ", BCC: "b@example.com;c@example.com", Description: "Gym"}},
		{name: "with bad texts", n: NewSubscription{Email: "a", BCC: "b@example.com, c", Description: "4111 1111 1111 1111"}, want: "email malformed, bcc malformed, description card"},
	} {
		p, card := p, card
		if tt.plan != nil {
			tt.plan(&p)
		}
		if tt.card != nil {
			tt.card(&card)
		}
		s, bad := tt.n.Make(p, card, berlin, now)
		got := ""
		if len(bad) > 0 {
			got = bad.Error()[len("invalid: "):]
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if tt.want != "" {
			continue
		}
		if s.NextRun.Before(now) || s.StartedAt != s.NextRun || s.Schedule(berlin).Run(0) != s.NextRun || (s.State == Pending) != s.NextRun.After(now) {
			t.Errorf("%s: %s, next run %s", tt.name, s.State, s.NextRun)
		}
	}
	s, _ := NewSubscription{BCC: "b@example.com;c@example.com"}.Make(p, card, berlin, now)
	if s.BCC != "b@example.com, c@example.com" || s.Cycles.Total != 12 || s.Amount != p.Amount {
		t.Errorf("%+v", s)
	}
}

func TestChangesHoldFromTheNextPeriod(t *testing.T) {
	s := ranOnce(t)
	s.Plan, s.Card = 7, 3
	now := at(t, "2027-02-10T00:00:00Z")
	quarterly := Plan{ID: 8, Amount: Money{5000, "EUR"}, Every: EveryQuarter}
	id := quarterly.ID
	changed, bad := s.Change(SubscriptionChange{Plan: &id}, quarterly, Card{}, now)
	if len(bad) > 0 || changed.Amount != quarterly.Amount || changed.NextRun != s.NextRun {
		t.Fatalf("%+v, %v", changed, bad)
	}
	var dates []string
	for _, d := range changed.Upcoming(berlin, 4) {
		dates = append(dates, d.Period.From.String())
	}
	for i, want := range []string{"2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30"} {
		if dates[i] != want {
			t.Errorf("charge %d is on %s, want %s", i, dates[i], want)
		}
	}
	own := Money{100, "EUR"}
	if changed, _ = s.Change(SubscriptionChange{Plan: &id, Amount: &own}, quarterly, Card{}, now); changed.Amount != own {
		t.Errorf("an amount of its own became %s", changed.Amount)
	}
	dollars := Plan{ID: 9, Amount: Money{5000, "USD"}, Every: EveryMonth}
	id = dollars.ID
	if _, bad = s.Change(SubscriptionChange{Plan: &id}, dollars, Card{}, now); len(bad) != 1 || bad[0].Rule != OtherCurrency {
		t.Errorf("a plan in another currency: %v", bad)
	}
	one := 1
	if _, bad = s.Change(SubscriptionChange{Payments: &one}, Plan{}, Card{}, now); len(bad) != 1 || bad[0].Rule != TooFew || bad[0].Limit != 2 {
		t.Errorf("as many payments as were made: %v", bad)
	}
	card := int64(5)
	if _, bad = s.Change(SubscriptionChange{Card: &card}, Plan{}, Card{}, now); len(bad) != 1 || bad[0].Rule != Required {
		t.Errorf("a card there is not: %v", bad)
	}
}
