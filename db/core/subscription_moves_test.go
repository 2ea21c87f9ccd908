package core

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var berlin = Merchant{Zone: "Europe/Berlin", ChargeHour: 9, PauseRule: ShiftDates}

// ranOnce is a subscription that began on 31 January 2027 and ran once.
func ranOnce(t *testing.T) Subscription {
	t.Helper()
	s := Subscription{State: Active, Amount: Money{1900, "EUR"}, Anchor: Anchor{Every: EveryMonth, First: day(t, "2027-01-31")}}
	s.NextRun = s.Schedule(berlin).Run(0)
	s.StartedAt = s.NextRun
	s, _ = s.Begin(berlin, s.NextRun)
	return s.Paid(berlin, s.LastRun)
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func next(s Subscription) string {
	if s.NextRun.IsZero() {
		return ""
	}
	return s.NextRun.Format(time.RFC3339)
}

func TestAPauseMovesOrSkipsDates(t *testing.T) {
	for _, tt := range []struct {
		rule            PauseRule
		paused, resumed string
		want            string
		later           string // the run after
	}{
		{ShiftDates, "2027-02-10T12:00:00Z", "2027-02-20T12:00:00Z", "2027-03-10T08:00:00Z", "2027-04-10T07:00:00Z"},
		{KeepDates, "2027-02-10T12:00:00Z", "2027-02-20T12:00:00Z", "2027-02-28T08:00:00Z", "2027-03-31T07:00:00Z"},
		{KeepDates, "2027-02-10T12:00:00Z", "2027-04-20T12:00:00Z", "2027-04-30T07:00:00Z", "2027-05-31T07:00:00Z"},
	} {
		m := berlin
		m.PauseRule = tt.rule
		s, err := ranOnce(t).Pause(at(t, tt.paused), time.Time{})
		if err != nil || s.State != Paused || !s.NextRun.IsZero() {
			t.Fatalf("paused: %+v, %v", s, err)
		}
		s, err = s.Resume(m, at(t, tt.resumed))
		if err != nil || s.State != Active || next(s) != tt.want || !s.PausedAt.IsZero() {
			t.Errorf("%s: resumed %s: %v, next %s, want %s, %v", tt.rule, tt.resumed, s.State, next(s), tt.want, err)
		}
		if s, _ = s.Begin(m, s.NextRun); next(s) != tt.later {
			t.Errorf("%s: after it %s, want %s", tt.rule, next(s), tt.later)
		}
	}
}

func TestEveryPauseMovesDates(t *testing.T) {
	pause := func(s Subscription, from, to string) Subscription {
		t.Helper()
		s, err := s.Pause(at(t, from), time.Time{})
		if err == nil {
			s, err = s.Resume(berlin, at(t, to))
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := pause(ranOnce(t), "2027-02-10T12:00:00Z", "2027-02-20T12:00:00Z")
	if s = pause(s, "2027-02-22T12:00:00Z", "2027-02-25T12:00:00Z"); next(s) != "2027-03-13T08:00:00Z" {
		t.Errorf("ten days and then three: %s", next(s))
	}
	// Another frequency counts the runs from 0 again.
	yearly := Plan{ID: 7, Every: EveryYear, Amount: s.Amount}
	s, bad := ranOnce(t).Change(SubscriptionChange{Plan: &yearly.ID}, yearly, Card{}, at(t, "2027-02-09T12:00:00Z"))
	if s = pause(s, "2027-02-10T12:00:00Z", "2027-02-20T12:00:00Z"); next(s) != "2027-03-10T08:00:00Z" || len(bad) > 0 {
		t.Errorf("after a change of plan: %s, %v", next(s), bad)
	}
}

func TestAPauseTellsItsChargesBefore(t *testing.T) {
	s, err := ranOnce(t).Pause(at(t, "2027-02-10T12:00:00Z"), at(t, "2027-02-20T08:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	dues := s.Upcoming(berlin, 12)
	resumed, err := s.Resume(berlin, s.ResumeAt)
	if err != nil || len(dues) != 12 || !dues[0].Period.Start.Equal(resumed.NextRun) {
		t.Errorf("%d charges from %v on, resumed it is %s, %v", len(dues), dues, next(resumed), err)
	}
	if s, _ = ranOnce(t).Pause(at(t, "2027-02-10T12:00:00Z"), time.Time{}); s.Upcoming(berlin, 12) != nil {
		t.Error("a pause without end has charges ahead")
	}
	var bad Invalid
	if _, err := ranOnce(t).Pause(at(t, "2027-02-10T12:00:00Z"), at(t, "2027-02-10T12:00:00Z")); !errors.As(err, &bad) || bad[0].Rule != TooEarly {
		t.Errorf("paused until now: %v", err)
	}
}

func TestAPauseBeforeTheStart(t *testing.T) {
	s := Subscription{State: Pending, Anchor: Anchor{Every: EveryMonth, First: day(t, "2027-06-15")}}
	s.NextRun = s.Schedule(berlin).Run(0)
	s.StartedAt = s.NextRun
	s, err := s.Pause(at(t, "2027-05-01T00:00:00Z"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	early, err := s.Resume(berlin, at(t, "2027-06-01T00:00:00Z"))
	if err != nil || early.State != Pending || next(early) != "2027-06-15T07:00:00Z" {
		t.Errorf("resumed before: %s, %s, %v", early.State, next(early), err)
	}
	late, err := s.Resume(berlin, at(t, "2027-06-20T00:00:00Z"))
	if err != nil || late.State != Pending || next(late) != "2027-06-20T07:00:00Z" || !late.StartedAt.Equal(late.NextRun) {
		t.Errorf("resumed after: %s, %s, started %s, %v", late.State, next(late), late.StartedAt, err)
	}
}

func TestAStartAsGivenOutlastsAPauseBeforeIt(t *testing.T) {
	start := at(t, "2027-05-01T15:20:00Z")
	s := Subscription{State: Pending, Anchor: Anchor{Every: EveryMonth, First: day(t, "2027-05-01")}, StartAt: start, NextRun: start, StartedAt: start}
	s, err := s.Pause(start.Add(-48*time.Hour), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := s.Resume(berlin, start.Add(-time.Hour)); err != nil || !s.NextRun.Equal(start) {
		t.Errorf("resumed before it: %s, want %s, %v", s.NextRun, start, err)
	}
	if s, err := s.Resume(berlin, start.Add(time.Hour)); err != nil || next(s) != "2027-05-02T07:00:00Z" {
		t.Errorf("resumed after it: %s, %v", next(s), err)
	}
}

func TestTheLastPaymentCompletes(t *testing.T) {
	s := ranOnce(t)
	s.Cycles.Total = 3
	for s.State == Active {
		s, _ = s.Begin(berlin, s.NextRun)
		if s.State != Active {
			t.Fatal("it ended when the charge was tried")
		}
		s = s.Paid(berlin, s.LastRun.Add(time.Minute))
	}
	if s.State != Completed || s.Cycles.Completed != 3 || !s.NextRun.IsZero() || s.EndedAt.IsZero() {
		t.Errorf("%+v", s)
	}
}

func TestTheLastPaymentCompletesWhatWasBehind(t *testing.T) {
	s := ranOnce(t)
	s.Cycles.Total = 2
	s, p := s.Begin(berlin, s.NextRun)
	late := s.Declined(p.Start)
	for _, was := range []Subscription{late, late.Spent(p.Start.Add(7*24*time.Hour), SpentUnpaid)} {
		done := was.Paid(berlin, p.Start.Add(8*24*time.Hour))
		if done.State != Completed || !done.NextRun.IsZero() || done.EndedAt.IsZero() || done.FailedAttempts != 0 || !done.DelinquentSince.IsZero() {
			t.Errorf("%s, paid: %+v", was.State, done)
		}
	}
}

func TestDeclinesAreCounted(t *testing.T) {
	s, p := ranOnce(t).Begin(berlin, at(t, "2027-02-28T08:00:00Z"))
	s = s.Declined(p.Start).Declined(p.Start)
	if s.State != PastDue || s.FailedAttempts != 2 || !s.DelinquentSince.Equal(p.Start) || s.DelinquentCycles != 0 {
		t.Fatalf("declined twice: %+v", s)
	}
	if paid := s.Paid(berlin, p.Start.Add(time.Hour)); paid.State != Active || paid.FailedAttempts != 0 || !paid.DelinquentSince.IsZero() {
		t.Errorf("paid after all: %+v", paid)
	}
	if again, _ := s.Begin(berlin, s.NextRun); again.DelinquentCycles != 1 || again.FailedAttempts != 0 || again.State != PastDue {
		t.Errorf("the next period: %+v", again)
	}
	unpaid := s.Spent(p.Start.Add(7*24*time.Hour), SpentUnpaid)
	if unpaid.State != Unpaid || !unpaid.NextRun.IsZero() || unpaid.DelinquentCycles != 1 {
		t.Errorf("spent: %+v", unpaid)
	}
	back, err := unpaid.Resume(berlin, at(t, "2027-05-02T00:00:00Z"))
	if err != nil || back.State != Active || next(back) != "2027-05-31T07:00:00Z" {
		t.Errorf("taken up again: %s, next %s, %v", back.State, next(back), err)
	}
	if ended := s.Spent(p.Start, SpentCancel); ended.State != Canceled || ended.EndedAt.IsZero() {
		t.Errorf("spent, to cancel: %+v", ended)
	}
}

func TestACancelAtPeriodEndCanBeTakenBack(t *testing.T) {
	now := at(t, "2027-02-10T12:00:00Z")
	s, err := ranOnce(t).Cancel(now, AtPeriodEnd)
	if err != nil || s.State != Active || !s.CancelAtEnd || next(s) != "2027-02-28T08:00:00Z" || s.Upcoming(berlin, 12) != nil {
		t.Fatalf("%+v, %v", s, err)
	}
	kept, err := s.Keep()
	if err != nil || kept != ranOnce(t) {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	if _, err := kept.Keep(); err == nil {
		t.Error("kept twice")
	}
	paused, _ := ranOnce(t).Pause(now, time.Time{})
	if s, err := paused.Cancel(now, AtPeriodEnd); err != nil || s.State != Canceled {
		t.Errorf("a paused one has no period to wait for: %+v, %v", s, err)
	}
}

func TestHeldPeriodsAreNotBilled(t *testing.T) {
	s := ranOnce(t).Hold()
	if s.Due(at(t, "2027-03-10T00:00:00Z")) || s.State != Active || s.Upcoming(berlin, 3) != nil {
		t.Errorf("held: %+v", s)
	}
	if s := s.Release(berlin, at(t, "2027-02-10T00:00:00Z")); next(s) != "2027-02-28T08:00:00Z" {
		t.Errorf("released before the run: %s", next(s))
	}
	if s := s.Release(berlin, at(t, "2027-04-10T00:00:00Z")); next(s) != "2027-04-30T07:00:00Z" || s.Due(at(t, "2027-04-10T00:00:00Z")) {
		t.Errorf("released after two runs: %s", next(s))
	}
	s, err := s.Cancel(at(t, "2027-02-05T00:00:00Z"), AtPeriodEnd)
	if err != nil {
		t.Fatal(err)
	}
	if s := s.Release(berlin, at(t, "2027-02-10T00:00:00Z")); s.State != Active || !s.CancelAtEnd {
		t.Errorf("released before its end: %+v", s)
	}
	if s := s.Release(berlin, at(t, "2027-04-10T00:00:00Z")); s.State != Canceled || next(s) != "" {
		t.Errorf("released after its end: %+v", s)
	}
	s, err = ranOnce(t).Hold().Pause(at(t, "2027-02-05T00:00:00Z"), at(t, "2027-02-15T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if s := s.Release(berlin, at(t, "2027-02-10T00:00:00Z")); !s.ResumeAt.Equal(at(t, "2027-02-15T00:00:00Z")) {
		t.Errorf("released in its pause: until %s", s.ResumeAt)
	}
	now := at(t, "2027-04-10T00:00:00Z")
	if s := s.Release(berlin, now); s.State != Paused || !s.ResumeAt.Equal(now) {
		t.Errorf("released after its pause: %+v", s)
	}
}

// completedThroughActive reports whether an act was the last payment of one that
// was not active: it makes it active, and from there completes it.
func completedThroughActive(was, s Subscription, act string) bool {
	return act == "pay" && s.State == Completed && s.Cycles.Done() && was.State.May(Active) && Active.May(Completed)
}

// TestMovesAreOnlyThoseAllowed carries out acts at random. Whatever comes, the
// state goes only where it may, an end stays one, nothing falls due in the past
// of an act, and no date of the past comes back.
func TestMovesAreOnlyThoseAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Merchant{Zone: rapid.SampledFrom(oddZones).Draw(t, "zone"), ChargeHour: rapid.IntRange(4, 23).Draw(t, "hour")}
		m.PauseRule = rapid.SampledFrom([]PauseRule{ShiftDates, KeepDates}).Draw(t, "rule")
		now := drawDay(t, "now").At(12, time.UTC)
		p := Plan{ID: 1, Amount: Money{100, "EUR"}, Every: rapid.SampledFrom(Frequencies).Draw(t, "every"), Payments: rapid.IntRange(0, 5).Draw(t, "payments")}
		card := Card{ID: 1, Active: true, Expiry: Expiry{2999, 1}}
		n := NewSubscription{Plan: 1}
		if rapid.Bool().Draw(t, "later") {
			n.StartDay = LocalDateOf(now, m.Location()).AddDays(rapid.IntRange(2, 60).Draw(t, "ahead"))
		}
		s, bad := n.Make(p, card, m, now)
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		var lastBegun time.Time
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			was := s
			now = now.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minutes")) * time.Minute)
			do := rapid.SampledFrom([]string{"pause", "resume", "cancel", "at end", "keep", "hold", "release", "run", "decline", "pay", "spend", "plan"}).Draw(t, "act")
			var err error
			switch do {
			case "pause":
				s, err = s.Pause(now, time.Time{})
			case "resume":
				s, err = s.Resume(m, now)
				if err == nil && !s.Held && s.NextRun.Before(now) {
					t.Fatalf("resumed at %s, due %s", now, s.NextRun)
				}
			case "cancel":
				s, err = s.Cancel(now, AtOnce)
			case "at end":
				s, err = s.Cancel(now, AtPeriodEnd)
			case "keep":
				s, err = s.Keep()
			case "hold":
				s = s.Hold()
			case "release":
				s = s.Release(m, now)
				if !s.NextRun.IsZero() && s.NextRun.Before(now) {
					t.Fatalf("released at %s, due %s", now, s.NextRun)
				}
			case "run":
				if !s.Due(now) {
					continue
				}
				var period Period
				s, period = s.Begin(m, now)
				if period.Start.Before(lastBegun) || !period.Start.Before(period.End) || !s.NextRun.Equal(period.End) {
					t.Fatalf("period %+v after one that began %s, next %s", period, lastBegun, s.NextRun)
				}
				lastBegun = period.End
			case "decline":
				if !was.neverRan() {
					s = s.Declined(now)
				}
			case "pay":
				if !was.neverRan() {
					s = s.Paid(m, now)
				}
			case "spend":
				s = s.Spent(now, SpentUnpaid)
			case "plan":
				other := Plan{ID: 2, Amount: Money{200, "EUR"}, Every: rapid.SampledFrom(Frequencies).Draw(t, "other")}
				var bad Invalid
				if id := other.ID; !s.State.Final() {
					s, bad = s.Change(SubscriptionChange{Plan: &id}, other, card, now)
					if len(bad) > 0 || s.NextRun != was.NextRun {
						t.Fatalf("%v, the next run went from %s to %s", bad, was.NextRun, s.NextRun)
					}
					s.Plan = 1
				}
			}
			if err != nil {
				if s != was {
					t.Fatalf("%s failed with %v and changed %+v to %+v", do, err, was, s)
				}
				continue
			}
			if s.State != was.State && !was.State.May(s.State) && !completedThroughActive(was, s, do) {
				t.Fatalf("%s led from %s to %s, which can go to %v", do, was.State, s.State, was.State.Moves())
			}
			if silent := slices.Contains([]State{Paused, Unpaid, Canceled, Completed}, s.State); silent != s.NextRun.IsZero() {
				t.Fatalf("%s: %s with the next run %s", do, s.State, s.NextRun)
			}
			if !s.NextRun.IsZero() && do != "run" && s.Schedule(m).Run(s.NextNumber) != s.NextRun {
				t.Fatalf("%s: run %d is %s and not %s", do, s.NextNumber, s.Schedule(m).Run(s.NextNumber), s.NextRun)
			}
		}
	})
}

func TestWhatEndedBeforeItsStartWasNeverActive(t *testing.T) {
	start := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	before, after := start.Add(-time.Hour), start.Add(time.Hour)
	for _, tt := range []struct {
		name   string
		s      Subscription
		active bool
	}{
		{"pending", Subscription{State: Pending}, false},
		{"active", Subscription{State: Active}, true},
		{"paused before", Subscription{State: Paused, PausedAt: before}, false},
		{"paused after", Subscription{State: Paused, PausedAt: after}, true},
		{"canceled before", Subscription{State: Canceled, EndedAt: before}, false},
		{"canceled after", Subscription{State: Canceled, EndedAt: after}, true},
		{"completed", Subscription{State: Completed, EndedAt: after}, true},
	} {
		tt.s.StartedAt = start
		if got := tt.s.BeganAt(); !got.IsZero() != tt.active {
			t.Errorf("%s: began %v", tt.name, got)
		}
	}
}
