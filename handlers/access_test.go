package handlers_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// routes reads the list of pages, so that a new one is in the matrix at once.
func routes(t *testing.T) (pages []struct{ method, path, right string }) {
	t.Helper()
	text, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`pages\.(Page|Open)\("(\w+) ([^"]+)"(?:, core\.(\w+))?`)
	for _, m := range line.FindAllStringSubmatch(string(text), -1) {
		pages = append(pages, struct{ method, path, right string }{m[2], m[3], m[4]})
	}
	if len(pages) < 20 {
		t.Fatalf("read only %d routes", len(pages))
	}
	return pages
}

// rights is the table of who may do what, as the design has it.
var rights = map[string][]core.Role{
	"Read":    {core.Admin, core.Agent, core.Auditor, core.Owner, core.Member, core.Viewer},
	"Write":   {core.Admin, core.Agent, core.Owner, core.Member},
	"Refund":  {core.Admin, core.Agent, core.Owner, core.Member},
	"Manage":  {core.Admin, core.Owner},
	"Install": {core.Admin},
	"Visit":   {core.Admin, core.Agent, core.Auditor},
}

// TestAccessMatrix asks every page as every role, of the own merchant and of
// another, and as a stranger.
func TestAccessMatrix(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Subject")
	second := s.House.Customer(t, "name", "Second")
	other := s.CustomerOf(t, s.Other, "name", "Theirs")
	note, err := s.AddNote(t.Context(), s.Owner, c.ID, core.Note{Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	program, _, err := s.CreateApplicationUser(t.Context(), s.Owner, core.ApplicationUser{Name: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	card, channel := s.House.Card(t, c.ID, dbtest.VisaNumber), s.Mandate(t, c.ID)
	plan := s.Plan(t, "Gold", 1900)
	subscription := s.Subscription(t, c, plan)
	charge, err := s.CreateCharge(t.Context(), s.Owner, core.NewCharge{
		Customer: c.ID, Amount: core.Money{Minor: 100, Currency: "EUR"}, Description: "One cake",
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.BeginRun(t.Context(), core.System(s.First.ID))
	if err != nil {
		t.Fatal(err)
	}
	roles := []core.Actor{s.Admin, s.Agent, s.Auditor, s.Owner, s.Member, s.Viewer}
	fill := func(path string, merchant int64, c core.Customer) string {
		path = strings.NewReplacer("{card}", fmt.Sprint(card.ID), "{channel}", fmt.Sprint(channel.ID)).Replace(path)
		return strings.NewReplacer("{merchant}", fmt.Sprint(merchant), "{id}", fmt.Sprint(c.ID), "{note}", fmt.Sprint(note.ID),
			"{user}", fmt.Sprint(s.Viewer.ID), "{event}", "1", "{other}", fmt.Sprint(second.ID), "{view}", "1", "{job}", "1", "{session}", "none", "{mail}", "1",
			"{program}", fmt.Sprint(program.ID), "{plan}", fmt.Sprint(plan.ID), "{subscription}", fmt.Sprint(subscription.ID),
			"{payment}", fmt.Sprint(charge.ID), "{run}", fmt.Sprint(run), "{refund}", "1",
			"{token}", "none", "{$}", "").Replace(path)
	}
	ask := func(by core.Actor, method, path string) answer {
		if method == "GET" {
			return s.get(by, path)
		}
		return s.post(by, path, url.Values{"version": {"0"}})
	}
	for _, p := range routes(t) {
		if p.right == "" {
			continue
		}
		if _, known := rights[p.right]; !known {
			t.Errorf("%s %s takes %s, of which the table says nothing", p.method, p.path, p.right)
		}
		path := fill(p.path, s.First.ID, c)
		if a := ask(core.Actor{}, p.method, path); a.Code != 204 && (a.Code != 303 || !strings.HasPrefix(a.location(), "/login")) {
			t.Errorf("%s %s: a stranger gets %d", p.method, path, a.Code)
		}
		ofMerchant := strings.Contains(p.path, "{merchant}")
		for _, by := range roles {
			may := false
			for _, role := range rights[p.right] {
				may = may || role == by.Role
			}
			a := ask(by, p.method, path)
			if (a.Code != 403) != may {
				t.Errorf("%s %s: %s gets %d, may is %v", p.method, path, by.Role, a.Code, may)
			}
			if !ofMerchant {
				continue
			}
			theirs := fill(p.path, s.Second.ID, other)
			if a := ask(by, p.method, theirs); !by.Role.Staff() && a.Code != 404 {
				t.Errorf("%s %s: %s of another merchant gets %d", p.method, theirs, by.Role, a.Code)
			}
			if !strings.Contains(p.path, "{id}") {
				continue
			}
			// The right merchant and another's record.
			crossed := fill(p.path, s.First.ID, other)
			if a := ask(by, p.method, crossed); may && a.Code != 404 {
				t.Errorf("%s %s: %s gets %d for another merchant's customer", p.method, crossed, by.Role, a.Code)
			}
		}
	}
}
