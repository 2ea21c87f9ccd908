package db_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// Programs follow the feed while others write to it: each change must be seen,
// and what was seen last of a customer must be how it is.
func TestNothingIsPassedOverWhileOthersWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		const writers, each = 4, 25
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					n := core.Enrolment{Reference: fmt.Sprintf("c%d-%d", w, i%5), Changes: core.Changes{"first_name": fmt.Sprint("no. ", i)}}
					done, err := h.Enrol(ctx, h.Owner, core.PersonEnrolled, core.FromCDC, []core.Enrolment{n})
					if err == nil {
						err = done[0].Err
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		finished := make(chan struct{})
		go func() { writing.Wait(); close(finished) }()
		seen, last, at := map[string]string{}, int64(0), time.Time{}
		read := func() int {
			found, err := h.EnrolledCustomers(ctx, h.Viewer, core.PersonEnrolled, last, time.Time{}, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range found {
				if e.Changed <= last || !e.ChangedAt.After(at) {
					t.Errorf("place %d at %s comes after %d at %s", e.Changed, e.ChangedAt, last, at)
				}
				seen[e.Customer.Reference], last, at = e.Customer.FirstName, e.Changed, e.ChangedAt
			}
			return len(found)
		}
		for writes := true; writes; {
			select {
			case <-finished:
				writes = false
			default:
			}
			read()
		}
		for read() > 0 {
		}
		for w := range writers {
			for i := each - 5; i < each; i++ {
				if got, want := seen[fmt.Sprintf("c%d-%d", w, i%5)], fmt.Sprint("no. ", i); got != want {
					t.Errorf("last seen of writer %d's is %q, want %q", w, got, want)
				}
			}
		}
	})
}

// One program enrols a few again and again while another ends their enrolments:
// what went in is told as that, whatever came of it since.
func TestWhoWasEnrolledIsToldSoThoughAnotherEndsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		many := make([]core.Enrolment, 3)
		stop := make(chan struct{})
		var ending sync.WaitGroup
		defer ending.Wait()
		defer close(stop)
		for i := range many {
			reference := fmt.Sprint("left-", i)
			many[i].Reference = reference
			ending.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					err := h.EndEnrolment(ctx, h.Owner, core.PersonEnrolled, reference)
					if err != nil && !errors.Is(err, core.ErrNotFound) {
						t.Error(err)
						return
					}
				}
			})
		}
		for range 40 {
			for i := range many {
				many[i].Changes = core.Changes{"first_name": "Here", "last_name": "Today"}
			}
			done, err := h.Enrol(ctx, h.Owner, core.PersonEnrolled, core.FromCDC, many)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range done {
				if r.Err != nil || r.Enrolled.Customer.Reference != many[i].Reference || r.Enrolled.Changed == 0 || r.Enrolled.ChangedAt.IsZero() || r.Enrolled.EnrolledAt.IsZero() {
					t.Fatalf("%+v", r)
				}
			}
		}
	})
}

// Several programs send the same new customers at once: one makes each of them,
// and for the others they are there.
func TestTheSameIsEnrolledByManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		const programs, customers = 6, 40
		for i := range customers {
			made := make([]bool, programs)
			var sending sync.WaitGroup
			for p := range programs {
				sending.Go(func() {
					n := core.Enrolment{Reference: fmt.Sprint("same-", i), Changes: core.Changes{"first_name": "Ann", "last_name": fmt.Sprint("Ek ", p)}}
					done, err := h.Enrol(t.Context(), h.Owner, core.PersonEnrolled, core.FromCDC, []core.Enrolment{n})
					if err == nil {
						made[p], err = done[0].New, done[0].Err
					}
					if err != nil {
						t.Errorf("customer %d by program %d: %v", i, p, err)
					}
				})
			}
			sending.Wait()
			first := slices.Index(made, true)
			if first < 0 || slices.Contains(made[first+1:], true) {
				t.Errorf("customer %d was made by %v", i, made)
			}
		}
	})
}
