package core

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// TestYearsThatFollowLeapYearsEnd: the zone's own bounds end 31 December of a
// leap year as it begins, so that walking along them never ends.
func TestYearsThatFollowLeapYearsEnd(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"created:2024", "created:2041", "created:2040-12-31", "created:9998"} {
			q, err := ParseQuery(text, CustomerFields, zone)
			if err != nil {
				t.Errorf("%s in %s: %v", text, name, err)
				continue
			}
			from, to := q.Expr.(Compare).Bounds()
			if !from.Before(to) {
				t.Errorf("%s in %s: from %s to %s", text, name, from, to)
			}
		}
	}
}
