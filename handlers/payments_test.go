package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/billing"
	"kontor/db/core"
)

func TestPaymentsAreMadeFoundAndGivenBack(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Amara Begić")
	card := s.ScriptCard(t, c, billing.DeclinesOnce)
	at := fmt.Sprintf("/m/%d", s.First.ID)
	once := fmt.Sprintf("%s/customers/%d/charge", at, c.ID)

	form := s.get(s.Member, once).form("main form")
	form.Set("amount", "12.345")
	form.Set("description", "One cake")
	want(t, s.post(s.Member, once, form), 422)
	form.Set("amount", "49")
	made := s.post(s.Member, once, form)
	want(t, made, 303)
	if again := s.post(s.Member, once, form); again.location() != made.location() {
		t.Errorf("the same form made %s and %s", made.location(), again.location())
	}
	page := s.get(s.Member, made.location())
	want(t, page, 200)
	if text := page.text("main"); !strings.Contains(text, "not enough money on it") || !strings.Contains(text, "charge:") {
		t.Errorf("the page says %s", text)
	}
	want(t, s.post(s.Viewer, made.location()+"/retry", url.Values{}), 403)
	retry := page.form(`form[action$="/retry"]`)
	want(t, s.post(s.Member, made.location()+"/retry", retry), 303)
	want(t, s.post(s.Member, made.location()+"/retry", retry), 409) // it is paid by now
	page = s.get(s.Member, made.location())
	if text := page.text("h1 + p .state"); !strings.HasPrefix(text, "Paid") {
		t.Errorf("after the second try: %q", text)
	}

	for query, found := range map[string]bool{
		"amount:49": true, "amount:50": false, "amount:>48.99": true, "status:paid": true, "status:declined": false,
		"date:2026-11-21": true, "date:2026-11-22": false, "card:" + card.LastFour: true, "card:0000": false, "begic": true, "nobody": false,
		fmt.Sprintf("customer:%d", c.ID): true, "plan:gold": false, "currency:EUR": true, "amount:x": true,
	} {
		list := s.get(s.Viewer, at+"/payments?q="+url.QueryEscape(query))
		want(t, list, 200)
		if got := list.Find(".payment-rows tbody tr").Length() == 1; got != found {
			t.Errorf("%s: found is %v", query, got)
		}
	}

	refund := made.location() + "/refund"
	form = s.get(s.Owner, refund).form("main form")
	form.Set("amount", "50")
	form.Set("note", "Too much salt")
	a := s.post(s.Owner, refund, form)
	want(t, a, 422)
	if got := a.text("#problems"); !strings.Contains(got, "No more than 49.00 is left") {
		t.Errorf("of too much it says %q", got)
	}
	form.Set("amount", "9")
	a = s.post(s.Member, refund, form) // over a member's limit
	want(t, a, 422)
	if got := a.text("main"); !strings.Contains(got, "You may give back up to 0.00 at once") || !strings.Contains(got, "ask an owner") {
		t.Errorf("over the limit it says %q", got)
	}
	for by, offered := range map[*core.Actor]int{&s.Owner: 1, &s.Member: 0} {
		if n := s.get(*by, made.location()).Find(`.actions a[href="` + refund + `"]`).Length(); n != offered {
			t.Errorf("a %s is offered %d ways to refund", by.Role, n)
		}
	}
	want(t, s.post(s.Owner, refund, form), 303)
	want(t, s.post(s.Owner, refund, form), 303) // the same
	r, err := s.Charges(t.Context(), s.Owner, core.ChargeList{})
	if err != nil || len(r.Items) != 1 || r.Items[0].Refunded != 900 {
		t.Errorf("%+v, %v", r.Items, err)
	}
	customer := s.get(s.Viewer, fmt.Sprintf("%s/customers/%d", at, c.ID))
	if text := customer.text(".stats"); !strings.Contains(text, "€40.00") {
		t.Errorf("the customer's page says %s", text)
	}
	for _, path := range []string{"/payments", "/payments/queue", "/payments/ahead", "/runs"} {
		want(t, s.get(s.Viewer, at+path), 200)
	}
}

