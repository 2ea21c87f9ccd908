package db

import (
	"context"
	"errors"
	"fmt"

	"kontor/db/core"
)

// runUndo takes back the events of a job, the last one first.
func (s *Store) runUndo(ctx context.Context, j *job) error {
	if j.place == 0 {
		err := s.read.get(ctx, &j.Report.Run.Total, `
			SELECT COUNT(*)
			FROM events
			WHERE batch = ? AND batch > 0 AND merchant_id = ? AND customer_id > 0`, j.Task.Of, j.Merchant)
		if err != nil {
			return fmt.Errorf("count events of job %d: %w", j.Task.Of, err)
		}
		j.place = 1<<63 - 1
	}
	for {
		var rows []eventRow
		err := s.read.all(ctx, &rows, `
			SELECT `+eventColumns+`
			FROM events e LEFT JOIN event_values v ON v.event_id = e.id
			WHERE e.batch = ? AND e.batch > 0 AND e.merchant_id = ? AND e.customer_id > 0 AND e.id < ?
			ORDER BY e.id DESC
			LIMIT ?`, j.Task.Of, j.Merchant, j.place, bulkChange)
		if err != nil {
			return fmt.Errorf("read events of job %d: %w", j.Task.Of, err)
		}
		if len(rows) == 0 {
			return s.finish(ctx, j)
		}
		list, err := events(rows)
		if err != nil {
			return err
		}
		err = s.step(ctx, j, func(t *tx, next *job) error {
			for _, e := range list {
				next.Report.Run.Done++
				if err := t.undoOfJob(ctx, next, e); err != nil {
					return err
				}
			}
			next.place = list[len(list)-1].ID
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// undoOfJob takes one event of a job back, unless its customer was changed
// since by anything but that job.
func (t *tx) undoOfJob(ctx context.Context, j *job, e core.Event) error {
	run := &j.Report.Run
	var undone int
	err := t.get(ctx, &undone, `SELECT COUNT(*) FROM events WHERE undoes = ? AND undoes > 0`, e.ID)
	if err != nil {
		return fmt.Errorf("look whether event %d was undone: %w", e.ID, err)
	}
	c, err := customer(ctx, t, t.by.Merchant, e.Customer)
	switch {
	case errors.Is(err, core.ErrNotFound):
		run.Refuse(core.JobFault{Skip: core.SkipGone}, 0, 0)
		return nil
	case err != nil:
		return err
	case undone > 0:
		run.Unchanged++
		return nil
	case !c.Living() && e.Action != core.CustomerDeleted:
		run.Refuse(core.JobFault{Skip: core.SkipDeleted}, 0, c.ID)
		return nil
	case c.Living() && e.Action == core.CustomerDeleted:
		run.Refuse(core.JobFault{Skip: core.SkipLiving}, 0, c.ID)
		return nil
	}
	switch e.Action {
	case core.CustomerCreated, core.CustomerRestored:
		var touched int
		err := t.get(ctx, &touched, `
			SELECT COUNT(*)
			FROM events
			WHERE customer_id = ? AND customer_id > 0 AND id > ? AND batch <> ? AND batch <> ?`, c.ID, e.ID, j.Task.Of, j.ID)
		if err != nil {
			return fmt.Errorf("look at customer %d: %w", c.ID, err)
		}
		if touched > 0 {
			run.Refuse(core.JobFault{Skip: core.SkipTouched}, 0, c.ID)
			return nil
		}
		err = t.setDeleted(ctx, c.ID, c.Version, true, core.Event{Action: core.CustomerDeleted, Undoes: e.ID}, "")
		return t.countBulk(run, c.ID, err)
	case core.CustomerUpdated:
		if _, err = t.undoEdit(ctx, e); errors.Is(err, core.ErrConflict) {
			run.Refuse(core.JobFault{Skip: core.SkipTouched}, 0, c.ID)
			return nil
		}
		return t.countBulk(run, c.ID, err)
	case core.CustomerDeleted:
		err = t.restore(ctx, c.ID, core.KeepReference, core.Event{Action: core.CustomerRestored, Undoes: e.ID})
		return t.countBulk(run, c.ID, err)
	}
	run.Unchanged++
	return nil
}
