package web

import (
	"mime/multipart"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/db/core"
)

const late = core.SessionIdle + time.Second

func TestASaveAfterExpirySignsInAndCompletes(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		k := start(t, scheme)
		b := k.browser(t)
		b.signIn(owner)
		k.sleep(late)
		seen := k.table.only(t).SeenAt
		b.post("/m/1/customers?from=2", "name=B%C3%A4ck&tag=a&tag=b", "Referer", k.srv.URL+"/m/1/customers/new").
			is(t, 303, "/login?next=%2Fm%2F1%2Fcustomers%2Fnew")
		if got := k.table.only(t).SeenAt; !got.Equal(seen) {
			t.Error("holding woke the session")
		}
		b.get("/all").is(t, 303, "/login")
		b.get("/login").is(t, 200, "held=true")
		if got := k.did.take(); got != "" {
			t.Fatalf("done before signing in: %s", got)
		}

		b.signIn(owner).is(t, 303, "/m/1/saved")
		if got, want := k.did.take(), "Olga in 1 saves /m/1/customers?from=2 name=B%C3%A4ck&tag=a&tag=b;"; got != want {
			t.Errorf("did %q, want %q", got, want)
		}
		b.get("/flashes").is(t, 200, "Saved")
		if got := b.cookie("kontor-held") + b.cookie("__Host-kontor-held"); got != "" {
			t.Errorf("the claim is left: %s", got)
		}
		if s := k.table.only(t); len(s.Held) != 0 {
			t.Errorf("still held: %s", s.Held)
		}
		if strings.Contains(k.log.take(), "k3y") {
			t.Error("the log has the path of a secret route")
		}
		b.get("/login").is(t, 200, "held=false")
		b.signIn(owner).is(t, 303, "/welcome")
		if got := k.did.take(); got != "" {
			t.Errorf("did again: %q", got)
		}
	}
}

func TestAHeldSaveWithFaultsShowsItsForm(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	b.post("/m/1/customers", "name=")
	b.post("/login/k3y", "user=1").is(t, 422, "name is missing")
}

func TestAHeldSaveIsHeldToTheRightsOfTheDay(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	b.post("/m/1/customers", "name=x")
	k.table.mu.Lock()
	u := k.table.users[owner]
	u.Role = core.Viewer
	k.table.users[owner] = u
	k.table.mu.Unlock()
	b.post("/login/k3y", "user=1").is(t, 403, "")
	if got := k.did.take(); got != "" {
		t.Errorf("did %s", got)
	}
}

func TestStaffResumeInTheMerchantOfTheirForm(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(agent)
	b.get("/m/2/customers")
	k.sleep(late)
	b.post("/m/3/customers", "name=x")
	k.did.take()
	b.signIn(agent).is(t, 303, "/m/1/saved")
	if got, want := k.did.take(), "Anna enters 3;Anna in 3 saves /m/3/customers? name=x;"; got != want {
		t.Errorf("did %q, want %q", got, want)
	}
}

func TestSavesThatAreNotHeld(t *testing.T) {
	form := func(b *browser) answer { return b.post("/m/1/customers", "name=x") }
	for _, tt := range []struct {
		name  string
		after time.Duration
		send  func(b *browser) answer
		user  int64 // who signs in; owner if 0
	}{
		{"another user", late, form, viewer},
		{"expired too long ago", core.SessionIdle + core.SessionHeld + time.Second, form, 0},
		{"a secret", late, func(b *browser) answer { return b.post("/m/1/cards", "name=x") }, 0},
		{"a card number in a note", late, func(b *browser) answer {
			return b.post("/m/1/customers", "name=x&note=his+card+is+4111+1111+1111+1111")
		}, 0},
		{"a card number in what is looked for", late, func(b *browser) answer {
			return b.post("/m/1/customers?q=4111%201111+1111-1111", "name=x")
		}, 0},
		{"another method", late, func(b *browser) answer {
			return b.do("PUT", "/m/1/customers", strings.NewReader("name=x"), "Content-Type", "application/x-www-form-urlencoded")
		}, 0},
		{"a file", late, func(b *browser) answer {
			var body strings.Builder
			m := multipart.NewWriter(&body)
			m.WriteField("name", "x")
			m.Close()
			return b.do("POST", "/m/1/customers", strings.NewReader(body.String()), "Content-Type", m.FormDataContentType())
		}, 0},
		{"too large", late, func(b *browser) answer {
			return b.post("/m/1/customers", "name="+strings.Repeat("x", heldSize))
		}, 0},
		{"too large, written short", late, func(b *browser) answer {
			return b.post("/m/1/customers", "name="+strings.Repeat("/", heldSize/2))
		}, 0},
		{"a stranger's", late, func(b *browser) answer {
			b.setCookie("kontor", strings.Repeat("A", 43))
			return form(b)
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := start(t, "http")
			b := k.browser(t)
			b.signIn(owner)
			k.sleep(tt.after)
			tt.send(b).is(t, 303, "/login?next=")
			user := tt.user
			if user == 0 {
				user = owner
			}
			b.signIn(user).is(t, 303, "/welcome")
			if got := k.did.take(); got != "" {
				t.Errorf("did %s", got)
			}
			b.signIn(owner).is(t, 303, "/welcome") // nothing is left for later either
		})
	}
}

