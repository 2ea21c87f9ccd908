package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// pairsOf are the pairs of the first merchant as "newer-older same", by the
// customers' names.
func pairsOf(t *testing.T, h *dbtest.House, dismissed bool) []string {
	t.Helper()
	page, err := h.Duplicates(t.Context(), h.Viewer, core.PairList{Dismissed: dismissed})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range page.Items {
		all = append(all, p.Newer.Name+"-"+p.Older.Name+" "+strings.Join(p.Same, "+"))
	}
	return all
}

func wantPairs(t *testing.T, h *dbtest.House, when string, want ...string) {
	t.Helper()
	if got := pairsOf(t, h, false); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", when, got, want)
	}
}

func TestPairsFollowTheCustomers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		a := h.Customer(t, "name", "A", "email", "One@example.com", "phone", "030 901820")
		b := h.Customer(t, "name", "B", "email", "two@example.com")
		wantPairs(t, h, "nothing in common")
		c := h.Customer(t, "name", "C", "email", "one@example.com", "phone", "+49 30 901820")
		wantPairs(t, h, "the same address and phone", "C-A email+phone")
		h.CustomerOf(t, h.Other, "name", "Theirs", "email", "one@example.com")
		wantPairs(t, h, "another merchant's", "C-A email+phone")
		if _, err := h.UpdateCustomer(ctx, h.Member, b.ID, 0, core.Changes{"email": "one@example.com"}); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "one between", "C-B email", "C-A email+phone", "B-A email")
		if err := h.DeleteCustomer(ctx, h.Member, b.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "without the one between", "C-A email+phone")
		if err := h.RestoreCustomer(ctx, h.Member, b.ID, core.KeepReference); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "restored", "C-B email", "C-A email+phone", "B-A email")
		if _, err := h.MergeCustomers(ctx, h.Member, a.ID, c.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "merged", "B-A email")
		if _, err := h.Undo(ctx, h.Member, lastEvent(t, h, a.ID).ID); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "apart again", "C-B email", "C-A email+phone", "B-A email")
	})
}

