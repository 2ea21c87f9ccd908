package db_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// A turningPoint is a processor at whose first charge something happens: the
// money has moved then, and the worker is about to write that down.
type turningPoint struct {
	core.Processor
	first func()
}

func (p turningPoint) Charge(ctx context.Context, o core.ChargeOrder) (core.Outcome, error) {
	defer p.first()
	return p.Processor.Charge(ctx, o)
}

// chargeThrough has a worker on the store charge while the database fails, from
// its first charge on, until it is mended. Then everything must come to have
// been charged once, and so must the next month.
func chargeThrough(t *testing.T, h *dbtest.House, s *db.Store, fail, mend func()) {
	t.Helper()
	const many = 24
	for range many {
		h.Subscriber(t, billing.Approves)
	}
	sandbox := h.Sandbox(t)
	w := billing.NewWorker(
		s, turningPoint{sandbox, sync.OnceFunc(fail)},
		billing.Options{Now: h.Clock.Now, Parallel: 3, Simulated: true},
	)
	if _, err := w.Pass(t.Context()); !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("while the database fails: %v", err)
	}
	mend()
	if n := h.Count(t, `SELECT COUNT(*) FROM charges WHERE status = 'sending'`); n == 0 {
		t.Error("no outcome was left unwritten")
	}
	for _, later := range []struct {
		wait  time.Duration
		times int
	}{{core.ChargeLease + time.Minute, 1}, {31 * 24 * time.Hour, 2}} {
		h.Clock.Advance(later.wait)
		if _, err := w.Pass(t.Context()); err != nil {
			t.Errorf("once it works again: %v", err)
		}
		charged := map[string]int{}
		err := sandbox.Ledger(t.Context(), func(m billing.Move) error {
			period, _, _ := strings.Cut(m.Key, ":try:")
			charged[period]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for period, n := range charged {
			if n != 1 {
				t.Errorf("%s was charged %d times", period, n)
			}
		}
		paid := h.Count(t, `SELECT COUNT(*) FROM charges WHERE status = 'paid'`)
		if want := many * later.times; len(charged) != want || paid != want {
			t.Errorf("%d periods moved money, %d charges are paid, want %d", len(charged), paid, want)
		}
	}
	if found, err := h.CheckBooks(t.Context(), core.System(0)); err != nil || len(found) > 0 {
		t.Errorf("the books: %v, %v", found, err)
	}
}

func TestAnotherWriterInTheWayOfCharges(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		h := dbtest.SQLite(t)
		if err := db.SetBusyTimeout(t.Context(), h.Store, 20*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		other := beside(t, h)
		chargeThrough(
			t, h, h.Store,
			func() { says(t, other, `PRAGMA busy_timeout = 5000`, `BEGIN IMMEDIATE`) },
			func() { says(t, other, `ROLLBACK`) },
		)
	})
	t.Run("postgres", func(t *testing.T) {
		h := dbtest.Postgres(t)
		other, watch := beside(t, h), beside(t, h)
		over, stopped := make(chan struct{}), make(chan struct{})
		chargeThrough(t, h, h.Store, func() {
			says(t, other, `BEGIN`, `SELECT id FROM charges FOR UPDATE`)
			go func() { // the server loses patience with who waits for these rows
				defer close(stopped)
				for {
					select {
					case <-over:
						return
					default:
						says(t, watch, `
							SELECT pg_cancel_backend(a.pid)
							FROM pg_stat_activity a, pg_stat_activity o
							WHERE o.pid = ANY (pg_blocking_pids(a.pid)) AND o.query LIKE 'SELECT id FROM charges FOR UPDATE%'`)
					}
				}
			}()
		}, func() {
			close(over)
			<-stopped
			says(t, other, `ROLLBACK`)
		})
	})
}

func TestADiskThatIsFullWhileCharging(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		h := dbtest.SQLite(t)
		pages := func(n int) func() {
			return func() {
				if err := db.SetMaxPages(context.Background(), h.Store, n); err != nil {
					t.Error(err)
				}
			}
		}
		chargeThrough(t, h, h.Store, pages(1), pages(1<<30))
	})
	t.Run("postgres", func(t *testing.T) {
		h := dbtest.Postgres(t)
		other := beside(t, h)
		says(t, other, `
			CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql
			AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`)
		chargeThrough(
			t, h, h.Store,
			func() {
				says(t, other, `CREATE TRIGGER no_space BEFORE INSERT ON events EXECUTE FUNCTION no_space()`)
			},
			func() { says(t, other, `DROP TRIGGER no_space ON events`) },
		)
	})
}

func TestADatabaseThatGoesAwayWhileCharging(t *testing.T) {
	h := dbtest.Postgres(t)
	s, w := wired(t, h)
	chargeThrough(t, h, s, w.cut, func() { w.join(t) })
}
