package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// instant is a processor that approves at once and remembers by the key that it
// did. What it takes is as good as nothing.
type instant struct{ did sync.Map }

var _ core.Processor = (*instant)(nil)

func (*instant) Tokenize(context.Context, core.CardDetails) (string, error) {
	return "", core.ErrProcessor
}

func (p *instant) Charge(_ context.Context, o core.ChargeOrder) (core.Outcome, error) {
	out, _ := p.did.LoadOrStore(o.Key, core.Outcome{Key: o.Key, At: time.Now(), Reference: "instant/" + o.Key})
	return out.(core.Outcome), nil
}

func (*instant) Refund(context.Context, core.RefundOrder) (core.Outcome, error) {
	return core.Outcome{}, core.ErrProcessor
}

func (p *instant) Lookup(_ context.Context, key string) (core.Outcome, error) {
	out, ok := p.did.Load(key)
	if !ok {
		return core.Outcome{}, core.ErrNotFound
	}
	return out.(core.Outcome), nil
}

// A charged is what charging came to, as the process that did it says.
type charged struct {
	Charges int
	Time    time.Duration
	CPU     time.Duration
	Memory  int64 // the most there ever was, in bytes
}

func (c charged) each() time.Duration { return c.CPU / time.Duration(max(c.Charges, 1)) }

func (c charged) perSecond() float64 {
	return float64(c.Charges) / max(c.Time.Seconds(), 1e-9)
}

// measured runs f, which returns how much it charged.
func measured(f func() (int, error)) (charged, error) {
	begun, before := time.Now(), usage()
	n, err := f()
	after := usage()
	return charged{n, time.Since(begun), after.cpu - before.cpu, after.most}, err
}

type used struct {
	cpu  time.Duration
	most int64
}

// usage is what this process has used.
func usage() used {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return used{}
	}
	return used{time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10}
}

// runCharge is the process that charges what is due in the database as "kontor
// bill" does, but through the instant processor. It says on its standard output
// what that came to.
func runCharge(ctx context.Context, path string) error {
	processor := new(instant)
	store, err := db.Open(ctx, path, db.Options{Processor: processor})
	if err != nil {
		return err
	}
	defer store.Close()
	stop, err := profiled(os.Getenv(profileVar), "charging.cpu.pprof")
	if err != nil {
		return err
	}
	c, err := measured(func() (int, error) {
		runs, err := billing.NewWorker(store, processor, billing.Options{}).Pass(ctx)
		n := 0
		for _, run := range runs {
			n += run.Charged
			if run.Faults > 0 || run.Declined+run.Unknown+run.Skipped > 0 {
				err = errors.Join(err, fmt.Errorf("the run came to %+v, %d faults", run.RunCounts, run.Faults))
			}
		}
		return n, err
	})
	return errors.Join(err, stop(), json.NewEncoder(os.Stdout).Encode([]charged{c}))
}

// profileVar names the folder that the process which charges writes a profile
// to.
const profileVar = "BENCH_PROFILE"

// profiled writes a CPU profile into the folder until stop is called; "" is
// nowhere.
func profiled(dir, name string) (stop func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, err
}

// charges runs one of the processes that charge on a database.
func charges(ctx context.Context, as, path, profile string) ([]charged, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := command(ctx, self, as, path)
	cmd.Env = append(os.Environ(), profileVar+"="+profile)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", as, err)
	}
	var all []charged
	err = json.Unmarshal(out, &all)
	return all, cmp.Or(err, ctx.Err())
}
