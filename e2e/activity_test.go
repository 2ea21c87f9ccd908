package e2e

import (
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

// acted waits until the activity has exactly these lines, each with the words
// in it, newest first.
func (p *page) acted(lines ...string) {
	p.t.Helper()
	all := p.region("Activity").GetByRole(*playwright.AriaRoleListitem)
	p.must(expect.Locator(all).ToHaveCount(len(lines)))
	p.must(expect.Locator(all).ToContainText(lines))
}

// busy has two people and a stranger do something at the first merchant.
func (h *house) busy() core.Customer {
	h.t.Helper()
	add := func(email, name string, role core.Role) core.Actor {
		u, _, err := h.store.CreateUser(h.t.Context(), core.System(h.first.ID), core.User{Email: email, Name: name, Role: role, Merchant: h.first.ID})
		if err != nil {
			h.t.Fatal(err)
		}
		return u.Actor("192.0.2.1")
	}
	owner, member := add("lena@sonne.example", "Lena Frost", core.Owner), add("toni@sonne.example", "Toni Berg", core.Member)
	c := h.customerOf(member, "name", "Bo Ek", "email", "old@example.com")
	if _, err := h.store.UpdateCustomer(h.t.Context(), owner, c.ID, 0, core.Changes{"email": "new@example.com"}); err != nil {
		h.t.Fatal(err)
	}
	h.store.SignIn(h.t.Context(), "viewer@sonne.example", "a wrong one", "192.0.2.66")
	return c
}

func TestActivityOfAMerchant(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.busy()
		p := h.as(t, v, core.Member)
		p.click(p.link("Activity"))
		p.at(views.ActivityURL(h.first.ID))
		p.see(p.heading("Today"))
		all := p.region("Activity")
		p.says(all, "Signed in")
		p.says(all, "from 192.0.2.66")
		p.says(all, "new@example.com")

		show := func() {
			if v.NoScripts {
				p.click(p.button("Show"))
			}
		}
		p.choose("Act", "Only what was refused")
		show()
		p.acted("Sign-in refused Paul Sommer")
		p.choose("Act", "Customers: everything")
		show()
		p.acted("Customer edited Bo Ek", "Customer added Bo Ek")
		p.click(p.link("Toni Berg"))
		p.acted("Customer added Bo Ek")
		p.must(expect.Locator(p.field("Act")).ToHaveValue("customer"))
		p.fill("To", "2020-01-01")
		if v.NoScripts {
			show()
		} else {
			p.press("Tab")
		}
		p.see(p.heading("Nothing like that was done"))
		p.click(p.link("Clear all"))
		p.says(all, "Signed in")
		p.holds("Act", "")
		p.holds("To", "")

		// An edit is taken back from here as from the customer's page.
		p.click(p.button("Undo"))
		p.told("Undone")
		p.at(pathOf(c))
		p.says(p.main(), "old@example.com")
	})
}

func TestActivityAcrossMerchants(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.busy()
		h.customerOf(h.other, "name", "Åsa Lind")
		p := h.as(t, v, core.Auditor)
		p.click(p.link("All activity"))
		p.choose("Act", "Customer added")
		if v.NoScripts {
			p.click(p.button("Show"))
		}
		p.acted("Customer added Åsa Lind", "Customer added Bo Ek")
		p.click(p.link("Globex"))
		p.acted("Customer added Åsa Lind")
		p.must(expect.Locator(p.field("Merchant")).ToHaveValue("2"))
		p.click(p.link("Åsa Lind"))
		p.see(p.heading("Åsa Lind"))

		own := h.as(t, v, core.Owner)
		own.allow(403, 404)
		if got := own.open("/activity"); got != 403 {
			t.Errorf("an owner asks for all activity and gets %d", got)
		}
		if got := own.open(views.ActivityURL(h.second.ID)); got != 404 {
			t.Errorf("an owner asks for another merchant's activity and gets %d", got)
		}
	})
}

func TestActivityLooks(t *testing.T) {
	h := newHouse(t)
	h.busy()
	h.customerOf(h.other, "name", "Åsa Lind")
	for _, v := range []visitor{{}, {Dark: true}, {Phone: true}, {Phone: true, Dark: true}} {
		p := h.as(t, v, core.Auditor)
		for name, path := range map[string]string{
			"activity": views.ActivityURL(h.first.ID), "activity-all": "/activity",
			"activity-none": views.ActivityURL(h.first.ID) + "?act=note",
		} {
			p.open(path)
			p.fits()
			axe(t, p)
			picture(t, p, name)
		}
	}
}
