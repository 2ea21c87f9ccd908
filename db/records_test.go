package db_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// names returns whom a range finds, and whether there are more.
func names(t *testing.T, h *dbtest.House, r core.Range) ([]string, bool) {
	t.Helper()
	found, err := h.CustomerRecords(t.Context(), h.Viewer, r)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range found.Items {
		out = append(out, c.Title())
	}
	return out, found.More
}

func TestRecordsPageByIDInEitherOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		var ids []int64
		for i := range 7 {
			ids = append(ids, h.Customer(t, "name", fmt.Sprint("c", i)).ID)
		}
		newest := []core.Order{{Field: core.FieldCreated, Descending: true}}
		for _, tt := range []struct {
			name string
			r    core.Range
			want []string
			more bool
		}{
			{"all", core.Range{}, []string{"c0", "c1", "c2", "c3", "c4", "c5", "c6"}, false},
			{"first", core.Range{Limit: 2}, []string{"c0", "c1"}, true},
			{"after", core.Range{Limit: 2, After: ids[1]}, []string{"c2", "c3"}, true},
			{"before is the nearest", core.Range{Limit: 2, Before: ids[5]}, []string{"c3", "c4"}, true},
			{"before the second", core.Range{Limit: 2, Before: ids[1]}, []string{"c0"}, false},
			{"between", core.Range{Limit: 2, After: ids[1], Before: ids[5]}, []string{"c2", "c3"}, true},
			{"between, all", core.Range{Limit: 3, After: ids[1], Before: ids[5]}, []string{"c2", "c3", "c4"}, false},
			{"newest", core.Range{Limit: 2, Order: newest}, []string{"c6", "c5"}, true},
			{"after in the order is older", core.Range{Limit: 2, Order: newest, After: ids[2]}, []string{"c1", "c0"}, false},
			{"before in the order is newer", core.Range{Limit: 2, Order: newest, Before: ids[2]}, []string{"c4", "c3"}, true},
			{"offset", core.Range{Limit: 2, Offset: 5}, []string{"c5", "c6"}, false},
			{"offset past the end", core.Range{Limit: 2, Offset: 50}, nil, false},
			{"query", core.Range{Query: query(t, "name:c3 OR name:c5")}, []string{"c3", "c5"}, false},
		} {
			got, more := names(t, h, tt.r)
			if diff := cmp.Diff(tt.want, got); diff != "" || more != tt.more {
				t.Errorf("%s: more %v, %s", tt.name, more, diff)
			}
		}
		h.SetFewCustomers(2) // search as in a large merchant
		if got, _ := names(t, h, core.Range{Query: query(t, "c3"), Limit: 2}); !slices.Equal(got, []string{"c3"}) {
			t.Errorf("a word finds %q", got)
		}
	})
}

func TestRecordsSortByWhatIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.Customer(t, "first_name", "Édith", "last_name", "Weiss", "metadata.tier", `12`, "billing.city", "Bern")
		h.Customer(t, "first_name", "adam", "last_name", "weiss", "email", "a@example.com")
		h.Customer(t, "first_name", "Zoë", "last_name", "Amsel")
		order, rule := core.ParseOrder("lastName firstName:DESC", core.CustomerFields)
		if rule != "" {
			t.Fatal(rule)
		}
		got, _ := names(t, h, core.Range{Order: order})
		if want := []string{"Zoë Amsel", "Édith Weiss", "adam weiss"}; !slices.Equal(got, want) {
			t.Errorf("sorted %q, want %q", got, want)
		}
		if _, err := h.CustomerRecords(t.Context(), h.Viewer, core.Range{Order: order, After: 1}); err == nil {
			t.Error("a list that is not sorted by ID was paged by it")
		}
		found, err := h.CustomerRecords(t.Context(), h.Viewer, core.Range{With: core.WithAll})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found.Items {
			whole, err := h.Store.Customer(t.Context(), h.Viewer, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole.Fields(), c.Fields()); diff != "" {
				t.Errorf("a record is not the customer: %s", diff)
			}
		}
	})
}

