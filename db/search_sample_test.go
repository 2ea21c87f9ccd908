package db_test

import (
	"fmt"
	"testing"
	"time"

	"kontor/db"
	"kontor/db/dbtest"
)

// TestSampleIsOfManyWhoCameAtOnce: where most customers came within minutes, few
// of the parts that all IDs are divided into have any.
func TestSampleIsOfManyWhoCameAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		sampled := func(atLeast int) {
			t.Helper()
			h.Clock.Advance(time.Hour)
			if n, err := db.Sampled(t.Context(), h.Store); err != nil || n < atLeast {
				t.Errorf("a sample of %d, %v, want %d", n, err, atLeast)
			}
		}
		sampled(0)
		h.Customer(t, "name", "The first")
		sampled(1)
		h.Clock.Advance(1000 * 24 * time.Hour)
		for i := range 200 {
			h.Customer(t, "name", fmt.Sprintf("Somebody %d", i))
			h.Clock.Advance(time.Second)
		}
		h.Clock.Advance(1000 * 24 * time.Hour)
		h.Customer(t, "name", "The last")
		sampled(200)
	})
}
