package e2e

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

// addCard adds a card that always approves on the form at hand.
func (p *page) addTestCard() {
	p.t.Helper()
	p.fill("Card number", "4111 1111 1111 1111")
	p.fill("Expiry date", "08/30")
	p.fill("Security code", "123")
	p.click(p.button("Save card"))
}

// saidOnce is what a page says in its one sentence.
func (p *page) saidOnce() playwright.Locator { return p.Locator("p.sentence") }

// TestSubscriptionStory is the walk: a plan, a card, a subscription, a pause, a
// change, a cancel.
func TestSubscriptionStory(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson", "email", "edward@example.com")
		p := h.as(t, v, core.Member)

		p.open(pathOf(c))
		p.says(p.region("Subscriptions"), "None yet.")
		p.click(p.link("New subscription"))
		p.click(p.main().GetByRole(*playwright.AriaRoleLink, playwright.LocatorGetByRoleOptions{Name: "New plan"}))
		p.allow(http.StatusUnprocessableEntity)
		p.fill("Name", "Sonne Monthly")
		p.fill("Amount", "49,00")
		p.click(p.button("Save plan"))
		p.says(p.main(), "Enter an amount with digits and a point")
		p.holds("Name", "Sonne Monthly")
		p.fill("Amount", "49.00")
		p.fill("Number of payments", "12")
		p.click(p.button("Save plan"))
		p.told("Sonne Monthly added")
		p.says(p.main(), "€49.00 every month")

		p.open(views.NewSubscriptionURL(c.Merchant, c.ID))
		p.says(p.main(), "has no card that can be charged")
		p.click(p.link("Add card"))
		p.addTestCard()
		p.see(p.heading("New subscription"))
		p.click(p.button("Start subscription"))
		p.says(p.main(), "Choose a plan.")
		p.choose("Plan", "Sonne Monthly · €49.00 every month · 12 payments")
		p.must(p.field("On a day, at the merchant’s charge hour:").Check())
		p.fill("Start", "2030-01-31")
		p.click(p.button("Start subscription"))
		p.told("Subscription started")
		p.says(p.saidOnce(), "Next charge 31 Jan 2030, €49.00, Visa ···· 1111")
		dues := p.region("Charges to come").GetByRole(*playwright.AriaRoleRow)
		p.must(expect.Locator(dues).ToHaveCount(13))
		p.says(dues.Nth(2), "28 Feb 2030")
		p.says(dues.Nth(2), "31 → 28")
		p.says(dues.Nth(2), "February has no 31st: its last day is taken")
		p.says(p.region("Charges to come"), "Every month on the 31st, at 9:00 in Europe/Berlin")
		page := regexp.MustCompile(`/subscriptions/\d+$`)
		p.must(expect.Page(p.Page).ToHaveURL(page))
		home := p.URL()

		// A pause says what it does before it is made, and can be undone.
		p.click(p.link("Pause"))
		p.says(p.main(), "until somebody resumes it")
		p.fill("Until", "2030-03-10")
		if v.NoScripts {
			p.click(p.button("Show what it does"))
		} else {
			p.press("Tab")
		}
		p.says(p.main(), "until it resumes by itself on 10 Mar 2030")
		p.says(p.main(), "Not charged: 31 Jan 2030 and 28 Feb 2030")
		p.click(p.button("Pause subscription"))
		p.told("Sonne Monthly paused")
		p.says(p.saidOnce(), "Paused until 10 Mar 2030")
		p.click(p.button("Undo"))
		p.told("Undone")
		p.says(p.region("Subscriptions"), "next 31 Jan 2030")
		p.click(p.region("Subscriptions").GetByText("Sonne Monthly"))

		// A change shows its charges before it is made.
		p.click(p.link("Change"))
		p.fill("Amount", "1e9")
		p.click(p.button("Continue"))
		p.says(p.main(), "Enter an amount with digits and a point")
		p.fill("Amount", "39.5")
		p.click(p.button("Continue"))
		p.see(p.heading("This will change"))
		p.says(p.main(), "€39.50")
		p.click(p.button("Change something else"))
		p.holds("Amount", "39.50")
		p.click(p.button("Continue"))
		p.click(p.button("Save change"))
		p.told("Subscription changed")
		p.says(p.saidOnce(), "Next charge 31 Jan 2030, €39.50, Visa ···· 1111")
		p.says(p.region("Charges to come"), "€39.50 was set for this subscription. The price of Sonne Monthly is €49.00 now.")

		// The list finds it.
		p.click(p.link("Subscriptions").First())
		p.lists("Edward Johnson")
		p.click(p.link("Pending"))
		p.lists("Edward Johnson")
		p.asks("status:pending")
		p.click(p.link("Past due"))
		p.see(p.heading("No subscription matches"))

		// It has not begun: it ends at once, and nothing leads out of that.
		p.open(regexp.MustCompile(`^https?://[^/]+`).ReplaceAllString(home, ""))
		p.click(p.link("Cancel"))
		p.click(p.button("Cancel subscription"))
		p.told("Sonne Monthly canceled")
		p.says(p.saidOnce(), "Nothing more is charged.")
		p.miss(p.link("Pause"))
		p.allow(http.StatusConflict)
		p.open(regexp.MustCompile(`^https?://[^/]+`).ReplaceAllString(home, "") + "/pause")
		p.says(p.main(), "Nothing leads out of that")
	})
}

