package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/views"
)

// TestBadPlans: what cannot be read or be is told beside its field, all of it
// at once, and what was typed stays.
func TestBadPlans(t *testing.T) {
	s := newSite(t)
	s.Plan(t, "Gold", 1900)
	good := map[string]string{"name": "Silver", "currency": "EUR", "amount": "49.90", "frequency": "month", "payments": ""}
	for _, tt := range []struct{ field, value, says string }{
		{"amount", "1,5", "Enter an amount with digits and a point"},
		{"amount", "1.999", "at most 2 decimals"},
		{"amount", "-1", "Enter an amount above nothing"},
		{"amount", "0", "Enter an amount above nothing"},
		{"amount", "1e9", "Enter an amount with digits and a point"},
		{"amount", " ", "Enter the amount"},
		{"amount", "NaN", "Enter an amount with digits and a point"},
		{"amount", "99999999999999999999", "more than can be"},
		{"currency", "EURO", "Enter a currency code"},
		{"currency", "", "Enter the currency"},
		{"frequency", "fortnight", "Choose how often"},
		{"payments", "-3", "whole number of payments"},
		{"payments", "1.5", "whole number of payments"},
		{"payments", "10000", "at most 9,999"},
		{"name", "", "Enter a name"},
		{"name", "gold", "taken"},
	} {
		form := url.Values{}
		for name, value := range good {
			form.Set(name, value)
		}
		form.Set(tt.field, tt.value)
		a := s.post(s.Member, "/m/1/plans/new", form)
		if body := a.Body.String(); a.Code != 422 || !strings.Contains(body, tt.says) || !strings.Contains(body, "There is a problem") {
			t.Errorf("%s %q: %d, without %q", tt.field, tt.value, a.Code, tt.says)
		}
	}
	for currency, amount := range map[string]string{"JPY": "980", "KWD": "1.250", "EUR": "49"} {
		form := url.Values{"name": {currency}, "currency": {currency}, "amount": {amount}, "frequency": {"month"}}
		if a := s.post(s.Member, "/m/1/plans/new", form); a.Code != 303 {
			t.Errorf("%s %s: %d", amount, currency, a.Code)
		}
	}
	p, err := s.PlanByName(t.Context(), s.Owner, "KWD")
	if err != nil || p.Amount.Minor != 1250 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestBadSubscriptions(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Ana")
	plan := s.Plan(t, "Gold", 1900)
	s.CardRow(t, c, core.Visa, "4242", "2030-01")
	to := views.NewSubscriptionURL(c.Merchant, c.ID)
	for _, tt := range []struct{ field, value, says string }{
		{"plan", "", "Choose a plan"},
		{"plan", "1", "Choose a plan"},
		{"card", "1", "Choose a card"},
		{"start", "", "Enter the start"},
		{"start", "2027-02-29", "Enter the day as year-month-day"},
		{"start", "31.01.2027", "Enter the day as year-month-day"},
		{"start", "2020-01-01", "lies in the past"},
		{"start", "2090-01-01", "too far ahead"},
		{"amount", "1,5", "Enter an amount with digits and a point"},
		{"payments", "x", "whole number of payments"},
		{"email", "ana", "Enter an e-mail address"},
		{"bcc", "a@example.com, b", "Enter e-mail addresses"},
		{"description", "4111 1111 1111 1111", "card number"},
	} {
		form := url.Values{"key": {"k"}, "plan": {fmt.Sprint(plan.ID)}, "when": {"later"}, "start": {"2027-01-31"}}
		form.Set(tt.field, tt.value)
		if a := s.post(s.Member, to, form); a.Code != 422 || !strings.Contains(a.Body.String(), tt.says) {
			t.Errorf("%s %q: %d, without %q", tt.field, tt.value, a.Code, tt.says)
		}
	}
	form := url.Values{"key": {"twice"}, "plan": {fmt.Sprint(plan.ID)}, "when": {"later"}, "start": {"2027-01-31"}}
	first, second := s.post(s.Member, to, form), s.post(s.Member, to, form)
	if first.Code != 303 || first.location() != second.location() {
		t.Errorf("sent twice: %d %s, %d %s", first.Code, first.location(), second.Code, second.location())
	}
	all, err := s.CustomerSubscriptions(t.Context(), s.Owner, c.ID)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d, %v", len(all), err)
	}
	pause := views.PauseURL(c.Merchant, all[0].ID)
	for _, until := range []string{"2026-11-01", "tomorrow", "2027-13-01"} {
		if a := s.post(s.Member, pause, url.Values{"version": {"1"}, "until": {until}}); a.Code != 422 {
			t.Errorf("paused until %q: %d", until, a.Code)
		}
	}
	if a := s.post(s.Member, pause, url.Values{"version": {"7"}, "until": {""}}); a.Code != 409 {
		t.Errorf("a stale pause: %d", a.Code)
	}
	if a := s.post(s.Member, views.ResumeURL(c.Merchant, all[0].ID), url.Values{"version": {"1"}}); a.Code != 409 || !strings.Contains(a.Body.String(), "From there it can become") {
		t.Errorf("resumed when pending: %d", a.Code)
	}
}

