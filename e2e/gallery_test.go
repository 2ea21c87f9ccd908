package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/db/demo"
	"kontor/views"
)

// A view is a page as the gallery shows it: how a visitor comes to it.
type view struct {
	name string
	as   string // the e-mail address of who sees it; "" is a stranger
	come func(p *page)
}

// show holds each view against axe, against the window's width and against the
// console, wide and on a phone, in both themes, and keeps the pictures.
func show(t *testing.T, a *app, all []view) {
	for name, v := range map[string]visitor{"wide": {}, "phone": {Phone: true}} {
		t.Run(name, func(t *testing.T) {
			tabs := map[string]*page{}
			for _, view := range all {
				p := tabs[view.as]
				if p == nil {
					p = a.page(t, v)
					p.allow(http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity)
					if view.as != "" {
						a.signIn(p, view.as)
					}
					tabs[view.as] = p
				}
				view.come(p)
				p.fits()
				for _, dark := range []bool{true, false} {
					p.dress(dark)
					axe(t, p)
					picture(t, p, view.name)
				}
			}
		})
	}
}

// dress turns the theme that the visitor's device asks for.
func (p *page) dress(dark bool) {
	p.t.Helper()
	p.visitor.Dark = dark
	scheme := playwright.ColorSchemeLight
	if dark {
		scheme = playwright.ColorSchemeDark
	}
	p.must(p.EmulateMedia(playwright.PageEmulateMediaOptions{ColorScheme: scheme}))
	_, err := p.Evaluate("new Promise(requestAnimationFrame)") // the page has heard of it
	p.must(err)
}

// to opens a path and waits for a heading.
func to(path, heading string) func(*page) {
	return func(p *page) {
		p.t.Helper()
		p.open(path)
		p.see(p.heading(heading))
	}
}

// showroom is the demo with one customer of each kind to show.
type showroom struct {
	*house
	edward, deleted core.Customer
}

