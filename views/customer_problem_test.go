package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// TestACustomersProblemComesFirst: of what is not charged as it should be the
// worst is said, with the page where it is mended.
func TestACustomersProblemComesFirst(t *testing.T) {
	soon := time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	sub := func(id int64, state core.State) core.SubscriptionSummary {
		s := core.SubscriptionSummary{PlanName: "Sonne", LastFour: "4242", Brand: core.Visa, CardUsable: true, Expiry: core.Expiry{Year: 2030, Month: 1}}
		s.ID, s.State, s.NextRun, s.NextNumber = id, state, soon, 1
		s.StartAt, s.Anchor = soon, core.Anchor{Every: core.EveryMonth, First: core.LocalDate{Year: 2026, Month: 12, Day: 5}, Day: 5}
		return s
	}
	parked, worn, past := sub(1, core.Active), sub(2, core.Active), sub(8, core.Active)
	past.Expiry = core.Expiry{Year: 2026, Month: 10}
	parked.ParkedAt = soon
	worn.Expiry = core.Expiry{Year: 2026, Month: 11}
	declined := core.ChargeSummary{}
	declined.ID, declined.Subscription, declined.State, declined.Reason = 9, 3, core.ChargeRetrying, core.InsufficientFunds
	declined.Brand, declined.LastFour = core.Visa, "0028"
	declined.Amount, declined.NextAt = core.Money{Minor: 4900, Currency: "EUR"}, soon
	for _, c := range []struct {
		subs     []core.SubscriptionSummary
		mayWrite bool
		deleted  bool
		title    string
		text     string
		url      string
	}{
		{[]core.SubscriptionSummary{sub(4, core.Active), sub(5, core.Paused), sub(6, core.Canceled)}, true, false, "", "", ""},
		{[]core.SubscriptionSummary{worn, sub(3, core.PastDue)}, false, false, "Sonne is past due", "€49.00 to Visa ···· 0028 was declined: there was not enough money on it. It is tried a last time on 5 Dec 2026.", "/m/1/payments/9"},
		{[]core.SubscriptionSummary{sub(7, core.Unpaid)}, false, false, "Sonne is unpaid", "", "/m/1/subscriptions/7"},
		{[]core.SubscriptionSummary{sub(3, core.PastDue), parked}, true, false, "Sonne waits for a person", "More of its periods came due at once than are charged unasked.", "/m/1/subscriptions/1"},
		{[]core.SubscriptionSummary{worn}, true, false, "Sonne cannot be charged as it stands", "Visa ···· 4242 expires 11/26, before the next charge.", "/m/1/subscriptions/2/change"},
		{[]core.SubscriptionSummary{past}, true, false, "Sonne cannot be charged as it stands", "Visa ···· 4242 expired 10/26.", "/m/1/subscriptions/8/change"},
		{[]core.SubscriptionSummary{worn}, false, false, "Sonne cannot be charged as it stands", "Visa ···· 4242 expires 11/26, before the next charge.", ""},
		{[]core.SubscriptionSummary{sub(3, core.PastDue)}, true, true, "", "", ""},
	} {
		v := CustomerView{Chrome: Chrome{Merchant: merchant, Now: noon}, MayWrite: c.mayWrite, Subscriptions: c.subs, Payments: []core.ChargeSummary{declined}}
		if c.deleted {
			v.Customer.DeletedAt = soon
		}
		if got := v.problem(); got.title != c.title || got.text != c.text || got.way.URL != c.url {
			t.Errorf("%+v, want %q, %q, %q", got, c.title, c.text, c.url)
		}
	}
}

// TestWhoIsErasedIsNotRestored: no page about a customer who was erased offers
// to bring them back.
func TestWhoIsErasedIsNotRestored(t *testing.T) {
	v := customerView("x")
	v.Customer.DeletedAt, v.Customer.ErasedAt, v.RestoreUntil = noon, noon, noon
	for name, page := range map[string]templ.Component{
		"overview": CustomerPage(v), "faces": CustomerFacesPage(CustomerFacesView{CustomerView: v}),
	} {
		doc := draw(t, page)
		if text := doc.Find("main .banner").Text(); !strings.Contains(text, "erased on") || strings.Contains(text, "restored") {
			t.Errorf("%s begins with %q", name, text)
		}
		if n := doc.Find(`main form[action$="/restore"]`).Length(); n != 0 {
			t.Errorf("%s has %d forms to restore", name, n)
		}
	}
}
