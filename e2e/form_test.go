package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

// everyField is what TestEveryFieldIsKept types, by the label of the field.
var everyField = [][2]string{
	{"Reference", "cust-77"},
	{"Custom ID", "red folder"},
	{"First name", "Amara"},
	{"Last name", "Begić"},
	{"Company", "Pekara Sunce d.o.o."},
	{"Organisation number", "4200123450007"},
	{"E-mail", "amara@example.com"},
	{"Copies of receipts to", "books@example.com, boss@example.com"},
	{"Phone", "+387 33 123 456"},
	{"Language", "bs-BA"},
	{"Currency", "BAM"},
	{"Date of birth", "1987-04-23"},
	{"IP address", "2001:db8::7"},
	{"Description", `Likes <b>quotes</b>, "'; DROP TABLE customers; -- and 🥐`},
	{"Custom data", "{\"a\": 1}\nsecond line"},
}

// everyAddressField likewise, in a group of address fields.
var everyAddressField = [][2]string{
	{"Street", "Ferhadija 12"},
	{"Street, second line", "3rd floor"},
	{"Postcode", "71000"},
	{"City", "Sarajevo"},
	{"State or region", "Kanton Sarajevo"},
	{"Salutation", "Ms"},
	{"Given name", "Amara"},
	{"Family name", "Begić"},
	{"Organisation", "Pekara Sunce"},
	{"Part of the city", "Stari Grad"},
	{"Sorting code", "BIH"},
	{"E-mail", "billing@example.com"},
	{"Phone", "+387 33 111 111"},
	{"Mobile", "+387 61 222 222"},
	{"Date of birth", "1987-04-24"},
	{"Register number", "65-01-0123"},
	{"Sales tax number", "BA123456789"},
	{"Legal form", "d.o.o."},
	{"Social security number", "2304987175005"},
}

// person is the part of the form that is not about addresses.
func (p *page) person(label string) playwright.Locator {
	return in(p.group(regexp.MustCompile("^(Who|Contact|More)$")), label)
}

func TestEveryFieldIsKept(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Member)
		p.click(p.link("New customer").First())
		for _, f := range everyField {
			p.must(p.person(f[0]).Fill(f[1]))
		}
		billing := p.group("Billing address")
		p.must(billing.Locator("summary").Click())
		for _, f := range everyAddressField {
			p.must(in(billing, f[0]).Fill(f[1]))
		}
		_, err := in(billing, "Country").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Bosnia and Herzegovina"}})
		p.must(err)
		_, err = in(billing, "Gender").SelectOption(playwright.SelectOptionValues{Labels: &[]string{"Female"}})
		p.must(err)
		p.fill("Key 1", "tier")
		p.fill("Value 1", "gold")
		p.click(p.button("Save customer"))

		p.see(p.heading("Amara Begić"))
		for _, text := range []string{
			"amara@example.com", "cust-77", "red folder", "Pekara Sunce d.o.o.", "4200123450007", "books@example.com, boss@example.com",
			"+387 33 123-456", "Bosnian", "BAM", "23 Apr 1987", "2001:db8::7", everyField[13][1], "second line",
			"Ferhadija 12", "Bosnia and Herzegovina", "2304987175005", "tier", "gold",
		} {
			p.says(p.main(), text)
		}

		// The form shows all of it again, and changes every field.
		p.click(p.link("Edit"))
		for _, f := range everyField {
			p.must(expect.Locator(p.person(f[0])).ToHaveValue(f[1]))
		}
		for _, f := range everyAddressField {
			p.must(expect.Locator(in(billing, f[0])).ToHaveValue(f[1]))
		}
		p.must(expect.Locator(in(billing, "Country")).ToHaveValue("BA"))
		p.must(expect.Locator(in(billing, "Gender")).ToHaveValue("FEMALE"))
		p.must(expect.Locator(p.field("Shipping is the same as billing")).ToBeChecked())
		for _, f := range everyField {
			p.must(p.person(f[0]).Fill(""))
		}
		for _, f := range everyAddressField {
			p.must(in(billing, f[0]).Fill(""))
		}
		p.fill("Company", "Sunce")
		p.fill("Value 1", "")
		p.click(p.button("Save customer"))
		p.see(p.heading("Sunce"))
		p.told("Saved")
		for _, text := range []string{"gold", "Ferhadija 12"} {
			p.says(p.region("Activity"), text) // before and after
			p.silent(p.region("Addresses"), text)
			p.silent(p.region("Details"), text)
		}
		p.miss(p.region("Metadata"))
	})
}

