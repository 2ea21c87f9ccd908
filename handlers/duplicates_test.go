package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

const mergeForm = "form.merge"

func TestDuplicatesLeadToTheMergedCustomer(t *testing.T) {
	s := newSite(t)
	a := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "company", "Ek AS", "metadata.tier", `"gold"`)
	b := s.House.Customer(t, "first_name", "Bo", "last_name", "Erik Ek", "email", "bo@example.com", "reference", "r-2", "metadata.tier", `"silver"`)
	if _, err := s.AddNote(t.Context(), s.Owner, b.ID, core.Note{Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	pair := views.MergeURL(1, a.ID, b.ID)
	page := s.get(s.Member, views.DuplicatesURL(1))
	want(t, page, 200)
	if got := page.text(".pairs"); !strings.Contains(got, "Same e-mail") || page.Find(`.pairs a[href="`+pair+`"]`).Length() != 1 {
		t.Errorf("the pairs are %q", got)
	}
	box := s.get(s.Member, views.CustomerURL(1, b.ID))
	if box.Find(`.duplicates a[href="`+pair+`"]`).Length() != 1 {
		t.Error("the customer's page does not lead to the comparison")
	}
	if viewer := s.get(s.Viewer, views.CustomerURL(1, b.ID)); viewer.Find(`.duplicates a[href="`+pair+`"]`).Length() != 0 {
		t.Error("a viewer is offered to compare")
	}
	side := s.get(s.Member, pair)
	want(t, side, 200)
	form := side.form(mergeForm)
	for field, value := range map[string]string{"take.name": "winner", "take.metadata.tier": "winner", "version": "1", "other_version": "1"} {
		if form.Get(field) != value {
			t.Errorf("%s is %q, want %q", field, form.Get(field), value)
		}
	}
	if form.Has("take.email") || form.Has("take.company") {
		t.Error("there is a choice where there is none")
	}
	if got := side.text(".consequences"); !strings.Contains(got, "1 note") || !strings.Contains(got, "r-2") || !strings.Contains(got, fmt.Sprint(b.ID)) {
		t.Errorf("says %q", got)
	}
	form.Set("take.metadata.tier", "loser")
	merged := s.post(s.Member, pair, form)
	want(t, merged, 303)
	if merged.location() != views.CustomerURL(1, a.ID) {
		t.Errorf("goes to %s", merged.location())
	}
	c, err := s.Store.Customer(t.Context(), s.Member, a.ID)
	tier, _ := c.Meta("tier")
	if err != nil || c.Name != "Bo Ek" || tier.Text() != "silver" || c.Reference != "r-2" {
		t.Errorf("merged %+v, %v", c, err)
	}
	// Old addresses lead on, and a form from before does no harm.
	for from, to := range map[string]string{
		views.CustomerURL(1, b.ID): views.CustomerURL(1, a.ID), views.EditCustomerURL(1, b.ID): views.EditCustomerURL(1, a.ID),
		views.DeleteCustomerURL(1, b.ID): views.CustomerURL(1, a.ID), pair: views.CustomerURL(1, a.ID),
		list + "?q=" + b.UUID: views.CustomerURL(1, a.ID), list + "?q=" + fmt.Sprint(b.ID): views.CustomerURL(1, a.ID),
	} {
		if got := s.get(s.Member, from); got.Code != 303 || got.location() != to {
			t.Errorf("%s: %d to %q, want %q", from, got.Code, got.location(), to)
		}
	}
	want(t, s.post(s.Member, pair, form), 303)
	want(t, s.post(s.Member, views.EditCustomerURL(1, b.ID), url.Values{"version": {"1"}, "company": {"Stale"}}), 409)
	want(t, s.post(s.Member, views.DeleteCustomerURL(1, b.ID), url.Values{"version": {"1"}}), 303)
	if c, err := s.Store.Customer(t.Context(), s.Member, a.ID); err != nil || !c.Living() || c.Company != "Ek AS" {
		t.Errorf("forms from before left %+v, %v", c, err)
	}
	// The timeline takes it back.
	shown := s.get(s.Member, views.CustomerURL(1, a.ID))
	undo, _ := shown.Find(`#timeline form[action*="/undo/"]`).First().Attr("action")
	if got := shown.text("#timeline"); !strings.Contains(got, "Customers merged") || !strings.Contains(got, fmt.Sprintf("Bo Erik Ek (%d)", b.ID)) {
		t.Errorf("the timeline says %q", got)
	}
	want(t, s.post(s.Member, undo, nil), 303)
	want(t, s.get(s.Member, views.CustomerURL(1, b.ID)), 200)
}

func TestMergeOfWhatChangedMeanwhile(t *testing.T) {
	s := newSite(t)
	a := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "phone", "22 44 22 22")
	b := s.House.Customer(t, "name", "Bo Erik", "email", "bo@example.com")
	pair := views.MergeURL(1, a.ID, b.ID)
	form := s.get(s.Member, pair).form(mergeForm)
	form.Set("take.name", "loser")
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, b.ID, 0, core.Changes{"company": "Since"}); err != nil {
		t.Fatal(err)
	}
	stale := s.post(s.Member, pair, form)
	want(t, stale, 409)
	again := stale.form(mergeForm)
	if !strings.Contains(stale.text("main"), "Since") || again.Get("take.name") != "loser" || again.Get("other_version") != "2" {
		t.Errorf("shows %v", again)
	}
	want(t, s.post(s.Member, pair, again), 303)

	if _, err := s.AddNote(t.Context(), s.Owner, a.ID, core.Note{Text: "since"}); err != nil {
		t.Fatal(err)
	}
	shown := s.get(s.Member, views.CustomerURL(1, a.ID))
	undo, _ := shown.Find(`#timeline form[action*="/undo/"]`).First().Attr("action")
	want(t, s.post(s.Member, undo, nil), 303)
	if c, err := s.Store.Customer(t.Context(), s.Member, b.ID); err != nil || c.ID != a.ID {
		t.Errorf("undone though there was a note since: %d, %v", c.ID, err)
	}
}

