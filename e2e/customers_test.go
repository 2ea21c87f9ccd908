package e2e

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

// nordics fills the list with a few customers, the oldest first.
func (h *house) nordics() (all []core.Customer) {
	h.t.Helper()
	for _, c := range [][]string{
		{"name", "Bo Ek", "email", "bo.ek@example.com", "reference", "cust-1", "billing.city", "Oslo", "billing.country", "NO"},
		{"name", "Åsa Lind", "company", "Bokhandeln", "billing.city", "Malmö", "billing.country", "SE"},
		{"name", "Jens Bo", "email", "jens@example.com", "billing.city", "Bergen", "billing.country", "NO"},
		{"name", "Cecilie Holm", "phone", "+47 22 44 22 22", "billing.city", "Oslo", "billing.country", "NO"},
		{"first_name", "Zoë", "last_name", "Ærø", "billing.city", "Ribe", "billing.country", "DK"},
	} {
		all = append(all, h.customer(c...))
	}
	return all
}

// mark marks the page, so that it shows whether a later one is another.
func (p *page) mark() {
	p.t.Helper()
	p.evaluate("document.body.dataset.mark = 'same page'")
}

func (p *page) stillMarked() {
	p.t.Helper()
	p.must(expect.Locator(p.Locator("body")).ToHaveAttribute("data-mark", "same page"))
}

func TestSearchCustomers(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.nordics()
		p := h.as(t, v, core.Viewer)
		p.lists("Zoë Ærø", "Cecilie Holm", "Jens Bo", "Åsa Lind", "Bo Ek")
		p.says(p.main(), "1–5 of 5")

		// Any accents, any case, any order.
		p.search("OSLO holm")
		p.lists("Cecilie Holm")
		p.asks("OSLO holm")
		p.search("aero zoe")
		p.lists("Zoë Ærø")
		p.asks("aero zoe")
		p.search("bo")
		p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
		p.asks("bo")
		p.says(p.main(), "1–3 of 3")

		// A record leads back to the search it was found by.
		p.click(p.link("Bo Ek"))
		p.see(p.heading("Bo Ek"))
		p.click(p.main().Locator("a.back"))
		p.asks("bo")
		p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
		p.must(expect.Locator(p.searchBox()).ToHaveValue("bo"))
	})
}

func TestSearchAsYouType(t *testing.T) {
	h := newHouse(t)
	h.nordics()
	p := h.as(t, visitor{}, core.Viewer)
	p.mark()
	p.search("bo")
	p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
	p.asks("bo")
	p.must(p.searchBox().PressSequentially(" oslo"))
	p.lists("Bo Ek")
	p.asks("bo oslo")
	p.focused(p.searchBox())
	p.stillMarked()

	_, err := p.GoBack()
	p.must(err)
	p.asks("")
	p.lists("Zoë Ærø", "Cecilie Holm", "Jens Bo", "Åsa Lind", "Bo Ek")
	p.must(expect.Locator(p.searchBox()).ToHaveValue(""))
	_, err = p.GoForward()
	p.must(err)
	p.asks("bo oslo")
	p.lists("Bo Ek")
	p.must(expect.Locator(p.searchBox()).ToHaveValue("bo oslo"))

	// Half a term is no filter yet, and no mistake that hides the rows.
	p.search("country:NO holm")
	p.lists("Cecilie Holm")
	p.must(expect.Locator(p.searchBox()).ToHaveValue("country:NO holm"))
	p.press("Enter")
	p.must(expect.Locator(p.searchBox()).ToHaveValue("holm"))
	p.see(p.link("Remove: Country is Norway"))
}

func TestFilterCustomers(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.nordics()
		p := h.as(t, v, core.Viewer)

		// The builder writes the query for those who don't.
		p.click(p.summary("Filter"))
		p.choose("Field", "Country")
		p.choose("Comparison", "is")
		p.fill("Value", "norway")
		p.click(p.button("Add filter"))
		p.lists("Cecilie Holm", "Jens Bo", "Bo Ek")
		p.see(p.GetByText("Country is Norway"))
		p.click(p.summary("Filter"))
		p.choose("Field", "City")
		p.choose("Comparison", "is not")
		p.fill("Value", "Oslo")
		p.click(p.button("Add filter"))
		p.lists("Jens Bo")
		p.see(p.GetByText("City is not Oslo"))

		// Words and filters hold together, and each goes by itself.
		p.search("bo")
		p.asks("bo country:NO -city:Oslo")
		p.lists("Jens Bo")
		p.see(p.GetByText("Country is Norway"))
		p.click(p.link("Remove: City is not Oslo"))
		p.lists("Jens Bo", "Bo Ek")
		p.miss(p.GetByText("City is not Oslo"))
		p.must(expect.Locator(p.searchBox()).ToHaveValue("bo"))
		p.click(p.link("Clear all"))
		p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
		p.asks("bo")
		p.miss(p.GetByText("Country is Norway"))
		p.miss(p.link("Clear all"))
	})
}

