package db_test

import (
	"crypto/rand"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/dbtest"
)

// TestEmptyPostgresDatabaseIsAllThatIsNeeded: a new database has not the
// extension that finds parts of words. Its owner, who is nobody special, may add
// it, and who may not is told who may.
func TestEmptyPostgresDatabaseIsAllThatIsNeeded(t *testing.T) {
	base := os.Getenv("TEST_POSTGRES")
	if base == "" {
		t.Skip("TEST_POSTGRES names no server")
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("TEST_POSTGRES is no URL")
	}
	server, err := sqlx.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	run := func(statement string) {
		t.Helper()
		if _, err := server.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	name := "t_" + strings.ToLower(rand.Text())
	run(`CREATE ROLE ` + name + ` LOGIN PASSWORD 'secret'`)
	t.Cleanup(func() { run(`DROP ROLE ` + name) })
	run(`CREATE DATABASE ` + name + ` TEMPLATE template0`)
	t.Cleanup(func() { run(`DROP DATABASE ` + name + ` WITH (FORCE)`) })
	u.User, u.Path = url.UserPassword(name, "secret"), "/"+name

	_, err = db.Open(t.Context(), u.String(), db.Options{})
	if err == nil || !strings.Contains(err.Error(), "CREATE EXTENSION pg_trgm") {
		t.Errorf("who may not is told %v", err)
	}
	run(`ALTER DATABASE ` + name + ` OWNER TO ` + name)
	for range 2 {
		s, err := db.Open(t.Context(), u.String(), db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestADatabaseOfANewerVersionIsLeftAlone: a program knows what to write into
// the tables that it has made.
func TestADatabaseOfANewerVersionIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.Exec(t, `INSERT INTO migrations (name) VALUES ('9999_later')`)
		s, err := db.Open(t.Context(), h.DSN, db.Options{})
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "a newer Kontor") || !strings.Contains(err.Error(), "9999_later") {
			t.Error(err)
		}
	})
}

// TestCustomersFromBeforePairsArePaired: a database that was made before pairs
// of customers were kept shows those who look alike as any other does, and what
// somebody found to be two people stays so.
func TestCustomersFromBeforePairsArePaired(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		for range 3 {
			h.Customer(t, "name", "Jane Doe", "email", "jane@example.com")
		}
		for range 2 {
			h.Customer(t, "name", "Ida Berg", "billing.postcode", "8039")
			h.Customer(t, "name", "Ole", "phone", "+41 44 668 18 00")
			h.Customer(t, "name", "Per", "phone", "0000 12345")
			h.Customer(t, "name", "Uli", "phone", "112")
		}
		pairs := func() (all []string) {
			d := h.Raw(t)
			defer d.Close()
			err := d.Select(&all, `SELECT CAST(newer_id AS TEXT) || ' ' || CAST(older_id AS TEXT) || ' ' || CAST(dismissed AS TEXT) FROM duplicates ORDER BY 1`)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		made := pairs()
		if len(made) != 5 {
			t.Fatalf("%d pairs: %q", len(made), made)
		}
		again := func() []string {
			h.Exec(t, "DELETE FROM migrations WHERE name = '0020_pairs'")
			h.Reopen(t)
			return pairs()
		}
		h.Exec(t, "DELETE FROM duplicates")
		if got := again(); !slices.Equal(got, made) {
			t.Errorf("pairs %q, want %q", got, made)
		}
		h.Exec(t, "UPDATE duplicates SET dismissed = 1")
		dismissed := pairs()
		if got := again(); !slices.Equal(got, dismissed) {
			t.Errorf("pairs %q, want %q", got, dismissed)
		}
	})
}
