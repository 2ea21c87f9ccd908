package db_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// canary is a word that is nowhere by itself. Its last letter is in no other
// text, so that parts of it are found too.
const canary = "qwzx鿃鿄鿅"

const lastOfCanary = "鿅"

// kept are the texts that stay when a customer is erased, and why; under the
// table's name where that is so of all of its texts.
var kept = map[string]string{
	"migrations": "names of files of ours", "merchants": "the merchant's own", "plans": "the merchant's own",
	"users": "who works here", "links": "who works here", "throttles": "who works here",
	"sessions.key_hash": "no text", "sessions.agent": "who works here", "sessions.origin": "who works here", "sessions.notes": "who works here",
	"keysets": "sealed", "application_users": "programs", "api_tokens": "programs", "api_calls": "sealed, for a day",
	"refused_calls.api": "one of five", "refused_calls.method": "of HTTP", "refused_calls.origin": "a program's",
	"events":    "the record of acts: whose, what and when, and the names of fields",
	"jobs.kind": "a kind", "jobs.state": "a state", "jobs.actor_kind": "who works here", "jobs.actor": "who works here",
	"jobs.role": "who works here", "jobs.origin": "who works here",
	"charges.source": "through what it came", "charges.status": "a state", "charges.reason": "one of the processor's", "charges.currency": "money",
	"charges.period_from": "a day of payments", "charges.period_to": "a day of payments", "attempts": "the books",
	"refunds.key": "the books", "refunds.state": "a state", "refunds.reason": "one of the processor's", "refunds.currency": "money",
	"refunds.actor_kind": "who works here", "refunds.actor": "who works here", "refunds.reference": "the books",
	"tokens.state": "a state",
	"run_notes":    "of runs", "run_sums": "money", "worker_clock": "of runs", "forecasts": "days, money and IDs",
	"merged_rows":    "names of columns",
	"addresses.type": "one of three", "enrolments.kind": "one of two", "channels.type": "one of three", "customers.source": "through what the customer came",
	"saved_views.sort": "one of the orders",
	"mails.object":     "a kind", "mails.kind": "a kind", "mails.from_name": "the merchant's own", "mails.state": "a state", "mails.trouble": "one of ours",
	"subscriptions.source": "through what it came", "subscriptions.status": "a state", "subscriptions.currency": "money",
	"subscriptions.frequency": "how often", "subscriptions.anchor": "a day of payments",
}

// chosen are values for columns that take only some.
var chosen = map[string]any{
	"addresses.type": "both", "enrolments.kind": "person", "channels.type": "wallet", "plans.frequency": "month", "subscriptions.frequency": "month",
	"subscriptions.status": "active", "subscriptions.anchor": "2026-11-21", "subscriptions.currency": "EUR", "mails.state": "queued", "application_users.role": "member", "tokens.state": "active", "jobs.kind": "import", "jobs.state": "draft", "charges.status": "paid", "attempts.state": "succeeded", "refunds.state": "succeeded", "sessions.key_hash": []byte("key"),
}

// asJSON are the columns whose text is JSON.
var asJSON = []string{"event_values.was", "event_values.became", "mails.details", "jobs.task", "jobs.report", "job_refusals.row"}

func staysWith(c dbtest.Column) bool { return kept[c.Table] != "" || kept[c.String()] != "" }

// fill puts a row into each table that may hold something of a customer and
// has none, and the canary into every text of all of them.
func fill(t *testing.T, h *dbtest.House, c core.Customer, schema []dbtest.Column) {
	t.Helper()
	values := map[string]any{"customer_id": c.ID, "merchant_id": h.First.ID, "user_id": h.Owner.ID, "merges.loser_id": c.ID, "merges.winner_id": c.ID}
	for name, v := range chosen {
		values[name] = v
	}
	event := h.Count(t, fmt.Sprintf("SELECT MIN(id) FROM events WHERE customer_id = %d", c.ID))
	values["event_id"], values["loser_event_id"] = event, event
	var empty []string
	for _, col := range schema {
		if (col.Text || col.Bytes) && !slices.Contains(empty, col.Table) && h.Count(t, "SELECT COUNT(*) FROM "+col.Table) == 0 {
			empty = append(empty, col.Table)
		}
	}
	for len(empty) > 0 {
		var left []string
		var err error
		for _, table := range empty {
			if failed := h.FillTable(t, table, schema, values); failed != nil {
				left, err = append(left, table), fmt.Errorf("fill %s, perhaps with a value in chosen: %w", table, failed)
			}
		}
		if len(left) == len(empty) {
			if slices.ContainsFunc(left, func(table string) bool { return kept[table] == "" }) {
				t.Fatal(err)
			}
			break
		}
		empty = left
	}
	for _, col := range schema {
		if !(col.Text || col.Bytes) || staysWith(col) {
			continue
		}
		var v any = canary
		if slices.Contains(asJSON, col.String()) {
			v = `{"name":"` + canary + `"}`
		} else if col.Bytes {
			v = []byte(canary)
		}
		h.FillText(t, col, schema, c.ID, v)
		if h.CountText(t, col, canary) == 0 {
			t.Errorf("%s could not be filled", col)
		}
	}
}

