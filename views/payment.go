package views

import (
	"strings"
	"time"

	"kontor/db/core"
)

// PaymentsView is a merchant's list of charges.
type PaymentsView struct {
	Chrome  Chrome
	Query   string
	Tabs    []Choice
	Pills   []Pill
	Clear   string // the list without any term; shown while there are pills
	Mistake *Mistake
	Rows    []core.ChargeLine
	Pager   Pager
	Queue   int // how much waits for a person
}

// PaymentView is a charge's page.
type PaymentView struct {
	Chrome    Chrome
	Charge    core.ChargeRecord
	Cards     []core.Card // that it can be tried with
	MayWrite  bool
	MayRefund bool
	MayGive   bool                     // some of it can be given back, by whoever asks
	Sub       core.SubscriptionSummary // of a charge that waits for another try; zero of others
	Stale     bool                     // it has changed since the page was opened
	Faults    core.Invalid
}

// Version is what every act posts.
func (v PaymentView) version() []Pair { return []Pair{{"version", itoa(v.Charge.Version)}} }

// next says what happens next with the charge, or "": whether it is tried again
// is the subscription's to say, unless a person has asked for it.
func (v PaymentView) next() string {
	c := v.Charge.Charge
	text := nextStep(c, v.Chrome.Merchant)
	on := day(c.NextAt, v.Chrome.location())
	switch {
	case c.Asked || c.State != core.ChargeRetrying && !c.WaitsForCard():
		return text
	case v.Sub.Held:
		return "It is not tried while the customer is deleted."
	case v.Sub.State != core.Paused:
		return text
	case c.WaitsForCard():
		return "The subscription is paused: it is tried on " + on + " only if that goes on by then, with another card."
	}
	return "The subscription is paused: it is tried again on " + on + " only if that goes on by then."
}

// PaymentFormView is a form about a charge: giving money back, or closing it.
type PaymentFormView struct {
	Chrome  Chrome
	Charge  core.ChargeRecord
	Values  core.Changes
	Faults  core.Invalid
	Stale   bool
	Request string     // names the request
	Limit   core.Money // what whoever asks may give back at once; zero is everything
}

// ChargeOnceView is the form that charges a customer's card once.
type ChargeOnceView struct {
	Chrome   Chrome
	Customer core.Customer
	Cards    []core.Card
	Values   core.Changes
	Faults   core.Invalid
	Request  string
}

// chargeStates are a charge's states as people read them.
var chargeStates = map[core.ChargeState]string{
	core.ChargeDue:      "Due",
	core.ChargeSending:  "Checking",
	core.ChargeChecking: "Checking",
	core.ChargeRetrying: "Declined, trying again",
	core.ChargePaid:     "Paid",
	core.ChargeDeclined: "Declined",
	core.ChargeOutside:  "Paid in another way",
	core.ChargeWaived:   "Waived",
}

// chargeTone is how a state stands out.
func chargeTone(c core.ChargeStanding) string {
	switch c.State {
	case core.ChargePaid, core.ChargeOutside:
		if c.Refunded > 0 {
			return ""
		}
		return "ok"
	case core.ChargeDeclined:
		return "bad"
	case core.ChargeRetrying, core.ChargeChecking, core.ChargeSending:
		return "warn"
	}
	return ""
}

// chargeWord is a charge's state with its day: "Paid 2 Nov 2026".
func chargeWord(c core.ChargeStanding, zone *time.Location) string {
	switch {
	case c.Refunded > 0 && c.Refunded == c.Amount.Minor:
		return "Refunded"
	case c.Refunded > 0:
		return "Refunded " + money(core.Money{Minor: c.Refunded, Currency: c.Amount.Currency})
	case c.State == core.ChargePaid:
		return "Paid " + day(c.SettledAt, zone)
	case c.Stuck:
		return "Not known"
	}
	return chargeStates[c.State]
}

// chargeDeclines are why a processor declined, in human words.
var chargeDeclines = map[core.Decline]string{
	core.InsufficientFunds: "there was not enough money on it",
	core.OverLimit:         "the amount is over the card’s limit",
	core.IssuerUnavailable: "the bank could not be reached",
	core.DoNotHonor:        "the bank gave no reason",
	core.LostCard:          "the card was reported lost",
	core.StolenCard:        "the card was reported stolen",
	core.ClosedAccount:     "the account is closed",
	core.InvalidNumber:     "there is no card with this number",
	core.ExpiredCard:       "the card has expired",
	core.NotRefundable:     "there is not so much left to give back",
	core.NotFoundOut:       "somebody found that nothing had been charged",
	core.NoCard:            "there was no card to charge",
}

// because says why something was declined.
func because(d core.Decline) string {
	return orElse(chargeDeclines[d], "of a reason that the bank calls "+string(d))
}

// advice says what helps against a decline.
func advice(d core.Decline) string {
	switch {
	case d == core.NoCard:
		return "Add a card on the customer’s page and have the subscription charge it."
	case d == core.ExpiredCard:
		return "Ask the customer for the card’s new date, or for another card."
	case d.Hard():
		return "This card is not tried again. Ask the customer for another."
	case d == core.IssuerUnavailable:
		return "Trying again later usually helps."
	}
	return "Trying again later, or with another card, may help."
}

