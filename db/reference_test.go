package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestCustomersAreCountedAnewWhenSomethingHappened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.SetFewCustomers(2)
		count := func(by core.Actor, want int) {
			t.Helper()
			for range 2 { // the second is remembered
				if n, err := h.CountCustomers(t.Context(), by, core.Query{}); err != nil || n != want {
					t.Errorf("counted %d, %v, want %d", n, err, want)
				}
			}
		}
		var last core.Customer
		for i := range 5 {
			last = h.Customer(t, "name", fmt.Sprint("Customer ", i))
		}
		count(h.Owner, 5)
		count(h.Other.In(h.Second.ID), 0)
		h.Customer(t, "name", "Another")
		count(h.Owner, 6)
		if err := h.DeleteCustomer(t.Context(), h.Owner, last.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		count(h.Owner, 5)
		q, _ := core.ParseQuery("name:Another", core.CustomerFields, time.UTC)
		if n, err := h.CountCustomers(t.Context(), h.Owner, q); err != nil || n != 1 {
			t.Errorf("of a name: %d, %v", n, err)
		}
	})
}

func TestCustomerIsFoundByTheExactReference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Ana", "reference", "Ab-1")
		for reference, found := range map[string]bool{"Ab-1": true, "ab-1": false, "": false} {
			got, err := h.CustomerByReference(t.Context(), h.Viewer, reference)
			if found != (err == nil && got.ID == c.ID) {
				t.Errorf("%q: %d, %v", reference, got.ID, err)
			}
		}
		if err := h.DeleteCustomer(t.Context(), h.Owner, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.CustomerByReference(t.Context(), h.Owner, "Ab-1"); err == nil {
			t.Error("a deleted customer keeps its reference")
		}
	})
}

// A program that knows its customers by its own IDs does not hear of a merge: what
// it says of either is of the one that stays, and makes no second customer again.
func TestTheReferenceOfOneWhoWasMergedNamesTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		enrol(t, h, "goes", "first_name", "Ann", "last_name", "Ek")
		goes, err := h.CustomerByReference(ctx, h.Owner, "goes")
		if err != nil {
			t.Fatal(err)
		}
		sub := h.Subscription(t, goes, h.Plan(t, "Daily bread", 990))
		stays := h.Customer(t, "first_name", "Ann", "last_name", "Eck", "reference", "stays")
		if _, err := h.MergeCustomers(ctx, h.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		if c, err := h.CustomerByReference(ctx, h.Viewer, "goes"); err != nil || c.ID != stays.ID {
			t.Errorf("it names %d, %v", c.ID, err)
		}
		if r := enrol(t, h, "goes", "last_name", "Ek"); r.Err != nil || r.New || r.Enrolled.Customer.ID != stays.ID || r.Enrolled.Customer.Reference != "stays" {
			t.Errorf("enrolled is %+v", r)
		}
		e, err := h.EnrolledCustomer(ctx, h.Viewer, core.PersonEnrolled, "goes")
		if err != nil || e.Customer.ID != stays.ID || e.Customer.LastName != "Ek" {
			t.Errorf("read is %+v, %v", e, err)
		}
		if _, err := h.EnrolledCustomer(ctx, h.Viewer, core.CompanyEnrolled, "goes"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("as a company: %v", err)
		}
		of := core.Query{Expr: core.Compare{Field: core.FieldCustomer, Op: core.OpEqual, Values: []core.Value{{Number: goes.ID}}}}
		found, err := h.SubscriptionRecords(ctx, h.Viewer, core.Range{Query: of})
		if err != nil || len(found.Items) != 1 || found.Items[0].ID != sub.ID {
			t.Errorf("its ID finds subscriptions %+v, %v", found.Items, err)
		}
		if err := h.EndEnrolment(ctx, h.Owner, core.PersonEnrolled, "goes"); err != nil {
			t.Error(err)
		}
		if _, err := h.EnrolledCustomer(ctx, h.Viewer, core.PersonEnrolled, "stays"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("ended, it is enrolled still: %v", err)
		}
		if _, err := h.CustomerByReference(ctx, h.Other.In(h.Second.ID), "goes"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("for another merchant: %v", err)
		}
		taker := h.Customer(t, "name", "Taker", "reference", "goes") // it is free
		if c, err := h.CustomerByReference(ctx, h.Viewer, "goes"); err != nil || c.ID != taker.ID {
			t.Errorf("taken, it names %d, %v", c.ID, err)
		}
	})
}

// PostgreSQL refuses to compare with a NUL or with what is not UTF-8.
func TestNothingIsFoundByWhatIsNoText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		for _, text := range []string{"a\x00b", "a\xff"} {
			if _, err := h.CustomerByReference(t.Context(), h.Owner, text); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("a customer by %q: %v", text, err)
			}
			if found, err := h.Find(t.Context(), h.Owner, text); len(found) > 0 || err != nil && !errors.Is(err, core.ErrNotFound) {
				t.Errorf("anything by %q: %v, %v", text, found, err)
			}
			if _, err := h.SignIn(t.Context(), text, "a long password", "192.0.2.1"); !errors.Is(err, core.ErrForbidden) && !errors.Is(err, core.ErrNotFound) {
				t.Errorf("signing in as %q: %v", text, err)
			}
		}
	})
}
