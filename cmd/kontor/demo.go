package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"kontor/db"
	"kontor/db/demo"
)

func cmdDemo(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "demo", "")
	customers := fs.Int("customers", demoCustomers, "how many customers to make")
	seed := fs.Uint64("seed", 1, "what chance begins with; the same makes the same data")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	if *customers < 0 {
		return misuse("-customers is a number from 0 on")
	}
	c.Sandbox, c.Makes = true, true
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	return fillDemo(ctx, env, c, store, *customers, *seed)
}

// demoMemory is the memory limit while a demo is made. What is to become of
// its customers is kept until it does, which is some hundred megabytes of a
// million: above the usual limit the collector would take half of all processors
// to find that hardly anything can go.
const demoMemory = 640 << 20

func fillDemo(ctx context.Context, env environment, c *config, store *db.Store, customers int, seed uint64) error {
	if env.Getenv("GOMEMLIMIT") == "" {
		usual := debug.SetMemoryLimit(demoMemory)
		defer func() {
			debug.SetMemoryLimit(usual)
			debug.FreeOSMemory() // for whoever serves the demo next
		}()
	}
	bar := progress(env.Stderr, int64(customers), "Making demo data")
	begun := time.Now()
	err := demo.Fill(ctx, store, demo.Options{
		Customers: customers, Seed: seed, Now: begun.UTC().Truncate(time.Hour),
		Progress: func(done, _ int) { bar.Set(done) }, Ledger: c.processor.Enter,
	})
	bar.Finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "Made %d customers in %s.\n", customers, time.Since(begun).Round(100*time.Millisecond))
	return nil
}

// progress returns a bar that is drawn on a terminal and nowhere else.
func progress(w io.Writer, total int64, what string) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		w = io.Discard
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}
