package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/views"
)

// typeCard types a card that is good for years into the form at hand.
func (p *page) typeCard(number string) {
	p.t.Helper()
	p.fill("Card number", number)
	p.fill("Expiry date", "08/30")
	p.fill("Security code", "123")
}

// addCard adds such a card on the customer's form.
func (p *page) addCard(c core.Customer, number string) {
	p.t.Helper()
	p.open(views.NewCardURL(c.Merchant, c.ID, ""))
	p.typeCard(number)
	p.click(p.button("Save card"))
	p.at(pathOf(c))
}

// cards are a customer's cards, as its page lists them.
func (p *page) cards() playwright.Locator { return p.region("Cards").Locator("ul.methods > li") }

// hasCards waits until the customer's page lists exactly these, in order.
func (p *page) hasCards(labels ...string) {
	p.t.Helper()
	if len(labels) == 0 {
		p.says(p.region("Cards"), "No card yet.")
		return
	}
	p.must(expect.Locator(p.cards().Locator("b")).ToHaveText(labels))
}

// card is the line of one card.
func (p *page) card(label string) playwright.Locator {
	return p.cards().Filter(playwright.LocatorFilterOptions{HasText: label})
}

// menuOf opens the menu of one card.
func (p *page) menuOf(label string) {
	p.t.Helper()
	p.click(p.card(label).Locator("summary"))
}

// pick opens the menu of one card and follows one of its links.
func (p *page) pick(label, link string) {
	p.t.Helper()
	p.menuOf(label)
	p.click(p.card(label).GetByRole(*playwright.AriaRoleLink, playwright.LocatorGetByRoleOptions{Name: link}))
}

// complains waits until a field is told to be wrong, beside it and, with a link
// to it, in the summary, which has the focus.
func (p *page) complains(label, text string) {
	p.t.Helper()
	p.must(expect.Locator(p.field(label)).ToHaveAttribute("aria-invalid", "true"))
	p.must(expect.Locator(p.field(label)).ToHaveAccessibleDescription(textWith(text)))
	p.see(p.GetByRole(*playwright.AriaRoleAlert).GetByRole(*playwright.AriaRoleLink, playwright.LocatorGetByRoleOptions{Name: text}))
}

// textWith is any text that holds the given one.
func textWith(text string) *regexp.Regexp { return regexp.MustCompile(regexp.QuoteMeta(text)) }

func TestACardIsAddedOnce(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.open(pathOf(c))
		p.hasCards()
		p.click(p.link("Add card"))
		p.see(p.heading("Add a card"))
		p.focused(p.field("Card number"))
		p.holds("Name on card", "Edward Johnson")
		p.must(expect.Locator(p.field("Make it the default card")).ToBeChecked())
		p.typeCard("4111-1111 1111 1111")
		p.fill("Expiry date", "8/2030")
		p.fill("Description (optional)", "Office card")
		p.must(p.button("Save card").Dblclick())
		p.told("Visa ···· 1111 added")
		p.at(pathOf(c))
		p.hasCards("Visa ···· 1111")
		p.says(p.card("1111"), "Expires 08/30 · Office card")
		p.says(p.card("1111"), "Default")
		p.focused(p.card("1111"))
		p.must(expect.Locator(p.region("Activity").GetByText("Card added")).ToHaveCount(1))

		// The same card again is the same card, with what is new of it.
		p.open(views.NewCardURL(c.Merchant, c.ID, ""))
		p.must(expect.Locator(p.field("Make it the default card")).Not().ToBeChecked())
		p.typeCard(dbtest.VisaNumber)
		p.fill("Expiry date", "0931")
		p.click(p.button("Save card"))
		p.told("Visa ···· 1111 was there already; what you entered anew is saved")
		p.hasCards("Visa ···· 1111")
		p.says(p.card("1111"), "Expires 09/31")
		p.says(p.region("Activity"), "Card changed")

		// What was typed stands nowhere but in the form.
		if u := p.URL(); strings.Contains(u, "4111") {
			t.Errorf("the address is %s", u)
		}
	})
}