func TestAnotherSiteCannotPlantASave(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "", "Origin", "null"},
		{"Sec-Fetch-Site", ""},
	} {
		b.post("/m/1/customers", "name=x", headers...).is(t, 403, "")
	}
	b.signIn(owner).is(t, 303, "/welcome")
}

func TestWhatIsNotKnownToBeOursIsNotHeld(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	k.srv.Config.Handler = k.pages // without what refuses other sites
	b.post("/m/1/customers", "name=x", "Sec-Fetch-Site", "cross-site").is(t, 303, "/login")
	if held := k.table.only(t).Held; held != nil {
		t.Errorf("held %s", held)
	}
}

func TestWhoWasShutOutLeavesNothing(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	active := func(is bool) {
		k.table.mu.Lock()
		defer k.table.mu.Unlock()
		u := k.table.users[owner]
		u.Active = is
		k.table.users[owner] = u
	}
	active(false)
	b.post("/m/1/customers", "name=x").is(t, 303, "/login")
	active(true)
	b.signIn(owner).is(t, 303, "/welcome")
}

func TestAnOverheardKeyNeitherPlantsNorReleasesASave(t *testing.T) {
	k := start(t, "http")
	victim, thief := k.browser(t), k.browser(t)
	victim.signIn(owner)
	thief.setCookie("kontor", victim.cookie("kontor"))
	k.sleep(late)

	thief.post("/m/1/customers", "name=planted").is(t, 303, "/login")
	victim.get("/login").is(t, 200, "held=false")
	victim.signIn(owner).is(t, 303, "/welcome")
	if got := k.did.take(); got != "" {
		t.Errorf("planted: %s", got)
	}

	thief.setCookie("kontor", victim.cookie("kontor"))
	k.sleep(late)
	victim.post("/m/1/customers", "name=mine").is(t, 303, "/login")
	thief.setCookie("kontor-held", "guessed")
	thief.get("/login").is(t, 200, "held=false")
}

func TestAHeldSaveIsCarriedOutOnceOfManySignIns(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	b.post("/m/1/customers", "name=x")
	const n = 4
	var all, read sync.WaitGroup
	read.Add(n)
	k.table.gate = func() { // all find the session before any ends it
		read.Done()
		read.Wait()
	}
	for range n {
		c := k.browser(t)
		c.setCookie("kontor", b.cookie("kontor"))
		c.setCookie("kontor-held", b.cookie("kontor-held"))
		all.Go(func() { c.signIn(owner) })
	}
	all.Wait()
	if got := strings.Count(k.did.take(), "saves"); got != 1 {
		t.Errorf("saved %d times", got)
	}
}

func TestAHeldPathMustBeOurs(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(owner)
	k.sleep(late)
	b.post("/m/1/customers", "name=x")
	k.table.mu.Lock()
	for key, s := range k.table.rows {
		s.Held = []byte(strings.Replace(string(s.Held), "/m/1", "//m/1", 1))
		k.table.rows[key] = s
	}
	k.table.mu.Unlock()
	b.signIn(owner).is(t, 303, "/welcome")
}
