package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/views"
)

// TestRefusedActsAreAnsweredOnAPageOfTheirOwn: an act that has no page of its
// own is refused on the page that it stands on. From there the theme can be
// switched, and a fault is told by the title.
func TestRefusedActsAreAnsweredOnAPageOfTheirOwn(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Ana", "reference", "a-1")
	plan := s.Plan(t, "Gold", 1900)
	sub := s.Subscription(t, c, plan)
	s.ChargeRow(t, c, core.ChargeDeclined, core.Money{Minor: 500, Currency: "EUR"}, s.Clock.Now())
	charges, err := s.CustomerCharges(t.Context(), s.Member, c.ID, 1)
	if err != nil || len(charges) != 1 {
		t.Fatal(charges, err)
	}
	note, err := s.AddNote(t.Context(), s.Member, c.ID, core.Note{Text: "Ring twice"})
	if err != nil {
		t.Fatal(err)
	}
	for range core.SureAbove + 1 {
		s.House.Customer(t, "name", "Bo", "billing.city", "Oslo")
	}
	job := s.post(s.Member, views.BulkURL(1), url.Values{"q": {"city:Oslo"}, "all": {"true"}, "act": {"delete"}})
	want(t, job, 303)
	s.work()
	gone := s.House.Customer(t, "name", "Cy", "reference", "c-1")
	if err := s.DeleteCustomer(t.Context(), s.Member, gone.ID, gone.Version, ""); err != nil {
		t.Fatal(err)
	}
	s.House.Customer(t, "name", "Di", "reference", "c-1")

	stale := url.Values{"version": {"77"}}
	for _, tt := range []struct {
		path  string
		form  url.Values
		code  int
		fault bool
	}{
		{views.RetryPaymentURL(1, charges[0].ID), stale, 409, false},
		{views.ArchivePlanURL(1, plan.ID), stale, 409, false},
		{views.ResumeURL(1, sub.ID), stale, 409, false},
		{views.RestoreCustomerURL(1, gone.ID), url.Values{}, 409, false},
		{views.NotesURL(1, c.ID), url.Values{"text": {" "}}, 422, true},
		{views.NoteURL(1, c.ID, note.ID), url.Values{"text": {""}, "version": {fmt.Sprint(note.Version)}}, 422, true},
		{views.NoteURL(1, c.ID, note.ID), url.Values{"text": {"x"}, "version": {"77"}}, 409, false},
		{job.location() + "/start", url.Values{"count": {"3"}}, 422, true},
		{views.BulkURL(1), url.Values{"act": {"delete"}}, 422, true},
		{views.ViewsURL(1), url.Values{"name": {""}, "q": {"city:Oslo"}}, 422, true},
	} {
		a := s.post(s.Member, tt.path, tt.form)
		if a.Code != tt.code {
			t.Errorf("%s: %d %s", tt.path, a.Code, a.text("main"))
			continue
		}
		if got := strings.HasPrefix(a.text("title"), "Error: "); got != tt.fault {
			t.Errorf("%s: title %q", tt.path, a.text("title"))
		}
		next, _ := a.Find(".theme-switch [name=next]").Attr("value")
		if back := s.get(s.Member, next); back.Code != 200 {
			t.Errorf("%s: from there the theme leads to %s, which is %d", tt.path, next, back.Code)
		}
	}
}
