package billing_test

import (
	"errors"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

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
