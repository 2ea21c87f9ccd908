package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// aheadEvery is how soon a forecast that was asked for is begun.
const aheadEvery = 3 * time.Second

// aheadTask works out the forecasts that people ask for.
func (c *config) aheadTask(store *db.Store) task {
	return task{name: "look ahead", every: aheadEvery, do: func(ctx context.Context) error {
		merchants, err := store.ForecastsAsked(ctx, core.System(0))
		for _, m := range merchants {
			if err != nil {
				break
			}
			var f core.Forecast
			if f, err = c.forecast(ctx, store, m); err == nil {
				err = store.KeepForecast(ctx, core.System(m), f)
			}
		}
		return err
	}}
}

// maxFailures is how many charges that are expected to fail a forecast names.
const maxFailures = 50

// forecast lets the worker loose on a copy of the merchant's books whose clock
// is stepped ahead.
func (c *config) forecast(ctx context.Context, store *db.Store, merchant int64) (core.Forecast, error) {
	by := core.System(merchant)
	m, err := store.Merchant(ctx, by)
	if err != nil {
		return core.Forecast{}, err
	}
	dir, err := os.MkdirTemp("", "kontor-ahead-")
	if err != nil {
		return core.Forecast{}, err
	}
	defer os.RemoveAll(dir)
	clock := &steppedClock{at: time.Now().UTC().Truncate(time.Second)}
	f := core.Forecast{From: clock.now()}
	sandbox, err := c.processor.Memory(ctx, billing.SandboxOptions{Now: clock.now, After: noPause})
	if err != nil {
		return f, err
	}
	defer sandbox.Close()
	scratch, err := db.Open(ctx, filepath.Join(dir, "books.db"), db.Options{Now: clock.now, Scratch: true})
	if err != nil {
		return f, err
	}
	defer scratch.Close()
	if err := store.CopyBooks(ctx, by, scratch); err != nil {
		return f, err
	}
	w := billing.NewWorker(scratch, sandbox, billing.Options{Now: clock.now, Parallel: 1, CallTime: 100 * time.Millisecond, Simulated: true})
	zone := m.Location()
	err = w.Simulate(ctx, f.From.Add(core.ForecastDays*24*time.Hour), clock.set, func(at time.Time, runs []core.Run) error {
		day := core.LocalDateOf(at, zone).String()
		for _, r := range runs {
			f.Counts = f.Counts.Plus(r.RunCounts)
			for _, s := range r.Sums {
				f.Days = addDay(f.Days, core.ForecastDay{Day: day, Currency: s.Currency, Charged: s.Charged, Declined: s.Declined})
			}
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	f.Failures, err = failures(ctx, scratch, by, zone)
	return f, err
}

// addDay adds up the days of one currency.
func addDay(days []core.ForecastDay, d core.ForecastDay) []core.ForecastDay {
	i := slices.IndexFunc(days, func(o core.ForecastDay) bool { return o.Day == d.Day && o.Currency == d.Currency })
	if i < 0 {
		return append(days, d)
	}
	days[i].Charged += d.Charged
	days[i].Declined += d.Declined
	return days
}

// failures are the charges that stay declined.
func failures(ctx context.Context, books *db.Store, by core.Actor, zone *time.Location) ([]core.ForecastFailure, error) {
	q, err := core.ParseQuery("status:declined", core.ChargeFields, zone)
	if err != nil {
		return nil, err
	}
	page, err := books.Charges(ctx, by, core.ChargeList{Query: q, Limit: maxFailures})
	if err != nil {
		return nil, err
	}
	var all []core.ForecastFailure
	for _, c := range page.Items {
		all = append(all, core.ForecastFailure{
			Subscription: c.Subscription, Day: core.LocalDateOf(c.DueAt, zone).String(),
			Amount: c.Amount.Minor, Currency: c.Amount.Currency, Reason: c.Reason,
		})
	}
	return all, nil
}
