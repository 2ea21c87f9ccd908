package e2e

import (
	"net/http"
	"testing"

	"github.com/playwright-community/playwright-go"

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

// TestASearchThatFailedIsTriedAgain: the way out of a list that could not be
// brought up to date leads to what was asked for.
func TestASearchThatFailedIsTriedAgain(t *testing.T) {
	h := newHouse(t)
	h.customer("name", "Edward Johnson")
	h.customer("name", "Bo Ek")
	p := h.as(t, visitor{}, core.Member)
	p.allow(http.StatusServiceUnavailable)
	failing := h.list + "?q=edward"
	p.must(p.Route("**"+failing, func(r playwright.Route) {
		p.must(r.Fulfill(playwright.RouteFulfillOptions{Status: playwright.Int(http.StatusServiceUnavailable), Body: "no"}))
	}))
	p.must(p.searchBox().Fill("edward"))
	p.see(p.link("Try again"))
	p.lists("Bo Ek", "Edward Johnson")
	p.must(p.Unroute("**" + failing))
	p.click(p.link("Try again"))
	p.lists("Edward Johnson")
	p.must(expect.Locator(p.searchBox()).ToHaveValue("edward"))
}
