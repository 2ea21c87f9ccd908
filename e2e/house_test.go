package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/views"
)

// house is a running program with two merchants, people of every role in the
// first and an owner in the second. Stories that are not about making these
// begin here. The store is another opening of the program's database.
type house struct {
	*app
	store         *db.Store
	first, second core.Merchant
	home          string // the path that the first merchant begins at
	list          string // the path of its customers
	other         core.Actor
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := over(t, start(t))
	h.first = h.merchant(core.Merchant{Name: "Bäckerei Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
	h.second = h.merchant(core.Merchant{Name: "Globex", Country: "CH", Currency: "CHF", Zone: "Europe/Zurich"})
	h.home, h.list = views.MerchantURL(h.first.ID), views.CustomersURL(h.first.ID)
	for role, name := range map[core.Role]string{core.Admin: "Mira Lang", core.Agent: "Jonas Weiß", core.Auditor: "Ada Nowak"} {
		h.person(role, 0, name)
	}
	for role, name := range map[core.Role]string{core.Owner: "Clara Sommer", core.Member: "Emir Hadžić", core.Viewer: "Paul Sommer"} {
		h.person(role, h.first.ID, name)
	}
	h.other = h.person(core.Owner, h.second.ID, "Hank Scorpio")
	return h
}

// over opens the store of a program with a database of whatever kind.
func over(t *testing.T, a *app) *house {
	t.Helper()
	store, err := db.Open(t.Context(), filepath.Join(a.data, "kontor.db"), db.Options{
		Node: 1, CheapPasswords: true, KeyFile: filepath.Join(filepath.Dir(a.data), "key"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return &house{app: a, store: store}
}

func (h *house) merchant(m core.Merchant) core.Merchant {
	h.t.Helper()
	m, err := h.store.CreateMerchant(h.t.Context(), core.System(0), m)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// person adds somebody whose address is their role at their merchant.
func (h *house) person(role core.Role, merchant int64, name string) core.Actor {
	h.t.Helper()
	at := "kontor.example"
	if merchant != 0 {
		at = "sonne.example"
	}
	if merchant == h.second.ID {
		at = "globex.example"
	}
	u, _, err := h.store.CreateUser(h.t.Context(), core.System(merchant), core.User{
		Email: string(role) + "@" + at, Name: name, Role: role, Merchant: merchant,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return u.Actor("192.0.2.1")
}

// customer adds a customer of the first merchant from pairs of field and text.
func (h *house) customer(fields ...string) core.Customer {
	h.t.Helper()
	return h.customerOf(core.System(h.first.ID), fields...)
}

func (h *house) customerOf(by core.Actor, fields ...string) core.Customer {
	h.t.Helper()
	c, err := h.store.CreateCustomer(h.t.Context(), by, core.FromPage, dbtest.Changes(fields...))
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// now returns a customer as stored now.
func (h *house) now(c core.Customer) core.Customer {
	h.t.Helper()
	c, err := h.store.Customer(h.t.Context(), core.System(c.Merchant), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// as opens a tab in which somebody of the role, of the first merchant or of
// the staff, has signed in. Of the merchant, they look at its customers.
func (h *house) as(t *testing.T, v visitor, role core.Role) *page {
	t.Helper()
	at := "@sonne.example"
	if role.Staff() {
		at = "@kontor.example"
	}
	p := h.page(t, v)
	h.signIn(p, string(role)+at)
	if !role.Staff() {
		p.open(h.list)
	}
	return p
}

func pathOf(c core.Customer) string { return views.CustomerURL(c.Merchant, c.ID) }

// Parts of a page that several stories look for.

// rows are the rows of a list of records, without its heading.
func (p *page) rows() playwright.Locator { return p.GetByRole(*playwright.AriaRoleRowheader) }

// lists waits until the list has rows with exactly these titles, in order.
func (p *page) lists(titles ...string) {
	p.t.Helper()
	links := p.rows().GetByRole(*playwright.AriaRoleLink)
	if len(titles) == 0 {
		p.must(expect.Locator(links).ToHaveCount(0))
		return
	}
	p.must(expect.Locator(links).ToHaveText(titles))
}

// group is a fieldset by its legend, such as one of several addresses.
func (p *page) group(legend any) playwright.Locator {
	return p.role(*playwright.AriaRoleGroup, legend)
}

// in is the control with the given label in a part of the page.
func in(part playwright.Locator, label string) playwright.Locator {
	return part.GetByLabel(label, playwright.LocatorGetByLabelOptions{Exact: playwright.Bool(true)})
}

// summary is what opens a part that is folded away.
func (p *page) summary(text string) playwright.Locator {
	return p.Locator("summary").Filter(playwright.LocatorFilterOptions{HasText: text})
}

// region is a part of the page that has a heading of its own.
func (p *page) region(name any) playwright.Locator {
	return p.role(*playwright.AriaRoleRegion, name)
}

// says waits until a part of the page holds the text.
func (p *page) says(part playwright.Locator, text string) {
	p.t.Helper()
	p.must(expect.Locator(part).ToContainText(text))
}

// silent waits until a part of the page does not hold the text.
func (p *page) silent(part playwright.Locator, text string) {
	p.t.Helper()
	p.must(expect.Locator(part).Not().ToContainText(text))
}

// told waits until a message says the text.
func (p *page) told(text string) {
	p.t.Helper()
	p.see(p.GetByRole(*playwright.AriaRoleStatus).Filter(playwright.LocatorFilterOptions{HasText: text}))
}

// holds waits until the control with the given label holds the text.
func (p *page) holds(label any, text string) {
	p.t.Helper()
	p.must(expect.Locator(p.field(label)).ToHaveValue(text))
}

// choose picks an option, by its words, of the list with the given label.
func (p *page) choose(label any, option string) {
	p.t.Helper()
	_, err := p.field(label).SelectOption(playwright.SelectOptionValues{Labels: &[]string{option}})
	p.must(err)
}

// search types into the search box and, where nothing happens by itself,
// sends it.
func (p *page) search(text string) {
	p.t.Helper()
	box := p.searchBox()
	p.must(box.Fill(""))
	p.must(box.PressSequentially(text))
	if p.visitor.NoScripts {
		p.press("Enter")
	}
}

func (p *page) searchBox() playwright.Locator {
	return p.role(*playwright.AriaRoleSearchbox, "Search customers")
}

// main is the page without what stands around it.
func (p *page) main() playwright.Locator { return p.GetByRole(*playwright.AriaRoleMain) }

// focused waits until the focus is on something.
func (p *page) focused(what playwright.Locator) {
	p.t.Helper()
	p.must(expect.Locator(what).ToBeFocused())
}

// after is the last part of the address, such as a token or an ID.
func after(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