// attemptStates are what is known of a try.
var attemptStates = map[core.AttemptState]string{
	core.AttemptDue:       "Waiting",
	core.AttemptSending:   "Under way",
	core.AttemptUnknown:   "Checking with the processor",
	core.AttemptSucceeded: "Succeeded",
	core.AttemptDeclined:  "Declined",
}

// attemptTone is how the outcome of a try stands out.
func attemptTone(s core.AttemptState) string {
	switch s {
	case core.AttemptSucceeded:
		return "ok"
	case core.AttemptDeclined:
		return "bad"
	case core.AttemptUnknown, core.AttemptSending:
		return "warn"
	}
	return ""
}

// chargeAbout says in small what a charge is for: "Sonne Monthly · payment 3 of
// 12 · Visa ···· 4867".
func chargeAbout(c core.ChargeSummary) string {
	card := ""
	if c.LastFour != "" {
		card = cardName(c.Brand, c.LastFour)
	}
	return dotted(orElse(c.PlanName, c.Description), cycle(c.Cycle, c.Cycles), tried(c.Tries), card)
}

// cycle says which payment of its subscription a charge is: none of a single
// one.
func cycle(n, of int) string {
	switch {
	case n == 0:
		return ""
	case of == 0:
		return "payment " + number(n)
	}
	return "payment " + number(n) + " of " + number(of)
}

// tried says that it took more than one try.
func tried(n int) string {
	if n < 2 {
		return ""
	}
	return ordinal(n) + " try"
}

// whyCharge says why this amount fell due on this date.
func whyCharge(c core.ChargeRecord, m core.Merchant) string {
	zone := m.Location()
	if c.Single() {
		return "Somebody asked on " + day(c.CreatedAt, zone) + " for " + money(c.Amount) + " to be charged once."
	}
	local := c.DueAt.In(zone)
	text := money(c.Amount) + " is what " + c.PlanName + " cost this subscription when the period began. It pays for " +
		localDay(c.Period.From) + " up to " + localDay(c.Period.To) + ", and fell due on " + day(c.DueAt, zone) + " at " +
		local.Format(clockLayout) + " in " + m.Zone + "."
	if len(c.Attempts) > 0 && c.Attempts[0].CreatedAt.Sub(c.DueAt) > 24*time.Hour {
		text += " Nothing was charged between then and the first try: the oldest period comes first, one a day."
	}
	return text
}

// nextStep says what happens next with a charge, or "".
func nextStep(c core.Charge, m core.Merchant) string {
	zone := m.Location()
	switch {
	case c.Stuck():
		return "The processor has not told what became of the last try, and is not asked any more. Look it up there by its key, and say below what you found."
	case c.State.UnderWay():
		return "What became of the last try is not known yet. The processor is asked under the same key, so that nothing is charged twice."
	case c.State == core.ChargeDue:
		return "It is to be tried for the first time."
	case c.State == core.ChargeRetrying && c.LastTry(m):
		return "It is tried a last time on " + day(c.NextAt, zone) + "."
	case c.State == core.ChargeRetrying:
		return "It is tried again on " + day(c.NextAt, zone) + "."
	case c.WaitsForCard() && c.Reason == core.ExpiredCard:
		return "It is tried as soon as the card has a new date or the subscription another card, up to " + day(c.NextAt, zone) + "."
	case c.WaitsForCard():
		return "It is tried as soon as the subscription has another card, up to " + day(c.NextAt, zone) + "."
	case c.State == core.ChargeDeclined:
		return "It is not tried again unless somebody says so."
	}
	return ""
}

// paymentsTitle is the list's, with what it is searched for.
func paymentsTitle(v PaymentsView) string {
	if v.Query == "" {
		return "Payments"
	}
	return short(v.Query, 60) + " · Payments"
}

// PaidStat is what a customer's page says first: what was paid to date, in each
// currency by itself.
func PaidStat(sums []core.Money) Stat {
	if len(sums) == 0 {
		return Stat{Label: "Paid to date", Value: "—"}
	}
	var all []string
	for _, m := range sums {
		all = append(all, money(m))
	}
	return Stat{Label: "Paid to date", Value: all[0], More: strings.Join(all[1:], " and ")}
}

// settleChoices are how a charge that is owed can be closed.
var settleChoices = []Pair{
	{string(core.ChargeOutside), "It was paid in another way"},
	{string(core.ChargeWaived), "It need not be paid"},
}

// refundNote says what of a charge can be given back.
func refundNote(v PaymentFormView) string {
	text := "Up to " + money(v.Charge.Left()) + " can be given back."
	switch {
	case v.Limit.Currency == "":
	case v.Limit.Minor == 0 || v.Limit.Currency != v.Charge.Amount.Currency:
		text += " You may give back nothing of it: ask an owner."
	default:
		text += " You may give back up to " + money(v.Limit) + " at once."
	}
	return text
}
