package db_test

import (
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/dbtest"
)

// TestCustomersPageReadsOnlyTheCustomer: what a customer's page asks for runs
// along the customer's indexes, and not along those of all that the merchant has.
func TestCustomersPageReadsOnlyTheCustomer(t *testing.T) {
	h := dbtest.SQLite(t)
	c := h.Customer(t, "first_name", "Ada", "last_name", "Sommer", "email", "ada@example.com")
	h.Card(t, c.ID, "4111111111111111")
	before := map[string]bool{}
	for _, text := range db.PreparedReads(h.Store) {
		before[text] = true
	}
	ctx, by := t.Context(), h.Owner
	for what, read := range map[string]func() error{
		"customer":      func() error { _, err := h.Store.Customer(ctx, by, c.ID); return err },
		"notes":         func() error { _, err := h.Store.Notes(ctx, by, c.ID); return err },
		"events":        func() error { _, err := h.Store.CustomerEvents(ctx, by, c.ID, 0, 20); return err },
		"cards":         func() error { _, err := h.Store.CustomerCards(ctx, by, c.ID); return err },
		"uses":          func() error { _, err := h.Store.CustomerCardUses(ctx, by, c.ID); return err },
		"channels":      func() error { _, err := h.Store.Channels(ctx, by, c.ID); return err },
		"subscriptions": func() error { _, err := h.Store.CustomerSubscriptions(ctx, by, c.ID); return err },
		"charges":       func() error { _, err := h.Store.CustomerCharges(ctx, by, c.ID, 6); return err },
		"paid":          func() error { _, err := h.Store.PaidToDate(ctx, by, c.ID); return err },
		"duplicates":    func() error { _, err := h.Store.LikelyDuplicates(ctx, by, c); return err },
		"dossier":       func() error { _, err := h.Store.Dossier(ctx, by, c.ID); return err },
	} {
		if err := read(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	d := h.Raw(t)
	defer d.Close()
	read := 0
	for _, text := range db.PreparedReads(h.Store) {
		if before[text] {
			continue
		}
		read++
		args := make([]any, strings.Count(text, "?"))
		for i := range args {
			args[i] = 1
		}
		var steps []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := d.Select(&steps, "EXPLAIN QUERY PLAN "+text, args...); err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			ofAll := strings.HasSuffix(s.Detail, "(merchant_id=?)") || strings.Contains(s.Detail, "(merchant_id=? AND status=?)")
			if ofAll || strings.HasPrefix(s.Detail, "SCAN cards") || strings.HasPrefix(s.Detail, "SCAN subscriptions") {
				t.Errorf("%s\nreads all that the merchant has: %s", text, s.Detail)
			}
		}
	}
	if read < 10 {
		t.Errorf("%d reads were looked at", read)
	}
}
