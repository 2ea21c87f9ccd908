package db_test

import (
	"errors"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

const otherPassword = "kettle orbit mustard"

func TestOwnPasswordAsksForThePresentOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		u := person(t, h, "pia@example.com")
		by := u.Actor("192.0.2.7")
		for _, c := range []struct {
			present, password, field string
			rule                     core.Rule
		}{
			{"", otherPassword, "present", core.Required},
			{goodPassword, "short", "password", core.TooShort},
			{goodPassword, "pia@example.com", "password", core.TooEasy},
			{otherPassword, otherPassword, "present", core.Wrong},
		} {
			before := countEvents(t, h)
			var bad core.Invalid
			if err := h.SetOwnPassword(ctx, by, c.present, c.password); !errors.As(err, &bad) || bad[0].Field != c.field || bad[0].Rule != c.rule {
				t.Errorf("%q to %q: %v, want %s %s", c.present, c.password, err, c.field, c.rule)
			}
			if got := countEvents(t, h) - before; (c.rule == core.Wrong) != (got == 1) {
				t.Errorf("%q to %q left %d events", c.present, c.password, got)
			}
		}
		key, err := session(ctx, h, by)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SetOwnPassword(ctx, by, goodPassword, otherPassword); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Session(ctx, key); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a session outlived the password: %v", err)
		}
		if _, err := h.SignIn(ctx, u.Email, goodPassword, "192.0.2.7"); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("the old password: %v", err)
		}
		if _, err := h.SignIn(ctx, u.Email, otherPassword, "192.0.2.7"); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

func TestOwnPasswordIsNotGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		by := person(t, h, "pia@example.com").Actor("192.0.2.7")
		for range core.AccountTries {
			h.SetOwnPassword(t.Context(), by, "a wrong guess", otherPassword)
		}
		var throttled core.Throttled
		if err := h.SetOwnPassword(t.Context(), by, goodPassword, otherPassword); !errors.As(err, &throttled) {
			t.Errorf("not throttled: %v", err)
		}
	})
}

func TestOwnNameIsOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		if err := h.SetOwnName(ctx, h.Viewer, "  Pauline  "); err != nil {
			t.Fatal(err)
		}
		if u, err := h.OwnAccount(ctx, h.Viewer); err != nil || u.Name != "Pauline" || u.Role != core.Viewer {
			t.Errorf("%+v, %v", u, err)
		}
		before := countEvents(t, h)
		if err := h.SetOwnName(ctx, h.Viewer, "Pauline"); err != nil || countEvents(t, h) != before {
			t.Errorf("the same name again: %v", err)
		}
		var bad core.Invalid
		if err := h.SetOwnName(ctx, h.Viewer, " "); !errors.As(err, &bad) {
			t.Errorf("no name: %v", err)
		}
		// Staff who stand in a merchant change nothing of the merchant's.
		if err := h.SetOwnName(ctx, h.Agent, "Jonas"); err != nil {
			t.Fatal(err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM events WHERE action = 'user.renamed' AND merchant_id = 0"); n != 1 {
			t.Errorf("%d events of the installation, want 1", n)
		}
		if _, err := h.OwnAccount(ctx, core.Actor{}); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("nobody's account: %v", err)
		}
	})
}

func TestPreferencesComeWithTheSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		key, err := session(ctx, h, h.Viewer)
		if err != nil {
			t.Fatal(err)
		}
		want := core.Preferences{Theme: core.ThemeDark, Rows: 25}
		if err := h.SetOwnPreferences(ctx, h.Viewer, want); err != nil {
			t.Fatal(err)
		}
		s, err := h.Session(ctx, key)
		if err != nil || s.User.Preferences != want || s.Agent != "Firefox" || s.Origin != "192.0.2.9" {
			t.Errorf("%+v, %v", s, err)
		}
		var bad core.Invalid
		if err := h.SetOwnPreferences(ctx, h.Viewer, core.Preferences{Rows: 7}); !errors.As(err, &bad) {
			t.Errorf("seven rows: %v", err)
		}
		if err := h.SetOwnPreferences(ctx, core.System(0), want); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("the system's: %v", err)
		}
	})
}

func TestSessionsAreListedAndEndedForOneselfOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		old, err := session(ctx, h, h.Viewer)
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(core.SessionIdle + time.Minute)
		var mine [3][]byte
		for i := range mine {
			if mine[i], err = session(ctx, h, h.Viewer); err != nil {
				t.Fatal(err)
			}
		}
		theirs, err := session(ctx, h, h.Member)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.OwnSessions(ctx, h.Viewer)
		if err != nil || len(list) != 3 || list[0].ID != core.SessionID(mine[2]) || list[0].Origin != "192.0.2.9" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := h.EndOwnSession(ctx, h.Viewer, core.SessionID(theirs)); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
		if err := h.EndOwnSession(ctx, h.Viewer, core.SessionID(mine[0])); err != nil {
			t.Fatal(err)
		}
		if n, err := h.EndOtherSessions(ctx, h.Viewer, mine[1]); err != nil || n != 2 {
			t.Errorf("ended %d, %v; want 2", n, err)
		}
		for key, there := range map[string]bool{
			string(old): false, string(mine[0]): false, string(mine[1]): true, string(mine[2]): false, string(theirs): true,
		} {
			if _, err := h.Session(ctx, []byte(key)); (err == nil) != there {
				t.Errorf("a session is there: %v, want %v", err, there)
			}
		}
		before := countEvents(t, h)
		if n, err := h.EndOtherSessions(ctx, h.Viewer, mine[1]); err != nil || n != 0 || countEvents(t, h) != before {
			t.Errorf("ended %d, %v; want none and no event", n, err)
		}
	})
}
