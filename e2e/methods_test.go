package e2e

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/views"
)

// channels are a customer's other payment methods, as its page lists them.
func (p *page) channels() playwright.Locator {
	return p.region("Other payment methods").Locator("ul.methods > li")
}

func (p *page) hasChannels(labels ...string) {
	p.t.Helper()
	if len(labels) == 0 {
		p.says(p.region("Other payment methods"), "No direct debit, e-invoice or wallet.")
		return
	}
	p.must(expect.Locator(p.channels().Locator("b")).ToHaveText(labels))
}

func TestOtherWaysToPay(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Ingrid Hansen")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c))
		p.hasChannels()
		p.click(p.link("Add method"))
		p.see(p.heading("Add a payment method"))
		p.allow(http.StatusUnprocessableEntity)
		p.choose("Payment method", "SEPA Direct Debit")
		p.fill("Account or address", "DE89 3704 0044 0532 0130 01")
		p.fill("Mandate reference", "M_1")
		p.click(p.button("Save payment method"))
		p.complains("Account or address", "This is not a whole IBAN. Check it against the mandate.")
		p.complains("Mandate reference", "Write the mandate's reference in letters, digits and the marks / - ? : ( ) . , ' +")
		p.complains("Mandate signed on", "Enter the day on which the mandate was signed.")
		p.holds("Account or address", "DE89 3704 0044 0532 0130 01")
		p.fill("Account or address", "de89 3704 0044 0532 0130 00")
		p.fill("Mandate reference", "M-1")
		p.fill("Mandate signed on", "2026-01-07")
		p.click(p.button("Save payment method"))
		p.told("SEPA Direct Debit DE ···· 3000 added")
		p.hasChannels("SEPA Direct Debit DE ···· 3000")
		p.says(p.channels().First(), "mandate M-1 · signed 7 Jan 2026 · consent ")
		p.silent(p.GetByRole(*playwright.AriaRoleMain), "0532")

		p.open(views.NewChannelURL(c.Merchant, c.ID))
		p.choose("Payment method", "Vipps")
		p.fill("Account or address", "+47 901 23 456")
		p.must(p.field("The customer agreed to pay by it").Uncheck())
		p.click(p.button("Save payment method"))
		p.told("Vipps +47 901 23 456 added")
		p.hasChannels("Vipps +47 901 23 456", "SEPA Direct Debit DE ···· 3000")
		p.says(p.channels().First(), "no consent yet")

		p.click(p.button("Withdraw SEPA Direct Debit DE ···· 3000"))
		p.told("SEPA Direct Debit DE ···· 3000 withdrawn")
		p.hasChannels("Vipps +47 901 23 456")
		p.click(p.Locator(".toaster").GetByRole("button").First())
		p.told("Undone")
		p.hasChannels("Vipps +47 901 23 456", "SEPA Direct Debit DE ···· 3000")
		p.click(p.button("Withdraw Vipps +47 901 23 456"))
		p.hasChannels("SEPA Direct Debit DE ···· 3000")
		p.open(pathOf(c))
		p.click(p.region("Activity").GetByRole("button").First())
		p.told("Undone")
		p.says(p.region("Activity"), "Payment method brought back")
		p.hasChannels("Vipps +47 901 23 456", "SEPA Direct Debit DE ···· 3000")
	})
}

// long is a time from which cards that are good then have expired since.
const long = 3 * 365 * 24 * time.Hour

// wallet adds to customers of the first merchant a mandate and a card of each
// state; the list has them the other way round.
func (h *house) wallet() {
	h.t.Helper()
	by, now := core.System(h.first.ID), time.Now()
	at := now.Add(-long)
	sandbox, err := billing.OpenSandbox(h.t.Context(), "", billing.SandboxOptions{Now: func() time.Time { return at }})
	if err != nil {
		h.t.Fatal(err)
	}
	store, err := db.Open(h.t.Context(), filepath.Join(h.data, "kontor.db"), db.Options{
		Node: 2, KeyFile: filepath.Join(filepath.Dir(h.data), "key"), Processor: sandbox, CheapPasswords: true,
		Now: func() time.Time { at = at.Add(time.Second); return at },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	defer store.Close()
	ingrid := h.customer("name", "Ingrid Hansen")
	if _, _, err := store.AddChannel(h.t.Context(), by, ingrid.ID, core.NewChannel{
		Name: "sepa", Address: dbtest.IBAN, Mandate: "M-1", MandateSigned: "2021-01-07", ConsentAt: at, Source: core.FromPage,
	}); err != nil {
		h.t.Fatal(err)
	}
	for _, k := range []struct {
		name, number string
		expiry       core.Expiry
	}{
		{"Amara Lukić", dbtest.MastercardNumber, core.MonthOf(now).AddMonths(-2)},
		{"Bo Ek", "4000 0000 0000 0028", core.MonthOf(now)},
		{"Edward Johnson", dbtest.VisaNumber, core.MonthOf(now).AddMonths(30)},
	} {
		c := h.customer("name", k.name)
		d, bad := core.ReadCard(k.number, k.expiry.String(), "123", "", at)
		if len(bad) > 0 {
			h.t.Fatal(bad)
		}
		if _, _, err := store.AddCard(h.t.Context(), by, c.ID, core.NewCard{CardDetails: d, Default: true}); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestListOfPaymentMethods(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Viewer)
		p.open(views.MethodsURL(h.first.ID))
		p.see(p.heading("No payment methods here"))
		h.wallet()
		p.click(p.link("Payment methods"))
		const visa, amara, bo, mandate = "Visa ···· 1111", "Mastercard ···· 4444", "Visa ···· 0028", "SEPA Direct Debit DE ···· 3000"
		p.lists(visa, bo, amara, mandate)
		for tab, want := range map[string][]string{"Valid": {visa, bo, mandate}, "Expiring": {bo}, "Expired": {amara}} {
			p.click(p.link(tab))
			p.lists(want...)
			p.must(expect.Locator(p.link(tab)).ToHaveAttribute("aria-current", "page"))
		}
		p.click(p.link("All"))
		p.lists(visa, bo, amara, mandate)

		box := p.role(*playwright.AriaRoleSearchbox, "Search payment methods")
		find := func(text string) {
			t.Helper()
			p.must(box.Fill(text))
			p.press("Enter")
		}
		find("brand:visa")
		p.lists(visa, bo)
		p.says(p.main(), "Brand is Visa")
		find("0028")
		p.lists(bo)
		p.must2(p.GoBack())
		p.lists(visa, bo)
		p.must(expect.Locator(box).ToHaveValue(""))
		p.must2(p.GoBack())
		p.lists(visa, bo, amara, mandate)
		find("type:direct_debit")
		p.lists(mandate)
		p.click(p.link("Remove: Type is direct debit"))
		find("lukic")
		p.lists(amara)
		p.click(p.link("Expiring"))
		p.see(p.heading("No payment method matches"))
		p.open(views.MethodsURL(h.first.ID))
		find("brand:gold")
		p.see(p.Locator("mark"))
		p.must(expect.Locator(box).ToHaveValue("brand:gold"))

		// A row leads to where the method stands on its customer's page.
		p.open(views.MethodsURL(h.first.ID))
		p.click(p.link(visa))
		p.see(p.heading("Edward Johnson"))
		p.hasCards(visa)
	})
}
