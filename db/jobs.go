package db

import (
	"context"
	"encoding/json"
	"fmt"

	"kontor/db/core"
)

type jobRow struct {
	ID         int64
	MerchantID int64 `db:"merchant_id"`
	Kind       core.JobKind
	State      core.JobState
	ActorKind  core.ActorKind `db:"actor_kind"`
	ActorID    int64          `db:"actor_id"`
	Actor      string
	Role       core.Role
	Origin     string
	Task       string
	Report     string
	Place      int64
	UndoneBy   int64  `db:"undone_by"`
	CreatedAt  millis `db:"created_at"`
	StartedAt  millis `db:"started_at"`
	FinishedAt millis `db:"finished_at"`
	Lease      int64
}

const jobColumns = `id, merchant_id, kind, state, actor_kind, actor_id, actor, role, origin, task, report, place, undone_by,
	created_at, started_at, finished_at, lease`

// A job is a job with what only the store needs to know of it.
type job struct {
	core.Job
	place int64
	lease int64
}

func (r jobRow) job() (job, error) {
	j := job{place: r.Place, lease: r.Lease, Job: core.Job{
		ID: r.ID, Merchant: r.MerchantID, Kind: r.Kind, State: r.State, UndoneBy: r.UndoneBy,
		By: core.Actor{
			Kind: r.ActorKind, ID: r.ActorID, Name: r.Actor, Role: r.Role, Merchant: r.MerchantID, Origin: r.Origin, Batch: r.ID,
		},
		CreatedAt: r.CreatedAt.time(), StartedAt: r.StartedAt.time(), FinishedAt: r.FinishedAt.time(),
	}}
	err := json.Unmarshal([]byte(r.Task), &j.Task)
	if err == nil {
		err = json.Unmarshal([]byte(r.Report), &j.Report)
	}
	if err != nil {
		return job{}, fmt.Errorf("read job %d: %w", r.ID, err)
	}
	return j, nil
}

func readJob(ctx context.Context, q querier, merchant, id int64) (job, error) {
	var row jobRow
	err := q.get(ctx, &row, `
		SELECT `+jobColumns+`
		FROM jobs
		WHERE id = ? AND merchant_id = ? AND state <> 'loading'`, id, merchant)
	if none(err) {
		return job{}, core.ErrNotFound
	}
	if err != nil {
		return job{}, fmt.Errorf("read job %d: %w", id, err)
	}
	return row.job()
}

// Job returns a job of the actor's merchant. As all that is done with jobs it
// takes [core.Write].
func (s *Store) Job(ctx context.Context, by core.Actor, id int64) (core.Job, error) {
	if !by.May(core.Write) {
		return core.Job{}, core.ErrForbidden
	}
	j, err := readJob(ctx, s.read, by.Merchant, id)
	return j.Job, err
}

