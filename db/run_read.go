package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// RunCharges returns up to limit charges that a run tried.
func (s *Store) RunCharges(ctx context.Context, by core.Actor, run int64, limit int) ([]core.ChargeLine, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	return s.chargeLines(ctx, limit, `h.id IN (SELECT charge_id FROM attempts WHERE run_id = ? AND run_id > 0) AND +h.merchant_id = ?
		ORDER BY h.id DESC
		LIMIT ?`, run, by.Merchant, limit)
}

// Runs returns up to limit runs of the merchant, newest first; those before the
// one given, unless that is 0.
func (s *Store) Runs(ctx context.Context, by core.Actor, before int64, limit int) ([]core.Run, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	var rows []runRow
	err := s.read.all(ctx, &rows, `
		SELECT `+runColumns+`
		FROM runs
		WHERE merchant_id = ? AND id < ?
		ORDER BY id DESC
		LIMIT ?`, by.Merchant, before, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	runs := make([]core.Run, len(rows))
	for i, r := range rows {
		runs[i] = r.run()
	}
	return runs, s.runSums(ctx, runs)
}

// runSums fills in the money of runs.
func (s *Store) runSums(ctx context.Context, runs []core.Run) error {
	ids := make([]int64, len(runs))
	for i := range runs {
		ids[i] = runs[i].ID
	}
	marks, args := marksFor(ids)
	var rows []struct {
		RunID int64 `db:"run_id"`
		core.RunSum
	}
	err := s.read.all(ctx, &rows, `
		SELECT run_id, currency, charged, declined
		FROM run_sums
		WHERE run_id IN `+marks+`
		ORDER BY run_id, currency`, args...)
	if err != nil {
		return fmt.Errorf("read what runs came to: %w", err)
	}
	for _, r := range rows {
		for i := range runs {
			if runs[i].ID == r.RunID {
				runs[i].Sums = append(runs[i].Sums, r.RunSum)
			}
		}
	}
	return nil
}

// Run returns a run of the merchant, with what it left out and what was wrong.
func (s *Store) Run(ctx context.Context, by core.Actor, id int64) (core.Run, []core.RunNote, error) {
	if !by.May(core.Read) {
		return core.Run{}, nil, core.ErrForbidden
	}
	var row runRow
	err := s.read.get(ctx, &row, `SELECT `+runColumns+` FROM runs WHERE id = ? AND merchant_id = ?`, id, by.Merchant)
	if none(err) {
		return core.Run{}, nil, core.ErrNotFound
	}
	if err != nil {
		return core.Run{}, nil, fmt.Errorf("read run %d: %w", id, err)
	}
	runs := []core.Run{row.run()}
	if err := s.runSums(ctx, runs); err != nil {
		return core.Run{}, nil, err
	}
	var rows []struct {
		Kind     string
		Reason   string
		Object   core.ObjectKind
		ObjectID int64 `db:"object_id"`
	}
	err = s.read.all(ctx, &rows, `
		SELECT kind, reason, object, object_id
		FROM run_notes
		WHERE run_id = ?
		ORDER BY id
		LIMIT ?`, id, 5*maxRunFaults)
	if err != nil {
		return core.Run{}, nil, fmt.Errorf("read notes of run %d: %w", id, err)
	}
	notes := make([]core.RunNote, len(rows))
	for i, r := range rows {
		notes[i] = core.RunNote{Fault: r.Kind == "fault", Reason: r.Reason, Object: r.Object, ObjectID: r.ObjectID}
	}
	return runs[0], notes, nil
}

// FaultyRun returns the newest of the merchant's runs after which something was
// wrong, or [core.ErrNotFound].
func (s *Store) FaultyRun(ctx context.Context, by core.Actor) (core.Run, error) {
	if !by.May(core.Read) {
		return core.Run{}, core.ErrForbidden
	}
	var row runRow
	err := s.read.get(ctx, &row, `
		SELECT `+runColumns+`
		FROM runs
		WHERE merchant_id = ? AND faults > 0
		ORDER BY id DESC
		LIMIT 1`, by.Merchant)
	if none(err) {
		return core.Run{}, core.ErrNotFound
	}
	return row.run(), err
}
