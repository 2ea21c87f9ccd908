package db_test

import (
	"errors"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// viewNames are the names of what somebody sees.
func viewNames(t *testing.T, h *dbtest.House, by core.Actor) map[string]bool {
	t.Helper()
	views, err := h.Views(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, v := range views {
		names[v.Name] = true
	}
	return names
}

func TestViewsAreOnesOwnOrTheTeams(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		mine, err := h.CreateView(ctx, h.Viewer, core.View{Name: " Oslo ", Query: "city:Oslo", Sort: core.ByName, Ascending: true})
		if err != nil || mine.Name != "Oslo" {
			t.Fatalf("%+v, %v", mine, err)
		}
		if _, err := h.CreateView(ctx, h.Viewer, core.View{Name: "All of Oslo", Query: "city:Oslo", Team: true}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("a viewer shares: %v", err)
		}
		team, err := h.CreateView(ctx, h.Member, core.View{Name: "Bergen", Query: "city:Bergen", Team: true})
		if err != nil {
			t.Fatal(err)
		}
		views, err := h.Views(ctx, h.Viewer)
		if err != nil || len(views) != 2 || views[0] != team || views[1] != mine {
			t.Errorf("%+v, %v", views, err)
		}
		if names := viewNames(t, h, h.Owner); names["Oslo"] || !names["Bergen"] {
			t.Errorf("the owner sees %v", names)
		}
		if names := viewNames(t, h, h.Other); len(names) != 0 {
			t.Errorf("another merchant sees %v", names)
		}
		if names := viewNames(t, h, core.System(h.First.ID)); names["Oslo"] {
			t.Errorf("the system sees %v", names)
		}
		for name, do := range map[string]func(by core.Actor) error{
			"update": func(by core.Actor) error {
				_, err := h.UpdateView(ctx, by, core.View{ID: mine.ID, Name: "x"})
				return err
			},
			"delete":  func(by core.Actor) error { return h.DeleteView(ctx, by, mine.ID) },
			"restore": func(by core.Actor) error { _, err := h.RestoreView(ctx, by, mine.ID); return err },
		} {
			for _, by := range []core.Actor{h.Owner, h.Admin, h.Other} {
				if err := do(by); !errors.Is(err, core.ErrNotFound) {
					t.Errorf("%s by %s of somebody's own view: %v", name, by.Role, err)
				}
			}
		}
	})
}

func TestViewIsRenamedAndSharedByItsMaker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		v, err := h.CreateView(ctx, h.Member, core.View{Name: "Oslo", Query: "city:Oslo"})
		if err != nil {
			t.Fatal(err)
		}
		shared, err := h.UpdateView(ctx, h.Member, core.View{ID: v.ID, Version: v.Version, Name: "All of Oslo", Team: true})
		if err != nil || !shared.Team || shared.Query != "city:Oslo" || shared.Version != 2 {
			t.Fatalf("%+v, %v", shared, err)
		}
		if _, err := h.UpdateView(ctx, h.Owner, core.View{ID: v.ID, Version: v.Version, Name: "x", Team: true}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		if _, err := h.UpdateView(ctx, h.Owner, core.View{ID: v.ID, Name: "x"}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("somebody else takes it back: %v", err)
		}
		if got, err := h.UpdateView(ctx, h.Owner, core.View{ID: v.ID, Name: "Oslo, all", Team: true}); err != nil || got.Maker != h.Member.ID {
			t.Errorf("%+v, %v", got, err)
		}
		before := countEvents(t, h)
		if _, err := h.UpdateView(ctx, h.Owner, core.View{ID: v.ID, Name: "Oslo, all", Team: true}); err != nil || countEvents(t, h) != before {
			t.Errorf("no change: %v", err)
		}
	})
}

func TestViewNamesAreUniqueAndFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		save := func(by core.Actor, name string, team bool) error {
			_, err := h.CreateView(ctx, by, core.View{Name: name, Query: "city:Oslo", Team: team})
			return err
		}
		fault := func(err error, field string, rule core.Rule) bool {
			var bad core.Invalid
			return errors.As(err, &bad) && bad[0].Field == field && bad[0].Rule == rule
		}
		for _, err := range []error{save(h.Member, "Öslo", false), save(h.Owner, "Öslo", false), save(h.Owner, "Öslo", true)} {
			if err != nil {
				t.Error(err)
			}
		}
		for _, err := range []error{save(h.Member, "oslo", false), save(h.Member, "OSLO", true)} {
			if !fault(err, "name", core.Taken) {
				t.Errorf("a name twice: %v", err)
			}
		}
		for i := range core.MaxViews - 1 {
			if err := save(h.Member, "View "+itoa(int64(i)), false); err != nil {
				t.Fatal(err)
			}
		}
		if err := save(h.Member, "One more", false); !fault(err, "views", core.TooMany) {
			t.Errorf("one too many: %v", err)
		}
		if err := save(h.Member, "One more", true); err != nil {
			t.Errorf("the team's do not count as one's own: %v", err)
		}
	})
}

func TestViewComesBackForADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		remove := func(name string) core.View {
			t.Helper()
			v, err := h.CreateView(ctx, h.Member, core.View{Name: name, Query: "city:Oslo"})
			if err == nil {
				err = h.DeleteView(ctx, h.Member, v.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		v := remove("Oslo")
		if names := viewNames(t, h, h.Member); len(names) != 0 {
			t.Errorf("still there: %v", names)
		}
		if err := h.DeleteView(ctx, h.Member, v.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		back, err := h.RestoreView(ctx, h.Member, v.ID)
		if err != nil || back.Query != "city:Oslo" || !viewNames(t, h, h.Member)["Oslo"] {
			t.Errorf("%+v, %v", back, err)
		}
		if _, err := h.RestoreView(ctx, h.Member, v.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("restored twice: %v", err)
		}
		gone := remove("Bergen")
		if _, err := h.CreateView(ctx, h.Member, core.View{Name: "Bergen", Query: "city:Bergen"}); err != nil {
			t.Fatal(err)
		}
		var bad core.Invalid
		if _, err := h.RestoreView(ctx, h.Member, gone.ID); !errors.As(err, &bad) || bad[0].Rule != core.Taken {
			t.Errorf("its name is taken: %v", err)
		}
		h.Clock.Advance(core.ViewKept + time.Hour)
		remove("Voss")
		if _, err := h.RestoreView(ctx, h.Member, gone.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("after a day: %v", err)
		}
	})
}
