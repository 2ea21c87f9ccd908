package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// business gives the first merchant two subscriptions, of which one's card
// expires before it is charged next, and payments in two currencies.
func (h *house) business(t *testing.T) {
	t.Helper()
	by, clock := core.System(h.first.ID), dbtest.NewClock()
	clock.AdvanceTo(time.Now())
	rows := &dbtest.House{Clock: clock, DSN: "file:" + filepath.Join(h.data, "kontor.db") + "?_pragma=busy_timeout(5000)"}
	plan, err := h.store.CreatePlan(t.Context(), by, core.Plan{
		Name: "Sonne Monthly", Amount: core.Money{Minor: 4900, Currency: "EUR"}, Every: core.EveryMonth,
	})
	if err != nil {
		t.Fatal(err)
	}
	today := core.LocalDateOf(clock.Now(), h.first.Location())
	past := core.LocalDateOf(clock.Now(), time.UTC).AddDays(-70)
	for _, of := range []struct{ name, expires string }{{"Amara Okafor", "2099-12"}, {"Lena Vogt", past.String()[:len("2006-01")]}} {
		c := h.customer("name", of.name)
		card := rows.CardRow(t, c, core.Visa, "4242", "2099-12")
		_, err := h.store.StartSubscription(t.Context(), by, core.NewSubscription{
			Customer: c.ID, Plan: plan.ID, StartDay: today.AddDays(20), Source: core.FromPage,
		})
		if err != nil {
			t.Fatal(err)
		}
		rows.Exec(t, fmt.Sprintf("UPDATE cards SET expires = '%s' WHERE id = %d", of.expires, card.ID))
		for i := range 12 {
			due := today.AddDays(-2*i).At(0, h.first.Location())
			rows.ChargeRow(t, c, core.ChargePaid, core.Money{Minor: int64(4900 + 900*(i%4)), Currency: "EUR"}, due)
			if i%5 == 0 {
				rows.ChargeRow(t, c, core.ChargeDeclined, core.Money{Minor: 1900, Currency: "EUR"}, due)
				rows.ChargeRow(t, c, core.ChargePaid, core.Money{Minor: 1250, Currency: "KWD"}, due)
			}
		}
	}
}

func TestOverview(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Member)
		p.click(p.link("Overview"))
		p.at(h.home)
		p.see(p.heading("Nothing is charged yet"))
		p.see(p.link("Add a customer"))

		h.business(t)
		p.open("/")
		p.at(h.home)
		p.see(p.heading("Overview"))
		p.says(p.main(), "KWD 7.500")
		p.says(p.main(), "€114.00") // declined, in euros alone
		chart := p.region("Day by day in KWD")
		p.must(chart.Locator("summary").Click())
		p.must(expect.Locator(chart.Locator("tbody tr")).ToHaveCount(3))

		// Each figure leads to what it is made of.
		p.click(p.link("€98.00"))
		p.see(p.heading("Subscriptions"))
		p.lists("Amara Okafor", "Lena Vogt")
		p.open(h.home)
		p.click(p.link("€114.00"))
		p.see(p.heading("Payments"))
		p.must(expect.Locator(p.rows()).ToHaveCount(6))
		p.open(h.home)
		p.click(p.region("Cards that expire before their next charge").GetByText("All 1"))
		p.see(p.heading("Subscriptions"))
		p.lists("Lena Vogt")
		p.open(h.home)
		p.click(p.region("Subscriptions by state").GetByText("Pending"))
		p.lists("Lena Vogt", "Amara Okafor")
	})
}

func TestGalleryOfOverviews(t *testing.T) {
	h := newHouse(t)
	h.business(t)
	show(t, h.app, []view{
		{"overview", "owner@sonne.example", to(h.home, "Overview")},
		{"overview-table", "owner@sonne.example", func(p *page) {
			p.open(h.home)
			p.must(p.region("Day by day in EUR").Locator("summary").Click())
			p.see(p.role("cell", "€98.00").First())
		}},
		{"overview-empty", "owner@globex.example", to("/m/2", "Overview")},
	})
}
