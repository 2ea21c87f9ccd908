package e2e

import (
	"net/http"
	"testing"

	"kontor/db/core"
	"kontor/db/demo"
	"kontor/views"
)

// TestPaymentStory is the walk: a card, a charge of once, a part of it back.
func TestPaymentStory(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "email", "edward@example.com")
		p := h.as(t, v, core.Owner)
		p.allow(http.StatusUnprocessableEntity)

		p.open(pathOf(c))
		p.says(p.region("Payments"), "None yet.")
		p.click(p.link("Add card"))
		p.addTestCard()
		p.open(views.ChargeOnceURL(c.Merchant, c.ID))
		p.fill("Amount", "49,00")
		p.fill("Description", "One cake")
		p.click(p.button("Charge now"))
		p.says(p.main(), "Enter an amount with digits and a point")
		p.fill("Amount", "49")
		p.click(p.button("Charge now"))
		p.told("Paid")
		p.says(p.main(), "for €49.00 to be charged once")

		p.click(p.link("Refund"))
		p.fill("Amount", "9")
		p.fill("Note", "Too much salt")
		p.click(p.button("Refund"))
		p.told("Refund made")
		p.says(p.region("Refunds"), "Too much salt")
		p.open(pathOf(c))
		p.says(p.region("Payments"), "Refunded €9.00")
	})
}

// TestPaymentPagesLook shows the pages about payments.
func TestPaymentPagesLook(t *testing.T) {
	s := newShowroom(t)
	paid := "/m/1/payments?q=status:paid"
	open := func(p *page) {
		p.open(paid)
		p.must(p.Locator(".payment-rows tbody tr:first-child a").Click())
		p.see(p.heading("Tries"))
	}
	show(t, s.app, []view{
		{"payments", demo.OwnerEmail, to("/m/1/payments", "Payments")},
		{"payments-none", demo.OwnerEmail, to("/m/1/payments?q=amount:1.23", "No payment matches")},
		{"payment", demo.OwnerEmail, open},
		{"refund", demo.OwnerEmail, func(p *page) { open(p); p.click(p.link("Refund")); p.see(p.button("Refund")) }},
		{"runs", demo.OwnerEmail, to("/m/1/runs", "Runs")},
		{"queue", demo.OwnerEmail, to("/m/1/payments/queue", "For a person to look at")},
		{"ahead", demo.OwnerEmail, to("/m/1/payments/ahead", "What happens next")},
	})
}
