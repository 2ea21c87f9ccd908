package views

import (
	"testing"
	"time"

	"kontor/db/core"
)

// TestSentenceOfASubscription: the sentence people came for says what comes
// next, and reads as one whatever its numbers are.
func TestSentenceOfASubscription(t *testing.T) {
	ended := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	completed := func(total int) SubscriptionView {
		var v SubscriptionView
		v.Sub.State, v.Sub.EndedAt, v.Sub.Cycles.Total = core.Completed, ended, total
		return v
	}
	pastDue := func(state core.ChargeState) SubscriptionView {
		v := SubscriptionView{Chrome: Chrome{Merchant: merchant}, Payments: make([]core.ChargeSummary, 2)}
		v.Sub.State = core.PastDue
		v.Payments[0].State, v.Payments[1].State = core.ChargeWaived, state
		v.Payments[1].NextAt = ended.Add(24 * time.Hour)
		return v
	}
	resumed, ending := pastDue(core.ChargeRetrying), pastDue(core.ChargeRetrying)
	resumed.Sub.State = core.Active
	ending.Sub.CancelAtEnd, ending.Sub.NextRun = true, ended
	for _, c := range []struct {
		v    SubscriptionView
		want string
	}{
		{completed(1), "Completed on 20 Nov 2026: its one payment is made."},
		{completed(12), "Completed on 20 Nov 2026: all 12 payments are made."},
		{pastDue(core.ChargeRetrying), "The last charge failed. It is tried a last time on 21 Nov 2026."},
		{pastDue(core.ChargeChecking), "The last charge failed."},
		{resumed, "The last charge failed. It is tried a last time on 21 Nov 2026."},
		{ending, "Ends 20 Nov 2026. The last charge failed. It is tried a last time on 21 Nov 2026. No other comes after it."},
	} {
		if got := sentence(c.v.Sub, nil, c.v.again(), merchant.Location()); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestWhetherAChargeIsTriedAgain: a subscription that stands still has no
// charge that is said to be tried.
func TestWhetherAChargeIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		state core.State
		asked bool
		held  bool
		want  string
	}{
		{core.PastDue, false, false, "It is tried a last time on 21 Nov 2026."},
		{core.Paused, false, false, "The subscription is paused: it is tried again on 21 Nov 2026 only if that goes on by then."},
		{core.Paused, true, false, "It is tried a last time on 21 Nov 2026."},
		{core.PastDue, false, true, "It is not tried while the customer is deleted."},
	} {
		v := PaymentView{Chrome: Chrome{Merchant: merchant}}
		v.Charge.State, v.Charge.Asked = core.ChargeRetrying, c.asked
		v.Charge.NextAt = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		v.Sub.State, v.Sub.Held = c.state, c.held
		if got := v.next(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// TestWhatHasNotStartedIsNotSaidToHave: the day that a subscription starts on
// may be still to come, or never have been.
func TestWhatHasNotStartedIsNotSaidToHave(t *testing.T) {
	start := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	early := start.Add(-time.Hour)
	for _, c := range []struct {
		s           core.Subscription
		label, made string
	}{
		{core.Subscription{State: core.Pending, Cycles: core.Cycles{Total: 3}}, "Starts", "0 of 3 payments made, 3 left"},
		{core.Subscription{State: core.Active, Cycles: core.Cycles{Total: 3, Completed: 1}}, "Started", "1 of 3 payments made, 2 left"},
		{core.Subscription{State: core.Paused, PausedAt: early}, "Was to start", "no payment yet, no end set"},
		{core.Subscription{State: core.Canceled, EndedAt: early, Cycles: core.Cycles{Total: 12}}, "Was to start", "0 of 12 payments made"},
		{core.Subscription{State: core.Canceled, EndedAt: start.Add(time.Hour), Cycles: core.Cycles{Completed: 1}}, "Started", "1 payment made"},
	} {
		c.s.StartedAt = start
		if label, made := started(c.s), made(c.s); label != c.label || made != c.made {
			t.Errorf("%+v: %q, %q", c.s, label, made)
		}
	}
}
