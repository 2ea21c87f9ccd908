package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestCustomerIsStoredAsGiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		made := h.Customer(t,
			"first_name", "Amara", "last_name", "Begić", "email", "amara.begic@example.com", "phone", "033 123 456",
			"reference", "cust-10519", "company", "Bäckerei Sonne", "language", "bs-BA", "currency", "BAM",
			"date_of_birth", "1990-02-28", "bcc", "a@example.com, b@example.com", "metadata.tier", `"gold"`, "metadata.visits", "12",
			"billing.street", "Titova 1", "billing.city", "Sarajevo", "billing.postcode", "71000", "billing.country", "Bosnia and Herzegovina",
			"shipping.street", "Zmaja od Bosne 4", "shipping.city", "Sarajevo", "shipping.country", "BA")
		got, err := h.Store.Customer(ctx, h.Viewer, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(made, got); diff != "" {
			t.Errorf("returned and read differ:\n%s", diff)
		}
		if got.Version != 1 || got.UUID == "" || len(got.LookupID) != 10 || got.PhoneE164 != "+38733123456" {
			t.Errorf("version %d, uuid %q, lookup ID %q, phone %q", got.Version, got.UUID, got.LookupID, got.PhoneE164)
		}
		billing, _ := got.Billing()
		if billing.Country != "BA" || billing.CountryText != "Bosnia and Herzegovina" || billing.Type != core.Billing {
			t.Errorf("billing address %+v", billing)
		}
		if shipping, _ := got.Shipping(); shipping.Street != "Zmaja od Bosne 4" || got.ShippingIsBilling() {
			t.Errorf("shipping address %+v", shipping)
		}
	})
}

func TestUpdateRefusesStaleVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Bo Ek", "email", "bo@example.com")
		c, err := h.UpdateCustomer(ctx, h.Member, c.ID, 1, core.Changes{"email": "bo.ek@example.com"})
		if err != nil || c.Version != 2 || c.Name != "Bo Ek" || c.Email != "bo.ek@example.com" {
			t.Fatalf("%+v, %v", c, err)
		}
		if _, err := h.UpdateCustomer(ctx, h.Member, c.ID, 1, core.Changes{"company": "Ek"}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("stale: %v, want ErrConflict", err)
		}
		same, err := h.UpdateCustomer(ctx, h.Member, c.ID, 2, core.Changes{"email": "bo.ek@example.com"})
		if err != nil || same.Version != 2 {
			t.Errorf("no change: version %d, %v", same.Version, err)
		}
		then, since, err := h.CustomerAt(ctx, h.Member, c.ID, 1)
		if err != nil || then.Email != "bo@example.com" || len(since) != 1 || since[0].Actor.Name != "Member Person" {
			t.Errorf("at version 1: %q, %+v, %v", then.Email, since, err)
		}
	})
}

func TestFaultsComeAllAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.Customer(t, "name", "First", "reference", "r-1")
		_, err := h.CreateCustomer(t.Context(), h.Owner, core.FromPage, core.Changes{
			"reference": "r-1", "email": "nobody", "currency": "XXQ", "billing.country": "Atlantis",
			"metadata.note": `"4111 1111 1111 1111"`, "date_of_birth": "1990-02-30",
		})
		var bad core.Invalid
		if !errors.As(err, &bad) {
			t.Fatal(err)
		}
		got := map[string]core.Rule{}
		for _, f := range bad {
			got[f.Field] = f.Rule
		}
		want := map[string]core.Rule{
			"reference": core.Taken, "email": core.Malformed, "currency": core.Unknown, "billing.country": core.Unknown,
			"metadata.note": core.CardText, "date_of_birth": core.Malformed,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeleteAndRestore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jane Doe", "reference", "r-1")
		var bad core.Invalid
		for reason, rule := range map[string]core.Rule{
			strings.Repeat("ж", core.MaxReason+1): core.TooLong, "a\x00b": core.Control, "a\xffb": core.Control, "4111 1111 1111 1111": core.CardText,
		} {
			if err := h.DeleteCustomer(ctx, h.Member, c.ID, 1, reason); !errors.As(err, &bad) || bad[0].Rule != rule {
				t.Errorf("deleted for %.20q: %v", reason, err)
			}
		}
		if err := h.DeleteCustomer(ctx, h.Member, c.ID, 1, strings.Repeat("ж", core.MaxReason)); err != nil {
			t.Fatal(err)
		}
		if err := h.DeleteCustomer(ctx, h.Member, c.ID, 0, ""); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		if _, err := h.UpdateCustomer(ctx, h.Member, c.ID, 0, core.Changes{"name": "X"}); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("edited while deleted: %v", err)
		}
		if got := titles(t, h, core.List{}); len(got) != 0 {
			t.Errorf("listed: %v", got)
		}
		if got := titles(t, h, core.List{Deleted: true}); len(got) != 1 {
			t.Errorf("deleted: %v", got)
		}
		h.Customer(t, "name", "Jane II", "reference", "r-1") // the reference is free at once
		if err := h.RestoreCustomer(ctx, h.Member, c.ID, core.KeepReference); !errors.As(err, &bad) {
			t.Fatalf("restored over a taken reference: %v", err)
		}
		if err := h.RestoreCustomer(ctx, h.Member, c.ID, core.GiveUpReference); err != nil {
			t.Fatal(err)
		}
		got, err := h.Store.Customer(ctx, h.Member, c.ID)
		if err != nil || !got.Living() || got.Reference != "" {
			t.Errorf("restored: %+v, %v", got, err)
		}
	})
}

