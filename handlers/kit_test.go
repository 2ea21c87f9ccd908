package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/web"
)

// A site is the real pages over a real store, asked without a network.
type site struct {
	*dbtest.House
	t *testing.T
	h http.Handler
}

func newSite(t *testing.T) *site {
	t.Helper()
	return siteOver(t, dbtest.SQLite(t))
}

func siteOver(t *testing.T, h *dbtest.House) *site {
	t.Helper()
	kit := &web.Site{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	worker := billing.NewWorker(h.Store, h.Processor, billing.Options{Now: h.Clock.Now})
	routes := handlers.Routes(h.Store, kit, handlers.Options{Now: h.Clock.Now, FirstRun: "first-token", Charger: worker})
	return &site{House: h, t: t, h: kit.Around(routes)}
}

// An answer is a response with its page read.
type answer struct {
	*httptest.ResponseRecorder
	*goquery.Document
}

func (a answer) location() string { return a.Header().Get("Location") }

// text is what a selection says, with white space folded.
func (a answer) text(selector string) string {
	return strings.Join(strings.Fields(a.Find(selector).Text()), " ")
}

// ask asks as the actor, or as a stranger when it is the zero Actor.
func (s *site) ask(by core.Actor, r *http.Request) answer {
	s.t.Helper()
	if by.Kind != "" {
		r = r.WithContext(web.WithActor(r.Context(), by))
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{w, doc}
}

func (s *site) get(by core.Actor, path string) answer {
	s.t.Helper()
	return s.ask(by, httptest.NewRequest("GET", path, nil))
}

func (s *site) post(by core.Actor, path string, form url.Values) answer {
	s.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.ask(by, r)
}

// form reads the fields of a form on a page as a browser would send them.
func (a answer) form(selector string) url.Values {
	out := url.Values{}
	a.Find(selector).Find("input, select, textarea").Each(func(_ int, el *goquery.Selection) {
		name, _ := el.Attr("name")
		kind, _ := el.Attr("type")
		_, checked := el.Attr("checked")
		switch {
		case name == "" || kind == "submit" || ((kind == "checkbox" || kind == "radio") && !checked):
		case goquery.NodeName(el) == "select":
			value, ok := el.Find("option[selected]").Attr("value")
			if !ok {
				value, _ = el.Find("option").First().Attr("value")
			}
			out.Add(name, value)
		case goquery.NodeName(el) == "textarea":
			out.Add(name, el.Text())
		default:
			value, _ := el.Attr("value")
			if kind == "checkbox" && value == "" {
				value = "on"
			}
			out.Add(name, value)
		}
	})
	return out
}

func want(t *testing.T, a answer, status int) {
	t.Helper()
	if a.Code != status {
		t.Fatalf("status %d, want %d: %s %s", a.Code, status, a.location(), a.text("main"))
	}
}
