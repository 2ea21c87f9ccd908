package core

import (
	"slices"
	"strings"
)

// ReadPlan makes a plan of the texts of its form, see [Plan.Fields], and says
// what of them cannot be read. No payments is for ever.
func ReadPlan(values Changes) (Plan, Invalid) {
	var bad Invalid
	p := Plan{
		Name: values["name"], Every: Frequency(values["frequency"]), SendReceipt: values["send_receipt"] == "true",
		Amount: Money{Currency: strings.ToUpper(values["currency"])},
	}
	if knownCurrency(p.Amount.Currency) { // a wrong one has a fault of its own
		p.Amount = bad.readAmount(values["amount"], p.Amount.Currency)
	}
	if n := bad.readPayments(values["payments"]); n != nil {
		p.Payments = *n
	}
	return p, bad
}

// ReadAmount reads an amount in the currency, adding a fault on "amount" where
// it cannot. The faults of amounts tell how many decimals there can be.
func ReadAmount(text, currency string) (Money, Invalid) {
	var bad Invalid
	return bad.readAmount(text, currency), bad
}

func (e *Invalid) readAmount(text, currency string) Money {
	m, rule := ParseMoney(text, currency)
	if rule != "" {
		*e = append(*e, Fault{Field: "amount", Rule: rule, Limit: Exponent(currency), Other: currency})
		m.Currency = currency
	}
	return m
}

// ReadPayments reads a number of payments: nil of no text.
func ReadPayments(text string) (*int, Invalid) {
	var bad Invalid
	return bad.readPayments(text), bad
}

func (e *Invalid) readPayments(text string) *int {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	n := wholeNumber(text)
	if n < 0 {
		e.add("payments", Malformed)
		return nil
	}
	return &n
}

// Sorted returns the faults in the order of the fields; others come last.
func (e Invalid) Sorted(fields ...string) Invalid {
	rank := func(f Fault) int {
		if i := slices.Index(fields, f.Field); i >= 0 {
			return i
		}
		return len(fields)
	}
	all := slices.Clone(e)
	slices.SortStableFunc(all, func(a, b Fault) int { return rank(a) - rank(b) })
	return all
}
