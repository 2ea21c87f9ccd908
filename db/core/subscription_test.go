package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMovesAreTheTable holds every pair of states to BILLING.md.
func TestMovesAreTheTable(t *testing.T) {
	table := map[State]string{
		Pending:   "active paused canceled",
		Active:    "past_due paused canceled completed",
		PastDue:   "active unpaid paused canceled",
		Unpaid:    "active canceled",
		Paused:    "active pending canceled",
		Canceled:  "",
		Completed: "",
		"":        "",
		"trial":   "",
	}
	for from, names := range table {
		allowed := strings.Fields(names)
		for _, to := range append(slices.Clone(States), "", "trial") {
			want := slices.Contains(allowed, string(to))
			err := from.Move(to)
			if from.May(to) != want || (err == nil) != want {
				t.Errorf("%s to %s: may %v, %v", from, to, from.May(to), err)
			}
			var forbidden ForbiddenMove
			if !want && (!errors.As(fmt.Errorf("move subscription 7: %w", err), &forbidden) || forbidden.From != from || forbidden.To != to || !slices.Equal(forbidden.Allowed, from.Moves())) {
				t.Errorf("%s to %s: %#v", from, to, err)
			}
		}
		if from.Known() != (from != "" && from != "trial") {
			t.Errorf("%q is known: %v", from, from.Known())
		}
	}
}

func TestForbiddenMovesNameTheAllowedOnes(t *testing.T) {
	for _, tt := range []struct {
		from, to State
		want     string
	}{
		{Unpaid, Paused, "a subscription that is unpaid cannot become paused, only active or canceled"},
		{Paused, Completed, "a subscription that is paused cannot become completed, only active or canceled"},
		{Canceled, Active, "a subscription that is canceled cannot become active: it has ended"},
	} {
		if got := tt.from.Move(tt.to).Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestNothingLeavesAFinalState: and from every other one there is a way out.
func TestNothingLeavesAFinalState(t *testing.T) {
	for _, s := range States {
		if s.Final() != (len(s.Moves()) == 0) || (!s.Final() && !s.May(Canceled)) {
			t.Errorf("%s: final %v, moves %v", s, s.Final(), s.Moves())
		}
	}
	moves := Active.Moves()
	moves[0] = Pending
	if Active.May(Pending) {
		t.Error("the table can be written to")
	}
}

func TestStateAtStart(t *testing.T) {
	start := time.Date(2027, 1, 31, 9, 0, 0, 0, time.UTC)
	for now, want := range map[time.Time]State{start.Add(-1): Pending, start: Active, start.Add(1): Active} {
		if got := StateAt(now, start); got != want {
			t.Errorf("at %s %s, want %s", now, got, want)
		}
	}
}

func TestCycles(t *testing.T) {
	for _, tt := range []struct {
		c               Cycles
		left, next      int
		endless, isDone bool
	}{
		{Cycles{}, 0, 12, true, false},
		{Cycles{Completed: 40}, 0, 12, true, false},
		{Cycles{Total: 24}, 24, 12, false, false},
		{Cycles{Total: 24, Completed: 20}, 4, 4, false, false},
		{Cycles{Total: 24, Completed: 24}, 0, 0, false, true},
		{Cycles{Total: 3, Completed: 4}, 0, 0, false, true}, // shortened meanwhile
	} {
		if tt.c.Left() != tt.left || tt.c.Ahead(12) != tt.next || tt.c.Endless() != tt.endless || tt.c.Done() != tt.isDone {
			t.Errorf("%+v: left %d, ahead %d, endless %v, done %v", tt.c, tt.c.Left(), tt.c.Ahead(12), tt.c.Endless(), tt.c.Done())
		}
	}
}

// TestCyclesEndOnce: a subscription is done after as many payments as it has,
// and no sooner.
func TestCyclesEndOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cycles{Total: rapid.IntRange(1, 500).Draw(t, "total")}
		for paid := range c.Total {
			if c.Done() || c.Left() != c.Total-paid || c.Ahead(1) != 1 {
				t.Fatalf("after %d: %+v", paid, c)
			}
			c.Completed++
		}
		if !c.Done() || c.Left() != 0 || c.Ahead(1) != 0 {
			t.Fatalf("at the end: %+v", c)
		}
	})
}
