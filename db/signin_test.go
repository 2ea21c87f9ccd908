package db_test

import (
	"errors"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

const goodPassword = "correct horse battery staple"

// person adds a user of the first merchant who has set a password.
func person(t *testing.T, h *dbtest.House, email string) core.User {
	t.Helper()
	_, token, err := h.CreateUser(t.Context(), h.Owner, core.User{Email: email, Name: "Pia", Role: core.Member, Merchant: h.First.ID})
	if err != nil {
		t.Fatal(err)
	}
	u, err := h.UseLink(t.Context(), token, goodPassword, "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSetUpLinkSetsThePasswordOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		_, token, err := h.CreateUser(ctx, h.Owner, core.User{Email: "pia@example.com", Name: "Pia Holm", Role: core.Member, Merchant: h.First.ID})
		if err != nil {
			t.Fatal(err)
		}
		for password, rule := range map[string]core.Rule{
			"short": core.TooShort, "aaaaaaaaaaaaaa": core.TooEasy, "password123456": core.TooEasy, "Pia.Holm.example": core.TooEasy,
		} {
			_, err := h.UseLink(ctx, token, password, "")
			var bad core.Invalid
			if !errors.As(err, &bad) || bad[0].Rule != rule {
				t.Errorf("%s: %v, want %s", password, err, rule)
			}
		}
		before := countEvents(t, h)
		u, err := h.UseLink(ctx, token, goodPassword, "192.0.2.7")
		if err != nil || !u.HasPassword || countEvents(t, h) != before+1 {
			t.Fatalf("%+v, %v", u, err)
		}
		if _, err := h.UseLink(ctx, token, goodPassword, ""); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("used twice: %v", err)
		}
		if got, err := h.SignIn(ctx, "PIA@example.com", goodPassword, "192.0.2.7"); err != nil || got.ID != u.ID {
			t.Errorf("signs in as %+v, %v", got, err)
		}
	})
}

func TestSignInLinkWorksBeforeThereIsAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		token, err := h.CreateLink(ctx, core.System(0), h.Viewer.ID, core.SignInLink)
		if err != nil {
			t.Fatal(err)
		}
		if u, kind, err := h.Link(ctx, token); err != nil || kind != core.SignInLink || u.ID != h.Viewer.ID {
			t.Errorf("%+v, %s, %v", u, kind, err)
		}
		u, err := h.UseLink(ctx, token, "", "")
		if err != nil || u.ID != h.Viewer.ID || u.HasPassword {
			t.Errorf("%+v, %v", u, err)
		}
		if token, err = h.CreateLink(ctx, core.System(0), h.Viewer.ID, core.SignInLink); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(core.SignInLife + time.Second)
		if _, err := h.UseLink(ctx, token, "", ""); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("an old link: %v", err)
		}
	})
}

// TestClockPutBackMakesNobodyWait: a try that failed while the clock was ahead
// does not hold up whoever knows the password.
func TestClockPutBackMakesNobodyWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		person(t, h, "pia@example.com")
		if _, err := h.SignIn(t.Context(), "pia@example.com", "wrong", "192.0.2.8"); !errors.Is(err, core.ErrForbidden) {
			t.Fatal(err)
		}
		h.Clock.Advance(-24 * time.Hour)
		if _, err := h.SignIn(t.Context(), "pia@example.com", goodPassword, "192.0.2.8"); err != nil {
			t.Errorf("a day earlier: %v", err)
		}
	})
}

func TestTriesAreThrottledAndNeverForGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		person(t, h, "pia@example.com")
		for i := range core.AccountTries {
			_, err := h.SignIn(ctx, "pia@example.com", "wrong", "192.0.2.8")
			if !errors.Is(err, core.ErrForbidden) {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		var throttled core.Throttled
		_, err := h.SignIn(ctx, "pia@example.com", goodPassword, "192.0.2.9")
		if !errors.As(err, &throttled) || throttled.Wait <= 0 {
			t.Fatalf("not throttled from elsewhere: %v", err)
		}
		h.Clock.Advance(throttled.Wait)
		if _, err := h.SignIn(ctx, "pia@example.com", goodPassword, "192.0.2.9"); err != nil {
			t.Errorf("after waiting: %v", err)
		}
		for range core.AddressTries {
			h.SignIn(ctx, "nobody"+itoa(h.Clock.Now().UnixNano())+"@example.com", "wrong", "192.0.2.66")
		}
		if _, err := h.SignIn(ctx, "pia@example.com", goodPassword, "192.0.2.66"); !errors.As(err, &throttled) {
			t.Errorf("the address is not throttled: %v", err)
		}
		if _, err := h.SignIn(ctx, "pia@example.com", goodPassword, "192.0.2.67"); err != nil {
			t.Errorf("another address: %v", err)
		}
	})
}

