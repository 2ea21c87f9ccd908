package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestWritersWhoShareACommitEachHaveTheirOwnOutcome(t *testing.T) {
	h := dbtest.SQLite(t)
	ctx := t.Context()
	ann, bob := h.Customer(t, "name", "Ann"), h.Customer(t, "name", "Bob")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	broke := errors.New("broke")
	var panicked any
	errs := make([]error, 7)
	err := db.InOneGroup(
		ctx, h.Store,
		func() { _, errs[0] = h.UpdateCustomer(ctx, h.Owner, ann.ID, 1, core.Changes{"name": "Anna"}) },
		func() { errs[1] = db.WriteThen(ctx, h.Store, bob.ID, "Broken", func() error { return broke }) },
		func() {
			defer func() { panicked = recover() }()
			errs[2] = db.WriteThen(ctx, h.Store, bob.ID, "Panicked", func() error { panic("at once") })
		},
		func() {
			_, errs[3] = h.UpdateCustomer(gone, h.Owner, bob.ID, 0, core.Changes{"name": "Gone"})
		},
		func() { _, errs[4] = h.UpdateCustomer(ctx, h.Owner, bob.ID, 7, core.Changes{"name": "Stale"}) },
		func() {
			_, errs[5] = h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "One", "reference": "same"})
		},
		func() {
			_, errs[6] = h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Two", "reference": "same"})
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, broke, nil, context.Canceled, core.ErrConflict} {
		if !errors.Is(errs[i], want) {
			t.Errorf("writer %d: %v, want %v", i, errs[i], want)
		}
	}
	if panicked != "at once" {
		t.Errorf("the panic reached its writer as %v", panicked)
	}
	var bad core.Invalid
	if (errs[5] == nil) == (errs[6] == nil) || !errors.As(errors.Join(errs[5], errs[6]), &bad) {
		t.Errorf("of two with one reference: %v and %v, want one to be refused", errs[5], errs[6])
	}
	for _, want := range []core.Customer{{ID: ann.ID, Name: "Anna", Version: 2}, {ID: bob.ID, Name: "Bob", Version: 1}} {
		got, err := h.Store.Customer(ctx, h.Owner, want.ID)
		if err != nil || got.Name != want.Name || got.Version != want.Version {
			t.Errorf("customer is %q in version %d (%v), want %q in version %d", got.Name, got.Version, err, want.Name, want.Version)
		}
	}
}

func TestWritersWhoShareACommitSeeWhatTheOthersDidToTheMerchant(t *testing.T) {
	h := dbtest.SQLite(t)
	ctx := t.Context()
	c := h.Customer(t, "name", "Ann")
	broke := errors.New("broke")
	var errs [5]error
	rename := func(i int, name string) func() {
		return func() { _, errs[i] = h.UpdateCustomer(ctx, h.Owner, c.ID, 0, core.Changes{"name": name}) }
	}
	err := db.InOneGroup(
		ctx, h.Store,
		rename(0, "Anna"),
		func() { errs[1] = db.CloseThen(ctx, h.Store, h.Admin, func() error { return broke }) },
		rename(2, "Anne"),
		func() { errs[3] = h.CloseMerchant(ctx, h.Admin, 0) },
		rename(4, "Annie"),
	)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, broke, nil, nil, core.ErrClosed} {
		if !errors.Is(errs[i], want) {
			t.Errorf("writer %d: %v, want %v", i, errs[i], want)
		}
	}
}

func TestAFullDiskKeepsNothingOfAGroupAndIsGotOver(t *testing.T) {
	h := dbtest.SQLite(t)
	ctx := t.Context()
	c := h.Customer(t, "name", "Ann")
	large := strings.Repeat("large ", 5000)
	var errs [3]error
	acts := []func(){
		func() { _, errs[0] = h.UpdateCustomer(ctx, h.Owner, c.ID, 0, core.Changes{"name": "Anna"}) },
		func() { _, errs[1] = h.AddNote(ctx, h.Owner, c.ID, core.Note{Text: large}) },
		func() { _, errs[2] = h.AddNote(ctx, h.Owner, c.ID, core.Note{Text: large}) },
	}
	if err := db.SetMaxPages(ctx, h.Store, 1); err != nil { // SQLite takes the size that the file has
		t.Fatal(err)
	}
	if err := db.InOneGroup(ctx, h.Store, acts...); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(errs[1], core.ErrUnavailable) || !errors.Is(errs[2], core.ErrUnavailable) {
		t.Errorf("with no space: %v and %v, want both to be unavailable", errs[1], errs[2])
	}
	notes, err := h.Notes(ctx, h.Owner, c.ID)
	if err != nil || len(notes) != 0 {
		t.Errorf("%d notes were kept (%v)", len(notes), err)
	}
	if err := db.SetMaxPages(ctx, h.Store, 1<<30); err != nil {
		t.Fatal(err)
	}
	if err := db.InOneGroup(ctx, h.Store, acts[1:]...); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(errs[1:]...); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

// killed tells the test's own program to write until it is killed.
const killed = "KONTOR_TEST_WRITE"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(killed); dsn != "" {
		writeUntilKilled(dsn)
	}
	os.Exit(m.Run())
}

// writeUntilKilled adds customers from many goroutines and prints the number
// of each that was acknowledged.
func writeUntilKilled(dsn string) {
	ctx := context.Background()
	s, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				c, err := s.CreateCustomer(ctx, core.System(1), core.FromPage, core.Changes{"name": "Kept", "email": "kept@example.com"})
				if err != nil {
					panic(err)
				}
				mu.Lock()
				fmt.Println(c.ID)
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	h := dbtest.SQLite(t)
	for round := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), killed+"="+h.DSN)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var acknowledged []int64
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			id, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				break // cut off by the kill
			}
			if acknowledged = append(acknowledged, id); len(acknowledged) == 40+17*round {
				cmd.Process.Kill()
			}
		}
		io.Copy(io.Discard, out)
		cmd.Wait() // it was killed
		if len(acknowledged) < 40 {
			t.Fatalf("the writer stopped by itself after %d", len(acknowledged))
		}
		for _, id := range acknowledged {
			if _, err := h.Store.Customer(t.Context(), h.Owner, id); err != nil {
				t.Errorf("round %d: customer %d was acknowledged: %v", round, id, err)
			}
		}
	}
	d, err := sqlx.Open("sqlite", "file:"+h.DSN+"?_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var health string
	if err := d.Get(&health, `PRAGMA integrity_check`); err != nil || health != "ok" {
		t.Errorf("the database is %q (%v)", health, err)
	}
	var lost int
	err = d.Get(&lost, `SELECT COUNT(*) FROM customers c WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.object_id = c.id)`)
	if err != nil || lost > 0 {
		t.Errorf("%d customers have no event (%v)", lost, err)
	}
}

// BenchmarkWriters shows what sharing commits gains: how long a durable create
// takes when so many write at the same time.
func BenchmarkWriters(b *testing.B) {
	for _, writers := range []int{1, 8, 50} {
		b.Run(strconv.Itoa(writers), func(b *testing.B) {
			h := dbtest.SQLite(b)
			var all sync.WaitGroup
			work := make(chan int)
			for range writers {
				all.Go(func() {
					for range work {
						_, err := h.CreateCustomer(b.Context(), h.Owner, core.FromPage, core.Changes{"name": "New", "email": "new@example.com"})
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			for i := range b.N {
				work <- i
			}
			close(work)
			all.Wait()
		})
	}
}
