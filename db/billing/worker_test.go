package billing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// A till is a house with a processor and a worker.
type till struct {
	*dbtest.House
	t       *testing.T
	sandbox *billing.Sandbox
	worker  *billing.Worker
}

func each(t *testing.T, f func(*till)) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) { f(newTill(t, h)) })
}

func newTill(t *testing.T, h *dbtest.House) *till {
	c := &till{House: h, t: t, sandbox: h.Sandbox(t)}
	c.worker = c.another()
	return c
}

// another returns one more worker on the same books.
func (c *till) another() *billing.Worker {
	return billing.NewWorker(c.Store, c.sandbox, billing.Options{Now: c.Clock.Now, Parallel: 4, CallTime: time.Second, Simulated: true})
}

func (c *till) pass() []core.Run {
	c.t.Helper()
	runs, err := c.worker.Pass(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range runs {
		if r.Faults > 0 {
			c.t.Errorf("run with %d faults", r.Faults)
		}
	}
	return runs
}

// until works as if the worker had run all the time up to so many days from
// now.
func (c *till) until(days int) {
	c.t.Helper()
	end := c.Clock.Now().AddDate(0, 0, days)
	if err := c.worker.Simulate(c.t.Context(), end, c.Clock.AdvanceTo, nil); err != nil {
		c.t.Fatal(err)
	}
	c.Clock.AdvanceTo(end)
}

// charges are those of a subscription, oldest first, as words.
func (c *till) charges(s core.Subscription) []string {
	c.t.Helper()
	all, err := c.SubscriptionCharges(c.t.Context(), c.Owner, s.ID, 100)
	if err != nil {
		c.t.Fatal(err)
	}
	slices.Reverse(all)
	var words []string
	for _, h := range all {
		r, err := c.Charge(c.t.Context(), c.Owner, h.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		text := h.Period.From.String()[5:] + " " + string(h.State)
		for _, a := range r.Attempts {
			text += " " + a.CreatedAt.In(c.First.Location()).Format("02.15h") + string(a.State[0])
		}
		words = append(words, text)
	}
	return words
}

func (c *till) subscription(id int64) core.Subscription {
	c.t.Helper()
	s, err := c.Store.Subscription(c.t.Context(), c.Owner, id)
	if err != nil {
		c.t.Fatal(err)
	}
	return s.Subscription
}

// ledger are the keys under which money moved at the processor, in order.
func (c *till) ledger() []string {
	c.t.Helper()
	var keys []string
	err := c.sandbox.Ledger(c.t.Context(), func(m billing.Move) error {
		if m.Declined == "" {
			keys = append(keys, m.Key)
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return keys
}

func (c *till) want(what string, got any, want string) {
	c.t.Helper()
	if text := fmt.Sprint(got); text != want {
		c.t.Errorf("%s\ngot  %s\nwant %s", what, text, want)
	}
}

func (c *till) sound() {
	c.t.Helper()
	found, err := c.CheckBooks(c.t.Context(), core.System(0))
	if err != nil || len(found) > 0 {
		c.t.Errorf("the books: %v, %v", found, err)
	}
}

func TestEveryPeriodIsChargedOnce(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		runs := c.pass()
		if len(runs) != 1 || runs[0].Charged != 1 || runs[0].Due() != 1 || fmt.Sprint(runs[0].Sums) != "[{EUR 4900 0}]" {
			c.t.Errorf("first run: %+v", runs)
		}
		if runs := c.pass(); len(runs) != 0 {
			c.t.Errorf("second run: %+v", runs)
		}
		c.until(65)
		c.want("charges", c.charges(s), "[11-21 paid 21.10hs 12-21 paid 21.09hs 01-21 paid 21.09hs]")
		c.want("ledger", c.ledger(), fmt.Sprintf("[sub:%d:p:2026-11-21:try:1 sub:%[1]d:p:2026-12-21:try:1 sub:%[1]d:p:2027-01-21:try:1]", s.ID))
		if got := c.subscription(s.ID); got.Cycles.Completed != 3 || got.State != core.Active {
			c.t.Errorf("%+v", got)
		}
		if paid, err := c.PaidToDate(c.t.Context(), c.Owner, s.Customer); err != nil || fmt.Sprint(paid) != "[147.00 EUR]" {
			c.t.Error(paid, err)
		}
		c.sound()
	})
}

func TestSoftDeclinesAreTriedAgainAndThenGivenUp(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.until(1)
		if got := c.subscription(s.ID); got.State != core.PastDue || got.FailedAttempts != 2 {
			c.t.Errorf("after two tries: %+v", got)
		}
		c.until(40)
		c.want("charges", c.charges(s), "[11-21 declined 21.10hd 22.09hd 24.09hd 26.09hd 28.09hd]")
		if got := c.subscription(s.ID); got.State != core.Unpaid || !got.NextRun.IsZero() {
			c.t.Errorf("in the end: %+v", got)
		}
		c.want("ledger", len(c.ledger()), "0")
		c.sound()
	})
}

func TestSecondTryBringsItBack(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.DeclinesOnce)
		c.until(35)
		c.want("charges", c.charges(s), "[11-21 paid 21.10hd 22.09hs 12-21 paid 21.09hs]")
		if got := c.subscription(s.ID); got.State != core.Active || got.FailedAttempts != 0 || got.Cycles.Completed != 2 {
			c.t.Errorf("%+v", got)
		}
		c.sound()
	})
}

