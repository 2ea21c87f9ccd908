package e2e

import (
	"net/http"
	"regexp"
	"testing"

	"kontor/db/core"
)

func TestTwoPeopleEditOneCustomer(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "email", "edward@example.com", "company", "Aldgate", "billing.city", "London")
		mine, theirs := h.as(t, v, core.Owner), h.as(t, v, core.Member)
		mine.open(pathOf(c) + "/edit")
		theirs.open(pathOf(c) + "/edit")
		theirs.must(theirs.person("E-mail").Fill("theirs@example.com"))
		theirs.must(theirs.person("Company").Fill("Aldgate & Sons"))
		theirs.must(in(theirs.group("Billing address"), "City").Fill("Leeds"))
		theirs.click(theirs.button("Save customer"))
		theirs.told("Saved")

		mine.must(mine.person("E-mail").Fill("mine@example.com"))
		mine.must(mine.person("Reference").Fill("cust-9"))
		mine.must(in(mine.group("Billing address"), "City").Fill("York"))
		mine.must(mine.person("Description").Fill("typed for an hour"))
		mine.allow(http.StatusConflict)
		mine.click(mine.button("Save customer"))

		// Yours, theirs and the original of what both changed.
		what := mine.region(regexp.MustCompile("Emir Hadžić saved this customer .*, while you were editing"))
		mine.focused(what)
		mine.must(expect.Locator(mine.role("row", regexp.MustCompile("^E-mail")).GetByRole("cell")).
			ToHaveText([]string{"edward@example.com", "mine@example.com", "theirs@example.com"}))
		mine.must(expect.Locator(mine.role("row", regexp.MustCompile("^Billing city")).GetByRole("cell")).
			ToHaveText([]string{"London", "York", "Leeds"}))
		mine.says(what, "Changed by Emir Hadžić alone")
		mine.says(what, "Aldgate & Sons")

		// All else is in the form: theirs where only they changed it, and
		// whatever was typed.
		mine.must(expect.Locator(mine.person("Company")).ToHaveValue("Aldgate & Sons"))
		mine.must(expect.Locator(mine.person("Reference")).ToHaveValue("cust-9"))
		mine.must(expect.Locator(mine.person("Description")).ToHaveValue("typed for an hour"))
		mine.must(expect.Locator(mine.person("E-mail")).ToHaveValue("mine@example.com"))

		mine.must(mine.role("radio", "theirs@example.com").Check())
		mine.click(mine.button("Save customer"))
		mine.told("Saved")
		got := h.now(c)
		billing, _ := got.Billing()
		for name, pair := range map[string][2]string{
			"email": {got.Email, "theirs@example.com"}, "company": {got.Company, "Aldgate & Sons"}, "reference": {got.Reference, "cust-9"},
			"description": {got.Description, "typed for an hour"}, "city": {billing.City, "York"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
			}
		}
	})
}

func TestEditOfOneDeletedMeanwhile(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Owner)
	p.open(pathOf(c) + "/edit")
	p.must(p.person("Company").Fill("Aldgate"))
	by := core.System(h.first.ID)
	if err := h.store.DeleteCustomer(t.Context(), by, c.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	p.allow(http.StatusConflict)
	p.click(p.button("Save customer"))
	p.says(p.main(), "It was deleted. Your changes are below, and saved once the customer has been restored.")
	p.must(expect.Locator(p.person("Company")).ToHaveValue("Aldgate"))
	if err := h.store.RestoreCustomer(t.Context(), by, c.ID, core.GiveUp(false)); err != nil {
		t.Fatal(err)
	}
	p.click(p.button("Save customer"))
	p.says(p.main(), "nothing of yours is lost")
	p.click(p.button("Save customer"))
	p.see(p.heading("Edward Johnson"))
	p.says(p.region("Details"), "Aldgate")
}
