package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

const list = "/m/1/customers"

func TestAddCustomer(t *testing.T) {
	s := newSite(t)
	page := s.get(s.Member, list+"/new")
	want(t, page, 200)
	form := page.form("#customer-form")
	form.Set("first_name", "  Amara ")
	form.Set("last_name", "Begić")
	form.Set("email", "amara@example.com")
	form.Set("billing.city", "Sarajevo")
	form.Set("billing.country", "BA")
	form["metadata_key"], form["metadata_value"] = []string{"tier", ""}, []string{"gold", ""}
	saved := s.post(s.Member, list+"/new", form)
	want(t, saved, 303)
	shown := s.get(s.Viewer, saved.location())
	want(t, shown, 200)
	for _, text := range []string{"Amara Begić", "amara@example.com", "Sarajevo", "Bosnia and Herzegovina", "gold"} {
		if !strings.Contains(shown.text("main"), text) {
			t.Errorf("the page does not say %q:\n%s", text, shown.text("main"))
		}
	}
}

func TestFaultsKeepWhatWasTyped(t *testing.T) {
	s := newSite(t)
	hostile := `"><script>alert(1)</script>` + "\u202e😀'; DROP TABLE customers"
	form := url.Values{
		"first_name": {hostile}, "email": {"nobody"}, "description": {"4111 1111 1111 1111"}, "billing.city": {"Zürich"},
		"shipping_same_shown": {"true"}, "shipping_same": {"true"}, "metadata_key": {strings.Repeat("k", 41)}, "metadata_value": {"v"},
	}
	a := s.post(s.Member, list+"/new", form)
	want(t, a, 422)
	if got := a.form("#customer-form"); got.Get("first_name") != hostile || got.Get("email") != "nobody" || got.Get("billing.city") != "Zürich" {
		t.Errorf("not kept: %v", got)
	}
	if title := a.text("title"); !strings.HasPrefix(title, "Error:") {
		t.Errorf("title %q", title)
	}
	for _, name := range []string{"email", "description"} {
		el := a.Find(`[name="` + name + `"]`)
		id, _ := el.Attr("aria-describedby")
		if invalid, _ := el.Attr("aria-invalid"); invalid != "true" || id == "" {
			t.Errorf("%s is not marked", name)
		}
		if a.Find(`a[href="#`+name+`"]`).Length() != 1 {
			t.Errorf("the summary does not lead to %s", name)
		}
	}
	if strings.Contains(a.Body.String(), "<script>alert") {
		t.Error("input was not escaped")
	}
	form.Del("shipping_same")
	if a := s.post(s.Member, list+"/new", form); a.form("#customer-form").Has("shipping_same") {
		t.Error("the tick that was taken out is back")
	}
	form.Set("shipping_same", "true")
	form = url.Values{"first_name": {hostile}}
	saved := s.post(s.Member, list+"/new", form)
	want(t, saved, 303)
	shown := s.get(s.Member, saved.location())
	if got := shown.text("h1"); got != strings.Join(strings.Fields(hostile), " ") || strings.Contains(shown.Body.String(), "<script>alert") {
		t.Errorf("shown as %q", got)
	}
}

func TestEditLeavesAloneWhatWasNotChanged(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "metadata.visits", "12", "metadata.on", "true", "billing.city", "Oslo", "billing.country", "Norway",
		"shipping.city", "Bergen", "email", "bo@example.com", "description", "a, b")
	page := s.get(s.Member, views.EditCustomerURL(1, c.ID))
	want(t, page, 200)
	saved := s.post(s.Member, views.EditCustomerURL(1, c.ID), page.form("#customer-form"))
	want(t, saved, 303)
	got, err := s.Store.Customer(t.Context(), s.Member, c.ID)
	if err != nil || got.Version != 1 {
		from, to := core.Diff(c, got)
		t.Errorf("version %d, %v: %v to %v", got.Version, err, from, to)
	}
}

func TestConflictLosesNothing(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "company", "Ek", "billing.city", "Oslo", "metadata.tier", `"silver"`)
	edit := views.EditCustomerURL(1, c.ID)
	mine := s.get(s.Member, edit).form("#customer-form")
	theirs := s.get(s.Owner, edit).form("#customer-form")
	theirs.Set("email", "theirs@example.com")
	theirs.Set("company", "Ek & Co")
	theirs.Set("billing.city", "Bergen")
	want(t, s.post(s.Owner, edit, theirs), 303)
	mine.Set("email", "mine@example.com")
	mine.Set("phone", "+47 22 44 22 22")
	mine.Set("billing.city", "Tromsø")
	a := s.post(s.Member, edit, mine)
	want(t, a, 409)
	for _, text := range []string{"bo@example.com", "mine@example.com", "theirs@example.com", "Oslo", "Tromsø", "Bergen", "Ek & Co", "Owner Person"} {
		if !strings.Contains(a.text("form"), text) {
			t.Errorf("the conflict does not say %q:\n%s", text, a.text("form"))
		}
	}
	if got := a.text("[id='conflict.billing.city']"); got != "Billing city" {
		t.Errorf("the city both changed is called %q", got)
	}
	form := a.form("#customer-form")
	if form.Get("email") != "mine@example.com" || form.Get("company") != "Ek & Co" || form.Get("phone") != "+47 22 44 22 22" || form.Get("version") != "2" {
		t.Errorf("not merged: %v", form)
	}
	form.Set("take.email", "theirs")
	want(t, s.post(s.Member, edit, form), 303)
	got, err := s.Store.Customer(t.Context(), s.Member, c.ID)
	billing, _ := got.Billing()
	if err != nil || got.Email != "theirs@example.com" || got.Company != "Ek & Co" || got.Phone != "+47 22 44 22 22" || billing.City != "Tromsø" || got.Version != 3 {
		t.Errorf("saved %+v, %v", got, err)
	}
}

