package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"kontor/db/core"
)

func TestOverviewPage(t *testing.T) {
	s := newSite(t)
	home := fmt.Sprintf("/m/%d", s.First.ID)

	// Nothing yet: where to begin, for whom it is.
	a := s.get(s.Member, home)
	want(t, a, 200)
	if a.text("h2") == "" || a.Find(`a[href$="/customers/new"]`).Length() != 1 || a.Find(".bars").Length() != 0 {
		t.Errorf("an empty merchant begins with %q", a.text("main"))
	}
	if a := s.get(s.Viewer, home); a.Find(`a[href$="/customers/new"]`).Length() != 0 || !strings.Contains(a.text("main"), "Nothing is charged yet") {
		t.Errorf("a viewer is asked to add: %q", a.text("main"))
	}
	if got := a.Find(`nav [aria-current="page"]`).Text(); !strings.Contains(got, "Overview") {
		t.Errorf("the menu says %q", got)
	}
	if a := s.get(s.Member, "/"); a.Code != 303 || a.location() != home {
		t.Errorf("home is %d %s", a.Code, a.location())
	}

	plan := s.Plan(t, "Sonne Monthly", 4900)
	for name, expires := range map[string]string{"Good": "2030-01", "Expiring": "2026-11"} {
		c := s.House.Customer(t, "name", name)
		s.CardRow(t, c, core.Visa, "4242", expires)
		sub := s.Subscription(t, c, plan)
		s.Exec(t, fmt.Sprintf("UPDATE subscriptions SET next_number = 1, next_at = %d WHERE id = %d", s.Clock.Now().AddDate(0, 0, 14).UnixMilli(), sub.ID))
		if name == "Good" {
			s.ChargeRow(t, c, core.ChargePaid, core.Money{Minor: 1250, Currency: "JPY"}, s.Clock.Now())
			s.ChargeRow(t, c, core.ChargeDeclined, core.Money{Minor: 1250, Currency: "KWD"}, s.Clock.Now())
		}
	}
	a = s.get(s.Viewer, home)
	want(t, a, 200)
	for _, part := range []string{"¥1,250", "KWD 1.250", "€98.00", "2 payments", "Past due €0.00 none"} {
		if !strings.Contains(a.text(".figures"), part) {
			t.Errorf("%q is not in %q", part, a.text(".figures"))
		}
	}
	if n := a.Find(".bar-chart").Length(); n != 3 {
		t.Errorf("%d charts for three currencies", n)
	}
	if got := a.text("#money-kwd"); got != "Day by day in KWD" {
		t.Errorf("a chart is called %q", got)
	}
	if got := a.Find("#money-eur").Closest("section").Find("tbody tr"); got.Length() != 1 || !strings.Contains(got.Text(), "5 Dec 2026") {
		t.Errorf("the table behind says %q", got.Text())
	}

	// Every figure leads to the list that it is the sum of.
	lists := 0
	for _, link := range a.Find("main a").EachIter() {
		to, _ := link.Attr("href")
		list := s.get(s.Viewer, to)
		want(t, list, 200)
		if list.Find(".mistake").Length() != 0 {
			t.Errorf("%s: %s", to, list.text(".mistake"))
		}
		rows := list.Find("tbody tr").Length()
		switch text := strings.Join(strings.Fields(link.Text()), " "); text {
		case "€98.00":
			lists++
			if rows != 2 {
				t.Errorf("%s lists %d", to, rows)
			}
		case "¥1,250", "KWD 1.250":
			lists++
			if rows != 1 || !strings.Contains(list.text("tbody"), text) {
				t.Errorf("%s lists %q", to, list.text("tbody"))
			}
		case "All 1":
			lists++
			if rows != 1 || !strings.Contains(list.text("tbody"), "Expiring") {
				t.Errorf("%s lists %q", to, list.text("tbody"))
			}
		}
	}
	if lists != 4 {
		t.Errorf("%d of the figures lead on", lists)
	}
	if got := a.text(".subscription-lines"); !strings.Contains(got, "Expiring") || !strings.Contains(got, "11/26") {
		t.Errorf("cards that expire: %q", got)
	}
}
