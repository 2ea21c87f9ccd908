package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A ledger is what was measured of charging.
type ledger struct {
	subscriptions        int
	kontor, one, several charged
	charges              int
	pages                *stage
	making, took         time.Duration
}

// charging measures how quickly what is due is charged, and then the pages
// about payments at the number of charges that there are to be. It does nothing
// when none of it was asked for.
func charging(ctx context.Context, k *kontor, o options) (*ledger, error) {
	if !slices.ContainsFunc([]string{chargingName, paymentsName, overviewName}, o.only.MatchString) {
		return nil, nil
	}
	begun := time.Now()
	say(fmt.Sprintf("Making %d subscriptions", o.subscriptions))
	l := &ledger{subscriptions: o.subscriptions, charges: o.charges}
	of, err := makeBooks(ctx, k, o.subscriptions)
	if err != nil {
		return nil, err
	}
	floor := filepath.Join(of.dir, "floor.db")
	if err := copyFile(floor, of.db); err != nil {
		return nil, err
	}
	l.making = time.Since(begun)
	say("Charging them")
	all, err := charges(ctx, "charge", of.db, o.profile)
	if err != nil {
		return nil, err
	}
	l.kontor = all[0]
	if l.kontor.Charges < o.subscriptions { // one that the demo has of its own may have fallen due
		return nil, fmt.Errorf("%d were charged, want %d", l.kontor.Charges, o.subscriptions)
	}
	if all, err = charges(ctx, "charge-floor", floor, ""); err != nil {
		return nil, err
	}
	l.one, l.several = all[0], all[1]
	if n := l.one.Charges + l.several.Charges; n != o.subscriptions/oneIn+o.subscriptions/severalIn {
		return nil, fmt.Errorf("the floor charged %d of %d", n, o.subscriptions)
	}
	say(fmt.Sprintf("Making %d charges", o.charges))
	copying := time.Now()
	b, err := openBooks(of.db)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(b.goBack(ctx, o.charges), b.close(ctx)); err != nil {
		return nil, err
	}
	l.making += time.Since(copying)
	l.pages, err = of.measurePages(ctx, o)
	l.took = time.Since(begun)
	return l, err
}

// chargingName is how it is asked for.
const chargingName = "charging"

// String is the ledger in Markdown.
func (l *ledger) String() string {
	if l == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| %s due subscriptions | charges/s | CPU µs a charge | MiB | **CPU ×** | time × |\n|---|--:|--:|--:|--:|--:|\n", thousands(int64(l.subscriptions)))
	for _, side := range []struct {
		name string
		charged
	}{{"Kontor's worker", l.kontor}, {"floor, two transactions a charge", l.one}, {fmt.Sprintf("floor, two transactions for %d", atOnce), l.several}} {
		c := side.charged
		fmt.Fprintf(&b, "| %s | %.0f | %d | %d | **%.2f** | %.2f |\n", side.name, c.perSecond(), c.each().Microseconds(), c.Memory>>20,
			ratio(l.kontor.each(), c.each()), c.perSecond()/max(l.kontor.perSecond(), 1e-9))
	}
	if l.pages != nil && len(l.pages.lines) > 0 {
		fmt.Fprintf(&b, "\nPages of a merchant with %s charges:\n\n", thousands(int64(l.charges)))
		(&table{engine: sqlite, stages: []*stage{l.pages}}).pages(&b)
	}
	fmt.Fprintf(&b, "\nCharging and its pages took %s, of which %s went to making what is charged and listed.\n",
		l.took.Round(time.Second), l.making.Round(time.Second))
	return b.String()
}
