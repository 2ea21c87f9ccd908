// Bench measures Kontor through its whole HTTP stack, beside the least that
// could be done in its place:
//
//	make bench                                    # 10,000 and 1,000,000 customers on both databases
//	make bench ARGS='-readme e2e/bench/README.md -headline README.md' # the same, putting the tables there
//	go run ./e2e/bench -engines sqlite -data DIR  # SQLite alone, keeping the demo's files for the next time
//	go run ./e2e/bench -run '^list' -profile DIR  # some of it, with CPU and allocation profiles
//
// It builds the real program, has it make demo data, starts "kontor serve" as
// a process of its own, signs in by a link and asks for each page over eight
// connections that stay open. Each page is measured against a floor, which is a
// bare net/http handler in a process of its own, on the same database, without
// session, template, middleware or compression (see [floor]): it runs every
// statement that stands behind the page but the session's, each once and
// prepared.
//
// The two take turns in short slices, so that what else the machine does hits
// both alike. What is compared is CPU time (user and system, of the server
// process): times until the answer depend on the eight askers, who share the
// same cores. A PostgreSQL server works outside of both processes; its CPU time
// is read as well and added to that of who asked it.
//
// Everything is asked of the merchant who has nearly all customers, and again
// of one who has 1,000 beside it; growth is what a request costs with the most
// customers, as a multiple of what it costs with the fewest. Staff jump to one
// customer of any merchant.
//
// The APIs are asked in the same way, by a program that signs its calls ahead of
// time. Their floor runs the one statement, or writes the same rows durably, that
// the call is about, and nothing else. wallee's is measured whole; of Monri and
// Acquired.com, which share its store, one list each.
//
// At last everything is done at once, which has no floor: see [mixed]. Then
// customers are taken out and brought in, see [moved].
//
// Charging is measured in a process of its own as well, on a database of its
// own, which has many subscriptions fall due at once: Kontor's worker, with a
// processor that approves at once, beside the same rows written with the least
// of care (see [bareWorker]).
//
// It works on copies of the databases, listens on the loopback only, ends every
// process it began, and runs on Linux, whose /proc it reads. The PostgreSQL
// server is the one that TEST_POSTGRES names, and where it is started for this
// asked at its socket; databases whose names begin with kontor_bench are made in
// it, and those with the demo's data stay.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// options are what the flags say.
type options struct {
	sizes    []int // how many customers there are, the fewest first
	engines  []string
	postgres string         // the URL of a PostgreSQL server, "" for none
	data     string         // where demo files are kept, "" is nowhere
	each     time.Duration  // for how long each side of a scenario is measured
	mixed    time.Duration  // for how long the mixed load lasts
	reads    int            // that are asked for a second under the mixed load, 0 for as many as there can be
	writes   int            // that are asked for a second under it, 0 for as many as there can be
	only     *regexp.Regexp // which scenarios
	readme   string         // the file whose tables are made anew, "" for none
	headline string         // the file whose targets are put anew, "" for none
	profile  string         // where profiles go, "" for none

	subscriptions, charges int // that charging and its pages are measured with
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
	o, err := parse(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kontor-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return bench(ctx, o, dir)
}

// parse reads the flags.
func parse(args []string) (options, error) {
	o := options{engines: []string{sqlite}, postgres: cmp.Or(os.Getenv("TEST_POSTGRES_SOCKET"), os.Getenv("TEST_POSTGRES"))}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := fs.String("customers", "10000,1000000", "how many `customers` the demo databases have")
	engines := fs.String("engines", "sqlite,postgres", "on what is measured; PostgreSQL where TEST_POSTGRES names a server")
	fs.StringVar(&o.data, "data", "", "keep the demo's files in this `folder` and use them again")
	fs.DurationVar(&o.each, "time", 400*time.Millisecond, "how long each side of each scenario is measured")
	fs.DurationVar(&o.mixed, "mixed", 15*time.Second, "how long the mixed load lasts")
	fs.IntVar(&o.reads, "reads", 200, "how many reads a second the mixed load asks for; 0 is as many as there can be")
	fs.IntVar(&o.writes, "writes", 1500, "how many writes a second the mixed load asks for; 0 is as many as there can be")
	only := fs.String("run", "", "only what has a name that matches this `pattern`")
	fs.StringVar(&o.readme, "readme", "", "put the tables in their place in this `file`")
	fs.StringVar(&o.headline, "headline", "", "put the targets and what was measured in their place in this `file`")
	fs.StringVar(&o.profile, "profile", "", "write profiles to this `folder`")
	fs.IntVar(&o.subscriptions, "subscriptions", 100_000, "how many subscriptions are charged")
	fs.IntVar(&o.charges, "charges", 1_000_000, "how many charges there are when the pages about them are measured")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("takes no argument, not %q", fs.Arg(0))
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return o, fmt.Errorf("-customers takes numbers such as 10000,1000000, not %q", *sizes)
		}
		o.sizes = append(o.sizes, n)
	}
	slices.Sort(o.sizes)
	switch *engines {
	case "sqlite,postgres":
		if o.postgres != "" {
			o.engines = append(o.engines, postgres)
		} else {
			say("No PostgreSQL: TEST_POSTGRES names no server")
		}
	case "postgres":
		o.engines = []string{postgres}
		if o.postgres == "" {
			return o, errors.New("TEST_POSTGRES names no PostgreSQL server")
		}
	case "sqlite":
	default:
		return o, fmt.Errorf("-engines takes sqlite, postgres or both, not %q", *engines)
	}
	var err error
	o.only, err = regexp.Compile(*only)
	return o, err
}

