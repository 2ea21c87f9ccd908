package core

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A State is where a subscription stands. BILLING.md §1. That it is held while
// its customer is deleted, or will end with the period, is no state.
type State string

const (
	Pending   State = "pending"   // its start lies ahead
	Active    State = "active"    // in good standing
	PastDue   State = "past_due"  // the last charge failed, it is tried again
	Unpaid    State = "unpaid"    // all tries failed; kept, nothing is charged
	Paused    State = "paused"    // stopped by choice, nothing is charged
	Canceled  State = "canceled"  // ended early, for good
	Completed State = "completed" // its last payment succeeded; for good
)

// States lists every state in the order of a subscription's life.
var States = []State{Pending, Active, PastDue, Unpaid, Paused, Canceled, Completed}

// moves are the states that each can go to. BILLING.md, in scope.
var moves = map[State][]State{
	Pending:   {Active, Paused, Canceled},
	Active:    {PastDue, Paused, Canceled, Completed},
	PastDue:   {Active, Unpaid, Paused, Canceled},
	Unpaid:    {Active, Canceled},
	Paused:    {Active, Canceled},
	Canceled:  nil,
	Completed: nil,
}

// Known reports whether s is a state at all.
func (s State) Known() bool { return slices.Contains(States, s) }

// Final reports whether nothing leads out of the state. A card may be removed
// when the subscriptions that use it are in such a state.
func (s State) Final() bool { return s == Canceled || s == Completed }

// Weight is how much it matters that a customer has a subscription in the
// state, among several: what is wrong most, what has ended least.
func (s State) Weight() int {
	return slices.Index([]State{Canceled, Completed, Pending, Paused, Active, Unpaid, PastDue}, s)
}

// Moves returns the states that s can go to. For a paused subscription, Active
// stands also for the Pending it goes back to while its start lies ahead.
func (s State) Moves() []State { return slices.Clone(moves[s]) }

// May reports whether a subscription can go from s to the state. Staying where
// it is is no move.
func (s State) May(to State) bool {
	if s == Paused && to == Pending {
		return true
	}
	return slices.Contains(moves[s], to)
}

// Move returns nil where [State.May] holds, else a [ForbiddenMove].
func (s State) Move(to State) error {
	if s.May(to) {
		return nil
	}
	return ForbiddenMove{From: s, To: to, Allowed: s.Moves()}
}

// StateAt returns the state that a subscription begins in, and goes back to
// when it is resumed: Pending while its start lies ahead, else Active.
func StateAt(now, start time.Time) State {
	if now.Before(start) {
		return Pending
	}
	return Active
}

// A ForbiddenMove is the error for a move that a subscription's state does not
// allow, with those that it does. To is "" for a change of one that has ended.
type ForbiddenMove struct {
	From, To State
	Allowed  []State
}

// Error implements error. It names the moves that are allowed.
func (e ForbiddenMove) Error() string {
	if e.To == "" {
		return fmt.Sprintf("a subscription that is %s cannot change: it has ended", e.From)
	}
	if len(e.Allowed) == 0 {
		return fmt.Sprintf("a subscription that is %s cannot become %s: it has ended", e.From, e.To)
	}
	names := make([]string, len(e.Allowed))
	for i, s := range e.Allowed {
		names[i] = string(s)
	}
	return fmt.Sprintf("a subscription that is %s cannot become %s, only %s", e.From, e.To, strings.Join(names, " or "))
}

// Cycles count a subscription's payments.
type Cycles struct {
	Total     int // none, 0, is for ever
	Completed int // periods whose charge succeeded
}

// Endless reports whether there is no last payment.
func (c Cycles) Endless() bool { return c.Total == 0 }

// Left returns how many payments are to come, 0 also for one without end.
func (c Cycles) Left() int {
	if c.Endless() {
		return 0
	}
	return max(0, c.Total-c.Completed)
}

// Done reports whether the last payment has succeeded, which completes the
// subscription. BILLING.md §7.4.
func (c Cycles) Done() bool { return !c.Endless() && c.Completed >= c.Total }

// Ahead returns how many of the next n payments there will be.
func (c Cycles) Ahead(n int) int {
	if c.Endless() {
		return n
	}
	return min(n, c.Left())
}