func TestEmptyLists(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Viewer)
		p.see(p.heading("No customers yet"))
		p.miss(p.link("New customer"))
		p.click(p.link("Deleted"))
		p.see(p.heading("Nothing is deleted"))
		p.says(p.main(), "30 days")

		h.nordics()
		p.open(h.list + "?" + url.Values{"q": {"bo country:DK"}}.Encode())
		p.see(p.heading("No customer matches"))
		p.says(p.main(), "bo country:DK")
		p.see(p.link("without Country is Denmark"))
		p.click(p.link("without bo"))
		p.lists("Zoë Ærø")
		p.asks("country:DK")

		p.open(h.list + "?q=nobody")
		p.see(p.heading("No customer matches"))
		p.click(p.link("Clear all"))
		p.at(h.list)
		p.see(p.link("Zoë Ærø"))
		p.must(expect.Locator(p.searchBox()).ToHaveValue(""))
	})
}

func TestATeamOfNobody(t *testing.T) {
	h := newHouse(t)
	nobodys := h.merchant(core.Merchant{Name: "Initech", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
	p := h.as(t, visitor{}, core.Admin)
	p.open(views.MerchantURL(nobodys.ID) + "/settings/team")
	p.see(p.heading("Nobody works here yet"))
	p.see(p.link("Invite"))
}

func TestSearchGoesStraightToTheRecord(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		all := h.nordics()
		p := h.as(t, v, core.Viewer)
		for text, c := range map[string]core.Customer{
			"cust-1": all[0], "bo.ek@example.com": all[0], after(pathOf(all[1])): all[1], all[2].UUID: all[2], "+4722442222": all[3],
		} {
			p.open(h.list)
			p.search(text)
			if !v.NoScripts {
				p.lists(c.Title()) // typing leads nowhere by itself
				p.press("Enter")
			}
			p.at(pathOf(c))
			p.see(p.heading(c.Title()))
		}
	})
}

func TestQueryMistakePointsAtThePlace(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.nordics()
		p := h.as(t, v, core.Viewer)
		p.search("bo contry:NO")
		p.says(p.main(), "There is no field “contry”.")
		p.says(p.main(), "Did you mean country?")
		p.must(expect.Locator(p.Locator("mark")).ToHaveText("contry"))
		p.must(expect.Locator(p.searchBox()).ToHaveValue("bo contry:NO"))
		p.search("created:>=soon")
		p.says(p.main(), "Write a date as 2026-10-31")
		p.search("(bo OR ek")
		p.says(p.main(), "opened and never closed")
		p.must(expect.Locator(p.Locator("mark")).ToHaveText("("))
		p.search("bo")
		p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
		p.miss(p.Locator("mark"))
	})
}

func TestSortCustomers(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		all := h.nordics()
		p := h.as(t, v, core.Viewer)
		name, date := p.role("columnheader", "Customer"), p.role("columnheader", "Added")
		for _, step := range []struct { // who has a last name is sorted by it
			click      string
			name, date string // aria-sort
			titles     []string
		}{
			{"", "", "descending", []string{"Zoë Ærø", "Cecilie Holm", "Jens Bo", "Åsa Lind", "Bo Ek"}},
			{"Customer", "ascending", "", []string{"Zoë Ærø", "Åsa Lind", "Bo Ek", "Cecilie Holm", "Jens Bo"}},
			{"Customer", "descending", "", []string{"Jens Bo", "Cecilie Holm", "Bo Ek", "Åsa Lind", "Zoë Ærø"}},
			{"Added", "", "descending", []string{"Zoë Ærø", "Cecilie Holm", "Jens Bo", "Åsa Lind", "Bo Ek"}},
			{"Added", "", "ascending", []string{"Bo Ek", "Åsa Lind", "Jens Bo", "Cecilie Holm", "Zoë Ærø"}},
		} {
			if step.click != "" {
				p.click(p.link(step.click))
			}
			p.lists(step.titles...)
			p.sorted(name, step.name)
			p.sorted(date, step.date)
		}

		// The order holds while searching, and others are in the menu.
		p.search("bo")
		p.lists("Bo Ek", "Åsa Lind", "Jens Bo")
		p.open(h.list)
		if _, err := h.store.UpdateCustomer(t.Context(), core.System(h.first.ID), all[0].ID, 0, core.Changes{"company": "Ek"}); err != nil {
			t.Fatal(err)
		}
		p.click(p.summary("Newest first"))
		p.click(p.link("Last updated first"))
		p.lists("Bo Ek", "Zoë Ærø", "Cecilie Holm", "Jens Bo", "Åsa Lind")
		p.see(p.role("columnheader", "Updated"))
	})
}

