package e2e

import (
	"testing"

	"kontor/db/core"
)

func TestWalkByKeyboard(t *testing.T) {
	h := newHouse(t)
	h.nordics()
	p := h.as(t, visitor{}, core.Member)
	p.press("Tab")
	p.focused(p.link("Skip to the content"))
	p.press("?")
	help := p.role("dialog", "Keyboard")
	p.see(help)
	p.says(help, "Edit the row, or the customer at hand")
	p.press("Escape")
	p.miss(help)

	// Search, open, edit and save without touching the mouse.
	p.press("/")
	p.focused(p.searchBox())
	p.must(p.Keyboard().Type("bo"))
	p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
	p.must(p.Keyboard().Type(" oj")) // letters are letters while typing
	p.see(p.heading("No customer matches"))
	p.must(p.searchBox().Fill("bo"))
	p.press("Enter")
	p.lists("Jens Bo", "Åsa Lind", "Bo Ek")
	p.press("j")
	p.focused(p.link("Jens Bo"))
	p.press("j")
	p.press("j")
	p.focused(p.link("Bo Ek"))
	p.press("j")
	p.focused(p.link("Bo Ek"))
	p.press("k")
	p.focused(p.link("Åsa Lind"))
	p.press("Enter")
	p.see(p.heading("Åsa Lind"))
	p.press("e")
	p.see(p.heading("Edit Åsa Lind"))
	p.must(p.person("Company").Focus())
	p.press("Control+A")
	p.must(p.Keyboard().Type("Bokhandeln i Malmö"))
	p.press("Enter")
	p.see(p.heading("Åsa Lind"))
	p.told("Saved")
	p.says(p.region("Details"), "Bokhandeln i Malmö")

	// From the list, e edits the row.
	p.open(h.list)
	p.press("k")
	p.focused(p.link("Bo Ek"))
	p.press("e")
	p.see(p.heading("Edit Bo Ek"))
}

func TestSkipLinkLeadsToTheContent(t *testing.T) {
	h := newHouse(t)
	h.nordics()
	p := h.as(t, visitor{NoScripts: true}, core.Member)
	p.press("Tab")
	p.press("Enter")
	p.focused(p.main())
}
