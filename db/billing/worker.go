package billing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"kontor/db/core"
)

// Books are what the worker reads and writes. Each method is a transaction of
// its own; none is open while the processor is called.
type Books interface {
	DueWork(ctx context.Context, by core.Actor, limit int) ([]core.Work, error)
	NextWork(ctx context.Context, by core.Actor) (time.Time, error)
	TakeWork(ctx context.Context, by core.Actor, w core.Work, run int64) (core.CallOrder, bool, error)
	SettleWork(ctx context.Context, by core.Actor, o core.CallOrder, out *core.Outcome) error
	WarnOfExpiry(ctx context.Context, by core.Actor) (int, error)
	BeginRun(ctx context.Context, by core.Actor) (int64, error)
	FinishRun(ctx context.Context, by core.Actor, run int64, ledger []core.CheckFault) (core.Run, error)
	CutOffRuns(ctx context.Context, by core.Actor) ([]int64, error)
	RunCalls(ctx context.Context, by core.Actor, run int64, f func(core.Call) error) error
	SeeTime(ctx context.Context, by core.Actor, saw core.Halt) (core.Halt, error)
	SharesCommits() bool
}

// Options are how a [Worker] works. The zero value is right for one that
// charges customers.
type Options struct {
	Now      func() time.Time     // nil is the system's clock
	Elapsed  func() time.Duration // since some moment, whatever the clock is set to; nil is the system's
	Parallel int                  // calls at a time; 0 is 8
	CallTime time.Duration        // how long a call may take; 0 is 20 s
	// Arrive is how long a call may be on its way: before that nobody concludes
	// from a key being unknown to the processor that the call never will be.
	// 0 is a minute.
	Arrive time.Duration
	// Simulated says that the clock is moved on purpose, so that nothing is
	// concluded from how it goes.
	Simulated bool
}

// A Worker charges what is due. Several can work on the same books at the same
// time: each piece of work is one's. It is safe to be killed at any moment:
// what was asked of the processor has been written down before, and whoever
// comes next asks what became of it, under the same key. BILLING.md §8.
type Worker struct {
	books     Books
	processor core.Processor
	o         Options

	calls    chan struct{} // holds one for each call of a pass that is under way
	mu       sync.Mutex    // one pass at a time
	warned   time.Time     // when it last looked for cards that expire
	lastNow  time.Time
	lastTick time.Duration
}

// NewWorker returns a worker on the books.
func NewWorker(books Books, processor core.Processor, o Options) *Worker {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elapsed == nil {
		begun := time.Now()
		o.Elapsed = func() time.Duration { return time.Since(begun) }
	}
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	if o.CallTime <= 0 {
		o.CallTime = 20 * time.Second
	}
	if o.Arrive == 0 {
		o.Arrive = time.Minute
	}
	return &Worker{books: books, processor: processor, o: o, calls: make(chan struct{}, o.Parallel)}
}

// system is who the worker acts as.
var system = core.System(0)

const (
	// batch is how much work is looked up at a time.
	batch = 256
	// ahead is how many pieces of work are at hand for each call that can be
	// under way, where writers share commits: one that is called for, and others
	// that are written down before their call or after it, together. Those that
	// wait for a call of the longest sort are still called within
	// [core.ChargeLease].
	ahead = 4
	// maxSilent is how many calls in a row may have no outcome before the worker
	// concludes that the processor does not answer, and leaves the rest for
	// later.
	maxSilent = 20
	// grace is how long a call is let go on when the program is to end.
	grace = 3 * time.Second
	// settleTime bounds writing down an outcome, which happens even when the
	// program is about to end.
	settleTime = 10 * time.Second
	// warnEvery is how often the worker looks for cards that expire before they
	// are charged.
	warnEvery = time.Hour
)

// Failures of a pass.
var (
	ErrSilent = errors.New("the processor does not answer")
	errStands = errors.New("nothing comes of what is due")
)

// A HaltError says that the worker stands still until a person has it go on.
type HaltError struct{ Why core.Halt }

