package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

// History is a store whose clock stands where [History.At] puts it, and whose
// acts share transactions and are written many rows at a time. It has every
// operation of a [Store], carried out by the same code, so that what it makes
// cannot be told from what was made one by one at those times.
//
// It is for one goroutine and for a database that nobody else writes to.
type History struct {
	*Store
	tx    *tx  // open while acts wait for their commit
	acts  int  // in tx
	most  int  // that tx is to have
	whole bool // tx is the only one, of a new database
	at    time.Time
	err   error
}

// WriteHistory calls f with the store's history, which begins in 2010, and
// makes durable what f did with it. While f runs, every change must go through
// the history: one through s would wait for ever. Reading does not see the last
// acts; the history's own changes do, and in a new database the history's
// reading too, while reading through s waits in vain there.
//
// An error of f, or a rule of the database that was broken ([core.ErrConflict],
// also for a reference that is taken), ends it. What was committed before stays
// then; in a database that was new nothing does, and of SQLite's files nobody
// else may have that one open. It takes the right to install.
func (s *Store) WriteHistory(ctx context.Context, by core.Actor, f func(*History) error) error {
	if by.Kind == "" || !by.May(core.Install) {
		return core.ErrForbidden
	}
	filled, err := s.fill(ctx, f)
	if !filled && err == nil {
		err = s.continueHistory(ctx, f)
	}
	if err != nil && ctx.Err() != nil { // which rolled back the transaction, whoever saw that first
		return ctx.Err()
	}
	return err
}

func (s *Store) newHistory() *History {
	h := &History{at: core.IDTime(0), most: historyActs}
	past := *s
	h.Store = &past
	past.history, past.ids, past.now = h, map[string]*core.IDs{}, func() time.Time { return h.at }
	for _, table := range idTables {
		past.ids[table] = core.NewIDs(0) // nobody else makes IDs of the past
	}
	past.ids["channels"] = past.ids["cards"]
	return h
}

// continueHistory carries out f in a database that is in use, some acts a
// transaction.
func (s *Store) continueHistory(ctx context.Context, f func(*History) error) (err error) {
	h := s.newHistory()
	if err := s.setWriteCache(ctx, historyCache); err != nil {
		return err
	}
	defer func() {
		if h.tx != nil {
			h.tx.Rollback()
		}
		err = errors.Join(err, s.setWriteCache(context.WithoutCancel(ctx), writeCache))
	}()
	if err := f(h); err != nil {
		return err
	}
	if err := h.commit(ctx); err != nil {
		return err
	}
	return s.quietly(ctx, func(t *tx) error { return t.pairAll(ctx) })
}

// At sets the time of the acts that follow. It never goes back, as the IDs
// must not.
func (h *History) At(at time.Time) {
	if at = at.UTC().Truncate(time.Millisecond); at.After(h.at) {
		h.at = at
	}
}

// Now returns the time of the acts that are done now.
func (h *History) Now() time.Time { return h.at }

// act is the history's transact: it runs f in the transaction at hand.
func (h *History) act(ctx context.Context, by core.Actor, f func(*tx) error) error {
	if h.err != nil {
		return h.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := h.open(ctx, by)
	if err != nil {
		return err
	}
	t.by, t.at, t.wrote, t.recorded = by, h.at, false, false
	if err := f(t); err != nil {
		if t.wrote || t.held.failed() { // what the act had written by then must not be kept
			h.err = historyError(err)
			return h.err
		}
		return err
	}
	if h.acts++; h.acts >= h.most && !h.whole {
		return h.commit(ctx)
	}
	if t.held.rows >= maxHeld {
		if err := t.flush(ctx); err != nil {
			h.err = historyError(err)
		}
	}
	return h.err
}

// open is the transaction at hand, begun if there is none.
func (h *History) open(ctx context.Context, by core.Actor) (*tx, error) {
	if h.tx != nil {
		return h.tx, nil
	}
	t, err := h.begin(ctx, by)
	if err != nil {
		return nil, err
	}
	t.held = newHeld()
	t.held.whole = h.whole
	h.tx, h.acts = t, 0
	return t, nil
}

func (h *History) commit(ctx context.Context) error {
	if h.err != nil || h.tx == nil {
		return h.err
	}
	err := h.tx.flush(ctx)
	if err == nil {
		err = h.tx.flushWords(ctx)
	}
	if err == nil {
		err = h.tx.commit(ctx)
	}
	if err != nil {
		h.err = historyError(err)
		return h.err
	}
	h.tx = nil
	h.most, h.err = h.nextActs(ctx, h.acts)
	return h.err
}

// historyError: acts whose results were used already cannot be run again.
func historyError(err error) error {
	if again(err) || errors.Is(err, core.ErrConflict) {
		return fmt.Errorf("write history: %w: %w", core.ErrConflict, err)
	}
	return fmt.Errorf("write history: %w", err)
}