func TestMergeOfWhatCannotBe(t *testing.T) {
	s := newSite(t)
	a, b := s.House.Customer(t, "name", "Bo"), s.House.Customer(t, "name", "Bo Ek")
	gone := s.House.Customer(t, "name", "Gone")
	if err := s.DeleteCustomer(t.Context(), s.Owner, gone.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	other := s.CustomerOf(t, s.Other, "name", "Theirs")
	for what, path := range map[string]string{
		"the same twice": views.MergeURL(1, a.ID, a.ID), "a deleted one": views.MergeURL(1, a.ID, gone.ID),
		"into a deleted one": views.MergeURL(1, gone.ID, a.ID), "another merchant's": views.MergeURL(1, a.ID, other.ID), "nobody": views.MergeURL(1, a.ID, 7),
	} {
		for _, end := range []string{"", "/dismiss", "/recall"} {
			if got := s.post(s.Member, path+end, url.Values{"version": {"1"}, "other_version": {"1"}}); got.Code != 404 {
				t.Errorf("%s%s: %d", what, end, got.Code)
			}
		}
		if got := s.get(s.Member, path); got.Code != 404 {
			t.Errorf("%s, looked at: %d", what, got.Code)
		}
	}
	full := core.Changes{}
	for i := range 20 {
		full[fmt.Sprint("metadata.a", i)] = "1"
	}
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, a.ID, 0, full); err != nil {
		t.Fatal(err)
	}
	more := core.Changes{}
	for i := range 20 {
		more[fmt.Sprint("metadata.b", i)] = "1"
	}
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, b.ID, 0, more); err != nil {
		t.Fatal(err)
	}
	pair := views.MergeURL(1, a.ID, b.ID)
	refused := s.post(s.Member, pair, url.Values{"version": {"2"}, "other_version": {"2"}, "take.name": {"loser"}})
	want(t, refused, 422)
	if got := refused.text(".problems"); !strings.Contains(got, "at most 25 metadata entries") || refused.form(mergeForm).Get("take.name") != "loser" {
		t.Errorf("says %q", got)
	}
}

func TestDismissedPairsCanBeRecalled(t *testing.T) {
	s := newSite(t)
	a := s.House.Customer(t, "name", "Bo", "email", "bo@example.com")
	b := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com")
	want(t, s.post(s.Member, views.DismissURL(1, a.ID, b.ID), nil), 303)
	if page := s.get(s.Member, views.DuplicatesURL(1)); page.Find(".pairs li").Length() != 0 || !strings.Contains(page.text("main"), "No two customers look alike") {
		t.Errorf("shows %q", page.text("main"))
	}
	if page := s.get(s.Member, views.CustomerURL(1, a.ID)); page.Find(".duplicates").Length() != 0 {
		t.Error("the customer's page still names the other")
	}
	page := s.get(s.Member, views.PairsQuery{Dismissed: true}.URL(1))
	recall, _ := page.Find(".pairs form").Attr("action")
	want(t, s.post(s.Member, recall, nil), 303)
	want(t, s.post(s.Member, recall, nil), 303) // as wanted already
	if page := s.get(s.Member, views.DuplicatesURL(1)); page.Find(".pairs li").Length() != 1 {
		t.Errorf("shows %q", page.text("main"))
	}
}
