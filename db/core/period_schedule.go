package core

import "time"

// Charge hours, on the merchant's clocks. Before 4 there are days without the
// hour, or with two of it. BILLING.md §3.
const (
	ChargeHour      = 9 // unless the merchant chose another
	FirstChargeHour = 4
	LastChargeHour  = 23
)

// A Schedule says at which instants a subscription is charged. Changing the
// zone or the hour moves the runs to come, not their dates.
type Schedule struct {
	Anchor Anchor
	Hour   int            // the merchant's charge hour
	Zone   *time.Location // the merchant's
	Start  time.Time      // run number 0 as it was given; zero for one at the charge hour
}

// StartAt returns the schedule of a subscription whose start was given as an
// instant: its first run is that instant, later ones follow from its day in
// zone, at the charge hour.
func StartAt(start time.Time, every Frequency, hour int, zone *time.Location) Schedule {
	return Schedule{Anchor{Every: every, First: LocalDateOf(start, zone)}, hour, zone, start}
}

// Run returns the instant of run number n, from 0.
func (s Schedule) Run(n int) time.Time {
	if n == 0 && !s.Start.IsZero() {
		return s.Start.UTC()
	}
	return s.Anchor.Nth(n).At(s.Hour, s.Zone)
}

// Next returns the number of the first run at the instant or later.
func (s Schedule) Next(at time.Time) int {
	first, day := s.Anchor.First, LocalDateOf(at, s.Zone)
	months, days := s.Anchor.Every.step()
	n := 0
	if months > 0 {
		n = ((day.Year-first.Year)*12 + int(day.Month-first.Month)) / months
	} else {
		n = first.DaysUntil(day) / days
	}
	n = max(0, n-1) // the run before n is on an earlier day than at
	for s.Run(n).Before(at) {
		n++
	}
	return n
}

// A Period is what one charge pays for: from its start up to, and without, its
// end, which is the start of the next. BILLING.md §2.6.
type Period struct {
	N          int       // the number of the run that pays for it
	From, To   LocalDate // the days of Start and End; From names the period
	Start, End time.Time
}

// Period returns period number n, from 0.
func (s Schedule) Period(n int) Period {
	return Period{n, s.Anchor.Nth(n), s.Anchor.Nth(n + 1), s.Run(n), s.Run(n + 1)}
}

// Closed reports whether the period is over.
func (p Period) Closed(at time.Time) bool { return !at.Before(p.End) }

// A Due is a charge to come and what explains its date.
type Due struct {
	Period    Period // it is due at its start
	Given     bool   // due when the start was given for, not at the charge hour
	AnchorDay int    // day of the month that dates come back to; 0 by days and weeks
	Clamped   bool   // the month has no such day: its last is taken
	Hour      int    // the charge hour
	Moved     bool   // that day's clocks leave out the hour: the first instant after it is taken
	Zone      string // IANA name
}

// Upcoming returns so many charges to come, from run number next on.
func (s Schedule) Upcoming(next, count int) []Due {
	dues := make([]Due, 0, max(0, count))
	for n := next; n < next+count; n++ {
		d := Due{
			Period:    s.Period(n),
			Given:     n == 0 && !s.Start.IsZero(),
			AnchorDay: s.Anchor.DayOfMonth(),
			Clamped:   s.Anchor.Clamped(n),
			Hour:      s.Hour,
			Zone:      s.Zone.String(),
		}
		clock := d.Period.Start.In(s.Zone)
		d.Moved = !d.Given && (clock.Hour() != s.Hour || clock.Minute() != 0)
		dues = append(dues, d)
	}
	return dues
}

// RetryDays are the days after the first failure of a period's charge on which
// it is tried again, unless the merchant chose others. BILLING.md §6.3.
var RetryDays = []int{1, 3, 5, 7}

// Retries returns when the charge of a period that first failed at the given
// time is tried again: at the charge hour so many days after that day, as long
// as the period is not closed by then. A daily subscription has no retries.
func (s Schedule) Retries(p Period, failed time.Time, days []int) []time.Time {
	day := LocalDateOf(failed, s.Zone)
	var tries []time.Time
	for _, n := range days {
		if at := day.AddDays(n).At(s.Hour, s.Zone); !p.Closed(at) {
			tries = append(tries, at)
		}
	}
	return tries
}

// A PauseRule says what a pause does to the dates after it. BILLING.md §2.7.
type PauseRule string

const (
	// ShiftDates moves the next charge, and with it the anchor, by as many days
	// as the pause lasted.
	ShiftDates PauseRule = "shift"
	// KeepDates keeps the anchor; the dates in the pause are skipped.
	KeepDates PauseRule = "keep_date"
)

// Resume returns the schedule after a pause and the number of its next run,
// when next was the number of the next run as the pause began. What fell due
// in the pause is never charged later: the next run is not before the end of
// the pause.
func (s Schedule) Resume(next int, paused, resumed time.Time, rule PauseRule) (Schedule, int) {
	if rule == KeepDates {
		return s, max(next, s.Next(resumed))
	}
	run := s.Run(next)
	end := LocalDateOf(resumed, s.Zone)
	days := max(0, LocalDateOf(paused, s.Zone).DaysUntil(end))
	if days == 0 && !run.Before(resumed) {
		return s, next
	}
	first := s.Anchor.Nth(next).AddDays(days)
	for first.At(s.Hour, s.Zone).Before(resumed) {
		first = maxDate(first.AddDays(1), end)
	}
	return Schedule{Anchor: Anchor{Every: s.Anchor.Every, First: first}, Hour: s.Hour, Zone: s.Zone}, 0
}

// maxDate returns the later of two days.
func maxDate(a, b LocalDate) LocalDate {
	if a.Before(b) {
		return b
	}
	return a
}
