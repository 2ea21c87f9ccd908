package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

const (
	goodPassword  = "kettle orbit mustard"
	otherPassword = "correct horse battery staple"
)

// A browser keeps its cookies from one answer to the next.
type browser struct {
	*site
	agent   string
	cookies map[string]*http.Cookie
}

// browser signs somebody in with their password, as a browser of that name.
func (s *site) browser(email, password, agent string) *browser {
	s.t.Helper()
	b := &browser{site: s, agent: agent, cookies: map[string]*http.Cookie{}}
	want(s.t, b.send("POST", "/login", url.Values{"email": {email}, "password": {password}}), 303)
	return b
}

func (b *browser) send(method, path string, form url.Values) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", b.agent)
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	a := b.ask(core.Actor{}, r)
	for _, c := range a.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return a
}

// setPassword gives somebody a password.
func (s *site) setPassword(by core.Actor, password string) {
	s.t.Helper()
	if err := s.SetOwnPassword(s.t.Context(), by, "", password); err != nil {
		s.t.Fatal(err)
	}
}

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)

func TestAccountListsAndEndsSessions(t *testing.T) {
	s := newSite(t)
	s.setPassword(s.Viewer, goodPassword)
	here, there := s.browser("viewer@first.example", goodPassword, firefox), s.browser("viewer@first.example", goodPassword, iphone)
	third := s.browser("viewer@first.example", goodPassword, iphone)
	page := here.send("GET", "/account", nil)
	want(t, page, 200)
	list := page.text(".devices")
	for _, text := range []string{"Firefox on Linux", "Safari on iPhone", "192.0.2.1", "This one"} {
		if !strings.Contains(list, text) {
			t.Errorf("the sessions do not say %q: %s", text, list)
		}
	}
	if strings.Contains(page.Body.String(), here.cookies["kontor"].Value) {
		t.Error("the page holds the session's key")
	}
	end, ok := page.Find(".devices form").First().Attr("action")
	if n := page.Find(".devices form").Length(); n != 2 || !ok {
		t.Fatalf("%d sessions can be ended, want 2", n)
	}
	want(t, s.post(s.Member, end, nil), 303) // as one that ended by itself
	if a := there.send("GET", "/account", nil); a.Code+third.send("GET", "/account", nil).Code != 400 {
		t.Fatal("somebody else ended a session")
	}
	want(t, here.send("POST", end, nil), 303)
	if a := there.send("GET", "/account", nil); a.Code+third.send("GET", "/account", nil).Code != 200+303 {
		t.Errorf("not one session ended: %d", a.Code)
	}
	want(t, here.send("POST", "/account/sessions/end", nil), 303)
	want(t, there.send("GET", "/account", nil), 303)
	want(t, third.send("GET", "/account", nil), 303)
	want(t, here.send("GET", "/account", nil), 200)
}

func TestNewPasswordEndsOtherSessionsAndRenewsThisOne(t *testing.T) {
	s := newSite(t)
	s.setPassword(s.Viewer, goodPassword)
	here, there := s.browser("viewer@first.example", goodPassword, firefox), s.browser("viewer@first.example", goodPassword, iphone)
	old := here.cookies["kontor"]
	if n := here.send("GET", "/account", nil).Find("#present").Length(); n != 1 {
		t.Error("the present password is not asked for")
	}
	a := here.send("POST", "/account/password", url.Values{"present": {"not this one"}, "password": {otherPassword}})
	want(t, a, 422)
	if got := a.text("#present-fault"); got != "This is not the present password. Type it again." {
		t.Errorf("says %q", got)
	}
	want(t, there.send("GET", "/account", nil), 200)
	want(t, here.send("POST", "/account/password", url.Values{"present": {goodPassword}, "password": {otherPassword}}), 303)
	if here.cookies["kontor"].Value == old.Value {
		t.Error("the session has its old key")
	}
	want(t, here.send("GET", "/account", nil), 200)
	want(t, there.send("GET", "/account", nil), 303)
	here.cookies["kontor"] = old
	want(t, here.send("GET", "/account", nil), 303)
	s.browser("viewer@first.example", otherPassword, iphone)
}

func TestFirstPasswordNeedsNone(t *testing.T) {
	s := newSite(t)
	if n := s.get(s.Admin, "/account").Find("#present").Length(); n != 0 {
		t.Error("a password that is not there is asked for")
	}
	a := s.post(s.Admin, "/account/password", url.Values{"password": {"short"}})
	want(t, a, 422)
	if title := a.text("title"); !strings.HasPrefix(title, "Error:") || a.Find(`#problems a[href="#password"]`).Length() != 1 {
		t.Errorf("title %q", title)
	}
	want(t, s.post(s.Admin, "/account/password", url.Values{"password": {goodPassword}}), 303)
}

func TestNameIsKeptWhenRefused(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("x", 101)
	a := s.post(s.Viewer, "/account/name", url.Values{"name": {long}})
	want(t, a, 422)
	if got, _ := a.Find("#name").Attr("value"); got != long {
		t.Errorf("kept %q", got)
	}
	want(t, s.post(s.Viewer, "/account/name", url.Values{"name": {"Pauline"}}), 303)
	if got, _ := s.get(s.Viewer, "/account").Find("#name").Attr("value"); got != "Pauline" {
		t.Errorf("shown as %q", got)
	}
}

func TestPreferencesFollowToAnotherBrowser(t *testing.T) {
	s := newSite(t)
	s.setPassword(s.Member, goodPassword)
	for range 26 {
		s.House.Customer(t, "name", "Somebody")
	}
	here := s.browser("member@first.example", goodPassword, firefox)
	want(t, here.send("POST", "/account/preferences", url.Values{"theme": {"dark"}, "rows": {"25"}}), 303)
	want(t, here.send("POST", "/account/preferences", url.Values{"theme": {"pink"}, "rows": {"25"}}), 422)
	there := s.browser("member@first.example", goodPassword, iphone)
	if got := there.cookies["kontor-theme"]; got == nil || got.Value != "dark" {
		t.Errorf("the other browser's theme is %v", got)
	}
	page := there.send("GET", list, nil)
	if class, _ := page.Find("html").Attr("class"); class != "dark" {
		t.Errorf("class %q", class)
	}
	if n := page.Find("tbody tr").Length(); n != 25 {
		t.Errorf("%d rows, want 25", n)
	}
	if got := page.text(".page-sizes [aria-current]"); got != "25" {
		t.Errorf("marked %q", got)
	}
	// The address goes before it, also to the usual number.
	if to, _ := page.Find(".page-sizes a").Eq(1).Attr("href"); there.send("GET", to, nil).Find("tbody tr").Length() != 26 {
		t.Errorf("%s has not 26 rows", to)
	}
	// The switch in the corner is the same choice.
	want(t, there.send("POST", "/theme", url.Values{"theme": {"light"}}), 303)
	if class, _ := here.send("GET", list, nil).Find("html").Attr("class"); class != "light" {
		t.Errorf("the first browser's class is %q", class)
	}
	if n := here.send("GET", list, nil).Find("tbody tr").Length(); n != 25 {
		t.Errorf("the switch changed the rows to %d", n)
	}
}