func TestFindLeadsToPlansAndSubscriptions(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Ana")
	plan := s.Plan(t, "Gold Weekly", 1900)
	sub := s.Subscription(t, c, plan)
	for text, want := range map[string]string{
		fmt.Sprint(sub.ID): views.SubscriptionURL(1, sub.ID), core.LookupID(sub.ID): views.SubscriptionURL(1, sub.ID),
		"gold weekly": views.PlanURL(1, plan.ID),
	} {
		if a := s.get(s.Member, "/m/1/customers?"+url.Values{"q": {text}}.Encode()); a.Code != 303 || a.location() != want {
			t.Errorf("%s leads to %d %s, want %s", text, a.Code, a.location(), want)
		}
	}
}

// TestDeletingTellsOfSubscriptions: whoever is asked whether to delete learns
// what is not charged meanwhile.
func TestDeletingTellsOfSubscriptions(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Ana")
	path := views.DeleteCustomerURL(c.Merchant, c.ID)
	if got := s.get(s.Member, path).text("main"); strings.Contains(got, "subscription") || strings.Contains(got, "card") {
		t.Errorf("with none: %q", got)
	}
	plan := s.Plan(t, "Gold", 1900)
	first := s.Subscription(t, c, plan)
	a := s.get(s.Member, path)
	if got := a.text("main"); !strings.Contains(got, "1 subscription is not charged until you restore") || !strings.Contains(got, "1 card and the activity stay") {
		t.Errorf("with one: %q", got)
	}
	if to, _ := a.Find("main li li a").Attr("href"); to != views.SubscriptionURL(1, first.ID) {
		t.Errorf("leads to %q", to)
	}
	for range 6 {
		s.Subscription(t, c, plan)
	}
	a = s.get(s.Member, path)
	if got := a.text("main"); !strings.Contains(got, "7 subscriptions are not charged") || !strings.Contains(got, "and 2 more") || a.Find("main li li a").Length() != 5 {
		t.Errorf("with seven: %q", got)
	}
}

// TestAPausedSubscriptionThatEndsHasNoDay: the day on which it ends is that on
// which its period does, and is not known while it is paused.
func TestAPausedSubscriptionThatEndsHasNoDay(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	sub := s.Run(t, s.Subscription(t, s.House.Customer(t, "name", "Ana"), s.Plan(t, "Gold", 1900)))
	if _, err := s.CancelSubscription(ctx, s.Owner, sub.ID, 0, core.AtPeriodEnd); err != nil {
		t.Fatal(err)
	}
	path := views.SubscriptionURL(1, sub.ID)
	if got := s.get(s.Member, path).text("body"); !strings.Contains(got, "This subscription ends on 21 Dec 2026") {
		t.Errorf("while it runs: %q", got)
	}
	if _, err := s.PauseSubscription(ctx, s.Owner, sub.ID, 0, time.Time{}); err != nil {
		t.Fatal(err)
	}
	got := s.get(s.Member, path).text("body")
	if strings.Contains(got, "0001") || !strings.Contains(got, "This subscription ends with its period") || !strings.Contains(got, "Resumed now, it ends on 21 Dec 2026.") {
		t.Errorf("while it is paused: %q", got)
	}
}

// TestWhatWasOvertakenIsNotUndone: the timeline offers to take back a pause
// while it lasts, and not what came after one that is over.
func TestWhatWasOvertakenIsNotUndone(t *testing.T) {
	s := newSite(t)
	c := s.Customer(t, "name", "Bo Ek")
	sub := s.Subscription(t, c, s.Plan(t, "Sonne Monthly", 4900))
	for _, step := range []struct {
		act  func() error
		want int
	}{
		{func() error { _, err := s.PauseSubscription(t.Context(), s.Owner, sub.ID, 0, time.Time{}); return err }, 1},
		{func() error { _, err := s.ResumeSubscription(t.Context(), s.Owner, sub.ID, 0); return err }, 0},
		{func() error { _, err := s.PauseSubscription(t.Context(), s.Owner, sub.ID, 0, time.Time{}); return err }, 1},
		{func() error { _, err := s.CancelSubscription(t.Context(), s.Owner, sub.ID, 0, core.AtOnce); return err }, 0},
	} {
		if err := step.act(); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{views.CustomerURL(1, c.ID), views.ActivityURL(1)} {
			page := s.get(s.Member, path)
			want(t, page, 200)
			if got := page.Find(`form[action*="/undo/"]`).Length(); got != step.want {
				t.Errorf("%s: %d acts can be undone, want %d", path, got, step.want)
			}
		}
	}
}
