package db_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestLogStaysShort has three read all the time while others write, so that there
// is always one who began before the last commit: SQLite by itself never begins
// its log anew then. Each reads for far less time than the writer waits, also
// where the machine is busy with much else.
func TestLogStaysShort(t *testing.T) {
	h := dbtest.SQLite(t)
	const most = 4 << 20
	h.SetMaxLog(most)
	c := h.Customer(t, "name", "Ada")
	write := func() {
		t.Helper()
		if _, err := h.AddNote(t.Context(), h.Member, c.ID, core.Note{Text: strings.Repeat("a word ", 600)}); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int64 {
		t.Helper()
		info, err := os.Stat(h.DSN + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	d, err := sqlx.Open("sqlite", "file:"+h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var readers sync.WaitGroup
	defer readers.Wait()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	begun := make(chan bool, 3)
	for range cap(begun) {
		readers.Go(func() {
			for first := true; ctx.Err() == nil; first = false {
				var n int
				err := d.Get(&n, `
					WITH RECURSIVE long (i) AS (SELECT COUNT(*) FROM customers UNION ALL SELECT i + 1 FROM long WHERE i < 500)
					SELECT MAX(i) FROM long`)
				if err != nil {
					t.Error(err)
				}
				if first {
					begun <- true
				}
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	for range 300 { // seven times as much as it may have
		write()
		if size() > 3*most+most/2 {
			t.Fatalf("the log has %d bytes", size())
		}
	}
}
