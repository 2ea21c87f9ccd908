package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

func activity(t *testing.T, h *dbtest.House, by core.Actor, l core.ActivityList) core.Activity {
	t.Helper()
	page, err := h.Activity(t.Context(), by, l)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// acted tells a page's events in short, newest first.
func acted(page core.Activity) (all []string) {
	for _, e := range page.Events {
		all = append(all, strings.TrimSpace(string(e.Action)+" "+e.Title))
	}
	return all
}

func TestActivityIsFiltered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		pia := person(t, h, "pia@example.com").Actor("192.0.2.7")
		h.SignIn(ctx, "pia@example.com", "wrong", "192.0.2.66")
		h.Clock.Advance(24 * time.Hour)
		midnight := h.Clock.Now()
		c := h.CustomerOf(t, pia, "name", "Bo Ek")
		if _, err := h.UpdateCustomer(ctx, h.Owner, c.ID, 0, core.Changes{"name": "Bo Dahl"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddNote(ctx, pia, c.ID, core.Note{Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		written := []string{"note.created Bo Dahl", "customer.updated Bo Dahl", "customer.created Bo Dahl"}
		for name, tt := range map[string]struct {
			l    core.ActivityList
			want []string
		}{
			"person":            {core.ActivityList{Person: pia.Person()}, []string{"note.created Bo Dahl", "customer.created Bo Dahl", "user.password_set Pia"}},
			"action":            {core.ActivityList{Action: core.CustomerUpdated}, []string{"customer.updated Bo Dahl"}},
			"kind":              {core.ActivityList{Object: core.CustomerObject}, []string{"customer.updated Bo Dahl", "customer.created Bo Dahl"}},
			"from":              {core.ActivityList{From: midnight}, written},
			"until":             {core.ActivityList{Until: midnight, Person: pia.Person()}, []string{"user.password_set Pia"}},
			"refused":           {core.ActivityList{Refused: true}, []string{"user.refused Pia"}},
			"person and kind":   {core.ActivityList{Person: pia.Person(), Object: core.NoteObject}, []string{"note.created Bo Dahl"}},
			"an act of another": {core.ActivityList{Action: core.NoteCreated, Object: core.CustomerObject}, nil},
			"an unknown act":    {core.ActivityList{Action: "customer.eaten"}, nil},
			"another program":   {core.ActivityList{Person: core.Person{Kind: core.ByApplication, ID: pia.ID}}, nil},
		} {
			if got := acted(activity(t, h, h.Owner, tt.l)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
		refused := activity(t, h, h.Owner, core.ActivityList{Refused: true}).Events
		if len(refused) != 1 || refused[0].Actor.Origin != "192.0.2.66" {
			t.Errorf("where the refused came from: %+v", refused)
		}
	})
}

func TestActivityIsPagedByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		for range core.ActivityPage*2 + 10 {
			h.Customer(t, "name", "X")
		}
		only := core.ActivityList{Object: core.CustomerObject}
		ids := func(page core.Activity) (all []int64) {
			for _, e := range page.Events {
				all = append(all, e.ID)
			}
			return all
		}
		first := activity(t, h, h.Owner, only)
		only.After = first.Next
		second := activity(t, h, h.Owner, only)
		only.After = second.Next
		third := activity(t, h, h.Owner, only)
		if len(first.Events) != core.ActivityPage || len(second.Events) != core.ActivityPage || len(third.Events) != 10 {
			t.Fatalf("pages of %d, %d, %d", len(first.Events), len(second.Events), len(third.Events))
		}
		if first.Prev != 0 || third.Next != 0 || second.Prev == 0 {
			t.Errorf("%d before the first, %d after the last, %d before the second", first.Prev, third.Next, second.Prev)
		}
		all := slices.Concat(ids(first), ids(second), ids(third))
		if !slices.IsSortedFunc(all, func(a, b int64) int { return int(b - a) }) || len(slices.Compact(all)) != 110 {
			t.Error("not newest first, or one twice")
		}
		back := core.ActivityList{Object: core.CustomerObject, Before: third.Prev}
		if got := activity(t, h, h.Owner, back); !slices.Equal(ids(got), ids(second)) || got.Prev == 0 || got.Next != second.Next {
			t.Errorf("back from the third: %d events, %d to %d", len(got.Events), got.Prev, got.Next)
		}
		back.Before = second.Prev
		if got := activity(t, h, h.Owner, back); !slices.Equal(ids(got), ids(first)) || got.Prev != 0 {
			t.Errorf("back from the second: %d events", len(got.Events))
		}
	})
}

func TestActivityKeepsWhatStaffKeepAmongThemselves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.CustomerOf(t, h.Agent, "name", "Bo Ek")
		if _, err := h.AddNote(ctx, h.Agent, c.ID, core.Note{Text: "hush", StaffOnly: true}); err != nil {
			t.Fatal(err)
		}
		by := core.ActivityList{Person: h.Agent.Person()}
		theirs := activity(t, h, h.Owner, by)
		if got := acted(theirs); !slices.Equal(got, []string{"customer.created Bo Ek"}) {
			t.Errorf("the owner is told %q", got)
		}
		if a := theirs.Events[0].Actor; a.Name != h.Agent.Name || a.Origin != "" {
			t.Errorf("the owner is told of %q at %q", a.Name, a.Origin)
		}
		if slices.ContainsFunc(theirs.People, func(a core.Actor) bool { return a.ID == h.Agent.ID }) {
			t.Error("the owner is told who staff are")
		}
		ours := activity(t, h, h.Auditor, by)
		if got := acted(ours); !slices.Equal(got, []string{"note.created Bo Ek", "customer.created Bo Ek"}) || ours.Events[0].Actor.Origin == "" {
			t.Errorf("staff are told %q", got)
		}
	})
}

func TestActivityAcrossMerchantsIsForStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		h.Customer(t, "name", "Bo Ek")
		h.CustomerOf(t, h.Other, "name", "Åsa Lind")
		added := core.ActivityList{Action: core.CustomerCreated}
		outside := h.Auditor.In(0)
		page := activity(t, h, outside, added)
		if got := acted(page); !slices.Equal(got, []string{"customer.created Åsa Lind", "customer.created Bo Ek"}) || page.Events[0].Merchant != h.Second.Name {
			t.Errorf("staff see %q, the first in %q", got, page.Events[0].Merchant)
		}
		added.Merchant = h.Second.ID
		for by, want := range map[core.Actor]string{outside: "Åsa Lind", h.Auditor: "Bo Ek", h.Owner: "Bo Ek"} {
			if got := acted(activity(t, h, by, added)); !slices.Equal(got, []string{"customer.created " + want}) {
				t.Errorf("%s at %d sees %q", by.Role, by.Merchant, got)
			}
		}
		nowhere := h.Owner
		nowhere.Merchant = 0
		if _, err := h.Activity(t.Context(), nowhere, core.ActivityList{}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner outside every merchant: %v", err)
		}
	})
}

func TestActivityNamesThePlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		kept, gone := h.Plan(t, "Sonne Monthly", 4900), h.Plan(t, "Sonne Weekly", 1200)
		if err := h.ArchivePlan(ctx, h.Owner, kept.ID, 0); err != nil {
			t.Fatal(err)
		}
		if err := h.DeletePlan(ctx, h.Owner, gone.ID, 0); err != nil {
			t.Fatal(err)
		}
		got := acted(activity(t, h, h.Owner, core.ActivityList{Object: core.PlanObject}))
		want := []string{"plan.deleted", "plan.archived Sonne Monthly", "plan.created", "plan.created Sonne Monthly"}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestActivityTellsWhatWasUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Bo Ek")
		if err := h.DeleteCustomer(t.Context(), h.Owner, c.ID, 0, ""); err != nil {
			t.Fatal(err)
		}
		gone := core.ActivityList{Action: core.CustomerDeleted}
		e := activity(t, h, h.Owner, gone).Events[0]
		if e.Living || e.Undone || e.Title != "Bo Ek" {
			t.Errorf("deleted: %+v", e)
		}
		if _, err := h.Undo(t.Context(), h.Owner, e.ID); err != nil {
			t.Fatal(err)
		}
		if e := activity(t, h, h.Owner, gone).Events[0]; !e.Living || !e.Undone {
			t.Errorf("undone: %+v", e)
		}
	})
}