func TestHardDeclineWaitsForAnotherCard(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.StolenCard)
		c.until(2)
		c.want("charges", c.charges(s), "[11-21 declined 21.10hd]")
		fresh := c.ScriptCard(c.t, core.Customer{ID: s.Customer, Merchant: c.First.ID}, billing.Approves)
		if _, err := c.ChangeSubscription(c.t.Context(), c.Owner, s.ID, 0, core.SubscriptionChange{Card: &fresh.ID}); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		c.want("with another card", c.charges(s), "[11-21 paid 21.10hd 23.10hs]")
		given := c.Subscriber(c.t, billing.LostCard)
		c.until(20)
		c.want("without", c.charges(given), "[11-23 declined 23.10hd]")
		if got := c.subscription(given.ID); got.State != core.Unpaid {
			c.t.Errorf("%+v", got)
		}
		c.sound()
	})
}

func TestUnknownOutcomesAreAskedForUnderTheSameKey(t *testing.T) {
	for _, sc := range []billing.Script{billing.TimesOut, billing.AnswersRubbish, billing.NeverArrives, billing.AnswersSlowly} {
		t.Run(sc.String(), func(t *testing.T) {
			each(t, func(c *till) {
				s := c.Subscriber(c.t, sc)
				c.pass()
				c.until(0)
				c.until(35)
				c.want("ledger", c.ledger(), fmt.Sprintf("[sub:%d:p:2026-11-21:try:1 sub:%[1]d:p:2026-12-21:try:1]", s.ID))
				c.want("charges", c.charges(s), "[11-21 paid 21.10hs 12-21 paid 21.09hs]")
				c.sound()
			})
		})
	}
}

func TestWhatTheProcessorNeverTellsIsForAPerson(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.NeverAnswers)
		c.until(3)
		c.want("charges", c.charges(s), "[11-21 checking 21.10hu]")
		all, err := c.SubscriptionCharges(c.t.Context(), c.Owner, s.ID, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		h := all[0]
		if !h.Stuck() {
			c.t.Fatalf("%+v is not stuck", h.Charge)
		}
		for by, want := range map[core.Actor]int{c.Viewer: 1, c.Other: 0} {
			if q, err := c.LeftToPeople(c.t.Context(), by, 10); err != nil || q.Len() != want {
				c.t.Errorf("%s is told of %d, %v", by.Name, q.Len(), err)
			}
			if n, err := c.CountLeftToPeople(c.t.Context(), by, 10); err != nil || n != want {
				c.t.Errorf("%s counts %d, %v", by.Name, n, err)
			}
		}
		if _, err := c.LeftToPeople(c.t.Context(), core.Actor{}, 10); !errors.Is(err, core.ErrForbidden) {
			c.t.Error(err)
		}
		if _, err := c.CountLeftToPeople(c.t.Context(), core.Actor{}, 10); !errors.Is(err, core.ErrForbidden) {
			c.t.Error(err)
		}
		if _, err := c.RetryCharge(c.t.Context(), c.Owner, h.ID, 0, 0); !errors.Is(err, core.ErrConflict) {
			c.t.Errorf("it can be tried again: %v", err)
		}
		if err := c.ResolveCharge(c.t.Context(), c.Owner, h.ID, h.Version, core.DidMove); err != nil {
			c.t.Fatal(err)
		}
		c.want("resolved", c.charges(s), "[11-21 paid 21.10hs]")
		if err := c.ResolveCharge(c.t.Context(), c.Owner, h.ID, 0, core.DidNotMove); !errors.Is(err, core.ErrConflict) {
			c.t.Errorf("resolved twice: %v", err)
		}
		c.sound()
	})
}

