package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

// TestErasingCounts: what goes is counted in whole words.
func TestErasingCounts(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Jane Doe", "email", "jane@example.com")
	for _, text := range []string{"Globex", "Initech"} {
		if _, err := s.UpdateCustomer(t.Context(), s.Member, c.ID, 0, core.Changes{"company": text}); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.get(s.Owner, fmt.Sprintf("/m/1/customers/%d/erase", c.ID)).text("main"); !strings.Contains(got, "2 records of what changed from what to whatIts") {
		t.Errorf("says %q", got)
	}
}

func TestErasingAsksForTheAddress(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Jane Doe", "email", "jane@example.com", "billing.city", "Oslo", "metadata.tier", `"gold"`)
	path := fmt.Sprintf("/m/1/customers/%d", c.ID)
	a := s.get(s.Owner, path)
	if a.Find(`.more-menu a[href="`+path+`/erase"]`).Length() != 1 {
		t.Error("More does not lead to erasing")
	}
	if a := s.get(s.Member, path); a.Find(`.more-menu a[href$="/erase"], .more-menu a[href$="/data"]`).Length() != 0 {
		t.Error("a member is led to what they may not do")
	}
	a = s.get(s.Owner, path+"/erase")
	want(t, a, 200)
	if got := a.text("main"); !strings.Contains(got, "1 address") || !strings.Contains(got, "1 metadata value") || !strings.Contains(got, "Nobody can undo") {
		t.Errorf("says %q", got)
	}
	form := a.form("main form")
	for _, typed := range []string{"", "Jane Doe", "jane@example.org"} {
		form.Set("confirm", typed)
		a = s.post(s.Owner, path+"/erase", form)
		want(t, a, 422)
		if a.Find("#problems a").Length() != 1 || a.form("main form").Get("confirm") != typed {
			t.Errorf("%q: %s", typed, a.text("main"))
		}
	}
	if _, err := s.UpdateCustomer(t.Context(), s.Member, c.ID, 0, core.Changes{"company": "Globex"}); err != nil {
		t.Fatal(err)
	}
	form.Set("confirm", " JANE@example.com ")
	a = s.post(s.Owner, path+"/erase", form)
	want(t, a, 409)
	if got := a.text("[role=alert]"); !strings.Contains(got, "Nothing was erased") || !strings.Contains(got, "Globex") {
		t.Errorf("stale: %q", got)
	}
	form = a.form("main form")
	want(t, s.post(s.Owner, path+"/erase", form), 303)
	a = s.get(s.Owner, path)
	want(t, a, 200)
	if got := a.text("main"); strings.Contains(strings.ToLower(got), "jane") || strings.Contains(got, "Globex") || !strings.Contains(got, "was erased on") {
		t.Errorf("then %q", got)
	}
	if n := a.Find(`main form[action$="/restore"], main form[action*="/undo/"]`).Length(); n != 0 {
		t.Errorf("offers %d ways back", n)
	}
	if a := s.get(s.Owner, "/m/1/activity"); a.Find(`form[action*="/undo/"]`).Length() != 0 {
		t.Error("the activity offers a way back")
	}
	want(t, s.get(s.Owner, path+"/erase"), 303)
	want(t, s.post(s.Owner, path+"/erase", form), 303) // erased already: what was wanted is so
	want(t, s.get(s.Owner, path+"/edit"), 404)
}

func TestErasingWithoutAnAddress(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "company", "Bäckerei Möhre")
	path := fmt.Sprintf("/m/1/customers/%d/erase", c.ID)
	a := s.get(s.Owner, path)
	if got := a.text("main form label"); got != "Type what the customer is called" {
		t.Errorf("asks %q", got)
	}
	want(t, s.post(s.Owner, path, url.Values{"version": {"1"}, "confirm": {"backerei mohre"}}), 303)
}

func TestWhatIsHeldIsShownAndTakenOut(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Jane Doe", "email", "jane@example.com", "billing.city", "Oslo", "billing.country", "NO")
	if _, err := s.AddNote(t.Context(), s.Agent, c.ID, core.Note{Text: "among staff", StaffOnly: true}); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/m/1/customers/%d/data", c.ID)
	a := s.get(s.Owner, path)
	want(t, a, 200)
	if got := a.text("main"); !strings.Contains(got, "Oslo") || !strings.Contains(got, "Norway") || !strings.Contains(got, "Customer added") || strings.Contains(got, "among staff") {
		t.Errorf("shows %q", got)
	}
	if got := a.text("body"); !strings.Contains(got, "Created21 Nov 2026, 10:00:00") || !strings.Contains(got, "Times are in Europe/Berlin") || strings.Contains(got, "UTC") {
		t.Errorf("tells the time of two zones: %q", got)
	}
	if got := s.get(s.Admin, path).text("main"); !strings.Contains(got, "among staff") {
		t.Errorf("shows staff %q", got)
	}
	a = s.post(s.Owner, path, nil)
	want(t, a, 200)
	var read struct {
		Customer  map[string]string
		Addresses []map[string]string
	}
	if err := json.Unmarshal(a.Body.Bytes(), &read); err != nil || read.Customer["email"] != "jane@example.com" || read.Addresses[0]["city"] != "Oslo" {
		t.Errorf("%v: %s", err, a.Body)
	}
	if got := a.Header().Get("Content-Disposition"); got != fmt.Sprintf(`attachment; filename="customer-%d.json"`, c.ID) || !strings.Contains(a.Header().Get("Cache-Control"), "no-store") {
		t.Errorf("disposition %q", got)
	}
	if got := s.get(s.Owner, fmt.Sprintf("/m/1/customers/%d", c.ID)).text(".timeline"); !strings.Contains(got, "What is held was taken out") {
		t.Errorf("the timeline says %q", got)
	}
}
