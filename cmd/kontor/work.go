package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// A task is work that the program does by itself while it serves.
type task struct {
	name  string
	every time.Duration // the pause between one time and the next
	// do does what is due by now, in steps that are whole by themselves. When
	// ctx ends it returns soon; what it leaves the next time finds.
	do func(ctx context.Context) error
}

// tasks is the whole list. Each is done at the start and then again and again,
// beside the others and never beside itself.
func (c *config) tasks(store *db.Store) []task {
	all := []task{
		{"jobs to clear up", time.Hour, store.ClearJobs},
		{"customers to erase", 10 * time.Minute, func(ctx context.Context) error { _, err := store.EraseExpired(ctx); return err }},
		{"cards kept no longer", time.Hour, func(ctx context.Context) error {
			_, err := store.RemoveExpiredCards(ctx, core.System(0))
			return err
		}},
		{"erased rows in files", time.Hour, store.Scrub},
	}
	// What stands in for a registry of channels: nobody but test customers is in it.
	all = append(all, task{"channels to find", time.Second, func(ctx context.Context) error {
		_, err := store.ScanChannels(ctx, billing.Registry{})
		return err
	}})
	for range jobsAtOnce {
		all = append(all, task{"jobs", jobPause, store.WorkJobs})
	}
	if c.worker != nil {
		all = append(all, chargeTask(c.worker), c.aheadTask(store))
	}
	if c.SMTP != nil {
		all = append(all, postman{c.SMTP, c.public}.task(store))
	}
	return all
}

// How many jobs are worked at side by side, so that a short one need not wait
// for a long one, and how soon a new one is found.
const (
	jobsAtOnce = 3
	jobPause   = 400 * time.Millisecond
)

// work does the tasks until ctx ends, and returns when all of them have
// returned. Pauses last until after sends, as [time.After] does.
func work(ctx context.Context, log *slog.Logger, after func(time.Duration) <-chan time.Time, all []task) {
	var wg sync.WaitGroup
	for _, t := range all {
		wg.Go(func() { t.repeat(ctx, log, after) })
	}
	wg.Wait()
}

// repeat logs what goes wrong once, and not again at each time that it still
// does.
func (t task) repeat(ctx context.Context, log *slog.Logger, after func(time.Duration) <-chan time.Time) {
	last := ""
	for {
		err := t.once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && last != "":
			log.Info("task works again", "task", t.name)
			last = ""
		case err != nil && err.Error() != last:
			log.Error("task failed", "task", t.name, "err", err)
			last = err.Error()
		}
		select {
		case <-ctx.Done():
			return
		case <-after(t.every):
		}
	}
}

// once makes an error of a panic, so that one task takes neither the pages nor
// the other tasks with it.
func (t task) once(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return t.do(ctx)
}
