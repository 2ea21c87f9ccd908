package handlers_test

import (
	"maps"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

// metadataOf is what a customer's metadata says by now.
func (s *site) metadataOf(id int64) map[string]string {
	s.t.Helper()
	c, err := s.Store.Customer(s.t.Context(), s.Member, id)
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range c.Metadata {
		all[m.Key] = m.Text()
	}
	return all
}

// TestMetadataRowsAreWhatIsKept: an entry whose key is changed is renamed, one
// whose row is cleared is gone, also where the form was refused or overtaken in
// between. What others added meanwhile stays.
func TestMetadataRowsAreWhatIsKept(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "metadata.color", `"red"`, "metadata.size", "12", "metadata.tier", `"gold"`)
	edit := views.EditCustomerURL(1, c.ID)
	form := s.get(s.Member, edit).form("#customer-form")
	if got := strings.Join(form["metadata_key"], "|"); got != "color|size|tier|||" {
		t.Fatalf("the rows are %s", got)
	}
	form["metadata_key"][0] = "colour"
	form["metadata_key"][1], form["metadata_value"][1] = "", ""
	form["metadata_value"][2] = ""
	form.Set("email", "nobody")
	a := s.post(s.Member, edit, form)
	want(t, a, 422)
	form = a.form("#customer-form")
	if got := strings.Join(form["metadata_key"], "|"); got != "colour|tier|||" {
		t.Errorf("refused, the rows are %s", got)
	}
	if _, err := s.UpdateCustomer(t.Context(), s.Owner, c.ID, 0, core.Changes{"metadata.vip": "true", "email": "ek@example.com"}); err != nil {
		t.Fatal(err)
	}
	form.Set("email", "mine@example.com")
	a = s.post(s.Member, edit, form)
	want(t, a, 409)
	want(t, s.post(s.Member, edit, a.form("#customer-form")), 303)
	if got := s.metadataOf(c.ID); !maps.Equal(got, map[string]string{"colour": "red", "vip": "true"}) {
		t.Errorf("kept: %v", got)
	}
}

// TestMetadataOfOneKeyTwice: of two rows with one key neither is dropped unsaid.
func TestMetadataOfOneKeyTwice(t *testing.T) {
	s := newSite(t)
	form := s.get(s.Member, list+"/new").form("#customer-form")
	form.Set("name", "Bo Ek")
	form.Set("email", "nobody")
	form["metadata_key"], form["metadata_value"] = []string{"tier", "tier", ""}, []string{"gold", "silver", ""}
	a := s.post(s.Member, list+"/new", form)
	want(t, a, 422)
	if got := a.text("#problems"); !strings.Contains(got, "Metadata tier stands there twice") || !strings.Contains(got, "Enter an e-mail address") {
		t.Errorf("it says %q", got)
	}
	again := a.form("#customer-form")
	if got := strings.Join(again["metadata_value"], "|"); got != "gold|silver|||" {
		t.Errorf("the rows are %s", got)
	}
	again.Set("email", "bo@example.com")
	again["metadata_key"][1], again["metadata_value"][1] = "", ""
	want(t, s.post(s.Member, list+"/new", again), 303)
}