// TestAddressesOfOneNetworkAreThrottledTogether: a guesser with an IPv6 address
// has 2^64 of them.
func TestAddressesOfOneNetworkAreThrottledTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		person(t, h, "pia@example.com")
		for i := range core.AddressTries {
			h.SignIn(t.Context(), "nobody"+itoa(int64(i))+"@example.com", "wrong", "2001:db8:1:2::"+itoa(int64(i)))
		}
		var throttled core.Throttled
		if _, err := h.SignIn(t.Context(), "pia@example.com", goodPassword, "2001:db8:1:2:ffff::1"); !errors.As(err, &throttled) {
			t.Errorf("a neighbour: %v", err)
		}
		if _, err := h.SignIn(t.Context(), "pia@example.com", goodPassword, "2001:db8:1:3::1"); err != nil {
			t.Errorf("another network: %v", err)
		}
	})
}

// TestOnesOwnPasswordGivesNoFreshTries: who has an account must not sign in to it
// now and then in order to guess on at those of others.
func TestOnesOwnPasswordGivesNoFreshTries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		person(t, h, "pia@example.com")
		var throttled core.Throttled
		guesses := 0
		for ; guesses < 4*core.AddressTries && throttled.Wait == 0; guesses++ {
			_, err := h.SignIn(t.Context(), "nobody"+itoa(int64(guesses))+"@example.com", "wrong", "192.0.2.8")
			errors.As(err, &throttled)
			if guesses%5 == 4 && throttled.Wait == 0 {
				_, err := h.SignIn(t.Context(), "pia@example.com", goodPassword, "192.0.2.8")
				errors.As(err, &throttled)
			}
		}
		if guesses > core.AddressTries+1 {
			t.Errorf("%d guesses, throttled: %v", guesses, throttled.Wait)
		}
	})
}

// TestWhatWasTypedAsAnAddressIsNotKept: it may be a password, or anything.
func TestWhatWasTypedAsAnAddressIsNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		if _, err := h.SignIn(t.Context(), "Secret "+goodPassword, "wrong", "192.0.2.8"); !errors.Is(err, core.ErrForbidden) {
			t.Fatal(err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM throttles"); n != 2 {
			t.Fatalf("%d counts, want the account's and the address's", n)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM throttles WHERE bucket LIKE '%horse%'"); n != 0 {
			t.Error("it stands in the database")
		}
	})
}

// TestTriesBeforeTheRightPasswordAreForgiven: people of one office share an
// address, and mistype.
func TestTriesBeforeTheRightPasswordAreForgiven(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		person(t, h, "pia@example.com")
		for range 2 * core.AddressTries {
			for _, password := range []string{"wrong", "worse", goodPassword} {
				if _, err := h.SignIn(t.Context(), "pia@example.com", password, "192.0.2.8"); err != nil && !errors.Is(err, core.ErrForbidden) {
					t.Fatal(err)
				}
			}
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM throttles"); n != 0 {
			t.Errorf("%d counts are left", n)
		}
	})
}

func TestFirstAdminIsTheFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		_, err := h.CreateFirstAdmin(t.Context(), core.User{Name: "Eve", Email: "eve@example.com"}, goodPassword, "")
		if !errors.Is(err, core.ErrConflict) {
			t.Errorf("a second first admin: %v", err)
		}
	})
}

func TestSessionsExpireAndEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		u := person(t, h, "pia@example.com")
		key := []byte("0123456789abcdef0123456789abcdef")
		now := h.Clock.Now()
		if err := h.AddSession(ctx, key, core.Session{User: u, CreatedAt: now, SeenAt: now, Values: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		got, err := h.Session(ctx, key)
		if err != nil || got.User.ID != u.ID || got.Expired(h.Clock.Now()) {
			t.Fatalf("%+v, %v", got, err)
		}
		h.Clock.Advance(core.SessionIdle - time.Minute)
		if err := h.TouchSession(ctx, key); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(core.SessionIdle - time.Minute)
		if got, err = h.Session(ctx, key); err != nil || got.Expired(h.Clock.Now()) {
			t.Errorf("a session in use expired: %v", err)
		}
		h.Clock.Advance(2 * time.Minute)
		if got, err = h.Session(ctx, key); err != nil || !got.Expired(h.Clock.Now()) {
			t.Errorf("an idle session did not expire: %v", err)
		}
		if err := h.EndSession(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := h.EndSession(ctx, key); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("ended twice: %v", err)
		}
		if err := h.SaveSession(ctx, key, got); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("an ended session was saved: %v", err)
		}
		if _, err := h.Session(ctx, key); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("an ended session: %v", err)
		}
	})
}

// TestNewPasswordSpendsSignInLinks: whoever sets a password anew may do so
// because somebody else holds a link.
func TestNewPasswordSpendsSignInLinks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		u := person(t, h, "pia@example.com")
		token, err := h.CreateLink(ctx, h.Admin, u.ID, core.SignInLink)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SetOwnPassword(ctx, u.Actor("192.0.2.7"), goodPassword, goodPassword+" two"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.UseLink(ctx, token, "", "192.0.2.9"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a sign-in link from before the new password: %v, want ErrNotFound", err)
		}
	})
}
