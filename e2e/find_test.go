package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

func TestStaffJumpToACustomerAnywhere(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		one := h.customer("name", "Edward Johnson", "email", "edward@example.com", "phone", "+44 20 3982 6580", "reference", "cust-1")
		other := h.customerOf(core.System(h.second.ID), "name", "Homer Simpson", "email", "homer@example.com", "reference", "cust-2")
		h.customerOf(core.System(h.second.ID), "name", "Johnson, Edward", "email", "edward.j@example.com", "reference", "cust-1")
		p := h.as(t, v, core.Auditor)
		p.at("/merchants")
		box := p.field("A customer’s exact ID, e-mail address, phone or reference")
		for _, jump := range []struct {
			text string
			to   core.Customer
		}{
			{after(pathOf(other)), other},
			{other.UUID, other},
			{"HOMER@example.com", other},
			{"+44 20 3982 6580", one},
			{"cust-2", other},
		} {
			p.open("/merchants")
			p.must(box.Fill(jump.text))
			p.press("Enter")
			p.at(pathOf(jump.to))
			p.see(p.heading(jump.to.Title()))
		}

		// Several fit: staff choose. None fits: it says so, and parts are no hit.
		p.open("/merchants")
		p.must(box.Fill("cust-1"))
		p.press("Enter")
		p.at("/find")
		found := p.region("Find anywhere")
		p.must(expect.Locator(found.GetByRole("link")).ToHaveText([]string{"Johnson, Edward", "Edward Johnson"}))
		p.says(found, "Globex")
		p.click(found.GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Edward Johnson", Exact: playwright.Bool(true)}))
		p.at(pathOf(one))
		p.open("/merchants")
		p.must(box.Fill("Edward"))
		p.press("Enter")
		p.says(found, "No customer of any merchant has exactly Edward.")

		// The search box goes there, too, while staff stand in no merchant; and
		// having entered one, they come back to it.
		p.must(p.role(*playwright.AriaRoleSearchbox, "Find anywhere").Fill("homer@example.com"))
		p.press("Enter")
		p.at(pathOf(other))
		p.open("/")
		p.at(views.MerchantURL(h.second.ID))
	})
}

func TestManyMerchants(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"Kafana Drina", "Lumière Optique"} {
		h.merchant(core.Merchant{Name: name, Country: "FR", Currency: "EUR", Zone: "Europe/Paris"})
	}
	p := h.as(t, visitor{}, core.Agent)
	p.lists("Bäckerei Sonne", "Globex", "Kafana Drina", "Lumière Optique")
	p.fill("Filter merchants", "lumiere")
	p.press("Enter")
	p.lists("Lumière Optique")
	p.click(p.link("Show all"))
	p.click(p.link("Kafana Drina"))
	p.at("/m/3/customers")
	p.see(p.heading("No customers yet"))
}