// sorted waits until a heading says the order, or none.
func (p *page) sorted(heading playwright.Locator, order string) {
	p.t.Helper()
	if order == "" {
		p.must(expect.Locator(heading).Not().ToHaveAttribute("aria-sort", regexp.MustCompile("")))
		return
	}
	p.must(expect.Locator(heading).ToHaveAttribute("aria-sort", order))
}

func TestWholeRowLeadsToTheRecord(t *testing.T) {
	h := newHouse(t)
	all := h.nordics()
	p := h.as(t, visitor{}, core.Viewer)
	p.click(p.role("cell", "Ribe, DK"))
	p.at(pathOf(all[4]))
}

// held keeps what scripts ask of the list of customers from the server, each
// until it is let go.
type held struct {
	p      *page
	routes chan playwright.Route
}

func (p *page) hold() *held {
	p.t.Helper()
	h := &held{p, make(chan playwright.Route, 10)}
	p.must(p.Route("**/customers*", func(r playwright.Route) { h.routes <- r }))
	return h
}

// next waits until something is asked.
func (h *held) next() playwright.Route {
	h.p.t.Helper()
	select {
	case r := <-h.routes:
		return r
	case <-time.After(timeout * time.Millisecond):
		h.p.t.Fatal("nothing was asked for")
		return nil
	}
}

// TestLinksOfTheListWhileASearchIsTyped clicks a pill away before the search
// for what was just typed has gone, and before it was answered. The pill goes
// and the words stay, in whichever order the answers come.
func TestLinksOfTheListWhileASearchIsTyped(t *testing.T) {
	const pill = "Remove: City is Oslo"
	for _, c := range []struct {
		name string
		meet func(p *page, h *held)
	}{
		{"before it has gone", func(p *page, h *held) {
			p.must(p.Clock().PauseAt(time.Now().Add(time.Hour)))
			p.must(p.searchBox().Fill("bo"))
			p.click(p.link(pill))
			click := h.next()
			p.must(p.Clock().RunFor(1000)) // the search would go now
			p.must(p.Clock().Resume())
			p.must(click.Continue())
			p.must(h.next().Continue())
		}},
		{"before it is answered", func(p *page, h *held) {
			p.must(p.searchBox().Fill("bo"))
			search := h.next()
			p.click(p.link(pill))
			p.must(h.next().Continue())
			p.miss(p.link(pill))
			p.must(search.Continue())
			p.must(h.next().Continue())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.nordics()
			p := h.as(t, visitor{}, core.Viewer)
			p.must(p.Clock().Install())
			p.open(views.CustomersURL(h.first.ID) + "?q=city:Oslo")
			p.lists("Cecilie Holm", "Bo Ek")
			c.meet(p, p.hold())
			p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
			p.asks("bo")
			p.miss(p.link(pill))
			p.must(expect.Locator(p.searchBox()).ToHaveValue("bo"))
		})
	}
}

// TestFiltersClickedAwayAtOnce clicks the second pill before the first click is
// answered, whose list would have the first pill still.
func TestFiltersClickedAwayAtOnce(t *testing.T) {
	h := newHouse(t)
	h.nordics()
	p := h.as(t, visitor{}, core.Viewer)
	p.open(views.CustomersURL(h.first.ID) + "?q=bo+city:Oslo+country:NO")
	p.lists("Bo Ek")
	city, country := p.link("Remove: City is Oslo"), p.link("Remove: Country is Norway")
	held := p.hold()
	p.click(city)
	first := held.next()
	p.click(country)
	p.must(first.Continue())
	p.must(held.next().Continue())
	p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
	p.asks("bo")
	p.miss(city)
	p.miss(country)
}
