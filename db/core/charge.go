package core

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A ChargeState is how far a charge has come.
type ChargeState string

const (
	ChargeDue      ChargeState = "due"      // is to be tried for the first time
	ChargeSending  ChargeState = "sending"  // the processor is being called
	ChargeChecking ChargeState = "checking" // the processor is asked what became of the last try
	ChargeRetrying ChargeState = "retrying" // was declined and is to be tried again
	ChargePaid     ChargeState = "paid"
	ChargeDeclined ChargeState = "declined" // was declined, and is not tried again unasked
	ChargeOutside  ChargeState = "outside"  // was paid in another way
	ChargeWaived   ChargeState = "waived"   // need not be paid
)

// ChargeStates lists every state in the order of a charge's life.
var ChargeStates = []ChargeState{
	ChargeDue, ChargeSending, ChargeChecking, ChargeRetrying, ChargePaid, ChargeDeclined, ChargeOutside, ChargeWaived,
}

// Known reports whether s is a state at all.
func (s ChargeState) Known() bool { return slices.Contains(ChargeStates, s) }

// UnderWay reports whether a try has no outcome yet: nothing else may be done
// to the charge until it has.
func (s ChargeState) UnderWay() bool { return s == ChargeSending || s == ChargeChecking }

// Owed reports whether the charge is not paid and no try is under way: a
// person can have it tried, waive it or mark it paid.
func (s ChargeState) Owed() bool { return s == ChargeDue || s == ChargeRetrying || s == ChargeDeclined }

// A Charge is what one period of a subscription costs, or what a person has
// charged once. Its amount, plan and description are its own, so that what
// changes of the subscription leaves it alone.
type Charge struct {
	ID           int64
	Merchant     int64
	Customer     int64
	Subscription int64 // 0 for a single one
	Plan         int64 // 0 for a single one
	Card         int64 // tried last, or to be tried; 0 when there is none
	Version      int64
	Source       Source
	State        ChargeState
	Reason       Decline // of the last decline
	Amount       Money
	Refunded     int64 // minor units given back, or on the way
	Description  string
	Note         string // why it was waived, or how it was paid
	Period       Period // of a subscription's; N is not kept
	Cycle        int    // which payment of the subscription
	Cycles       int    // of how many; 0 is for ever
	Asked        bool   // a person wants it tried, whatever the subscription's state
	Tries        int
	DueAt        time.Time
	FailedAt     time.Time // the first decline
	NextAt       time.Time // when the worker has something to do with it; zero when it has not
	SettledAt    time.Time // paid, given up, waived
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Single reports whether the charge is no subscription's.
func (c Charge) Single() bool { return c.Subscription == 0 }

// Paid reports whether the processor took the money.
func (c Charge) Paid() bool { return c.State == ChargePaid }

// Left is what can still be given back.
func (c Charge) Left() Money {
	if !c.Paid() {
		return Money{0, c.Amount.Currency}
	}
	return Money{c.Amount.Minor - c.Refunded, c.Amount.Currency}
}

// Stuck reports whether the outcome of the last try can no longer be found out
// by asking: a person has to.
func (c Charge) Stuck() bool { return c.State == ChargeChecking && c.NextAt.IsZero() }

// A ChargeStanding is how far a charge has come, as it is said in a word.
type ChargeStanding struct {
	State     ChargeState
	Stuck     bool // see [Charge.Stuck]
	Amount    Money
	Refunded  int64 // minor units
	SettledAt time.Time
}

// Standing is how far the charge has come.
func (c Charge) Standing() ChargeStanding {
	return ChargeStanding{State: c.State, Stuck: c.Stuck(), Amount: c.Amount, Refunded: c.Refunded, SettledAt: c.SettledAt}
}

// Key names try number n of the charge to the processor. It comes from what is
// billed, so that the same period can never be billed under two keys by
// mistake. BILLING.md §8.1.
func (c Charge) Key(n int) string {
	if c.Single() {
		return "charge:" + strconv.FormatInt(c.ID, 10) + ":try:" + strconv.Itoa(n)
	}
	return "sub:" + strconv.FormatInt(c.Subscription, 10) + ":p:" + c.Period.From.String() + ":try:" + strconv.Itoa(n)
}

// ChargeLease is how long a try may take. Whoever has it may be gone after
// that, and another asks what became of it.
const ChargeLease = 3 * time.Minute

// Try begins the next try.
func (c Charge) Try(card int64, now time.Time) Charge {
	c.Tries++
	c.Card, c.State, c.NextAt, c.Asked = card, ChargeSending, now.Add(ChargeLease), false
	return c
}

// Succeeded ends the charge with its last try's success.
func (c Charge) Succeeded(at time.Time) Charge {
	c.State, c.Reason, c.NextAt, c.SettledAt = ChargePaid, "", time.Time{}, at
	return c
}

// Declined counts a try that was declined. A period's charge is tried again on
// the merchant's retry days after the first decline; what fell into an outage
// is not made up for. After a hard decline it waits for another card up to the
// last of those days. BILLING.md §6, §9.5.
func (c Charge) Declined(why Decline, m Merchant, now time.Time) Charge {
	c.Reason = why
	if c.FailedAt.IsZero() {
		c.FailedAt = now
	}
	c.State, c.NextAt, c.SettledAt, c.Asked = ChargeDeclined, time.Time{}, now, false
	if c.Single() {
		return c
	}
	tries := c.retries(m, now)
	switch {
	case len(tries) == 0:
	case why.Hard():
		c.NextAt, c.SettledAt = tries[len(tries)-1], time.Time{}
	default:
		c.State, c.NextAt, c.SettledAt = ChargeRetrying, tries[0], time.Time{}
	}
	return c
}

// WaitsForCard reports whether the charge is tried as soon as its subscription
// has another card, and given up at NextAt.
func (c Charge) WaitsForCard() bool { return c.State == ChargeDeclined && !c.NextAt.IsZero() }

// retries are the tries to come after now.
func (c Charge) retries(m Merchant, now time.Time) []time.Time {
	all := Schedule{Hour: m.ChargeHour, Zone: m.Location()}.Retries(c.Period, c.FailedAt, m.RetryDayList())
	return slices.DeleteFunc(all, func(at time.Time) bool { return !at.After(now) })
}

// Later returns the first of the retry days to come after now, zero when there
// is none.
func (c Charge) Later(m Merchant, now time.Time) time.Time {
	if tries := c.retries(m, now); !c.Single() && !c.FailedAt.IsZero() && len(tries) > 0 {
		return tries[0]
	}
	return time.Time{}
}

// LastTry reports whether the try to come is the last.
func (c Charge) LastTry(m Merchant) bool {
	return c.State == ChargeRetrying && len(c.retries(m, c.NextAt)) == 0
}

// GiveUp ends a charge that is not to be tried again: its period is over, or
// its subscription has ended.
func (c Charge) GiveUp(now time.Time) Charge {
	c.State, c.NextAt, c.SettledAt, c.Asked = ChargeDeclined, time.Time{}, now, false
	return c
}

// ProcessorMemory is how long a processor is trusted to know a key. An outcome
// that is not known by then is for a person to find out. BILLING.md §8.3.
const ProcessorMemory = 24 * time.Hour

// checkPauses are the pauses before asking again what became of a try.
var checkPauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour}

