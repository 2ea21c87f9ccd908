package web

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
)

func TestForgedAndStaleCookiesAreNoCookie(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	good := b.cookie("kontor")
	stale := k.browser(t)
	stale.signIn(owner)
	old := stale.cookie("kontor")
	stale.post("/logout", "").is(t, 303, "/login")
	k.table.counts()

	for _, tt := range []struct{ name, cookie, want string }{
		{"short", good[:42], "reads 0"},
		{"long", good + "A", "reads 0"},
		{"no base64", strings.Repeat("!", 43), "reads 0"},
		{"other last bits", good[:42] + string(good[42]+1), "reads 0"},
		{"unknown", strings.Repeat("A", 43), "reads 1"},
		{"ended", old, "reads 1"},
	} {
		b.setCookie("kontor", tt.cookie)
		b.get("/all").is(t, 303, "/login?next=%2Fall")
		if got := k.table.counts(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	b.setCookie("kontor", good)
	b.get("/all").is(t, 200, "Olga in 1")
}

func TestCookieFitsThePublicAddress(t *testing.T) {
	for _, tt := range []struct {
		scheme string
		name   string
		secure bool
	}{
		{"http", "kontor", false},
		{"https", "__Host-kontor", true},
	} {
		k := start(t, tt.scheme)
		a := k.browser(t).signIn(owner)
		cookies := a.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("cookies %v", cookies)
		}
		c := cookies[0]
		if c.Name != tt.name || c.Secure != tt.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
			t.Errorf("%s: cookie %v", tt.scheme, c)
		}
		for key := range k.table.rows {
			if strings.Contains(key, c.Value) || len(key) != 32 {
				t.Errorf("the table knows the key: %x", key)
			}
		}
	}
}

func TestSigningInChangesTheKey(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	first := b.cookie("kontor")
	b.signIn(viewer)
	if second := b.cookie("kontor"); second == first {
		t.Error("same key after signing in again")
	}
	if got := k.table.only(t).User.ID; got != viewer {
		t.Errorf("session of %d, want %d", got, viewer)
	}
	b.setCookie("kontor", first)
	b.get("/all").is(t, 303, "/login")
}

func TestSessionKeyTellsOnesOwnSession(t *testing.T) {
	k := start(t, "http")
	var key []byte
	var seen core.Session
	k.pages.Page("GET /sessions", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		key, seen = SessionKey(r), Session(r)
		return Redirect(w, r, "/")
	})
	b := k.browser(t)
	b.signIn(owner)
	b.get("/sessions").is(t, 303, "/")
	if s, ok := k.table.rows[string(key)]; !ok || seen.User.ID != owner || !seen.CreatedAt.Equal(s.CreatedAt) {
		t.Errorf("key %x of session %+v", key, seen)
	}
}

func TestADatabaseThatTakesNoWritesStillShowsPages(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.refuse(core.ErrUnavailable)
	k.sleep(core.SessionTouch)
	b.get("/all").is(t, 200, "Olga")
	if log := k.log.take(); !strings.Contains(log, "session not touched") {
		t.Errorf("log:\n%s", log)
	}
	b.post("/flash", "").is(t, 303, "/flashes")
	b.post("/renew", "").is(t, 503, "failed 503")
	b.post("/logout", "").is(t, 503, "failed 503")
	k.sleep(late)
	b.post("/m/1/customers", "name=x").is(t, 503, "failed 503")
	k.table.refuse(nil)
	b.signIn(owner).is(t, 303, "/welcome")
}

func TestRenewKeepsTheSessionUnderANewKey(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	b.post("/flash", "").is(t, 303, "/flashes")
	began, first := k.table.only(t).CreatedAt, b.cookie("kontor")
	k.sleep(time.Second)
	b.post("/renew", "").is(t, 303, "/")
	if b.cookie("kontor") == first {
		t.Error("same key")
	}
	if got := k.table.only(t).CreatedAt; !got.Equal(began) {
		t.Errorf("began %s, want %s", got, began)
	}
	b.get("/flashes").is(t, 200, "Gone")
	b.setCookie("kontor", first)
	b.get("/all").is(t, 303, "/login")
}