func TestDeleteAndUndo(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Jane Doe")
	at := views.DeleteCustomerURL(1, c.ID)
	ask := s.get(s.Member, at)
	want(t, ask, 200)
	if got := ask.text("h1"); got != "Delete Jane Doe?" {
		t.Errorf("asks %q", got)
	}
	stale := s.post(s.Member, at, url.Values{"version": {"9"}})
	want(t, stale, 409)
	want(t, s.post(s.Member, at, ask.form(`form[action="`+at+`"]`)), 303)
	page := s.get(s.Viewer, views.CustomerURL(1, c.ID))
	want(t, page, 200)
	if !strings.Contains(page.text("main"), "deleted") || page.Find("main form").Length() != 0 {
		t.Error("a viewer is not told, or is offered to restore")
	}
	page = s.get(s.Member, views.CustomerURL(1, c.ID))
	first, _ := page.Find("main form").First().Attr("action")
	if first != views.RestoreCustomerURL(1, c.ID) {
		t.Errorf("the first form of a deleted customer's page goes to %q", first)
	}
	want(t, s.get(s.Member, views.EditCustomerURL(1, c.ID)), 303)
	want(t, s.post(s.Member, first, nil), 303)
	want(t, s.get(s.Member, views.EditCustomerURL(1, c.ID)), 200)
}

func TestListGoesStraightToAnExactHit(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "reference", "cust-1", "billing.country", "NO")
	s.House.Customer(t, "name", "Bo Dahl", "billing.country", "NO")
	record := views.CustomerURL(1, c.ID)
	for _, q := range []string{"bo@example.com", "cust-1", c.UUID, c.LookupID} {
		if a := s.get(s.Viewer, list+"?q="+url.QueryEscape(q)); a.location() != record {
			t.Errorf("%s: %d to %q", q, a.Code, a.location())
		}
	}
	a := s.get(s.Viewer, list+"?q=bo&f=country:NO")
	want(t, a, 303)
	if got := a.location(); got != list+"?q="+url.QueryEscape("bo country:NO") && got != list+"?q="+url.QueryEscape("country:NO bo") {
		t.Errorf("the one URL is %q", got)
	}
	a = s.get(s.Viewer, a.location())
	want(t, a, 200)
	if box, _ := a.Find("#find input[name=q]").Attr("value"); box != "bo" || a.Find("#customers tbody tr").Length() != 2 {
		t.Errorf("box %q, %d rows", box, a.Find("#customers tbody tr").Length())
	}
	a = s.get(s.Viewer, list+"?field=city&op=not&value=Oslo&q=bo")
	if got := a.location(); got != list+"?q="+url.QueryEscape("bo -city:Oslo") {
		t.Errorf("built %q", got)
	}
	a = s.get(s.Viewer, list+"?q="+url.QueryEscape("contry:NO"))
	want(t, a, 200)
	if !strings.Contains(a.text("main"), "country") || a.Find("#customers mark").Text() != "contry" {
		t.Errorf("the mistake is not pointed at: %s", a.text("#customers"))
	}
}

func TestPartsAreParts(t *testing.T) {
	s := newSite(t)
	s.House.Customer(t, "name", "Bo Ek")
	r := httpGet(list + "?q=bo")
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", "section#customers")
	a := s.ask(s.Viewer, r)
	want(t, a, 200)
	if strings.Contains(a.Body.String(), "<html") || a.Find("#customers").Length() != 1 || a.Header().Get("HX-Push-Url") != list+"?q=bo" {
		t.Errorf("pushes %q: %s", a.Header().Get("HX-Push-Url"), a.Body.String())
	}
}

func TestTypingLeavesEnterToLeadToTheRecord(t *testing.T) {
	s := newSite(t)
	s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com")
	r := httpGet(list + "?q=bo%40example.com")
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", "section#customers")
	r.Header.Set("HX-Source", "form#find")
	a := s.ask(s.Viewer, r)
	want(t, a, 200)
	if got := a.Header().Get("HX-Push-Url"); got != list+"?q=bo%40example.com&view=all" {
		t.Errorf("pushes %q", got)
	}
	if a.Find(`input[form="find"][name="view"]`).Length() != 0 {
		t.Error("the box carries the tab along, so that Enter stays on the list")
	}
}

