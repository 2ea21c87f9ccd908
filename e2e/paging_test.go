package e2e

import (
	"fmt"
	"testing"

	"kontor/db/core"
)

// manyCustomers is enough for the list to stop counting.
const manyCustomers = core.MaxCount + 60

// crowd is a house with many customers, numbered as they were added.
func crowd(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	by := core.System(h.first.ID)
	for i := range manyCustomers {
		h.customerOf(by, "name", fmt.Sprintf("Customer %04d", i+1))
	}
	return h
}

func TestPageThroughCustomers(t *testing.T) {
	h := crowd(t)
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		p := h.as(t, v, core.Viewer)
		from := func(first, last string, says string) {
			t.Helper()
			p.says(p.main(), says)
			p.says(p.rows().First(), first)
			p.says(p.rows().Last(), last)
		}
		from("Customer 1060", "Customer 1011", "1–50 of 1,000+")
		p.must(expect.Locator(p.link("Previous")).ToBeDisabled())
		p.click(p.link("Next"))
		from("Customer 1010", "Customer 0961", "51–100 of 1,000+")
		p.click(p.link("Next"))
		from("Customer 0960", "Customer 0911", "101–150 of 1,000+")
		p.click(p.link("Previous"))
		from("Customer 1010", "Customer 0961", "51–100 of 1,000+")
		_, err := p.GoBack()
		p.must(err)
		from("Customer 0960", "Customer 0911", "101–150 of 1,000+")
		p.open(p.URL()) // every state is an address
		from("Customer 0960", "Customer 0911", "101–150 of 1,000+")

		p.click(p.link("100"))
		from("Customer 1060", "Customer 0961", "1–100 of 1,000+")
		p.click(p.link("Next"))
		from("Customer 0960", "Customer 0861", "101–200 of 1,000+")
		p.click(p.link("25"))
		from("Customer 1060", "Customer 1036", "1–25 of 1,000+")

		p.open(h.list + "?sort=created&per=100")
		from("Customer 0001", "Customer 0100", "1–100 of 1,000+")
	})
}
