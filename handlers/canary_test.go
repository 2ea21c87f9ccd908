package handlers_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/web"
)

// TestNoCardNumberStays types known cards into the forms that take them, which
// succeed, fail and panic, and into every other line of every form, and then
// looks for them in what was answered, logged and stored.
func TestNoCardNumberStays(t *testing.T) {
	h := dbtest.SQLite(t)
	var log dbtest.Log
	kit := &web.Site{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	s := &site{House: h, t: t, h: kit.Around(handlers.Routes(h.Store, kit, handlers.Options{Now: h.Clock.Now}))}
	c := h.Customer(t, "name", "Edward Johnson")
	path := customerPath(c)
	add := func(s *site, number, expiry, code string) {
		t.Helper()
		for _, by := range []core.Actor{s.Owner, s.Viewer, s.Other, {}} {
			f := url.Values{"number": {number}, "expiry": {expiry}, "code": {code}, "holder": {"Edward Johnson"}}
			for _, to := range []string{path + "/cards/new", customerPath(core.Customer{Merchant: 1, ID: 1}) + "/cards/new", path + "/cards/1/edit", "/no/such/page"} {
				dbtest.NoCanary(t, to, s.post(by, to, f).Body.Bytes())
			}
		}
	}
	for _, c := range dbtest.Canaries {
		for _, number := range []string{c.Number, c.Number[:4] + "-" + c.Number[4:], c.Number + "1", c.Number + "x"} {
			add(s, number, "01/30", c.Code)
			add(s, number, "01/20", c.Code)
			add(s, number, c.Number, c.Number)
		}
	}
	broken := http.NewServeMux()
	broken.Handle("/", kit.Around(kit.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		d, _ := core.ReadCard(r.FormValue("number"), "01/30", r.FormValue("code"), "", h.Clock.Now())
		panic(fmt.Sprintf("%v %+v %#v %s", d, d, d, d.Number))
	})))
	add(&site{House: h, t: t, h: broken}, dbtest.Canaries[0].Number, "01/30", dbtest.Canaries[0].Code)

	if n := h.Count(t, "SELECT COUNT(*) FROM cards"); n != len(dbtest.Canaries) {
		t.Errorf("%d cards were added", n)
	}
	s.post(core.Actor{}, "/forgot", url.Values{"email": {dbtest.Canaries[0].Number}})
	if typed := everyLine(t, s, c); typed < 150 {
		t.Errorf("typed into %d lines only", typed)
	}
	dbtest.NoCanary(t, "the log", log.Bytes())
	h.NoCanary(t)
	for _, page := range []string{path, "/m/1/customers", "/m/1/payment-methods", "/m/1/activity", "/activity"} {
		dbtest.NoCanary(t, page, s.get(h.Admin, page).Body.Bytes())
	}
	dbtest.NoCanary(t, "the export", s.post(h.Owner, "/m/1/customers/export", url.Values{"format": {"csv"}}).Body.Bytes())
}

// everyLine types a card number into each line of each form of each page, one
// at a time, and returns how many that were.
func everyLine(t *testing.T, s *site, c core.Customer) (typed int) {
	card, channel := s.House.Card(t, s.House.Customer(t, "name", "Another").ID, dbtest.VisaNumber), s.Mandate(t, c.ID)
	plan := s.Plan(t, "Gold", 1900)
	subscription := s.Subscription(t, s.House.Customer(t, "name", "Subscriber"), plan)
	for _, p := range routes(t) {
		if p.method != "GET" || strings.Contains(p.path, "{token}") {
			continue
		}
		by := s.Admin
		if p.right == "" { // a page of who has not signed in
			by = core.Actor{}
		}
		to := strings.NewReplacer("{merchant}", "1", "{id}", fmt.Sprint(c.ID), "{card}", fmt.Sprint(card.ID), "{channel}", fmt.Sprint(channel.ID),
			"{plan}", fmt.Sprint(plan.ID), "{subscription}", fmt.Sprint(subscription.ID), "{user}", fmt.Sprint(s.Viewer.ID), "{$}", "").Replace(p.path)
		page := s.get(by, to)
		page.Find("form[method=post]").Each(func(i int, form *goquery.Selection) {
			action, _ := form.Attr("action")
			if action == "" || strings.HasPrefix(action, "/theme") {
				return
			}
			one := answer{page.ResponseRecorder, goquery.NewDocumentFromNode(form.Nodes[0])}
			form.Find("input, textarea").Each(func(_ int, line *goquery.Selection) {
				name, _ := line.Attr("name")
				switch kind, _ := line.Attr("type"); kind {
				case "hidden", "checkbox", "radio", "submit", "file":
					return
				}
				f := one.form("form")
				canary := dbtest.Canaries[typed%2]
				f.Set(name, canary.Spaced())
				if typed%3 == 0 {
					f.Set(name, canary.Number)
				}
				s.post(by, action, f)
				typed++
			})
		})
	}
	return typed
}
