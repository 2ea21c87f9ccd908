package e2e

import (
	"net/http"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

// addNote writes a note on the customer's page at hand.
func (p *page) addNote(text string, ticks ...string) {
	p.t.Helper()
	p.click(p.summary("Add note"))
	p.fill("Note", text)
	for _, tick := range ticks {
		p.must(in(p.newNote(), tick).Check())
	}
	p.click(p.button("Save note"))
	p.see(p.region("Notes").GetByRole("listitem").Filter(playwright.LocatorFilterOptions{HasText: text}))
}

func (p *page) newNote() playwright.Locator { return p.Locator("details.new-note") }

// notes are the notes, as listed.
func (p *page) notes() playwright.Locator { return p.region("Notes").Locator(".text") }

func TestNotes(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c))
		notes := p.region("Notes")
		p.says(notes, "No notes yet.")
		p.mark()
		p.addNote("Prefers invoices by the 1st\nand letters on paper")
		if !v.NoScripts {
			p.told("Saved.")
		}
		p.addNote("Called on <b>Monday</b>")
		p.must(expect.Locator(p.notes()).ToHaveText([]string{"Called on <b>Monday</b>", "Prefers invoices by the 1st and letters on paper"}))
		p.says(notes, "Emir Hadžić")
		if !v.NoScripts {
			p.stillMarked()
			p.focused(p.summary("Add note"))
		}

		// Pinned ones stay on top.
		p.click(notes.GetByText("Pin", playwright.LocatorGetByTextOptions{Exact: playwright.Bool(true)}).Last())
		p.must(expect.Locator(p.notes()).ToHaveText([]string{"Prefers invoices by the 1st and letters on paper", "Called on <b>Monday</b>"}))
		p.see(notes.GetByText("Unpin"))

		// An edit is shown as one.
		last := notes.GetByRole("listitem").Last()
		p.click(last.Locator("summary"))
		p.must(in(last, "Change note").Fill("Called on Tuesday"))
		p.click(last.GetByText("Save"))
		p.must(expect.Locator(p.notes()).ToHaveText([]string{"Prefers invoices by the 1st and letters on paper", "Called on Tuesday"}))
		p.says(last, "edited")

		// No card number is kept, and what was typed is not lost.
		p.allow(http.StatusUnprocessableEntity)
		p.click(p.summary("Add note"))
		p.fill("Note", "card is 4111 1111 1111 1111")
		p.click(p.button("Save note"))
		p.says(p.newNote(), "looks as if it holds a card number")
		p.holds("Note", "card is 4111 1111 1111 1111")
		p.must(p.field("Note").Fill(""))

		p.click(last.GetByText("Delete"))
		p.told("Note deleted")
		p.must(expect.Locator(p.notes()).ToHaveText([]string{"Prefers invoices by the 1st and letters on paper"}))
		p.click(p.Locator(".toaster").GetByRole("button").First())
		p.told("Undone")
		p.must(expect.Locator(p.notes()).ToHaveText([]string{"Prefers invoices by the 1st and letters on paper", "Called on Tuesday"}))
	})
}

func TestNoteChangedByTwo(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	by := core.System(h.first.ID)
	note, err := h.store.AddNote(t.Context(), by, c.ID, core.Note{Text: "Called"})
	if err != nil {
		t.Fatal(err)
	}
	p := h.as(t, visitor{}, core.Member)
	p.open(pathOf(c))
	item := p.region("Notes").GetByRole("listitem").First()
	p.click(item.Locator("summary"))
	p.must(in(item, "Change note").Fill("Called, no answer"))
	note.Text = "Called, will call back"
	if _, err := h.store.UpdateNote(t.Context(), by, note); err != nil {
		t.Fatal(err)
	}
	p.allow(http.StatusConflict)
	p.click(item.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Save"}))
	p.says(item, "Somebody changed this note meanwhile")
	p.must(expect.Locator(p.notes()).ToHaveText("Called, will call back"))
	p.must(expect.Locator(in(item, "Change note")).ToHaveValue("Called, no answer"))
	p.click(item.GetByRole("button", playwright.LocatorGetByRoleOptions{Name: "Save"}))
	p.must(expect.Locator(p.notes()).ToHaveText("Called, no answer"))
}

func TestStaffKeepNotesAmongThemselves(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	agent, owner := h.as(t, visitor{}, core.Agent), h.as(t, visitor{}, core.Owner)
	agent.open(pathOf(c))
	agent.addNote("Owes us an answer", "Staff only")
	agent.addNote("Moved house")
	agent.says(agent.region("Notes"), "Staff only")
	agent.says(agent.region("Activity"), "Customer added")

	owner.open(pathOf(c))
	owner.must(expect.Locator(owner.notes()).ToHaveText([]string{"Moved house"}))
	owner.silent(owner.main(), "Owes us an answer")
	owner.click(owner.summary("Add note"))
	owner.miss(owner.field("Staff only"))
	owner.search("note:answer")
	owner.press("Enter")
	owner.see(owner.heading("No customer matches"))
}
