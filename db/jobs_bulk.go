package db

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kontor/db/core"
)

// How many customers a step of a bulk job looks at, and how many it changes:
// few enough that nobody waits for long.
const (
	bulkLook   = 500
	bulkChange = 200
	bulkSample = 10
)

// PlanBulk makes the job that does one thing to many customers and has it
// checked: to those with the IDs where task.Chosen is set, else to all that the
// query finds, among the deleted if task.Deleted. Nothing is done to anybody
// before somebody starts it. What is wrong with the task is [core.Invalid].
func (s *Store) PlanBulk(ctx context.Context, by core.Actor, task core.JobTask, ids []int64) (core.Job, error) {
	if by.Kind == "" || !by.May(core.Write) {
		return core.Job{}, core.ErrForbidden
	}
	bad := task.CheckBulk()
	if _, err := core.ParseQuery(task.Query, core.CustomerFields, nil); err != nil {
		bad = append(bad, core.Fault{Field: "query", Rule: core.Malformed})
	}
	if task.Chosen && len(ids) == 0 {
		bad = append(bad, core.Fault{Field: "ids", Rule: core.Required})
	}
	if err := bad.Err(); err != nil {
		return core.Job{}, err
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var j job
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		var err error
		if j, err = t.addJob(ctx, core.BulkJob, core.JobChecking, task); err != nil || !task.Chosen {
			return err
		}
		for _, id := range ids {
			if err := t.addTarget(ctx, j.ID, id); err != nil {
				return err
			}
		}
		return nil
	})
	return j.Job, err
}

