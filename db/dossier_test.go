package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestDossierHasEveryText fills every text of a customer with its own canary
// and sees that the dossier leaves none out but those it need not tell.
func TestDossierHasEveryText(t *testing.T) {
	untold := []string{
		"cards.token", "cards.fingerprint", "cards.request", "cards.addition", "cards.expires", "channels.sealed", "channels.fingerprint",
		"subscriptions.start_key", "charges.request", "refunds.request", "refunds.note", "channels.mandate_signed", "mails.bcc", "notes.author_kind",
		"customers.city", "customers.country", // the billing address's
	}
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		c := h.Customer(t, "name", "Jane Doe", "email", "jane@example.com", "billing.city", "Oslo", "metadata.tier", `"gold"`)
		c, err := h.UpdateCustomer(t.Context(), h.Owner, c.ID, 0, core.Changes{"name": "Jane D."})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddNote(t.Context(), h.Owner, c.ID, core.Note{Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		schema := h.Schema(t)
		fill(t, h, c, schema)
		want := map[string]string{}
		for i, col := range schema {
			of := slices.ContainsFunc(schema, func(o dbtest.Column) bool { return o.Table == col.Table && o.Name == "customer_id" })
			if !(of || col.Table == "customers") || !(col.Text || col.Bytes) || staysWith(col) || slices.Contains(untold, col.String()) ||
				strings.HasSuffix(col.Name, "_key") || col.Name == "search" || col.Name == "phone_e164" || slices.Contains(asJSON, col.String()) {
				continue
			}
			text := fmt.Sprintf("canary-%d-end", i)
			h.FillText(t, col, schema, c.ID, text)
			want[col.String()] = text
		}
		h.FillText(t, dbtest.Column{Table: "metadata", Name: "value"}, schema, c.ID, `"`+want["metadata.value"]+`"`)
		if len(want) < 50 {
			t.Fatalf("only %d texts", len(want))
		}
		d, err := h.TakeOut(t.Context(), h.Owner, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		data, err := d.JSON()
		if err != nil || !json.Valid(data) {
			t.Fatalf("%v: %s", err, data)
		}
		for name, text := range want {
			if !strings.Contains(string(data), text) {
				t.Errorf("%s is not told of", name)
			}
		}
		var read struct {
			Customer map[string]string
			Events   []map[string]string
		}
		if err := json.Unmarshal(data, &read); err != nil || read.Customer["id"] != itoa(c.ID) || len(read.Events) < 3 {
			t.Errorf("read %+v, %v", read, err)
		}
	})
}

func TestDossierKeepsNotesAmongStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jane Doe")
		n, err := h.AddNote(ctx, h.Agent, c.ID, core.Note{Text: "among us", StaffOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.DeleteNote(ctx, h.Agent, n.ID); err != nil {
			t.Fatal(err)
		}
		for by, sees := range map[core.Actor]bool{h.Owner: false, h.Admin: true} {
			d, err := h.Dossier(ctx, by, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			data, err := d.JSON()
			if err != nil || strings.Contains(string(data), "among us") != sees || strings.Contains(string(data), "note.created") != sees {
				t.Errorf("%s gets %s, %v", by.Role, data, err)
			}
		}
		for _, by := range []core.Actor{h.Member, h.Agent, h.Viewer, h.Other} {
			if _, err := h.Dossier(ctx, by, c.ID); !refused(err) {
				t.Errorf("%s: %v", by.Role, err)
			}
			if _, err := h.Holds(ctx, by, c.ID); !refused(err) {
				t.Errorf("%s: %v", by.Role, err)
			}
		}
		if _, err := h.Dossier(ctx, h.Owner, 1); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}