func TestTermEndsAfterTheLastSuccess(t *testing.T) {
	each(t, func(c *till) {
		plan, err := c.CreatePlan(c.t.Context(), c.Owner, core.Plan{
			Name: "Two", Amount: core.Money{Minor: 100, Currency: "EUR"}, Every: core.EveryMonth, Payments: 2,
		})
		if err != nil {
			c.t.Fatal(err)
		}
		good := c.Customer(c.t, "name", "Good")
		c.ScriptCard(c.t, good, billing.Approves)
		mute := c.Customer(c.t, "name", "Mute")
		c.ScriptCard(c.t, mute, billing.NeverAnswers)
		a, b := c.Subscription(c.t, good, plan), c.Subscription(c.t, mute, plan)
		c.until(100)
		c.want("charges", c.charges(a), "[11-21 paid 21.10hs 12-21 paid 21.09hs]")
		if got := c.subscription(a.ID); got.State != core.Completed || !got.EndedAt.After(got.StartedAt) {
			c.t.Errorf("%+v", got)
		}
		// Both may have been paid: no third is charged until that is known.
		c.want("charges", c.charges(b), "[11-21 checking 21.10hu 12-21 checking 21.09hu]")
		c.sound()
	})
}

func TestPauseCancelAndHold(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		paused, ends, held := c.Subscriber(c.t, billing.Approves), c.Subscriber(c.t, billing.Approves), c.Subscriber(c.t, billing.InsufficientFunds)
		c.pass()
		if _, err := c.PauseSubscription(ctx, c.Owner, paused.ID, 0, c.Clock.Now().AddDate(0, 0, 50)); err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.CancelSubscription(ctx, c.Owner, ends.ID, 0, core.AtPeriodEnd); err != nil {
			c.t.Fatal(err)
		}
		if err := c.DeleteCustomer(ctx, c.Owner, held.Customer, 0, ""); err != nil {
			c.t.Fatal(err)
		}
		c.until(60)
		c.want("paused", c.charges(paused), "[11-21 paid 21.10hs]")
		if got := c.subscription(paused.ID); got.State != core.Active || !got.ResumeAt.IsZero() {
			c.t.Errorf("after the pause: %+v", got)
		}
		c.want("ended", c.charges(ends), "[11-21 paid 21.10hs]")
		if got := c.subscription(ends.ID); got.State != core.Canceled {
			c.t.Errorf("after its period: %+v", got)
		}
		c.want("held", c.charges(held), "[11-21 declined 21.10hd]")
		if got := c.subscription(held.ID); got.State != core.PastDue {
			c.t.Errorf("held: %+v", got)
		}
		c.sound()
	})
}

func TestAfterAnOutageTheOldestComeFirstOneADay(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		c.pass()
		c.Clock.Advance(65 * 24 * time.Hour) // nobody worked
		c.pass()
		c.want("first day", c.charges(s), "[11-21 paid 21.10hs 12-21 paid 25.10hs]")
		c.pass()
		c.want("the same day", c.charges(s), "[11-21 paid 21.10hs 12-21 paid 25.10hs]")
		c.until(1)
		c.want("second day", c.charges(s), "[11-21 paid 21.10hs 12-21 paid 25.10hs 01-21 paid 26.09hs]")

		long := c.Subscriber(c.t, billing.Approves)
		c.pass()
		c.Clock.Advance(160 * 24 * time.Hour)
		c.pass()
		c.want("parked", c.charges(long), "[01-26 paid 26.10hs]")
		if err := c.UnparkSubscription(c.t.Context(), c.Owner, long.ID, core.ChargeAll); err != nil {
			c.t.Fatal(err)
		}
		c.until(2)
		c.want("let go", len(c.charges(long)), "4")
		if err := c.UnparkSubscription(c.t.Context(), c.Owner, s.ID, core.ChargeFromNow); err != nil {
			c.t.Fatal(err)
		}
		before := len(c.charges(s))
		c.pass()
		c.want("from now on", len(c.charges(s)), fmt.Sprint(before))
		c.sound()
	})
}

