package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/core"
)

func TestOwnerExportsTheListAtHand(t *testing.T) {
	s := newSite(t)
	s.House.Customer(t, "name", "=cmd()", "billing.city", "Bern", "metadata.tier", `"gold"`)
	s.House.Customer(t, "name", "Oslo Person", "billing.city", "Oslo")
	list := fmt.Sprintf("/m/%d/customers", s.First.ID)

	page := s.get(s.Owner, list+"?q=city:Bern")
	form := url.Values{"format": {"csv"}}
	page.Find(`input[form=export]`).Each(func(_ int, el *goquery.Selection) {
		form.Set(el.AttrOr("name", ""), el.AttrOr("value", ""))
	})
	a := s.post(s.Owner, list+"/export", form)
	want(t, a, 200)
	body := a.Body.String()
	if !strings.HasPrefix(a.Header().Get("Content-Type"), "text/csv") || !strings.Contains(a.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("it is %s, %s", a.Header().Get("Content-Type"), a.Header().Get("Content-Disposition"))
	}
	if !strings.Contains(body, ",'=cmd(),") || strings.Contains(body, "Oslo") || strings.Count(body, "\n") != 2 {
		t.Errorf("the file is not the list, or has a formula:\n%s", body)
	}
	form.Set("format", "ndjson")
	a = s.post(s.Owner, list+"/export", form)
	want(t, a, 200)
	if !strings.Contains(a.Body.String(), `"metadata":{"tier":"gold"}`) {
		t.Errorf("the lines are %s", a.Body)
	}

	if page = s.get(s.Member, list); page.Find("#export").Length() > 0 {
		t.Error("a member is offered what they may not")
	}
	form.Set("format", "xlsx")
	want(t, s.post(s.Owner, list+"/export", form), 422)
	form.Set("q", "contry:BA")
	want(t, s.post(s.Owner, list+"/export", form), 422)
}

// TestMistakenListIsNotTakenWhole: a list whose query cannot be read shows
// everybody; taken out or changed, it comes back and points at the mistake.
func TestMistakenListIsNotTakenWhole(t *testing.T) {
	s := newSite(t)
	s.House.Customer(t, "name", "Bern Person", "billing.city", "Bern")
	list := fmt.Sprintf("/m/%d/customers", s.First.ID)
	page := s.get(s.Owner, list+"?q=contry:BA&sort=name")
	form := page.form("#bulk")
	form.Set("all", "true")
	for _, act := range []string{"delete", "export-csv"} {
		form.Set("act", act)
		a := s.post(s.Owner, list+"/bulk", form)
		want(t, a, 422)
		if got := a.text(".mistake"); !strings.Contains(got, "There is no field “contry”") {
			t.Errorf("%s: it says %q", act, got)
		}
		if got := a.Find("#find [name=q]").AttrOr("value", ""); got != "contry:BA" {
			t.Errorf("%s: the box holds %q", act, got)
		}
	}
	if n := s.Count(t, "SELECT COUNT(*) FROM jobs"); n != 0 {
		t.Errorf("%d jobs", n)
	}
	form.Set("format", "csv")
	a := s.post(s.Owner, list+"/export", form)
	want(t, a, 422)
	if a.Find(".mistake").Length() != 1 || a.Find(".theme-switch [name=next]").AttrOr("value", "") != list+"?q=contry%3ABA&sort=name" {
		t.Errorf("it says %s", a.text("main"))
	}
}

// TestATableOfTooManyKeysIsRefusedInWords has more keys of metadata than a
// table has columns for.
func TestATableOfTooManyKeysIsRefusedInWords(t *testing.T) {
	s := newSite(t)
	rows := make([]core.ImportRow, 40)
	for i := range rows {
		rows[i].Changes = core.Changes{"name": "Keys"}
		for k := range 25 {
			rows[i].Changes[fmt.Sprintf("metadata.key%d", 25*i+k)] = "1"
		}
	}
	if _, err := s.ImportCustomers(t.Context(), s.Owner, rows); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/m/%d/customers/export", s.First.ID)
	want(t, s.post(s.Owner, path, url.Values{"format": {"csv"}}), 303)
	a := s.post(s.Owner, path, url.Values{"format": {"ndjson"}})
	want(t, a, 200)
	if got := strings.Count(a.Body.String(), "\n"); got != len(rows) {
		t.Errorf("%d lines, want %d", got, len(rows))
	}
}
