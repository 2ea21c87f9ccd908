package handlers_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/core"
	"kontor/views"
)

func TestActivityTellsWhoDidWhatFromWhere(t *testing.T) {
	s := newSite(t)
	c := s.CustomerOf(t, s.Member, "name", "Bo Ek", "email", "old@example.com")
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, c.ID, 0, core.Changes{"email": "new@example.com"}); err != nil {
		t.Fatal(err)
	}
	s.SignIn(t.Context(), "viewer@first.example", "wrong", "192.0.2.66")
	s.SignIn(t.Context(), "stranger@first.example", "wrong", "192.0.2.67")
	a := s.get(s.Viewer, "/m/1/activity")
	want(t, a, 200)
	for _, text := range []string{"Customer edited Bo Ek", "Owner Person · from 192.0.2.1", "old@example.com → new@example.com", "Sign-in refused Viewer Person", "from 192.0.2.66"} {
		if !strings.Contains(a.text("#activity"), text) {
			t.Errorf("the page does not say %q:\n%s", text, a.text("#activity .timeline"))
		}
	}
	if strings.Contains(a.text("#activity"), "192.0.2.67") {
		t.Error("a merchant is told of strangers to everybody")
	}
	if n := a.Find(`#activity .about a[href="` + views.CustomerURL(1, c.ID) + `"]`).Length(); n != 2 {
		t.Errorf("%d links to the customer", n)
	}
	if a.Find("#activity form[method=post]").Length() != 0 {
		t.Error("a viewer is offered to undo")
	}
	undo, _ := s.get(s.Member, "/m/1/activity").Find("#activity form[method=post]").Attr("action")
	want(t, s.post(s.Member, undo, nil), 303)
	if now, err := s.Store.Customer(t.Context(), s.Owner, c.ID); err != nil || now.Email != "old@example.com" {
		t.Errorf("undone: %q, %v", now.Email, err)
	}

	all := s.get(s.Admin.In(0), "/activity?act=refused")
	want(t, all, 200)
	for _, text := range []string{"Sign-in refused nobody we know", "from 192.0.2.67 · the installation", "from 192.0.2.66 · Bäckerei Sonne"} {
		if !strings.Contains(all.text("#activity"), text) {
			t.Errorf("staff are not told %q:\n%s", text, all.text("#activity .timeline"))
		}
	}
}

func TestActivityFilters(t *testing.T) {
	s := newSite(t)
	s.CustomerOf(t, s.Member, "name", "Bo Ek")
	s.CustomerOf(t, s.Owner, "name", "Åsa Lind")
	s.CustomerOf(t, s.Other, "name", "Hank")
	for query, titles := range map[string]string{
		"act=customer.created":                                 "Åsa Lind, Bo Ek",
		"act=customer&by=" + s.Member.Person().String():        "Bo Ek",
		"act=customer&from=2026-11-21&to=2026-11-21":           "Åsa Lind, Bo Ek",
		"act=customer&from=2026-11-22":                         "",
		"act=customer&to=2026-11-20":                           "",
		"act=customer&from=never&by=nobody&after=x&merchant=2": "Åsa Lind, Bo Ek",
		"act=nonsense":                                         "",
		"act=refused":                                          "",
		"act=customer&by=user-17":                              "",
	} {
		a := s.get(s.Viewer, "/m/1/activity?"+query)
		want(t, a, 200)
		got := strings.Join(a.Find("#activity .about").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), ", ")
		if strings.Join(strings.Fields(got), " ") != titles {
			t.Errorf("%s: %q, want %q", query, got, titles)
		}
		if titles == "" && a.text("#activity h2") != "Nothing like that was done" {
			t.Errorf("%s: %q", query, a.text("#activity h2"))
		}
	}
	across := s.get(s.Agent.In(0), "/activity?act=customer&merchant=2")
	want(t, across, 200)
	if got := across.form("#activity form"); across.text("#activity .about") != "Hank" || got.Get("merchant") != "2" || got.Get("act") != "customer" {
		t.Errorf("%q, the form holds %v", across.text("#activity .about"), got)
	}
	want(t, s.get(s.Agent.In(0), "/activity?merchant=99"), 404)
}

func TestActivitySwapsItsPart(t *testing.T) {
	s := newSite(t)
	for range core.ActivityPage {
		s.Customer(t, "name", "Bo Ek")
	}
	s.Customer(t, "name", "Newest")
	page := s.get(s.Viewer, "/m/1/activity?act=customer")
	next, _ := page.Find(`#activity a[rel=next]`).Attr("href")
	r := httptest.NewRequest("GET", next, nil)
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", "section#activity")
	part := s.ask(s.Viewer, r)
	want(t, part, 200)
	if part.Find("nav.tabs-line, .top-bar, h1").Length() != 0 || part.Find("#activity .timeline > li").Length() != 1 {
		t.Errorf("not the part: %s", part.text("body"))
	}
	if got := part.Header().Get("HX-Push-Url"); got != next {
		t.Errorf("the address becomes %q, want %q", got, next)
	}
	previous, _ := part.Find(`a[rel=prev]`).Attr("href")
	back := s.get(s.Viewer, previous)
	if u, err := url.Parse(previous); err != nil || u.Query().Get("act") != "customer" || !strings.HasPrefix(back.text("#activity .about"), "Newest") {
		t.Errorf("back at %s: %s", previous, back.text("#activity .about"))
	}
}