func TestACardThatIsWrong(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.allow(http.StatusUnprocessableEntity)
		p.open(views.NewCardURL(c.Merchant, c.ID, ""))
		p.fill("Name on card", "E. Johnson")
		p.fill("Description (optional)", "Office card")
		p.click(p.button("Save card"))
		p.complains("Card number", "Enter the number on the card.")
		p.complains("Expiry date", "Enter the expiry date on the card, such as 08/30.")
		p.complains("Security code", "Enter the security code of the card.")
		p.must(expect.Page(p.Page).ToHaveTitle(textWith("Error: ")))

		p.fill("Card number", "4111 1111 1111 1112")
		p.fill("Expiry date", "10/20")
		p.fill("Security code", "12345")
		p.click(p.button("Save card"))
		p.complains("Card number", "This is not a card number: a digit is wrong. Check it against the card.")
		p.complains("Expiry date", "This card has expired. Use another.")
		p.complains("Security code", "Enter the 3 digits on the back of the card, or the 4 on the front of an American Express.")
		for label, text := range map[string]string{
			"Card number": "", "Security code": "", "Expiry date": "10/20", "Name on card": "E. Johnson", "Description (optional)": "Office card",
		} {
			p.holds(label, text)
		}
		p.click(p.link("This card has expired. Use another."))
		p.focused(p.field("Expiry date"))

		// A number in a line that is kept is refused there, and not shown again.
		p.typeCard(dbtest.VisaNumber)
		p.fill("Description (optional)", "4111 1111 1111 1111")
		p.click(p.button("Save card"))
		p.says(p.main(), "looks as if it holds a card number")
		p.holds("Description (optional)", "")

		// The processor has the last word.
		p.typeCard("4000 0000 0000 0093")
		p.click(p.button("Save card"))
		p.see(p.heading("The card was not added"))
		p.says(p.main(), "The processor refuses this card. There is no card with this number. Nothing was saved; try another card.")
		p.holds("Card number", "")
		p.holds("Security code", "")
		p.holds("Expiry date", "08/30")
		p.holds("Name on card", "E. Johnson")

		p.typeCard(dbtest.VisaNumber)
		p.click(p.button("Save card"))
		p.told("Visa ···· 1111 added")
		p.hasCards("Visa ···· 1111")
	})
}

func TestCardsAreMinded(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.addCard(c, dbtest.VisaNumber)
		p.addCard(c, dbtest.MastercardNumber)
		p.hasCards("Visa ···· 1111", "Mastercard ···· 4444")

		// The default is another at a click, and at a click it is not.
		p.menuOf("4444")
		p.click(p.button("Make default"))
		p.told("Mastercard ···· 4444 is the default card")
		p.hasCards("Mastercard ···· 4444", "Visa ···· 1111")
		p.says(p.card("4444"), "Default")
		p.silent(p.card("1111"), "Default")
		p.click(p.Locator(".toaster").GetByRole("button").First())
		p.told("Undone")
		p.hasCards("Visa ···· 1111", "Mastercard ···· 4444")

		// An edit: what is wrong is told, what is right is kept.
		p.allow(http.StatusUnprocessableEntity)
		p.pick("4444", "Edit")
		p.see(p.heading("Edit Mastercard ···· 4444"))
		p.fill("Expiry date", "never")
		p.fill("Description (optional)", "Office card")
		p.click(p.button("Save card"))
		p.complains("Expiry date", "Enter month and year as on the card, such as 08/30.")
		p.holds("Description (optional)", "Office card")
		p.fill("Expiry date", "12/31")
		p.must(p.field("In use: it can be charged").Uncheck())
		p.click(p.button("Save card"))
		p.told("Mastercard ···· 4444 saved")
		p.says(p.card("4444"), "Not in use · expires 12/31 · Office card")
		p.menuOf("4444")
		p.miss(p.button("Make default"))
		p.menuOf("4444")
		p.pick("4444", "Edit")
		p.must(p.field("In use: it can be charged").Check())
		p.click(p.button("Save card"))
		p.says(p.card("4444"), "Expires 12/31")

		// The default goes, and another follows.
		p.pick("1111", "Remove")
		p.see(p.heading("Remove Visa ···· 1111?"))
		p.focused(p.link("Cancel"))
		p.choose("It is the default. Which card follows?", "Mastercard ···· 4444, expires 12/31")
		p.click(p.button("Remove card"))
		p.told("Visa ···· 1111 removed")
		p.hasCards("Mastercard ···· 4444")
		p.says(p.card("4444"), "Default")
		p.click(p.Locator(".toaster").GetByRole("button").First())
		p.told("Undone")
		p.hasCards("Visa ···· 1111", "Mastercard ···· 4444")

		// And from what was done.
		p.pick("4444", "Remove")
		p.miss(p.field("It is the default. Which card follows?"))
		p.click(p.button("Remove card"))
		p.hasCards("Visa ···· 1111")
		p.open(pathOf(c))
		p.click(p.region("Activity").GetByRole("button").First())
		p.told("Undone")
		p.hasCards("Visa ···· 1111", "Mastercard ···· 4444")
		p.says(p.region("Activity"), "Card brought back")
	})
}