// TestPriceChange asks whom a new price is for, and a plan in use stays.
func TestPriceChange(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		by := core.System(h.first.ID)
		tea, err := h.store.CreatePlan(t.Context(), by, core.Plan{Name: "Tea", Amount: core.Money{Minor: 980, Currency: "JPY"}, Every: core.EveryWeek})
		if err != nil {
			t.Fatal(err)
		}
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.open(views.NewCardURL(c.Merchant, c.ID, ""))
		p.addTestCard()
		s, err := h.store.StartSubscription(t.Context(), by, core.NewSubscription{
			Customer: c.ID, Plan: tea.ID, StartDay: core.LocalDate{Year: 2030, Month: 1, Day: 7}, Source: core.FromPage,
		})
		if err != nil {
			t.Fatal(err)
		}
		p.open(views.PlanURL(h.first.ID, tea.ID))
		p.says(p.main(), "¥980 every week")
		p.see(p.link("1 subscription"))
		p.miss(p.button("Delete"))
		p.click(p.link("Edit"))
		p.allow(http.StatusUnprocessableEntity)
		p.fill("Amount", "980.5")
		p.click(p.button("Save plan"))
		p.says(p.main(), "Amount has no decimals in this currency")
		p.fill("Amount", "1080")
		p.must(p.GetByText("All that pay the old price").Click())
		p.click(p.button("Save plan"))
		p.told("with the new price for 1 of its subscriptions")
		p.open(views.SubscriptionURL(h.first.ID, s.ID))
		p.says(p.saidOnce(), "Next charge 7 Jan 2030, ¥1,080, Visa ···· 1111")
		p.open(views.PlanURL(h.first.ID, tea.ID))
		p.click(p.button("Archive"))
		p.told("Tea archived")
		p.open(views.NewSubscriptionURL(c.Merchant, c.ID))
		p.see(p.heading("There is no plan to subscribe to"))
	})
}

// TestBillingGallery looks at the pages of plans and subscriptions.
func TestBillingGallery(t *testing.T) {
	s := newShowroom(t)
	const owner = "clara.sommer@sonne.example"
	ask := func(q string) core.SubscriptionSummary {
		t.Helper()
		parsed, err := core.ParseQuery(q, core.SubscriptionFields, nil)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.store.Subscriptions(t.Context(), core.System(1), core.SubscriptionList{Query: parsed})
		if err != nil || len(page.Items) == 0 {
			t.Fatalf("%s: %d, %v", q, len(page.Items), err)
		}
		return page.Items[0]
	}
	active, late, paused := ask(`status:active plan:"Sonne Monthly"`), ask("status:past_due"), ask("status:paused")
	m := int64(1)
	at := func(name, path string) view {
		return view{name, owner, func(p *page) {
			p.t.Helper()
			p.open(path)
			p.see(p.Locator("h1"))
		}}
	}
	show(t, s.app, []view{
		at("customers", s.list),
		at("customers-past-due", s.search("subscription:past_due")),
		at("customer-subscriptions", views.CustomerURL(m, active.Customer)),
		at("customer-late", views.CustomerURL(m, late.Customer)),
		at("plans", views.PlansURL(m)),
		at("plan", views.PlanURL(m, active.Plan)),
		at("plan-edit", views.EditPlanURL(m, active.Plan)),
		at("subscriptions", views.SubscriptionsURL(m)),
		at("subscriptions-none", views.SubscriptionsURL(m)+"?q=nobodyatall"),
		at("subscription", views.SubscriptionURL(m, active.ID)),
		at("subscription-late", views.SubscriptionURL(m, late.ID)),
		at("subscription-paused", views.SubscriptionURL(m, paused.ID)),
		at("subscription-new", views.NewSubscriptionURL(m, active.Customer)),
		at("subscription-pause", views.PauseURL(m, active.ID)+"?until=2030-01-01"),
		at("subscription-change", views.ChangeURL(m, active.ID)),
		at("subscription-cancel", views.CancelURL(m, active.ID)),
	})
}
