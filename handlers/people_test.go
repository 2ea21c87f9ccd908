package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kontor/db/core"
)

const team = "/m/1/settings/team"

func personPath(id int64) string { return team + "/" + fmt.Sprint(id) }

func TestInvitedPersonSetsAPassword(t *testing.T) {
	s := newSite(t)
	form := s.get(s.Owner, team+"/new").form("main form")
	form.Set("name", "Lena Vogt")
	form.Set("email", "not an address")
	a := s.post(s.Owner, team+"/new", form)
	want(t, a, 422)
	if got := a.form("main form"); got.Get("name") != "Lena Vogt" || got.Get("role") != "member" || a.Find("#problems a").Length() != 1 {
		t.Errorf("refused with %v", got)
	}
	form.Set("email", "lena@first.example")
	a = s.post(s.Owner, team+"/new", form)
	want(t, a, 200)
	if got := a.Header().Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the page with the link is cached: %q", got)
	}
	link, _ := a.Find("#link").Attr("value")
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || !strings.HasPrefix(u.Path, "/link/") {
		t.Fatalf("link %q", link)
	}
	a = s.get(core.Actor{}, u.Path)
	want(t, a, 200)
	if !strings.Contains(a.text("h1"), "Lena Vogt") {
		t.Errorf("the link says %q", a.text("h1"))
	}
	if got := s.get(s.Owner, team).text(".rows"); !strings.Contains(got, "Lena Vogt lena@first.exampleMemberInvited") || strings.Contains(got, "Admin Person") {
		t.Errorf("the team is %q", got)
	}
	form.Set("role", "admin") // is none of the choices
	form.Set("email", "other@first.example")
	want(t, s.post(s.Owner, team+"/new", form), 422)
	form.Set("role", "owner")
	want(t, s.post(s.Admin.In(0), "/staff/new", form), 422)
}

func TestPersonIsChanged(t *testing.T) {
	s := newSite(t)
	path := personPath(s.Member.ID)
	form := s.get(s.Owner, path).form("main form[data-guard]")
	stale := form.Get("version")
	form.Set("role", "viewer")
	want(t, s.post(s.Owner, path, form), 303)
	form.Set("role", "owner")
	a := s.post(s.Owner, path, form)
	want(t, a, 409)
	again := a.form("main form[data-guard]")
	if again.Get("role") != "owner" || again.Get("version") == stale || !strings.Contains(a.text("[role=alert]"), "They are now: Member Person, Viewer") {
		t.Errorf("stale: %v, %q", again, a.text("[role=alert]"))
	}
	want(t, s.post(s.Owner, path, again), 303)

	// Two owners: one may go, then the other may not.
	p, err := s.Person(t.Context(), s.Owner, s.Member.ID)
	if err != nil {
		t.Fatal(err)
	}
	want(t, s.post(s.Owner, path+"/deactivate", url.Values{"version": {fmt.Sprint(p.Version)}}), 303)
	own := personPath(s.Owner.ID)
	a = s.post(s.Owner, own+"/deactivate", url.Values{"version": {"1"}})
	want(t, a, 422)
	if !strings.Contains(a.text("#problems"), "last active owner") {
		t.Errorf("says %q", a.text("#problems"))
	}
	want(t, s.post(s.Owner, path+"/link", nil), 404) // is not active
	want(t, s.post(s.Owner, path+"/reactivate", url.Values{"version": {fmt.Sprint(p.Version + 1)}}), 303)
	want(t, s.post(s.Owner, path+"/sessions", nil), 303)
	if a := s.post(s.Owner, own+"/sessions", nil); !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("who ended their own sessions goes to %s", a.location())
	}
}

func TestStrangersAreNoneOfOnesPeople(t *testing.T) {
	s := newSite(t)
	for _, id := range []int64{s.Other.ID, s.Admin.ID, 12345} {
		for _, act := range []string{"", "/link", "/sessions", "/deactivate", "/reactivate"} {
			form := url.Values{"version": {"1"}, "name": {"X"}, "role": {"member"}}
			if a := s.post(s.Owner, personPath(id)+act, form); a.Code != 404 {
				t.Errorf("%d%s: %d", id, act, a.Code)
			}
		}
		if a := s.get(s.Owner, personPath(id)); a.Code != 404 {
			t.Errorf("%d: %d", id, a.Code)
		}
	}
	want(t, s.get(s.Admin.In(0), "/staff/"+fmt.Sprint(s.Owner.ID)), 404)
	want(t, s.get(s.Admin.In(0), "/staff/"+fmt.Sprint(s.Agent.ID)), 200)
}

func TestPeopleAsCSV(t *testing.T) {
	s := newSite(t)
	_, _, err := s.CreateUser(t.Context(), s.Owner, core.User{Email: "f@first.example", Name: `=HYPERLINK("http://x")`, Role: core.Viewer, Merchant: 1})
	if err != nil {
		t.Fatal(err)
	}
	a := s.post(s.Owner, team+"/export", nil)
	want(t, a, 200)
	rows, err := csv.NewReader(a.Body).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[4][1]; got != `'=HYPERLINK("http://x")` {
		t.Errorf("a formula comes out as %q", got)
	}
	if !slices.Equal(rows[1][1:6], []string{"Owner Person", "owner@first.example", "owner", "true", "false"}) {
		t.Errorf("row %q", rows[1])
	}
	if got := a.Header().Get("Content-Disposition"); got != `attachment; filename="team-1.csv"` {
		t.Errorf("disposition %q", got)
	}
}
