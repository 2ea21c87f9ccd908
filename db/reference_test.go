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