func TestUndoEditKeepsWhatChangedSince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "first_name", "Ana", "last_name", "Kos", "email", "ana@example.com", "billing.city", "Ljubljana", "metadata.tier", `"gold"`)
		steps := []core.Changes{
			{"email": "ana.kos@example.com", "company": "Kos d.o.o.", "metadata.tier": "", "address." + itoa(c.Addresses[0].ID): ""},
			{"company": "Kos & Co."},
		}
		for _, ch := range steps {
			if _, err := h.UpdateCustomer(ctx, h.Member, c.ID, 0, ch); err != nil {
				t.Fatal(err)
			}
		}
		line, err := h.CustomerEvents(ctx, h.Viewer, c.ID, 0, 10)
		if err != nil || len(line.Events) != 3 {
			t.Fatalf("%d events, %v", len(line.Events), err)
		}
		edit := line.Events[1]
		kept, err := h.Undo(ctx, h.Member, edit.ID)
		if err != nil || cmp.Diff(kept, []string{"company"}) != "" {
			t.Fatalf("kept %v, %v", kept, err)
		}
		got, err := h.Store.Customer(ctx, h.Member, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		tier, _ := got.Meta("tier")
		if got.Email != "ana@example.com" || got.Company != "Kos & Co." || tier.Text() != "gold" || len(got.Addresses) != 1 || got.Addresses[0].City != "Ljubljana" {
			t.Errorf("after undo: %+v", got)
		}
		if _, err := h.Undo(ctx, h.Member, edit.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("undone twice: %v", err)
		}
		if line, err = h.CustomerEvents(ctx, h.Viewer, c.ID, 0, 10); err != nil || !line.Undone[edit.ID] {
			t.Errorf("the timeline does not know: %v", err)
		}
	})
}

func TestNotesAmongStaffStayThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Bo")
		if _, err := h.AddNote(ctx, h.Agent, c.ID, core.Note{Text: "likely fraud", StaffOnly: true}); err != nil {
			t.Fatal(err)
		}
		open, err := h.AddNote(ctx, h.Member, c.ID, core.Note{Text: "prefers e-mail", Pinned: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddNote(ctx, h.Member, c.ID, core.Note{Text: "x", StaffOnly: true}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a member's note among staff: %v", err)
		}
		for _, tt := range []struct {
			by   core.Actor
			want int
		}{{h.Owner, 1}, {h.Auditor, 2}} {
			notes, err := h.Notes(ctx, tt.by, c.ID)
			if err != nil || len(notes) != tt.want || notes[0].ID != open.ID {
				t.Errorf("%s sees %+v, %v", tt.by.Name, notes, err)
			}
			line, err := h.CustomerEvents(ctx, tt.by, c.ID, 0, 10)
			if err != nil || len(line.Events) != tt.want+1 {
				t.Errorf("%s sees %d events, %v", tt.by.Name, len(line.Events), err)
			}
			q, err := core.ParseQuery("note:fraud", core.CustomerFields, nil)
			if err != nil {
				t.Fatal(err)
			}
			found, err := h.Customers(ctx, tt.by, core.List{Query: q})
			if err != nil || len(found.Items) != tt.want-1 {
				t.Errorf("%s finds %d by the note, %v", tt.by.Name, len(found.Items), err)
			}
		}
		event, err := h.DeleteNote(ctx, h.Member, open.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Undo(ctx, h.Member, event); err != nil {
			t.Fatal(err)
		}
		if notes, err := h.Notes(ctx, h.Owner, c.ID); err != nil || len(notes) != 1 {
			t.Errorf("after undo: %+v, %v", notes, err)
		}
	})
}

// What a customer is found by is derived when it is saved: it must be the same
// however its fields came about.
func TestSavedCustomerIsFoundAsIfMadeAnew(t *testing.T) {
	fields := []string{
		"first_name", "Amara", "last_name", "Begić", "email", "amara@example.com", "phone", "033 123 456", "company", "Bäckerei Sonne",
		"custom_id", "by the door", "organisation_number", "NO 123", "description", "prefers tea",
		"billing.city", "Sarajevo", "billing.postcode", "71000", "billing.country", "BA",
	}
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		anew := h.Customer(t, fields...)
		changed := h.Customer(t, "name", "Another Name", "email", "other@example.com", "company", "Other", "billing.city", "Oslo", "billing.country", "NO")
		for i := 0; i < len(fields); i += 2 { // one after the other
			if _, err := h.UpdateCustomer(t.Context(), h.Owner, changed.ID, 0, core.Changes{fields[i]: fields[i+1]}); err != nil {
				t.Fatal(err)
			}
		}
		want, got := h.Columns(t, anew.ID), h.Columns(t, changed.ID)
		for _, own := range []string{"id", "version", "created_at", "updated_at"} {
			delete(want, own)
			delete(got, own)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("made anew and changed differ:\n%s", diff)
		}
	})
}

// PostgreSQL runs the changes side by side, and each again that another came
// before.
func TestManyWhoChangeOneCustomerAreAllHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Popular")
		const many, each = core.MaxMetadata, 12
		var all sync.WaitGroup
		for i := range many {
			all.Go(func() {
				key := fmt.Sprint("metadata.key", i)
				for n := range each {
					if _, err := h.UpdateCustomer(t.Context(), h.Owner, c.ID, 0, core.Changes{key: fmt.Sprint(n)}); err != nil {
						t.Errorf("%s: %v", key, err)
					}
				}
			})
		}
		all.Wait()
		if now, err := h.CustomerWith(t.Context(), h.Owner, c.ID, core.WithMetadata); err != nil || len(now.Metadata) != many || now.Version != c.Version+many*each {
			t.Errorf("%d entries, version %d, %v", len(now.Metadata), now.Version, err)
		}
	})
}
