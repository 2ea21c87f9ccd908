package core

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestIDsGrowAndTellTheirTime(t *testing.T) {
	g := NewIDs(3)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	var last int64
	for i := range 200 { // more than fit in one millisecond
		id, stamp := g.Next(at)
		if id <= last {
			t.Fatalf("ID %d after %d", id, last)
		}
		if want := at.Add(time.Duration(i/64) * time.Millisecond); !stamp.Equal(want) || !IDTime(id).Equal(want) {
			t.Fatalf("ID %d stands for %s and reads as %s, want %s", i, stamp, IDTime(id), want)
		}
		last = id
	}
	if last >= 1<<53 {
		t.Errorf("%d has more than 53 bits", last)
	}
}

func TestIDNamesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Int64Range(1, 1<<53-1).Draw(t, "id")
		if got, ok := IDFromUUID(UUID(id)); !ok || got != id {
			t.Fatalf("%s reads as %d, %v", UUID(id), got, ok)
		}
		if got, ok := IDFromLookup(LookupID(id)); !ok || got != id {
			t.Fatalf("%s reads as %d, %v", LookupID(id), got, ok)
		}
	})
	for _, s := range []string{"", "0000000000", "zzzzzzzzzz", "a-b", "018f0000-0000-7000-8000-000000000000", "é123456789"} {
		if id, ok := IDFromUUID(s); ok {
			t.Errorf("%q reads as UUID of %d", s, id)
		}
		if id, ok := IDFromLookup(s); ok {
			t.Errorf("%q reads as lookup ID of %d", s, id)
		}
	}
}
