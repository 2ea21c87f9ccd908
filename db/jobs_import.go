package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"kontor/db/core"
)

// partSize is how much of a file one row of the database holds.
const partSize = 256 << 10

// UploadImport keeps a file of customers and returns the job that will import
// it, a draft: the next thing is to say where its columns go. A file of which
// nothing can be made is a [core.UnreadableFile].
func (s *Store) UploadImport(ctx context.Context, by core.Actor, name string, in io.ReadSeeker) (core.Job, error) {
	if by.Kind == "" || !by.May(core.Write) {
		return core.Job{}, core.ErrForbidden
	}
	f, err := core.ReadImport(in, name)
	if err != nil {
		return core.Job{}, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return core.Job{}, err
	}
	var j job
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		j, err = t.addJob(ctx, core.ImportJob, "loading", core.JobTask{File: name, Shape: f.FileShape, Rows: f.Rows})
		return err
	})
	if err != nil {
		return core.Job{}, err
	}
	for part := 0; ; part++ {
		data := make([]byte, partSize)
		n, err := io.ReadFull(in, data)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return core.Job{}, err
		}
		last := err != nil
		j.State = core.JobDraft
		err = s.quietly(ctx, func(t *tx) error {
			if _, err := t.keep(ctx, `INSERT INTO job_parts (job_id, part, data) VALUES (?, ?, ?)`, j.ID, part, data[:n]); err != nil {
				return fmt.Errorf("keep the file of job %d: %w", j.ID, err)
			}
			if !last {
				return nil
			}
			return t.saveJob(ctx, j, "loading", 0, millis{})
		})
		if err != nil || last {
			return j.Job, err
		}
	}
}

// A jobFile reads the file of an import from the database, piece by piece.
type jobFile struct {
	ctx  context.Context // reading is given none
	q    querier
	job  int64
	part int
	rest []byte
}

// Read implements [io.Reader].
func (f *jobFile) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		err := f.q.get(f.ctx, &f.rest, `SELECT data FROM job_parts WHERE job_id = ? AND part = ?`, f.job, f.part)
		if none(err) || err == nil && len(f.rest) == 0 {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("read the file of job %d: %w", f.job, err)
		}
		f.part++
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// Seek implements [io.Seeker], back to the beginning only.
func (f *jobFile) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.New("the file of a job is read from its beginning")
	}
	f.part, f.rest = 0, nil
	return 0, nil
}

func (s *Store) importFile(ctx context.Context, j job) *core.ImportFile {
	return core.SameImport(&jobFile{ctx: ctx, q: s.read, job: j.ID}, j.Task.Shape, j.Task.Rows)
}

var errEnough = errors.New("read enough")

