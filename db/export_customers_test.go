package db_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// export takes a list out as a file.
func export(t *testing.T, h *dbtest.House, by core.Actor, x core.Export) string {
	t.Helper()
	var out bytes.Buffer
	var w *core.CustomerWriter
	err := h.ExportCustomers(t.Context(), by, x, func(keys []string) (err error) {
		w, err = core.NewCustomerWriter(&out, x.Format, keys)
		return err
	}, func(c core.Customer) error { return w.Add(c) })
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// importText brings a file in and returns how its rows came out.
func importText(t *testing.T, h *dbtest.House, by core.Actor, name, text string) map[core.ImportOutcome]int {
	t.Helper()
	f, err := core.ReadImport(strings.NewReader(text), name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := core.MapColumns(f.Header, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.JSON = f.JSON
	for _, c := range m.Columns {
		if c.Field == "" && !c.Ours {
			t.Errorf("the column %q is dropped", c.Name)
		}
	}
	counts := map[core.ImportOutcome]int{}
	err = f.Batches(0, func(rows []core.FileRow) error {
		results, err := m.Import(rows, func(sound []core.ImportRow) ([]core.ImportResult, error) {
			return h.ImportCustomers(t.Context(), by, sound)
		})
		for _, r := range results {
			if counts[r.Outcome]++; r.Outcome == core.RowRefused {
				t.Errorf("line %d: %v", r.Line, r.Err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

var addressID = regexp.MustCompile(`^address\.\d+\.`)

// all is everything said of a merchant's living customers, in an order that does
// not depend on when they were made.
func all(t *testing.T, h *dbtest.House, by core.Actor, read func(string) string) []string {
	t.Helper()
	var out []string
	err := h.ExportCustomers(t.Context(), by, core.Export{Format: core.NDJSON}, func([]string) error { return nil }, func(c core.Customer) error {
		fields := c.Fields()
		var lines, addresses []string
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			line := fmt.Sprintf("%s=%q", addressID.ReplaceAllString(name, "address."), read(fields[name]))
			if strings.HasPrefix(name, "address.") {
				addresses = append(addresses, line)
			} else {
				lines = append(lines, line)
			}
		}
		slices.Sort(addresses)
		out = append(out, strings.Join(append(lines, addresses...), " "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// awkward fills a merchant with what is hard to say in a file.
func awkward(t *testing.T, h *dbtest.House) {
	t.Helper()
	for i, fields := range [][]string{
		{"name", "=HYPERLINK(\"http://x\")", "email", "a@example.com", "reference", "+1", "description", "@SUM(A1)", "company", "-2"},
		{"first_name", "Léa", "last_name", "'t Hooft", "reference", "''x", "company", "Smith, \"Jones\"; & <Sons>\n2nd line"},
		{"name", "N/A", "reference", "NULL", "company", "-", "description", "'-", "custom_data", " {\"a\": 1}\ttab"},
		{"name", "Нина 山田 🙂", "phone", "+49 30 901820", "language", "de-AT", "currency", "EUR", "date_of_birth", "1980-02-29", "ip", "2001:db8::7"},
		{"email", "many@example.com", "bcc", "a@example.com, b@example.com", "organisation_number", "007", "custom_id", "1e5"},
		{
			"name", "Both", "billing.street", "1 Main", "billing.country", "Deutschland", "shipping.same", "true",
			"address.x.type", "billing", "address.x.city", "Oslo", "address.x.country", "NO",
		},
		{
			"name", "Two", "billing.city", "=Bern", "billing.gender", "FEMALE", "billing.date_of_birth", "1990-01-01", "shipping.city", "-",
			"address.x.type", "shipping", "address.x.street", "one, \"two\"\nthree", "address.y.type", "both", "address.y.city", "Kraków",
		},
		{
			"name", "Meta", "metadata.text", `"gold"`, "metadata.number", "12", "metadata.exact", "1.50", "metadata.flag", "true", "metadata.digits", `"12"`,
			"metadata.empty", `""`, "metadata.none", `"N/A"`, "metadata. spaced ", `"x"`, "metadata.=1+1", `"=1+1"`, "metadata.a.b", `" lead"`,
			"metadata.A.B", `"a<b>&c\u00e9"`, "metadata.big", "12345678901234567890.5",
		},
		{"reference", "only a reference", "metadata.text", `"null"`},
		{"name", "Nobody can tell me from my twin"},
		{"name", "Nobody can tell me from my twin"},
	} {
		ch := dbtest.Changes(fields...)
		if i == 4 {
			ch["custom_data"] = strings.Repeat("long, \"quoted\"\n", 500)
		}
		h.CustomerOf(t, h.Owner, pairs(ch)...)
	}
}

func pairs(ch core.Changes) []string {
	var out []string
	for _, name := range ch.Names() {
		out = append(out, name, ch[name])
	}
	return out
}

// TestWhatWasExportedImportsAgain takes awkward customers out and brings them
// into another merchant, where they are the same, and into their own, where
// nothing changes.
func TestWhatWasExportedImportsAgain(t *testing.T) {
	exactly := func(s string) string { return s }
	asCells := func(s string) string { return strings.TrimRight(s, " \n") }
	for _, tt := range []struct {
		format core.Format
		read   func(string) string
	}{{core.CSV, asCells}, {core.NDJSON, exactly}} {
		t.Run(string(tt.format), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
				awkward(t, h)
				want := all(t, h, h.Owner, tt.read)
				text := export(t, h, h.Owner, core.Export{Format: tt.format})
				if got := importText(t, h, h.Owner, "again."+string(tt.format), text); got[core.RowUnchanged] != len(want) || len(got) != 1 {
					t.Errorf("into its own merchant: %v", got)
				}
				if diff := cmp.Diff(want, all(t, h, h.Owner, tt.read)); diff != "" {
					t.Errorf("its own merchant is not as before: %s", diff)
				}
				if got := importText(t, h, h.Other, "other."+string(tt.format), text); got[core.RowAdded] != len(want) || len(got) != 1 {
					t.Errorf("into another merchant: %v", got)
				}
				if diff := cmp.Diff(want, all(t, h, h.Other, tt.read)); diff != "" {
					t.Errorf("another merchant has others: %s", diff)
				}
				again := export(t, h, h.Other, core.Export{Format: tt.format, List: core.List{Sort: core.ByCreated}})
				if got := importText(t, h, h.Other, "more."+string(tt.format), again); got[core.RowUnchanged] != len(want) {
					t.Errorf("once more into the other: %v", got)
				}
			})
		})
	}
}

func TestAnExportIsTheListAndAnEvent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		for i := range 1203 { // more than two readings
			city := "Oslo"
			if i%3 == 0 {
				city = "Bern"
			}
			if i < 40 || i%100 == 0 {
				h.Customer(t, "name", fmt.Sprintf("Person %04d", i), "billing.city", city, "metadata.tier", `"gold"`)
			}
		}
		for i := range 3 {
			if _, err := h.ImportCustomers(t.Context(), h.Owner, many(1000*i, 400)); err != nil {
				t.Fatal(err)
			}
		}
		h.CustomerOf(t, h.Other, "name", "Theirs", "metadata.secret", `"x"`)
		gone := h.Customer(t, "name", "Gone")
		if err := h.DeleteCustomer(t.Context(), h.Owner, gone.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			query   string
			list    core.List
			want    int
			has, no string
		}{
			{"", core.List{}, 1252, "Person 0001", "Theirs"},
			{"", core.List{Sort: core.ByName, Ascending: true}, 1252, "metadata.tier", "secret"},
			{"city:Bern", core.List{Sort: core.ByUpdated}, 18, "Bern", "Oslo"},
			{"", core.List{Deleted: true}, 1, "Gone", "Person"},
		} {
			q, err := core.ParseQuery(tt.query, core.CustomerFields, nil)
			if err != nil {
				t.Fatal(err)
			}
			tt.list.Query = q
			text := export(t, h, h.Owner, core.Export{Format: core.CSV, List: tt.list})
			if got := strings.Count(text, "\n") - 1; got != tt.want || !strings.Contains(text, tt.has) || strings.Contains(text, tt.no) {
				t.Errorf("%q %+v: %d rows, want %d", tt.query, tt.list.Sort, got, tt.want)
			}
			page, err := h.Activity(t.Context(), h.Owner, core.ActivityList{Action: core.ListExported})
			if err != nil {
				t.Fatal(err)
			}
			if e := page.Events[0]; e.To["count"] != fmt.Sprint(tt.want) || e.To["query"] != tt.query || e.Actor.ID != h.Owner.ID {
				t.Errorf("the event says %v by %s", e.To, e.Actor.Name)
			}
		}
		one := export(t, h, h.Owner, core.Export{Format: core.NDJSON, IDs: []int64{gone.ID, 5}})
		if !strings.Contains(one, "Gone") || strings.Count(one, "\n") != 1 {
			t.Errorf("chosen by hand: %s", one)
		}
	})
}

// many are rows of customers with references from a number on.
func many(from, n int) []core.ImportRow {
	rows := make([]core.ImportRow, n)
	for i := range rows {
		rows[i] = core.ImportRow{Line: i + 2, Changes: core.Changes{"reference": fmt.Sprint("r", from+i), "name": fmt.Sprint("Many ", from+i)}}
	}
	return rows
}

func TestOnlyWhoManagesExports(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.Customer(t, "name", "Secret")
		never := func([]string) error { t.Error("it began"); return nil }
		before := countEvents(t, h)
		for _, by := range []core.Actor{h.Member, h.Viewer, h.Agent, h.Auditor, {}} {
			err := h.ExportCustomers(t.Context(), by, core.Export{Format: core.CSV}, never, nil)
			if !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s: %v", by.Role, err)
			}
		}
		var bad core.Invalid
		if err := h.ExportCustomers(t.Context(), h.Owner, core.Export{Format: "xlsx"}, never, nil); !errors.As(err, &bad) {
			t.Errorf("an unknown format: %v", err)
		}
		if countEvents(t, h) != before {
			t.Error("what did not happen left an event")
		}
		if text := export(t, h, h.Other, core.Export{Format: core.CSV}); strings.Contains(text, "Secret") {
			t.Error("another merchant's customers went out")
		}
		if err := h.CloseMerchant(t.Context(), h.Admin, 0); err != nil {
			t.Fatal(err)
		}
		if text := export(t, h, h.Owner, core.Export{Format: core.CSV}); !strings.Contains(text, "Secret") {
			t.Error("a closed merchant's customers do not go out")
		}
	})
}

// TestASlowClientDoesNotMakeAnExportRest has a page read for 10 ms, and taken
// in some time.
func TestASlowClientDoesNotMakeAnExportRest(t *testing.T) {
	begun := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	read := begun.Add(10 * time.Millisecond)
	for _, tt := range []struct{ client, want time.Duration }{
		{0, 50 * time.Millisecond},
		{20 * time.Millisecond, 30 * time.Millisecond},
		{50 * time.Millisecond, 0},
		{time.Minute, 0},
	} {
		if got := max(0, db.RestAfter(begun, read, read.Add(tt.client))); got != tt.want {
			t.Errorf("with a client who takes %s it holds still for %s, want %s", tt.client, got, tt.want)
		}
	}
}
