package billing_test

import (
	"fmt"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestACardThatWasRenewedIsTriedAtOnce(t *testing.T) {
	each(t, func(c *till) {
		s, lost := c.Subscriber(c.t, billing.Approves), c.Subscriber(c.t, billing.LostCard)
		c.Exec(c.t, fmt.Sprintf("UPDATE cards SET expires = '2026-10' WHERE id = %d", s.Card))
		c.until(2)
		c.want("expired", c.charges(s), "[11-21 declined 21.10hd]")
		for _, sub := range []core.Subscription{s, lost} {
			fresh := core.Expiry{Year: 2031, Month: 1}
			if _, err := c.UpdateCard(c.t.Context(), c.Owner, sub.Card, 0, core.CardEdit{Expiry: &fresh}); err != nil {
				c.t.Fatal(err)
			}
		}
		c.pass()
		c.want("renewed", c.charges(s), "[11-21 paid 21.10hd 23.10hs]")
		c.want("lost, whatever its date", c.charges(lost), "[11-21 declined 21.10hd]")
		c.sound()
	})
}

func TestAnotherCardWaitsForThePauseToEnd(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.pass()
		fresh := c.ScriptCard(c.t, core.Customer{ID: s.Customer, Merchant: c.First.ID}, billing.Approves)
		if _, err := c.PauseSubscription(ctx, c.Owner, s.ID, 0, time.Time{}); err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.ChangeSubscription(ctx, c.Owner, s.ID, 0, core.SubscriptionChange{Card: &fresh.ID}); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		if _, err := c.ResumeSubscription(ctx, c.Owner, s.ID, 0); err != nil {
			c.t.Fatal(err)
		}
		c.until(1)
		c.want("charges", c.charges(s), "[11-21 paid 21.10hd 22.09hs]")
		c.sound()
	})
}

func TestWhatWasPaidInAPauseIsNotBehindAfterIt(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		for _, paid := range []bool{true, false} {
			s := c.Subscriber(c.t, billing.InsufficientFunds)
			c.pass()
			if _, err := c.PauseSubscription(ctx, c.Owner, s.ID, 0, time.Time{}); err != nil {
				c.t.Fatal(err)
			}
			done, err := c.SubscriptionEvents(ctx, c.Owner, s.ID, 1)
			if err != nil {
				c.t.Fatal(err)
			}
			want := core.PastDue
			if paid {
				all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 1)
				if err != nil {
					c.t.Fatal(err)
				}
				if _, err := c.MarkChargePaid(ctx, c.Owner, all[0].ID, 0, "In cash"); err != nil {
					c.t.Fatal(err)
				}
				want = core.Active
			}
			if _, err := c.Undo(ctx, c.Owner, done[0].ID); err != nil {
				c.t.Fatal(err)
			}
			if got := c.subscription(s.ID); got.State != want {
				c.t.Errorf("paid: %v, it is %s, want %s", paid, got.State, want)
			}
		}
	})
}

func TestWhatIsToEndDoesNotStandUnpaid(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.pass()
		if _, err := c.CancelSubscription(c.t.Context(), c.Owner, s.ID, 0, core.AtPeriodEnd); err != nil {
			c.t.Fatal(err)
		}
		c.until(20)
		c.want("charges", c.charges(s), "[11-21 declined 21.10hd 22.09hd 24.09hd 26.09hd 28.09hd]")
		if got := c.subscription(s.ID); got.State != core.Canceled || got.EndedAt.IsZero() || got.CancelAtEnd {
			c.t.Errorf("%+v", got)
		}
		c.sound()
	})
}