// CheckAgain returns when to ask again what became of a try that was begun at
// the time and asked for so many times, or zero when asking has no use any
// more.
func CheckAgain(begun time.Time, checks int, now time.Time) time.Time {
	at := now.Add(checkPauses[min(checks, len(checkPauses)-1)])
	if end := begun.Add(ProcessorMemory); at.After(end) {
		if !now.Before(end.Add(-time.Minute)) {
			return time.Time{}
		}
		return end.Add(-time.Minute)
	}
	return at
}

// RetryDayList returns the days after a first decline on which it is tried
// again.
func (m Merchant) RetryDayList() []int {
	var days []int
	for text := range strings.SplitSeq(m.RetryDays, ",") {
		if n := wholeNumber(text); n > 0 {
			days = append(days, n)
		}
	}
	return days
}

// MaxCatchUp is how many periods of a subscription are charged unasked when
// they come due at once, after an outage: the oldest first, one a day. Above
// that a person is asked. BILLING.md §9.3.
const MaxCatchUp = 3

// DuePeriods returns how many runs of the subscription have come, counted no
// further than most.
func (s Subscription) DuePeriods(m Merchant, now time.Time, most int) int {
	if s.NextRun.IsZero() || s.NextRun.After(now) {
		return 0
	}
	n, sched := 1, s.Schedule(m)
	for n < most && !sched.Run(s.NextNumber+n).After(now) {
		n++
	}
	return n
}

// ForgivenFor counts a charge that need not be paid as one that was.
func (s Subscription) ForgivenFor(c Charge, m Merchant, at time.Time) Subscription {
	last := s.LastSuccess
	s = s.PaidFor(c, m, at)
	s.LastSuccess = last
	return s
}

// ChargeFor returns the charge of a period of the subscription, as
// [Subscription.Begin] gave it.
func (s Subscription) ChargeFor(p Period, plan Plan) Charge {
	text := s.Description
	if text == "" {
		text = plan.Name
	}
	return Charge{
		Merchant: s.Merchant, Customer: s.Customer, Subscription: s.ID, Plan: s.Plan, Card: s.Card, Version: 1,
		Source: s.Source, State: ChargeDue, Amount: s.Amount, Description: text, Period: p,
		Cycle: s.Cycles.Completed + 1, Cycles: s.Cycles.Total, DueAt: p.Start, NextAt: p.Start,
	}
}

// A NewCharge is what a person, or a program, has charged once.
type NewCharge struct {
	Customer    int64
	Card        int64 // 0 is the customer's default card
	Amount      Money
	Description string
	Source      Source
	// Request names the request that brings it, so that the same request sent
	// twice charges once; "" is no name.
	Request string
}

// Limits of charges.
const (
	MaxChargeText = 200  // characters of a description
	MaxChargeNote = 1000 // characters of a reason
)

// Check returns what is wrong with the charge to the card, in the order of its
// form.
func (n NewCharge) Check(c Card, now time.Time) Invalid {
	var bad Invalid
	bad.usable(c, now)
	bad.chosen("currency", n.Amount.Currency, knownCurrency(n.Amount.Currency))
	if rule := n.Amount.price(); rule != "" {
		bad.add("amount", rule)
	}
	bad.required("description", n.Description, MaxChargeText)
	return bad
}

// required holds a text to being there, and to what free text is held to.
func (e *Invalid) required(field, v string, limit int) {
	switch {
	case strings.TrimSpace(v) == "":
		e.add(field, Required)
	case !clean(v, true):
		e.add(field, Control)
	case utf8.RuneCountInString(v) > limit:
		*e = append(*e, Fault{Field: field, Rule: TooLong, Limit: limit})
	case HasCardNumber(v):
		e.add(field, CardText)
	}
}

// CheckNote returns what is wrong with the reason for waiving a charge, or for
// marking it paid.
func CheckNote(note string) Invalid {
	var bad Invalid
	bad.required("note", note, MaxChargeNote)
	return bad
}
