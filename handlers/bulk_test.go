package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

func TestRowsAreChosenAndChanged(t *testing.T) {
	s := newSite(t)
	var ids []string
	for i := range 4 {
		c := s.House.Customer(t, "name", fmt.Sprintf("Person %d <b>", i), "billing.city", "Bern")
		ids = append(ids, fmt.Sprint(c.ID))
	}
	list := fmt.Sprintf("/m/%d/customers", s.First.ID)
	page := s.get(s.Member, list+"?q=city:Bern")
	if got := page.Find(`tbody input[name=id][form=bulk]`).Length(); got != 4 {
		t.Fatalf("%d boxes", got)
	}
	if got := page.Find(`tbody input[name=id]`).First().AttrOr("aria-label", ""); got != "Choose Person 3 <b>" {
		t.Errorf("a box is called %q", got)
	}
	form := page.form("#bulk")

	// Nothing chosen, and no key: the list comes back as it was sent.
	form.Set("act", "set")
	form.Set("value", "gold")
	a := s.post(s.Member, list+"/bulk", form)
	want(t, a, 422)
	if text := a.text("#problems"); !strings.Contains(text, "Choose customers first.") || !strings.Contains(text, "Enter the key") {
		t.Errorf("it says %s", text)
	}
	form["id"] = ids[:1]
	form.Set("key", "")
	if a = s.post(s.Member, list+"/bulk", form); a.Find(`input[name=id][checked]`).Length() != 1 || a.Find(`#bulk-value[value=gold]`).Length() != 1 {
		t.Error("what was chosen and typed is lost")
	}

	// One by itself and the page by the box in its heading.
	form["id"], form["page"] = ids[:1], []string{strings.Join(ids[:3], ",")}
	form.Set("key", "tier")
	a = s.post(s.Member, list+"/bulk", form)
	want(t, a, 303)
	job := a.location()
	s.work()
	a = s.get(s.Member, job)
	if got := a.text(".job-counts"); got != "Will change 3, skip 0." || a.Find(".job-sample li").Length() != 3 {
		t.Errorf("it would: %s", a.text("#job"))
	}
	want(t, s.post(s.Member, job+"/start", url.Values{}), 303)
	s.work()
	if got := s.Count(t, "SELECT COUNT(*) FROM metadata WHERE name = 'tier'"); got != 3 {
		t.Errorf("%d are changed", got)
	}

	// All that match, but for who has it already.
	form.Del("id")
	form.Del("page")
	form.Set("all", "true")
	a = s.post(s.Member, list+"/bulk", form)
	want(t, a, 303)
	s.work()
	a = s.get(s.Member, a.location())
	if got := a.text(".job-counts"); got != "Will change 1, skip 3." || !strings.Contains(a.text(".reasons"), "3 customers It is so already.") {
		t.Errorf("it would: %s", a.text("#job"))
	}

	// Exports are for who manages.
	form.Set("act", "export-csv")
	want(t, s.post(s.Member, list+"/bulk", form), 403)
	a = s.post(s.Owner, list+"/bulk", form)
	want(t, a, 200)
	if got := strings.Count(a.Body.String(), "\n"); got != 5 {
		t.Errorf("%d lines", got)
	}
	form.Del("all")
	form["id"] = ids[:2]
	form.Set("act", "export-ndjson")
	if a = s.post(s.Owner, list+"/bulk", form); strings.Count(a.Body.String(), "\n") != 2 {
		t.Errorf("of two chosen: %s", a.Body)
	}
	if s.get(s.Viewer, list).Find("#bulk, .pick, .more").Length() != 0 {
		t.Error("a viewer is offered what they may not")
	}
}

func TestManyAreDeletedOnlyByTypingHowMany(t *testing.T) {
	s := newSite(t)
	rows := make([]core.ImportRow, 105)
	for i := range rows {
		rows[i].Changes = core.Changes{"name": fmt.Sprint("Many ", i)}
	}
	if _, err := s.ImportCustomers(t.Context(), s.Owner, rows); err != nil {
		t.Fatal(err)
	}
	list := fmt.Sprintf("/m/%d/customers", s.First.ID)
	a := s.post(s.Owner, list+"/bulk", url.Values{"all": {"true"}, "act": {"delete"}, "q": {"many"}})
	want(t, a, 303)
	job := a.location()
	s.work()
	for _, typed := range []string{"", "104", "all"} {
		a = s.post(s.Owner, job+"/start", url.Values{"count": {typed}})
		want(t, a, 422)
		if !strings.Contains(a.text("#problems"), "Type 105") {
			t.Errorf("it says %s", a.text("#problems"))
		}
	}
	want(t, s.post(s.Owner, job+"/start", url.Values{"count": {"105"}}), 303)
	s.work()
	if n := s.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at = 0"); n != 0 {
		t.Errorf("%d are left", n)
	}
	deleted := s.get(s.Owner, list+"?view=deleted")
	form := deleted.form("#bulk")
	form.Set("all", "true")
	if form.Get("act") != "restore" || form.Get("view") != "deleted" {
		t.Fatalf("the deleted can be %v", form)
	}
	a = s.post(s.Owner, list+"/bulk", form)
	want(t, a, 303)
	s.work()
	want(t, s.post(s.Owner, a.location()+"/start", url.Values{"count": {"105"}}), 303)
	s.work()
	if n := s.Count(t, "SELECT COUNT(*) FROM customers WHERE deleted_at = 0"); n != 105 {
		t.Errorf("%d are back", n)
	}
}