func httpGet(path string) *http.Request {
	r, err := http.NewRequest("GET", path, nil)
	if err != nil {
		panic(err)
	}
	r.RequestURI = path
	return r
}

func TestFormWarnsOfSomebodyAlike(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com", "phone", "+47 22 44 22 22", "billing.postcode", "0171")
	for _, q := range []string{"email=BO%40example.com", "phone=%2B4722442222", "first_name=Bo&last_name=Ek&billing.postcode=0171"} {
		a := s.get(s.Member, list+"/like?"+q)
		want(t, a, 200)
		if href, _ := a.Find("a").Attr("href"); href != views.CustomerURL(1, c.ID) {
			t.Errorf("%s: warns of %q", q, href)
		}
		if own := s.get(s.Member, fmt.Sprintf("%s/like?%s&id=%d", list, q, c.ID)); own.Find("a").Length() != 0 {
			t.Errorf("%s: warns of the customer itself", q)
		}
		if other := s.get(s.Other, "/m/2/customers/like?"+q); other.Find("a").Length() != 0 {
			t.Errorf("%s: warns another merchant", q)
		}
	}
	saved := s.post(s.Member, list+"/new", url.Values{"name": {"Bo II"}, "email": {"bo@example.com"}})
	want(t, saved, 303) // a warning does not keep anybody from saving
	if page := s.get(s.Member, saved.location()); page.Find(`main a[href="`+views.CustomerURL(1, c.ID)+`"]`).Length() == 0 {
		t.Error("the new customer's page does not name the one it looks like")
	}
}

// TestDeletingWithoutRetention: where deleted customers are kept no day, nobody
// is told that they can be restored until today.
func TestDeletingWithoutRetention(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek")
	form := s.get(s.Owner, views.MerchantSettingsURL(1)).form("main form")
	form.Set("retention", "0")
	want(t, s.post(s.Owner, views.MerchantSettingsURL(1), form), 303)
	if got := s.get(s.Member, views.DeleteCustomerURL(1, c.ID)).text("main"); strings.Contains(got, "You can restore until") || !strings.Contains(got, "erased within the hour") {
		t.Errorf("it says %q", got)
	}
	if got := s.get(s.Member, list+"?view=deleted").text(".blank"); strings.Contains(got, "0 days") || !strings.Contains(got, "erased within the hour") {
		t.Errorf("the list says %q", got)
	}
}

// TestVersionThatNeverWas: a form with no version, or one that the customer has
// not reached, such as after a backup was put back, is told apart from somebody
// else's save: nobody is named, and no time.
func TestVersionThatNeverWas(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek", "email", "bo@example.com")
	for _, version := range []string{"7", "", "x"} {
		a := s.post(s.Owner, views.EditCustomerURL(1, c.ID), url.Values{"name": {"Bo Erik Ek"}, "version": {version}})
		want(t, a, 409)
		if got := a.text("#conflict"); strings.Contains(got, "0001") || !strings.Contains(got, "not as it was when you opened the form") {
			t.Errorf("version %q: %q", version, got)
		}
		if got := a.form("#customer-form"); got.Get("name") != "Bo Erik Ek" || got.Get("version") != "1" {
			t.Errorf("version %q: the form is %v", version, got)
		}
		for _, act := range []string{"/delete", "/erase"} {
			a = s.post(s.Owner, views.CustomerURL(1, c.ID)+act, url.Values{"confirm": {"bo@example.com"}, "version": {"7"}})
			want(t, a, 409)
			if got := a.text("[role=alert]"); !strings.Contains(got, "has changed since you asked") {
				t.Errorf("%s says %q", act, got)
			}
		}
	}
}

// TestFormsOfADeletedCustomerLeadToRestoring: going back to a form of somebody
// who was deleted meanwhile leads to where they can be restored.
func TestFormsOfADeletedCustomerLeadToRestoring(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Bo Ek")
	if err := s.DeleteCustomer(t.Context(), s.Member, c.ID, c.Version, ""); err != nil {
		t.Fatal(err)
	}
	page := views.CustomerURL(1, c.ID)
	for _, form := range []string{"/edit", "/delete", "/cards/new", "/channels/new", "/subscriptions/new", "/charge"} {
		if a := s.get(s.Member, page+form); a.Code != 303 || a.location() != page {
			t.Errorf("%s: %d %s", form, a.Code, a.location())
		}
		if a := s.get(s.Other, strings.Replace(page, "/m/1/", "/m/2/", 1)+form); a.Code != 404 {
			t.Errorf("%s for another merchant: %d", form, a.Code)
		}
	}
}
