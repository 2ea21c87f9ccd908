package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// ofJobs are the methods that deal with jobs: what they record and whom they
// keep out is shown below.
var ofJobs = []string{
	"Job", "Jobs", "StartJob", "StopJob", "UndoJob", "WorkJobs", "ClearJobs", "UploadImport", "ImportPreview", "PlanImport", "PlanBulk",
	"EachRefusal",
}

// table is a file of n customers, every hundredth of which breaks a rule.
func table(n int) string {
	var b strings.Builder
	b.WriteString("reference,name,email\n")
	for i := range n {
		email := fmt.Sprintf("p%d@example.com", i)
		if i%100 == 99 {
			email = "nobody at all"
		}
		fmt.Fprintf(&b, "r%d,Person %d,%s\n", i, i, email)
	}
	return b.String()
}

// uploaded is an import that is ready to be started.
func uploaded(t *testing.T, h *dbtest.House, by core.Actor, text string) core.Job {
	t.Helper()
	ctx := t.Context()
	j, err := h.UploadImport(ctx, by, "people.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.ImportPreview(ctx, by, j.ID, nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]string, len(p.Mapping.Columns))
	for i, c := range p.Mapping.Columns {
		fields[i] = c.Field
	}
	if _, err := h.PlanImport(ctx, by, j.ID, fields); err != nil {
		t.Fatal(err)
	}
	return worked(t, h, by, j.ID)
}

// worked has a worker do all there is, and returns a job as it then is.
func worked(t *testing.T, h *dbtest.House, by core.Actor, id int64) core.Job {
	t.Helper()
	if err := h.WorkJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	j, err := h.Job(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func started(t *testing.T, h *dbtest.House, by core.Actor, id int64, typed int) {
	t.Helper()
	if _, err := h.StartJob(t.Context(), by, id, typed); err != nil {
		t.Fatal(err)
	}
}

// counts are those of a tally, without reasons.
func counts(t core.JobTally) string {
	return fmt.Sprintf("%d of %d: %d added, %d changed, %d unchanged, %d refused", t.Done, t.Total, t.Added, t.Changed, t.Unchanged, t.Refused)
}

func TestAnImportIsTriedRunAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		was := h.Customer(t, "name", "Old Name", "reference", "r7", "company", "Kept")
		j := uploaded(t, h, h.Member, table(2500))
		const outcome = "2500 of 2500: 2474 added, 1 changed, 0 unchanged, 25 refused"
		if got := counts(j.Report.Check); j.State != core.JobReady || got != outcome {
			t.Fatalf("it is %s, %s", j.State, got)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM customers"); n != 1 {
			t.Fatalf("a trial made %d customers", n-1)
		}
		if r := j.Report.Check.Reasons; len(r) != 1 || r[0].Times != 25 || r[0].Line != 101 {
			t.Errorf("the reasons are %+v", r)
		}
		started(t, h, h.Member, j.ID, 0)
		j = worked(t, h, h.Member, j.ID)
		if got := counts(j.Report.Run); j.State != core.JobDone || got != outcome {
			t.Fatalf("it is %s, %s", j.State, got)
		}
		lines := 0
		err := h.EachRefusal(ctx, h.Member, j.ID, func(row core.FileRow, f core.JobFault) error {
			if lines++; row.Line != 100*lines+1 || row.Cells[2] != "nobody at all" || f.Faults[0].Field != "email" {
				t.Errorf("a refused row is %+v, for %+v", row, f)
			}
			return nil
		})
		if err != nil || lines != 25 {
			t.Errorf("%d refused rows, %v", lines, err)
		}
		for query, want := range map[string]int{
			"SELECT COUNT(*) FROM job_parts":                                                                 0,
			"SELECT COUNT(*) FROM events WHERE action = 'job.finished'":                                      1,
			"SELECT COUNT(*) FROM events WHERE action = 'job.started'":                                       1,
			fmt.Sprintf("SELECT COUNT(*) FROM events WHERE batch = %d AND customer_id > 0", j.ID):            2475,
			fmt.Sprintf("SELECT COUNT(*) FROM events WHERE batch = %d AND actor_id = %d", j.ID, h.Member.ID): 2477,
		} {
			if got := h.Count(t, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}

		// Two are touched before it is undone: one edited, one with a note.
		touched := byReference(t, h, "r1")
		if _, err := h.UpdateCustomer(ctx, h.Owner, touched.ID, 0, core.Changes{"company": "Touched"}); err != nil {
			t.Fatal(err)
		}
		noted := byReference(t, h, "r2")
		if _, err := h.AddNote(ctx, h.Owner, noted.ID, core.Note{Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		undo, err := h.UndoJob(ctx, h.Owner, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		undo = worked(t, h, h.Owner, undo.ID)
		if got := counts(undo.Report.Run); undo.State != core.JobDone || got != "2475 of 2475: 0 added, 2473 changed, 0 unchanged, 2 refused" {
			t.Errorf("undone: %s, %s", undo.State, got)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at = 0"); n != 3 {
			t.Errorf("%d customers are left, want 3", n)
		}
		now, err := h.Store.Customer(ctx, h.Owner, was.ID)
		if err != nil || now.Name != "Old Name" || now.Company != "Kept" || now.Email != "" {
			t.Errorf("the updated one is %+v, %v", now, err)
		}
		if _, err := h.UndoJob(ctx, h.Owner, j.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("undone twice: %v", err)
		}
		if _, err := h.UndoJob(ctx, h.Owner, undo.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("an undo was undone: %v", err)
		}
	})
}

func byReference(t *testing.T, h *dbtest.House, reference string) core.Customer {
	t.Helper()
	found, err := h.Find(t.Context(), h.Owner, reference)
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", reference, found, err)
	}
	c, err := h.Store.Customer(t.Context(), h.Owner, found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAJobIsDoneOnceWhateverItsWorkers lets workers take one job from each
// other, and end in the middle of it.
func TestAJobIsDoneOnceWhateverItsWorkers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		j := uploaded(t, h, h.Owner, table(6000))
		started(t, h, h.Owner, j.ID, 0)
		ctx, stop := context.WithCancel(t.Context())
		var first sync.WaitGroup
		first.Go(func() { h.WorkJobs(ctx) }) // ends as the program does when it is told to
		for {
			now, err := h.Job(t.Context(), h.Owner, j.ID)
			if err != nil {
				t.Fatal(err)
			}
			if now.Report.Run.Done > 0 {
				break
			}
		}
		stop()
		first.Wait()
		var workers sync.WaitGroup
		for range 3 {
			workers.Go(func() {
				for range 20 {
					h.Clock.Advance(time.Minute) // every lease has run out
					if err := h.WorkJobs(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		j = worked(t, h, h.Owner, j.ID)
		if got := counts(j.Report.Run); j.State != core.JobDone || got != "6000 of 6000: 5940 added, 0 changed, 0 unchanged, 60 refused" {
			t.Errorf("it is %s, %s", j.State, got)
		}
		for query, want := range map[string]int{
			"SELECT COUNT(*) FROM customers":                                5940,
			"SELECT COUNT(*) FROM events WHERE action = 'customer.created'": 5940,
			"SELECT COUNT(*) FROM events WHERE action = 'job.finished'":     1,
			"SELECT COUNT(*) FROM job_refusals":                             60,
		} {
			if got := h.Count(t, query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}

func TestAStoppedJobKeepsWhatItDid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		j := uploaded(t, h, h.Owner, table(20000))
		started(t, h, h.Owner, j.ID, 0)
		var worker sync.WaitGroup
		worker.Go(func() {
			if err := h.WorkJobs(t.Context()); err != nil {
				t.Error(err)
			}
		})
		for j.Report.Run.Done == 0 {
			var err error
			if j, err = h.Job(t.Context(), h.Owner, j.ID); err != nil {
				t.Fatal(err)
			}
		}
		stopped, err := h.StopJob(t.Context(), h.Owner, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		worker.Wait()
		j = worked(t, h, h.Owner, j.ID)
		if diff := cmp.Diff(stopped.Report, j.Report); diff != "" || j.State != core.JobStopped {
			t.Errorf("it went on when it had been stopped: %s", diff)
		}
		if got := h.Count(t, "SELECT COUNT(*) FROM customers"); got != j.Report.Run.Added {
			t.Errorf("there are %d customers and it says %d", got, j.Report.Run.Added)
		}
		if _, err := h.StopJob(t.Context(), h.Owner, j.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("stopped twice: %v", err)
		}
		undo, err := h.UndoJob(t.Context(), h.Owner, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		worked(t, h, h.Owner, undo.ID)
		if got := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at = 0"); got != 0 {
			t.Errorf("%d customers are left", got)
		}
	})
}

func TestAJobEndsWithTheRightOfWhoStartedIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		j := uploaded(t, h, h.Member, table(50))
		started(t, h, h.Member, j.ID, 0)
		if _, err := h.DeactivateUser(t.Context(), h.Owner, h.Member.ID, 0); err != nil {
			t.Fatal(err)
		}
		j = worked(t, h, h.Owner, j.ID)
		if j.State != core.JobFailed || j.Report.Failure == nil || j.Report.Failure.Skip != core.SkipActor {
			t.Errorf("it is %s, %+v", j.State, j.Report.Failure)
		}
		other := uploaded(t, h, h.Owner, table(50))
		started(t, h, h.Owner, other.ID, 0)
		if err := h.CloseMerchant(t.Context(), h.Admin, 0); err != nil {
			t.Fatal(err)
		}
		if other = worked(t, h, h.Owner, other.ID); other.State != core.JobFailed || other.Report.Failure.Skip != core.SkipClosed {
			t.Errorf("at a closed merchant it is %s, %+v", other.State, other.Report.Failure)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM customers"); n != 0 {
			t.Errorf("they made %d customers", n)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM events WHERE action = 'job.failed'"); n != 2 {
			t.Errorf("%d events of jobs that failed", n)
		}
	})
}

// TestJobsKeepOthersOut asks for a job of the first merchant as everybody else.
func TestJobsKeepOthersOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		j := uploaded(t, h, h.Owner, table(10))
		bulk := core.JobTask{Act: core.BulkDelete}
		for name, do := range map[string]func(by core.Actor) error{
			"Job":           func(by core.Actor) error { _, err := h.Job(ctx, by, j.ID); return err },
			"StartJob":      func(by core.Actor) error { _, err := h.StartJob(ctx, by, j.ID, 0); return err },
			"StopJob":       func(by core.Actor) error { _, err := h.StopJob(ctx, by, j.ID); return err },
			"UndoJob":       func(by core.Actor) error { _, err := h.UndoJob(ctx, by, j.ID); return err },
			"PlanImport":    func(by core.Actor) error { _, err := h.PlanImport(ctx, by, j.ID, []string{"name"}); return err },
			"ImportPreview": func(by core.Actor) error { _, err := h.ImportPreview(ctx, by, j.ID, nil, 1); return err },
			"EachRefusal":   func(by core.Actor) error { return h.EachRefusal(ctx, by, j.ID, nil) },
		} {
			if err := do(h.Other); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s by another merchant's owner: %v", name, err)
			}
			for _, by := range []core.Actor{h.Viewer, h.Auditor, {}} {
				if err := do(by); !errors.Is(err, core.ErrForbidden) {
					t.Errorf("%s by %q: %v", name, by.Role, err)
				}
			}
		}
		for _, by := range []core.Actor{h.Viewer, h.Auditor, {}} {
			if _, err := h.PlanBulk(ctx, by, bulk, nil); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("PlanBulk by %q: %v", by.Role, err)
			}
			if _, err := h.UploadImport(ctx, by, "x.csv", strings.NewReader("name\nx\n")); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("UploadImport by %q: %v", by.Role, err)
			}
			if _, err := h.Jobs(ctx, by, 0, 10); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("Jobs by %q: %v", by.Role, err)
			}
		}
		if list, err := h.Jobs(ctx, h.Other, 0, 10); err != nil || len(list) != 0 {
			t.Errorf("another merchant's owner is told of %d jobs, %v", len(list), err)
		}
	})
}

func TestWhatNobodyStartsIsPutAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		j := uploaded(t, h, h.Owner, table(300))
		ran := uploaded(t, h, h.Owner, table(300))
		started(t, h, h.Owner, ran.ID, 0)
		worked(t, h, h.Owner, ran.ID)
		clear := func(after time.Duration, parts, refusals int) {
			t.Helper()
			h.Clock.Advance(after)
			if err := h.ClearJobs(t.Context()); err != nil {
				t.Fatal(err)
			}
			if p, r := h.Count(t, "SELECT COUNT(*) FROM job_parts"), h.Count(t, "SELECT COUNT(*) FROM job_refusals"); p != parts || r != refusals {
				t.Errorf("%d parts and %d refused rows are left, want %d and %d", p, r, parts, refusals)
			}
		}
		clear(time.Hour, 1, 3)
		clear(core.KeepUnbegun, 0, 3)
		clear(core.KeepRefused, 0, 0)
		if j, err := h.Job(t.Context(), h.Owner, j.ID); err != nil || j.State != core.JobStopped {
			t.Errorf("it is %s, %v", j.State, err)
		}
	})
}
