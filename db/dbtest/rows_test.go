package dbtest_test

import (
	"testing"

	"kontor/db/dbtest"
)

// TestRowsTellNumbersApart: tests compare rows, and an ID or a time in one must
// not look like another.
func TestRowsTellNumbersApart(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		got := h.Rows(t, "(SELECT 1092425025024000 AS id, 'a b' AS name UNION ALL SELECT 1092425025024001, '') AS two", "id")
		if len(got) != 2 || got[0] != `["1092425025024000" "a b"]` || got[1] != `["1092425025024001" ""]` {
			t.Errorf("%q", got)
		}
	})
}
