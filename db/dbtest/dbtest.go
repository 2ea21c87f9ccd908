// Package dbtest opens real stores for tests of every package: a fresh SQLite
// file, and a fresh schema of the PostgreSQL that TEST_POSTGRES names.
package dbtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// Clock is a clock that tests set. It starts at 21 November 2026, 09:00 UTC,
// and goes on by itself by a millisecond with each look, so that what comes
// later is later.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock at its start.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// AdvanceTo moves the clock to the time, unless it is past it.
func (c *Clock) AdvanceTo(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.now) {
		c.now = at
	}
}

// A House is a store with two merchants and people of every role in the first.
type House struct {
	*db.Store
	Clock    *Clock
	DSN      string
	Postgres bool
	// SendsMail says that there is a mail server, from the next Reopen on.
	SendsMail bool
	KeyFile   string // made when the house is first opened

	// Processor keeps the house's card numbers. A test that wants another sets
	// it and opens the house again.
	Processor core.Processor

	open *sqlx.DB // see beside

	First, Second         core.Merchant
	Admin, Agent, Auditor core.Actor // staff, standing in First
	Owner, Member, Viewer core.Actor // of First
	Other                 core.Actor // owner of Second
}

// Each runs f against every engine: SQLite always, PostgreSQL where
// TEST_POSTGRES names one.
func Each(t *testing.T, f func(t *testing.T, h *House)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite returns a house in a new SQLite file.
func SQLite(t testing.TB) *House {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"), false)
}

// Postgres returns a house in a new PostgreSQL schema, or skips the test.
func Postgres(t testing.TB) *House {
	t.Helper()
	return open(t, newSchema(t), true)
}

// newSchema makes a PostgreSQL schema and returns the way to it, or skips the
// test.
func newSchema(t testing.TB) (dsn string) {
	t.Helper()
	base := os.Getenv("TEST_POSTGRES")
	if base == "" {
		t.Skip("TEST_POSTGRES names no server")
	}
	schema := "t_" + strings.ToLower(rand.Text())
	run(t, base, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { run(t, base, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("TEST_POSTGRES is no URL")
	}
	q := u.Query()
	q.Set("search_path", schema+",public")
	u.RawQuery = q.Encode()
	return u.String()
}

func run(t testing.TB, dsn, query string) {
	t.Helper()
	d, err := sqlx.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dsn string, postgres bool) *House {
	t.Helper()
	h := &House{Clock: NewClock(), DSN: dsn, Postgres: postgres}
	h.Reopen(t)
	h.fill(t)
	return h
}

// keyFile is the path of the house's key file.
func (h *House) keyFile(t testing.TB) string {
	if h.KeyFile == "" {
		h.KeyFile = filepath.Join(t.TempDir(), "key")
	}
	return h.KeyFile
}

// Reopen opens the house's database once more, as the next start would.
func (h *House) Reopen(t testing.TB) {
	t.Helper()
	if h.Processor == nil {
		sandbox, err := billing.OpenSandbox(context.Background(), "", billing.SandboxOptions{Now: h.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sandbox.Close() })
		h.Processor = sandbox
	}
	s, err := db.Open(context.Background(), h.DSN, db.Options{
		Now: h.Clock.Now, KeyFile: h.keyFile(t), CheapPasswords: true, SendsMail: h.SendsMail,
		Processor: struct{ core.Processor }{h.Processor}, // stays open for the next store
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Store = s
	t.Cleanup(func() { s.Close() })
}

func (h *House) fill(t testing.TB) {
	t.Helper()
	ctx, sys := context.Background(), core.System(0)
	var err error
	h.First, err = h.CreateMerchant(ctx, sys, core.Merchant{Name: "Bäckerei Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	h.Second, err = h.CreateMerchant(ctx, sys, core.Merchant{Name: "Globex", Country: "CH", Currency: "CHF", Zone: "Europe/Zurich"})
	if err != nil {
		t.Fatal(err)
	}
	add := func(role core.Role, merchant int64) core.Actor {
		t.Helper()
		u, _, err := h.CreateUser(ctx, core.System(merchant), core.User{
			Email: string(role) + "@" + map[bool]string{true: "first", false: "second"}[merchant < 2] + ".example",
			Name:  strings.ToUpper(string(role[:1])) + string(role[1:]) + " Person", Role: role, Merchant: merchant,
		})
		if err != nil {
			t.Fatal(err)
		}
		return u.Actor("192.0.2.1").In(h.First.ID)
	}
	h.Admin, h.Agent, h.Auditor = add(core.Admin, 0), add(core.Agent, 0), add(core.Auditor, 0)
	h.Owner, h.Member, h.Viewer = add(core.Owner, h.First.ID), add(core.Member, h.First.ID), add(core.Viewer, h.First.ID)
	h.Other = add(core.Owner, h.Second.ID)
}

// Customer adds a customer of the first merchant from pairs of field and text.
func (h *House) Customer(t testing.TB, fields ...string) core.Customer {
	t.Helper()
	return h.CustomerOf(t, h.Owner, fields...)
}

// CustomerOf adds a customer as the actor.
func (h *House) CustomerOf(t testing.TB, by core.Actor, fields ...string) core.Customer {
	t.Helper()
	c, err := h.CreateCustomer(context.Background(), by, core.FromPage, Changes(fields...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Changes makes changes of pairs of field and text.
func Changes(fields ...string) core.Changes {
	ch := core.Changes{}
	for i := 0; i+1 < len(fields); i += 2 {
		ch[fields[i]] = fields[i+1]
	}
	return ch
}

// Count runs a query that counts, on a connection of its own.
func (h *House) Count(t testing.TB, query string) int {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	var n int
	if err := d.Get(&n, query); err != nil {
		t.Fatal(err)
	}
	return n
}
