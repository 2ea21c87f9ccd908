package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// A ledger is what was measured of charging.
type ledger struct {
	subscriptions        int
	kontor, one, several charged
}

// charging measures how quickly what is due is charged. It does nothing when
// that was not asked for.
func charging(ctx context.Context, k *kontor, o options) (*ledger, error) {
	if !o.only.MatchString(chargingName) {
		return nil, nil
	}
	say(fmt.Sprintf("Making %d subscriptions", o.subscriptions))
	l := &ledger{subscriptions: o.subscriptions}
	of, err := makeBooks(ctx, k, o.subscriptions)
	if err != nil {
		return nil, err
	}
	floor := filepath.Join(of.dir, "floor.db")
	if err := copyFile(floor, of.db); err != nil {
		return nil, err
	}
	say("Charging them")
	all, err := charges(ctx, "charge", of.db, o.profile)
	if err != nil {
		return nil, err
	}
	l.kontor = all[0]
	if l.kontor.Charges != o.subscriptions {
		return nil, fmt.Errorf("%d were charged, want %d", l.kontor.Charges, o.subscriptions)
	}
	if all, err = charges(ctx, "charge-floor", floor, ""); err != nil {
		return nil, err
	}
	l.one, l.several = all[0], all[1]
	if n := l.one.Charges + l.several.Charges; n != o.subscriptions {
		return nil, fmt.Errorf("the floor charged %d, want %d", n, o.subscriptions)
	}
	return l, nil
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
	return b.String()
}