func TestRefundsAreGivenOnce(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		charge := func(sc billing.Script) core.ChargeSummary {
			s := c.Subscriber(c.t, sc)
			c.until(1)
			all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 1)
			if err != nil || len(all) != 1 || !all[0].Paid() {
				c.t.Fatal(all, err)
			}
			return all[0]
		}
		refund := func(by core.Actor, h core.ChargeSummary, minor int64, request string) error {
			_, err := c.CreateRefund(ctx, by, 0, core.NewRefund{Charge: h.ID, Amount: core.Money{Minor: minor, Currency: "EUR"}, Note: "wrong bread", Request: request})
			return err
		}
		h := charge(billing.TimesOut)
		var bad core.Invalid
		if err := refund(c.Member, h, 100, ""); !errors.As(err, &bad) || bad[0].Rule != core.OverOwnLimit {
			c.t.Errorf("a member over the limit: %v", err)
		}
		if _, err := c.UpdateMerchant(ctx, c.Owner, 0, core.Changes{"refund_limit": "10"}); err != nil {
			c.t.Fatal(err)
		}
		for _, err := range []error{refund(c.Member, h, 1000, "a"), refund(c.Member, h, 1000, "a"), refund(c.Owner, h, 3000, "b")} {
			if err != nil {
				c.t.Error(err)
			}
		}
		if err := refund(c.Owner, h, 901, ""); !errors.As(err, &bad) || bad[0].Rule != core.MoreThanLeft {
			c.t.Errorf("more than is left: %v", err)
		}
		if err := refund(c.Viewer, h, 1, ""); !errors.Is(err, core.ErrForbidden) {
			c.t.Error(err)
		}
		c.until(1)
		kept := charge(billing.KeepsTheMoney)
		if err := refund(c.Owner, kept, 4900, ""); err != nil {
			c.t.Fatal(err)
		}
		c.until(1)
		moved := 0
		for _, key := range c.ledger() {
			if strings.HasPrefix(key, "refund:") {
				moved++
			}
		}
		c.want("refunds in the ledger", moved, "2")
		for id, want := range map[int64]string{h.ID: "4000: succeeded succeeded", kept.ID: "0: declined"} {
			r, err := c.Charge(ctx, c.Owner, id)
			if err != nil {
				c.t.Fatal(err)
			}
			got := fmt.Sprint(r.Refunded, ":")
			for _, f := range r.Refunds {
				got += " " + string(f.State)
			}
			c.want("refunds", got, want)
		}
		c.sound()
	})
}

