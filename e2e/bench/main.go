// Bench measures Kontor through its whole HTTP stack, beside the least that
// could be done in its place:
//
//	go run ./e2e/bench                          # 200,000 customers, under ten minutes
//	go run ./e2e/bench -data DIR                # the same, keeping the demo database for the next time
//	go run ./e2e/bench -profile DIR -run '^list' # and CPU and allocation profiles
//
// It builds the real program, has it make demo data, starts "kontor serve" as
// a process of its own, signs in by a link and asks for each page over eight
// connections that stay open. Each page is measured against two floors, which
// are bare net/http handlers in a process of their own, on the same file,
// without session, template, middleware or compression (see [floor]):
//
//   - "floor" runs every statement that stands behind the page but the
//     session's, each once and prepared
//   - "rows" runs of those only the ones whose rows are printed: no count, no
//     search for duplicates, nothing looked up twice
//
// The three take turns in short slices, so that what else the machine does
// hits all alike. What is compared is CPU time (user and system, of the server
// process alone): times until the answer depend on the eight askers, who share
// the same cores.
//
// The APIs are asked in the same way, by a program that signs its calls ahead of
// time. Their floor runs the one statement, or writes the same rows durably, that
// the call is about, and nothing else. wallee's is measured whole; of Monri and
// Acquired.com, which share its store, one list each.
//
// Charging is measured in a process of its own as well, on a database of its
// own, which has many subscriptions fall due at once: Kontor's worker, with a
// processor that approves at once, beside the same rows written with the least
// of care (see [bareWorker]).
//
// It works on a copy of the database, listens on the loopback only, ends every
// process it began, and runs on Linux, whose /proc it reads.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// options are what the flags say.
type options struct {
	customers int
	data      string         // where the demo database is kept, "" is nowhere
	each      time.Duration  // for how long each side of a scenario is measured
	only      *regexp.Regexp // which scenarios
	markdown  string         // where the table goes as well
	profile   string         // where profiles go, "" for none

	subscriptions int // that are charged
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 2 {
		switch args[0] { // the processes that the bench starts
		case "floor":
			return serveFloor(ctx, args[1])
		case "twin":
			return serveTwin(ctx, args[1])
		case "charge":
			return runCharge(ctx, args[1])
		case "charge-floor":
			return runChargeFloor(ctx, args[1])
		}
	}
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.IntVar(&o.customers, "customers", 200_000, "how many customers the demo database has")
	fs.StringVar(&o.data, "data", "", "keep the demo database in this `folder` and use it again")
	fs.DurationVar(&o.each, "time", 3*time.Second, "how long each side of each scenario is measured")
	only := fs.String("run", "", "only the scenarios whose name matches this `pattern`")
	fs.StringVar(&o.markdown, "markdown", "", "write the table to this `file`, too")
	fs.StringVar(&o.profile, "profile", "", "write profiles to this `folder`")
	fs.IntVar(&o.subscriptions, "subscriptions", 100_000, "how many subscriptions are charged")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("takes no argument, not %q", fs.Arg(0))
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kontor-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return bench(ctx, o, dir)
}

// bench does it all in dir, which is thrown away.
func bench(ctx context.Context, o options, dir string) (err error) {
	k, err := build(ctx, dir)
	if err != nil {
		return err
	}
	if err := k.demo(ctx, o); err != nil {
		return err
	}
	p, err := k.program(ctx)
	if err != nil {
		return fmt.Errorf("add a program: %w", err)
	}
	say("Starting")
	serve, err := k.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, serve.stop()) }()
	rep := newReport(o)
	rep.start, rep.binary = serve.ready, k.size()
	visitors, err := k.signIn(ctx, serve.addr)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	scenarios, err := scenariosOf(ctx, k.db, visitors, p)
	if err != nil {
		return err
	}
	bare, err := startSelf(ctx, "floor", k.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()

	for _, sc := range scenarios {
		if !o.only.MatchString(sc.name) {
			continue
		}
		say(sc.name)
		line, err := sc.measure(ctx, serve, bare, o.each)
		if err != nil {
			return fmt.Errorf("%s: %w", sc.name, err)
		}
		rep.lines = append(rep.lines, line)
	}
	if rep.memory, err = serve.memory(); err != nil {
		return err
	}
	if err := serve.stop(); err != nil {
		return err
	}
	if err := look(ctx, o, k.db, scenarios, rep); err != nil {
		return err
	}
	if rep.charging, err = charging(ctx, k, o); err != nil {
		return fmt.Errorf("charging: %w", err)
	}
	text := rep.String()
	fmt.Println(text)
	if o.markdown == "" {
		return nil
	}
	return os.WriteFile(o.markdown, []byte(text), 0o644)
}

// look runs the scenarios once more in the twin, for what only a look inside
// tells: allocations, and profiles where they are asked for.
func look(ctx context.Context, o options, db string, scenarios []*scenario, rep *report) (err error) {
	tw, err := startTwin(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tw.stop()) }()
	if o.profile != "" {
		if err := os.MkdirAll(o.profile, 0o755); err != nil {
			return err
		}
	}
	lines := rep.lines
	for _, sc := range scenarios {
		if !o.only.MatchString(sc.name) {
			continue
		}
		if lines[0].allocs, lines[0].allocated, err = tw.allocations(ctx, sc); err != nil {
			return fmt.Errorf("%s: %w", sc.name, err)
		}
		lines = lines[1:]
		if o.profile == "" {
			continue
		}
		say("Profile of " + sc.name)
		if err := tw.profile(ctx, sc, o.each, filepath.Join(o.profile, sc.file())); err != nil {
			return fmt.Errorf("profile of %s: %w", sc.name, err)
		}
	}
	return nil
}

// say tells whoever waits what is going on.
func say(what string) { fmt.Fprintln(os.Stderr, what) }
