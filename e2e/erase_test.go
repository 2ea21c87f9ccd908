package e2e

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

func TestOwnerTakesOutAndErasesACustomer(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Jane Doe", "email", "jane@example.com", "reference", "r-1", "billing.city", "Oslo", "billing.country", "NO")
		p := h.as(t, v, core.Owner)
		p.open(pathOf(c))
		p.click(p.summary("More"))
		looks(t, p)
		p.click(p.link("What is held about it"))
		p.see(p.heading("What is held about Jane Doe"))
		p.says(p.region("Addresses"), "Norway")
		looks(t, p)
		file, err := p.ExpectDownload(func() error { return p.button("Download as JSON").Click() })
		p.must(err)
		path, err := file.Path()
		p.must(err)
		data, err := os.ReadFile(path)
		p.must(err)
		if !strings.Contains(string(data), `"email": "jane@example.com"`) {
			t.Errorf("took out %s", data)
		}

		p.open(pathOf(c))
		p.click(p.summary("More"))
		p.click(p.link("Erase personal data"))
		p.see(p.heading("Erase Jane Doe?"))
		p.focused(p.link("Cancel"))
		looks(t, p)
		p.allow(http.StatusUnprocessableEntity)
		p.fill("Type the customer’s e-mail address", "jane")
		p.click(p.button("Erase personal data"))
		p.see(p.heading("There is a problem"))
		looks(t, p)
		p.fill("Type the customer’s e-mail address", "jane@example.com")
		p.click(p.button("Erase personal data"))
		p.told("Personal data erased")
		p.at(pathOf(c))
		p.silent(p.main(), "Jane")
		p.says(p.main(), "Customer added")
		p.miss(p.button("Restore"))
		looks(t, p)
		p.open(h.list + "?view=deleted")
		p.see(p.heading("Nothing is deleted"))
		p.open(h.list + "?q=jane")
		p.see(p.heading("No customer matches"))
	})
}

func TestErasingIsForOwners(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Jane Doe")
	p := h.as(t, visitor{}, core.Member)
	p.open(pathOf(c))
	p.click(p.summary("More"))
	p.miss(p.link("Erase personal data"))
	p.allow(http.StatusForbidden)
	p.open(views.EraseURL(h.first.ID, c.ID))
	p.see(p.heading("You may not do that"))
	p.open(views.DossierURL(h.first.ID, c.ID))
	p.see(p.heading("You may not do that"))
}

func TestErasePagesOnAPhone(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Jane Doe", "email", "jane@example.com", "billing.city", "Oslo", "shipping.city", "Bergen", "metadata.tier", `"gold"`)
	gone := h.customer("name", "Gone")
	if err := h.store.EraseCustomer(t.Context(), core.System(h.first.ID), gone.ID, 0); err != nil {
		t.Fatal(err)
	}
	for _, v := range []visitor{{Phone: true}, {Phone: true, Dark: true}, {Dark: true}, {}} {
		p := h.as(t, v, core.Owner)
		for name, path := range map[string]string{
			"erase": views.EraseURL(h.first.ID, c.ID), "held": views.DossierURL(h.first.ID, c.ID), "erased": pathOf(gone),
		} {
			p.open(path)
			looks(t, p)
			picture(t, p, name)
		}
		p.open(pathOf(c))
		p.click(p.summary("More"))
		looks(t, p)
		picture(t, p, "more")
	}
}
