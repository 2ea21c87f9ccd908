package handlers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/web"
)

// canaries are cards that are known again wherever they turn up.
var canaries = []struct{ number, code string }{
	{"4929004407310228", "907"}, {"5425233430109903", "683"}, {"374245455400126", "9375"},
}

// traces are the ways in which a number could be written down.
func traces(number string) map[string]string {
	spaced := number[:4] + " " + number[4:8] + " " + number[8:12] + " " + number[12:]
	return map[string]string{
		"plain": number, "spaced": spaced, "dashed": strings.ReplaceAll(spaced, " ", "-"), "escaped": strings.ReplaceAll(spaced, " ", "+"),
		"hex": hex.EncodeToString([]byte(number)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(number))),
		"base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(number)), "=")[:18],
	}
}

// watch fails where something holds a trace of a canary.
func watch(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, c := range canaries {
		for how, trace := range traces(c.number) {
			if bytes.Contains(text, []byte(trace)) {
				t.Errorf("%s holds a card number, %s", where, how)
			}
		}
	}
}

// locked is a buffer that logs are written to from any goroutine.
type locked struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

// TestNoCardNumberStays types known cards into the forms that take them, which
// succeed, fail and panic, and into every other line of every form, and then
// looks for them in what was answered, logged and stored.
func TestNoCardNumberStays(t *testing.T) {
	h := dbtest.SQLite(t)
	var log locked
	kit := &web.Site{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	s := &site{House: h, t: t, h: kit.Around(handlers.Routes(h.Store, kit, handlers.Options{Now: h.Clock.Now}))}
	c := h.Customer(t, "name", "Edward Johnson")
	path := customerPath(c)
	add := func(s *site, number, expiry, code string) {
		t.Helper()
		for _, by := range []core.Actor{s.Owner, s.Viewer, s.Other, {}} {
			f := url.Values{"number": {number}, "expiry": {expiry}, "code": {code}, "holder": {"Edward Johnson"}}
			for _, to := range []string{path + "/cards/new", customerPath(core.Customer{Merchant: 1, ID: 1}) + "/cards/new", path + "/cards/1/edit", "/no/such/page"} {
				watch(t, to, s.post(by, to, f).Body.Bytes())
			}
		}
	}
	for _, c := range canaries {
		for _, number := range []string{c.number, c.number[:4] + "-" + c.number[4:], c.number + "1", c.number + "x"} {
			add(s, number, "01/30", c.code)
			add(s, number, "01/20", c.code)
			add(s, number, c.number, c.number)
		}
	}
	broken := http.NewServeMux()
	broken.Handle("/", kit.Around(kit.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		d, _ := core.ReadCard(r.FormValue("number"), "01/30", r.FormValue("code"), "", h.Clock.Now())
		panic(fmt.Sprintf("%v %+v %#v %s", d, d, d, d.Number))
	})))
	add(&site{House: h, t: t, h: broken}, canaries[0].number, "01/30", canaries[0].code)

	if n := h.Count(t, "SELECT COUNT(*) FROM cards"); n != len(canaries) {
		t.Errorf("%d cards were added", n)
	}
	if typed := everyLine(t, s, c); typed < 60 {
		t.Errorf("typed into %d lines only", typed)
	}
	watch(t, "the log", log.Bytes())
	for _, suffix := range []string{"", "-wal"} {
		file, err := os.ReadFile(h.DSN + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		watch(t, "the database file"+suffix, file)
	}
	for _, page := range []string{path, "/m/1/customers", "/m/1/payment-methods", "/m/1/activity", "/activity"} {
		watch(t, page, s.get(h.Admin, page).Body.Bytes())
	}
	watch(t, "the export", s.post(h.Owner, "/m/1/customers/export", url.Values{"format": {"csv"}}).Body.Bytes())
}

// everyLine types a card number into each line of each form of each page, one
// at a time, and returns how many that were.
func everyLine(t *testing.T, s *site, c core.Customer) (typed int) {
	card, channel := s.House.Card(t, s.House.Customer(t, "name", "Another").ID, dbtest.VisaNumber), s.Mandate(t, c.ID)
	plan := s.Plan(t, "Gold", 1900)
	subscription := s.Subscription(t, s.House.Customer(t, "name", "Subscriber"), plan)
	for _, p := range routes(t) {
		if p.method != "GET" || strings.Contains(p.path, "{token}") || strings.HasPrefix(p.path, "/account") {
			continue
		}
		to := strings.NewReplacer("{merchant}", "1", "{id}", fmt.Sprint(c.ID), "{card}", fmt.Sprint(card.ID), "{channel}", fmt.Sprint(channel.ID),
			"{plan}", fmt.Sprint(plan.ID), "{subscription}", fmt.Sprint(subscription.ID), "{user}", fmt.Sprint(s.Viewer.ID), "{$}", "").Replace(p.path)
		page := s.get(s.Admin, to)
		page.Find("form[method=post]").Each(func(i int, form *goquery.Selection) {
			action, _ := form.Attr("action")
			if action == "" || strings.HasPrefix(action, "/account") || strings.HasPrefix(action, "/theme") {
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
				f.Set(name, canaries[typed%2].number[:4]+" "+canaries[typed%2].number[4:8]+" "+canaries[typed%2].number[8:12]+" "+canaries[typed%2].number[12:])
				if typed%3 == 0 {
					f.Set(name, canaries[typed%2].number)
				}
				s.post(s.Admin, action, f)
				typed++
			})
		})
	}
	return typed
}