// Error implements error.
func (e HaltError) Error() string { return "the worker stands still: " + string(e.Why) }

// Pass does what is due by now, until nothing is, and returns the runs that it
// made of it, one for each merchant that something was due of. What could not
// be done is left for the next pass, and the errors say why.
func (w *Worker) Pass(ctx context.Context) ([]core.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.watch(ctx); err != nil {
		return nil, err
	}
	p := &pass{Worker: w, runs: map[int64]int64{}, tried: map[core.Work]bool{}}
	err := p.finishCutOff(ctx)
	if err == nil {
		err = errors.Join(p.all(ctx), w.warn(ctx))
	}
	runs, failed := p.finish(context.WithoutCancel(ctx))
	return runs, errors.Join(err, failed)
}

// warn has the customers told whose card expires before it is charged next,
// now and then.
func (w *Worker) warn(ctx context.Context) error {
	now := w.o.Now()
	if since := now.Sub(w.warned); since >= 0 && since < warnEvery || ctx.Err() != nil {
		return nil
	}
	if _, err := w.books.WarnOfExpiry(ctx, system); err != nil {
		return err
	}
	w.warned = now
	return nil
}

// watch fails with a [HaltError] when the clock cannot be trusted.
func (w *Worker) watch(ctx context.Context) error {
	if w.o.Simulated {
		return nil
	}
	now, tick := w.o.Now().Round(0), w.o.Elapsed() // without the system's own reading of what elapsed
	var saw core.Halt
	if !w.lastNow.IsZero() {
		switch leap := now.Sub(w.lastNow) - (tick - w.lastTick); {
		case leap > 24*time.Hour:
			saw = core.ClockAhead
		case leap < -24*time.Hour:
			saw = core.ClockBack
		}
	}
	w.lastNow, w.lastTick = now, tick
	halted, err := w.books.SeeTime(ctx, system, saw)
	if err == nil && halted != "" {
		err = HaltError{halted}
	}
	return err
}

// Do does one piece of work now, for a person who waits for it. That somebody
// else has it, or that there is no outcome yet, is no error.
func (w *Worker) Do(ctx context.Context, work core.Work) error {
	o, ok, err := w.books.TakeWork(ctx, system, work, 0)
	if err != nil || !ok {
		return err
	}
	_, err = w.carryOut(ctx, o, func() {})
	return err
}

// A pass is one time that the worker goes through what is due.
type pass struct {
	*Worker
	mu     sync.Mutex
	runs   map[int64]int64    // by merchant
	tried  map[core.Work]bool // what failed, or was taken by somebody else
	errs   []error
	silent atomic.Int32 // calls in a row without an outcome
}

func (p *pass) finishCutOff(ctx context.Context) error {
	ids, err := p.books.CutOffRuns(ctx, system)
	for _, id := range ids {
		if _, e := p.books.FinishRun(ctx, system, id, nil); e != nil {
			err = errors.Join(err, e)
		}
	}
	return err
}

// all does what is due, a batch at a time.
func (p *pass) all(ctx context.Context) error {
	for ctx.Err() == nil {
		found, err := p.books.DueWork(ctx, system, batch)
		if err != nil {
			return err
		}
		fresh := found[:0]
		for _, work := range found {
			if !p.tried[work] {
				fresh = append(fresh, work)
			}
		}
		if len(fresh) == 0 {
			break
		}
		p.together(ctx, fresh)
		if p.silent.Load() >= maxSilent {
			p.errs = append(p.errs, ErrSilent)
			break
		}
		for _, err := range p.errs {
			if errors.Is(err, core.ErrUnavailable) {
				return errors.Join(p.errs...)
			}
		}
	}
	return errors.Join(append(p.errs, ctx.Err())...)
}

