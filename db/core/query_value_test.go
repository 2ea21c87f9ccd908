package core

import (
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTimesStandForAllThatReadsSo(t *testing.T) {
	for _, tt := range []struct{ zone, in, from, to string }{
		{"UTC", "2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"UTC", "2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"UTC", "2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"},
		{"UTC", "2026-01-01T10:20", "2026-01-01T10:20:00Z", "2026-01-01T10:21:00Z"},
		{"UTC", "2026-01-01T10:20:30", "2026-01-01T10:20:30Z", "2026-01-01T10:20:31Z"},
		{"UTC", "'2026-01-01 10:20:30'", "2026-01-01T10:20:30Z", "2026-01-01T10:20:31Z"},
		{"UTC", "2026-01-01T10:20:30.1234Z", "2026-01-01T10:20:30.123Z", "2026-01-01T10:20:30.124Z"},
		{"UTC", "2026-01-01T10:20+02:00", "2026-01-01T08:20:00Z", "2026-01-01T08:21:00Z"},
		{"Europe/Sarajevo", "2026-01-01T10:20:30Z", "2026-01-01T10:20:30Z", "2026-01-01T10:20:31Z"},
		{"Europe/Sarajevo", "2026-01-01T10:20:30", "2026-01-01T09:20:30Z", "2026-01-01T09:20:31Z"},
		{"Europe/Sarajevo", "2026", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"},
		{"Europe/Sarajevo", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
		{"Europe/Sarajevo", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{"Europe/Sarajevo", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:01Z"},
		{"Europe/Sarajevo", "2026-10-25T01:59:59", "2026-10-24T23:59:59Z", "2026-10-25T00:00:00Z"},
		// Santiago puts its clocks forward at midnight: 24:00 reads 01:00.
		{"America/Santiago", "2024-09-07", "2024-09-07T04:00:00Z", "2024-09-08T04:00:00Z"},
		{"America/Santiago", "2024-09-08", "2024-09-08T04:00:00Z", "2024-09-09T03:00:00Z"},
		// And back at 24:00, which reads 23:00 of the same day again.
		{"America/Santiago", "2024-04-06", "2024-04-06T03:00:00Z", "2024-04-07T04:00:00Z"},
		{"America/Santiago", "2024-04-07", "2024-04-07T04:00:00Z", "2024-04-08T04:00:00Z"},
		// Havana's clocks go back from 01:00, so that there are two midnights.
		{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"},
		// Samoa left a day out.
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
	} {
		q, err := ParseQuery("created:"+tt.in, CustomerFields, zone(t, tt.zone))
		if err != nil {
			t.Fatal(err)
		}
		from, to := q.Expr.(Compare).Bounds()
		if got := from.Format(time.RFC3339Nano); got != tt.from {
			t.Errorf("%s in %s begins %s, want %s", tt.in, tt.zone, got, tt.from)
		}
		if got := to.Format(time.RFC3339Nano); got != tt.to {
			t.Errorf("%s in %s ends %s, want %s", tt.in, tt.zone, got, tt.to)
		}
	}
}

func TestDatesHaveNoZone(t *testing.T) {
	q, err := ParseQuery("dob:1990-05", CustomerFields, zone(t, "Europe/Sarajevo"))
	if err != nil {
		t.Fatal(err)
	}
	from, to := q.Expr.(Compare).Bounds()
	if got, want := from.Format(time.DateOnly)+" "+to.Format(time.DateOnly), "1990-05-01 1990-06-01"; got != want {
		t.Errorf("bounds = %s, want %s", got, want)
	}
}

func TestBoundsOfComparisons(t *testing.T) {
	const from, to, open = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "0001-01-01T00:00:00Z"
	for in, want := range map[string][2]string{
		"created:2026-01":   {from, to},
		"created:<2026-01":  {open, from},
		"created:<=2026-01": {open, to},
		"created:>2026-01":  {to, open},
		"created:>=2026-01": {from, open},
		"created:*":         {open, open},
	} {
		a, b := parse(t, in).Expr.(Compare).Bounds()
		if got := [2]string{a.Format(time.RFC3339), b.Format(time.RFC3339)}; got != want {
			t.Errorf("bounds of %s = %v, want %v", in, got, want)
		}
	}
}
