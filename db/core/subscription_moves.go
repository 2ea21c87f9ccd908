package core

import "time"

// The moves of a subscription. Each returns it as it then is and changes
// nothing else: a page shows with them what an act would do, and the store and
// the worker do it.

// neverRan reports whether no run of the subscription has come yet.
func (s Subscription) neverRan() bool { return s.LastRun.IsZero() }

// BeganAt is when the subscription began to run; zero for one that has not, as it is
// pending, or was paused or ended before its start.
func (s Subscription) BeganAt() time.Time {
	early := func(at time.Time) bool { return !at.IsZero() && s.StartedAt.After(at) }
	if s.State == Pending || early(s.PausedAt) || early(s.EndedAt) {
		return time.Time{}
	}
	return s.StartedAt
}

// runsFrom sets the next run, and the start of a subscription that has not
// begun.
func (s Subscription) runsFrom(m Merchant, n int) Subscription {
	s.NextNumber, s.NextRun = n, s.Schedule(m).Run(n)
	if s.neverRan() {
		s.StartedAt = s.NextRun
	}
	return s
}

// Pause stops the charges from now on until the given time, or until somebody
// resumes it where that is zero. Its state must allow it, else the error is a
// [ForbiddenMove]; a time that is not ahead is [Invalid] on "until".
func (s Subscription) Pause(now, until time.Time) (Subscription, error) {
	if err := s.State.Move(Paused); err != nil {
		return s, err
	}
	if !until.IsZero() && !until.After(now) {
		return s, Invalid{{Field: "until", Rule: TooEarly}}
	}
	s.State, s.PausedAt, s.ResumeAt, s.NextRun = Paused, now, until, time.Time{}
	return s, nil
}

// Resume takes up a paused subscription, with the dates that the merchant's
// pause rule gives, or an unpaid one, with the dates it had. What fell due
// meanwhile is never charged later. A pause before the start changes nothing
// while the start lies ahead; of a longer one, only what comes after the start
// counts. BILLING.md §2.7, §7.5.
func (s Subscription) Resume(m Merchant, now time.Time) (Subscription, error) {
	paused, rule := s.PausedAt, m.PauseRule
	switch s.State {
	case Paused:
	case Unpaid:
		paused, rule = now, KeepDates
	default:
		return s, s.cannotResume()
	}
	sched := s.Schedule(m)
	if start := sched.Run(s.NextNumber); s.neverRan() && paused.Before(start) {
		paused = start
	}
	sched, n := sched.Resume(s.NextNumber, paused, now, rule)
	s.Anchor, s.StartAt = sched.Anchor, sched.Start
	return s.resumed(m, now, n), nil
}

// Unpause takes a pause back: the dates are those from before it, but for what
// fell due meanwhile.
func (s Subscription) Unpause(m Merchant, now time.Time) (Subscription, error) {
	if s.State != Paused {
		return s, s.cannotResume()
	}
	return s.resumed(m, now, max(s.NextNumber, s.Schedule(m).Next(now))), nil
}

func (s Subscription) resumed(m Merchant, now time.Time, n int) Subscription {
	s = s.runsFrom(m, n)
	s.State, s.PausedAt, s.ResumeAt, s.FailedAttempts = Active, time.Time{}, time.Time{}, 0
	if s.neverRan() {
		s.State = StateAt(now, s.NextRun)
	}
	return s
}

// cannotResume is the error for resuming what does not stand still. That of a
// subscription whose charge is being tried again names no way to active: only
// a payment is.
func (s Subscription) cannotResume() error {
	e := ForbiddenMove{From: s.State, To: Active}
	for _, to := range s.State.Moves() {
		if to != Active {
			e.Allowed = append(e.Allowed, to)
		}
	}
	return e
}

// When says when a subscription is canceled.
type When string

const (
	AtOnce      When = "now"
	AtPeriodEnd When = "period_end"
)

// Cancel ends the subscription for good: at once, or with the period at hand,
// which can be taken back until then. One that has no period running, because
// it is pending, paused or unpaid, ends at once either way. BILLING.md §7.1.
func (s Subscription) Cancel(now time.Time, when When) (Subscription, error) {
	if err := s.State.Move(Canceled); err != nil {
		return s, err
	}
	if when == AtPeriodEnd && (s.State == Active || s.State == PastDue) {
		s.CancelAtEnd = true
		return s, nil
	}
	return s.end(Canceled, now), nil
}

// Keep takes back that it ends with the period. It fails with a
// [ForbiddenMove] where nothing is to be taken back.
func (s Subscription) Keep() (Subscription, error) {
	if !s.CancelAtEnd || s.State.Final() {
		return s, ForbiddenMove{From: s.State, To: s.State, Allowed: s.State.Moves()}
	}
	s.CancelAtEnd = false
	return s, nil
}

func (s Subscription) end(as State, at time.Time) Subscription {
	s.State, s.EndedAt, s.NextRun = as, at, time.Time{}
	s.CancelAtEnd, s.PausedAt, s.ResumeAt = false, time.Time{}, time.Time{}
	return s
}

// Hold keeps a subscription from being charged while its customer is deleted.
// Its state stays. BILLING.md §7.2.
func (s Subscription) Hold() Subscription {
	s.Held = true
	return s
}

