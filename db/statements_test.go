package db_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/db/demo"
)

// A statement is a text that the store gave the engine, with the values it had
// the first time.
type statement struct {
	text string
	args []any
	of   string // what was called
}

// A watcher keeps the statements that a store runs, each text once.
type watcher struct {
	mu   sync.Mutex
	of   string
	seen map[string]bool
	all  []statement
}

func watch(t *testing.T, h *dbtest.House) *watcher {
	t.Helper()
	w := &watcher{seen: map[string]bool{}}
	h.Watch(func(text string, args []any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if key := w.of + text; w.of != "" && !w.seen[key] {
			w.seen[key] = true
			w.all = append(w.all, statement{text, slices.Clone(args), w.of})
		}
	})
	t.Cleanup(func() { h.Watch(nil) })
	return w
}

// during watches what f has the store run.
func (w *watcher) during(t *testing.T, of string, f func() error) {
	t.Helper()
	w.set(of)
	defer w.set("")
	if err := f(); err != nil {
		t.Errorf("%s: %v", of, err)
	}
}

func (w *watcher) set(of string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of = of
}

// grown fills a house as a merchant's is who has been there for years.
func grown(t *testing.T, h *dbtest.House) {
	t.Helper()
	ctx := t.Context()
	h.SendsMail = true
	h.Reopen(t)
	if err := demo.Fill(ctx, h.Store, demo.Options{Customers: 2000, Now: h.Clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := h.Adopt(ctx); err != nil {
		t.Fatal(err)
	}
}

// samples are values of a search, of which those are taken that a field knows.
var samples = []string{"anna", "An", "r-1", "42", "2026-10-01", "030 901820", "true", "EUR", "DE", "de", "12.50", "active", "card"}

// searches are the queries that a vocabulary lets people type: every field
// compared in every way, alone and negated.
func searches(t *testing.T, fields core.Vocabulary, more ...string) []core.Query {
	t.Helper()
	var all []core.Query
	add := func(text string) bool {
		q, err := core.ParseQuery(text, fields, time.UTC)
		if err == nil {
			all = append(all, q)
		}
		return err == nil
	}
	for _, f := range fields {
		name := f.Field.String()
		if f.Field == core.FieldMetadata {
			name = "metadata.tier"
		}
		values := slices.Concat(f.Choices, samples)
		some := false
		for _, op := range []core.Op{core.OpEqual, core.OpContains, core.OpLess, core.OpGreater, core.OpAtMost, core.OpAtLeast} {
			for _, v := range values {
				if add(name + op.String() + v) {
					some = true
					add("-" + name + op.String() + v)
					if f.Field != core.FieldStatus { // whose choices are conditions of different kinds
						break
					}
				}
			}
		}
		if add(name + ":*") {
			add("-" + name + ":*")
		}
		if !some {
			t.Errorf("no sample is a value of %s", f.Field)
		}
	}
	for _, words := range slices.Concat(more, []string{"anna", "an", "anna schmidt", "-anna", "anna OR berta", "1111", `"anna sch"`, "7301234567890123456", "030901820"}) {
		if !add(words) {
			t.Errorf("%s is no query", words)
		}
	}
	return all
}

// watched calls every method of a store and returns all it had the engine do.
func watched(t *testing.T, h *dbtest.House) []statement {
	t.Helper()
	ctx := t.Context()
	c := readMe(t, h)
	known := map[string]bool{}
	acts := map[string]func() error{}
	for _, of := range []struct {
		acts map[string]act
		by   core.Actor
	}{{writes(t, h), h.Member}, {manages(), h.Owner}, {installs(), h.Admin}, {owns(), h.Auditor}} {
		for name, do := range of.acts {
			acts[name] = func() error { return do(ctx, h, of.by) }
		}
	}
	for name, read := range reads() {
		acts[name] = func() error { _, err := read(ctx, h, h.Auditor, c); return err }
	}
	for name, call := range others(t, h, c) {
		known[name] = true
		if call != nil {
			acts[name] = func() error { return call(ctx) }
		}
	}
	h.SetFewCustomers(0)
	w := watch(t, h)
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		known[name] = true
		w.during(t, name, acts[name])
	}
	all := lists(t, h)
	for most, what := range map[int]string{0: "", 1 << 30: ofFew} {
		if h.Postgres && what == ofFew {
			continue // it decides by itself
		}
		h.SetBroadMatches(most)
		h.SetFewRows(most)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			known[name] = true
			w.during(t, name+what, func() error { return all[name](ctx) })
		}
	}
	store := reflect.TypeOf(h.Store)
	for i := range store.NumMethod() {
		name := store.Method(i).Name
		if _, reads := whole[name]; !reads && !known[name] && !slices.Contains(still, name) {
			t.Errorf("%s is called nowhere here: nobody looks at how the engines carry out what it asks of them", name)
		}
	}
	return w.all
}

// TestStatementsRunAlongIndexes: whatever the store asks of an engine reads what
// it shows, and not all that there is: no table that grows is scanned, and no
// more than a page or what one search finds is sorted. What is to be otherwise
// stands in meant, with the reason.
func TestStatementsRunAlongIndexes(t *testing.T) {
	used, engines := map[int]bool{}, 0
	defer func() {
		if engines < 2 || t.Failed() {
			return // not all was looked at
		}
		for i, m := range meant {
			if !used[i] {
				t.Errorf("nothing of %q is %q any more: take it from the list", m.of, m.fault)
			}
		}
	}()
	t.Run("sqlite", func(t *testing.T) {
		h := dbtest.EmptySQLite(t)
		grown(t, h)
		all := watched(t, h)
		d := h.Raw(t)
		defer d.Close()
		tables := sqliteTables(t, d)
		plan := func(s statement) ([]string, error) {
			var steps []planStep
			err := d.Select(&steps, "EXPLAIN QUERY PLAN "+s.text, s.args...)
			return sqliteFaults(s.text, steps, tables), err
		}
		engines++
		judge(t, used, all, plan)
	})
	t.Run("postgres", func(t *testing.T) {
		h := dbtest.EmptyPostgres(t)
		grown(t, h)
		all := watched(t, h)
		growPostgres(t, h)
		d := rawAsKontor(t, h)
		defer d.Close()
		empty := emptyTables(t, d)
		engines++
		judge(t, used, all, func(s statement) ([]string, error) {
			plan, err := explain(d, s)
			return postgresFaults(plan, empty), err
		})
	})
}

func judge(t *testing.T, used map[int]bool, all []statement, faults func(statement) ([]string, error)) {
	t.Helper()
	said := map[string]bool{}
	for _, s := range all {
		found, err := faults(s)
		if err != nil {
			t.Errorf("%s: %v", s.text, err)
		}
		for _, fault := range found {
			many := strings.HasPrefix(fault, "along ") && !strings.HasSuffix(s.of, ofFew)
			if many || isMeant(s.of, fault, used) {
				continue
			}
			if !said[s.of+fault] {
				said[s.of+fault] = true
				t.Errorf("%s: %s\n%s", s.of, fault, s.text)
			}
		}
	}
}