func TestACardThatIsNeededStays(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		by := core.System(h.first.ID)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Member)
		p.addCard(c, dbtest.VisaNumber)
		plan, err := h.store.CreatePlan(t.Context(), by, core.Plan{Name: "Sonne Monthly", Amount: core.Money{Minor: 4900, Currency: "EUR"}, Every: core.EveryMonth})
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.store.StartSubscription(t.Context(), by, core.NewSubscription{
			Customer: c.ID, Plan: plan.ID, StartDay: core.LocalDate{Year: 2030, Month: 1, Day: 7}, Source: core.FromPage,
		})
		if err != nil {
			t.Fatal(err)
		}
		p.addCard(c, dbtest.MastercardNumber)

		p.pick("1111", "Remove")
		p.see(p.heading("It cannot be removed while it is needed"))
		p.miss(p.button("Remove card"))
		p.allow(http.StatusConflict)
		p.open(pathOf(c))
		p.pick("1111", "Edit")
		p.must(p.field("In use: it can be charged").Uncheck())
		p.click(p.button("Save card"))
		p.see(p.heading("It cannot be switched off while it is needed"))

		// The way out: the subscription it names gets another card.
		p.click(p.link("Sonne Monthly"))
		p.at(views.SubscriptionURL(c.Merchant, s.ID))
		p.click(p.link("Change"))
		p.choose("Card", "Mastercard ···· 4444, expires 08/30")
		p.click(p.button("Continue"))
		p.click(p.button("Save change"))
		p.told("Subscription changed")
		p.open(pathOf(c))
		p.pick("1111", "Remove")
		p.click(p.button("Remove card"))
		p.told("Visa ···· 1111 removed")
		p.hasCards("Mastercard ···· 4444")
	})
}

func TestCardChangedByTwo(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Member)
	p.addCard(c, dbtest.VisaNumber)
	cards, err := h.store.CustomerCards(t.Context(), core.System(h.first.ID), c.ID)
	if err != nil || len(cards) != 1 {
		t.Fatalf("%d cards, %v", len(cards), err)
	}
	change := func(y int) {
		t.Helper()
		edit := core.CardEdit{Expiry: &core.Expiry{Year: y, Month: time.May}}
		if _, err := h.store.UpdateCard(t.Context(), core.System(h.first.ID), cards[0].ID, 0, edit); err != nil {
			t.Fatal(err)
		}
	}
	p.allow(http.StatusConflict)
	p.open(views.EditCardURL(c.Merchant, c.ID, cards[0].ID))
	change(2031)
	p.fill("Description (optional)", "Office card")
	p.click(p.button("Save card"))
	p.says(p.GetByRole(*playwright.AriaRoleAlert), "Nothing was saved. It expires 05/31 now.")
	p.holds("Description (optional)", "Office card")
	p.click(p.button("Save card"))
	p.told("Visa ···· 1111 saved")

	p.open(views.RemoveCardURL(c.Merchant, c.ID, cards[0].ID))
	change(2032)
	p.click(p.button("Remove card"))
	p.see(p.heading("This card has changed since you asked"))
	p.click(p.button("Remove card"))
	p.told("Visa ···· 1111 removed")
	p.hasCards()
}

