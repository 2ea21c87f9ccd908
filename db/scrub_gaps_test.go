package db_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestScrubReachesWhatPagesKeep erases half of the customers and looks for them in
// the whole file: where SQLite divided a page, it leaves copies of rows.
func TestScrubReachesWhatPagesKeep(t *testing.T) {
	h := dbtest.SQLite(t)
	ctx := t.Context()
	dice := rand.New(rand.NewPCG(5, 0))
	var gone []int64
	for i := range 400 {
		name := fmt.Sprintf("Somebody %d Else", dice.IntN(10000))
		if i%2 == 0 {
			name = fmt.Sprintf("Jane %d %s", dice.IntN(10000), lastOfCanary)
		}
		c := h.Customer(t, "name", name, "company", name, "billing.city", name, "reference", fmt.Sprint(name, i), "metadata.a", `"`+name+`"`)
		if i%3 == 0 {
			longer := core.Changes{"company": name + " and longer", "metadata.b": `"` + name + `"`}
			if _, err := h.UpdateCustomer(ctx, h.Owner, c.ID, 0, longer); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			gone = append(gone, c.ID)
		}
	}
	for _, id := range gone {
		if err := h.EraseCustomer(ctx, h.Owner, id, 0); err != nil {
			t.Fatal(err)
		}
	}
	rows := func() []string {
		return slices.Concat(h.Rows(t, "customers", "id"), h.Rows(t, "metadata", "customer_id, name"), h.Rows(t, "events", "id"), h.Rows(t, "event_values", "event_id"))
	}
	before := rows()
	if err := h.Scrub(ctx); err != nil {
		t.Fatal(err)
	}

	data, err := os.ReadFile(h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte(lastOfCanary)); n > 0 {
		t.Errorf("the file has %d canaries", n)
	}
	if !slices.Equal(rows(), before) {
		t.Error("rows were changed")
	}
	if faults := h.Rows(t, "pragma_integrity_check", "1"); !slices.Equal(faults, []string{`["ok"]`}) {
		t.Errorf("the file is damaged: %q", faults)
	}
}
