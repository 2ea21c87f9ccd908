package core

import (
	"sort"
	"time"
)

// earliest returns the first instant at which clocks in zone show wall, a time
// written in UTC, or later: the first of two where clocks are put back over
// it, the end of the gap where they are put forward over it or the zone left
// the day out.
//
// It looks offsets up instead of asking for the bounds of the one in force,
// which [time.Time.ZoneBounds] gives wrong on 31 December of leap years that a
// zone's table does not list: they end that day as it begins.
func earliest(wall time.Time, zone *time.Location) time.Time {
	from := wall.Add(-36 * time.Hour) // no zone is so far east
	before := offsetAt(from, zone)
	at := wall.Add(-before)
	if offsetAt(at, zone) == before {
		return at.UTC()
	}
	seconds := sort.Search(int(at.Sub(from)/time.Second), func(i int) bool {
		return offsetAt(from.Add(time.Duration(i)*time.Second), zone) != before
	})
	change := from.Add(time.Duration(seconds) * time.Second)
	at = wall.Add(-offsetAt(change, zone))
	if at.Before(change) {
		return change.UTC()
	}
	return at.UTC()
}

// offsetAt returns how far clocks in zone are ahead of UTC at the instant.
func offsetAt(at time.Time, zone *time.Location) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
