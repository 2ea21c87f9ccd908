package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestListsArePlannedForEveryMerchant: PostgreSQL plans a plain list once, not
// knowing whose it is, and likewise one by an equal value, by what must not be
// equal and by a word that many have. The plan must lead along an index of each
// merchant's own customers, in the order of the list.
func TestListsArePlannedForEveryMerchant(t *testing.T) {
	somebody := func(i int) core.Changes {
		return dbtest.Changes("name", fmt.Sprintf("Somebody %d", i), "company", fmt.Sprintf("Company %d", i/5), "organisation_number", fmt.Sprint(i),
			"billing.city", fmt.Sprintf("Town %d", i%60), "billing.country", []string{"DE", "BA"}[i%2], "billing.postcode", fmt.Sprintf("1%03d", i/2))
	}
	t.Run("of thousands", func(t *testing.T) {
		h := dbtest.Postgres(t)
		err := h.WriteHistory(t.Context(), core.System(0), func(past *db.History) error {
			for i := range 4000 {
				if _, err := past.CreateCustomer(t.Context(), h.Member, core.FromImport, somebody(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Exec(t, `ANALYZE`)
		listsArePlannedAlike(t, h)
	})
	t.Run("of very many", func(t *testing.T) {
		h := dbtest.Postgres(t)
		for i := range 60 {
			if _, err := h.CreateCustomer(t.Context(), h.Member, core.FromPage, somebody(i)); err != nil {
				t.Fatal(err)
			}
		}
		growPostgres(t, h)
		seen := listsArePlannedAlike(t, h)
		// Nor may it choose the customers of all merchants, in a table where that
		// looks cheaper.
		h.Exec(t, `DROP INDEX customers_living`)
		for query, args := range seen {
			generic(t, h, query, args).each(func(n planNode) {
				if n.Index == "customers_pkey" {
					t.Errorf("%s\nmay have %s", query, n)
				}
			})
		}
	})
}

// listsArePlannedAlike asks for lists in all the ways that are planned once, and
// returns the statements with values of theirs.
func listsArePlannedAlike(t *testing.T, h *dbtest.House) map[string][]any {
	t.Helper()
	h.SetFewCustomers(0)
	seen := map[string][]any{}
	h.Watch(func(query string, args []any) {
		if strings.Contains(query, "FROM customers c") && strings.Contains(query, "ORDER BY") {
			seen[query] = args
		}
	})
	for _, sort := range []core.Sort{core.ByCreated, core.ByUpdated, core.ByName} {
		for _, ascending := range []bool{false, true} {
			l := core.List{Sort: sort, Ascending: ascending, Limit: 25}
			err := pages(func(after, before core.Cursor) (core.Page[core.CustomerSummary], error) {
				l.After, l.Before = after, before
				return h.Customers(t.Context(), h.Owner, l)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	indexes := map[string]string{ // by the column that its lists are sorted by, of those with one value
		"c.city_key": "customers_city", "c.country": "customers_country", "c.company_key": "customers_company", "c.name_key": "customers_name",
		"c.postcode_key": "customers_postcode", "c.organisation_key": "customers_organisation",
	}
	for _, text := range []string{
		`city:"Town 3"`, `country:DE`, `company:"Company 2"`, `name:"Somebody 7"`, `postcode:1004`, `organisationNumber:5`, `-country:DE`,
		`-country:BA -currency:EUR -name:"Somebody 1"`, `somebody`, `some body`,
		`some country:DE body`,
	} {
		l := core.List{Query: query(t, text), Limit: 2}
		err := pages(func(after, before core.Cursor) (core.Page[core.CustomerSummary], error) {
			l.After, l.Before = after, before
			return h.Customers(t.Context(), h.Owner, l)
		})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	newest := []core.Order{{Field: core.FieldID, Descending: true}}
	for _, r := range []core.Range{{}, {Order: newest}, {After: 5}, {Before: 1 << 60, Order: newest}, {After: 5, Before: 1 << 60}} {
		if _, err := h.CustomerRecords(t.Context(), h.Owner, r); err != nil {
			t.Fatal(err)
		}
	}
	h.Watch(nil)
	if len(seen) < 30 {
		t.Fatalf("%d lists, want 30 at least", len(seen))
	}
	for query, args := range seen {
		_, order, _ := strings.Cut(query, "ORDER BY")
		generic(t, h, query, args).each(func(n planNode) {
			along := map[string]bool{"customers_living": true, "customers_updated": true, "customers_sorted": true}[n.Index]
			for column, index := range indexes {
				if strings.Contains(order, column) {
					along = n.Index == index
				}
			}
			if n.Type == "Sort" || n.Type == "Seq Scan" || n.Index != "" && (!along || n.Cond == "") {
				t.Errorf("%s\nhas %s", query, n)
			}
		})
	}
	return seen
}

// generic is PostgreSQL's plan of a query for any values.
func generic(t *testing.T, h *dbtest.House, query string, args []any) planNode {
	t.Helper()
	d := rawAsKontor(t, h)
	defer d.Close()
	if _, err := d.Exec(`SET plan_cache_mode = force_generic_plan`); err != nil {
		t.Fatal(err)
	}
	values := make([]string, len(args))
	for i, v := range args {
		values[i] = "'" + fmt.Sprint(v) + "'"
	}
	if _, err := d.Exec(`PREPARE list AS ` + query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	var text string
	if err := d.Get(&text, `EXPLAIN (FORMAT JSON) EXECUTE list (`+strings.Join(values, ", ")+`)`); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(text, v) }) {
		t.Fatalf("%s\nwas planned for its values: %s", query, text)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

// TestPlansAreChosenAsBefore: to plan a list once is asked for that list alone,
// whether or not it could be read.
func TestPlansAreChosenAsBefore(t *testing.T) {
	h := dbtest.Postgres(t)
	h.Customer(t, "name", "Somebody")
	modes := func() {
		t.Helper()
		for range 20 {
			if mode := db.PlanMode(t.Context(), h.Store); mode != "auto" {
				t.Fatalf("a connection has plan_cache_mode %q", mode)
			}
		}
	}
	if _, err := h.Customers(t.Context(), h.Owner, core.List{}); err != nil {
		t.Fatal(err)
	}
	modes()
	h.Exec(t, `ALTER TABLE customers RENAME COLUMN company TO firm`)
	if _, err := h.Customers(t.Context(), h.Owner, core.List{}); err == nil {
		t.Fatal("the list was read without one of its columns")
	}
	modes()
}

// TestReadsGoTogether: what is waited for at once goes in one way to PostgreSQL,
// which makes it one transaction.
func TestReadsGoTogether(t *testing.T) {
	h := dbtest.Postgres(t)
	var a, b, later, alone string
	read := func(to ...*string) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			for _, to := range to {
				if *to, err = db.Begun(ctx, h.Store); err != nil {
					return err
				}
			}
			return nil
		}
	}
	nothing := func(context.Context) error { return nil }
	if err := h.ReadTogether(t.Context(), nothing, read(&a, &later), read(&b), nothing); err != nil {
		t.Fatal(err)
	}
	if err := read(&alone)(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a == "" || a != b || later == a || alone == later {
		t.Errorf("begun at %s, %s, then %s, then %s", a, b, later, alone)
	}
}

func TestReadTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Nina")
		one, other := errors.New("one"), errors.New("other")
		fails := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
		var name string
		read := func(ctx context.Context) error {
			found, err := h.Store.Customer(ctx, h.Owner, c.ID)
			name = found.Name
			return err
		}
		if err := h.ReadTogether(t.Context(), read, fails(one), fails(other)); err != one || name != "Nina" {
			t.Errorf("read %q and failed with %v", name, err)
		}
		if err := h.ReadTogether(t.Context()); err != nil {
			t.Errorf("nothing fails with %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.ReadTogether(gone, read, fails(nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("who has gone is told %v", err)
		}
		for where, panics := range map[string]func(context.Context) error{
			"by itself": func(context.Context) error { panic("oh") },
			"at a row":  func(ctx context.Context) error { return db.ReadAndPanic(ctx, h.Store, "oh") },
		} {
			func() {
				defer func() {
					if p := recover(); p != "oh" {
						t.Errorf("%s: panicked with %v", where, p)
					}
				}()
				_ = h.ReadTogether(t.Context(), read, panics, fails(nil))
			}()
		}
		if err := h.ReadTogether(t.Context(), read); err != nil {
			t.Errorf("after panics: %v", err)
		}
	})
}
