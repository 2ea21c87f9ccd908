package core

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of plans.
const (
	MaxPlanName = 100  // characters
	MaxPayments = 9999 // of a plan that ends
)

// A Plan is what subscriptions are made from: they take its amount, frequency
// and number of payments. Payfirma: plan-service.
type Plan struct {
	ID          int64
	Merchant    int64
	Name        string // unique per merchant
	Amount      Money  // of one payment
	Every       Frequency
	Payments    int // none, 0, is for ever
	SendReceipt bool
	Archived    bool // no new subscriptions; those that there are go on
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Check returns what is wrong with the plan, in the order of the form: name,
// currency, amount, frequency, payments. That a name is taken only the store
// can tell.
func (p Plan) Check() Invalid {
	var bad Invalid
	switch {
	case strings.TrimSpace(p.Name) == "":
		bad.add("name", Required)
	case !clean(p.Name, false):
		bad.add("name", Control)
	case utf8.RuneCountInString(p.Name) > MaxPlanName:
		bad = append(bad, Fault{Field: "name", Rule: TooLong, Limit: MaxPlanName})
	case HasCardNumber(p.Name):
		bad.add("name", CardText)
	}
	bad.chosen("currency", p.Amount.Currency, knownCurrency(p.Amount.Currency))
	if rule := p.Amount.price(); rule != "" {
		bad.add("amount", rule)
	}
	bad.chosen("frequency", string(p.Every), p.Every.Known())
	bad.payments(p.Payments)
	return bad
}

// Cycles returns what a new subscription to the plan has ahead.
func (p Plan) Cycles() Cycles { return Cycles{Total: p.Payments} }

// price returns the rule that the amount breaks as something to be charged: it
// must be more than nothing and not above [MaxMoney].
func (m Money) price() Rule {
	switch {
	case m.Minor <= 0:
		return NotPositive
	case m.Minor > MaxMoney:
		return TooLarge
	}
	return ""
}

// chosen holds a choice to being made, and to being one there is.
func (e *Invalid) chosen(field, choice string, ok bool) {
	if choice == "" {
		e.add(field, Required)
		return
	}
	e.known(field, ok)
}
