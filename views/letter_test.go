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
	return []core.MailValues{
		core.Invitation{Person: text, By: text, Role: core.Auditor},
		core.NewPassword{Person: text},
		core.PasswordChange{Person: text, At: noon, Zone: "Europe/Zurich"},
		notice(core.ReceiptMail, text), notice(core.DeclineMail, text), notice(core.LastTryMail, text),
		notice(core.GivenUpMail, text), notice(core.ExpiringCardMail, text),
	}
}

// notice is a mail about a charge that holds the text wherever it can.
func notice(kind core.MailKind, text string) core.ChargeNotice {
	return core.ChargeNotice{
		Kind: kind, Person: text, Amount: core.Money{Minor: 4900, Currency: "EUR"}, Description: text, Card: "Visa ···· 4242",
		At: noon, From: "2026-11-21", To: "2026-12-21", Reason: core.InsufficientFunds, Next: noon, Zone: "Europe/Zurich",
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
