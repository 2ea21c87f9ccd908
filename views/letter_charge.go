package views

import (
	"time"

	"kontor/db/core"
)

// chargeNotice draws the mails about charges.
func chargeNotice(m core.Mail, v core.ChargeNotice, _ Link) letter {
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		zone = time.UTC
	}
	amount := money(v.Amount)
	l := letter{title: "Hello, " + v.Person, facts: []Pair{{"What", v.Description}, {"Amount", amount}}}
	if v.From != "" {
		l.facts = append(l.facts, Pair{"Period", localDays(v.From) + " up to " + localDays(v.To)})
	}
	if v.Card != "" {
		l.facts = append(l.facts, Pair{"Card", v.Card})
	}
	switch m.Kind {
	case core.ReceiptMail:
		l.subject = "Receipt: " + amount + " to " + m.From
		l.before = []string{"Thank you. " + amount + " were charged on " + day(v.At, zone) + "."}
	case core.DeclineMail:
		l.subject = "Your payment to " + m.From + " was declined"
		l.before = []string{"Your card could not be charged on " + day(v.At, zone) + ": " + because(v.Reason) + "."}
		if v.Reason.Hard() {
			l.before = append(l.before, "It is not tried again. Please give "+m.From+" another card before "+day(v.Next, zone)+".")
		} else {
			l.before = append(l.before, "It is tried again on "+day(v.Next, zone)+". If the card is good by then there is nothing you need to do.")
		}
	case core.LastTryMail:
		l.subject = "Your payment to " + m.From + " is tried a last time"
		l.before = []string{
			"Your card could not be charged again: " + because(v.Reason) + ".",
			"It is tried a last time on " + day(v.Next, zone) + ". Please see that the card is good by then, or give " + m.From + " another.",
		}
	case core.GivenUpMail:
		l.subject = "Your payment to " + m.From + " was not made"
		l.before = []string{
			"Your card could not be charged: " + because(v.Reason) + ". It is not tried any more.",
			"Please get in touch with " + m.From + " if you want to go on.",
		}
	case core.ExpiringCardMail:
		l.subject = "Your card expires before its next charge"
		l.before = []string{"Your card will have expired when it is charged next, on " + day(v.At, zone) + ". Please give " + m.From + " another before then."}
		l.facts = []Pair{{"What", v.Description}, {"Card", v.Card}}
	}
	return l
}

// localDays writes a day that is stored as a text.
func localDays(text string) string {
	d, rule := core.ParseLocalDate(text)
	if rule != "" {
		return text
	}
	return localDay(d)
}
