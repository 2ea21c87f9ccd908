package db_test

import (
	"errors"
	"fmt"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// planned is a bulk act that has been checked.
func planned(t *testing.T, h *dbtest.House, by core.Actor, task core.JobTask, ids ...int64) core.Job {
	t.Helper()
	j, err := h.PlanBulk(t.Context(), by, task, ids)
	if err != nil {
		t.Fatal(err)
	}
	if j = worked(t, h, by, j.ID); j.State != core.JobReady {
		t.Fatalf("it is %s: %+v", j.State, j.Report)
	}
	return j
}

func ran(t *testing.T, h *dbtest.House, by core.Actor, j core.Job) core.Job {
	t.Helper()
	started(t, h, by, j.ID, j.Report.Check.Changed)
	if j = worked(t, h, by, j.ID); j.State != core.JobDone {
		t.Fatalf("it is %s: %+v", j.State, j.Report)
	}
	return j
}

func TestABulkActChangesWhatItsCheckSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		if _, err := h.ImportCustomers(ctx, h.Owner, many(0, 1200)); err != nil {
			t.Fatal(err)
		}
		theirs := h.CustomerOf(t, h.Other, "name", "Many theirs")
		has := byReference(t, h, "r5")
		if _, err := h.UpdateCustomer(ctx, h.Owner, has.ID, 0, core.Changes{"metadata.tier": `"gold"`}); err != nil {
			t.Fatal(err)
		}
		full := core.Changes{}
		for i := range core.MaxMetadata {
			full[fmt.Sprint("metadata.k", i)] = "1"
		}
		if _, err := h.UpdateCustomer(ctx, h.Owner, byReference(t, h, "r6").ID, 0, full); err != nil {
			t.Fatal(err)
		}

		// Whom it changes no longer fits the query, and it goes on all the same.
		set := core.JobTask{Act: core.BulkSet, Key: "tier", Value: "gold", Query: "many"}
		j := planned(t, h, h.Member, set)
		if got := counts(j.Report.Check); got != "1200 of 1200: 0 added, 1198 changed, 0 unchanged, 2 refused" || len(j.Report.Sample) != 10 {
			t.Errorf("the check says %s and shows %d", got, len(j.Report.Sample))
		}
		reasons := map[core.Skip]int{}
		for _, r := range j.Report.Check.Reasons {
			reasons[r.Skip] += r.Times
		}
		if reasons[core.SkipSame] != 1 || reasons[""] != 1 {
			t.Errorf("the reasons are %+v", j.Report.Check.Reasons)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM metadata WHERE name = 'tier'"); n != 1 {
			t.Errorf("the check changed %d", n-1)
		}
		h.Customer(t, "name", "Many come later") // after the check
		gone := byReference(t, h, "r9")
		if err := h.DeleteCustomer(ctx, h.Owner, gone.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		var bad core.Invalid
		for _, typed := range []int{0, 1197, 1200} {
			if _, err := h.StartJob(ctx, h.Member, j.ID, typed); !errors.As(err, &bad) || bad[0].Field != "count" {
				t.Errorf("started with %d typed: %v", typed, err)
			}
		}
		j = ran(t, h, h.Member, j)
		if got := counts(j.Report.Run); got != "1198 of 1198: 0 added, 1197 changed, 0 unchanged, 1 refused" {
			t.Errorf("it did %s", got)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM metadata WHERE name = 'tier' AND value = '\"gold\"'"); n != 1198 {
			t.Errorf("%d are gold, want 1198", n)
		}
		if n := h.Count(t, fmt.Sprintf("SELECT COUNT(*) FROM events WHERE batch = %d AND customer_id > 0", j.ID)); n != 1197 {
			t.Errorf("%d events name it", n)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM job_targets"); n != 0 {
			t.Errorf("%d targets are left", n)
		}

		touched := byReference(t, h, "r20")
		if _, err := h.UpdateCustomer(ctx, h.Owner, touched.ID, 0, core.Changes{"metadata.tier": `"silver"`}); err != nil {
			t.Fatal(err)
		}
		undo, err := h.UndoJob(ctx, h.Member, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		undo = worked(t, h, h.Member, undo.ID)
		if got := counts(undo.Report.Run); got != "1197 of 1197: 0 added, 1196 changed, 0 unchanged, 1 refused" {
			t.Errorf("undone: %s, %+v", got, undo.Report.Run.Reasons)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM metadata WHERE name = 'tier'"); n != 2 {
			t.Errorf("%d have a tier, want the one from before and the one changed since", n)
		}
		if now, err := h.Store.Customer(ctx, h.Other, theirs.ID); err != nil || now.Version != 1 {
			t.Errorf("another merchant's customer is %+v, %v", now, err)
		}
	})
}

func TestManyAreDeletedAndComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		var ids []int64
		for i := range 5 {
			ids = append(ids, h.Customer(t, "name", fmt.Sprint("Chosen ", i), "reference", fmt.Sprint("c", i)).ID)
		}
		h.Customer(t, "name", "Not chosen")
		theirs := h.CustomerOf(t, h.Other, "name", "Theirs")
		del := core.JobTask{Act: core.BulkDelete, Chosen: true}
		j := planned(t, h, h.Owner, del, append(ids, theirs.ID, ids[0], 12345)...)
		if got := counts(j.Report.Check); got != "7 of 7: 0 added, 5 changed, 0 unchanged, 2 refused" {
			t.Errorf("the check says %s", got)
		}
		started(t, h, h.Owner, j.ID, 0) // a few need no number
		j = worked(t, h, h.Owner, j.ID)
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at > 0"); n != 5 || j.Report.Run.Changed != 5 {
			t.Errorf("%d are deleted, and it says %s", n, counts(j.Report.Run))
		}
		h.Customer(t, "name", "Took it", "reference", "c2")
		back := planned(t, h, h.Owner, core.JobTask{Act: core.BulkRestore, Deleted: true, Query: "chosen"})
		if got := counts(back.Report.Check); got != "5 of 5: 0 added, 4 changed, 0 unchanged, 1 refused" {
			t.Errorf("the check says %s", got)
		}
		ran(t, h, h.Owner, back)
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at > 0"); n != 1 {
			t.Errorf("%d are still deleted", n)
		}
		undo, err := h.UndoJob(ctx, h.Owner, back.ID) // deletes them again
		if err != nil {
			t.Fatal(err)
		}
		worked(t, h, h.Owner, undo.ID)
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at > 0"); n != 5 {
			t.Errorf("%d are deleted again", n)
		}
		undo, err = h.UndoJob(ctx, h.Owner, j.ID) // the first deletion, which was taken back and done again
		if err != nil {
			t.Fatal(err)
		}
		undo = worked(t, h, h.Owner, undo.ID)
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at > 0"); n != 1 {
			t.Errorf("%d are deleted in the end: %s", n, counts(undo.Report.Run))
		}

		erased := h.Customer(t, "name", "Chosen and erased")
		if err := h.EraseCustomer(ctx, h.Owner, erased.ID, 0); err != nil {
			t.Fatal(err)
		}
		if got := planned(t, h, h.Owner, core.JobTask{Act: core.BulkRestore, Deleted: true, Chosen: true}, erased.ID); got.Report.Check.Refused != 1 {
			t.Errorf("an erased one would be restored: %s", counts(got.Report.Check))
		}
	})
}

func TestABulkActIsHeldToRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		long := fmt.Sprintf("%041d", 1)
		for want, task := range map[string]core.JobTask{
			"act":   {Act: "shred"},
			"key":   {Act: core.BulkSet, Value: "x"},
			"value": {Act: core.BulkSet, Key: "x"},
			"query": {Act: core.BulkDelete, Query: "contry:BA"},
			"ids":   {Act: core.BulkDelete, Chosen: true},
		} {
			_, err := h.PlanBulk(t.Context(), h.Owner, task, nil)
			var bad core.Invalid
			if !errors.As(err, &bad) || bad[0].Field != want {
				t.Errorf("%+v: %v, want a fault of %s", task, err, want)
			}
		}
		for _, task := range []core.JobTask{
			{Act: core.BulkSet, Key: long, Value: "x"},
			{Act: core.BulkSet, Key: "card", Value: "4111 1111 1111 1111"},
			{Act: core.BulkRestore},
			{Act: core.BulkDelete, Deleted: true},
			{Act: core.BulkRemove, Key: "x", Deleted: true},
		} {
			var bad core.Invalid
			if _, err := h.PlanBulk(t.Context(), h.Owner, task, nil); !errors.As(err, &bad) {
				t.Errorf("%+v: %v", task, err)
			}
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM jobs"); n != 0 {
			t.Errorf("%d jobs were made", n)
		}
	})
}
