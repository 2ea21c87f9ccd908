package wallee

import (
	"testing"
	"time"

	"kontor/db/core"
)

func TestWhatEndedBeforeItsStartWasNeverActive(t *testing.T) {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	before, after := start.Add(-time.Hour), start.Add(time.Hour)
	for _, tt := range []struct {
		name   string
		s      core.Subscription
		active bool
	}{
		{"pending", core.Subscription{State: core.Pending}, false},
		{"active", core.Subscription{State: core.Active}, true},
		{"paused before", core.Subscription{State: core.Paused, PausedAt: before}, false},
		{"paused after", core.Subscription{State: core.Paused, PausedAt: after}, true},
		{"canceled before", core.Subscription{State: core.Canceled, EndedAt: before}, false},
		{"canceled after", core.Subscription{State: core.Canceled, EndedAt: after}, true},
		{"completed", core.Subscription{State: core.Completed, EndedAt: after}, true},
	} {
		tt.s.StartedAt = start
		if got := activated(tt.s); !got.IsZero() != tt.active {
			t.Errorf("%s: activated %v", tt.name, got)
		}
	}
}
