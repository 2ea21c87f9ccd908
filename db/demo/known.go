package demo

import (
	"context"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

// A guest is a customer that every larger demo has, for pictures and examples.
type guest struct {
	ago     time.Duration // before now
	from    core.Source
	changes core.Changes
	story   bool // that of Edward Johnson
}

const day = 24 * time.Hour

var known = []guest{
	{ago: 101*day - 2*time.Hour, from: core.FromAcquired, story: true, changes: core.Changes{
		"first_name": "Edward", "last_name": "Johnson", "email": "edward.johnson@example.com", "phone": "+44 20 3982 6580",
		"reference": "customer_number_00001", "language": "en-GB", "currency": "EUR",
		"billing.street": "152 Aldgate Drive", "billing.city": "London", "billing.postcode": "E1 7RT", "billing.country": "GB",
		"shipping.same": "true", "metadata.tier": `"gold"`,
	}},
	sarajevan(42*day, "Amara", "Okafor", "amara.okafor@example.com", "cust-10482", "Northwind Traders"),
	sarajevan(36*day, "Amara", "Begić", "amara.begic@example.com", "cust-10519", "Bäckerei Sonne"),
	sarajevan(49*day, "Amara", "Hadžić", "amara.hadzic@example.com", "cust-10556", "Stark Industries"),
	sarajevan(3*day, "Samara", "Kovač", "samara.kovac@example.com", "cust-10593", "Globex"),
	sarajevan(13*day, "Amara", "Jurić", "amara.juric@example.com", "cust-10630", "Umbrella Cafés"),
	sarajevan(27*day, "Amara", "Delić", "amara.delic@example.com", "cust-10667", "Initech"),
	sarajevan(43*day, "Tamara", "Petrović", "tamara.petrovic@example.com", "cust-10704", ""),
}

func sarajevan(ago time.Duration, first, family, email, reference, company string) guest {
	return guest{ago: ago, from: core.FromPage, changes: core.Changes{
		"first_name": first, "last_name": family, "email": email, "reference": reference, "company": company,
		"language": "bs-BA", "currency": "EUR", "shipping.same": "true",
		"billing.city": "Sarajevo", "billing.postcode": "71000", "billing.country": "BA",
	}}
}

// welcome makes a guest a customer.
func (f *filler) welcome(ctx context.Context, m *merchant, g guest) error {
	by := m.actors[1]
	if g.from != core.FromPage {
		by = core.Actor{Kind: core.ByApplication, Name: m.program, Role: core.Member, Merchant: m.ID}
	}
	c, err := f.CreateCustomer(ctx, by, g.from, g.changes)
	if err != nil {
		return err
	}
	f.count()
	if !g.story {
		return nil
	}
	for _, card := range []core.Card{
		{Brand: core.Visa, FirstSix: "411111", LastFour: "4867", Expiry: core.MonthOf(f.now).AddMonths(21), Description: "business card"},
		{Brand: core.Mastercard, FirstSix: "555555", LastFour: "0005", Expiry: core.MonthOf(f.now).AddMonths(1)},
	} {
		card.Holder = c.FullName()
		f.on(f.now.Add(-100*day), func(ctx context.Context) error {
			f.carded[c.ID] = true
			return f.keep(ctx, by, c.ID, card, billing.Approves)
		})
	}
	f.on(f.now.Add(-80*day), func(ctx context.Context) error { // the fourth payment is ten days ahead, or twelve
		payments := 12
		s, err := f.StartSubscription(ctx, by, core.NewSubscription{Customer: c.ID, Plan: m.plans[0].ID, Payments: &payments, Source: core.FromDemo})
		if err != nil {
			return err
		}
		a := f.account(m, s)
		a.story, a.luck, a.since = true, 100, s.StartedAt
		return nil
	})
	f.on(f.now.Add(-52*day), func(ctx context.Context) error {
		_, err := f.UpdateCustomer(ctx, m.actors[1], c.ID, 0, core.Changes{"billing.street": "156 Aldgate Drive"})
		return err
	})
	f.on(f.now.Add(-24*day), func(ctx context.Context) error {
		_, err := f.AddNote(ctx, f.staff[0].In(m.ID), c.ID, core.Note{Text: "Prefers invoices by the 1st", StaffOnly: true, Pinned: true})
		return err
	})
	return nil
}