func TestWhatIsOwedIsWaived(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Somebody")
	s.ScriptCard(t, c, billing.LostCard)
	made, err := s.CreateCharge(t.Context(), s.Owner, core.NewCharge{Customer: c.ID, Amount: core.Money{Minor: 500, Currency: "EUR"}, Description: "One cake"})
	if err != nil {
		t.Fatal(err)
	}
	settle := fmt.Sprintf("/m/%d/payments/%d/settle", s.First.ID, made.ID)
	form := s.get(s.Member, settle).form("main form")
	form.Set("how", "waived")
	want(t, s.post(s.Member, settle, form), 422) // no reason
	form.Set("note", "A gift")
	want(t, s.post(s.Member, settle, form), 303)
	want(t, s.post(s.Member, settle, form), 409)
}

func TestASubscriptionTellsItsPaymentsAndAsksHowToGoOn(t *testing.T) {
	s := newSite(t)
	sub := s.Subscriber(t, billing.Approves)
	worker := billing.NewWorker(s.Store, s.Sandbox(t), billing.Options{Now: s.Clock.Now, Simulated: true})
	work := func() {
		t.Helper()
		if _, err := worker.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	at := fmt.Sprintf("/m/%d/subscriptions/%d", s.First.ID, sub.ID)
	if text := s.get(s.Viewer, at).text("#payments"); text != "PaymentsNone yet." {
		t.Errorf("before the first: %s", text)
	}
	work()
	page := s.get(s.Viewer, at)
	want(t, page, 200)
	link, _ := page.Find("#payments .payment-lines a").Attr("href")
	if text := page.text("#payments li"); !strings.HasPrefix(text, "€49.00 Sonne Monthly · payment 1") || !strings.Contains(text, "Paid") {
		t.Errorf("after the first: %s", text)
	}
	want(t, s.get(s.Viewer, link), 200)

	s.Clock.Advance(5 * 31 * 24 * time.Hour)
	work()
	page = s.get(s.Viewer, at)
	if text := page.text("main"); !strings.Contains(text, "5 periods came due at once") || !strings.Contains(text, "until somebody says how to go on") {
		t.Errorf("left to a person: %s", text)
	}
	if text := page.text(".timeline"); !strings.Contains(text, "Charges left to a person") || strings.Contains(text, "erased") {
		t.Errorf("the activity says %s", text)
	}
	if n := page.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool {
		to, _ := f.Attr("action")
		return strings.HasSuffix(to, "/unpark")
	}).Length(); n != 0 {
		t.Errorf("a viewer has %d ways to go on", n)
	}
	page = s.get(s.Member, at)
	form := page.form(`form[action$="/unpark"]:has(input[value="from_now"])`)
	answer := s.post(s.Member, at+"/unpark", form)
	want(t, answer, 303)
	if answer.location() != at {
		t.Errorf("it leads to %s", answer.location())
	}
	page = s.get(s.Member, at)
	if text := page.text("main"); strings.Contains(text, "came due at once") || !strings.Contains(text, "Next charge") {
		t.Errorf("decided: %s", text)
	}
}

// TestARefundThatIsDeclinedIsSaidToBe: the message after a refund is what the
// processor said, and not what was asked of it.
func TestARefundThatIsDeclinedIsSaidToBe(t *testing.T) {
	s := newSite(t)
	s.setPassword(s.Owner, goodPassword)
	here := s.browser("owner@first.example", goodPassword, firefox)
	for _, tt := range []struct {
		script billing.Script
		says   string
	}{
		{billing.Approves, "Refund made"},
		{billing.KeepsTheMoney, "The refund was declined: nothing was given back"},
	} {
		c := s.House.Customer(t, "name", "Somebody")
		s.ScriptCard(t, c, tt.script)
		once := fmt.Sprintf("/m/%d/customers/%d/charge", s.First.ID, c.ID)
		form := here.send("GET", once, nil).form("main form")
		form.Set("amount", "49")
		form.Set("description", "One cake")
		made := here.send("POST", once, form)
		want(t, made, 303)
		here.send("GET", made.location(), nil) // which takes the message away
		form = here.send("GET", made.location()+"/refund", nil).form("main form")
		form.Set("note", "Too much salt")
		want(t, here.send("POST", made.location()+"/refund", form), 303)
		if got := here.send("GET", made.location(), nil).text(".toast p"); got != tt.says {
			t.Errorf("it says %q, want %q", got, tt.says)
		}
	}
}