func TestOneOfManyThatIsRefusedKeepsNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		had := h.Customer(t, "name", "Had", "reference", "r-had")
		done, err := h.CreateCustomers(ctx, h.Member, core.FromWallee, []core.Changes{
			{"name": "One", "reference": "r-1", "billing.city": "Bern", "metadata.a": `"b"`},
			{"name": "Again", "reference": "r-1"},
			{"email": "none"},
			{"name": "Two", "reference": "r-had"},
			{"name": "Three", "email": "three@example.com"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []core.Rule{"", core.Taken, core.Malformed, core.Taken, ""} {
			var bad core.Invalid
			errors.As(done[i].Err, &bad)
			if got := append(bad, core.Fault{})[0].Rule; got != want {
				t.Errorf("number %d: %q, want %q", i, got, want)
			}
		}
		one, err := h.Store.Customer(ctx, h.Viewer, done[0].Customer.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := one.Billing(); b.City != "Bern" || len(one.Metadata) != 1 || one.Source != core.FromWallee || one.Version != 1 {
			t.Errorf("the first is %+v", one)
		}
		if got, _ := names(t, h, core.Range{Query: query(t, "three")}); !slices.Equal(got, []string{"Three"}) {
			t.Errorf("a word finds %q", got)
		}

		done, err = h.UpdateCustomers(ctx, h.Member, []core.CustomerChange{
			{ID: one.ID, Version: 1, Changes: core.Changes{"name": "Uno"}},
			{ID: had.ID, Version: 7, Changes: core.Changes{"name": "Stale"}},
			{ID: 12, Changes: core.Changes{"name": "None"}},
			{ID: had.ID, Changes: core.Changes{"reference": "r-1"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if done[0].Err != nil || done[0].Customer.Version != 2 || !errors.Is(done[1].Err, core.ErrConflict) || !errors.Is(done[2].Err, core.ErrNotFound) {
			t.Errorf("updates: %+v", done)
		}
		if _, ok := errors.AsType[core.Invalid](done[3].Err); !ok {
			t.Errorf("a reference that another has: %v", done[3].Err)
		}

		done, err = h.DeleteCustomers(ctx, h.Member, []int64{one.ID, 12, one.ID})
		if err != nil {
			t.Fatal(err)
		}
		if done[0].Err != nil || !errors.Is(done[1].Err, core.ErrNotFound) || !errors.Is(done[2].Err, core.ErrNotFound) {
			t.Errorf("deletes: %+v", done)
		}
		if _, err := h.CreateCustomers(ctx, h.Member, core.FromWallee, make([]core.Changes, core.MaxMany+1)); err == nil {
			t.Error("too many were taken")
		}
	})
}

func TestAddressesHaveVersionsOfTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Addressee", "billing.city", "Bern")
		if _, err := h.AddAddress(ctx, h.Member, c.ID, core.Changes{"type": "shipping"}); !wrong(err, "address", core.Required) {
			t.Errorf("an empty address: %v", err)
		}
		_, err := h.AddAddress(ctx, h.Member, c.ID, core.Changes{"type": "shipping", "country": "Atlantis", "gender": "X", "city": "Thun"})
		if !wrong(err, "country", core.Unknown) || !wrong(err, "gender", core.Unknown) {
			t.Errorf("a wrong address: %v", err)
		}
		a, err := h.AddAddress(ctx, h.Member, c.ID, core.Changes{"type": "billing", "city": "Thun"})
		if err != nil || a.Version != 1 || a.Default || a.Type != core.Billing {
			t.Fatalf("added %+v, %v", a, err)
		}
		if _, err := h.UpdateAddress(ctx, h.Member, c.ID, a.ID, 2, core.Changes{"city": "Biel"}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		a, err = h.UpdateAddress(ctx, h.Member, c.ID, a.ID, 1, core.Changes{"default": "true"})
		if err != nil || a.Version != 2 || !a.Default {
			t.Fatalf("made the default: %+v, %v", a, err)
		}
		if _, err := h.UpdateAddress(ctx, h.Member, c.ID, a.ID, 0, core.Changes{"city": ""}); !wrong(err, "address", core.Required) {
			t.Errorf("an emptied address: %v", err)
		}
		if err := h.DeleteAddress(ctx, h.Member, c.ID, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.DeleteAddress(ctx, h.Member, c.ID, a.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		c, err = h.Store.Customer(ctx, h.Viewer, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := c.Billing(); !ok || b.City != "Bern" {
			t.Errorf("the default is %+v", b)
		}
	})
}

// wrong reports whether an error says that a field breaks a rule.
func wrong(err error, field string, rule core.Rule) bool {
	bad, _ := errors.AsType[core.Invalid](err)
	f, ok := bad.Field(field)
	return ok && f.Rule == rule
}

func TestCardRecordsPageOverEverybodysOrOnesCards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ann, bob, gone := h.Customer(t, "name", "Ann"), h.Customer(t, "name", "Bob"), h.Customer(t, "name", "Gone")
		first, second := h.Card(t, ann.ID, dbtest.VisaNumber), h.Card(t, ann.ID, dbtest.AmexNumber)
		third := h.Card(t, bob.ID, dbtest.VisaNumber)
		removed := h.Card(t, bob.ID, dbtest.MastercardNumber)
		h.Card(t, gone.ID, dbtest.VisaNumber)
		deleted(t, h, gone)
		if _, err := h.RemoveCard(t.Context(), h.Owner, removed.ID, 0, 0); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			l    core.CardRange
			want []int64
			more bool
		}{
			{"all", core.CardRange{}, []int64{first.ID, second.ID, third.ID}, false},
			{"newest first", core.CardRange{Descending: true, Limit: 2}, []int64{third.ID, second.ID}, true},
			{"after", core.CardRange{Descending: true, After: second.ID}, []int64{first.ID}, false},
			{"offset", core.CardRange{Offset: 1, Limit: 1}, []int64{second.ID}, true},
			{"of one", core.CardRange{Customer: ann.ID}, []int64{first.ID, second.ID}, false},
			{"of one deleted", core.CardRange{Customer: gone.ID}, nil, false},
		} {
			found, err := h.CardRecords(t.Context(), h.Viewer, tt.l)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, c := range found.Items {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, tt.want) || found.More != tt.more {
				t.Errorf("%s: %v, more %v; want %v, %v", tt.name, got, found.More, tt.want, tt.more)
			}
		}
		if n, err := h.CountCards(t.Context(), h.Viewer, 0); n != 3 || err != nil {
			t.Errorf("counted %d, %v; want 3", n, err)
		}
	})
}

// Whoever adds, changes and takes off an address names no version of the
// customer's, which others change meanwhile.
func TestManyWhoChangeOneCustomersAddressesAreAllHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Moving", "shipping.city", "Home")
		const many, each = 6, 6
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() {
				for n := range each {
					a, err := h.AddAddress(t.Context(), h.Owner, c.ID, core.Changes{"type": "shipping", "city": fmt.Sprint("City ", i, n)})
					if err == nil && n > 0 {
						_, err = h.UpdateAddress(t.Context(), h.Owner, c.ID, a.ID, 0, core.Changes{"postcode": "1"})
					}
					if err == nil && n > 0 {
						err = h.DeleteAddress(t.Context(), h.Owner, c.ID, a.ID)
					}
					if err != nil {
						t.Errorf("address %d of %d: %v", n, i, err)
					}
				}
			})
		}
		all.Wait()
		now, err := h.CustomerWith(t.Context(), h.Owner, c.ID, core.WithAddresses)
		if err != nil || len(now.Addresses) != many+1 {
			t.Errorf("%d addresses are left, %v", len(now.Addresses), err)
		}
	})
}

// Of those who make another address the default at once each is heard, and one of
// them last.
func TestManyWhoChooseTheDefaultAddressAreAllHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Moving", "shipping.city", "Home")
		var ids [12]int64
		for i := range ids {
			a, err := h.AddAddress(t.Context(), h.Owner, c.ID, core.Changes{"type": "shipping", "city": fmt.Sprint("City ", i)})
			if err != nil {
				t.Fatal(err)
			}
			ids[i] = a.ID
		}
		var all sync.WaitGroup
		for i, id := range ids {
			all.Go(func() {
				for range 3 {
					if _, err := h.UpdateAddress(t.Context(), h.Owner, c.ID, id, 0, core.Changes{"default": "true"}); err != nil {
						t.Errorf("address %d: %v", i, err)
					}
				}
			})
		}
		all.Wait()
		now, err := h.CustomerWith(t.Context(), h.Owner, c.ID, core.WithAddresses)
		defaults := 0
		for _, a := range now.Addresses {
			if a.Default {
				defaults++
			}
		}
		if err != nil || defaults != 1 {
			t.Errorf("%d are the default, %v", defaults, err)
		}
	})
}