func TestWhatIsCanceledIsNotSaidToBeTriedAgain(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		soft, hard, asked := c.Subscriber(c.t, billing.InsufficientFunds), c.Subscriber(c.t, billing.LostCard), c.Subscriber(c.t, billing.InsufficientFunds)
		c.pass()
		for _, s := range []core.Subscription{soft, hard, asked} {
			all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 1)
			if err != nil {
				c.t.Fatal(err)
			}
			if all[0].NextAt.IsZero() {
				c.t.Fatalf("declined for good at once: %+v", all[0])
			}
			if s.ID == asked.ID {
				if _, err := c.RetryCharge(ctx, c.Owner, all[0].ID, 0, 0); err != nil {
					c.t.Fatal(err)
				}
			}
			if _, err := c.CancelSubscription(ctx, c.Owner, s.ID, 0, core.AtOnce); err != nil {
				c.t.Fatal(err)
			}
			if all, err = c.SubscriptionCharges(ctx, c.Owner, s.ID, 1); err != nil {
				c.t.Fatal(err)
			}
			ended := all[0].State == core.ChargeDeclined && all[0].NextAt.IsZero() && !all[0].SettledAt.IsZero()
			if s.ID == asked.ID == ended {
				c.t.Errorf("after it was canceled: %+v", all[0])
			}
		}
		c.pass()
		c.want("what somebody wanted tried", c.charges(asked), "[11-21 declined 21.10hd 21.10hd]")
		all, err := c.SubscriptionCharges(ctx, c.Owner, asked.ID, 1)
		if err != nil || !all[0].NextAt.IsZero() {
			c.t.Errorf("it is to be tried again: %+v, %v", all, err)
		}
		c.sound()
	})
}

func TestADeclineOfAnEarlierPeriodDoesNotStopIt(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.until(10)
		if _, err := c.ResumeSubscription(ctx, c.Owner, s.ID, 0); err != nil {
			c.t.Fatal(err)
		}
		c.set(core.Changes{"spent_rule": string(core.SpentCancel)})
		good := c.ScriptCard(c.t, core.Customer{ID: s.Customer, Merchant: c.First.ID}, billing.Approves)
		if _, err := c.ChangeSubscription(ctx, c.Owner, s.ID, 0, core.SubscriptionChange{Card: &good.ID}); err != nil {
			c.t.Fatal(err)
		}
		c.until(40)
		was := c.subscription(s.ID)
		all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 2)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.RetryCharge(ctx, c.Owner, all[1].ID, 0, s.Card); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		c.want("charges", c.charges(s), "[11-21 declined 21.10hd 22.09hd 24.09hd 26.09hd 28.09hd 10.10hd 12-21 paid 21.09hs]")
		if got := c.subscription(s.ID); got != was || got.State != core.Active {
			c.t.Errorf("it is %+v, was %+v", got, was)
		}
		c.sound()
	})
}

func TestWhatIsPaidOfAnEarlierPeriodLeavesItBehind(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		c.set(core.Changes{"spent_rule": string(core.SpentPastDue)})
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.until(31)
		was := c.subscription(s.ID)
		c.want("charges", c.charges(s), "[11-21 declined 21.10hd 22.09hd 24.09hd 26.09hd 28.09hd 12-21 retrying 21.09hd 22.09hd]")
		all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 2)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.MarkChargePaid(ctx, c.Owner, all[1].ID, 0, "In cash"); err != nil {
			c.t.Fatal(err)
		}
		got := c.subscription(s.ID)
		if got.State != core.PastDue || got.FailedAttempts != was.FailedAttempts || !got.DelinquentSince.Equal(was.DelinquentSince) || got.Cycles.Completed != 1 {
			c.t.Errorf("the earlier paid: %+v", got)
		}
		if _, err := c.WaiveCharge(ctx, c.Owner, all[0].ID, 0, "Kindness"); err != nil {
			c.t.Fatal(err)
		}
		if got := c.subscription(s.ID); got.State != core.Active || got.FailedAttempts != 0 || !got.DelinquentSince.IsZero() || got.Cycles.Completed != 2 {
			c.t.Errorf("both settled: %+v", got)
		}
		c.sound()
	})
}