// TestErasingLeavesNoCanary fills every text there is of a customer with a
// canary, whatever table it is in, and looks for it in every table and file
// after the customer was erased.
func TestErasingLeavesNoCanary(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jane "+canary, "email", "jane@example.com", "reference", "r-"+canary, "billing.city", canary, "metadata.tier", `"`+canary+`"`)
		c, err := h.UpdateCustomer(ctx, h.Owner, c.ID, 0, core.Changes{"name": canary + " again"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddNote(ctx, h.Agent, c.ID, core.Note{Text: canary, StaffOnly: true}); err != nil {
			t.Fatal(err)
		}
		other := h.Customer(t, "name", "Somebody Else", "email", "else@example.com")
		schema := h.Schema(t)
		fill(t, h, c, schema)
		before, books := h.Rows(t, "events", "id"), map[string]int{}
		for _, col := range schema {
			if slices.Contains([]string{"charges", "attempts", "refunds", "subscriptions", "mails"}, col.Table) {
				books[col.Table] = h.Count(t, "SELECT COUNT(*) FROM "+col.Table)
			}
		}
		if err := h.EraseCustomer(ctx, h.Owner, c.ID, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.Scrub(ctx); err != nil {
			t.Fatal(err)
		}

		for _, col := range schema {
			if n := 0; (col.Text || col.Bytes) && !staysWith(col) {
				if n = h.CountText(t, col, lastOfCanary); n > 0 {
					t.Errorf("%s has %d canaries: take them away in erase.go, or say above why they stay", col, n)
				}
			}
		}
		if !h.Postgres {
			if n := h.Count(t, "SELECT COUNT(*) FROM erasures WHERE scrubbed_at = 0"); n > 0 {
				t.Error("the files are not rid of it")
			}
			for _, name := range []string{h.DSN, h.DSN + "-wal"} {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(data, []byte(lastOfCanary)) {
					t.Errorf("%s has a canary", name)
				}
			}
		}
		after := h.Rows(t, "events", "id")
		if len(after) <= len(before) || !slices.Equal(after[:len(before)], before) {
			t.Errorf("the record of acts was changed: %d events became %d", len(before), len(after))
		}
		for table, n := range books {
			if got := h.Count(t, "SELECT COUNT(*) FROM "+table); got != n {
				t.Errorf("of %d %s there are %d", n, table, got)
			}
		}
		if now, err := h.Store.Customer(ctx, h.Owner, other.ID); err != nil || now.Name != other.Name || now.Version != other.Version {
			t.Errorf("somebody else is %+v, %v", now, err)
		}
	})
}

func TestErasedCustomerIsAStub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jane Doe", "email", "jane@example.com", "reference", "r-1")
		if err := h.EraseCustomer(ctx, h.Owner, c.ID, 7); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a version that is not the customer's: %v", err)
		}
		if err := h.EraseCustomer(ctx, h.Owner, c.ID, c.Version); err != nil {
			t.Fatal(err)
		}
		now, err := h.Store.Customer(ctx, h.Owner, c.ID)
		if err != nil || !now.Erased() || now.Living() || len(now.Fields()) > 0 {
			t.Errorf("is %+v, %v", now, err)
		}
		line, err := h.CustomerEvents(ctx, h.Owner, c.ID, 0, 10)
		if err != nil || len(line.Events) != 3 || line.Events[0].Action != core.CustomerErased {
			t.Errorf("the timeline is %+v, %v", line.Events, err)
		}
		for name, err := range map[string]error{
			"erase again": h.EraseCustomer(ctx, h.Owner, c.ID, 0),
			"restore":     h.RestoreCustomer(ctx, h.Owner, c.ID, core.KeepReference),
			"delete":      h.DeleteCustomer(ctx, h.Owner, c.ID, 0, ""),
			"undo":        func() error { _, err := h.Undo(ctx, h.Owner, line.Events[1].ID); return err }(),
			"edit":        func() error { _, err := h.UpdateCustomer(ctx, h.Owner, c.ID, 0, core.Changes{"name": "X"}); return err }(),
		} {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, l := range []core.List{{}, {Deleted: true}} {
			if page, err := h.Customers(ctx, h.Owner, l); err != nil || len(page.Items) > 0 {
				t.Errorf("is on a list: %+v, %v", page.Items, err)
			}
		}
		h.Customer(t, "name", "Another", "reference", "r-1") // is free again
	})
}

