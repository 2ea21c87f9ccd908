package e2e

import (
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

func TestAddresses(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "billing.street", "152 Aldgate Drive", "billing.city", "London", "billing.postcode", "E1 7RT",
			"billing.country", "GB", "shipping.same", "true")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c))
		envelopes := p.region("Addresses")
		p.see(envelopes.GetByRole("heading").GetByText("Billing and shipping"))
		p.says(envelopes, "152 Aldgate Drive")
		p.says(envelopes, "United Kingdom")

		// A shipping address of its own, and a further one.
		p.click(p.link("Edit"))
		p.miss(in(p.group("Shipping address"), "Street"))
		p.must(p.field("Shipping is the same as billing").Uncheck())
		p.must(in(p.group("Shipping address"), "Street").Fill("1 Harbour Road"))
		p.must(in(p.group("Shipping address"), "City").Fill("Leith"))
		p.click(p.button("Save customer"))
		p.must(expect.Locator(envelopes.GetByRole("heading")).ToHaveText([]string{"Addresses", "Billing", "Shipping"}))
		p.click(p.link("Edit"))
		p.click(p.summary("Add an address"))
		p.must(in(p.group("New address"), "Street").Fill("8 Summer Lane"))
		_, err := in(p.group("New address"), "Type").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Shipping"}})
		p.must(err)
		p.click(p.button("Save customer"))
		p.told("Saved")
		p.must(expect.Locator(envelopes.GetByRole("heading")).ToHaveText([]string{"Addresses", "Billing", "Shipping", "Also: shipping"}))
		p.says(envelopes, "1 Harbour Road")
		p.says(envelopes, "8 Summer Lane")

		// The further one becomes the default; then one goes, and shipping is
		// billing again.
		p.click(p.link("Edit"))
		p.must(in(p.group("Further address"), "Default of its type").Check())
		p.click(p.button("Save customer"))
		p.told("Saved")
		p.must(expect.Locator(envelopes.GetByRole("listitem").Nth(1)).ToContainText("8 Summer Lane"))
		p.click(p.link("Edit"))
		p.must(expect.Locator(in(p.group("Further address"), "Street")).ToHaveValue("1 Harbour Road"))
		p.must(in(p.group("Further address"), "Remove this address").Check())
		p.click(p.button("Save customer"))
		p.told("Saved")
		p.must(expect.Locator(envelopes.GetByRole("heading")).ToHaveText([]string{"Addresses", "Billing", "Shipping"}))
		p.silent(envelopes, "Harbour Road")
	})
}

func TestMetadataRows(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "metadata.tier", `"gold"`, "metadata.visits", "12")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c) + "/edit")
		p.holds("Key 1", "tier")
		p.fill("Value 1", "silver")
		p.fill("Value 2", "")
		for i, row := range [][2]string{{"Key 3", "a"}, {"Key 4", "b"}, {"Key 5", "c"}} {
			p.fill(row[0], row[1])
			p.fill(strings.Replace(row[0], "Key", "Value", 1), strings.Repeat("x", i+1))
		}
		if !v.NoScripts {
			p.click(p.button("Add row"))
			p.focused(p.field("Key 6"))
			p.fill("Key 6", "d")
			p.fill("Value 6", "xxxx")
		}
		p.click(p.button("Save customer"))
		want := []string{"a", "b", "c", "tier"}
		if !v.NoScripts {
			want = []string{"a", "b", "c", "d", "tier"}
		}
		p.must(expect.Locator(p.region("Metadata").GetByRole("term")).ToHaveText(want))
		p.says(p.region("Metadata"), "silver")
	})
}