func TestFaultsAreToldAllAtOnce(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.customer("name", "Bo Ek", "reference", "cust-1")
		p := h.as(t, v, core.Member)
		p.open(h.list + "/new")
		long := strings.Repeat("ä", 300)
		for _, f := range [][2]string{
			{"Reference", "cust-1"},
			{"First name", long},
			{"E-mail", "not an address"},
			{"Currency", "EUX"},
			{"IP address", "localhost"},
			{"Description", "pays with 4111 1111 1111 1111"},
			{"Company", "right\u202eleft"},
		} {
			p.must(p.person(f[0]).Fill(f[1]))
		}
		p.must(in(p.group("Billing address"), "City").Fill("Zürich"))
		p.must(p.field("Shipping is the same as billing").Uncheck())
		p.must(in(p.group("Shipping address"), "City").Fill("Genève"))
		p.fill("Key 1", strings.Repeat("k", 41))
		p.fill("Value 1", "v")
		p.allow(http.StatusUnprocessableEntity)
		p.click(p.button("Save customer"))

		summary := p.GetByRole(*playwright.AriaRoleAlert).Filter(playwright.LocatorFilterOptions{HasText: "There is a problem"})
		p.focused(summary)
		p.must(expect.Page(p.Page).ToHaveTitle(regexp.MustCompile("^Error: New customer")))
		for label, fault := range map[string]string{
			"Reference":   "Another customer has this reference. Choose another, or open that customer instead.",
			"E-mail":      "Enter an e-mail address such as name@example.com.",
			"Currency":    "Enter a currency code such as EUR.",
			"IP address":  "Enter an IP address such as 192.0.2.7 or 2001:db8::7.",
			"Description": "Description looks as if it holds a card number. Take it out: card numbers are never kept.",
		} {
			field := p.person(label)
			p.must(expect.Locator(field).ToHaveAttribute("aria-invalid", "true"))
			p.must(expect.Locator(field).ToHaveAccessibleDescription(regexp.MustCompile(regexp.QuoteMeta(fault))))
			p.click(summary.GetByText(fault))
			p.focused(field)
		}
		p.must(expect.Locator(summary.GetByRole("listitem")).ToContainText([]string{
			"reference", "First name", "e-mail", "currency", "IP", "Description", "etadata",
		}))

		// Nothing typed is lost.
		p.must(expect.Locator(p.person("First name")).ToHaveValue(long))
		p.must(expect.Locator(p.person("E-mail")).ToHaveValue("not an address"))
		p.must(expect.Locator(p.person("Company")).ToHaveValue("right\u202eleft"))
		p.must(expect.Locator(in(p.group("Billing address"), "City")).ToHaveValue("Zürich"))
		p.must(expect.Locator(in(p.group("Shipping address"), "City")).ToHaveValue("Genève"))
		p.must(expect.Locator(p.field("Shipping is the same as billing")).Not().ToBeChecked())
		p.holds("Key 1", strings.Repeat("k", 41))
		p.holds("Value 1", "v")
	})
}

func TestNobodyAtAllIsNoCustomer(t *testing.T) {
	h := newHouse(t)
	p := h.as(t, visitor{}, core.Member)
	p.open(h.list + "/new")
	p.focused(p.field("Name"))
	p.allow(http.StatusUnprocessableEntity)
	p.click(p.button("Save customer"))
	p.click(p.link("Enter a name, or anything else that is known of the customer."))
	p.focused(p.field("Name"))
}

func TestLikelyDuplicates(t *testing.T) {
	h := newHouse(t)
	twin := h.customer("name", "Amara Begić", "email", "amara@example.com")
	p := h.as(t, visitor{}, core.Member)
	p.open(h.list + "/new")
	p.fill("Name", "A. Begić")
	p.must(p.person("E-mail").Fill("AMARA@example.com"))
	p.must(p.person("Phone").Fill("12")) // kept as typed, with a warning
	p.see(p.heading("Somebody like this is already here"))
	p.must(expect.Locator(p.link("Amara Begić")).ToHaveAttribute("href", pathOf(twin)))
	p.must(expect.Locator(p.person("Phone")).ToHaveValue("12"))
	p.click(p.button("Save customer"))
	p.told("A. Begić added")
	p.told("does not look like one that can be called")
	box := p.role(*playwright.AriaRoleComplementary, "Likely duplicates")
	p.says(box, "One record looks like this one")
	p.says(box, "same e-mail")
	p.click(box.GetByText("Amara Begić").First())
	p.at(pathOf(twin))
}

func TestUnsavedChangesAskBeforeLeaving(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Member)
	asked := make(chan string, 1)
	p.OnDialog(func(d playwright.Dialog) {
		asked <- d.Type()
		d.Accept()
	})
	p.open(pathOf(c) + "/edit")
	p.fill("Name", "Edwina Johnson")
	p.click(p.link("Cancel"))
	p.at(pathOf(c))
	p.see(p.heading("Edward Johnson"))
	select {
	case got := <-asked:
		if got != "beforeunload" {
			t.Errorf("asked by %q", got)
		}
	default:
		t.Error("what was typed was left behind without asking")
	}

	p.open(pathOf(c) + "/edit") // nothing typed, nothing asked
	p.click(p.link("Cancel"))
	p.at(pathOf(c))
	if len(asked) > 0 {
		t.Error("asked although nothing was typed")
	}
}