// Release takes [Subscription.Hold] back. What fell due meanwhile is never
// charged later, a pause that was to end meanwhile ends now, and one that was to
// end meanwhile has.
func (s Subscription) Release(m Merchant, now time.Time) Subscription {
	s.Held = false
	if !s.ResumeAt.IsZero() && s.ResumeAt.Before(now) {
		s.ResumeAt = now
	}
	if s.NextRun.IsZero() || !s.NextRun.Before(now) {
		return s
	}
	if s.CancelAtEnd {
		return s.end(Canceled, now)
	}
	return s.runsFrom(m, max(s.NextNumber, s.Schedule(m).Next(now)))
}

// Due reports whether the next run has come. At a run that has come a
// subscription that is to end with its period does so, with
// [Subscription.Cancel], and any other begins the next with
// [Subscription.Begin].
func (s Subscription) Due(now time.Time) bool {
	return !s.Held && !s.NextRun.IsZero() && !s.NextRun.After(now)
}

// Begin takes the run that is due. It returns the period that is to be charged
// and the subscription with its next run ahead; a period before it that was
// not paid is counted as closed.
func (s Subscription) Begin(m Merchant, at time.Time) (Subscription, Period) {
	p := s.Schedule(m).Period(s.NextNumber)
	p.Start = s.NextRun // as it was set when the merchant's hour or zone was another
	if s.State == PastDue {
		s.DelinquentCycles++
	}
	if s.State == Pending {
		s.State = Active
	}
	s.FailedAttempts, s.LastRun = 0, at
	s.NextNumber++
	s.NextRun = s.Schedule(m).Run(s.NextNumber)
	return s, p
}

// Paid counts a charge that succeeded. It brings one that was behind back into
// good standing, and completes one whose last payment it was: whatever state the
// payment found it in, it is active between the two. BILLING.md, in scope.
func (s Subscription) Paid(m Merchant, at time.Time) Subscription {
	s.Cycles.Completed++
	s.LastSuccess, s.FailedAttempts, s.DelinquentSince = at, 0, time.Time{}
	if s.State.Final() { // canceled while the answer was awaited
		return s
	}
	was := s.State
	if was == PastDue || was == Unpaid {
		s.State = Active
	}
	switch {
	case s.Cycles.Done():
		return s.end(Completed, at)
	case was == Unpaid:
		return s.runsFrom(m, max(s.NextNumber, s.Schedule(m).Next(at)))
	}
	return s
}

// PaidFor is Paid for a charge of the subscription. One of an earlier period
// leaves it as far behind as it is, while the period at hand is not paid.
func (s Subscription) PaidFor(c Charge, m Merchant, at time.Time) Subscription {
	now := s.Paid(m, at)
	if s.State == PastDue && now.State == Active && !s.At(c) {
		now.State, now.FailedAttempts, now.DelinquentSince = s.State, s.FailedAttempts, s.DelinquentSince
	}
	return now
}

// At reports whether the charge is of the period that began last. How a
// subscription stands is told by that: a charge of an earlier one that a person
// has tried again, or that is found out late, does not stop it when it is
// declined.
func (s Subscription) At(c Charge) bool { return !c.CreatedAt.Before(s.LastRun) }

// Declined counts a try to charge the period at hand that failed; due is when
// the charge was.
func (s Subscription) Declined(due time.Time) Subscription {
	s.FailedAttempts++
	if s.DelinquentSince.IsZero() {
		s.DelinquentSince = due
	}
	if s.State == Active {
		s.State = PastDue
	}
	return s
}

// A SpentRule says what becomes of a subscription when every try to charge a
// period has failed. BILLING.md §6.3.
type SpentRule string

const (
	SpentUnpaid  SpentRule = "unpaid"   // it is kept, and nothing is charged
	SpentCancel  SpentRule = "cancel"   // it ends
	SpentPastDue SpentRule = "past_due" // it stays behind until a later period is paid
)

// Spent gives up a period all of whose tries failed. One that was to end with
// that period ends rather than stand unpaid, as it would if it were canceled
// then.
func (s Subscription) Spent(at time.Time, rule SpentRule) Subscription {
	if s.State != PastDue {
		return s
	}
	switch {
	case rule == SpentCancel, rule == SpentUnpaid && s.CancelAtEnd:
		s.DelinquentCycles++
		return s.end(Canceled, at)
	case rule == SpentUnpaid:
		s.State, s.NextRun = Unpaid, time.Time{}
		s.DelinquentCycles++
	}
	return s
}

// Upcoming returns up to so many charges that are to come: none where the
// subscription ends with the period or stands still, and for one that resumes
// by itself those from then on.
func (s Subscription) Upcoming(m Merchant, most int) []Due {
	if s.State == Paused && !s.ResumeAt.IsZero() {
		s, _ = s.Resume(m, s.ResumeAt) // which a paused one can
	}
	if s.NextRun.IsZero() || s.CancelAtEnd || s.Held {
		return nil
	}
	dues := s.Schedule(m).Upcoming(s.NextNumber, s.Cycles.Ahead(most))
	if len(dues) > 0 {
		dues[0].Period.Start = s.NextRun
	}
	return dues
}
