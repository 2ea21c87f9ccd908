package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/demo"
)

// chargeEvery is how often the server looks for what is due.
const chargeEvery = 30 * time.Second

// chargeTask charges what is due while the program serves.
func chargeTask(w *billing.Worker) task {
	return task{name: "charge", every: chargeEvery, do: func(ctx context.Context) error {
		_, err := w.Pass(ctx)
		return err
	}}
}

const billUsage = `

Charges what is due now. With -until it says what will have been charged by
then, as if the worker had run all the time: on a copy that is thrown away, or
with -write in the database itself, which must be a demo's. Cards that are
declined are no failure.
`

func cmdBill(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "bill", billUsage)
	until := fs.String("until", "", "step a clock up to a `time`: 2027-02-01, 2027-02-01T09:00:00Z or +90d")
	write := fs.Bool("write", false, "with -until: charge in the database itself, a demo's")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	if *write && *until == "" {
		return misuse("-write goes with -until; without both, what is due now is charged")
	}
	b := &bill{env: env, config: c, json: *asJSON, sums: map[string]core.RunSum{}, unknown: map[int64]core.Run{}}
	c.Sandbox = true
	switch {
	case *until == "":
		return b.now(ctx)
	default:
		return b.ahead(ctx, *until, *write)
	}
}

// A bill is what one call of the command has come to.
type bill struct {
	env     environment
	config  *config
	json    bool
	until   time.Time
	counts  core.RunCounts
	faults  int
	sums    map[string]core.RunSum
	unknown map[int64]core.Run // runs of which more may be known later
}

// now charges what is due now.
func (b *bill) now(ctx context.Context) error {
	store, err := openStore(ctx, b.env, b.config)
	if err != nil {
		return err
	}
	defer store.Close()
	defer b.config.processor.Close()
	runs, err := b.config.worker.Pass(ctx)
	b.add(runs)
	return errors.Join(err, b.tell())
}

