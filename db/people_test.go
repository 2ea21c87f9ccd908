package db_test

import (
	"errors"
	"sync"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// signedIn gives somebody a session and returns its key's hash.
func signedIn(t *testing.T, h *dbtest.House, who core.Actor, key string) []byte {
	t.Helper()
	now := h.Clock.Now()
	err := h.AddSession(t.Context(), []byte(key), core.Session{User: core.User{ID: who.ID}, CreatedAt: now, SeenAt: now})
	if err != nil {
		t.Fatal(err)
	}
	return []byte(key)
}

func rule(err error, field string) core.Rule {
	var bad core.Invalid
	errors.As(err, &bad)
	f, _ := bad.Field(field)
	return f.Rule
}

func TestPeopleAreThoseOfWhereOneStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		signedIn(t, h, h.Member, "one")
		signedIn(t, h, h.Member, "two")
		for _, c := range []struct {
			by   core.Actor
			want []core.Actor
		}{
			{h.Owner, []core.Actor{h.Owner, h.Member, h.Viewer}},
			{h.Admin, []core.Actor{h.Owner, h.Member, h.Viewer}},
			{h.Admin.In(0), []core.Actor{h.Admin, h.Agent, h.Auditor}},
			{h.Other, []core.Actor{h.Other}},
		} {
			got, err := h.People(ctx, c.by, 0, 10)
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%s sees %d people, %v; want %d", c.by.Role, len(got), err, len(c.want))
			}
			for i, p := range got {
				if p.ID != c.want[i].ID {
					t.Errorf("%s sees %s as number %d", c.by.Role, p.Role, i)
				}
			}
			n := countEvents(t, h)
			all, err := h.ExportPeople(ctx, c.by)
			if err != nil || len(all) != len(c.want) || countEvents(t, h) != n+1 {
				t.Errorf("%s takes out %d, %v", c.by.Role, len(all), err)
			}
		}
		p, err := h.Person(ctx, h.Owner, h.Member.ID)
		if err != nil || p.Sessions != 2 || p.SeenAt.IsZero() {
			t.Errorf("member: %d sessions, seen %v, %v", p.Sessions, p.SeenAt, err)
		}
		h.Clock.Advance(core.SessionIdle * 2)
		if p, _ := h.Person(ctx, h.Owner, h.Member.ID); p.Sessions != 0 {
			t.Errorf("expired sessions are counted: %d", p.Sessions)
		}
		for _, by := range []core.Actor{h.Member, h.Viewer, h.Agent, h.Agent.In(0), h.Auditor.In(0), {}} {
			if _, err := h.People(ctx, by, 0, 10); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s sees people: %v", by.Role, err)
			}
			if _, err := h.ExportPeople(ctx, by); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s takes people out: %v", by.Role, err)
			}
			if _, err := h.Person(ctx, by, h.Member.ID); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s sees a person: %v", by.Role, err)
			}
		}
		for _, stranger := range []core.Actor{h.Other, h.Admin} {
			if _, err := h.Person(ctx, h.Owner, stranger.ID); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("an owner sees %s: %v", stranger.Name, err)
			}
		}
	})
}

func TestChangeOfRightsEndsSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		there := func(key []byte) bool {
			_, err := h.Session(ctx, key)
			return err == nil
		}
		key := signedIn(t, h, h.Member, "name")
		if _, err := h.UpdateUser(ctx, h.Owner, core.User{ID: h.Member.ID, Name: "Other Name", Role: core.Member}); err != nil || !there(key) {
			t.Errorf("another name: %v, session there %v", err, there(key))
		}
		u, err := h.UpdateUser(ctx, h.Owner, core.User{ID: h.Member.ID, Name: "Other Name", Role: core.Viewer})
		if err != nil || u.Role != core.Viewer || there(key) {
			t.Errorf("another role: %+v, %v, session there %v", u, err, there(key))
		}
		if _, err := h.UpdateUser(ctx, h.Owner, core.User{ID: u.ID, Version: u.Version - 1, Name: "Late", Role: core.Owner}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		key = signedIn(t, h, h.Member, "ended")
		if n, err := h.EndUserSessions(ctx, h.Owner, h.Member.ID); n != 1 || err != nil || there(key) {
			t.Errorf("ended %d, %v, session there %v", n, err, there(key))
		}

		_, token, err := h.CreateSetUpLink(ctx, h.Owner, h.Member.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, again, err := h.CreateSetUpLink(ctx, h.Owner, h.Member.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Link(ctx, token); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("the earlier link: %v", err)
		}
		key = signedIn(t, h, h.Member, "deactivated")
		if _, err := h.DeactivateUser(ctx, h.Owner, h.Member.ID, 0); err != nil || there(key) {
			t.Errorf("deactivated: %v, session there %v", err, there(key))
		}
		if _, _, err := h.CreateSetUpLink(ctx, h.Owner, h.Member.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a link for who is not active: %v", err)
		}
		if u, err := h.ReactivateUser(ctx, h.Owner, h.Member.ID, 0); err != nil || !u.Active || there(key) {
			t.Errorf("reactivated: %+v, %v", u, err)
		}
		if _, _, err := h.Link(ctx, again); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a link from before works again: %v", err)
		}
	})
}

func TestTheLastOneStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		for _, by := range []core.Actor{h.Owner, h.Admin.In(0), core.System(h.First.ID)} {
			last, next := h.Owner.ID, core.Member
			if by.Merchant == 0 {
				last, next = h.Admin.ID, core.Agent
			}
			if _, err := h.DeactivateUser(ctx, by, last, 0); rule(err, "role") != core.LastOne {
				t.Errorf("deactivate the last: %v", err)
			}
			if _, err := h.UpdateUser(ctx, by, core.User{ID: last, Name: "x", Role: next}); rule(err, "role") != core.LastOne {
				t.Errorf("demote the last: %v", err)
			}
		}
		// An owner who is not active is none.
		second, _, err := h.CreateUser(ctx, h.Owner, core.User{Email: "o2@first.example", Name: "Second", Role: core.Owner, Merchant: h.First.ID})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.DeactivateUser(ctx, h.Owner, second.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.DeactivateUser(ctx, h.Owner, h.Owner.ID, 0); rule(err, "role") != core.LastOne {
			t.Errorf("the other is not active: %v", err)
		}
		if _, err := h.ReactivateUser(ctx, h.Owner, second.ID, 0); err != nil {
			t.Fatal(err)
		}

		// Of two who demote each other at once, one does.
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, c := range []struct{ by, whom core.Actor }{{h.Owner, second.Actor("")}, {second.Actor(""), h.Owner}} {
			wg.Go(func() {
				_, errs[i] = h.UpdateUser(ctx, c.by, core.User{ID: c.whom.ID, Name: "Demoted", Role: core.Member})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two demote each other: %v", errs)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM users WHERE role = 'owner' AND active = 1 AND merchant_id = 1"); n != 1 {
			t.Errorf("%d owners are left", n)
		}
	})
}

func TestStaffAreAddedOutsideMerchants(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		if _, _, err := h.CreateUser(t.Context(), h.Owner, core.User{Email: "x@example.com", Name: "X", Role: core.Agent}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner adds staff: %v", err)
		}
		before := h.Count(t, "SELECT COUNT(*) FROM events WHERE merchant_id = 1")
		if _, _, err := h.CreateUser(t.Context(), h.Admin, core.User{Email: "x@example.com", Name: "X", Role: core.Agent}); err != nil {
			t.Fatal(err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM events WHERE merchant_id = 1"); n != before {
			t.Error("the merchant's record tells of staff")
		}
	})
}