func TestWhoLooksAlike(t *testing.T) {
	for what, tt := range map[string]struct {
		one, other []string
		same       string
	}{
		"name and postcode":               {[]string{"name", "Bo Ek", "billing.postcode", "0171"}, []string{"first_name", "Bó", "last_name", "EK", "billing.postcode", "0171"}, "name"},
		"a name alone":                    {[]string{"name", "Bo Ek", "billing.postcode", "0171"}, []string{"name", "Bo Ek", "billing.postcode", "0172"}, ""},
		"a name without postcodes":        {[]string{"name", "Bo Ek"}, []string{"name", "Bo Ek"}, ""},
		"a phone in two countries":        {[]string{"phone", "22 44 22 22", "billing.country", "NO"}, []string{"phone", "22442222", "billing.country", "CH"}, ""},
		"a phone nobody can place":        {[]string{"phone", "00 123 45 67 89"}, []string{"phone", "00123456789"}, "phone"},
		"a phone too short to tell apart": {[]string{"phone", "x123"}, []string{"phone", "x123"}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			h := dbtest.SQLite(t)
			h.Customer(t, append([]string{"company", "One"}, tt.one...)...)
			c := h.Customer(t, append([]string{"company", "Other"}, tt.other...)...)
			page, err := h.Duplicates(t.Context(), h.Viewer, core.PairList{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, p := range page.Items {
				got = strings.Join(p.Same, "+")
			}
			likely, err := h.LikelyDuplicates(t.Context(), h.Viewer, c)
			if err != nil {
				t.Fatal(err)
			}
			box := ""
			for _, d := range likely {
				box = strings.Join(d.Same, "+")
			}
			if got != tt.same || box != tt.same {
				t.Errorf("the page says %q, the customer's %q, want %q", got, box, tt.same)
			}
		})
	}
}

// TestPairsAreThoseThatWouldBeFoundAnew does much to customers of few values,
// one by one and many at once: who is next to each other by a value is a pair,
// and no pair has nothing in common.
func TestPairsAreThoseThatWouldBeFoundAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		random := rand.New(rand.NewPCG(7, 7))
		values := func() core.Changes {
			return core.Changes{
				"name": fmt.Sprint("N", random.IntN(3)), "email": []string{"", "a@example.com", "b@example.com", "c@example.com"}[random.IntN(4)],
				"phone": []string{"", "030 901820", "+49 30 901820", "00 123 45 67 89"}[random.IntN(4)], "billing.postcode": []string{"", "10115", "20095"}[random.IntN(3)],
			}
		}
		var all []int64
		for range 60 {
			switch random.IntN(6) {
			case 0, 1:
				c, err := h.CreateCustomer(ctx, h.Member, core.FromPage, values())
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, c.ID)
			case 2:
				made, err := h.CreateCustomers(ctx, h.Member, core.FromWallee, []core.Changes{values(), values(), values()})
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range made {
					all = append(all, m.Customer.ID)
				}
			case 3:
				rows := []core.ImportRow{{Line: 2, Changes: values()}, {Line: 3, Changes: values()}}
				if _, err := h.ImportCustomers(ctx, h.Member, rows); err != nil {
					t.Fatal(err)
				}
			default:
				if len(all) == 0 {
					continue
				}
				id := all[random.IntN(len(all))]
				_, err := h.UpdateCustomer(ctx, h.Member, id, 0, values())
				if random.IntN(2) == 0 {
					err = errors.Join(err, h.DeleteCustomer(ctx, h.Member, id, 0, ""))
				} else if errors.Is(err, core.ErrNotFound) {
					err = h.RestoreCustomer(ctx, h.Member, id, core.KeepReference)
				}
				if err != nil && !errors.Is(err, core.ErrNotFound) {
					t.Fatal(err)
				}
			}
		}
		kept := h.Rows(t, "(SELECT newer_id, older_id FROM duplicates) AS kept", "1, 2")
		untrue := h.Count(t, `
			SELECT COUNT(*)
			FROM duplicates d JOIN customers a ON a.id = d.newer_id JOIN customers b ON b.id = d.older_id
			WHERE a.deleted_at > 0 OR b.deleted_at > 0 OR a.id <= b.id OR NOT (
				(a.email_key = b.email_key AND a.email_key <> '') OR (a.phone_e164 = b.phone_e164 AND a.phone_e164 <> '')
				OR (a.phone_key = b.phone_key AND a.phone_key <> '' AND a.phone_e164 = '' AND b.phone_e164 = '')
				OR (a.name_key = b.name_key AND a.postcode_key = b.postcode_key AND a.postcode_key <> ''))`)
		if untrue != 0 {
			t.Errorf("%d pairs have nothing in common", untrue)
		}
		// History ends with all pairs found anew.
		if err := h.WriteHistory(context.Background(), core.System(0), func(*db.History) error { return nil }); err != nil {
			t.Fatal(err)
		}
		anew := h.Rows(t, "(SELECT newer_id, older_id FROM duplicates) AS anew", "1, 2")
		for _, p := range anew {
			if !slices.Contains(kept, p) {
				t.Errorf("%s was not kept as a pair", p)
			}
		}
		if len(anew) < 10 {
			t.Errorf("only %d pairs were found anew", len(anew))
		}
	})
}

