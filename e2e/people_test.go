package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

func TestOwnerInvitesAndDemotesAMember(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.customer("name", "Edward Johnson")
		team := views.TeamURL(h.first.ID)
		p := h.as(t, v, core.Owner)
		p.click(p.link("Team"))
		p.at(team)
		p.must(expect.Locator(p.rows()).ToHaveCount(3))
		p.see(p.link("Clara Sommer"))
		p.silent(p.main(), "@kontor.example") // no staff
		looks(t, p)
		p.click(p.link("Invite"))
		p.fill("Name", "Lena Vogt")
		p.fill("E-mail", "lena@sonne.example")
		p.choose("Role", "Member: the daily work")
		p.click(p.button("Make the link"))
		p.see(p.heading("Lena Vogt is invited"))
		looks(t, p)
		value, err := p.field("Link").InputValue()
		p.must(err)
		link, err := url.Parse(value)
		p.must(err)

		lena := h.page(t, v)
		lena.open(link.Path)
		lena.fill("Password", goodPassword)
		lena.click(lena.button("Save and sign in"))
		lena.at(h.home)
		lena.miss(lena.link("Team"))
		lena.open(h.list)
		lena.see(lena.link("New customer"))

		p.click(p.link("Done"))
		p.see(p.heading("Lena Vogt"))
		p.says(p.main(), "Signed in with 1 session")
		looks(t, p)
		p.choose("Role", "Viewer: reads")
		p.click(p.button("Save"))
		p.told("Saved")
		p.says(p.main(), "Not signed in at the moment.")

		lena.open(h.list)
		lena.at("/login")
		lena.signInWith("lena@sonne.example", goodPassword)
		lena.at(h.list)
		lena.miss(lena.link("New customer"))

		p.click(p.button("Deactivate"))
		p.told("Deactivated")
		p.see(p.button("Reactivate"))
		lena.open(h.list)
		lena.at("/login")
		lena.allow(http.StatusUnprocessableEntity)
		lena.signInWith("lena@sonne.example", goodPassword)
		lena.says(lena.main(), "is not right")
	})
}

func TestLastOwnerStays(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Owner)
		p.open(views.TeamURL(h.first.ID))
		p.click(p.link("Clara Sommer"))
		p.see(p.heading("Clara Sommer"))
		p.allow(http.StatusUnprocessableEntity)
		p.choose("Role", "Member: the daily work")
		p.click(p.button("Save"))
		p.see(p.heading("There is a problem"))
		p.says(p.main(), "This is the last active owner or admin here.")
		p.click(p.button("Deactivate"))
		p.see(p.heading("There is a problem"))
		p.open(h.list)
		p.at(h.list) // still signed in
	})
}

func TestOwnerSetsTheMerchantUp(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		path := views.MerchantSettingsURL(h.first.ID)
		p := h.as(t, v, core.Owner)
		p.click(p.role(*playwright.AriaRoleLink, "Merchant"))
		p.at(path)
		looks(t, p)
		p.allow(http.StatusUnprocessableEntity, http.StatusConflict)
		p.fill("Time zone", "Europe/Vienna")
		p.fill("Charge hour", "3")
		p.fill("Refund limit of members", "49.90")
		p.click(p.button("Save settings"))
		p.see(p.link("Enter a whole hour from 4 to 23."))
		p.holds("Time zone", "Europe/Vienna")
		looks(t, p)

		// Somebody else is quicker.
		_, err := h.store.UpdateMerchant(t.Context(), core.System(h.first.ID), 0, core.Changes{"retention": "14"})
		p.must(err)
		p.fill("Charge hour", "7")
		p.click(p.button("Save settings"))
		p.see(p.heading("The settings have changed since you opened them"))
		p.fill("Days to restore", "14")
		p.click(p.button("Save settings"))
		p.told("Settings saved")
		p.at(path)
		p.holds("Charge hour", "7")
		p.holds("Refund limit of members", "49.90")
		p.says(p.Locator("footer.page-foot"), "Times are in Europe/Vienna.")
	})
}

func TestStaffCloseAMerchant(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		owner := h.as(t, v, core.Owner)
		owner.open(views.MerchantSettingsURL(h.first.ID))
		owner.fill("Name", "Changed")

		p := h.as(t, v, core.Admin)
		p.open(views.MerchantSettingsURL(h.first.ID))
		p.click(p.button("Close merchant"))
		p.told("Merchant closed")
		p.see(p.heading("This merchant is closed"))
		looks(t, p)

		// What was opened before is not saved, and what is opened now offers nothing.
		owner.allow(http.StatusLocked)
		owner.click(owner.button("Save settings"))
		owner.says(owner.main(), "Nothing was saved.")
		owner.open(views.MerchantSettingsURL(h.first.ID))
		owner.miss(owner.button("Save settings"))
		owner.open(pathOf(c))
		owner.see(owner.heading("This merchant is closed"))
		owner.miss(owner.link("Edit"))

		p.click(p.link("Delete merchant"))
		p.says(p.main(), "It has 1 customer.")
		looks(t, p)
		p.click(p.link("Back to the settings"))
		p.click(p.button("Reopen merchant"))
		p.told("Merchant reopened")
		p.miss(p.heading("This merchant is closed"))
	})
}

func TestPeoplePagesOnAPhone(t *testing.T) {
	h := newHouse(t)
	for _, v := range []visitor{{Phone: true}, {Phone: true, Dark: true}, {Dark: true}} {
		p := h.as(t, v, core.Admin)
		u, err := h.store.UserByEmail(t.Context(), "agent@kontor.example")
		p.must(err)
		for _, path := range []string{
			views.TeamURL(h.first.ID), views.NewPersonURL(0), views.StaffURL, views.PersonURL(0, u.ID),
			views.MerchantSettingsURL(h.first.ID), views.DeleteMerchantURL(h.first.ID),
		} {
			p.open(path)
			looks(t, p)
		}
	}
}

// looks sees that a page fits and, where scripts run, that axe finds nothing.
func looks(t *testing.T, p *page) {
	t.Helper()
	p.fits()
	if !p.visitor.NoScripts {
		axe(t, p)
	}
}