func (t *tx) addTarget(ctx context.Context, job, customer int64) error {
	_, err := t.keep(ctx, `INSERT INTO job_targets (job_id, customer_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, job, customer)
	if err != nil {
		return fmt.Errorf("keep a target of job %d: %w", job, err)
	}
	return nil
}

// checkBulk looks at everybody whom the act is meant for and keeps those that
// it would change. Customers that were made since it began are left out.
func (s *Store) checkBulk(ctx context.Context, j *job) error {
	find, err := s.finder(ctx, j)
	if err != nil {
		return err
	}
	for {
		ids, err := find()
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return s.step(ctx, j, func(_ *tx, next *job) error {
				next.State = core.JobReady
				return nil
			})
		}
		err = s.step(ctx, j, func(t *tx, next *job) error {
			read, err := t.readWhole(ctx, ids)
			if err != nil {
				return err
			}
			check := &next.Report.Check
			for _, id := range ids {
				check.Done++
				_, fault := next.Task.Bulk(read[id])
				if fault == nil && next.Task.Act == core.BulkRestore {
					fault, err = t.mayRestore(ctx, read[id])
				}
				if err == nil {
					err = t.judge(ctx, next, id, fault)
				}
				if err != nil {
					return err
				}
			}
			next.place = ids[len(ids)-1]
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// judge counts one customer and keeps it if it would be changed.
func (t *tx) judge(ctx context.Context, j *job, id int64, fault *core.JobFault) error {
	if fault != nil {
		j.Report.Check.Refuse(*fault, 0, id)
		_, err := t.keep(ctx, `DELETE FROM job_targets WHERE job_id = ? AND customer_id = ?`, j.ID, id)
		return err
	}
	j.Report.Check.Changed++
	if len(j.Report.Sample) < bulkSample {
		j.Report.Sample = append(slices.Clip(j.Report.Sample), id)
	}
	return t.addTarget(ctx, j.ID, id)
}

// mayRestore is why a deleted customer cannot come back with its reference.
func (t *tx) mayRestore(ctx context.Context, c core.Customer) (*core.JobFault, error) {
	var bad core.Invalid
	if err := t.freeReference(ctx, c, &bad); err != nil || len(bad) == 0 {
		return nil, err
	}
	return &core.JobFault{Faults: bad}, nil
}

// finder returns what finds the next of those whom a bulk act is meant for,
// from where the job is, and none after the last. It sees to the total.
func (s *Store) finder(ctx context.Context, j *job) (func() ([]int64, error), error) {
	if j.Task.Chosen {
		err := s.read.get(ctx, &j.Report.Check.Total, `
			SELECT COUNT(*)
			FROM job_targets
			WHERE job_id = ? AND customer_id > ?`, j.ID, j.place)
		j.Report.Check.Total += j.Report.Check.Done
		return func() ([]int64, error) { return s.targets(ctx, *j, bulkLook) }, err
	}
	m, err := merchant(ctx, s.read, j.Merchant)
	if err != nil {
		return nil, err
	}
	q, err := core.ParseQuery(j.Task.Query, core.CustomerFields, m.Location())
	if err != nil {
		return nil, err
	}
	p, err := s.plan(ctx, j.By, core.List{Query: q, Deleted: j.Task.Deleted}, ordering{desc: true})
	if err != nil {
		return nil, err
	}
	if j.place == 0 {
		if j.Report.Check.Total, err = s.exportCount(ctx, p, core.Export{}); err != nil {
			return nil, err
		}
	}
	return func() ([]int64, error) {
		rows, err := s.customerPage(ctx, p, ordering{desc: true}, core.Cursor{ID: j.place}, false, bulkLook)
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		return ids, err
	}, nil
}

// targets are the next customers that a job keeps.
func (s *Store) targets(ctx context.Context, j job, limit int) ([]int64, error) {
	var ids []int64
	err := s.read.all(ctx, &ids, `
		SELECT customer_id
		FROM job_targets
		WHERE job_id = ? AND customer_id > ?
		ORDER BY customer_id
		LIMIT ?`, j.ID, j.place, limit)
	if err != nil {
		return nil, fmt.Errorf("read targets of job %d: %w", j.ID, err)
	}
	return ids, nil
}

// readWhole reads customers of the actor's merchant; those that are not there
// are zero.
func (t *tx) readWhole(ctx context.Context, ids []int64) (map[int64]core.Customer, error) {
	all, err := wholeCustomers(ctx, t.s, t, t.by.Merchant, ids)
	if err != nil {
		return nil, err
	}
	read := make(map[int64]core.Customer, len(all))
	for _, c := range all {
		read[c.ID] = c
	}
	return read, nil
}

// runBulk changes the customers that the check has kept.
func (s *Store) runBulk(ctx context.Context, j *job) error {
	for {
		ids, err := s.targets(ctx, *j, bulkChange)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return s.finish(ctx, j)
		}
		err = s.step(ctx, j, func(t *tx, next *job) error {
			read, err := t.readWhole(ctx, ids)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if err := t.bulkOne(ctx, next, id, read[id]); err != nil {
					return err
				}
			}
			next.place = ids[len(ids)-1]
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// bulkOne does the act to one customer, as it is by now.
func (t *tx) bulkOne(ctx context.Context, j *job, id int64, c core.Customer) error {
	run := &j.Report.Run
	run.Done++
	ch, fault := j.Task.Bulk(c)
	if fault != nil {
		run.Refuse(*fault, 0, id)
		return nil
	}
	var err error
	switch j.Task.Act {
	case core.BulkDelete:
		err = t.setDeleted(ctx, id, 0, true, core.Event{Action: core.CustomerDeleted}, "")
	case core.BulkRestore:
		err = t.restore(ctx, id, core.KeepReference, core.Event{Action: core.CustomerRestored})
	default:
		_, err = t.updateCustomer(ctx, id, c.Version, ch, core.Event{Action: core.CustomerUpdated})
	}
	return t.countBulk(run, id, err)
}

// countBulk counts what became of one customer. What a rule speaks against is
// found before anything is written.
func (t *tx) countBulk(run *core.JobTally, id int64, err error) error {
	var bad core.Invalid
	switch {
	case err == nil:
		run.Changed++
		return nil
	case errors.As(err, &bad):
		run.Refuse(core.JobFault{Faults: bad}, 0, id)
		return nil
	case errors.Is(err, core.ErrNotFound):
		run.Refuse(core.JobFault{Skip: core.SkipTouched}, 0, id)
		return nil
	case errors.Is(err, core.ErrConflict):
		return fmt.Errorf("%w: %w", errAgain, err) // PostgreSQL: changed since it was read
	}
	return err
}