// Jobs returns up to limit jobs of the actor's merchant, newest first; those
// older than the job before, unless that is 0.
func (s *Store) Jobs(ctx context.Context, by core.Actor, before int64, limit int) ([]core.Job, error) {
	if !by.May(core.Write) {
		return nil, core.ErrForbidden
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	var rows []jobRow
	err := s.read.all(ctx, &rows, `
		SELECT `+jobColumns+`
		FROM jobs
		WHERE merchant_id = ? AND id < ? AND state <> 'loading'
		ORDER BY id DESC
		LIMIT ?`, by.Merchant, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	out := make([]core.Job, len(rows))
	for i, r := range rows {
		j, err := r.job()
		if err != nil {
			return nil, err
		}
		out[i] = j.Job
	}
	return out, nil
}

// keep writes what is no act, such as how far a job has come, within a
// transaction of which the acts are recorded.
func (t *tx) keep(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.settle(ctx, query); err != nil {
		return 0, err
	}
	return t.execNow(ctx, query, args...)
}

// addJob writes a new job of the transaction's actor.
func (t *tx) addJob(ctx context.Context, kind core.JobKind, state core.JobState, task core.JobTask) (job, error) {
	j := job{Job: core.Job{Merchant: t.by.Merchant, Kind: kind, State: state, By: t.by, Task: task}}
	text, err := json.Marshal(task)
	if err != nil {
		return job{}, err
	}
	j.ID, j.CreatedAt = t.newID("jobs")
	j.By.Batch = j.ID
	if state == core.JobRunning {
		j.StartedAt = j.CreatedAt
	}
	_, err = t.keep(ctx, `
		INSERT INTO jobs (`+jobColumns+`, lease_until)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		j.ID, j.Merchant, j.Kind, j.State, t.by.Kind, t.by.ID, t.by.Name, t.by.Role, t.by.Origin, string(text), "{}", 0, 0,
		millis(j.CreatedAt), millis(j.StartedAt), millis{}, 0)
	if err != nil {
		return job{}, fmt.Errorf("insert job: %w", err)
	}
	return j, nil
}

// saveJob writes a job that is in the given state, and no other, and whose
// worker is the given one. Else it fails with errLost.
func (t *tx) saveJob(ctx context.Context, j job, was core.JobState, lease int64, until millis) error {
	task, err := json.Marshal(j.Task)
	if err != nil {
		return err
	}
	report, err := json.Marshal(j.Report)
	if err != nil {
		return err
	}
	n, err := t.keep(ctx, `
		UPDATE jobs
		SET state = ?, task = ?, report = ?, place = ?, undone_by = ?, started_at = ?, finished_at = ?, lease = ?, lease_until = ?
		WHERE id = ? AND merchant_id = ? AND state = ? AND lease = ?`,
		j.State, string(task), string(report), j.place, j.UndoneBy, millis(j.StartedAt), millis(j.FinishedAt), j.lease, until,
		j.ID, j.Merchant, was, lease)
	if err != nil {
		return fmt.Errorf("save job %d: %w", j.ID, err)
	}
	if n == 0 {
		return errLost
	}
	return nil
}

// changeJob has f change a job on behalf of an actor of its merchant. A worker
// that is at it finds that it has lost it.
func (s *Store) changeJob(ctx context.Context, by core.Actor, id int64, f func(t *tx, j *job) error) (core.Job, error) {
	var changed job
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		// From here on it is no worker's, so that what is read stays so.
		if _, err := t.keep(ctx, `UPDATE jobs SET lease = 0 WHERE id = ? AND merchant_id = ?`, id, by.Merchant); err != nil {
			return fmt.Errorf("take job %d: %w", id, err)
		}
		j, err := readJob(ctx, t, by.Merchant, id)
		if err != nil {
			return err
		}
		was := j.State
		if err := f(t, &j); err != nil {
			return err
		}
		changed = j
		return t.saveJob(ctx, j, was, 0, millis{})
	})
	return changed.Job, err
}

// StartJob starts a job that has been checked. What it is to change is checked
// once more as it is changed. A job that reaches more than [core.SureAbove]
// takes the number of those that it would change, typed by somebody; another
// number is [core.Invalid] on "count". A job that is not ready is
// [core.ErrConflict].
func (s *Store) StartJob(ctx context.Context, by core.Actor, id int64, typed int) (core.Job, error) {
	return s.changeJob(ctx, by, id, func(t *tx, j *job) error {
		would := j.Report.Check.Added + j.Report.Check.Changed
		switch {
		case j.State != core.JobReady:
			return core.ErrConflict
		case j.Kind == core.BulkJob && would > core.SureAbove && typed != would:
			return core.Invalid{{Field: "count", Rule: core.Wrong}}
		}
		j.State, j.place, j.StartedAt = core.JobRunning, 0, t.at
		j.Report.Run = core.JobTally{Total: j.Report.Check.Total}
		if j.Kind == core.BulkJob {
			j.Report.Run.Total = would
		}
		return t.recordJob(ctx, *j, core.JobStarted, j.Told())
	})
}

// StopJob stops a job, or puts one away that nobody has started. What it has
// done stays. One that has ended is [core.ErrConflict].
func (s *Store) StopJob(ctx context.Context, by core.Actor, id int64) (core.Job, error) {
	return s.changeJob(ctx, by, id, func(t *tx, j *job) error {
		if j.State.Ended() {
			return core.ErrConflict
		}
		ran := j.State == core.JobRunning
		if err := t.endJob(ctx, j, core.JobStopped); err != nil || !ran {
			return err
		}
		return t.recordJob(ctx, *j, core.JobHalted, j.Report.Run.Outcome())
	})
}

// UndoJob begins a job that takes back what another did: customers that it
// added are deleted, edited fields go back, the deleted are restored and the
// restored deleted. Whatever was changed since by somebody else stays as it is.
// It can be done once; a job of which there is nothing to take back is
// [core.ErrConflict].
func (s *Store) UndoJob(ctx context.Context, by core.Actor, id int64) (core.Job, error) {
	var undo job
	_, err := s.changeJob(ctx, by, id, func(t *tx, j *job) error {
		if !j.Undoable() {
			return core.ErrConflict
		}
		var err error
		if undo, err = t.addJob(ctx, core.UndoJob, core.JobRunning, core.JobTask{Of: j.ID}); err != nil {
			return err
		}
		j.UndoneBy = undo.ID
		return t.recordJob(ctx, undo, core.JobStarted, undo.Told())
	})
	return undo.Job, err
}

func (t *tx) recordJob(ctx context.Context, j job, what core.Action, to core.Changes) error {
	batch := t.by.Batch
	t.by.Batch = j.ID
	defer func() { t.by.Batch = batch }()
	_, err := t.record(ctx, core.Event{Action: what, Object: core.JobObject, ObjectID: j.ID, To: to})
	return err
}

// endJob ends a job and takes away what it no longer needs.
func (t *tx) endJob(ctx context.Context, j *job, state core.JobState) error {
	j.State, j.FinishedAt = state, t.at
	for _, query := range []string{`DELETE FROM job_parts WHERE job_id = ?`, `DELETE FROM job_targets WHERE job_id = ?`} {
		if _, err := t.keep(ctx, query, j.ID); err != nil {
			return fmt.Errorf("clear up job %d: %w", j.ID, err)
		}
	}
	return nil
}

// nameJobs fills in of what kind the jobs are that events are part of.
func (s *Store) nameJobs(ctx context.Context, list []*core.Event) error {
	var batches []int64
	for _, e := range list {
		if e.Actor.Batch != 0 && e.Customer != 0 {
			batches = append(batches, e.Actor.Batch)
		}
	}
	jobs, err := s.named(ctx, `id, kind AS name FROM jobs`, where{}, batches)
	if err != nil {
		return fmt.Errorf("name jobs: %w", err)
	}
	for _, e := range list {
		if e.Customer != 0 {
			e.PartOf = core.JobKind(jobs[e.Actor.Batch].Name)
		}
	}
	return nil
}

// dropJobs takes away all jobs of a merchant that has nothing left.
func (t *tx) dropJobs(ctx context.Context, merchant int64) error {
	for _, table := range []string{"job_parts", "job_targets", "job_refusals"} {
		if _, err := t.keep(ctx, `DELETE FROM `+table+` WHERE job_id IN (SELECT id FROM jobs WHERE merchant_id = ?)`, merchant); err != nil {
			return fmt.Errorf("drop jobs of merchant %d: %w", merchant, err)
		}
	}
	if _, err := t.keep(ctx, `DELETE FROM jobs WHERE merchant_id = ?`, merchant); err != nil {
		return fmt.Errorf("drop jobs of merchant %d: %w", merchant, err)
	}
	return nil
}