func TestSessionsExpire(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(core.SessionIdle)
	b.get("/all").is(t, 200, "Olga")
	k.sleep(core.SessionIdle + time.Second)
	b.get("/all").is(t, 303, "/login")

	b.signIn(owner)
	for range 24 { // in use all the time
		b.get("/all").is(t, 200, "Olga")
		k.sleep(core.SessionLife / 24)
	}
	b.get("/all").is(t, 200, "Olga")
	k.sleep(time.Second)
	b.get("/all").is(t, 303, "/login")
}

func TestWhoIsNoLongerActiveIsAStranger(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.mu.Lock()
	u := k.table.users[owner]
	u.Active = false
	k.table.users[owner] = u
	k.table.mu.Unlock()
	b.get("/all").is(t, 303, "/login")
}

func TestViewsReadOnceAndWriteOnlyTheMinuteOfUse(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.counts()
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{
		{0, "reads 1 saves 0 touches 0"},
		{core.SessionTouch - time.Second, "reads 1 saves 0 touches 0"},
		{time.Second, "reads 1 saves 0 touches 1"},
		{time.Second, "reads 1 saves 0 touches 0"},
	} {
		k.sleep(tt.after)
		b.get("/flashes").is(t, 200, "[]")
		if got := k.table.counts(); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.after, got, tt.want)
		}
	}
}

func TestFlashesAreTakenOnceAndWriteNothing(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.table.counts()
	a := b.post("/flash", "")
	a.is(t, 303, "/flashes")
	if got := len(a.Header.Values("Set-Cookie")); got != 1 {
		t.Errorf("%d cookies are set, want 1", got)
	}
	a = b.get("/flashes")
	a.is(t, 200, "Gone")
	a.is(t, 200, "Two")
	if got, want := k.table.counts(), "reads 2 saves 0 touches 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	b.get("/flashes").is(t, 200, "[]")
}

func TestFlashKeepsItsUndo(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	var got []Flash
	k.pages.Page("GET /taken", core.Read, func(w http.ResponseWriter, r *http.Request) (err error) {
		got, err = TakeFlashes(w, r)
		return err
	})
	b.post("/flash", "")
	b.get("/taken")
	want := &Undo{Action: "/undo", Label: "Undo", Fields: []Field{{"version", "3"}}}
	if len(got) != 2 || !reflect.DeepEqual(got[0].Undo, want) {
		t.Errorf("%+v, want an undo %+v", got, want)
	}
}

func TestFlashesOfAnotherSessionAreNotShown(t *testing.T) {
	k := start(t, "http")
	one, other := k.browser(t), k.browser(t)
	one.signIn(owner)
	other.signIn(owner)
	one.post("/flash", "")
	left := one.cookie("kontor-messages")
	for what, value := range map[string]string{
		"another session's": left,
		"unsigned":          "." + left[strings.IndexByte(left, '.')+1:],
		"rubbish":           "x",
	} {
		other.setCookie("kontor-messages", value)
		if a := other.get("/flashes"); !strings.Contains(a.body, "[]") {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	one.signIn(agent)
	one.get("/flashes").is(t, 200, "[]")
}

func TestFlashesBeyondACookieDropTheOldest(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.pages.Page("POST /many", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		for i := range 9 {
			if err := AddFlash(w, r, Flash{Kind: FlashSuccess, Text: fmt.Sprint("no. ", i, strings.Repeat(" x", 300))}); err != nil {
				return err
			}
		}
		return Redirect(w, r, "/flashes")
	})
	b.post("/many", "")
	if got := len(b.cookie("kontor-messages")); got > flashSize {
		t.Errorf("the cookie has %d bytes, want at most %d", got, flashSize)
	}
	a := b.get("/flashes")
	a.is(t, 200, "no. 8")
	if strings.Contains(a.body, "no. 0") {
		t.Error("the oldest is there")
	}
}

func TestSignOutEndsAndForgets(t *testing.T) {
	k := start(t, "https")
	b := k.browser(t)
	b.signIn(owner)
	a := b.post("/logout", "")
	a.is(t, 303, "/login")
	if got := fmt.Sprintf("%d %q %s", len(k.table.rows), b.cookie("__Host-kontor"), a.Header.Get("Clear-Site-Data")); got != `0 "" "cache", "storage"` {
		t.Errorf("left: %s", got)
	}
}
