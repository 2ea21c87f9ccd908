package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

const settings = "/m/1/settings/merchant"

func TestSettingsAreSaved(t *testing.T) {
	s := newSite(t)
	form := s.get(s.Owner, settings).form("main form[data-guard]")
	for name, value := range map[string]string{"charge_hour": "9", "retry_days": "1,3,5,7", "keep_months": "13", "refund_limit": "0.00", "retention": "30", "version": "1"} {
		if form.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, form.Get(name), value)
		}
	}
	form.Set("charge_hour", "3")
	form.Set("refund_limit", "1.234")
	a := s.post(s.Owner, settings, form)
	want(t, a, 422)
	if a.Find("#problems a").Length() != 2 || a.form("main form[data-guard]").Get("refund_limit") != "1.234" {
		t.Errorf("refused with %q", a.text("#problems"))
	}
	form.Set("charge_hour", "7")
	form.Set("refund_limit", "50")
	want(t, s.post(s.Owner, settings, form), 303)

	form.Set("charge_hour", "8")
	a = s.post(s.Owner, settings, form)
	want(t, a, 409)
	again := a.form("main form[data-guard]")
	if again.Get("charge_hour") != "8" || again.Get("version") != "2" || !strings.Contains(a.text("[role=alert]"), "below:Charge hour7Save again") {
		t.Errorf("stale: %v, %q", again, a.text("[role=alert]"))
	}
	want(t, s.post(s.Owner, settings, again), 303)
	if m, err := s.Merchant(t.Context(), s.Owner); err != nil || m.ChargeHour != 8 || m.RefundLimit != 5000 {
		t.Errorf("stored %+v, %v", m, err)
	}
}

func TestClosedMerchantSaysSo(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Subject")
	page := list + "/" + fmt.Sprint(c.ID)
	if s.get(s.Owner, settings).Find(".closing").Length() != 0 {
		t.Error("an owner can close")
	}
	want(t, s.post(s.Admin, settings+"/close", url.Values{"version": {"1"}}), 303)
	a := s.get(s.Member, page)
	want(t, a, 200)
	if !strings.Contains(a.text(".banner"), "closed") || a.Find(`a[href$="/edit"]`).Length() != 0 {
		t.Errorf("the page of a closed merchant says %q", a.text("main"))
	}
	a = s.post(s.Member, page+"/edit", url.Values{"version": {"1"}, "name": {"Changed"}})
	want(t, a, 423)
	if a.text("h1") != "This merchant is closed" {
		t.Errorf("says %q", a.text("h1"))
	}
	want(t, s.post(s.Owner, settings, url.Values{"version": {"2"}, "name": {"Changed"}}), 423)
	want(t, s.post(s.Admin, settings+"/reopen", url.Values{"version": {"2"}}), 303)
	want(t, s.post(s.Member, page+"/edit", url.Values{"version": {"1"}, "name": {"Changed"}}), 303)
}

func TestMerchantIsDeletedWhenEmpty(t *testing.T) {
	s := newSite(t)
	a := s.get(s.Admin, settings+"/delete")
	want(t, a, 200)
	if a.Find("main form").Length() != 0 || !strings.Contains(a.text("main"), "3 people in the team") {
		t.Errorf("one with people: %q", a.text("main"))
	}
	want(t, s.post(s.Admin, settings+"/delete", url.Values{"version": {"1"}}), 409)
	m, err := s.CreateMerchant(t.Context(), s.Admin, core.Merchant{Name: "Empty", Country: "DE", Currency: "EUR", Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	path := "/m/" + fmt.Sprint(m.ID) + "/settings/merchant/delete"
	form := s.get(s.Admin, path).form("main form")
	a = s.post(s.Admin, path, form)
	want(t, a, 303)
	if a.location() != "/merchants" {
		t.Errorf("goes to %s", a.location())
	}
	want(t, s.get(s.Admin, path), 404)
}

// TestClosedMerchantOffersNoActs: the pages of a closed merchant offer nothing
// that would only be refused, and keep what shuts people and programs out.
func TestClosedMerchantOffersNoActs(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek")
	if _, err := s.UpdateCustomer(t.Context(), s.Member, c.ID, 0, core.Changes{"company": "Ek"}); err != nil {
		t.Fatal(err)
	}
	program, _, err := s.CreateApplicationUser(t.Context(), s.Owner, core.ApplicationUser{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	person, api := fmt.Sprintf("/m/1/settings/team/%d", s.Viewer.ID), fmt.Sprintf("/m/1/settings/api/%d", program.ID)
	offers := func() map[string]int {
		n := map[string]int{}
		for path, what := range map[string]string{
			"/m/1/settings/merchant": `main form[data-guard] button[type=submit]`, "/m/1/settings/team": `main a[href$="/new"]`, "/m/1/settings/api": `main a[href$="/new"]`,
			person: `main form[data-guard] button[type=submit], main form[action$="/link"]`, api: `main form[data-guard] button[type=submit], main form[action$="/rotate"]`,
			"/m/1/jobs": `main a[href$="/import"]`, "/m/1/activity": `main form[action*="/undo/"]`, "/m/1/customers?q=city:Oslo": `main form[action$="/views"]`,
		} {
			n[path] = s.get(s.Owner, path).Find(what).Length()
		}
		return n
	}
	for path, n := range offers() {
		if n == 0 {
			t.Errorf("open: %s offers nothing", path)
		}
	}
	m, err := s.Merchant(t.Context(), s.Owner)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseMerchant(t.Context(), s.Admin, m.Version); err != nil {
		t.Fatal(err)
	}
	for path, n := range offers() {
		if n != 0 {
			t.Errorf("closed: %s offers %d", path, n)
		}
	}
	want(t, s.post(s.Owner, person+"/deactivate", s.get(s.Owner, person).form(`form[action$="/deactivate"]`)), 303)
	want(t, s.post(s.Owner, api+"/revoke", s.get(s.Owner, api+"/revoke").form("main form")), 303)
}
