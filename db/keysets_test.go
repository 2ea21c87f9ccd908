package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// busyFor is how many records each of the busy programs makes: programs that
// never pause may keep another from SQLite's one lock for longer than it waits.
const busyFor = 60

// TestKeysAreRotatedUnderLoad: two programs seal while a third rotates, is
// stopped and rotates again; nothing is lost, and the number of a card is known
// again.
func TestKeysAreRotatedUnderLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Edward Johnson")
		card := h.Card(t, c.ID, dbtest.VisaNumber)
		programs := []*db.Store{h.Store}
		for range 2 {
			h.Reopen(t)
			programs = append(programs, h.Store)
		}
		for i := range 450 {
			if _, _, err := h.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: fmt.Sprintf("shop %d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		h.Mandate(t, c.ID)
		for _, s := range programs {
			if n, err := db.OpenAll(ctx, s); err != nil || n != 451 {
				t.Fatalf("opened %d, %v", n, err)
			}
		}

		stop, made := make(chan struct{}), make(chan error, 2)
		var wg sync.WaitGroup
		for i, s := range programs[:2] {
			wg.Go(func() {
				for n := range busyFor {
					select {
					case <-stop:
						made <- nil
						return
					default:
					}
					if _, _, err := s.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: fmt.Sprintf("busy %d-%d", i, n)}); err != nil {
						made <- err
						return
					}
				}
				made <- nil
			})
		}
		killed, kill := context.WithCancel(ctx)
		err := programs[2].RotateKeys(killed, core.System(0), func(int) { kill() })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		err = programs[1].RotateKeys(ctx, core.System(0), nil) // by the next start
		close(stop)
		wg.Wait()
		if err := errors.Join(err, <-made, <-made); err != nil {
			t.Fatal(err)
		}

		h.Reopen(t)
		want := h.Count(t, "SELECT COUNT(*) FROM application_users") + 1
		for i, s := range append(programs, h.Store) {
			if n, err := db.OpenAll(ctx, s); err != nil || n != want {
				t.Errorf("program %d opens %d of %d, %v", i, n, want, err)
			}
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM events WHERE action = 'keys.rotated'"); n != 1 {
			t.Errorf("%d events of a rotation", n)
		}
		same, added, err := h.AddCard(ctx, h.Owner, c.ID, h.NewCard(t, dbtest.VisaNumber))
		if err != nil || added != core.Updated || same.ID != card.ID {
			t.Errorf("the same number: %s, %v", added, err)
		}
		if err := h.RotateKeys(ctx, h.Owner, nil); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner: %v", err)
		}
	})
}

// TestAllThatIsSealedIsRotated finds the columns with sealed values in the
// schema, by their names.
func TestAllThatIsSealedIsRotated(t *testing.T) {
	h := dbtest.SQLite(t)
	known := db.SealedColumns()
	h.EachRow(t, "(SELECT m.name AS t, c.name AS c FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB')", "t, c",
		func(row string) {
			column := strings.Join(strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(`[]" `, r) }), ".")
			if (strings.Contains(column, ".sealed") || strings.HasSuffix(column, "_key")) && column != "keysets.sealed" && !slices.Contains(known, column) {
				t.Errorf("%s holds sealed values that rotating keys leaves alone", column)
			}
		})
	if len(known) < 2 {
		t.Error("no columns")
	}
}
