package db_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// titles returns who is on a page of the first merchant's list.
func titles(t *testing.T, h *dbtest.House, l core.List) []string {
	t.Helper()
	page, err := h.Customers(t.Context(), h.Viewer, l)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range page.Items {
		out = append(out, c.Title())
	}
	return out
}

func query(t *testing.T, text string) core.Query {
	t.Helper()
	q, err := core.ParseQuery(text, core.CustomerFields, nil)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return q
}

// crowd makes a merchant too large to be read through, so that searches take
// the ways of large merchants too.
func crowd(t *testing.T, h *dbtest.House) {
	t.Helper()
	for i := range 40 {
		h.Customer(t, "name", fmt.Sprintf("Filler %d", i))
	}
	h.SetFewCustomers(10)
}

func TestSearchFinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		amara := h.Customer(t, "first_name", "Amara", "last_name", "Begić", "email", "amara.begic@example.com",
			"reference", "cust-10519", "billing.city", "Sarajevo", "billing.country", "BA", "billing.postcode", "71000",
			"billing.street", "Titova 1", "phone", "+387 33 123-456", "metadata.tier", `"Gold"`, "currency", "EUR")
		h.Customer(t, "first_name", "Édith", "last_name", "O'Neil", "company", "100% Straße_GmbH", "email", "e@o-neil.example",
			"billing.city", "Zürich", "billing.country", "CH", "description", `says "hi" \o/`, "custom_id", "the (best) one")
		h.Customer(t, "name", "Bo")
		h.CustomerOf(t, h.Other, "first_name", "Amara", "last_name", "Stranger", "billing.city", "Sarajevo")
		asks := []struct {
			q    string
			want []string
		}{
			{"amara", []string{"Amara Begić"}},
			{"AMARA begic", []string{"Amara Begić"}},
			{"begić amara", []string{"Amara Begić"}},
			{"amara sarajevo", []string{"Amara Begić"}},
			{"mara.beg", []string{"Amara Begić"}},
			{"10519", []string{"Amara Begić"}},
			{"33123456", []string{"Amara Begić"}},
			{"+387-33", []string{"Amara Begić"}},
			{"o'neil", []string{"Édith O'Neil"}},
			{"edith", []string{"Édith O'Neil"}},
			{"strasse_", []string{"Édith O'Neil"}},
			{"100%", []string{"Édith O'Neil"}},
			{"bo", []string{"Bo"}},
			{"ed", []string{"Édith O'Neil"}},
			{`"amara begic"`, []string{"Amara Begić"}},
			{"'; DROP TABLE customers", nil},
			{`\`, nil},
			{"city:Sarajevo", []string{"Amara Begić"}},
			{"city:zurich", []string{"Édith O'Neil"}},
			{"country:Switzerland", []string{"Édith O'Neil"}},
			{"-country:CH amara", []string{"Amara Begić"}},
			{"-currency:EUR -name:~filler", []string{"Bo", "Édith O'Neil"}},
			{"metadata.tier:gold", []string{"Amara Begić"}},
			{"metadata.tier:gold amara", []string{"Amara Begić"}},
			{"-metadata.tier:* amara", []string{"Amara Begić"}},
			{"company:~strasse,gmbh", []string{"Édith O'Neil"}},
			{"company:~tras", []string{"Édith O'Neil"}},
			{"firstName:amara", []string{"Amara Begić"}},
			{"lastName:amara", nil},
			{"(name:bo OR city:~saraj)", []string{"Bo", "Amara Begić"}},
			{"amara OR edith", []string{"Édith O'Neil", "Amara Begić"}},
			{"amara OR city:Zürich", []string{"Édith O'Neil", "Amara Begić"}},
			{"amara -begic", nil},
			{"id:" + itoa(amara.ID), []string{"Amara Begić"}},
			{itoa(amara.ID), []string{"Amara Begić"}},
			{amara.UUID, []string{"Amara Begić"}},
			{amara.LookupID, []string{"Amara Begić"}},
			{"uuid:" + amara.UUID, []string{"Amara Begić"}},
			{"reference:cust-10519", []string{"Amara Begić"}},
			{"reference:CUST-10519", nil},
			{"phone:0038733123456 OR phone:38733123456", []string{"Amara Begić"}},
			{"street:~titova", []string{"Amara Begić"}},
			{"postcode:71000", []string{"Amara Begić"}},
			{"created:2026-11-21 amara", []string{"Amara Begić"}},
			{"created:<2026-11-21 amara", nil},
			{"created:>=2026 updated:2026-11 -deleted:2026 amara", []string{"Amara Begić"}},
			{`description:~"says ""hi"""`, []string{"Édith O'Neil"}},
			{"custom_id:~(", nil},
			{"version:1 amara", []string{"Amara Begić"}},
			{"source:page amara", []string{"Amara Begić"}},
			{"source:cdc", nil},
		}
		try := func(t *testing.T) {
			for _, tt := range asks {
				q, err := core.ParseQuery(tt.q, core.CustomerFields, nil)
				if err != nil {
					if tt.want != nil {
						t.Errorf("%s: %v", tt.q, err)
					}
					continue
				}
				for _, sort := range []core.Sort{core.ByCreated, core.ByName, core.ByUpdated} {
					got := titles(t, h, core.List{Query: q, Sort: sort})
					if sort == core.ByName {
						slices.Sort(got)
						want := slices.Sorted(slices.Values(tt.want))
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%s by name: %s", tt.q, diff)
						}
						continue
					}
					if diff := cmp.Diff(tt.want, got); diff != "" {
						t.Errorf("%s by %s: %s", tt.q, sort, diff)
					}
				}
			}
		}
		t.Run("few customers", try)
		crowd(t, h)
		t.Run("many customers", try)
	})
}

func TestPagesMeetWithoutGapOrOverlap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		var made []string
		for i := range 60 {
			c := h.Customer(t, "last_name", fmt.Sprintf("Name %d", (i*7)%20), "first_name", fmt.Sprint("F", i))
			made = append(made, c.Title())
		}
		for _, l := range []core.List{
			{},
			{Ascending: true},
			{Sort: core.ByName, Ascending: true},
			{Sort: core.ByName},
			{Sort: core.ByUpdated},
			{Query: query(t, "name")},
			{Query: query(t, "name"), Sort: core.ByName, Ascending: true},
		} {
			l.Limit = 25
			var all, pages []string
			var back core.Cursor
			for {
				page, err := h.Customers(t.Context(), h.Viewer, l)
				if err != nil {
					t.Fatal(err)
				}
				if page.Count != 60 {
					t.Errorf("%+v: counts %d", l, page.Count)
				}
				for _, c := range page.Items {
					all = append(all, c.Title())
				}
				pages = append(pages, page.Items[0].Title())
				back = page.Prev
				if page.Next.ID == 0 {
					break
				}
				l.After = core.ParseCursor(page.Next.String())
			}
			if got, want := slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(made)); cmp.Diff(want, got) != "" {
				t.Errorf("%+v: %s", l, cmp.Diff(want, got))
			}
			l.After, l.Before = core.Cursor{}, back
			page, err := h.Customers(t.Context(), h.Viewer, l)
			if err != nil || len(page.Items) != 25 || page.Items[0].Title() != pages[1] || page.Next.ID == 0 || page.Prev.ID == 0 {
				t.Errorf("%+v: going back: %+v, %v", l, page, err)
			}
		}
	})
}

func TestLongListsAreCountedAgainAfterAWhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		var some []core.Customer
		err := h.WriteHistory(t.Context(), core.System(0), func(past *db.History) error {
			for i := range core.MaxCount + 5 {
				c, err := past.CreateCustomer(t.Context(), h.Member, core.FromImport,
					dbtest.Changes("name", fmt.Sprint("Amara ", i), "billing.country", "BA"))
				if err != nil {
					return err
				}
				some = append(some[:min(i, 10)], c)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		count := func(want int) {
			t.Helper()
			for _, text := range []string{"amara", "country:BA"} {
				for range 2 {
					page, err := h.Customers(t.Context(), h.Viewer, core.List{Query: query(t, text)})
					if err != nil || page.Count != want {
						t.Errorf("%s: counts %d, %v, want %d", text, page.Count, err, want)
					}
				}
			}
		}
		count(core.MaxCount + 1)
		for _, c := range some {
			if err := h.DeleteCustomer(t.Context(), h.Member, c.ID, 0, ""); err != nil {
				t.Fatal(err)
			}
		}
		h.Clock.Advance(2 * time.Minute)
		count(core.MaxCount + 5 - len(some))
	})
}
