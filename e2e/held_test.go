package e2e

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

// database is another connection to the program's database.
func (a *app) database(t *testing.T) *sql.DB {
	t.Helper()
	d, err := sql.Open("sqlite", "file:"+filepath.Join(a.data, "kontor.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// expireSessions makes it a little over the idle time since anybody clicked.
func (a *app) expireSessions(t *testing.T) {
	t.Helper()
	seen := time.Now().Add(-core.SessionIdle - time.Minute).UnixMilli()
	if _, err := a.database(t).ExecContext(t.Context(), "UPDATE sessions SET seen_at = ?", seen); err != nil {
		t.Fatal(err)
	}
}

func TestSaveAfterTheSessionExpired(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.setPassword("owner@sonne.example", goodPassword)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Owner)
		p.open(pathOf(c) + "/edit")
		p.must(p.person("Company").Fill("Aldgate & Söhne"))
		h.expireSessions(t)
		p.click(p.button("Save customer"))
		p.at("/login")
		p.says(p.main(), "You were signed out before you saved. Sign in, and what you typed is saved.")
		if got := h.now(c).Company; got != "" {
			t.Errorf("saved %q before anybody signed in", got)
		}
		p.signInWith("owner@sonne.example", goodPassword)
		p.at(pathOf(c))
		p.told("Saved")
		p.says(p.region("Details"), "Aldgate & Söhne")
	})
}

func TestHeldSaveIsOnlyItsOwnersToComplete(t *testing.T) {
	h := newHouse(t)
	h.setPassword("member@sonne.example", goodPassword)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Owner)
	p.open(pathOf(c) + "/edit")
	p.must(p.person("Company").Fill("Aldgate"))
	h.expireSessions(t)
	p.click(p.button("Save customer"))
	p.at("/login")
	p.signInWith("member@sonne.example", goodPassword) // another, at the same desk
	p.leave("/login")
	if got := h.now(c).Company; got != "" {
		t.Errorf("saved %q for somebody else", got)
	}
}

func TestNoteAfterTheSessionExpired(t *testing.T) {
	h := newHouse(t)
	h.setPassword("owner@sonne.example", goodPassword)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Owner)
	p.open(pathOf(c))
	p.click(p.summary("Add note"))
	p.fill("Note", "Written during a long call")
	h.expireSessions(t)
	p.click(p.button("Save note"))
	p.at("/login")
	p.signInWith("owner@sonne.example", goodPassword)
	p.at(pathOf(c))
	p.must(expect.Locator(p.notes()).ToHaveText([]string{"Written during a long call"}))
}

func TestSearchAfterTheSessionExpired(t *testing.T) {
	h := newHouse(t)
	h.setPassword("owner@sonne.example", goodPassword)
	h.nordics()
	p := h.as(t, visitor{}, core.Owner)
	h.expireSessions(t)
	p.must(p.searchBox().PressSequentially("oslo"))
	p.at("/login") // the whole page, not the list alone
	p.must(expect.Locator(p.GetByRole(*playwright.AriaRoleMain)).ToHaveCount(1))
	p.signInWith("owner@sonne.example", goodPassword)
	p.at(h.list)
}
