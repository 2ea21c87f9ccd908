package billing_test

import (
	"fmt"
	"slices"
	"testing"

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
	return billing.NewWorker(c.Store, c.sandbox, billing.Options{Now: c.Clock.Now, Parallel: 4, Simulated: true})
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