// bench does it all in dir, which is thrown away.
func bench(ctx context.Context, o options, dir string) error {
	if o.profile != "" {
		if err := os.MkdirAll(o.profile, 0o755); err != nil {
			return err
		}
	}
	k, err := build(ctx, dir)
	if err != nil {
		return err
	}
	rep := newReport(o)
	rep.binary = k.size()
	places, err := k.places(ctx, o)
	if err != nil {
		return err
	}
	for _, engine := range o.engines {
		t, failed := measureEngine(ctx, o, engine, places[engine])
		if err = failed; err != nil {
			break // what was measured before is worth its while
		}
		rep.tables = append(rep.tables, t)
	}
	if err == nil {
		if rep.charging, err = charging(ctx, k, o); err != nil {
			err = fmt.Errorf("charging: %w", err)
		}
	}
	rep.took = time.Since(rep.at)
	fmt.Println(rep)
	if err != nil {
		return err
	}
	for file, text := range map[string]string{o.readme: rep.String(), o.headline: rep.headline()} {
		if file != "" {
			if err := rewrite(file, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureEngine measures at each size, the mixed load at the largest.
func measureEngine(ctx context.Context, o options, engine string, places []*kontor) (*table, error) {
	t := &table{engine: engine}
	for i, customers := range o.sizes {
		st, err := places[i].measure(ctx, o, customers, i == len(o.sizes)-1)
		if err != nil {
			return nil, fmt.Errorf("%s, %d customers: %w", engine, customers, err)
		}
		t.stages = append(t.stages, st)
	}
	return t, nil
}

// places makes the databases: of each engine, one for each size. The engines
// are filled side by side, as neither has work for both cores all the time: one
// after the other takes a fifth longer.
func (k *kontor) places(ctx context.Context, o options) (map[string][]*kontor, error) {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		all  = map[string][]*kontor{}
		errs error
	)
	for _, engine := range o.engines {
		wg.Go(func() {
			for _, customers := range o.sizes {
				on, err := k.at(ctx, o, engine, customers)
				mu.Lock()
				all[engine], errs = append(all[engine], on), errors.Join(errs, err)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return all, errs
}

// say tells whoever waits what is going on.
func say(what string) { fmt.Fprintln(os.Stderr, time.Now().Format(time.TimeOnly), what) }
