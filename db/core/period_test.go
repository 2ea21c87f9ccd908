package core

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// day reads a day that must be one.
func day(t interface{ Fatal(...any) }, text string) LocalDate {
	d, rule := ParseLocalDate(text)
	if rule != "" {
		t.Fatal(text, rule)
	}
	return d
}

// TestDatesFollowFromTheAnchor holds the dates to BILLING.md §2.
func TestDatesFollowFromTheAnchor(t *testing.T) {
	for _, tt := range []struct {
		every Frequency
		first string
		later string
	}{
		{EveryMonth, "2027-01-31", "2027-02-28 2027-03-31 2027-04-30 2027-05-31 2027-06-30 2027-07-31"},
		{EveryMonth, "2028-01-31", "2028-02-29 2028-03-31 2028-04-30"},
		{EveryMonth, "2027-01-30", "2027-02-28 2027-03-30"},
		{EveryMonth, "2027-10-31", "2027-11-30 2027-12-31 2028-01-31 2028-02-29"},
		{EveryMonth, "2027-12-01", "2028-01-01 2028-02-01"},
		{EveryQuarter, "2026-11-30", "2027-02-28 2027-05-30 2027-08-30 2027-11-30 2028-02-29"},
		{EveryHalfYear, "2026-08-31", "2027-02-28 2027-08-31 2028-02-29"},
		{EveryYear, "2028-02-29", "2029-02-28 2030-02-28 2031-02-28 2032-02-29"},
		{EveryYear, "2096-02-29", "2097-02-28 2098-02-28 2099-02-28 2100-02-28 2101-02-28"},
		{EveryYear, "1999-02-28", "2000-02-28 2001-02-28"},
		{EveryWeek, "2028-02-23", "2028-03-01 2028-03-08"},
		{EveryWeek, "2026-12-28", "2027-01-04"},
		{EveryDay, "2027-02-27", "2027-02-28 2027-03-01"},
		{EveryDay, "2028-02-28", "2028-02-29 2028-03-01"},
	} {
		a := Anchor{Every: tt.every, First: day(t, tt.first)}
		for i, want := range strings.Fields(tt.later) {
			if got := a.Nth(i + 1).String(); got != want {
				t.Errorf("every %s from %s: date %d is %s, want %s", tt.every, tt.first, i+1, got, want)
			}
		}
		if got := a.Nth(0); got != a.First {
			t.Errorf("every %s from %s: date 0 is %s", tt.every, tt.first, got)
		}
	}
}

func TestAnAnchorKeepsItsDayThroughAChange(t *testing.T) {
	monthly := Anchor{Every: EveryMonth, First: day(t, "2027-01-31")}
	quarterly := monthly.From(1, EveryQuarter)
	for n, want := range []string{"2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30", "2028-02-29"} {
		if got := quarterly.Nth(n).String(); got != want {
			t.Errorf("date %d is %s, want %s", n, got, want)
		}
	}
	if !quarterly.Clamped(0) || quarterly.Clamped(1) || quarterly.DayOfMonth() != 31 {
		t.Errorf("day %d, clamped %v and %v", quarterly.DayOfMonth(), quarterly.Clamped(0), quarterly.Clamped(1))
	}
	weekly := quarterly.From(0, EveryWeek)
	if got, want := weekly.Nth(1).String(), "2027-03-07"; got != want || weekly.Clamped(0) || weekly.DayOfMonth() != 0 {
		t.Errorf("weekly: %s, want %s, day %d", got, want, weekly.DayOfMonth())
	}
	if got, want := weekly.From(1, EveryMonth).Nth(1).String(), "2027-04-07"; got != want {
		t.Errorf("weekly made monthly: %s, want %s", got, want)
	}
}

func TestParseLocalDate(t *testing.T) {
	for text, want := range map[string]Rule{
		"2027-02-28": "", " 2028-02-29 ": "", "": Required, " ": Required,
		"2027-02-29": Malformed, "2027-13-01": Malformed, "2027-00-10": Malformed, "2027-1-1": Malformed, "28.02.2027": Malformed,
		"02/28/2027": Malformed, "2027-02-28T09:00": Malformed, "tomorrow": Malformed, "-2027-02-28": Malformed, "0000-01-01": Malformed,
		"12027-01-01": Malformed, "2027-02-28\x00": Malformed,
	} {
		d, rule := ParseLocalDate(text)
		if rule != want {
			t.Errorf("%q: %q, want %q", text, rule, want)
		}
		if rule == "" && d.String() != strings.TrimSpace(text) {
			t.Errorf("%q reads as %s", text, d)
		}
	}
}

