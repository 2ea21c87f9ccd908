package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestErasingAfterRetention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		var all []core.Customer
		for i := range 3 {
			c := h.Customer(t, "name", fmt.Sprint("Person ", i))
			all = append(all, deleted(t, h, c))
			h.Clock.Advance(24 * time.Hour)
		}
		living := h.Customer(t, "name", "Living")
		if err := h.CloseMerchant(ctx, h.Admin, 0); err != nil { // which keeps nobody
			t.Fatal(err)
		}
		h.Clock.Advance(time.Duration(h.First.Retention-3)*24*time.Hour - time.Minute)
		if n, err := h.EraseExpired(ctx); n != 0 || err != nil {
			t.Errorf("too early: %d, %v", n, err)
		}
		h.Clock.Advance(24*time.Hour + 2*time.Minute)
		if n, err := h.EraseExpired(ctx); n != 2 || err != nil {
			t.Errorf("two were due, erased %d, %v", n, err)
		}
		for i, c := range append(all, living) {
			now, err := h.Store.Customer(ctx, h.Owner, c.ID)
			if err != nil || now.Erased() != (i < 2) {
				t.Errorf("%s: erased %v, %v", c.Name, now.Erased(), err)
			}
		}
		line, err := h.CustomerEvents(ctx, h.Owner, all[0].ID, 0, 1)
		if err != nil || line.Events[0].Actor.Kind != core.BySystem {
			t.Errorf("by %+v, %v", line.Events, err)
		}
		if n, err := h.EraseExpired(ctx); n != 0 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
	})
}

// TestClockThatLeaptErasesNobody: as it charges nobody, until a person says that
// it is right.
func TestClockThatLeaptErasesNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := deleted(t, h, h.Customer(t, "name", "Jane Doe"))
		kept := h.CardRow(t, h.Customer(t, "name", "Ida"), "visa", "1111", "2026-12")
		h.Clock.Advance(10 * 365 * 24 * time.Hour)
		if _, err := h.SeeTime(ctx, core.System(0), core.ClockAhead); err != nil {
			t.Fatal(err)
		}
		act := func() (erased, removed int) {
			t.Helper()
			erased, err := h.EraseExpired(ctx)
			if err == nil {
				removed, err = h.RemoveExpiredCards(ctx, core.System(0))
			}
			if err != nil {
				t.Fatal(err)
			}
			return erased, removed
		}
		if erased, removed := act(); erased != 0 || removed != 0 {
			t.Errorf("erased %d, removed %d", erased, removed)
		}
		if err := h.ResumeWorker(ctx, h.Admin); err != nil {
			t.Fatal(err)
		}
		if erased, removed := act(); erased != 1 || removed != 1 {
			t.Errorf("when told to go on: erased %d of %d, removed %d of %d", erased, c.ID, removed, kept.ID)
		}
	})
}

func TestOneThatCannotBeErasedKeepsNoOther(t *testing.T) {
	h := dbtest.SQLite(t)
	for _, name := range []string{"Stuck", "Next"} {
		deleted(t, h, h.Customer(t, "name", name))
	}
	theirs, err := h.CreateCustomer(t.Context(), h.Other, core.FromPage, core.Changes{"name": "Theirs"})
	if err == nil {
		err = h.DeleteCustomer(t.Context(), h.Other, theirs.ID, 0, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Exec(t, `CREATE TRIGGER stuck BEFORE UPDATE OF name ON customers WHEN OLD.name = 'Stuck' BEGIN SELECT RAISE(ABORT, 'stuck'); END`)
	h.Clock.Advance(time.Duration(h.First.Retention+1) * 24 * time.Hour)
	for _, want := range []int{2, 0} {
		if n, err := h.EraseExpired(t.Context()); n != want || err == nil || !strings.Contains(err.Error(), "stuck") {
			t.Errorf("erased %d, want %d, %v", n, want, err)
		}
	}
}
