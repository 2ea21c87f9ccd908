package db_test

import (
	"errors"
	"slices"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestSettingsAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		m, err := h.UpdateMerchant(ctx, h.Owner, h.First.Version, core.Changes{
			"name": "Sonne & Söhne", "zone": "Europe/Vienna", "charge_hour": "7", "refund_limit": "250", "retry_days": "2, 4", "keep_months": "6", "retention": "14",
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.Merchant(ctx, h.Owner)
		if err != nil || got != m || got.RefundLimit != 25000 || got.RetryDays != "2,4" || got.Version != h.First.Version+1 {
			t.Errorf("stored %+v, %v; want %+v", got, err, m)
		}
		if found, _ := h.Merchants(ctx, h.Admin, "sohne", 0, 10); len(found) != 1 {
			t.Errorf("%d merchants are found by the new name", len(found))
		}
		if _, err := h.UpdateMerchant(ctx, h.Owner, h.First.Version, core.Changes{"name": "Late"}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		n := countEvents(t, h)
		if m, err := h.UpdateMerchant(ctx, h.Owner, 0, got.Settings()); err != nil || m.Version != got.Version || countEvents(t, h) != n {
			t.Errorf("no change: version %d, %v", m.Version, err)
		}
		if _, err := h.UpdateMerchant(ctx, h.Owner, 0, core.Changes{"charge_hour": "3"}); rule(err, "charge_hour") != core.Malformed {
			t.Errorf("charge hour 3: %v", err)
		}
	})
}

func TestClosedMerchantIsReadOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		all := map[string]act{}
		for name, do := range writes(t, h) {
			all[name] = do
		}
		for name, do := range manages() {
			all[name] = do
		}
		for _, name := range []string{"CreateApplicationUser", "UpdateMerchant"} {
			all[name] = installs()[name]
		}
		c := readMe(t, h)
		if _, err := teamView(ctx, h, h.Owner); err != nil {
			t.Fatal(err)
		}
		open, err := h.Merchant(ctx, h.Admin)
		if err != nil {
			t.Fatal(err)
		}
		program, _, err := h.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.CloseMerchant(ctx, h.Admin, open.Version); err != nil {
			t.Fatal(err)
		}
		if err := h.RevokeApplicationUser(ctx, h.Member, program.ID); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a member revokes: %v", err)
		}
		if err := h.RevokeApplicationUser(ctx, h.Owner, program.ID); err != nil {
			t.Errorf("an owner revokes: %v", err)
		}
		for name, do := range all {
			err := do(ctx, h, h.Owner)
			if want := !slices.Contains([]string{"EndUserSessions", "DeactivateUser"}, name); errors.Is(err, core.ErrClosed) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		made := chargeReads() // these make what they read, and so do two more
		made["CompareCustomers"], made["Duplicates"] = reads()["CompareCustomers"], reads()["Duplicates"]
		for name, do := range reads() {
			if made[name] != nil {
				continue
			}
			if n, err := do(ctx, h, h.Auditor, c); n == 0 || err != nil {
				t.Errorf("%s tells of %d, %v", name, n, err)
			}
		}
		if err := h.EnterMerchant(ctx, h.Agent); err != nil {
			t.Errorf("enter: %v", err)
		}
		if _, err := h.CreateLink(ctx, h.Admin, h.Owner.ID, core.SignInLink); err != nil {
			t.Errorf("a link to sign in and read: %v", err)
		}
		if _, err := h.CreateCustomer(ctx, h.Other, core.FromPage, core.Changes{"name": "Elsewhere"}); err != nil {
			t.Errorf("another merchant: %v", err)
		}
		if err := h.ReopenMerchant(ctx, h.Admin, open.Version); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale reopening: %v", err)
		}
		if err := h.ReopenMerchant(ctx, h.Admin, open.Version+1); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UpdateCustomer(ctx, h.Member, c.ID, 0, core.Changes{"name": "Changed"}); err != nil {
			t.Errorf("after reopening: %v", err)
		}
	})
}

func TestOnlyEmptyMerchantsAreDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		if err := h.DeleteMerchant(ctx, h.Admin, 0); !errors.Is(err, core.ErrConflict) {
			t.Errorf("one with people: %v", err)
		}
		m, err := h.CreateMerchant(ctx, h.Admin, core.Merchant{Name: "Mistake", Country: "DE", Currency: "EUR", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		by := h.Admin.In(m.ID)
		c := h.CustomerOf(t, by, "name", "Somebody")
		if err := h.DeleteCustomer(ctx, by, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		if got, err := h.MerchantHoldings(ctx, by); err != nil || got != (core.Holdings{Customers: 1}) {
			t.Errorf("holds %+v, %v", got, err)
		}
		if err := h.DeleteMerchant(ctx, by, 0); !errors.Is(err, core.ErrConflict) {
			t.Errorf("one with a deleted customer: %v", err)
		}
		if _, err := h.MerchantHoldings(ctx, h.Owner); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner asks: %v", err)
		}

		empty, err := h.CreateMerchant(ctx, h.Admin, core.Merchant{Name: "Empty", Country: "DE", Currency: "EUR", Zone: "UTC"})
		if err != nil {
			t.Fatal(err)
		}
		now := h.Clock.Now()
		standing := core.Session{User: core.User{ID: h.Agent.ID}, Merchant: empty.ID, CreatedAt: now, SeenAt: now}
		if err := h.AddSession(ctx, []byte("stands there"), standing); err != nil {
			t.Fatal(err)
		}
		if err := h.DeleteMerchant(ctx, h.Admin.In(empty.ID), 7); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale deletion: %v", err)
		}
		if err := h.DeleteMerchant(ctx, h.Admin.In(empty.ID), empty.Version); err != nil {
			t.Fatal(err)
		}
		if s, err := h.Session(ctx, []byte("stands there")); err != nil || s.Merchant != 0 {
			t.Errorf("who stood there stands in %d, %v", s.Merchant, err)
		}
		next, err := h.CreateMerchant(ctx, h.Admin, core.Merchant{Name: "Next", Country: "DE", Currency: "EUR", Zone: "UTC"})
		if err != nil || next.ID != empty.ID+1 {
			t.Errorf("the next is %d, %v; want %d", next.ID, err, empty.ID+1)
		}
	})
}