func TestDismissedPairs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		a := h.Customer(t, "name", "A", "email", "one@example.com")
		b := h.Customer(t, "name", "B", "email", "one@example.com")
		for _, by := range []core.Actor{h.Viewer, h.Other} {
			if err := h.DismissDuplicate(ctx, by, a.ID, b.ID); !refused(err) {
				t.Errorf("dismissed by %s: %v", by.Name, err)
			}
		}
		if err := h.DismissDuplicate(ctx, h.Member, a.ID, a.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("one with itself: %v", err)
		}
		if err := h.RecallDuplicate(ctx, h.Member, a.ID, b.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("recalled though nobody said so: %v", err)
		}
		for range 2 { // saying it again changes nothing
			if err := h.DismissDuplicate(ctx, h.Member, b.ID, a.ID); err != nil {
				t.Fatal(err)
			}
		}
		if e := lastEvent(t, h, a.ID); e.Action != core.DuplicateDismissed || e.To["duplicate"] != itoa(b.ID) {
			t.Errorf("recorded %+v", e)
		}
		wantPairs(t, h, "dismissed")
		if got := pairsOf(t, h, true); len(got) != 1 || got[0] != "B-A email" {
			t.Errorf("the dismissed are %q", got)
		}
		if likely, err := h.LikelyDuplicates(ctx, h.Member, a); err != nil || len(likely) != 0 {
			t.Errorf("the customer's page still names %+v, %v", likely, err)
		}
		// It is remembered while they have nothing in common.
		for _, email := range []string{"other@example.com", "one@example.com"} {
			if _, err := h.UpdateCustomer(ctx, h.Member, b.ID, 0, core.Changes{"email": email}); err != nil {
				t.Fatal(err)
			}
		}
		wantPairs(t, h, "changed and changed back")
		if err := h.RecallDuplicate(ctx, h.Member, a.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		wantPairs(t, h, "recalled", "B-A email")
	})
}

func TestPairsPageByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		const all = 2*core.PairsPage + 3
		for i := range all + 1 { // one number that all have: each is next to one before
			h.Customer(t, "name", fmt.Sprint(i), "phone", "+49 30 901820")
		}
		var seen []string
		var pages []core.Page[core.Pair]
		l := core.PairList{}
		for {
			page, err := h.Duplicates(ctx, h.Viewer, l)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
			for _, p := range page.Items {
				seen = append(seen, p.Newer.Name+"-"+p.Older.Name)
			}
			if page.Next.ID == 0 {
				break
			}
			l = core.PairList{After: page.Next}
		}
		if len(pages) != 3 || len(seen) != all || seen[0] != fmt.Sprintf("%d-%d", all, all-1) || seen[all-1] != "1-0" {
			t.Errorf("%d pages with %d pairs, from %s to %s", len(pages), len(seen), seen[0], seen[len(seen)-1])
		}
		back, err := h.Duplicates(ctx, h.Viewer, core.PairList{Before: pages[2].Prev})
		if err != nil || len(back.Items) != core.PairsPage || back.Items[0].Newer.Name != pages[1].Items[0].Newer.Name {
			t.Errorf("going back shows %d pairs, %v", len(back.Items), err)
		}
		if pages[0].Prev.ID != 0 || back.Prev.ID == 0 || back.Next.ID == 0 {
			t.Errorf("cursors %+v and %+v", pages[0].Prev, back)
		}
	})
}

// TestPairsRunAlongIndexes: what is asked for a save, for a page of pairs and
// for a customer's page scans nothing and sorts at most a handful.
func TestPairsRunAlongIndexes(t *testing.T) {
	h := dbtest.SQLite(t)
	d := h.Raw(t)
	defer d.Close()
	for what, query := range db.PairQueries() {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = 1
		}
		var steps []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := d.Select(&steps, "EXPLAIN QUERY PLAN "+query, args...); err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			scan := strings.HasPrefix(s.Detail, "SCAN") && !strings.Contains(s.Detail, "CONSTANT ROW") && !slices.ContainsFunc([]string{"found", "way0", "way1", "way2", "way3"}, func(own string) bool { return strings.HasPrefix(s.Detail, "SCAN "+own) })
			if scan || (strings.Contains(s.Detail, "TEMP B-TREE") && what != "likely") {
				t.Errorf("%s: %s", what, s.Detail)
			}
			if strings.Contains(s.Detail, "customers_living") {
				t.Errorf("%s runs along all the merchant's customers: %s", what, s.Detail)
			}
		}
	}
}
