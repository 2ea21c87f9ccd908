package db

import (
	"context"
	"errors"
	"sync"
)

// ReadTogether calls functions of which none needs what another reads, with a
// context that they must read by. It returns when all have returned, with what
// the first of them that failed did so with. On PostgreSQL they run at once, and
// what each of them waits for goes to the server together: in as many ways there
// and back as the longest of them takes. Where that fails it fails for all who
// waited. SQLite has no way to go, and there they are called in turn until one
// fails.
func (s *Store) ReadTogether(ctx context.Context, all ...func(context.Context) error) error {
	if s.read.prepare || s.read.history != nil {
		for _, f := range all {
			if err := f(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	g := &gathering{pool: s.read, ctx: ctx, busy: len(all)}
	ctx = context.WithValue(ctx, gatheringKey{}, g)
	var wg sync.WaitGroup
	errs := make([]error, len(all))
	panics := make([]any, len(all))
	for i, f := range all {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			defer g.leave()
			errs[i] = f(ctx)
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

type gatheringKey struct{}

// errPanicked is told those whose reads went with one that panicked.
var errPanicked = errors.New("db: another read panicked")

// A gathering is some who read together.
type gathering struct {
	pool *pool
	ctx  context.Context

	mu      sync.Mutex
	busy    int // who neither wait for a read nor have left
	waiting []gathered
}

// A gathered read is what one of them waits for.
type gathered struct {
	reads []read
	done  chan<- error
}

// gatheringOf is that which reads in the context belong to, or nil.
func (p *pool) gatheringOf(ctx context.Context) *gathering {
	if g, ok := ctx.Value(gatheringKey{}).(*gathering); ok && g.pool == p {
		return g
	}
	return nil
}

// read carries out reads when everybody else waits too or has left.
func (g *gathering) read(reads []read) error {
	done := make(chan error, 1)
	g.mu.Lock()
	g.waiting = append(g.waiting, gathered{reads, done})
	g.mu.Unlock()
	g.leave()
	return <-done
}

// leave is called by who is not busy any more. The last one sends for all.
func (g *gathering) leave() {
	g.mu.Lock()
	g.busy--
	if g.busy > 0 || len(g.waiting) == 0 {
		g.mu.Unlock()
		return
	}
	all := g.waiting
	g.waiting, g.busy = nil, len(all)
	g.mu.Unlock()
	var reads []read
	for _, w := range all {
		reads = append(reads, w.reads...)
	}
	err := errPanicked // unless it returns
	defer func() {
		for _, w := range all {
			w.done <- err
		}
	}()
	err = g.pool.readBrieflyAlone(g.ctx, reads...)
}
