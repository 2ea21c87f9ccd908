package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

// tabs are the tabs of a list, the current one in brackets.
func tabs(a answer) string {
	var names []string
	for i := range a.Find(".tabs-line a").Length() {
		tab := a.Find(".tabs-line a").Eq(i)
		name := strings.TrimSpace(tab.Text())
		if _, current := tab.Attr("aria-current"); current {
			name = "[" + name + "]"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestViewIsSavedRenamedAndDeleted(t *testing.T) {
	s := newSite(t)
	s.House.Customer(t, "name", "Bo Ek", "billing.city", "Oslo")
	s.House.Customer(t, "name", "Al Ek", "billing.city", "Bergen")
	if n := s.get(s.Member, list).Find(".view-form").Length(); n != 0 {
		t.Error("there is nothing to save, and a form that saves it")
	}
	page := s.get(s.Member, list+"?q=city:Oslo&sort=name&view=all")
	form := page.form(".view-form form")
	form.Set("name", "  ")
	refused := s.post(s.Member, "/m/1/views", form)
	want(t, refused, 422)
	if got := refused.text("#new-view-fault"); got != "Enter a name." {
		t.Errorf("says %q", got)
	}
	form.Set("name", "Oslo <b>")
	saved := s.post(s.Member, "/m/1/views", form)
	want(t, saved, 303)
	page = s.get(s.Member, saved.location())
	if got := tabs(page); got != "All Active subscription Past due Card expiring Deleted [Oslo <b>]" {
		t.Errorf("tabs %s", got)
	}
	if page.text("tbody th a") != "Bo Ek" || page.Find("#new-view").Length() != 0 {
		t.Errorf("the view shows %q", page.text("tbody"))
	}
	if got := tabs(s.get(s.Owner, list)); got != "[All] Active subscription Past due Card expiring Deleted" {
		t.Errorf("somebody else's tabs %s", got)
	}
	// All is all, and what is changed from here on is not the view.
	if to, _ := page.Find(".tabs-line a").First().Attr("href"); s.get(s.Member, to).Find("tbody tr").Length() != 2 {
		t.Errorf("%s is not all", to)
	}
	if to, _ := page.Find(".chip[data-on] a").Attr("href"); tabs(s.get(s.Member, to)) != "[All] Active subscription Past due Card expiring Deleted Oslo <b>" {
		t.Errorf("%s: %s", to, tabs(s.get(s.Member, to)))
	}

	change, _ := page.Find(".view-form form").First().Attr("action")
	form = page.form(".view-form form[action='" + change + "']")
	form.Set("name", "All of Oslo")
	form.Set("team", "true")
	want(t, s.post(s.Member, change, form), 303)
	if got := tabs(s.get(s.Viewer, list)); got != "[All] Active subscription Past due Card expiring Deleted All of Oslo" {
		t.Errorf("the team's tabs %s", got)
	}
	form.Set("name", "Mine")
	stale := s.post(s.Member, change, form)
	want(t, stale, 409)
	if got, _ := stale.Find("#this-view").Attr("value"); got != "Mine" {
		t.Errorf("kept %q", got)
	}
	want(t, s.post(s.Viewer, change+"/delete", nil), 403)
	want(t, s.post(s.Owner, change+"/delete", nil), 303)
	if got := tabs(s.get(s.Viewer, list)); got != "[All] Active subscription Past due Card expiring Deleted" {
		t.Errorf("tabs after deleting %s", got)
	}
	want(t, s.get(s.Viewer, saved.location()), 200) // the query is what counts
	want(t, s.post(s.Owner, change+"/restore", nil), 303)
	if got := tabs(s.get(s.Viewer, list)); got != "[All] Active subscription Past due Card expiring Deleted All of Oslo" {
		t.Errorf("tabs after undoing %s", got)
	}
}

func TestViewersSaveForThemselvesOnly(t *testing.T) {
	s := newSite(t)
	if n := s.get(s.Viewer, list+"?q=city:Oslo&view=all").Find("#new-view-team").Length(); n != 0 {
		t.Error("a viewer is asked to share")
	}
	form := url.Values{"name": {"Oslo"}, "q": {"city:Oslo"}}
	want(t, s.post(s.Viewer, "/m/1/views", form), 303)
	form.Set("team", "true")
	want(t, s.post(s.Viewer, "/m/1/views", form), 403)
	form.Del("team")
	want(t, s.post(s.Viewer, "/m/1/views", form), 422) // the name is taken
	want(t, s.post(s.Other, "/m/1/views", form), 404)
	form.Set("q", "(city:")
	want(t, s.post(s.Viewer, "/m/1/views", form), 400) // no page sends this
}

func TestViewsOfOthersAreNotThere(t *testing.T) {
	s := newSite(t)
	v, err := s.CreateView(t.Context(), s.Member, core.View{Name: "Oslo", Query: "city:Oslo"})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := s.CreateView(t.Context(), s.Other, core.View{Name: "Bern", Query: "city:Bern", Team: true})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"name": {"x"}, "version": {"1"}}
	for _, path := range []string{"/m/1/views/" + fmt.Sprint(v.ID), "/m/1/views/" + fmt.Sprint(theirs.ID)} {
		for _, act := range []string{"", "/delete", "/restore"} {
			want(t, s.post(s.Owner, path+act, form), 404)
			want(t, s.post(s.Admin, path+act, form), 404)
		}
	}
	if got := tabs(s.get(s.Owner, list+"?q=city:Oslo&view="+fmt.Sprint(v.ID))); got != "[All] Active subscription Past due Card expiring Deleted" {
		t.Errorf("tabs %s", got)
	}
}
