package core

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func monthly(t *testing.T, first string) Schedule {
	t.Helper()
	return Schedule{Anchor: Anchor{Every: EveryMonth, First: day(t, first)}, Hour: ChargeHour, Zone: zone(t, "Europe/Berlin")}
}

func TestTheFirstRunIsTheStartAsGiven(t *testing.T) {
	s := StartAt(instant(t, "2027-01-30T23:30:00Z"), EveryMonth, ChargeHour, zone(t, "Europe/Berlin")) // the 31st in Berlin
	for n, want := range []string{"2027-01-30T23:30:00Z", "2027-02-28T08:00:00Z", "2027-03-31T07:00:00Z", "2027-04-30T07:00:00Z"} {
		if got := s.Run(n).Format(time.RFC3339); got != want {
			t.Errorf("run %d is at %s, want %s", n, got, want)
		}
	}
	if got, want := s.Period(0).From.String(), "2027-01-31"; got != want {
		t.Errorf("the first period begins on %s, want %s", got, want)
	}
}

func TestUpcomingExplainsItself(t *testing.T) {
	s := StartAt(instant(t, "2027-01-31T15:20:00Z"), EveryMonth, ChargeHour, zone(t, "Europe/Berlin"))
	dues := s.Upcoming(0, 3)
	want := []Due{
		{Period: s.Period(0), Given: true, AnchorDay: 31, Hour: 9, Zone: "Europe/Berlin"},
		{Period: s.Period(1), AnchorDay: 31, Clamped: true, Hour: 9, Zone: "Europe/Berlin"},
		{Period: s.Period(2), AnchorDay: 31, Hour: 9, Zone: "Europe/Berlin"},
	}
	if diff := cmp.Diff(want, dues); diff != "" {
		t.Error(diff)
	}
	if got, want := dues[1].Period.To.String(), "2027-03-31"; got != want {
		t.Errorf("February's period ends on %s, want %s", got, want)
	}
	night := Schedule{Anchor{Every: EveryDay, First: day(t, "2027-03-27")}, 2, zone(t, "Europe/Berlin"), time.Time{}}
	for i, d := range night.Upcoming(0, 3) {
		if d.Moved != (i == 1) || d.AnchorDay != 0 || d.Clamped {
			t.Errorf("2:00 on %s: %+v", d.Period.From, d)
		}
	}
	if got := s.Upcoming(5, 0); len(got) != 0 {
		t.Errorf("none asked, got %v", got)
	}
}

func drawSchedule(t *rapid.T) Schedule {
	s := Schedule{Anchor: drawAnchor(t), Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Zone: drawZone(t)}
	if rapid.Bool().Draw(t, "given") {
		start := s.Anchor.First.utc().Add(time.Duration(rapid.Int64Range(0, 24*60*60*1000).Draw(t, "ms")) * time.Millisecond)
		return StartAt(start, s.Anchor.Every, s.Hour, s.Zone)
	}
	return s
}

// TestPeriodsTile: no gap, no overlap, none empty, and every instant lies in
// the one that is found for it.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := drawSchedule(t), rapid.IntRange(0, 300).Draw(t, "n")
		p, q := s.Period(n), s.Period(n+1)
		if !p.Start.Before(p.End) || !p.End.Equal(q.Start) || p.To != q.From || !p.From.Before(p.To) {
			t.Fatalf("period %d is %+v, the next %+v", n, p, q)
		}
		at := p.Start.Add(time.Duration(rapid.Int64Range(1, int64(p.End.Sub(p.Start))).Draw(t, "offset")))
		if got := s.Next(at); got != n+1 {
			t.Fatalf("the first run from %s on is %d, want %d", at, got, n+1)
		}
		if got := s.Next(p.Start); got != n {
			t.Fatalf("the first run from %s on is %d, want %d", p.Start, got, n)
		}
		if p.Closed(p.Start) || p.Closed(p.End.Add(-1)) || !p.Closed(p.End) {
			t.Fatalf("%+v is not half-open", p)
		}
		if got := s.Next(s.Run(0).AddDate(-1, 0, 0)); got != 0 {
			t.Fatalf("a year before the start the next run is %d", got)
		}
	})
}

func TestRetriesCountFromTheFirstFailure(t *testing.T) {
	for _, tt := range []struct {
		what   string
		every  Frequency
		failed string
		want   []string
	}{
		{"a month", EveryMonth, "2027-03-25T08:00:04Z", []string{"2027-03-26T08:00:00Z", "2027-03-28T07:00:00Z", "2027-03-30T07:00:00Z", "2027-04-01T07:00:00Z"}},
		{"late on the day", EveryMonth, "2027-03-25T22:59:59Z", []string{"2027-03-26T08:00:00Z", "2027-03-28T07:00:00Z", "2027-03-30T07:00:00Z", "2027-04-01T07:00:00Z"}},
		{"failed first after an outage", EveryMonth, "2027-04-20T10:00:00Z", []string{"2027-04-21T07:00:00Z", "2027-04-23T07:00:00Z"}},
		{"a week: the last would fall on its end", EveryWeek, "2027-03-25T08:00:04Z", []string{"2027-03-26T08:00:00Z", "2027-03-28T07:00:00Z", "2027-03-30T07:00:00Z"}},
		{"a day", EveryDay, "2027-03-25T08:00:04Z", nil},
	} {
		s := Schedule{Anchor: Anchor{Every: tt.every, First: day(t, "2027-03-25")}, Hour: ChargeHour, Zone: zone(t, "Europe/Berlin")}
		var got []string
		for _, at := range s.Retries(s.Period(0), instant(t, tt.failed), RetryDays) {
			got = append(got, at.Format(time.RFC3339))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.what, diff)
		}
	}
}

