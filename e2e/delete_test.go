package e2e

import (
	"net/http"
	"testing"

	"kontor/db/core"
)

func TestDeleteAndRestore(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.customer("name", "Bo Ek")
		c := h.customer("name", "Edward Johnson", "reference", "cust-1", "billing.city", "London")
		p := h.as(t, v, core.Member)
		remove := func() {
			t.Helper()
			p.open(pathOf(c))
			p.click(p.link("Delete"))
			p.see(p.heading("Delete Edward Johnson?"))
			p.focused(p.link("Cancel"))
			p.says(p.main(), "You can restore until")
			p.says(p.main(), "cust-1")
			p.fill("Reason (optional)", "asked for it by phone")
			p.click(p.button("Delete customer"))
			p.at(h.list)
			p.told("Edward Johnson deleted")
			p.lists("Bo Ek")
		}

		// Cancel leads back, and Enter, where the focus is, does as much.
		p.open(pathOf(c) + "/delete")
		p.focused(p.link("Cancel"))
		p.press("Enter")
		p.at(pathOf(c))
		p.see(p.link("Delete"))

		remove()
		p.click(p.button("Undo"))
		p.at(pathOf(c))
		p.told("Edward Johnson restored")
		p.says(p.region("Activity"), "asked for it by phone")
		p.open(h.list)
		p.lists("Edward Johnson", "Bo Ek")

		remove()
		p.click(p.link("Deleted"))
		p.lists("Edward Johnson")
		p.click(p.link("Edward Johnson"))
		p.see(p.heading("This customer was deleted just now by Emir Hadžić"))
		p.miss(p.link("Edit"))
		p.click(p.button("Restore"))
		p.told("Edward Johnson restored")
		p.see(p.link("Edit"))
		p.miss(p.button("Restore"))

		// And from the timeline.
		remove()
		p.open(pathOf(c))
		p.click(p.region("Activity").GetByRole("button").First())
		p.see(p.link("Edit"))
		p.says(p.region("Activity"), "Deletion undone")
	})
}

func TestDeleteOfOneChangedMeanwhile(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Member)
	p.open(pathOf(c) + "/delete")
	if _, err := h.store.UpdateCustomer(t.Context(), core.System(h.first.ID), c.ID, 0, core.Changes{"company": "Aldgate"}); err != nil {
		t.Fatal(err)
	}
	p.fill("Reason (optional)", "empty record")
	p.allow(http.StatusConflict)
	p.click(p.button("Delete customer"))
	p.see(p.heading("This customer has changed since you asked"))
	p.says(p.main(), "Aldgate")
	p.holds("Reason (optional)", "empty record")
	p.click(p.button("Delete customer"))
	p.at(h.list)
	p.told("Edward Johnson deleted")
}

func TestRestoreWithoutTheReference(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "reference", "cust-1")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c) + "/delete")
		p.click(p.button("Delete customer"))
		p.told("Edward Johnson deleted")
		h.customer("name", "Bo Ek", "reference", "cust-1")

		p.allow(http.StatusConflict)
		p.open(pathOf(c))
		p.click(p.button("Restore"))
		p.says(p.main(), "The reference cust-1 now belongs to another customer.")
		p.click(p.button("Restore without the reference"))
		p.told("Edward Johnson restored")
		p.silent(p.region("Details"), "cust-1")
	})
}

func TestUndoAnEdit(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "company", "Aldgate", "phone", "+44 20 3982 6580")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c) + "/edit")
		p.must(p.person("Company").Fill("Bishopsgate"))
		p.must(p.person("Phone").Fill("+44 20 3982 6581"))
		p.click(p.button("Save customer"))
		p.told("Saved")
		activity, details := p.region("Activity"), p.region("Details")
		p.says(activity, "Customer edited")
		p.says(activity, "Emir Hadžić")
		p.must(expect.Locator(activity.GetByRole("deletion")).ToHaveText([]string{"Aldgate", "+44 20 3982 6580"}))
		p.must(expect.Locator(activity.GetByRole("insertion")).ToHaveText([]string{"Bishopsgate", "+44 20 3982 6581"}))

		p.click(activity.GetByRole("button").First())
		p.told("Undone")
		p.says(activity, "Change undone")
		p.says(activity, "Undone since")
		p.says(details, "Aldgate")
		p.says(details, "+44 20 3982 6580")

		// What was changed again since stays, and is named.
		p.open(pathOf(c) + "/edit")
		p.must(p.person("Company").Fill("Cheapside"))
		p.must(p.person("Reference").Fill("cust-2"))
		p.click(p.button("Save customer"))
		p.told("Saved")
		p.open(pathOf(c) + "/edit")
		p.must(p.person("Company").Fill("Downing"))
		p.click(p.button("Save customer"))
		p.told("Saved")
		p.click(activity.GetByRole("button").Nth(1))
		p.told("Undone, but for company, changed again since")
		p.says(details, "Downing")
		p.silent(details, "cust-2")
	})
}