func TestWhoMindsCards(t *testing.T) {
	h := newHouse(t)
	c, other := h.customer("name", "Edward Johnson"), h.customerOf(h.other, "name", "Hans Moleman")
	member := h.as(t, visitor{}, core.Member)
	member.addCard(c, dbtest.VisaNumber)
	cards, err := h.store.CustomerCards(t.Context(), core.System(h.first.ID), c.ID)
	if err != nil || len(cards) != 1 {
		t.Fatalf("%d cards, %v", len(cards), err)
	}
	card := cards[0].ID

	viewer := h.as(t, visitor{}, core.Viewer)
	viewer.open(pathOf(c))
	viewer.hasCards("Visa ···· 1111")
	viewer.miss(viewer.link("Add card"))
	viewer.miss(viewer.link("Add method"))
	viewer.must(expect.Locator(viewer.card("1111").Locator("summary")).ToHaveCount(0))
	viewer.allow(http.StatusForbidden)
	for _, path := range []string{
		views.NewCardURL(c.Merchant, c.ID, ""), views.EditCardURL(c.Merchant, c.ID, card), views.RemoveCardURL(c.Merchant, c.ID, card),
		views.NewChannelURL(c.Merchant, c.ID),
	} {
		if got := viewer.open(path); got != http.StatusForbidden {
			t.Errorf("%s is answered %d to a viewer", path, got)
		}
		viewer.miss(viewer.Locator("form.card-form"))
	}
	if got := viewer.open(views.MethodsURL(c.Merchant)); got != http.StatusOK {
		t.Errorf("a viewer's list is answered %d", got)
	}
	viewer.says(viewer.rows().First(), "Visa ···· 1111")

	// Of another merchant there is nothing, under neither's address.
	member.allow(http.StatusNotFound)
	for _, path := range []string{
		views.NewCardURL(other.Merchant, other.ID, ""), views.NewCardURL(c.Merchant, other.ID, ""), views.MethodsURL(other.Merchant),
		views.NewChannelURL(other.Merchant, other.ID), views.EditCardURL(other.Merchant, other.ID, card),
	} {
		if got := member.open(path); got != http.StatusNotFound {
			t.Errorf("%s is answered %d to a member of another merchant", path, got)
		}
	}
}

func TestCardsByKeyboard(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	p := h.as(t, visitor{}, core.Member)
	p.open(pathOf(c))
	p.must(p.link("Add card").Focus())
	p.press("Enter")
	p.focused(p.field("Card number"))
	for _, text := range []string{"4111111111111111", "08/30", "123"} {
		p.must(p.Keyboard().Type(text))
		p.press("Tab")
	}
	p.focused(p.field("Name on card"))
	p.press("Enter")
	p.told("Visa ···· 1111 added")
	p.focused(p.card("1111"))
	p.press("Tab")
	p.focused(p.card("1111").Locator("summary"))
	p.press("Enter")
	p.see(p.link("Remove"))
	p.press("Escape")
	p.miss(p.link("Remove"))
	p.focused(p.card("1111").Locator("summary"))
	p.press("Enter")
	p.must(p.link("Remove").Focus())
	p.press("Enter")
	p.focused(p.link("Cancel"))
	p.press("Tab")
	p.focused(p.button("Remove card"))
	p.press("Enter")
	p.told("Visa ···· 1111 removed")
	p.hasCards()
}
