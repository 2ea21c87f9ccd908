package e2e

import (
	"net/http"
	"testing"

	"kontor/db/core"
)

// TestDatabaseThatTakesNoWrites holds the lock that every write needs for
// longer than the program waits for it.
func TestDatabaseThatTakesNoWrites(t *testing.T) {
	h := newHouse(t)
	h.mayFail = true
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Member)
	p.open(pathOf(c) + "/edit")
	p.must(p.person("Company").Fill("Aldgate"))

	lock, err := h.database(t).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	p.allow(http.StatusServiceUnavailable)
	p.click(p.button("Save customer"))
	p.says(p.main(), "Error 503")
	p.silent(p.main(), "SQL")
	p.open(pathOf(c)) // reading goes on
	p.see(p.heading("Edward Johnson"))
	if _, err := lock.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}

	p.open(pathOf(c) + "/edit")
	p.must(p.person("Company").Fill("Aldgate"))
	p.click(p.button("Save customer"))
	p.told("Saved")
	p.says(p.region("Details"), "Aldgate")
}
