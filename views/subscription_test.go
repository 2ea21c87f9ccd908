package views

import (
	"testing"
	"time"

	"kontor/db/core"
)

func TestSubscriptionsBriefly(t *testing.T) {
	day := time.Date(2026, 12, 21, 8, 0, 0, 0, time.UTC)
	for want, s := range map[string]core.Subscription{
		"next 21 Dec 2026":  {State: core.Active, NextRun: day},
		"ends 21 Dec 2026":  {State: core.Active, NextRun: day, CancelAtEnd: true},
		"until 21 Dec 2026": {State: core.Paused, ResumeAt: day, CancelAtEnd: true},
		"ended 21 Dec 2026": {State: core.Canceled, EndedAt: day},
		"held":              {State: core.Active, NextRun: day, Held: true},
	} {
		if got := briefly(core.SubscriptionSummary{Subscription: s}, time.UTC); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
	for _, s := range []core.Subscription{{State: core.Unpaid}, {State: core.Paused, CancelAtEnd: true}} {
		if got := briefly(core.SubscriptionSummary{Subscription: s}, time.UTC); got != "" {
			t.Errorf("%s: %q", s.State, got)
		}
	}
}