func TestErasingTakesThoseMergedAlong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		w, l := h.Customer(t, "name", "Jane Doe"), h.Customer(t, "name", "J. Doe", "email", "j@example.com")
		if _, err := h.MergeCustomers(ctx, h.Owner, w.ID, l.ID, core.MergeVersions{}, core.Take{}); err != nil {
			t.Fatal(err)
		}
		if err := h.EraseCustomer(ctx, h.Owner, l.ID, 0); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("erased a part alone: %v", err)
		}
		h.Clock.Advance(100 * 24 * time.Hour)
		if n, err := h.EraseExpired(ctx); n != 0 || err != nil {
			t.Errorf("the worker erased %d parts, %v", n, err)
		}
		if err := h.EraseCustomer(ctx, h.Owner, w.ID, 0); err != nil {
			t.Fatal(err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM customers WHERE email <> '' OR name <> ''"); n != 0 {
			t.Errorf("%d have a name yet", n)
		}
	})
}

func TestErasingForgetsNamesElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jane Møller", "email", "jane@example.com", "phone", "+49 30 901820")
		v, err := h.CreateView(ctx, h.Owner, core.View{Name: "About JANE@example.com", Query: `email:Jane@Example.com city:Oslo`, Team: true})
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := h.CreateView(ctx, h.Other, core.View{Name: "Mine", Query: `email:jane@example.com`})
		if err != nil {
			t.Fatal(err)
		}
		key, err := session(ctx, h, h.Member)
		if err != nil {
			t.Fatal(err)
		}
		h.FillText(t, dbtest.Column{Table: "sessions", Name: "held"}, nil, c.ID, []byte(fmt.Sprintf(`{"path":"/m/1/customers/%d/edit","form":{}}`, c.ID)))
		err = h.FillTable(t, "tokens", h.Schema(t), map[string]any{"card_id": nil, "state": "active", "email": "Jane@example.com", "external_id": "x-1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.EraseCustomer(ctx, h.Owner, c.ID, 0); err != nil {
			t.Fatal(err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM tokens WHERE email <> '' OR external_id <> ''"); n > 0 {
			t.Error("a token names it yet")
		}
		views, err := h.Views(ctx, h.Owner)
		if err != nil || len(views) != 1 || views[0].ID != v.ID || views[0].Query != "email:erased city:Oslo" || views[0].Name != "About erased" {
			t.Errorf("views %+v, %v", views, err)
		}
		if views, err := h.Views(ctx, h.Other); err != nil || len(views) != 1 || views[0].Query != theirs.Query {
			t.Errorf("another merchant's views %+v, %v", views, err)
		}
		s, err := h.Session(ctx, key)
		if err != nil || len(s.Held) > 0 {
			t.Errorf("a held save is there yet: %q, %v", s.Held, err)
		}
		page, err := h.Activity(ctx, h.Owner, core.ActivityList{Merchant: h.First.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			if s := fmt.Sprint(e.From, e.To); strings.Contains(strings.ToLower(s), "jane") {
				t.Errorf("%s says %s", e.Action, s)
			}
		}
	})
}

// What is nobody's own stays as it is where it names others, or nobody.
func TestErasingKeepsWhatOnlyLooksLikeAName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Jo Lee", "email", "jo@example.com", "reference", "2026")
		for _, v := range []core.View{
			{Name: "Since 2026-01", Query: `created:>=2026-01-01 -reference:12026 email:banjo@example.com`},
			{Name: "Of jo@example.com", Query: `reference:2026 OR "jo lee" OR email:jo@example.com`},
			{Name: "Of Jo Lee", Query: `name:"Jo Leeds"`},
		} {
			v.Team = true
			if _, err := h.CreateView(ctx, h.Owner, v); err != nil {
				t.Fatal(err)
			}
		}
		uploads := map[string]core.JobState{
			"email\nbanjo@example.com\n":                  core.JobDraft,
			"email\njo@example.com\n":                     core.JobStopped,
			"{\"description\":\"Is\\njo@example.com\"}\n": core.JobStopped,
			"{\"email\":\"\\u006ao@example.com\"}\n":      core.JobStopped,
			"\xff\xfee\x00m\x00a\x00i\x00l\x00,\x00r\x00\n\x00x\x00,\x00" + utf16("jo@example.com\n"): core.JobStopped,
		}
		jobs := map[string]int64{}
		for text := range uploads {
			j, err := h.UploadImport(ctx, h.Owner, "people.csv", strings.NewReader(text))
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			jobs[text] = j.ID
		}
		if err := h.EraseCustomer(ctx, h.Owner, c.ID, 0); err != nil {
			t.Fatal(err)
		}
		views, err := h.Views(ctx, h.Owner)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, v := range views {
			got[v.Name] = v.Query
		}
		want := map[string]string{
			"Since 2026-01": `created:>=2026-01-01 -reference:12026 email:banjo@example.com`,
			"Of erased":     `reference:erased OR "erased" OR email:erased`,
			"Of erased 2":   `name:"Jo Leeds"`, // each has a name of its own
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for text, want := range uploads {
			if j, err := h.Job(ctx, h.Owner, jobs[text]); err != nil || j.State != want {
				t.Errorf("%q: %s, want %s, %v", text, j.State, want, err)
			}
		}
	})
}

// utf16 is ASCII text in little-endian UTF-16.
func utf16(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }
