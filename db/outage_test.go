package db_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// A wire stands between a store and PostgreSQL and can be cut.
type wire struct {
	to    string
	addr  string
	mu    sync.Mutex
	ln    net.Listener
	conns []net.Conn
}

func (w *wire) join(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", w.addr)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.ln, w.addr = ln, ln.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.to)
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go func() { io.Copy(far, near); far.Close() }()
			go func() { io.Copy(near, far); near.Close() }()
		}
	}()
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ln.Close()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// wired is one more store on the house's PostgreSQL, at the end of a wire.
func wired(t *testing.T, h *dbtest.House) (*db.Store, *wire) {
	t.Helper()
	u, err := url.Parse(h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: u.Host, addr: "127.0.0.1:0"}
	w.join(t)
	t.Cleanup(w.cut)
	u.Host = w.addr
	s, err := db.Open(t.Context(), u.String(), db.Options{Now: h.Clock.Now, Node: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, w
}

// beside is a connection of somebody else to the house's database.
func beside(t *testing.T, h *dbtest.House) *sqlx.Conn {
	t.Helper()
	d := h.Raw(t)
	t.Cleanup(func() { d.Close() })
	c, err := d.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// says runs statements on the connection.
func says(t *testing.T, c *sqlx.Conn, statements ...string) {
	t.Helper()
	for _, text := range statements {
		if _, err := c.ExecContext(t.Context(), text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestStoppedPostgresIsUnavailableAndComesBack(t *testing.T) {
	h := dbtest.Postgres(t)
	s, w := wired(t, h)
	try := func() (readErr, writeErr error) {
		_, readErr = s.Customers(t.Context(), h.Viewer, core.List{})
		_, writeErr = s.CreateCustomer(t.Context(), h.Member, core.FromPage, core.Changes{"name": "Bo"})
		return readErr, writeErr
	}
	if r, w := try(); r != nil || w != nil {
		t.Fatal(r, w)
	}
	w.cut()
	if r, w := try(); !errors.Is(r, core.ErrUnavailable) || !errors.Is(w, core.ErrUnavailable) {
		t.Errorf("while it is gone: %v, %v", r, w)
	}
	w.join(t)
	if r, w := try(); r != nil || w != nil {
		t.Errorf("once it is back: %v, %v", r, w)
	}
}

// TestPostgresThatOnlyReadsIsUnavailable: a server that is no longer the first
// one, or whose disk was nearly full, still reads.
func TestPostgresThatOnlyReadsIsUnavailable(t *testing.T) {
	h := dbtest.Postgres(t)
	other := beside(t, h)
	says(t, other, `
		CREATE FUNCTION only_reads() RETURNS trigger LANGUAGE plpgsql
		AS $$ BEGIN SET TRANSACTION READ ONLY; INSERT INTO throttles (bucket, fails, last_at) VALUES ('x', 1, 1); RETURN NEW; END $$`,
		`CREATE TRIGGER only_reads BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION only_reads()`)
	_, err := h.CreateCustomer(t.Context(), h.Member, core.FromPage, core.Changes{"name": "Bo"})
	if !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("a write: %v", err)
	}
	says(t, other, `DROP TRIGGER only_reads ON customers`)
	if _, err := h.CreateCustomer(t.Context(), h.Member, core.FromPage, core.Changes{"name": "Bo"}); err != nil {
		t.Errorf("later: %v", err)
	}
}

func TestLockedSQLiteIsUnavailableAndComesBack(t *testing.T) {
	h := dbtest.SQLite(t)
	other := beside(t, h)
	says(t, other, "BEGIN EXCLUSIVE")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := h.CreateCustomer(ctx, h.Member, core.FromPage, core.Changes{"name": "Bo"}); !errors.Is(err, core.ErrUnavailable) {
		t.Errorf("while it is locked: %v", err)
	}
	if _, err := h.Customers(t.Context(), h.Viewer, core.List{}); err != nil {
		t.Errorf("reading goes on: %v", err)
	}
	says(t, other, "ROLLBACK")
	if _, err := h.CreateCustomer(t.Context(), h.Member, core.FromPage, core.Changes{"name": "Bo"}); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}
