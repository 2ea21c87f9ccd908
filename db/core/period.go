package core

import (
	"slices"
	"strings"
	"time"
)

// A LocalDate is a day on the calendar of some zone. Billing dates are local
// dates of the merchant's zone; [LocalDate.At] makes instants of them.
type LocalDate struct {
	Year  int
	Month time.Month
	Day   int
}

// LocalDateOf returns the day that an instant falls on in zone.
func LocalDateOf(at time.Time, zone *time.Location) LocalDate {
	y, m, d := at.In(zone).Date()
	return LocalDate{y, m, d}
}

// ParseLocalDate reads a day written YYYY-MM-DD. It returns the rule that
// other text breaks.
func ParseLocalDate(text string) (LocalDate, Rule) {
	text = strings.TrimSpace(text)
	if text == "" {
		return LocalDate{}, Required
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.Year() < minQueryYear {
		return LocalDate{}, Malformed
	}
	return LocalDateOf(at, time.UTC), ""
}

// String returns the day as YYYY-MM-DD.
func (d LocalDate) String() string { return d.utc().Format(time.DateOnly) }

// Before reports whether d is an earlier day than e.
func (d LocalDate) Before(e LocalDate) bool { return d.utc().Before(e.utc()) }

// AddDays returns the day n days later, or earlier when n is negative.
func (d LocalDate) AddDays(n int) LocalDate {
	return LocalDateOf(d.utc().AddDate(0, 0, n), time.UTC)
}

// DaysUntil returns how many days later e is; negative when it is earlier.
func (d LocalDate) DaysUntil(e LocalDate) int {
	return int((e.utc().Unix() - d.utc().Unix()) / (24 * 60 * 60))
}

// NextMonth returns the first day of the month after.
func (d LocalDate) NextMonth() LocalDate {
	return LocalDateOf(time.Date(d.Year, d.Month+1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
}

// At returns the instant of the day at which clocks in zone show the hour, 0
// to 23, the first of the two where clocks are put back over it. Where they
// are put forward over it, or the zone left the day out, it is the first
// instant after the gap. So a later day is always a later instant.
func (d LocalDate) At(hour int, zone *time.Location) time.Time {
	return earliest(d.utc().Add(time.Duration(hour)*time.Hour), zone)
}

func (d LocalDate) utc() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// daysIn returns the number of days in a month.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// A Frequency is how often a subscription is charged.
type Frequency string

const (
	EveryDay      Frequency = "day"
	EveryWeek     Frequency = "week"
	EveryMonth    Frequency = "month"
	EveryQuarter  Frequency = "quarter"
	EveryHalfYear Frequency = "half-year"
	EveryYear     Frequency = "year"
)

// Frequencies lists every frequency, the most frequent first.
var Frequencies = []Frequency{EveryDay, EveryWeek, EveryMonth, EveryQuarter, EveryHalfYear, EveryYear}

// Known reports whether f is a frequency at all.
func (f Frequency) Known() bool { return slices.Contains(Frequencies, f) }

// step returns the length of a period, in months or in days. It panics on a
// frequency that is none, which [Plan.Check] keeps out.
func (f Frequency) step() (months, days int) {
	switch f {
	case EveryDay:
		return 0, 1
	case EveryWeek:
		return 0, 7
	case EveryMonth:
		return 1, 0
	case EveryQuarter:
		return 3, 0
	case EveryHalfYear:
		return 6, 0
	case EveryYear:
		return 12, 0
	}
	panic("core: no frequency " + string(f))
}

// An Anchor is what all billing dates of a subscription follow from: each is
// computed from the anchor and its number, never from the date before, so that
// the 31st comes back after February. BILLING.md §2.
type Anchor struct {
	Every Frequency
	First LocalDate // date number 0
	Day   int       // of the month, 1 to 31, which dates come back to; 0 is First's own
}

// Nth returns date number n, from 0. In a month that does not have the
// anchor's day it is the month's last.
func (a Anchor) Nth(n int) LocalDate {
	if n == 0 {
		return a.First
	}
	months, days := a.Every.step()
	if months == 0 {
		return a.First.AddDays(n * days)
	}
	first := time.Date(a.First.Year, a.First.Month+time.Month(n*months), 1, 0, 0, 0, 0, time.UTC)
	year, month, _ := first.Date()
	return LocalDate{year, month, min(a.DayOfMonth(), daysIn(year, month))}
}

// DayOfMonth returns the day of the month that dates come back to, or 0 where
// they go by days or weeks.
func (a Anchor) DayOfMonth() int {
	months, _ := a.Every.step()
	switch {
	case months == 0:
		return 0
	case a.Day != 0:
		return a.Day
	}
	return a.First.Day
}

// Clamped reports whether date number n is earlier in its month than the
// anchor's day, which that month does not have.
func (a Anchor) Clamped(n int) bool { return a.Nth(n).Day < a.DayOfMonth() }

// From returns the anchor whose date number 0 is date number n of a, with the
// frequency from then on. The day of the month is kept: a month that ends on
// the 28th does not make the 28th the day for good.
func (a Anchor) From(n int, every Frequency) Anchor {
	return Anchor{Every: every, First: a.Nth(n), Day: a.DayOfMonth()}
}