// Each filter alone is read along an index, newest first, and nothing is
// sorted but the few events that each of several actions brings.
func TestActivityReadsAlongIndexes(t *testing.T) {
	h := dbtest.SQLite(t)
	d, err := sqlx.Open("sqlite", h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	inside, outside := h.Owner, h.Admin.In(0)
	for name, tt := range map[string]struct {
		by   core.Actor
		l    core.ActivityList
		want string
	}{
		"all of one":         {inside, core.ActivityList{}, "events_merchant (merchant_id=?)"},
		"all, later":         {inside, core.ActivityList{After: 9}, "events_merchant (merchant_id=? AND id<?)"},
		"all, earlier":       {inside, core.ActivityList{Before: 9}, "events_merchant (merchant_id=? AND id>?)"},
		"person of one":      {inside, core.ActivityList{Person: inside.Person()}, "events_merchant_actor (merchant_id=? AND actor_id=?)"},
		"action of one":      {inside, core.ActivityList{Action: core.CustomerUpdated}, "events_merchant_action (merchant_id=? AND action=?)"},
		"kind of one":        {inside, core.ActivityList{Object: core.CustomerObject}, "events_merchant_action (merchant_id=? AND action=?)"},
		"refused of one":     {inside, core.ActivityList{Refused: true}, "events_merchant_action (merchant_id=? AND action=?)"},
		"days of one":        {inside, core.ActivityList{From: day, Until: day.AddDate(0, 0, 1)}, "events_merchant (merchant_id=? AND id>? AND id<?)"},
		"all":                {outside, core.ActivityList{}, ""},
		"all but the newest": {outside, core.ActivityList{After: 9}, "PRIMARY KEY (rowid<?)"},
		"a merchant":         {outside, core.ActivityList{Merchant: 1}, "events_merchant (merchant_id=?)"},
		"person":             {outside, core.ActivityList{Person: inside.Person()}, "events_actor (actor_id=?)"},
		"action":             {outside, core.ActivityList{Action: core.CustomerUpdated}, "events_action (action=?)"},
		"kind":               {outside, core.ActivityList{Object: core.UserObject}, "events_action (action=?)"},
		"refused":            {outside, core.ActivityList{Refused: true}, "events_action (action=?)"},
		"days":               {outside, core.ActivityList{From: day, Until: day.AddDate(0, 0, 1)}, "PRIMARY KEY (rowid>? AND rowid<?)"},
	} {
		text, args := db.ActivityQuery(tt.by, tt.l)
		var plan []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := d.Select(&plan, "EXPLAIN QUERY PLAN "+text, args...); err != nil {
			t.Fatal(err)
		}
		touched := false
		detail := map[int]string{}
		for _, step := range plan {
			detail[step.ID] = step.Detail
			touches := strings.Contains(step.Detail, " events")
			touched = touched || touches
			switch {
			case touches && tt.want == "" && step.Detail == "SCAN events": // by ID, until the page is full
			case touches && (tt.want == "" || !strings.HasSuffix(step.Detail, tt.want)):
				t.Errorf("%s: %s, want %s", name, step.Detail, tt.want)
			case strings.Contains(step.Detail, "TEMP B-TREE") && (tt.l.Object == "" || strings.HasPrefix(detail[step.Parent], "CO-ROUTINE")):
				t.Errorf("%s: %s", name, step.Detail)
			}
		}
		if !touched {
			t.Errorf("%s: reads no events: %v", name, plan)
		}
	}
}
