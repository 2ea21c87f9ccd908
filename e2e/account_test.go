package e2e

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

func TestOwnAccount(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p, elsewhere := h.as(t, v, core.Viewer), h.as(t, v, core.Viewer)
		p.click(p.summary("Account of Paul Sommer"))
		p.click(p.link("Your account"))
		p.at("/account")
		p.see(p.heading("Your account"))
		p.fill("Name", "Pauline Sommer")
		p.click(p.button("Save name"))
		p.told("Name saved")
		p.see(p.summary("Account of Pauline Sommer"))

		// A first password asks for none, the next one for the present one.
		p.miss(p.field("Present password"))
		p.fill("New password", goodPassword)
		p.click(p.button("Save password"))
		p.told("Everywhere else you are signed out")
		p.see(p.field("Present password"))
		elsewhere.open("/account")
		elsewhere.at("/login")
		p.allow(http.StatusUnprocessableEntity)
		p.fill("Present password", "not the password")
		p.fill("New password", "tangerine ladder violin")
		p.click(p.button("Save password"))
		p.see(p.heading("There is a problem"))
		p.click(p.link("This is not the present password. Type it again."))
		p.focused(p.field("Present password"))

		// Where somebody is signed in.
		elsewhere.signInWith("viewer@sonne.example", goodPassword)
		elsewhere.at("/account")
		p.open("/account")
		here := p.region("Where you are signed in")
		p.must(expect.Locator(here.GetByRole("listitem")).ToHaveCount(2))
		p.says(here, "127.0.0.1")
		p.says(here.GetByRole("listitem").Filter(playwright.LocatorFilterOptions{HasText: "This one"}), "Chrome on Linux")
		p.click(p.button(regexp.MustCompile("^End the session of")))
		p.told("Session ended")
		p.must(expect.Locator(here.GetByRole("listitem")).ToHaveCount(1))
		p.miss(p.button("End all others"))
		elsewhere.open("/account")
		elsewhere.at("/login")
	})
}

func TestPreferencesFollowThePerson(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Agent) // stands in no merchant
		p.open("/account")
		p.choose("Theme", "Dark")
		p.choose("Rows a page", "25")
		p.click(p.button("Save"))
		p.told("Saved")
		other := h.as(t, v, core.Agent)
		other.see(other.button("Theme is dark, switch to system"))
		other.open("/account")
		other.holds("Rows a page", "25")
	})
}

func TestSavedViews(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.customer("name", "Edward Johnson", "billing.city", "Oslo")
		h.customer("name", "Amara Okafor", "billing.city", "Bergen")
		p := h.as(t, v, core.Member)
		tabs := p.role(*playwright.AriaRoleNavigation, "Views").GetByRole("link")
		p.miss(p.summary("Save view"))
		p.open(h.list + "?q=city:Oslo&view=all")
		p.click(p.summary("Save view"))
		p.fill("Name of the view", "From Oslo")
		p.must(p.field("Share with the team").Check())
		p.click(p.button("Save view"))
		p.told("View “From Oslo” saved")
		p.must(expect.Locator(tabs).ToHaveText([]string{"All", "Active subscription", "Past due", "Card expiring", "Deleted", "From Oslo"}))
		p.must(expect.Locator(tabs.Last()).ToHaveAttribute("aria-current", "page"))
		p.lists("Edward Johnson")
		p.click(tabs.First())
		p.lists("Amara Okafor", "Edward Johnson")

		// The team has it, and those who only read cannot change it.
		viewer := h.as(t, v, core.Viewer)
		viewer.click(viewer.link("From Oslo"))
		viewer.lists("Edward Johnson")
		viewer.miss(viewer.summary("Change view"))

		p.click(tabs.Last())
		p.lists("Edward Johnson")
		p.click(p.summary("Change view"))
		p.fill("Name of the view", "Oslo")
		p.click(p.button("Save view"))
		p.told("View “Oslo” saved")
		p.click(p.summary("Change view"))
		p.click(p.button("Delete view"))
		p.told("View deleted")
		p.must(expect.Locator(tabs).ToHaveText([]string{"All", "Active subscription", "Past due", "Card expiring", "Deleted"}))
		p.click(p.Locator(".toaster").GetByRole("button").First())
		p.told("View “Oslo” is back")
		p.must(expect.Locator(tabs).ToHaveText([]string{"All", "Active subscription", "Past due", "Card expiring", "Deleted", "Oslo"}))
	})
}

func TestAccountAndViewsLook(t *testing.T) {
	h := newHouse(t)
	h.setPassword("member@sonne.example", goodPassword)
	for _, v := range []visitor{{}, {Dark: true}, {Phone: true}} {
		p := h.as(t, v, core.Member)
		p.open("/account")
		p.fits()
		axe(t, p)
		picture(t, p, "account")
		p.open(h.list + "?q=city:Oslo&view=all")
		p.click(p.summary("Save view"))
		p.fits()
		axe(t, p)
		picture(t, p, "save-view")
	}
}