func TestTwoWorkersChargeOnce(t *testing.T) {
	each(t, func(c *till) {
		var all []core.Subscription
		for range 12 {
			all = append(all, c.Subscriber(c.t, billing.Approves))
		}
		other := c.another()
		var wg sync.WaitGroup
		for _, w := range []*billing.Worker{c.worker, other} {
			wg.Go(func() {
				if _, err := w.Pass(c.t.Context()); err != nil {
					c.t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, s := range all {
			c.want("charges", c.charges(s), "[11-21 paid 21.10hs]")
		}
		c.want("ledger", len(c.ledger()), "12")
		c.sound()
	})
}

func TestPeopleChargeOnceRetryAndWaive(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		s := c.Subscriber(c.t, billing.DeclinesTwice)
		n := core.NewCharge{Customer: s.Customer, Amount: core.Money{Minor: 250, Currency: "EUR"}, Description: "One cake", Source: core.FromPage, Request: "r1"}
		h, err := c.CreateCharge(ctx, c.Owner, n)
		if err != nil {
			c.t.Fatal(err)
		}
		again, err := c.CreateCharge(ctx, c.Owner, n)
		if err != nil || again.ID != h.ID {
			c.t.Errorf("the same request made %d and %d, %v", h.ID, again.ID, err)
		}
		do := func() core.ChargeRecord {
			if err := c.worker.Do(ctx, core.Work{Kind: core.ChargeWork, ID: h.ID, Merchant: c.First.ID}); err != nil {
				c.t.Fatal(err)
			}
			r, err := c.Charge(ctx, c.Owner, h.ID)
			if err != nil {
				c.t.Fatal(err)
			}
			return r
		}
		if r := do(); r.State != core.ChargeDeclined || !r.NextAt.IsZero() {
			c.t.Errorf("%+v", r.Charge)
		}
		if _, err := c.RetryCharge(ctx, c.Owner, h.ID, 0, 0); err != nil {
			c.t.Fatal(err)
		}
		if r := do(); r.State != core.ChargeDeclined || len(r.Attempts) != 2 || r.Attempts[1].Key != fmt.Sprintf("charge:%d:try:2", h.ID) {
			c.t.Errorf("%+v", r)
		}
		if _, err := c.WaiveCharge(ctx, c.Owner, h.ID, 0, ""); err == nil {
			c.t.Error("waived without a reason")
		}
		if w, err := c.WaiveCharge(ctx, c.Owner, h.ID, 0, "was a gift"); err != nil || w.State != core.ChargeWaived {
			c.t.Errorf("%+v, %v", w, err)
		}
		if _, err := c.MarkChargePaid(ctx, c.Owner, h.ID, 0, "cash"); !errors.Is(err, core.ErrConflict) {
			c.t.Error(err)
		}
		if _, err := c.CreateRefund(ctx, c.Owner, 0, core.NewRefund{Charge: h.ID, Amount: n.Amount, Note: "x"}); err == nil {
			c.t.Error("what was waived was given back")
		}

		bad := c.Subscriber(c.t, billing.InsufficientFunds)
		c.until(20)
		if got := c.subscription(bad.ID); got.State != core.Unpaid {
			c.t.Fatal(got.State)
		}
		all, err := c.SubscriptionCharges(ctx, c.Owner, bad.ID, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.MarkChargePaid(ctx, c.Owner, all[0].ID, all[0].Version, "in cash at the counter"); err != nil {
			c.t.Fatal(err)
		}
		if got := c.subscription(bad.ID); got.State != core.Active || got.NextRun.Before(c.Clock.Now()) || got.Cycles.Completed != 1 {
			c.t.Errorf("%+v", got)
		}
		c.sound()
	})
}

func TestWorkerStandsStillWhenItsClockIsWrong(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		now, tick := c.Clock.Now(), time.Duration(0)
		w := billing.NewWorker(c.Store, c.sandbox, billing.Options{Now: func() time.Time { return now }, Elapsed: func() time.Duration { return tick }})
		s := c.Subscriber(c.t, billing.Approves)
		if _, err := w.Pass(ctx); err != nil {
			c.t.Fatal(err)
		}
		now, tick = now.AddDate(0, 0, 60), tick+time.Minute
		c.Clock.AdvanceTo(now)
		var halt billing.HaltError
		if _, err := w.Pass(ctx); !errors.As(err, &halt) || halt.Why != core.ClockAhead {
			c.t.Errorf("a leap ahead: %v", err)
		}
		c.want("nothing more was charged", c.charges(s), "[11-21 paid 21.10hs]")
		if err := c.ResumeWorker(ctx, c.Owner); !errors.Is(err, core.ErrForbidden) {
			c.t.Error(err)
		}
		if err := c.ResumeWorker(ctx, c.Admin); err != nil {
			c.t.Fatal(err)
		}
		acts, err := c.Activity(ctx, c.Admin, core.ActivityList{Action: core.WorkerResumed})
		if err != nil || len(acts.Events) != 1 || acts.Events[0].To["reason"] != string(core.ClockAhead) {
			c.t.Errorf("the record tells %+v, %v", acts.Events, err)
		}
		if _, err := w.Pass(ctx); err != nil {
			c.t.Error(err)
		}
		c.want("then it goes on", len(c.charges(s)), "2")
		now, tick = now.AddDate(0, 0, 3), tick+72*time.Hour // days that passed
		c.Clock.AdvanceTo(now)
		if _, err := w.Pass(ctx); err != nil {
			c.t.Error(err)
		}
		now = now.AddDate(0, 0, -2)
		if _, err := w.Pass(ctx); !errors.As(err, &halt) || halt.Why != core.ClockBack {
			c.t.Errorf("a leap back: %v", err)
		}
	})
}

func TestLeapsOfTheClock(t *testing.T) {
	for _, tt := range []struct {
		name string
		leap time.Duration
		want core.Halt
	}{
		{"a day ahead", 24 * time.Hour, ""},
		{"more than a day ahead", 24*time.Hour + time.Millisecond, core.ClockAhead},
		{"a minute back", -time.Minute, ""},
		{"a day back", -24 * time.Hour, core.ClockBack},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(c *till) {
				ctx := c.t.Context()
				now := c.Clock.Now()
				w := billing.NewWorker(c.Store, c.sandbox, billing.Options{Now: func() time.Time { return now }, Elapsed: func() time.Duration { return 0 }})
				c.Subscriber(c.t, billing.Approves)
				if _, err := w.Pass(ctx); err != nil {
					c.t.Fatal(err)
				}
				now = now.Add(tt.leap)
				c.Clock.Advance(tt.leap)
				c.Subscriber(c.t, billing.Approves)
				_, err := w.Pass(ctx)
				var halt billing.HaltError
				if errors.As(err, &halt); halt.Why != tt.want || (tt.want == "") != (err == nil) {
					c.t.Errorf("%v, want the halt %q", err, tt.want)
				}
				if tt.want != "" {
					c.want("charged while it stands still", len(c.ledger()), "1")
					if err := c.ResumeWorker(ctx, c.Admin); err != nil {
						c.t.Fatal(err)
					}
					if _, err := w.Pass(ctx); err != nil {
						c.t.Error(err)
					}
				}
				c.want("charged in the end", len(c.ledger()), "2")
				c.sound()
			})
		})
	}
}

