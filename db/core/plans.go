package core

import "strconv"

// A PlanSummary is a plan as a list shows it.
type PlanSummary struct {
	Plan
	Subscribers int // living subscriptions, at most MaxCount+1
}

// Spread says whom a plan's new price is for.
type Spread string

const (
	NewOnly     Spread = "new"  // subscriptions started from now on
	Subscribers Spread = "subs" // also those that pay the old price, from their next period on
)

// A PlanList says which page of the plans is wanted. They are sorted by name.
type PlanList struct {
	Words    string // each is part of the name
	Archived bool   // the archived instead of the others
	After    Cursor
	Before   Cursor
	Limit    int // 0 is the first of PageSizes
}

// Fields returns the plan as text, by the names of its form.
func (p Plan) Fields() Changes {
	return Changes{
		"name": p.Name, "amount": p.Amount.Decimal(), "currency": p.Amount.Currency, "frequency": string(p.Every),
		"payments": strconv.Itoa(p.Payments), "send_receipt": strconv.FormatBool(p.SendReceipt),
	}
}

// DiffTexts returns those texts that differ, as they were and as they are.
func DiffTexts(was, is Changes) (from, to Changes) {
	from, to = Changes{}, Changes{}
	for name := range is {
		if was[name] != is[name] {
			from[name], to[name] = was[name], is[name]
		}
	}
	return from, to
}
