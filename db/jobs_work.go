package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"kontor/db/core"
)

// leaseFor is how long a worker has a job before another may take it over. It
// is renewed with every step; a step is a moment's work.
const leaseFor = 15 * time.Second

// errLost is for a worker whose job was stopped or has been taken over.
var errLost = errors.New("the job is another's by now")

// WorkJobs works at the jobs that are due, one after the other, until there is
// none. Several may work at once, in this program and in others: each job is
// one worker's, which holds it by a lease and renews that with every step. A
// step is one transaction with the job's progress in it, so that a job whose
// worker died goes on where it was, and nothing is done twice.
func (s *Store) WorkJobs(ctx context.Context) error {
	for {
		j, err := s.claimJob(ctx)
		if none(err) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.workJob(ctx, &j)
		switch {
		case err == nil, errors.Is(err, errLost):
		case ctx.Err() != nil:
			return errors.Join(err, s.dropLease(context.WithoutCancel(ctx), j))
		case errors.Is(err, core.ErrUnavailable), again(err):
			return err // its lease runs out, and it goes on then
		default:
			if e := s.failJob(ctx, j, err); e != nil && !errors.Is(e, errLost) || !expected(err) {
				return errors.Join(err, e)
			}
		}
	}
}

// claimJob takes the lease of a job that is due, or fails with sql.ErrNoRows.
func (s *Store) claimJob(ctx context.Context) (job, error) {
	const due = `SELECT id FROM jobs WHERE state IN ('checking', 'running') AND lease_until < ? ORDER BY lease_until, id LIMIT 1`
	var id int64
	if err := s.read.get(ctx, &id, due, millis(s.now())); err != nil {
		return job{}, err
	}
	var row jobRow
	err := s.quietly(ctx, func(t *tx) error {
		return t.get(ctx, &row, `
			UPDATE jobs
			SET lease = ?, lease_until = ?
			WHERE id = (`+due+`) AND lease_until < ? AND state IN ('checking', 'running')
			RETURNING `+jobColumns, 1+rand.Int64N(1<<62), millis(t.at.Add(leaseFor)), millis(t.at), millis(t.at))
	})
	if err != nil {
		return job{}, err
	}
	return row.job()
}

// dropLease lets somebody else go on at once.
func (s *Store) dropLease(ctx context.Context, j job) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.keep(ctx, `UPDATE jobs SET lease_until = 0 WHERE id = ? AND lease = ?`, j.ID, j.lease)
		return err
	})
}

// workJob works at a job until it has ended or is ready.
func (s *Store) workJob(ctx context.Context, j *job) error {
	switch {
	case j.Kind == core.ImportJob && j.State == core.JobChecking:
		return s.checkImport(ctx, j)
	case j.Kind == core.ImportJob:
		return s.runImport(ctx, j)
	case j.Kind == core.BulkJob && j.State == core.JobChecking:
		return s.checkBulk(ctx, j)
	case j.Kind == core.BulkJob:
		return s.runBulk(ctx, j)
	}
	return s.runUndo(ctx, j)
}

// step has f do a part of a job, in one transaction with the job's progress,
// which f writes down in the job it is given. Where f fails nothing has
// happened.
func (s *Store) step(ctx context.Context, j *job, f func(t *tx, next *job) error) error {
	var next job
	err := s.update(ctx, j.By, core.Write, func(t *tx) error {
		if err := t.holdJob(ctx, *j); err != nil {
			return err
		}
		if err := t.mayStill(ctx, j.By); err != nil {
			return err
		}
		next = *j // this may run again, so what f changes is its own
		next.Report.Check.Reasons = slices.Clone(j.Report.Check.Reasons)
		next.Report.Run.Reasons = slices.Clone(j.Report.Run.Reasons)
		if err := f(t, &next); err != nil {
			return err
		}
		return t.saveJob(ctx, next, j.State, j.lease, millis(t.at.Add(leaseFor)))
	})
	if err == nil {
		*j = next
	}
	return err
}