// A refusal is a processor that nobody can connect to while it is down.
type refusal struct {
	core.Processor
	down  atomic.Bool
	calls atomic.Int32
}

var errRefused = errors.New("connection refused")

func (r *refusal) Charge(ctx context.Context, o core.ChargeOrder) (core.Outcome, error) {
	r.calls.Add(1)
	if r.down.Load() {
		return core.Outcome{}, errRefused
	}
	return r.Processor.Charge(ctx, o)
}

func (r *refusal) Lookup(ctx context.Context, key string) (core.Outcome, error) {
	r.calls.Add(1)
	if r.down.Load() {
		return core.Outcome{}, errRefused
	}
	return r.Processor.Lookup(ctx, key)
}

func TestProcessorThatRefusesConnectionsIsLeftAloneAndComesBack(t *testing.T) {
	each(t, func(c *till) {
		const many, parallel = 40, 4
		for range many {
			c.Subscriber(c.t, billing.Approves)
		}
		r := &refusal{Processor: c.sandbox}
		r.down.Store(true)
		w := billing.NewWorker(c.Store, r, billing.Options{Now: c.Clock.Now, Parallel: parallel, Simulated: true})
		for range 3 {
			before := r.calls.Load()
			if _, err := w.Pass(c.t.Context()); !errors.Is(err, billing.ErrSilent) {
				c.t.Errorf("while it is down: %v", err)
			}
			if n := r.calls.Load() - before; n >= many || n < parallel {
				c.t.Errorf("%d calls in vain", n)
			}
			c.Clock.Advance(10 * time.Minute)
		}
		c.want("ledger while it is down", len(c.ledger()), "0")
		r.down.Store(false)
		for range 3 {
			c.Clock.Advance(time.Hour)
			if _, err := w.Pass(c.t.Context()); err != nil {
				c.t.Errorf("once it is back: %v", err)
			}
		}
		keys := c.ledger()
		c.want("ledger", len(keys), "40")
		for _, key := range keys {
			if !strings.HasSuffix(key, ":try:1") {
				c.t.Errorf("%s is a second key", key)
			}
		}
		c.want("paid", c.Count(c.t, "SELECT COUNT(*) FROM charges WHERE status = 'paid'"), "40")
		c.sound()
	})
}
