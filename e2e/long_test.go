package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

// TestLongNamesBreak: what has no blank to break a line at makes no page wider
// than a phone.
func TestLongNamesBreak(t *testing.T) {
	h := newHouse(t)
	c := h.customer(
		"first_name", strings.Repeat("W", 100), "last_name", strings.Repeat("M", 100), "reference", strings.Repeat("R", 100),
		"email", strings.Repeat("a", 60)+"@"+strings.Repeat("b", 60)+"."+strings.Repeat("c", 60)+".example",
	)
	p := h.as(t, visitor{Phone: true}, core.Owner)
	for _, of := range []string{
		"", "/edit", "/delete", "/erase", "/data", "/apis", "/charge", "/cards/new", "/channels/new", "/subscriptions/new",
	} {
		p.open(pathOf(c) + of)
		p.fits()
	}
}

// TestLargeSumsBreak: a sum of more digits than a phone is wide lies on none
// beside it.
func TestLargeSumsBreak(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Croesus")
	p := h.as(t, visitor{Phone: true}, core.Owner)
	p.open(pathOf(c) + "/cards/new")
	p.addTestCard()
	p.open(pathOf(c) + "/charge")
	p.fill("Amount", "99999999999.99")
	p.fill("Description", "Lydia")
	p.click(p.button("Charge now"))
	p.told("Paid")
	for _, path := range []string{pathOf(c), h.home} {
		p.open(path)
		p.says(p.main(), "€99,999,999,999.99")
		p.yields(`[...document.querySelectorAll(".stats dd")].filter(sum => sum.scrollWidth > sum.clientWidth).length`, 0)
	}
}

// TestNothingOverlapsOnASmallScreen: where columns are narrow, as beside the
// navigation of a small screen, cards are told whole and no text lies on another.
func TestNothingOverlapsOnASmallScreen(t *testing.T) {
	s := newShowroom(t)
	p := s.page(t, visitor{})
	s.signIn(p, "clara.sommer@sonne.example")
	p.must(p.SetViewportSize(1024, 768))
	for _, list := range []string{views.SubscriptionsURL(1), views.PaymentsURL(1)} {
		p.open(list)
		p.yields(`[...document.querySelectorAll(".card-cell")].filter(c => c.scrollWidth > c.clientWidth).length`, 0)
	}
	p.open(views.SubscriptionsURL(1))
	p.click(p.main().Locator("tbody th a").First())
	p.click(p.main().Locator(".byline a").First())
	p.see(p.heading("Subscriptions"))
	p.yields(`[...document.querySelectorAll(".subscription-lines > li")].filter(line => {
		const parts = [...line.children].map(part => part.getBoundingClientRect()).filter(box => box.width)
		return parts.some((a, i) => parts.some((b, j) => i < j &&
			a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1))
			|| [...line.children].some(part => part.scrollWidth > part.clientWidth + 1)
	}).length`, 0)
}

// yields sees what a script comes to.
func (p *page) yields(script string, want int) {
	p.t.Helper()
	if got := p.evaluate(script); got != want {
		p.t.Errorf("%s: %v, want %d, of %s", p.URL(), got, want, script)
	}
}

// TestListsArePrintedAsTables: a sheet of paper is narrower than a small screen,
// and has every column of a list.
func TestListsArePrintedAsTables(t *testing.T) {
	s := newShowroom(t)
	p := s.page(t, visitor{})
	s.signIn(p, "clara.sommer@sonne.example")
	p.must(p.SetViewportSize(718, 1000)) // A4 within its margins
	for _, list := range []string{
		views.CustomersURL(1), views.SubscriptionsURL(1), views.PaymentsURL(1), views.MethodsURL(1), views.PlansURL(1),
	} {
		p.open(list)
		p.must(p.EmulateMedia(playwright.PageEmulateMediaOptions{Media: playwright.MediaPrint}))
		p.fits()
		p.yields(`[...document.querySelectorAll(".rows")].filter(t => t.parentNode.scrollWidth > t.parentNode.clientWidth).length`, 0)
		p.yields(`[...document.querySelectorAll(".rows tbody tr")].filter(line => getComputedStyle(line).display !== "table-row").length`, 0)
		p.yields(`[...document.querySelectorAll(".rows tbody td:not(.pick, .more)")].filter(cell => !cell.offsetWidth).length`, 0)
	}
}