func TestResume(t *testing.T) {
	for _, tt := range []struct {
		what            string
		rule            PauseRule
		next            int
		paused, resumed string
		want            []string // days of the next runs
	}{
		{"ten days", ShiftDates, 2, "2027-03-10T10:00:00Z", "2027-03-20T10:00:00Z", []string{"2027-04-10", "2027-05-10"}},
		{"ten days, dates kept", KeepDates, 2, "2027-03-10T10:00:00Z", "2027-03-20T10:00:00Z", []string{"2027-03-31", "2027-04-30"}},
		{"over two dates", ShiftDates, 2, "2027-03-10T10:00:00Z", "2027-05-10T10:00:00Z", []string{"2027-05-31", "2027-06-30"}},
		{"over two dates, dates kept", KeepDates, 2, "2027-03-10T10:00:00Z", "2027-05-10T10:00:00Z", []string{"2027-05-31", "2027-06-30"}},
		{"over one date, dates kept", KeepDates, 2, "2027-03-10T10:00:00Z", "2027-04-10T10:00:00Z", []string{"2027-04-30"}},
		{"from the clamped date", ShiftDates, 1, "2027-02-10T10:00:00Z", "2027-02-12T10:00:00Z", []string{"2027-03-02", "2027-04-02"}},
		{"until the charge hour itself, dates kept", KeepDates, 2, "2027-03-10T10:00:00Z", "2027-03-31T07:00:00Z", []string{"2027-03-31"}},
		{"until just after the charge hour, dates kept", KeepDates, 2, "2027-03-10T10:00:00Z", "2027-03-31T07:00:01Z", []string{"2027-04-30"}},
		{"within a day", ShiftDates, 1, "2027-02-10T10:00:00Z", "2027-02-10T18:00:00Z", []string{"2027-02-28", "2027-03-31"}},
		{"over the charge hour of its day", ShiftDates, 2, "2027-03-31T06:00:00Z", "2027-03-31T08:00:00Z", []string{"2027-04-01", "2027-05-01"}},
		{"from before the charge hour to after it", ShiftDates, 2, "2027-03-31T06:00:00Z", "2027-04-10T08:00:00Z", []string{"2027-04-11"}},
		{"what was due before is not charged later", ShiftDates, 1, "2027-03-10T10:00:00Z", "2027-03-20T10:00:00Z", []string{"2027-03-21"}},
		{"before the first date of new ones", ShiftDates, 0, "2027-01-10T10:00:00Z", "2027-01-20T10:00:00Z", []string{"2027-02-10", "2027-03-10"}},
		{"over the first date of new ones", ShiftDates, 0, "2027-01-10T10:00:00Z", "2027-02-05T06:00:00Z", []string{"2027-02-26", "2027-03-26"}},
		{"over the first date, dates kept", KeepDates, 0, "2027-01-10T10:00:00Z", "2027-02-05T06:00:00Z", []string{"2027-02-28", "2027-03-31"}},
	} {
		s, next := monthly(t, "2027-01-31").Resume(tt.next, instant(t, tt.paused), instant(t, tt.resumed), tt.rule)
		for i, want := range tt.want {
			if got := s.Anchor.Nth(next + i).String(); got != want {
				t.Errorf("%s: run %d from now on %s, want %s", tt.what, i, got, want)
			}
		}
	}
}

func TestNothingInAPauseIsChargedAfterIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, next := drawSchedule(t), rapid.IntRange(0, 50).Draw(t, "next")
		paused := s.Run(next).Add(-time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(t, "ahead")) * time.Second)
		length := time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "length")) * time.Second
		resumed := paused.Add(length)
		for _, rule := range []PauseRule{ShiftDates, KeepDates} {
			after, n := s.Resume(next, paused, resumed, rule)
			run := after.Run(n)
			if run.Before(resumed) || run.Before(s.Run(next)) {
				t.Fatalf("%s: paused %s to %s, next run %s, was %s", rule, paused, resumed, run, s.Run(next))
			}
			if latest := s.Run(next).Add(length + 49*time.Hour); rule == ShiftDates && run.After(latest) {
				t.Fatalf("paused for %s, next run %s, was %s", length, run, s.Run(next))
			}
			if length == 0 && !run.Equal(s.Run(next)) {
				t.Fatalf("%s: a pause of nothing moved %s to %s", rule, s.Run(next), run)
			}
		}
	})
}
