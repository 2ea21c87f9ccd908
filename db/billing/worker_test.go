package billing_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"kontor/db/billing"
	"kontor/db/core"
)

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
