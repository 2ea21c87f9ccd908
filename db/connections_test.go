package db_test

import (
	"crypto/rand"
	"strings"
	"sync"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestConnectionsAreAsManyAsTheServerGives: whoever asks while all are in use
// waits for one, and is not refused by a server that has no more.
func TestConnectionsAreAsManyAsTheServerGives(t *testing.T) {
	h := dbtest.Postgres(t)
	name := "few-" + strings.ToLower(rand.Text())
	few, err := db.Open(t.Context(), h.DSN+"&application_name="+name+"&pool_max_conns=3", db.Options{Now: h.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer few.Close()
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			if _, err := few.CreateCustomer(t.Context(), h.Owner, core.FromPage, core.Changes{"name": "Zoe"}); err != nil {
				t.Error(err)
			}
			if _, err := few.Customers(t.Context(), h.Owner, core.List{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := h.Count(t, "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '"+name+"'"); n < 2 || n > 3 {
		t.Errorf("%d connections", n)
	}
	for _, most := range []string{"x", "1", ""} {
		if s, err := db.Open(t.Context(), h.DSN+"&pool_max_conns="+most, db.Options{}); err == nil || !strings.Contains(err.Error(), "pool_max_conns") {
			t.Errorf("%q: %v", most, err)
			if err == nil {
				s.Close()
			}
		}
	}
}

func TestPasswordsOfDatabasesAreNotTold(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://ana:geheim@127.0.0.1:1/kontor?connect_timeout=1": "postgres://ana:xxxxx@127.0.0.1:1/kontor",
		"postgres:///kontor?host=/none&user=ana&password=geheim":     "postgres:///kontor?host=/none&user=ana&password=xxxxx",
		"postgres:///kontor?password=geheim&host=/none":              "postgres:///kontor?password=xxxxx&host=/none",
		"postgres://ana:geheim@127.0.0.1:port/kontor":                "postgres://",
	} {
		s, err := db.Open(t.Context(), dsn, db.Options{})
		if err == nil {
			s.Close()
			t.Fatalf("%s is there", dsn)
		}
		if strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}
