package e2e

import (
	"testing"

	"kontor/db/core"
	"kontor/views"
)

// methods are the payment methods that a query finds in the showroom, of which
// there must be one.
func (s *showroom) methods(query string) []core.PaymentMethod {
	s.t.Helper()
	q, err := core.ParseQuery(query, core.MethodFields, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	page, err := s.store.PaymentMethods(s.t.Context(), core.System(1), core.MethodList{Query: q})
	if err != nil || len(page.Items) == 0 {
		s.t.Fatalf("%s: %d, %v", query, len(page.Items), err)
	}
	return page.Items
}

// ofMany is a customer with cards, one of them another than the default, and
// with another payment method.
func (s *showroom) ofMany() (c core.Customer, other core.Card) {
	s.t.Helper()
	by := core.System(1)
	first := s.methods("type:card default:false")[0]
	c, other = s.now(core.Customer{ID: first.Customer.ID, Merchant: 1}), *first.Card
	for _, n := range []core.NewChannel{
		{Name: "sepa", Address: "DE89 3704 0044 0532 0130 00", Mandate: "M-000117", MandateSigned: "2026-01-07"},
		{Name: "vipps", Address: "+47 901 23 456"},
	} {
		n.Source = core.FromPage
		if _, _, err := s.store.AddChannel(s.t.Context(), by, c.ID, n); err != nil {
			s.t.Fatal(err)
		}
	}
	return c, other
}

// TestCardGallery looks at the pages of cards and other payment methods.
func TestCardGallery(t *testing.T) {
	s := newShowroom(t)
	const owner = "clara.sommer@sonne.example"
	m := int64(1)
	c, other := s.ofMany()
	cards, err := s.store.CustomerCards(t.Context(), core.System(m), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	held := s.needed()
	at := func(name, path string) view {
		return view{name, owner, func(p *page) {
			p.t.Helper()
			p.open(path)
			p.see(p.Locator("h1"))
		}}
	}
	show(t, s.app, []view{
		at("customer-cards", pathOf(c)),
		{"customer-card-menu", owner, func(p *page) {
			p.open(pathOf(c))
			p.click(p.region("Cards").Locator("summary").Last())
			p.see(p.link("Remove"))
		}},
		at("card-new", views.NewCardURL(m, c.ID, "")),
		{"card-faults", owner, func(p *page) {
			p.open(views.NewCardURL(m, c.ID, ""))
			p.fill("Card number", "4111 1111 1111 1112")
			p.fill("Expiry date", "13/30")
			p.fill("Security code", "12345")
			p.fill("Description (optional)", "Office card")
			p.click(p.button("Save card"))
			p.see(p.heading("There is a problem"))
		}},
		{"card-refused", owner, func(p *page) {
			p.open(views.NewCardURL(m, c.ID, ""))
			p.typeCard("4000 0000 0000 0093")
			p.click(p.button("Save card"))
			p.see(p.heading("The card was not added"))
		}},
		at("card-edit", views.EditCardURL(m, c.ID, other.ID)),
		at("card-remove", views.RemoveCardURL(m, c.ID, other.ID)),
		at("card-remove-default", views.RemoveCardURL(m, c.ID, cards[0].ID)),
		at("card-remove-needed", views.RemoveCardURL(m, held.Customer, held.ID)),
		at("channel-new", views.NewChannelURL(m, c.ID)),
		{"channel-faults", owner, func(p *page) {
			p.open(views.NewChannelURL(m, c.ID))
			p.choose("Payment method", "SEPA Direct Debit")
			p.fill("Account or address", "DE89 3704 0044 0532 0130 01")
			p.click(p.button("Save payment method"))
			p.see(p.heading("There is a problem"))
		}},
		at("methods", views.MethodsURL(m)),
		at("methods-search", views.MethodsURL(m)+"?q=brand%3Avisa+expires%3A%3C2027-06"),
		at("methods-expired", views.MethodsURL(m)+"?tab=expired"),
		at("methods-channels", views.MethodsURL(m)+"?q=type%3Adirect_debit"),
		at("methods-mistake", views.MethodsURL(m)+"?q=brand%3Agold"),
		at("methods-none", views.MethodsURL(m)+"?q=brand%3Avisa+nobodyatall"),
	})
}

// needed is a card that a living subscription is charged to.
func (s *showroom) needed() core.Card {
	s.t.Helper()
	q, err := core.ParseQuery("status:active", core.SubscriptionFields, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	page, err := s.store.Subscriptions(s.t.Context(), core.System(1), core.SubscriptionList{Query: q})
	if err != nil || len(page.Items) == 0 {
		s.t.Fatalf("%d subscriptions, %v", len(page.Items), err)
	}
	cards, err := s.store.CustomerCards(s.t.Context(), core.System(1), page.Items[0].Customer)
	if err != nil || len(cards) == 0 {
		s.t.Fatalf("%d cards, %v", len(cards), err)
	}
	return cards[0]
}