func TestMergedCustomersAreChargedOnTheCardThatStays(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		stays, goes := c.Customer(c.t, "name", "Stays"), c.Customer(c.t, "name", "Goes")
		kept, twin := c.Card(c.t, stays.ID, dbtest.VisaNumber), c.Card(c.t, goes.ID, dbtest.VisaNumber)
		cake := core.NewCharge{Customer: goes.ID, Card: twin.ID, Amount: core.Money{Minor: 2500, Currency: "EUR"}, Description: "A cake"}
		h, err := c.CreateCharge(ctx, c.Owner, cake)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.MergeCustomers(ctx, c.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			c.t.Fatal(err)
		}
		merged, err := c.CustomerEvents(ctx, c.Owner, stays.ID, 0, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.Undo(ctx, c.Owner, merged.Events[0].ID); err != nil {
			c.t.Fatal(err)
		}
		if r, err := c.Charge(ctx, c.Owner, h.ID); err != nil || r.Card != twin.ID {
			c.t.Errorf("apart again: card %d, want %d, %v", r.Card, twin.ID, err)
		}
		if _, err := c.MergeCustomers(ctx, c.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		if r, err := c.Charge(ctx, c.Owner, h.ID); err != nil || !r.Paid() || r.Card != kept.ID {
			c.t.Errorf("%s on card %d, want %d, %v", r.State, r.Card, kept.ID, err)
		}
		c.sound()
	})
}

func TestAPauseThatEndedInADeletedCustomersTimeIsNotBilled(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		s := c.Subscriber(c.t, billing.Approves)
		c.until(5)
		if _, err := c.PauseSubscription(ctx, c.Owner, s.ID, 0, c.Clock.Now().Add(10*24*time.Hour)); err != nil {
			c.t.Fatal(err)
		}
		if err := c.DeleteCustomer(ctx, c.Owner, s.Customer, 0, ""); err != nil {
			c.t.Fatal(err)
		}
		c.until(60)
		if err := c.RestoreCustomer(ctx, c.Owner, s.Customer, core.KeepReference); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		c.want("charges", c.charges(s), "[11-21 paid 21.10hs]")
		if got := c.subscription(s.ID); got.State != core.Active || !got.NextRun.After(c.Clock.Now()) {
			c.t.Errorf("%s, next %s", got.State, got.NextRun)
		}
		c.sound()
	})
}

func TestWhatAPersonWantsTriedOutlastsTheNextPeriod(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		c.set(core.Changes{"spent_rule": string(core.SpentPastDue)})
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.until(29)
		c.Clock.AdvanceTo(c.subscription(s.ID).NextRun.Add(time.Second))
		all, err := c.SubscriptionCharges(ctx, c.Owner, s.ID, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		good := c.ScriptCard(c.t, core.Customer{ID: s.Customer, Merchant: c.First.ID}, billing.Approves)
		if _, err := c.RetryCharge(ctx, c.Owner, all[0].ID, 0, good.ID); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		c.want("charges", c.charges(s), "[11-21 paid 21.10hd 22.09hd 24.09hd 26.09hd 28.09hd 21.09hs 12-21 retrying 21.09hd]")
		c.sound()
	})
}

func TestAPauseSaysHowAParkedOneGoesOn(t *testing.T) {
	each(t, func(c *till) {
		ctx := c.t.Context()
		paused, deleted := c.Subscriber(c.t, billing.Approves), c.Subscriber(c.t, billing.Approves)
		c.pass()
		c.Clock.Advance(140 * 24 * time.Hour)
		c.pass()
		waiting := func(want int) {
			c.t.Helper()
			if n, err := c.CountLeftToPeople(ctx, c.Owner, 10); err != nil || n != want {
				c.t.Errorf("%d wait for a person, want %d, %v", n, want, err)
			}
		}
		waiting(2)
		if _, err := c.PauseSubscription(ctx, c.Owner, paused.ID, 0, time.Time{}); err != nil {
			c.t.Fatal(err)
		}
		waiting(1)
		if _, err := c.ResumeSubscription(ctx, c.Owner, paused.ID, 0); err != nil {
			c.t.Fatal(err)
		}
		if err := c.DeleteCustomer(ctx, c.Owner, deleted.Customer, 0, ""); err != nil {
			c.t.Fatal(err)
		}
		if err := c.RestoreCustomer(ctx, c.Owner, deleted.Customer, core.KeepReference); err != nil {
			c.t.Fatal(err)
		}
		waiting(0)
		c.until(20)
		for _, s := range []core.Subscription{paused, deleted} {
			if got := c.charges(s); len(got) != 2 || c.subscription(s.ID).Cycles.Completed != 2 {
				c.t.Errorf("charges %v", got)
			}
		}
		c.sound()
	})
}
