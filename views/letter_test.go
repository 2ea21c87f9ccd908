package views

import (
	"encoding/json"
	"strings"
	"testing"

	"kontor/db/core"
)

// everyLetter has values for each kind of mail, with the text wherever one can
// stand.
func everyLetter(text string) []core.MailValues {
	paid := core.Payment{
		Charge: 5, Amount: core.Money{Minor: 4900, Currency: "EUR"}, For: text, From: "2026-11-21", Through: "2026-12-20",
		Cycle: 3, Cycles: 12, Brand: core.Visa, LastFour: "4867", At: noon, Zone: "Europe/Zurich",
	}
	declined := core.DeclinedPayment{Payment: paid, Reason: core.InsufficientFunds, Next: noon, State: core.Unpaid}
	return []core.MailValues{
		core.Invitation{Person: text, By: text, Role: core.Auditor},
		core.NewPassword{Person: text},
		core.PasswordChange{Person: text, At: noon, Zone: "Europe/Zurich"},
		core.Receipt{Payment: paid},
		core.RefundReceipt{Payment: paid, Given: core.Money{Minor: 900, Currency: "EUR"}},
		core.FirstDecline{DeclinedPayment: declined},
		core.CardWanted{DeclinedPayment: declined},
		core.LastTry{DeclinedPayment: declined},
		core.GivenUp{DeclinedPayment: declined},
		core.ExpiringCard{
			Brand: core.Visa, LastFour: "4867", Expires: core.Expiry{Year: 2026, Month: 11}, Amount: paid.Amount, For: text, Next: noon,
		},
	}
}

func mailOf(t *testing.T, v core.MailValues, from string) core.Mail {
	t.Helper()
	values, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return core.Mail{ID: 5, From: from, Kind: v.MailKind(), Values: values}
}

func TestEveryKindOfMailIsDrawn(t *testing.T) {
	const link = "https://office.example/link/token"
	drawn := map[core.MailKind]bool{}
	for _, v := range everyLetter(hostile) {
		m := mailOf(t, v, hostile)
		drawn[m.Kind] = true
		l, err := Letter(m, link)
		if err != nil || l.Check() != nil {
			t.Errorf("%s: %v, %v", m.Kind, err, l.Check())
		}
		if !strings.Contains(l.Text, hostile) || strings.Contains(l.HTML, "<script") {
			t.Errorf("%s: a name comes out as\n%s\n%s", m.Kind, l.Text, l.HTML)
		}
		for _, text := range []string{l.Text, l.HTML} {
			if strings.Contains(text, link) != (m.Kind.LinkLife() > 0) {
				t.Errorf("%s: link in\n%s", m.Kind, text)
			}
			if strings.Contains(text, "src=") || strings.Contains(text, "url(") {
				t.Errorf("%s: something from elsewhere in\n%s", m.Kind, text)
			}
		}
		looked, err := Letter(m, "")
		if err != nil || (m.Kind.LinkLife() > 0) != strings.Contains(looked.Text, linkInMail) || strings.Contains(looked.HTML, "<a ") {
			t.Errorf("%s, looked at: %v\n%s\n%s", m.Kind, err, looked.Text, looked.HTML)
		}
		if mailKinds[m.Kind] == "" || mailSubject(m) != l.Subject {
			t.Errorf("%s is called %q and %q", m.Kind, mailKinds[m.Kind], mailSubject(m))
		}
	}
	for kind := range letters {
		if !drawn[kind] {
			t.Errorf("no test draws %s", kind)
		}
	}
}

func TestSubjectIsOneLine(t *testing.T) {
	m := mailOf(t, core.Invitation{By: "Ana\r\nBcc: thief@example.com\u2028x", Role: core.Member}, "Sonne")
	l, err := Letter(m, "")
	if err != nil || l.Check() != nil || l.Subject != "Ana Bcc: thief@example.com x invites you to Sonne" {
		t.Errorf("%q, %v", l.Subject, err)
	}
}

func TestMailThatCannotBeDrawn(t *testing.T) {
	for _, m := range []core.Mail{{Kind: "unheard of", Values: []byte("{}")}, {Kind: core.InvitationMail, Values: []byte("[")}} {
		if l, err := Letter(m, ""); err == nil {
			t.Errorf("%s %s is %+v", m.Kind, m.Values, l)
		}
		if got := mailSubject(m); got != mailKinds[m.Kind] {
			t.Errorf("%s is called %q", m.Kind, got)
		}
	}
}

// TestLettersToCustomers reads what they say of a payment.
func TestLettersToCustomers(t *testing.T) {
	for i, want := range []string{
		"",
		"",
		"",
		"Receipt from Sonne: €49.00|received €49.00|Period: 21 Nov 2026 to 20 Dec 2026|Payment: 3 of 12|Card: Visa ···· 4867",
		"Refund from Sonne: €9.00|gave €9.00 back|Amount: €49.00",
		"declined|to your card Visa ···· 4867: there was not enough money on it.|tried again on",
		"Another card|waits for another until",
		"Last try|for the last time on",
		"not made|Nothing more is charged",
		"Your card expires|end of November 2026|Amount: €49.00",
	} {
		if want == "" {
			continue
		}
		l, err := Letter(mailOf(t, everyLetter("Bread")[i], "Sonne"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(want, "|") {
			if !strings.Contains(l.Subject+"\n"+l.Text, part) {
				t.Errorf("no %q in %s\n%s", part, l.Subject, l.Text)
			}
		}
	}
	single := core.Receipt{Payment: core.Payment{Amount: core.Money{Minor: 980, Currency: "JPY"}, For: "A cake", At: noon}}
	if l, err := Letter(mailOf(t, single, "Sonne"), ""); err != nil || strings.Contains(l.Text, "Period") || strings.Contains(l.Text, "Card") {
		t.Errorf("%v\n%s", err, l.Text)
	}
	for state, words := range leftAt {
		v := core.GivenUp{DeclinedPayment: core.DeclinedPayment{Reason: core.NoCard, State: state}}
		if l, err := Letter(mailOf(t, v, "Sonne"), ""); err != nil || !strings.Contains(l.Text, words) {
			t.Errorf("%s: %v\n%s", state, err, l.Text)
		}
	}
}
