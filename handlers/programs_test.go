package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

const programs = "/m/1/settings/api"

func TestApplicationUserGetsAKey(t *testing.T) {
	s := newSite(t)
	form := s.get(s.Owner, programs+"/new").form("main form")
	if form.Get("role") != "member" || form.Get("wallee") != "true" || form.Get("cdc") != "true" {
		t.Errorf("the form begins with %v", form)
	}
	form.Set("name", "")
	for _, api := range core.APIs {
		form.Del(string(api))
	}
	a := s.post(s.Owner, programs+"/new", form)
	want(t, a, 422)
	if got := a.Find("#problems a").Length(); got != 2 {
		t.Errorf("%d problems: %q", got, a.text("#problems"))
	}
	form.Set("name", "Till 3")
	form.Set("monri", "true")
	form.Set("role", "viewer")
	a = s.post(s.Owner, programs+"/new", form)
	want(t, a, 200)
	if got := a.Header().Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the page with the key is cached: %q", got)
	}
	id, _ := a.Find("#id").Attr("value")
	key, _ := a.Find("#key").Attr("value")
	all, err := s.ApplicationUsers(t.Context(), s.Owner, 0, 10)
	if err != nil || len(all) != 1 || fmt.Sprint(all[0].ID) != id || all[0].Role != core.Viewer || len(all[0].APIs) != 1 {
		t.Fatalf("%+v, %v; the page says %s", all, err, id)
	}
	kept, err := s.ApplicationKeys(t.Context(), all[0].ID)
	if err != nil || len(kept.Keys) != 1 || kept.Keys[0] != key {
		t.Errorf("the key shown is not the one kept: %v", err)
	}
	if got := s.get(s.Owner, programs).text(".rows"); !strings.Contains(got, "Till 3") || !strings.Contains(got, "Only reads Monri") {
		t.Errorf("the list says %q", got)
	}
	if got := s.get(s.Owner, programs+"/"+id).Body.String(); strings.Contains(got, key) {
		t.Error("the key is shown a second time")
	}
}

func TestApplicationUserIsChangedRotatedAndRevoked(t *testing.T) {
	s := newSite(t)
	a, key, err := s.CreateApplicationUser(t.Context(), s.Owner, core.ApplicationUser{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	path := programs + "/" + fmt.Sprint(a.ID)
	form := s.get(s.Owner, path).form("main form[data-guard]")
	form.Set("name", "Shop two")
	want(t, s.post(s.Owner, path, form), 303)
	form.Set("name", "Shop three")
	page := s.post(s.Owner, path, form)
	want(t, page, 409)
	if page.form("main form[data-guard]").Get("name") != "Shop three" || !strings.Contains(page.text("[role=alert]"), "It now is: Shop two") {
		t.Errorf("stale: %q", page.text("main"))
	}
	rotate := s.get(s.Owner, path).form(`form[action$="/rotate"]`)
	page = s.post(s.Owner, path+"/rotate", rotate)
	want(t, page, 200)
	fresh, _ := page.Find("#key").Attr("value")
	page = s.post(s.Owner, path+"/rotate", rotate) // the page loaded again
	want(t, page, 409)
	if got := page.text("[role=alert]"); !strings.Contains(got, "No new key was made") {
		t.Errorf("loaded again: %q", got)
	}
	now, err := s.ApplicationKeys(t.Context(), a.ID)
	if err != nil || len(now.Keys) != 2 || now.Keys[0] != fresh || now.Keys[1] != key {
		t.Errorf("after rotating %d keys open: %v", len(now.Keys), err)
	}
	s.Clock.Advance(core.OldKeyLife)
	if now, err = s.ApplicationKeys(t.Context(), a.ID); err != nil || len(now.Keys) != 1 || now.Keys[0] != fresh {
		t.Errorf("a week later %d keys open: %v", len(now.Keys), err)
	}
	if got := s.get(s.Owner, path+"/revoke").text("h1"); got != "Revoke Shop two?" {
		t.Errorf("asks %q", got)
	}
	want(t, s.post(s.Owner, path+"/revoke", nil), 303)
	if got := s.get(s.Owner, path).text("main"); !strings.Contains(got, "Revoked") || strings.Contains(got, "Make a new key") {
		t.Errorf("revoked: %q", got)
	}
	for _, act := range []string{"", "/rotate", "/revoke"} {
		want(t, s.post(s.Owner, path+act, url.Values{"name": {"x"}, "role": {"member"}, "cdc": {"true"}, "version": {"1"}}), 404)
	}
}

func TestRefusedCallsAreToldToTheProgramsPeople(t *testing.T) {
	s := newSite(t)
	a, _, err := s.CreateApplicationUser(t.Context(), s.Owner, core.ApplicationUser{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range core.RefusedKept + 5 {
		err := s.RefuseCall(t.Context(), core.RefusedCall{
			ApplicationUser: a.ID, API: core.FromAcquired, Method: "POST", Path: fmt.Sprintf("/v1/<%d>", i), Status: 401, Reason: "the key is not right", Origin: "192.0.2.9",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	page := s.get(s.Owner, programs+"/"+fmt.Sprint(a.ID))
	rows := page.Find(".refused-rows tbody tr")
	if first := page.text(".refused-rows tbody tr:first-child"); rows.Length() != core.RefusedKept || !strings.Contains(first, "POST /v1/<24>") || !strings.Contains(first, "the key is not right") {
		t.Errorf("%d rows, the first %q", rows.Length(), first)
	}
	if got := s.get(s.Other, "/m/2/settings/api/"+fmt.Sprint(a.ID)); got.Code != 404 {
		t.Errorf("another merchant's owner gets %d", got.Code)
	}
}