// holdJob sees that the job is still its worker's, and will be until the step
// has ended: on PostgreSQL another worker waits at the row.
func (t *tx) holdJob(ctx context.Context, j job) error {
	n, err := t.keep(ctx, `UPDATE jobs SET lease_until = ? WHERE id = ? AND lease = ? AND state = ?`,
		millis(t.at.Add(leaseFor)), j.ID, j.lease, j.State)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}

// mayStill fails with [core.ErrForbidden] when whoever started a job has lost
// the right since.
func (t *tx) mayStill(ctx context.Context, by core.Actor) error {
	if by.Kind != core.ByUser {
		return nil
	}
	var u struct {
		Role   core.Role
		Active bit
	}
	err := t.get(ctx, &u, `SELECT role, active FROM users WHERE id = ?`, by.ID)
	if none(err) || err == nil && (!bool(u.Active) || !u.Role.May(core.Write)) {
		return core.ErrForbidden
	}
	return err
}

// finish ends a job that has done all of it.
func (s *Store) finish(ctx context.Context, j *job) error {
	return s.step(ctx, j, func(t *tx, next *job) error {
		if err := t.endJob(ctx, next, core.JobDone); err != nil {
			return err
		}
		return t.recordJob(ctx, *next, core.JobFinished, next.Report.Run.Outcome())
	})
}

// expected reports whether an error that ends a job is one that people bring
// about, and not a fault of the program's.
func expected(err error) bool {
	return errors.Is(err, core.ErrForbidden) || errors.Is(err, core.ErrClosed) || errors.Is(err, core.ErrNotFound)
}

// failJob ends a job that cannot go on. That is no act of whoever started it,
// who may not act any more.
func (s *Store) failJob(ctx context.Context, j job, why error) error {
	fault := core.JobFault{}
	switch {
	case errors.Is(why, core.ErrForbidden):
		fault.Skip = core.SkipActor
	case errors.Is(why, core.ErrClosed):
		fault.Skip = core.SkipClosed
	}
	return s.transact(ctx, core.System(j.Merchant), func(t *tx) error {
		next := j
		next.Report.Failure = &fault
		if err := t.endJob(ctx, &next, core.JobFailed); err != nil {
			return err
		}
		if err := t.recordJob(ctx, next, core.JobFailure, j.Report.Run.Outcome()); err != nil {
			return err
		}
		return t.saveJob(ctx, next, j.State, j.lease, millis{})
	})
}

// ClearJobs puts away what nobody came back to: files and choices of jobs that
// were not started for [core.KeepUnbegun], and refused rows after
// [core.KeepRefused].
func (s *Store) ClearJobs(ctx context.Context) error {
	now := s.now()
	var stale, old []int64
	err := s.read.all(ctx, &stale, `
		SELECT id
		FROM jobs
		WHERE state IN ('loading', 'draft', 'ready') AND created_at < ?
		LIMIT 100`, millis(now.Add(-core.KeepUnbegun)))
	if err == nil {
		err = s.read.all(ctx, &old, `
			SELECT id
			FROM jobs j
			WHERE state IN ('done', 'stopped', 'failed') AND created_at < ?
				AND EXISTS (SELECT 1 FROM job_refusals r WHERE r.job_id = j.id)
			LIMIT 100`, millis(now.Add(-core.KeepRefused)))
	}
	if err != nil {
		return fmt.Errorf("look for jobs to clear up: %w", err)
	}
	for _, id := range stale {
		err := s.quietly(ctx, func(t *tx) error {
			for _, query := range []string{
				`UPDATE jobs SET state = 'stopped' WHERE id = ? AND state IN ('loading', 'draft', 'ready')`,
				`DELETE FROM job_parts WHERE job_id = ?`, `DELETE FROM job_targets WHERE job_id = ?`,
			} {
				n, err := t.keep(ctx, query, id)
				if err != nil {
					return err
				}
				if n == 0 && query[0] == 'U' { // somebody has started it
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, id := range old {
		err := s.quietly(ctx, func(t *tx) error {
			_, err := t.keep(ctx, `DELETE FROM job_refusals WHERE job_id = ?`, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