// ImportPreview returns the beginning of the file of an import that was not
// started, up to limit rows, and where its columns go: as the fields say, or as
// was said before, or as their names say where fields is nil and nothing was
// said. An import that is past that is [core.ErrConflict].
func (s *Store) ImportPreview(ctx context.Context, by core.Actor, id int64, fields []string, limit int) (core.ImportPreview, error) {
	if !by.May(core.Write) {
		return core.ImportPreview{}, core.ErrForbidden
	}
	j, err := readJob(ctx, s.read, by.Merchant, id)
	if err != nil {
		return core.ImportPreview{}, err
	}
	if j.Kind != core.ImportJob {
		return core.ImportPreview{}, core.ErrNotFound
	}
	if j.State != core.JobDraft && j.State != core.JobReady {
		return core.ImportPreview{}, core.ErrConflict
	}
	if fields == nil {
		fields = j.Task.Fields
	}
	if fields == nil {
		fields = core.GuessFields(j.Task.Shape.Header)
	}
	p := core.ImportPreview{Job: j.Job}
	p.Mapping, err = core.MapFields(j.Task.Shape.Header, fields)
	errors.As(err, &p.Faults)
	p.Mapping.JSON = j.Task.Shape.JSON
	err = s.importFile(ctx, j).Each(func(row core.FileRow) error {
		if p.Rows = append(p.Rows, row); len(p.Rows) == limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return p, err
}

// PlanImport says where the columns of an import go and has it checked. Where
// they cannot go there it fails with [core.BadMapping], and where none goes
// anywhere with [core.Invalid] on "fields". An import that was started is
// [core.ErrConflict].
func (s *Store) PlanImport(ctx context.Context, by core.Actor, id int64, fields []string) (core.Job, error) {
	return s.changeJob(ctx, by, id, func(t *tx, j *job) error {
		if j.Kind != core.ImportJob {
			return core.ErrNotFound
		}
		if j.State != core.JobDraft && j.State != core.JobReady {
			return core.ErrConflict
		}
		m, err := core.MapFields(j.Task.Shape.Header, fields)
		if err != nil {
			return err
		}
		if !m.MapsAny() {
			return core.Invalid{{Field: "fields", Rule: core.Required}}
		}
		j.Task.Fields = fields
		j.State, j.place = core.JobChecking, 0
		j.Report = core.JobReport{Check: core.JobTally{Total: j.Task.Rows}}
		return nil
	})
}

// checkImport tries an import from its beginning: what a trial has seen is
// known only to the worker that has seen it.
func (s *Store) checkImport(ctx context.Context, j *job) error {
	m, err := j.Task.Mapping()
	if err != nil {
		return err
	}
	file := s.importFile(ctx, *j)
	keys, err := file.Keys(m)
	if err != nil {
		return err
	}
	trial := NewImportTrial(keys)
	j.Report.Check = core.JobTally{Total: j.Task.Rows}
	err = file.Batches(0, func(rows []core.FileRow) error {
		results, err := m.Import(rows, func(sound []core.ImportRow) ([]core.ImportResult, error) {
			return s.TryImport(ctx, j.By, trial, sound)
		})
		if err != nil {
			return err
		}
		return s.step(ctx, j, func(_ *tx, next *job) error {
			for _, r := range results {
				next.Report.Check.Count(r)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.step(ctx, j, func(_ *tx, next *job) error {
		next.State = core.JobReady
		return nil
	})
}

// runImport goes on with an import where it is.
func (s *Store) runImport(ctx context.Context, j *job) error {
	m, err := j.Task.Mapping()
	if err != nil {
		return err
	}
	file, done := s.importFile(ctx, *j), int(j.place)
	var familiar atomic.Bool // the rows before were mostly of customers who were there
	engine := &learner{s: s}
	err = ahead(ctx, func(b importBatch) error {
		before := j.Report.Run.Added
		if err := s.importSteps(ctx, j, m, b); err != nil {
			return err
		}
		familiar.Store(j.Report.Run.Added-before < len(b.rows)/2)
		return engine.learn(ctx, j.Report.Run.Added)
	}, func(_ context.Context, send func(importBatch) error) error {
		return file.Batches(done, func(rows []core.FileRow) error {
			b := newImportBatch(m, slices.Clone(rows))
			if !familiar.Load() {
				b.makeFresh()
			}
			return send(b)
		})
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, j)
}

// An importBatch are the next rows of a file, read and perhaps held to the rules
// while those before them are written: on PostgreSQL, whose server writes, the
// program has nothing else to do then.
type importBatch struct {
	rows  []core.FileRow
	read  core.ReadRows
	fresh []*fresh // of each sound row, or nil
}

func newImportBatch(m core.Mapping, rows []core.FileRow) importBatch {
	b := importBatch{rows: rows, read: m.Read(rows)}
	b.fresh = make([]*fresh, len(b.read.Sound))
	return b
}

// makeFresh makes what the rows make where they make new customers.
func (b importBatch) makeFresh() {
	for i, row := range b.read.Sound {
		b.fresh[i] = newFresh(row)
	}
}

// importSteps brings the next rows in: all of them, or one by one as
// [Store.ImportCustomers] does.
func (s *Store) importSteps(ctx context.Context, j *job, m core.Mapping, b importBatch) error {
	err := s.importStep(ctx, j, b)
	if err == nil || !speaksAgainstRows(ctx, err) {
		return err
	}
	for i := range b.rows {
		one := newImportBatch(m, b.rows[i:i+1])
		err := s.importStep(ctx, j, one)
		if err != nil && speaksAgainstRows(ctx, err) {
			err = s.step(ctx, j, func(t *tx, next *job) error {
				return t.tellImport(ctx, next, one.rows, []core.ImportResult{{Line: one.rows[0].Line, Outcome: core.RowRefused}})
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) importStep(ctx context.Context, j *job, b importBatch) error {
	return s.step(ctx, j, func(t *tx, next *job) error {
		made, err := t.importRows(ctx, b.read.Sound, b.fresh)
		if err != nil {
			return err
		}
		return t.tellImport(ctx, next, b.rows, b.read.Results(made))
	})
}

// tellImport writes down what became of the next rows. Of those that were refused
// it keeps no card number.
func (t *tx) tellImport(ctx context.Context, j *job, rows []core.FileRow, results []core.ImportResult) error {
	for i, r := range results {
		j.Report.Run.Count(r)
		if r.Outcome != core.RowRefused {
			continue
		}
		row, err := rows[i].WithoutCard(j.Task.Shape, j.Task.Fields).MarshalRow()
		if err != nil {
			return err
		}
		fault, err := json.Marshal(core.FaultOf(r.Err))
		if err != nil {
			return err
		}
		_, err = t.keep(ctx, `INSERT INTO job_refusals (job_id, line, row, fault) VALUES (?, ?, ?, ?)`, j.ID, r.Line, row, string(fault))
		if err != nil {
			return fmt.Errorf("keep a refused row of job %d: %w", j.ID, err)
		}
	}
	j.place += int64(len(rows))
	return nil
}

// EachRefusal calls each with the rows that an import refused, as they stood in
// the file but for card numbers, and why.
func (s *Store) EachRefusal(ctx context.Context, by core.Actor, id int64, each func(core.FileRow, core.JobFault) error) error {
	if _, err := s.Job(ctx, by, id); err != nil {
		return err
	}
	last := -1
	for {
		var rows []struct {
			Line  int
			Row   string
			Fault string
		}
		err := s.read.all(ctx, &rows, `
			SELECT line, row, fault
			FROM job_refusals
			WHERE job_id = ? AND line > ?
			ORDER BY line
			LIMIT 500`, id, last)
		if err != nil {
			return fmt.Errorf("read refused rows of job %d: %w", id, err)
		}
		for _, r := range rows {
			row, err := core.UnmarshalRow(r.Row)
			if err != nil {
				return err
			}
			var fault core.JobFault
			if err := json.Unmarshal([]byte(r.Fault), &fault); err != nil {
				return err
			}
			if err := each(row, fault); err != nil {
				return err
			}
			last = r.Line
		}
		if len(rows) < 500 {
			return nil
		}
	}
}
