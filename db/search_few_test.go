package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestSearchesOfFewAreReadAtOnce: what hardly any of a sample have is read whole, and
// the page cut out of it, in both directions and orders, with the count of all.
func TestSearchesOfFewAreReadAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.SetFewCustomers(0)
		h.Customer(t, "name", "Somebody")
		if n, err := db.Sampled(t.Context(), h.Store); err != nil || n == 0 {
			t.Fatalf("a sample of %d, %v", n, err)
		}
		var made []int64
		for i := range 14 {
			made = append(made, h.Customer(t, "name", fmt.Sprintf("Zebra Quagga %d", i), "billing.city", "Tuzla").ID)
		}
		if err := h.DeleteCustomer(t.Context(), h.Owner, made[3], 0, ""); err != nil {
			t.Fatal(err)
		}
		made = slices.Delete(made, 3, 4)
		counts := 0
		h.Watch(func(query string, _ []any) {
			if strings.Contains(query, "COUNT(*)") && strings.Contains(query, "search") {
				counts++
			}
		})
		defer h.Watch(nil)
		read := func(l core.List) ([]int64, core.Page[core.CustomerSummary]) {
			t.Helper()
			page, err := h.Customers(t.Context(), h.Viewer, l)
			if err != nil {
				t.Fatalf("%+v: %v", l, err)
			}
			if page.Count != len(made) {
				t.Errorf("%+v: counts %d, want %d", l, page.Count, len(made))
			}
			var ids []int64
			for _, c := range page.Items {
				ids = append(ids, c.ID)
			}
			return ids, page
		}
		for _, text := range []string{"quagga", "zebra quagga", "city:tuzla zebra"} {
			for _, ascending := range []bool{false, true} {
				want := slices.Clone(made)
				if !ascending {
					slices.Reverse(want)
				}
				l := core.List{Query: query(t, text), Ascending: ascending, Limit: 8}
				first, page := read(l)
				if page.Prev.ID != 0 || page.Next.ID != want[7] {
					t.Errorf("%s: the first page leads to %v and %v", text, page.Prev, page.Next)
				}
				l.After = page.Next
				last, page := read(l)
				if got := slices.Concat(first, last); !slices.Equal(got, want) {
					t.Errorf("%s: %s", text, cmp.Diff(want, got))
				}
				if page.Next.ID != 0 || page.Prev.ID != want[8] {
					t.Errorf("%s: the last page leads to %v and %v", text, page.Prev, page.Next)
				}
				l.After, l.Before = core.Cursor{}, page.Prev
				if back, page := read(l); !slices.Equal(back, want[:8]) || page.Prev.ID != 0 || page.Next.ID != want[7] {
					t.Errorf("%s: going back there are %v, %v and %v", text, back, page.Prev, page.Next)
				}
			}
		}
		if counts != 0 {
			t.Errorf("%d statements count what was read", counts)
		}
		h.Clock.Advance(time.Hour)
		counts = 0
		read(core.List{Query: query(t, "quagga"), Limit: 8})
		if counts == 0 {
			t.Error("what many of the sample have is not counted apart")
		}
	})
}

// TestSearchOfMoreThanAreCounted: should a sample have missed very many, they are
// listed and counted as any others, and on PostgreSQL along an index of the value
// that they have.
func TestSearchOfMoreThanAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.SetFewCustomers(0)
		if _, err := db.Sampled(t.Context(), h.Store); err != nil {
			t.Fatal(err)
		}
		var newest int64
		err := h.WriteHistory(t.Context(), core.System(0), func(past *db.History) error {
			for i := range core.MaxCount + 5 {
				c, err := past.CreateCustomer(t.Context(), h.Member, core.FromImport, dbtest.Changes("name", fmt.Sprint("Zebra ", i), "billing.city", "Tuzla"))
				if err != nil {
					return err
				}
				newest = c.ID
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		along := 0
		h.Watch(func(query string, _ []any) {
			if strings.Contains(query, "(c.city_key, c.id) <") {
				along++
			}
		})
		defer h.Watch(nil)
		for _, text := range []string{"zebra", "zebra", "city:tuzla zebra", "city:tuzla zebra"} {
			page, err := h.Customers(t.Context(), h.Viewer, core.List{Query: query(t, text)})
			if err != nil || page.Count != core.MaxCount+1 || len(page.Items) != core.PageSizes[0] || page.Items[0].ID != newest {
				t.Errorf("%s: lists %d of %d, %v", text, len(page.Items), page.Count, err)
			}
		}
		if h.Postgres && along != 2 {
			t.Errorf("%d pages are read along the customers of a city, want 2", along)
		}
	})
}
