package views

import (
	"slices"
	"strings"

	"kontor/db/core"
)

// states are a subscription's states as people read them.
var states = map[core.State]string{
	core.Pending:   "Pending",
	core.Active:    "Active",
	core.PastDue:   "Past due",
	core.Unpaid:    "Unpaid",
	core.Paused:    "Paused",
	core.Canceled:  "Canceled",
	core.Completed: "Completed",
}

// stateTones are how the states stand out.
var stateTones = map[core.State]string{
	core.Pending: "wait", core.Active: "ok", core.PastDue: "bad", core.Unpaid: "bad", core.Paused: "warn", core.Canceled: "off", core.Completed: "off",
}

// frequencies are how often, as it stands after an amount: "every month".
var frequencies = map[core.Frequency]string{
	core.EveryDay:      "every day",
	core.EveryWeek:     "every week",
	core.EveryMonth:    "every month",
	core.EveryQuarter:  "every quarter",
	core.EveryHalfYear: "every half-year",
	core.EveryYear:     "every year",
}

// frequencyChoices are the frequencies for a form.
var frequencyChoices = func() []Pair {
	all := make([]Pair, len(core.Frequencies))
	for i, f := range core.Frequencies {
		text := frequencies[f]
		all[i] = Pair{string(f), strings.ToUpper(text[:1]) + text[1:]}
	}
	return all
}()

// pauseRules are what a pause does to the dates after it, for a form.
var pauseRules = []Pair{
	{string(core.ShiftDates), "The dates move by as long as it lasted"},
	{string(core.KeepDates), "The dates stay, those in the pause are skipped"},
}

// spentRules are what becomes of a subscription when all tries to charge it
// have failed, for a form.
var spentRules = []Pair{
	{string(core.SpentUnpaid), "It is kept, and nothing more is charged"},
	{string(core.SpentCancel), "It ends"},
	{string(core.SpentPastDue), "The next period is charged all the same"},
}

// cardName is "Visa ···· 4242".
func cardName(brand core.Brand, lastFour string) string {
	return core.CardLabel(brand, lastFour)
}

// shownOfSubscription is a value of an event about a plan or a subscription as
// people read it. Other values stay as they are.
func shownOfSubscription(name, value string) string {
	switch name {
	case "status":
		return orElse(states[core.State(value)], value)
	case "reason": // of a decline, or of the worker's standing still; a person's own words stay
		return orElse(chargeDeclines[core.Decline(value)], orElse(halts[core.Halt(value)], value))
	case "frequency":
		return orElse(frequencies[core.Frequency(value)], value)
	case "pause_rule":
		for _, p := range pauseRules {
			if p.Name == value {
				return p.Value
			}
		}
	case "spent_rule":
		for _, p := range spentRules {
			if p.Name == value {
				return p.Value
			}
		}
	case "role":
		return orElse(roleName(core.Role(value)), value)
	case "cancel_at_end", "send_receipt", "active":
		if value == "true" {
			return "yes"
		}
		return "no"
	case "payments":
		if value == "0" {
			return "no end"
		}
	case "amount":
		if digits, code, ok := strings.Cut(value, " "); ok {
			if m, bad := core.ParseMoney(digits, code); bad == "" {
				return money(m)
			}
		}
	case "card":
		if brand, lastFour, ok := strings.Cut(value, " "); ok && slices.Contains(core.Brands, core.Brand(brand)) {
			return cardName(core.Brand(brand), lastFour)
		}
	}
	return value
}
