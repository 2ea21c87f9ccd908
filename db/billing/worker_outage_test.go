package billing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

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
