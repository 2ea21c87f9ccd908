package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestPaymentMethodsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		edward := h.Customer(t, "name", "Edward Johnson", "email", "edward@example.com")
		ingrid := h.Customer(t, "name", "Ingrid Hånsen")
		gone := h.Customer(t, "name", "Gone")
		names := map[int64]string{}
		card := func(name string, c core.Customer, number, expiry string) {
			t.Helper()
			made := h.Card(t, c.ID, number)
			e, _ := core.ParseExpiry(expiry)
			if _, err := h.UpdateCard(ctx, h.Owner, made.ID, 0, core.CardEdit{Expiry: &e}); err != nil {
				t.Fatal(err)
			}
			names[made.ID] = name
		}
		card("visa", edward, dbtest.VisaNumber, "08/28")
		card("master", edward, dbtest.MastercardNumber, "12/26")
		card("amex", ingrid, dbtest.AmexNumber, "11/26")
		card("gone", gone, dbtest.VisaNumber, "08/30")
		names[h.Mandate(t, ingrid.ID).ID] = "sepa"
		vipps, _, err := h.AddChannel(ctx, h.Owner, ingrid.ID, core.NewChannel{Name: "vipps", Address: "+47 912 34 567"})
		if err != nil {
			t.Fatal(err)
		}
		names[vipps.ID] = "vipps"
		deleted(t, h, gone)
		find := func(query string, tab core.MethodTab) []string {
			t.Helper()
			q, err := core.ParseQuery(query, core.MethodFields, time.UTC)
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			page, err := h.PaymentMethods(ctx, h.Viewer, core.MethodList{Query: q, Tab: tab})
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			got := []string{}
			for _, m := range page.Items {
				got = append(got, names[m.ID()])
			}
			if page.Count != len(got) {
				t.Errorf("%s: counted %d", query, page.Count)
			}
			return got
		}
		for _, few := range []int{1000, 0} { // read through, and by words
			h.SetFewCustomers(few)
			for _, tt := range []struct {
				query string
				tab   core.MethodTab
				want  []string
			}{
				{"", "", []string{"vipps", "sepa", "amex", "master", "visa"}},
				{"", core.ValidMethods, []string{"vipps", "sepa", "amex", "master", "visa"}},
				{"", core.ExpiringMethods, []string{"amex", "master"}},
				{"", core.ExpiredMethods, []string{}},
				{"type:card", "", []string{"amex", "master", "visa"}},
				{"type:direct_debit", "", []string{"sepa"}},
				{"-type:card", "", []string{"vipps", "sepa"}},
				{"brand:visa", "", []string{"visa"}},
				{"expires:<2027-01", "", []string{"amex", "master"}},
				{"expires:2026-12", "", []string{"master"}},
				{"expires:>=2027", "", []string{"visa"}},
				{"expires:*", "", []string{"vipps", "sepa"}},
				{"last:1111", "", []string{"visa"}},
				{"last4:3000", "", []string{"sepa"}},
				{"4444", "", []string{"master"}},
				{"johnson", "", []string{"master", "visa"}},
				{"hansen type:wallet", "", []string{"vipps"}},
				{"email:edward@example.com", "", []string{"master", "visa"}},
				{"default:true", "", []string{"amex", "visa"}},
				{"default:false", "", []string{"vipps", "sepa", "master"}},
				{"active:true johnson brand:mastercard", core.ExpiringMethods, []string{"master"}},
				{"scheme:vipps", "", []string{"vipps"}},
				{"mandate:m-1", "", []string{"sepa"}},
				{"brand:visa OR type:wallet", "", []string{"vipps", "visa"}},
				{"created:2020", "", []string{}},
			} {
				if got := find(tt.query, tt.tab); !slices.Equal(got, tt.want) {
					t.Errorf("%q %s: %q, want %q", tt.query, tt.tab, got, tt.want)
				}
			}
		}
		h.Clock.Advance(15 * 24 * time.Hour) // into December
		for tab, want := range map[core.MethodTab][]string{
			core.ValidMethods:    {"vipps", "sepa", "master", "visa"},
			core.ExpiringMethods: {"master"},
			core.ExpiredMethods:  {"amex"},
		} {
			if got := find("", tab); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", tab, got, want)
			}
		}
		if page, err := h.PaymentMethods(ctx, h.Other, core.MethodList{}); err != nil || len(page.Items) != 0 {
			t.Errorf("another merchant: %d, %v", len(page.Items), err)
		}
	})
}

func TestPaymentMethodsPageByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		var want []int64
		for i := range 7 {
			c := h.Customer(t, "name", fmt.Sprint("Customer ", i))
			want = append(want, h.Card(t, c.ID, dbtest.VisaNumber).ID)
			if i%2 == 0 {
				want = append(want, h.Mandate(t, c.ID).ID)
			}
		}
		slices.Reverse(want)
		l := core.MethodList{Limit: 4}
		var got []int64
		var pages []core.Page[core.PaymentMethod]
		for {
			page, err := h.PaymentMethods(t.Context(), h.Owner, l)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page)
			for _, m := range page.Items {
				got = append(got, m.ID())
			}
			if page.Next.ID == 0 {
				break
			}
			l.After = page.Next
		}
		if !slices.Equal(got, want) || len(pages) != 3 || pages[0].Count != 11 {
			t.Fatalf("%d pages of %d: %d\nwant %d", len(pages), pages[0].Count, got, want)
		}
		back, err := h.PaymentMethods(t.Context(), h.Owner, core.MethodList{Limit: 4, Before: pages[2].Prev})
		if err != nil || len(back.Items) != 4 || back.Items[0].ID() != want[4] || back.Prev.ID != want[4] || back.Next.ID != want[7] {
			t.Errorf("back: %+v, %v", back, err)
		}
	})
}
