package e2e

import (
	"net/http"
	"regexp"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

// twins are two customers with the same address.
func (h *house) twins() (a, b core.Customer) {
	a = h.customer("name", "Edward Johnson", "email", "edward@example.com", "company", "Aldgate", "metadata.tier", `"gold"`,
		"billing.street", "156 Aldgate Drive", "billing.city", "London", "billing.country", "GB")
	b = h.customer("first_name", "Ed", "last_name", "Johnson", "email", "edward@example.com", "phone", "+44 20 3982 6580", "reference", "cust-2",
		"metadata.tier", `"silver"`, "billing.street", "1 Cheapside", "billing.city", "London", "billing.country", "GB")
	return a, b
}

func TestMergeTwoCustomers(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		a, b := h.twins()
		p := h.as(t, v, core.Member)
		p.open(h.list)
		p.click(p.link("Duplicates"))
		p.see(p.heading("Likely duplicates"))
		p.says(p.main(), "Same e-mail")
		p.click(p.link("Compare Edward Johnson and Ed Johnson"))
		p.at(views.MergeURL(h.first.ID, a.ID, b.ID))

		// The other way round, and back.
		p.click(p.link("Keep the other one"))
		p.at(views.MergeURL(h.first.ID, b.ID, a.ID))
		p.click(p.link("Keep the other one"))
		p.at(views.MergeURL(h.first.ID, a.ID, b.ID))

		p.must(p.field("silver").Check())
		p.must(p.field(regexp.MustCompile("1 Cheapside")).Check())
		p.click(p.button("Merge customers"))
		p.at(pathOf(a))
		p.told("Ed Johnson is part of Edward Johnson now")
		p.says(p.region("Details"), "cust-2")
		p.says(p.region("Metadata"), "silver")
		p.says(p.region("Addresses"), "1 Cheapside")
		p.miss(p.GetByText("record looks like this one"))

		// The old address, and the toast's button.
		p.open(pathOf(b))
		p.at(pathOf(a))
		p.says(p.region("Activity"), "Customers merged")
		p.click(p.region("Activity").GetByRole("button").First())
		p.told("Undone")
		p.says(p.region("Activity"), "Merge undone")
		p.says(p.region("Metadata"), "gold")
		p.silent(p.region("Details"), "cust-2")
		p.open(pathOf(b))
		p.at(pathOf(b))
		p.see(p.heading("Ed Johnson"))
	})
}

func TestNotADuplicate(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		a, _ := h.twins()
		p := h.as(t, v, core.Member)
		p.open(pathOf(a))
		p.see(p.heading("One record looks like this one"))
		p.click(p.link("Compare with Ed Johnson"))
		p.click(p.button("Not a duplicate"))
		p.told("Kept as two different customers")
		p.see(p.heading("No two customers look alike"))
		p.click(p.link("Not duplicates"))
		p.click(p.button("Look again"))
		p.told("A likely duplicate again")
		p.see(p.link("Compare Edward Johnson and Ed Johnson"))
	})
}

func TestMergeOfOneChangedMeanwhile(t *testing.T) {
	h := newHouse(t)
	a, b := h.twins()
	p := h.as(t, visitor{}, core.Member)
	p.open(views.MergeURL(h.first.ID, a.ID, b.ID))
	p.must(p.field("silver").Check())
	if _, err := h.store.UpdateCustomer(t.Context(), core.System(h.first.ID), b.ID, 0, core.Changes{"company": "Cheapside Ltd"}); err != nil {
		t.Fatal(err)
	}
	p.allow(http.StatusConflict)
	p.click(p.button("Merge customers"))
	p.see(p.heading("One of the two has changed since you looked"))
	p.says(p.main(), "Cheapside Ltd")
	p.must(expect.Locator(p.field("silver")).ToBeChecked())
	p.click(p.button("Merge customers"))
	p.told("Ed Johnson is part of Edward Johnson now")
}

func TestGalleryOfDuplicates(t *testing.T) {
	h := newHouse(t)
	a, b := h.twins()
	h.customer("name", "Amara Begić", "email", "amara.begic@example.com", "phone", "033 123 456", "billing.city", "Sarajevo", "billing.country", "BA")
	h.customer("name", "A. Begic", "email", "amara.begic@example.com", "phone", "+387 33 123 456")
	for name, v := range map[string]visitor{"wide": {}, "phone": {Phone: true}} {
		t.Run(name, func(t *testing.T) {
			p := h.as(t, v, core.Owner)
			for name, come := range map[string]func(*page){
				"duplicates":        to(views.DuplicatesURL(h.first.ID), "Likely duplicates"),
				"duplicates-none":   to(views.PairsQuery{Dismissed: true}.URL(h.first.ID), "No pair was dismissed"),
				"merge":             to(views.MergeURL(h.first.ID, a.ID, b.ID), "Merge two customers"),
				"customer-alike":    to(pathOf(b), "One record looks like this one"),
				"list-four-buttons": to(h.list, "Customers"),
			} {
				come(p)
				p.fits()
				for _, dark := range []bool{true, false} {
					p.dress(dark)
					axe(t, p)
					picture(t, p, name)
				}
			}
		})
	}
}
