package db_test

import (
	"errors"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestAQueryKeepsNoCardNumber: people type card numbers into the search box, and
// what is done with the list they get is recorded with its query.
func TestAQueryKeepsNoCardNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		for _, text := range []string{"4111111111111111", `name:"4111 1111 1111 1111"`} {
			q, err := core.ParseQuery(text, core.CustomerFields, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.PlanBulk(t.Context(), h.Owner, core.JobTask{Act: core.BulkDelete, Query: q.String()}, nil)
			if bad, ok := errors.AsType[core.Invalid](err); !ok || bad[0] != (core.Fault{Field: "query", Rule: core.CardText}) {
				t.Errorf("a bulk act: %v", err)
			}
			err = h.ExportCustomers(t.Context(), h.Owner, core.Export{List: core.List{Query: q}, Format: core.CSV},
				func([]string) error { return nil }, func(core.Customer) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		for table, column := range map[string]string{"jobs": "task", "event_values": "became"} {
			if n := h.Count(t, "SELECT COUNT(*) FROM "+table+" WHERE "+column+" LIKE '%1111%'"); n != 0 {
				t.Errorf("%s: %d hold the number", table, n)
			}
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM events WHERE action = 'customers.exported'"); n != 2 {
			t.Errorf("%d exports are recorded", n)
		}
	})
}