// ahead steps a clock through everything that comes due up to a time.
func (b *bill) ahead(ctx context.Context, text string, write bool) error {
	begun := time.Now().UTC().Truncate(time.Second)
	until, err := parseUntil(text, begun)
	if err != nil {
		return misuse("-until %w", err)
	}
	if until.Before(begun) {
		return misuse("-until %s has passed", text)
	}
	b.until = until
	clock := &steppedClock{at: begun}
	if write {
		b.config.now, b.config.after = clock.now, noPause
	}
	store, err := openStore(ctx, b.env, b.config)
	if err != nil {
		return err
	}
	defer store.Close()
	defer b.config.processor.Close()
	if write {
		if _, err := store.UserByEmail(ctx, demo.AdminEmail); err != nil {
			if errors.Is(err, core.ErrNotFound) {
				return misuse("-write is for a demo's database, and this is none")
			}
			return err
		}
		return b.simulate(ctx, store, b.config.processor, clock, 8)
	}
	dir, err := os.MkdirTemp("", "kontor-bill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sandbox, err := b.config.processor.Memory(ctx, billing.SandboxOptions{Now: clock.now, After: noPause})
	if err != nil {
		return err
	}
	defer sandbox.Close()
	scratch, err := db.Open(ctx, filepath.Join(dir, "books.db"), db.Options{Now: clock.now, Scratch: true})
	if err != nil {
		return err
	}
	defer scratch.Close()
	if err := copyAll(ctx, store, scratch); err != nil {
		return err
	}
	return b.simulate(ctx, scratch, sandbox, clock, 1)
}

// copyAll copies the books of every merchant.
func copyAll(ctx context.Context, from, to *db.Store) error {
	for after := int64(0); ; {
		merchants, err := from.Merchants(ctx, core.System(0), "", after, 100)
		if err != nil || len(merchants) == 0 {
			return err
		}
		for _, m := range merchants {
			if err := from.CopyBooks(ctx, core.System(m.ID), to); err != nil {
				return err
			}
			after = m.ID
		}
	}
}

func (b *bill) simulate(ctx context.Context, store *db.Store, processor core.Processor, clock *steppedClock, parallel int) error {
	w := billing.NewWorker(store, processor, billing.Options{Now: clock.now, Parallel: parallel, CallTime: 100 * time.Millisecond, Simulated: true})
	bar := progress(b.env.Stderr, int64(b.until.Sub(clock.now())/time.Hour), "Stepping the clock")
	from := clock.now()
	err := w.Simulate(ctx, b.until, clock.set, func(at time.Time, runs []core.Run) error {
		b.add(runs)
		return bar.Set(int(at.Sub(from) / time.Hour))
	})
	bar.Finish()
	if err != nil {
		return err
	}
	for id, was := range b.unknown { // by now more may be known
		is, err := store.FinishRun(ctx, core.System(was.Merchant), id, nil)
		if err != nil {
			return err
		}
		b.take(was, -1)
		b.take(is, 1)
	}
	return b.tell()
}

func (b *bill) add(runs []core.Run) {
	for _, r := range runs {
		b.take(r, 1)
		b.faults += r.Faults
		if r.Unknown > 0 {
			b.unknown[r.ID] = r
		}
	}
}

// take adds a run to the bill, or takes it away.
func (b *bill) take(r core.Run, sign int) {
	b.counts.Charged += sign * r.Charged
	b.counts.Declined += sign * r.Declined
	b.counts.Unknown += sign * r.Unknown
	b.counts.Skipped += sign * r.Skipped
	for _, s := range r.Sums {
		sum := b.sums[s.Currency]
		sum.Charged += int64(sign) * s.Charged
		sum.Declined += int64(sign) * s.Declined
		b.sums[s.Currency] = sum
	}
}

// tell prints what the bill came to. It fails when the books do not add up.
func (b *bill) tell() error {
	type money struct {
		Charged  string `json:"charged"`
		Declined string `json:"declined"`
	}
	sums := map[string]money{}
	for currency, s := range b.sums {
		sums[currency] = money{core.Money{Minor: s.Charged, Currency: currency}.Decimal(), core.Money{Minor: s.Declined, Currency: currency}.Decimal()}
	}
	if b.json {
		out := struct {
			Until string `json:"until,omitempty"`
			Due   int    `json:"due"`
			core.RunCounts
			Money map[string]money `json:"money"`
		}{Due: b.counts.Due(), RunCounts: b.counts, Money: sums}
		if !b.until.IsZero() {
			out.Until = b.until.Format(time.RFC3339)
		}
		if err := json.NewEncoder(b.env.Stdout).Encode(out); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(b.env.Stdout, "%d due: %d charged, %d declined, %d unknown, %d skipped\n",
			b.counts.Due(), b.counts.Charged, b.counts.Declined, b.counts.Unknown, b.counts.Skipped)
		t := tabwriter.NewWriter(b.env.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
		for _, currency := range slices.Sorted(maps.Keys(sums)) {
			fmt.Fprintf(t, "%s\t%s charged\t%s declined\t\n", currency, sums[currency].Charged, sums[currency].Declined)
		}
		t.Flush()
	}
	if b.faults > 0 {
		return fmt.Errorf("%d things are wrong in the books: kontor check tells which", b.faults)
	}
	return nil
}

// parseUntil reads a day, an instant, or so many days from now.
func parseUntil(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutPrefix(text, "+"); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(days, "d"))
		if err != nil || n < 0 || n > 3660 {
			return time.Time{}, errors.New("takes days such as +90d")
		}
		return now.Add(time.Duration(n) * 24 * time.Hour), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errors.New("takes 2027-02-01, 2027-02-01T09:00:00Z or +90d")
	}
	return at, nil
}

// A steppedClock shows what it is set to.
type steppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *steppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *steppedClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// noPause is a pause that is over when it begins.
func noPause(time.Duration) <-chan time.Time {
	over := make(chan time.Time, 1)
	over <- time.Time{}
	return over
}