func newShowroom(t *testing.T) *showroom {
	t.Helper()
	s := &showroom{house: over(t, start(t, "demo -customers 2400 -seed 1"))}
	var err error
	if s.first, err = s.store.Merchant(t.Context(), core.System(1)); err != nil {
		t.Fatal(err)
	}
	s.list = views.CustomersURL(1)
	s.edward = s.now(s.found(t, "customer_number_00001"))
	s.deleted = s.customer("first_name", "Amara", "last_name", "Lukić", "email", "amara.lukic@example.com", "reference", "lukic-1",
		"billing.city", "Sarajevo", "billing.country", "BA", "shipping.same", "true")
	if err := s.store.DeleteCustomer(t.Context(), core.System(1), s.deleted.ID, 0, "asked for it by phone"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *showroom) search(q string) string {
	return s.list + "?" + url.Values{"q": {q}, "per": {"25"}}.Encode()
}

func TestGallery(t *testing.T) {
	s := newShowroom(t)
	const staff, owner = demo.AdminEmail, demo.OwnerEmail
	empty := views.CustomersURL(7)
	customer := pathOf(s.edward)
	show(t, s.app, []view{
		{"login", "", to("/login", "Sign in")},
		{"login-wrong", "", s.wrongPassword},
		{"link", "", func(p *page) {
			p.open(linkOf(p.t, s.kontor("link", "-email", owner)))
			p.see(p.button("Sign in"))
		}},
		{"link-gone", "", to("/link/never", "This link does not work any more")},
		{"set-up", "", s.setUp},
		{"list", owner, to(s.list+"?per=25", "Customers")},
		{"list-pills", owner, func(p *page) {
			p.open(s.search("amara country:BA created:>=2020"))
			p.see(p.GetByText("Country is Bosnia and Herzegovina"))
		}},
		{"list-filter", owner, func(p *page) {
			p.open(s.search("country:BA"))
			p.click(p.summary("Filter"))
			p.see(p.button("Add filter"))
		}},
		{"list-mistake", owner, func(p *page) {
			p.open(s.search("amara contry:BA"))
			p.see(p.Locator("mark"))
		}},
		{"list-no-match", owner, to(s.search("amara country:BA city:Oslo"), "No customer matches")},
		{"list-deleted", owner, to(s.list+"?view=deleted", "Customers")},
		{"list-empty", staff, to(empty, "No customers yet")},
		{"list-empty-deleted", staff, to(empty+"?view=deleted", "Nothing is deleted")},
		{"customer", staff, to(customer, "Edward Johnson")},
		{"customer-note", staff, func(p *page) {
			p.open(customer)
			p.click(p.summary("Add note"))
			p.see(p.button("Save note"))
		}},
		{"customer-saved", owner, func(p *page) {
			p.open(customer + "/edit")
			p.click(p.button("Save customer"))
			p.told("Saved")
		}},
		{"customer-deleted", owner, to(pathOf(s.deleted), "Amara Lukić")},
		{"form-new", owner, to(s.list+"/new", "New customer")},
		{"form-edit", owner, to(customer+"/edit", "Edit Edward Johnson")},
		{"form-faults", owner, s.faults},
		{"form-conflict", owner, s.conflict},
		{"delete", owner, to(customer+"/delete", "Delete Edward Johnson?")},
		{"merchants", staff, to("/merchants", "Merchants")},
		{"merchant-new", staff, to("/merchants/new", "Add merchant")},
		{"find", staff, func(p *page) {
			p.open("/find?find=" + url.QueryEscape("nobody@example.com"))
			p.see(p.GetByText("No customer of any merchant has exactly"))
		}},
		{"find-several", staff, s.several},
		{"error-404", owner, to("/m/1/customers/1", "There is nothing here")},
		{"error-403", owner, to("/merchants", "You may not do that")},
	})
}

func TestGalleryOfTheFirstStart(t *testing.T) {
	a := start(t)
	show(t, a, []view{
		{"first-run", "", to("/login", "Welcome to Kontor")},
		{"first-admin", "", to(a.firstLink(t), "Welcome to Kontor")},
		{"first-faults", "", func(p *page) {
			p.open(a.firstLink(p.t))
			p.fill("Password", "short")
			p.click(p.button("Save and sign in"))
			p.see(p.heading("There is a problem"))
		}},
	})
}

// kind tells the visitors of a gallery apart.
func (p *page) kind() string {
	if p.visitor.Phone {
		return "phone"
	}
	return "wide"
}

func (s *showroom) wrongPassword(p *page) {
	p.open("/login")
	p.signInWith("nobody@"+p.kind()+".example", "not the password")
	p.see(p.heading("There is a problem"))
}

func (s *showroom) setUp(p *page) {
	email := p.kind() + "@sonne.example"
	p.open(linkOf(p.t, s.kontor("user", "add", "-email", email, "-name", "Lena Vogt", "-role", "member", "-merchant", "1")))
	p.see(p.heading("Welcome, Lena Vogt"))
}

// faults sends a form with much that is wrong.
func (s *showroom) faults(p *page) {
	p.open(s.list + "/new")
	for _, f := range [][2]string{{"Reference", "customer_number_00001"}, {"First name", "Edward"}, {"E-mail", "edward.johnson"}, {"Currency", "EUX"}} {
		p.must(p.person(f[0]).Fill(f[1]))
	}
	p.must(p.field("Shipping is the same as billing").Uncheck())
	p.click(p.button("Save customer"))
	p.see(p.heading("There is a problem"))
}

// conflict saves what somebody else has saved meanwhile.
func (s *showroom) conflict(p *page) {
	p.open(pathOf(s.edward) + "/edit")
	by := core.Actor{Kind: core.ByUser, ID: 1, Name: "Emir Hadžić", Role: core.Member, Merchant: 1}
	now := s.now(s.edward)
	for name, text := range map[string]string{"email": "edward@example.com", "phone": "+44 20 3982 6581", "billing.street": fmt.Sprint(now.Version, " Aldgate Drive")} {
		var err error
		if now, err = s.store.UpdateCustomer(p.t.Context(), by, now.ID, 0, core.Changes{name: text}); err != nil {
			p.t.Fatal(err)
		}
	}
	p.must(p.person("E-mail").Fill("e.johnson@example.com"))
	p.must(in(p.group("Billing address"), "Street").Fill("156 Aldgate Drive, 2nd floor"))
	p.click(p.button("Save customer"))
	p.see(p.GetByText("Choose what each of these is to be"))
	if _, err := s.store.UpdateCustomer(p.t.Context(), by, now.ID, 0, core.Changes{
		"email": s.edward.Email, "phone": s.edward.Phone, "billing.street": "156 Aldgate Drive",
	}); err != nil {
		p.t.Fatal(err)
	}
}

// several looks for a reference that customers of two merchants have.
func (s *showroom) several(p *page) {
	if _, err := s.store.CreateCustomer(p.t.Context(), core.System(2), core.FromPage, core.Changes{"name": "Edward J.", "reference": s.edward.Reference}); err != nil && !strings.Contains(err.Error(), "taken") {
		p.t.Fatal(err)
	}
	p.open("/find?find=" + s.edward.Reference)
	p.must(expect.Locator(p.region("Find anywhere").GetByRole("link")).ToHaveCount(2))
}
