package db

import (
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

type runRow struct {
	ID         int64
	MerchantID int64  `db:"merchant_id"`
	StartedAt  millis `db:"started_at"`
	FinishedAt millis `db:"finished_at"`
	Charged    int
	Declined   int
	Unknown    int
	Skipped    int
	Faults     int
}

const runColumns = `id, merchant_id, started_at, finished_at, charged, declined, unknown, skipped, faults`

func (r runRow) run() core.Run {
	return core.Run{
		ID: r.ID, Merchant: r.MerchantID, StartedAt: r.StartedAt.time(), FinishedAt: r.FinishedAt.time(), Faults: r.Faults,
		RunCounts: core.RunCounts{Charged: r.Charged, Declined: r.Declined, Unknown: r.Unknown, Skipped: r.Skipped},
	}
}

// BeginRun begins a run of the merchant that the actor stands in.
func (s *Store) BeginRun(ctx context.Context, by core.Actor) (int64, error) {
	if err := worker(by); err != nil {
		return 0, err
	}
	var id int64
	err := s.transact(ctx, by, func(t *tx) error {
		var at time.Time
		id, at = t.newID("runs")
		_, err := t.exec(ctx, `
			INSERT INTO runs (`+runColumns+`)
			VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0)`, id, by.Merchant, millis(at))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("begin a run of merchant %d: %w", by.Merchant, err)
	}
	return id, nil
}

// FinishRun adds up what a run did, looks for what should not be, and returns
// it as it then stands. It can be done again: what a run that was cut off did
// is added up by whoever comes next. The faults are those that the processor's
// ledger showed. A run that did nothing leaves nothing.
func (s *Store) FinishRun(ctx context.Context, by core.Actor, id int64, ledger []core.CheckFault) (core.Run, error) {
	if err := worker(by); err != nil {
		return core.Run{}, err
	}
	var run core.Run
	err := s.transact(ctx, by, func(t *tx) error {
		var row runRow
		err := t.get(ctx, &row, `SELECT `+runColumns+` FROM runs WHERE id = ?`, id)
		if err != nil {
			return err
		}
		run = row.run()
		t.by.Merchant = run.Merchant
		if err := t.countRun(ctx, &run); err != nil {
			return err
		}
		faults, err := t.runFaults(ctx, run)
		if err != nil {
			return err
		}
		faults = append(faults, ledger...)
		if run.Due() == 0 && len(faults) == 0 {
			run = core.Run{}
			_, err := t.exec(ctx, `DELETE FROM runs WHERE id = ?`, id)
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM run_notes WHERE run_id = ? AND kind = 'fault'`, id); err != nil {
			return err
		}
		for _, f := range faults[:min(len(faults), maxRunFaults)] {
			if err := t.runNote(ctx, id, core.RunNote{Fault: true, Reason: f.Reason, Object: f.Object, ObjectID: f.ObjectID}); err != nil {
				return err
			}
		}
		run.Faults, run.FinishedAt = len(faults), t.at
		return t.saveRun(ctx, run)
	})
	if err != nil {
		return core.Run{}, fmt.Errorf("finish run %d: %w", id, err)
	}
	return run, nil
}

// maxRunFaults is how many faults of one kind a run tells of one by one.
const maxRunFaults = 100

// countRun adds up a run's tries and what it left out.
func (t *tx) countRun(ctx context.Context, run *core.Run) error {
	var rows []struct {
		State    core.AttemptState
		Currency string
		N        int
		Amount   int64
	}
	err := t.all(ctx, &rows, `
		SELECT a.state, c.currency, COUNT(*) AS n, CAST(SUM(c.amount) AS BIGINT) AS amount
		FROM attempts a JOIN charges c ON c.id = a.charge_id
		WHERE a.run_id = ? AND a.run_id > 0
		GROUP BY a.state, c.currency
		ORDER BY c.currency, a.state`, run.ID)
	if err != nil {
		return fmt.Errorf("add up: %w", err)
	}
	run.RunCounts, run.Sums = core.RunCounts{}, nil
	for _, r := range rows {
		if n := len(run.Sums); n == 0 || run.Sums[n-1].Currency != r.Currency {
			run.Sums = append(run.Sums, core.RunSum{Currency: r.Currency})
		}
		sum := &run.Sums[len(run.Sums)-1]
		switch r.State {
		case core.AttemptSucceeded:
			run.Charged += r.N
			sum.Charged += r.Amount
		case core.AttemptDeclined:
			run.Declined += r.N
			sum.Declined += r.Amount
		default:
			run.Unknown += r.N
		}
	}
	return t.get(ctx, &run.Skipped, `SELECT COUNT(*) FROM run_notes WHERE run_id = ? AND kind = 'skipped'`, run.ID)
}

func (t *tx) saveRun(ctx context.Context, run core.Run) error {
	_, err := t.exec(ctx, `
		UPDATE runs
		SET finished_at = ?, charged = ?, declined = ?, unknown = ?, skipped = ?, faults = ?
		WHERE id = ?`, millis(run.FinishedAt), run.Charged, run.Declined, run.Unknown, run.Skipped, run.Faults, run.ID)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM run_sums WHERE run_id = ?`, run.ID); err != nil {
		return err
	}
	for _, sum := range run.Sums {
		_, err := t.exec(ctx, `INSERT INTO run_sums (run_id, currency, charged, declined) VALUES (?, ?, ?, ?)`,
			run.ID, sum.Currency, sum.Charged, sum.Declined)
		if err != nil {
			return err
		}
	}
	return nil
}

// runNote writes down what a run did not charge, or found wrong. A person's own
// try has no run.
func (t *tx) runNote(ctx context.Context, run int64, n core.RunNote) error {
	if run == 0 {
		return nil
	}
	id, _ := t.newID("run_notes")
	kind := "skipped"
	if n.Fault {
		kind = "fault"
	}
	_, err := t.exec(ctx, `
		INSERT INTO run_notes (id, run_id, merchant_id, kind, reason, object, object_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, id, run, t.by.Merchant, kind, n.Reason, n.Object, n.ObjectID)
	if err != nil {
		return fmt.Errorf("note on run %d: %w", run, err)
	}
	return nil
}

// CutOffRuns are runs to add up anew: those that began so long ago that whoever
// did them must be gone, and those of which more is known by now.
func (s *Store) CutOffRuns(ctx context.Context, by core.Actor) ([]int64, error) {
	if err := worker(by); err != nil {
		return nil, err
	}
	var ids []int64
	err := s.read.all(ctx, &ids, `
		SELECT id
		FROM runs
		WHERE finished_at = 0 AND started_at < ?
		ORDER BY id
		LIMIT 100`, millis(s.instant().Add(-cutOff)))
	if err != nil {
		return nil, fmt.Errorf("look for runs that were cut off: %w", err)
	}
	var told []int64
	err = s.read.all(ctx, &told, `
		SELECT id
		FROM runs
		WHERE unknown > 0 AND unknown > (SELECT COUNT(*) FROM attempts a WHERE a.run_id = runs.id AND a.run_id > 0 AND a.state IN ('sending', 'unknown'))
		ORDER BY id
		LIMIT 100`)
	if err != nil {
		return nil, fmt.Errorf("look for runs of which more is known: %w", err)
	}
	return append(ids, told...), nil
}

// cutOff is how long a run goes on at the most without being taken for one
// that was cut off; what is added up too early is added up again.
const cutOff = 15 * time.Minute

// RunCalls calls f for every call of a run, of which the outcome is known.
func (s *Store) RunCalls(ctx context.Context, by core.Actor, run int64, f func(core.Call) error) error {
	if err := worker(by); err != nil {
		return err
	}
	var rows []callRow
	err := s.read.all(ctx, &rows, `
		SELECT a.key, a.state, 'charge' AS object, a.charge_id AS object_id, a.merchant_id, c.amount, c.currency
		FROM attempts a JOIN charges c ON c.id = a.charge_id
		WHERE a.run_id = ? AND a.run_id > 0 AND a.state IN ('succeeded', 'declined')
		ORDER BY a.id`, run)
	if err != nil {
		return fmt.Errorf("read calls of run %d: %w", run, err)
	}
	for _, r := range rows {
		if err := f(r.call()); err != nil {
			return err
		}
	}
	return nil
}

type callRow struct {
	Key        string
	State      core.AttemptState
	Object     core.ObjectKind
	ObjectID   int64 `db:"object_id"`
	MerchantID int64 `db:"merchant_id"`
	Amount     int64
	Currency   string
}

func (r callRow) call() core.Call {
	return core.Call{
		Key: r.Key, State: r.State, Object: r.Object, ObjectID: r.ObjectID, Merchant: r.MerchantID,
		Amount: core.Money{Minor: r.Amount, Currency: r.Currency},
	}
}

const (
	// clockSlack is how far the clock may go back without being taken for wrong.
	clockSlack = 5 * time.Minute
	// clockNotes is how often the worker's time is written down.
	clockNotes = time.Minute
)

// SeeTime tells the books the worker's time, with what the worker itself saw of
// its clock, and returns why the worker is to stand still, if it is.
func (s *Store) SeeTime(ctx context.Context, by core.Actor, saw core.Halt) (core.Halt, error) {
	if err := worker(by); err != nil {
		return "", err
	}
	seen, halted, err := clockSeen(ctx, s.read)
	if err != nil {
		return "", err
	}
	now := s.instant()
	switch {
	case halted != "":
		return halted, nil
	case now.Before(seen.Add(-clockSlack)):
		saw = core.ClockBack
	case saw == "" && now.Before(seen.Add(clockNotes)):
		return "", nil
	}
	err = s.quietly(ctx, func(t *tx) error { return t.setClock(ctx, later(now, seen), saw) })
	return saw, err
}

func clockSeen(ctx context.Context, q querier) (time.Time, core.Halt, error) {
	var row struct {
		SeenAt millis `db:"seen_at"`
		Halted core.Halt
	}
	err := q.get(ctx, &row, `SELECT seen_at, halted FROM worker_clock WHERE id = 1`)
	if err != nil && !none(err) {
		return time.Time{}, "", fmt.Errorf("read the worker's clock: %w", err)
	}
	return row.SeenAt.time(), row.Halted, nil
}

func (t *tx) setClock(ctx context.Context, at time.Time, halted core.Halt) error {
	_, err := t.exec(ctx, `
		INSERT INTO worker_clock (id, seen_at, halted)
		VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, halted = excluded.halted`, millis(at), halted)
	if err != nil {
		return fmt.Errorf("note the worker's clock: %w", err)
	}
	return nil
}

// WorkerHalted returns why the worker stands still, or "".
func (s *Store) WorkerHalted(ctx context.Context, by core.Actor) (core.Halt, error) {
	if !by.May(core.Read) {
		return "", core.ErrForbidden
	}
	_, halted, err := clockSeen(ctx, s.read)
	return halted, err
}

// ResumeWorker has the worker go on, by the clock as it is now.
func (s *Store) ResumeWorker(ctx context.Context, by core.Actor) error {
	return s.update(ctx, by, core.Install, func(t *tx) error {
		_, halted, err := clockSeen(ctx, t)
		if err != nil {
			return err
		}
		if halted == "" {
			return core.ErrConflict
		}
		if err := t.setClock(ctx, t.at, ""); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{Action: core.WorkerResumed, From: core.Changes{}, To: core.Changes{"reason": string(halted)}})
		return err
	})
}