// TestTheChargeHourIsAnInstant: BILLING.md §3.
func TestTheChargeHourIsAnInstant(t *testing.T) {
	for _, tt := range []struct {
		zone, day string
		hour      int
		want      string
	}{
		{"UTC", "2027-03-28", 9, "2027-03-28T09:00:00Z"},
		{"Europe/Berlin", "2027-03-27", 9, "2027-03-27T08:00:00Z"},
		{"Europe/Berlin", "2027-03-28", 9, "2027-03-28T07:00:00Z"},
		{"Europe/Berlin", "2027-10-30", 9, "2027-10-30T07:00:00Z"},
		{"Europe/Berlin", "2027-10-31", 9, "2027-10-31T08:00:00Z"},
		{"America/New_York", "2027-03-14", 9, "2027-03-14T13:00:00Z"},
		{"Asia/Kathmandu", "2027-01-01", 9, "2027-01-01T03:15:00Z"},
		{"Pacific/Kiritimati", "2027-01-01", 9, "2026-12-31T19:00:00Z"},
		// Hours that the spring day leaves out: the first instant after them.
		{"Europe/Berlin", "2027-03-28", 2, "2027-03-28T01:00:00Z"},
		{"America/New_York", "2027-03-14", 2, "2027-03-14T07:00:00Z"},
		{"America/Santiago", "2024-09-08", 0, "2024-09-08T04:00:00Z"},
		{"Africa/Cairo", "2024-04-26", 0, "2024-04-25T22:00:00Z"},
		{"Asia/Beirut", "2024-03-31", 0, "2024-03-30T22:00:00Z"},
		// Hours that the autumn day has twice: the first.
		{"Europe/Berlin", "2027-10-31", 2, "2027-10-31T00:00:00Z"},
		{"America/New_York", "2027-11-07", 1, "2027-11-07T05:00:00Z"},
		{"America/Havana", "2024-11-03", 0, "2024-11-03T04:00:00Z"},
		// Samoa left 30 December out.
		{"Pacific/Apia", "2011-12-29", 9, "2011-12-29T19:00:00Z"},
		{"Pacific/Apia", "2011-12-30", 9, "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-31", 9, "2011-12-30T19:00:00Z"},
		// The last day of leap years, of which Go gives wrong bounds.
		{"Europe/Berlin", "2028-12-31", 9, "2028-12-31T08:00:00Z"},
		{"Europe/Berlin", "2040-12-31", 9, "2040-12-31T08:00:00Z"},
		{"America/Santiago", "2040-12-31", 9, "2040-12-31T12:00:00Z"},
	} {
		if got := day(t, tt.day).At(tt.hour, zone(t, tt.zone)).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s %d:00 in %s is %s, want %s", tt.day, tt.hour, tt.zone, got, tt.want)
		}
	}
}

// Zones whose clocks do what others' do not.
var oddZones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Africa/Casablanca",
	"Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Kwajalein", "America/St_Johns", "Asia/Kathmandu", "Etc/GMT+12",
}

func drawZone(t *rapid.T) *time.Location {
	loc, err := time.LoadLocation(rapid.SampledFrom(oddZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func drawDay(t *rapid.T, label string) LocalDate {
	return LocalDate{1990, 1, 1}.AddDays(rapid.IntRange(0, 110*365).Draw(t, label))
}

// TestTheChargeHourIsTheFirstOfItsKind: clocks show the hour of that day then,
// or a later one where there is none, and never did before.
func TestTheChargeHourIsTheFirstOfItsKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, d, hour := drawZone(t), drawDay(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour")
		wall := func(at time.Time) time.Time {
			_, offset := at.In(loc).Zone()
			return at.UTC().Add(time.Duration(offset) * time.Second)
		}
		at, want := d.At(hour, loc), d.utc().Add(time.Duration(hour)*time.Hour)
		if wall(at).Before(want) {
			t.Fatalf("%s %d:00 in %s is %s", d, hour, loc, at.In(loc))
		}
		for before := time.Minute; before < 26*time.Hour; before += 10 * time.Minute {
			if !wall(at.Add(-before)).Before(want) {
				t.Fatalf("%s %d:00 in %s is %s, but %s before it was that late", d, hour, loc, at.In(loc), before)
			}
		}
		if next := d.AddDays(1).At(hour, loc); !at.Before(next) {
			t.Fatalf("%s in %s is %s, and the next day %s", d, loc, at, next)
		}
	})
}

func drawAnchor(t *rapid.T) Anchor {
	return Anchor{Every: rapid.SampledFrom(Frequencies).Draw(t, "every"), First: drawDay(t, "first")}
}

// TestADateNeverDependsOnTheOneBefore: date n has the anchor's day, or its
// month's last, in the n-th month, whatever the dates between were.
func TestADateNeverDependsOnTheOneBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, n := drawAnchor(t), rapid.IntRange(0, 500).Draw(t, "n")
		got := a.Nth(n)
		months, days := a.Every.step()
		if months == 0 {
			if a.First.DaysUntil(got) != n*days {
				t.Fatalf("%s is %d days after %s, want %d", got, a.First.DaysUntil(got), a.First, n*days)
			}
			return
		}
		if passed := (got.Year-a.First.Year)*12 + int(got.Month-a.First.Month); passed != n*months {
			t.Fatalf("%s is %d months after %s, want %d", got, passed, a.First, n*months)
		}
		last := got.AddDays(1).Day == 1
		if got.Day != a.First.Day && (!last || got.Day > a.First.Day) || a.Clamped(n) != (got.Day != a.First.Day) {
			t.Fatalf("date %d from %s is %s, clamped %v", n, a.First, got, a.Clamped(n))
		}
	})
}

func TestDatesGoOnFromAnyOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, k, n := drawAnchor(t), rapid.IntRange(0, 100).Draw(t, "k"), rapid.IntRange(0, 100).Draw(t, "n")
		if got, want := a.From(k, a.Every).Nth(n), a.Nth(k+n); got != want {
			t.Fatalf("from date %d of %+v, date %d is %s, want %s", k, a, n, got, want)
		}
	})
}