// together does a batch, some at a time: no more than there can be calls, where
// each takes a connection from those who write for somebody who waits. Where
// there is one call at a time, there is also one piece of work, so that the order
// is that of the work.
func (p *pass) together(ctx context.Context, all []core.Work) {
	hands := p.o.Parallel
	if hands > 1 && p.books.SharesCommits() {
		hands *= ahead
	}
	next := make(chan core.Work)
	var wg sync.WaitGroup
	for range min(hands, len(all)) {
		wg.Go(func() {
			for work := range next {
				if ctx.Err() != nil || p.silent.Load() >= maxSilent {
					continue
				}
				if err := p.do(ctx, work); err != nil {
					p.fail(work, err)
				}
			}
		})
	}
	for _, work := range all {
		p.tried[work] = true // what is done has another time by then
		next <- work
	}
	close(next)
	wg.Wait()
}

func (p *pass) fail(work core.Work, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, fmt.Errorf("%s %d: %w", work.Kind, work.ID, err))
}

func (p *pass) do(ctx context.Context, work core.Work) error {
	run, err := p.run(ctx, work.Merchant)
	if err != nil {
		return err
	}
	o, ok, err := p.books.TakeWork(ctx, system, work, run)
	if err != nil || !ok {
		return err
	}
	p.calls <- struct{}{} // which does not take long: calls end
	known, err := p.carryOut(ctx, o, func() { <-p.calls })
	if known {
		p.silent.Store(0)
	} else {
		p.silent.Add(1)
	}
	return err
}

// run returns the pass's run of a merchant, begun when it is first needed.
func (p *pass) run(ctx context.Context, merchant int64) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := p.runs[merchant]; ok {
		return id, nil
	}
	id, err := p.books.BeginRun(ctx, system.In(merchant))
	if err == nil {
		p.runs[merchant] = id
	}
	return id, err
}

// finish adds up the pass's runs.
func (p *pass) finish(ctx context.Context) ([]core.Run, error) {
	var runs []core.Run
	var errs []error
	for merchant, id := range p.runs {
		faults, err := p.compare(ctx, merchant, id)
		if err != nil {
			errs = append(errs, err)
		}
		run, err := p.books.FinishRun(ctx, system.In(merchant), id, faults)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if run.ID != 0 {
			runs = append(runs, run)
		}
	}
	return runs, errors.Join(errs...)
}

// compare compares a run's calls with the processor's own ledger, where it has
// one that can be read.
func (p *pass) compare(ctx context.Context, merchant, run int64) ([]core.CheckFault, error) {
	ledger, ok := p.processor.(core.Ledger)
	if !ok {
		return nil, nil
	}
	var faults []core.CheckFault
	err := p.books.RunCalls(ctx, system.In(merchant), run, func(c core.Call) error {
		amount, out, err := ledger.Entry(ctx, c.Key)
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
		if f, wrong := c.Check(amount, out, err); wrong {
			faults = append(faults, f)
		}
		return nil
	})
	return faults, err
}

// carryOut calls the processor as ordered, then called, and writes down the
// outcome. It reports whether there was one.
func (w *Worker) carryOut(ctx context.Context, o core.CallOrder, called func()) (known bool, err error) {
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.o.CallTime)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	out := w.outcome(call, o)
	called()
	settle, done := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer done()
	return out != nil, w.books.SettleWork(settle, system, o, out)
}

// outcome is what became of an order, or nil when that is not known. A key that
// may have been used is asked about first, and used again only when the
// processor says that it never saw it, after the time that a call can be on its
// way and before the processor may have forgotten it. BILLING.md §8.2.
func (w *Worker) outcome(ctx context.Context, o core.CallOrder) *core.Outcome {
	if o.Ask {
		out, err := w.processor.Lookup(ctx, o.Key())
		if err == nil && out.Key == o.Key() {
			return &out
		}
		age := w.o.Now().Sub(o.Begun)
		if !errors.Is(err, core.ErrNotFound) || age < w.o.Arrive || age >= core.ProcessorMemory {
			return nil
		}
	}
	var out core.Outcome
	var err error
	if o.Work.Kind == core.RefundWork {
		out, err = w.processor.Refund(ctx, o.Refund)
	} else {
		out, err = w.processor.Charge(ctx, o.Charge)
	}
	if err != nil || out.Key != o.Key() { // rubbish is no outcome either
		return nil
	}
	return &out
}
