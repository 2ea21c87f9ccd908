package views

import (
	"time"

	"kontor/db/core"
)

// zoneOf is the zone of the name, UTC where there is none.
func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// onDay is a day in words with its weekday: "Saturday 28 November 2026".
func onDay(t time.Time, zone string) string {
	return t.In(zoneOf(zone)).Format("Monday 2 January 2006")
}

// paidFacts are the lines that say what a payment is.
func paidFacts(p core.Payment) []Pair {
	facts := []Pair{{"Amount", money(p.Amount)}, {"For", p.For}, {"Period", period(p.From, p.Through)}}
	if p.Cycle > 0 {
		facts = append(facts, Pair{"Payment", cycle(p.Cycle, p.Cycles)[len("payment "):]})
	}
	if p.LastFour != "" {
		facts = append(facts, Pair{"Card", cardName(p.Brand, p.LastFour)})
	}
	facts = append(facts, Pair{"Number", itoa(p.Charge)})
	told := facts[:0]
	for _, f := range facts {
		if f.Value != "" {
			told = append(told, f)
		}
	}
	return told
}

// period is the days from the first through the last, "" where there are none.
func period(from, through string) string {
	first, bad := core.ParseLocalDate(from)
	last, wrong := core.ParseLocalDate(through)
	if bad != "" || wrong != "" {
		return ""
	}
	if first == last {
		return localDay(first)
	}
	return localDay(first) + " to " + localDay(last)
}

func receipt(m core.Mail, v core.Receipt, _ Link) letter {
	return letter{
		subject: "Receipt from " + m.From + ": " + money(v.Amount),
		title:   "Thank you for your payment",
		before:  []string{m.From + " received " + money(v.Amount) + " from you on " + onDay(v.At, v.Zone) + "."},
		facts:   paidFacts(v.Payment),
	}
}

func refundReceipt(m core.Mail, v core.RefundReceipt, _ Link) letter {
	return letter{
		subject: "Refund from " + m.From + ": " + money(v.Given),
		title:   "You get money back",
		before: []string{
			m.From + " gave " + money(v.Given) + " back to your card on " + onDay(v.At, v.Zone) + ". Your bank may take some days to show it.",
			"It is for this payment:",
		},
		facts: paidFacts(v.Payment),
	}
}

// wasDeclined says what could not be charged, and why.
func wasDeclined(m core.Mail, v core.DeclinedPayment) string {
	text := m.From + " could not charge " + money(v.Amount) + " for " + v.For
	if v.LastFour != "" && v.Reason != core.NoCard {
		text += " to your card " + cardName(v.Brand, v.LastFour)
	}
	return text + ": " + because(v.Reason) + "."
}

// another says how a customer gets to another card.
func another(m core.Mail) string {
	return "To pay with another card, get in touch with " + m.From + "."
}

func firstDecline(m core.Mail, v core.FirstDecline, _ Link) letter {
	again := "It is tried again on " + onDay(v.Next, v.Zone) + ". If your card can be charged by then, there is nothing for you to do."
	if v.Last {
		again = "It is tried once more, on " + onDay(v.Next, v.Zone) + ". If your card can be charged by then, there is nothing for you to do."
	}
	return letter{
		subject: "Your payment of " + money(v.Amount) + " to " + m.From + " was declined",
		title:   "Your payment was declined",
		before:  []string{wasDeclined(m, v.DeclinedPayment), again},
		facts:   paidFacts(v.Payment),
		after:   []string{another(m)},
	}
}

func cardWanted(m core.Mail, v core.CardWanted, _ Link) letter {
	return letter{
		subject: "Another card is needed for your payment of " + money(v.Amount) + " to " + m.From,
		title:   "Another card is needed",
		before: []string{
			wasDeclined(m, v.DeclinedPayment),
			"It is not tried again with this card. " + m.From + " waits for another until " + onDay(v.Next, v.Zone) + ".",
		},
		facts: paidFacts(v.Payment),
		after: []string{another(m)},
	}
}

func lastTry(m core.Mail, v core.LastTry, _ Link) letter {
	return letter{
		subject: "Last try to charge " + money(v.Amount) + " for " + m.From,
		title:   "Your payment was declined again",
		before: []string{
			wasDeclined(m, v.DeclinedPayment),
			"It is tried for the last time on " + onDay(v.Next, v.Zone) + ". See to it that your card can be charged by then.",
		},
		facts: paidFacts(v.Payment),
		after: []string{another(m)},
	}
}

// leftAt says what became of the subscription of a payment that is not tried
// any more.
var leftAt = map[core.State]string{
	core.Unpaid:   "Nothing more is charged until it is settled.",
	core.Canceled: "Your subscription has ended with that.",
	core.PastDue:  "Your subscription goes on, and the next payment is charged when it is due. This one stays open.",
}

func givenUp(m core.Mail, v core.GivenUp, _ Link) letter {
	l := letter{
		subject: "Your payment of " + money(v.Amount) + " to " + m.From + " was not made",
		title:   "Your payment was not made",
		before:  []string{wasDeclined(m, v.DeclinedPayment), words("It is not tried again.", leftAt[v.State])},
		facts:   paidFacts(v.Payment),
	}
	if v.State == core.Canceled {
		l.after = []string{"If you want to go on, get in touch with " + m.From + "."}
	} else {
		l.after = []string{"To settle it, get in touch with " + m.From + "."}
	}
	return l
}

func expiringCard(m core.Mail, v core.ExpiringCard, _ Link) letter {
	card := cardName(v.Brand, v.LastFour)
	return letter{
		subject: "Your card expires before your next payment to " + m.From,
		title:   "Your card expires soon",
		before: []string{
			"Your card " + card + " is good until the end of " + v.Expires.Month.String() + " " + itoa(int64(v.Expires.Year)) +
				". Your next payment to " + m.From + " comes after that.",
		},
		facts: []Pair{{"Amount", money(v.Amount)}, {"For", v.For}, {"Next payment", onDay(v.Next, v.Zone)}, {"Card", card}},
		after: []string{another(m)},
	}
}
