package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"kontor/db/core"
)

// tx is a transaction on behalf of an actor. It fixes the time, so that every
// row one operation writes carries the same instant.
type tx struct {
	*sqlx.Tx       // on SQLite, and of a history
	wire     *wire // on PostgreSQL, in place of it
	s        *Store
	by       core.Actor
	at       time.Time
	wrote    bool
	recorded bool
	held     *held   // inserts held back while history is written, else nil
	shared   bool    // with the transactions of others, see group
	recall   *recall // what the transaction's acts have read

	unprepared []string
}

// How often a transaction is run. One that meets others is not in the wrong: each
// time one of them is through, those who have met many go one at a time from then
// on, and it is given up only when there is no end of them. A key that is taken time
// and again will not become free.
const (
	triesInTurn  = 10
	triesOfMany  = 100
	triesOfTaken = 30
)

var errUnrecorded = errors.New("something was written and no event recorded")

// update is the one way to change records: it runs f in a transaction for an
// actor who must have the right, and commits if f returns nil. f may be run
// again when it meets another transaction or an ID that is taken, so it has no
// effect outside the transaction. Having written, it must have recorded an
// event.
func (s *Store) update(ctx context.Context, by core.Actor, right core.Right, f func(*tx) error) error {
	if by.Kind == "" || !by.May(right) {
		return core.ErrForbidden
	}
	return s.transact(ctx, by, func(t *tx) error {
		if err := t.open(ctx, right); err != nil {
			return err
		}
		if err := f(t); err != nil {
			return err
		}
		if t.wrote && !t.recorded {
			return errUnrecorded
		}
		return t.actedFor(ctx, by.Call)
	})
}

// open fails with [core.ErrClosed] when the right is to change what belongs to
// a merchant, and the merchant is closed. Coming in, going out and what the
// installation does with a merchant are not. An act that takes less than
// [core.Write] and changes a merchant's records all the same, as with saved
// views, asks by itself.
func (t *tx) open(ctx context.Context, right core.Right) error {
	if t.by.Merchant == 0 || right < core.Write || right > core.Manage {
		return nil
	}
	open := func(m core.Merchant) error {
		if m.Closed() {
			return core.ErrClosed
		}
		return nil
	}
	if t.wire != nil {
		t.aheadMerchant(open)
		return nil
	}
	m, err := t.merchant(ctx)
	if err == nil {
		err = open(m)
	}
	return err
}

// quietly runs f in a transaction that leaves no event: for what is no act,
// such as a session's last use or a failed try.
func (s *Store) quietly(ctx context.Context, f func(*tx) error) error {
	return s.transact(ctx, core.Actor{}, f)
}

func (s *Store) transact(ctx context.Context, by core.Actor, f func(*tx) error) error {
	if s.history != nil {
		return s.history.act(ctx, by, f)
	}
	once := s.together
	if s.postgres {
		once = s.onceOnWire
	}
	for try := 1; ; try++ {
		err := once(ctx, by, f)
		switch {
		case !again(err) || ctx.Err() != nil:
			return err
		case errors.Is(err, errTaken) && try >= triesOfTaken:
			return err
		case try == triesOfMany:
			return fmt.Errorf("%w: %w", core.ErrUnavailable, err)
		case try == triesInTurn:
			s.turn.Lock()
			defer s.turn.Unlock()
		}
	}
}

func (s *Store) once(ctx context.Context, by core.Actor, f func(*tx) error) error {
	t, err := s.begin(ctx, by)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after Commit
	err = f(t)
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil { // which rolled it back
		return fmt.Errorf("%w: %w", classify(ctx.Err()), err)
	}
	if err != nil {
		return err
	}
	return t.commit(ctx)
}

// onceOnWire is once on PostgreSQL. Statements that write wait for one whose
// outcome is asked for, and go with it.
func (s *Store) onceOnWire(ctx context.Context, by core.Actor, f func(*tx) error) error {
	s.writing.Add(1)
	defer s.writing.Add(-1)
	return s.write.onWire(ctx, func(w *wire) error {
		w.begin()
		defer w.rollback(ctx) // does nothing after commit
		err := f(&tx{wire: w, s: s, by: by, at: s.instant(), recall: &recall{}})
		if err == nil {
			return w.commit(ctx)
		}
		if first := w.checks(ctx); first != nil {
			return first
		}
		return err
	})
}

func (s *Store) begin(ctx context.Context, by core.Actor) (*tx, error) {
	raw, err := s.write.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, classify(err)
	}
	return &tx{Tx: raw, s: s, by: by, at: s.instant(), recall: &recall{}}, nil
}

// instant is now, as exactly as it is stored.
func (s *Store) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// uninterrupted is ctx as statements of the transaction take it. SQLite rolls
// back all of a transaction when a statement in it is interrupted, so that
// those of a shared one are not. Nor are those of a history, which are short and
// very many, and for each of which somebody would have to watch the context; see
// [History.act].
func (t *tx) uninterrupted(ctx context.Context) context.Context {
	if t.shared || t.held != nil {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (t *tx) commit(ctx context.Context) error {
	if err := t.Commit(); err != nil {
		return commitError(err)
	}
	for _, query := range t.unprepared {
		if _, err := t.s.write.statement(ctx, query); err != nil {
			break // it runs unprepared next time, too
		}
	}
	return nil
}

// newID returns an ID for a row of the table and the time it was created at.
func (t *tx) newID(table string) (int64, time.Time) { return t.s.ids[table].Next(t.at) }

// record writes the event of the act that the transaction carries out. The
// actor, the time and the actor's merchant are the transaction's.
func (t *tx) record(ctx context.Context, e core.Event) (int64, error) {
	fields := e.Fields
	if fields == nil {
		fields = e.To.Names()
	}
	names, err := json.Marshal(fields)
	if err != nil {
		return 0, err
	}
	if len(fields) == 0 {
		names = []byte("[]")
	}
	id, at := t.newID("events")
	err = t.put(ctx, "record "+string(e.Action), `
		INSERT INTO events (id, merchant_id, at, actor_kind, actor_id, actor, origin, via, action,
			object, object_id, customer_id, version, fields, batch, undoes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, t.by.Merchant, millis(at), t.by.Kind, t.by.ID, t.by.Name, t.by.Origin, t.by.Via, e.Action,
		e.Object, e.ObjectID, e.Customer, e.Version, string(names), t.by.Batch, e.Undoes)
	if err != nil {
		return 0, err
	}
	t.recorded = true
	if e.Shown() && e.Action != core.CustomerCreated { // nobody is enrolled before
		if err := t.moveInFeed(ctx, e.Customer, e.Action == core.CustomerUpdated); err != nil {
			return 0, err
		}
	}
	if len(e.From) == 0 && len(e.To) == 0 {
		return id, nil
	}
	was, err := json.Marshal(e.From)
	if err != nil {
		return 0, err
	}
	became, err := json.Marshal(e.To)
	if err != nil {
		return 0, err
	}
	return id, t.put(ctx, "record values of "+string(e.Action), `
		INSERT INTO event_values (event_id, customer_id, was, became)
		VALUES (?, ?, ?, ?)`,
		id, e.Customer, string(was), string(became))
}
