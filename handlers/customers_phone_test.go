package handlers_test

import (
	"net/url"
	"testing"

	"kontor/views"
)

// TestPhoneInGroupsLeadsToItsCustomer: as Find does, however the digits are
// grouped here and there.
func TestPhoneInGroupsLeadsToItsCustomer(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Cecilie Holm", "phone", "+47 22 44 22 22")
	s.House.Customer(t, "name", "Bo Ek", "reference", "10482", "phone", "+47 22 44 22 23", "company", "Depot 48671")
	for _, typed := range []string{"+47 22 44 22 22", "+47 2244 2222", "(+47) 22 44 22-22"} {
		a := s.get(s.Member, list+"?q="+url.QueryEscape(typed))
		if a.Code != 303 || a.location() != views.CustomerURL(1, c.ID) {
			t.Errorf("%s leads to %d %s", typed, a.Code, a.location())
		}
		r := httpGet(list + "?q=" + url.QueryEscape(typed))
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Target", "section#customers")
		if a := s.ask(s.Member, r); a.Find("tbody tr").Length() != 1 || a.text("tbody th a") != "Cecilie Holm" {
			t.Errorf("%s, while it is typed, lists %q", typed, a.text("tbody"))
		}
	}
	// Digits that are nobody's number are words still.
	if a := s.get(s.Member, list+"?q=10482+48671"); a.Code != 200 || a.Find("tbody tr").Length() != 1 {
		t.Errorf("two words of digits: %d, %d rows", a.Code, a.Find("tbody tr").Length())
	}
}
