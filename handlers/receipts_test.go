package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/views"
)

// TestReceiptsStandUnderMail follows the mails about a subscription from its
// charges to the mailbox, and one that could not be sent to the people's queue
// and out of it.
func TestReceiptsStandUnderMail(t *testing.T) {
	s := newMailSite(t)
	sub := s.Subscriber(t, billing.InsufficientFunds)
	paying := s.Subscriber(t, billing.Approves)
	plan, err := s.Store.Plan(t.Context(), s.Owner, paying.Plan)
	if err != nil {
		t.Fatal(err)
	}
	plan.SendReceipt = true
	if _, _, err := s.UpdatePlan(t.Context(), s.Owner, plan, core.NewOnly); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, fmt.Sprintf("UPDATE customers SET email = 'nowhere' WHERE id = %d", paying.Customer))
	w := billing.NewWorker(s.Store, s.Sandbox(t), billing.Options{Now: s.Clock.Now, Simulated: true})
	if _, err := w.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}

	place := views.Place(s.First.ID)
	a := s.get(s.Member, views.MailsQuery(place, core.MailList{Customer: sub.Customer}))
	want(t, a, 200)
	href, _ := a.Find("th a").Attr("href")
	if got := a.text("main"); !strings.Contains(got, "Your payment of €49.00 to Bäckerei Sonne was declined") {
		t.Errorf("the mailbox says %q", got)
	}
	a = s.get(s.Member, href)
	want(t, a, 200)
	if got := a.text(".letter-text"); !strings.Contains(got, "there was not enough money on it") || !strings.Contains(got, "tried again on Sunday 22 November 2026") {
		t.Errorf("the mail says %q", got)
	}

	queue := views.QueueURL(s.First.ID)
	a = s.get(s.Member, queue)
	want(t, a, 200)
	if got := a.text("main"); !strings.Contains(got, "Receipt from Bäckerei Sonne: €49.00") || !strings.Contains(got, "nowhere") || !strings.Contains(got, "Mend what kept it") {
		t.Errorf("the queue says %q", got)
	}
	if got := s.get(s.Member, views.PaymentsURL(s.First.ID)).text("main"); !strings.Contains(got, "1 thing for a person to look at") {
		t.Errorf("the payments say %q", got)
	}
	href, _ = a.Find("#main a[href*='/mail/'], main a[href*='/mail/']").Attr("href")
	form := s.get(s.Member, href).form("main form")
	want(t, s.post(s.Member, href+"/resend", form), 303)
	if took := s.deliver(nil); len(took) != 1 || took[0].To != "subscriber@example.com" || took[0].Kind != core.DeclineMail {
		t.Errorf("mailed %+v", took)
	}
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, paying.Customer, 0, core.Changes{"email": "ana@example.com"}); err != nil {
		t.Fatal(err)
	}
	want(t, s.post(s.Member, href+"/resend", form), 303)
	if took := s.deliver(nil); len(took) != 1 || took[0].To != "ana@example.com" || took[0].Kind != core.ReceiptMail {
		t.Errorf("mailed %+v", took)
	}
	if got := s.get(s.Member, queue).text("main"); !strings.Contains(got, "Nothing waits") {
		t.Errorf("the queue says %q", got)
	}
}
