package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/web"
)

// TestEveryAPISeesWhatOthersMakeAndDelete makes a customer through each API,
// reads and lists it through every other and on the page, and then through each
// that deletes, deletes it for all.
func TestEveryAPISeesWhatOthersMakeAndDelete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := newMatrix(t, h)
		n := 0
		for _, maker := range w.there {
			for _, deleter := range w.there {
				n++
				c, status := w.create(maker, strings.ReplaceAll(speakers[maker].plain, "REF", fmt.Sprintf("plain-%d", n)))
				if status >= 300 {
					t.Fatalf("%s makes a customer: %d", maker, status)
				}
				if c.Source != maker {
					t.Errorf("%s makes a customer of source %s", maker, c.Source)
				}
				if title := strings.TrimSpace(w.page(c).Find("h1").Text()); title != "Plain Person" {
					t.Errorf("the page of what %s made is headed %q", maker, title)
				}
				for _, reader := range w.there {
					seen := speakers[reader].ofOthers || maker == reader
					status, answer := w.call(reader, speakers[reader].read, named(reader, c), "")
					if seen != (status == 200) || (!seen && status != 404) {
						t.Errorf("%s reads what %s made: %d %v", reader, maker, status, answer)
					}
					if got := w.listed(reader, c); got != seen {
						t.Errorf("%s lists what %s made: %v", reader, maker, got)
					}
				}
				s := speakers[deleter]
				if s.delete == "" || !(s.ofOthers || maker == deleter) {
					continue
				}
				if status, answer := w.call(deleter, s.delete, named(deleter, c), ""); status >= 300 && status != 409 {
					t.Fatalf("%s deletes what %s made: %d %v", deleter, maker, status, answer)
				}
				if w.page(c).Find(".deleted.banner").Length() != 1 {
					t.Errorf("the page of what %s deleted does not say so", deleter)
				}
				for _, reader := range w.there {
					want := speakers[reader].afterDeletion
					if status, answer := w.call(reader, speakers[reader].read, named(reader, c), ""); status != want {
						t.Errorf("%s reads what %s made and %s deleted: %d %v", reader, maker, deleter, status, answer)
					}
					if w.listed(reader, c) {
						t.Errorf("%s lists what %s made and %s deleted", reader, maker, deleter)
					}
				}
			}
		}
	})
}

// A step of a story is an act through one API, or what is then seen.
var (
	actStep = regexp.MustCompile(`^(\w+) (creates|changes|deletes)(?: (\{.*\}))?(?: -> (\d+))?$`)
	sayStep = regexp.MustCompile(`^\t(\w+)\s+(.*)$`)
	pair    = regexp.MustCompile(`([\w.]+)=("(?:[^"\\]|\\.)*"|[^\s"]+)`)
)

// TestMatrix runs the stories of testdata/matrix: awkward customers who are
// made and changed through one API, and what every other and the page then say.
// Steps of APIs that are not registered are passed over.
func TestMatrix(t *testing.T) {
	files, err := filepath.Glob("testdata/matrix/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Each(t, func(t *testing.T, h *dbtest.House) { newMatrix(t, h).tell(file, string(text)) })
		})
	}
}

// tell carries a story out.
func (w *matrix) tell(file, text string) {
	var c core.Customer
	for i, line := range strings.Split(text, "\n") {
		where := fmt.Sprintf("%s:%d", file, i+1)
		if act := actStep.FindStringSubmatch(line); act != nil {
			c = w.act(where, c, core.Source(act[1]), act[2], act[3], act[4])
			continue
		}
		say := sayStep.FindStringSubmatch(line)
		if say == nil {
			if line != "" && !strings.HasPrefix(line, "#") {
				w.t.Errorf("%s: no step: %s", where, line)
			}
			continue
		}
		if c.ID != 0 {
			w.see(where, c, say[1], say[2])
		}
	}
}

func (w *matrix) registered(name core.Source) bool {
	for _, there := range w.there {
		if there == name {
			return true
		}
	}
	return false
}

// act carries out a step and returns the customer that the next ones are about:
// none after a step of an API that is not there.
func (w *matrix) act(where string, c core.Customer, through core.Source, what, body, want string) core.Customer {
	w.t.Helper()
	if !w.registered(through) {
		if what == "creates" {
			return core.Customer{}
		}
		return c
	}
	if c.ID == 0 && what != "creates" {
		return c
	}
	s := speakers[through]
	var status int
	var answer any
	switch what {
	case "creates":
		var made core.Customer
		if made, status = w.create(through, body); status < 300 {
			c = made
		}
	case "changes":
		if now, err := w.Store.Customer(w.t.Context(), w.Owner, c.ID); err == nil {
			body = strings.ReplaceAll(body, "VERSION", strconv.FormatInt(now.Version, 10))
		}
		status, answer = w.call(through, s.change, named(through, c), body)
	case "deletes":
		status, answer = w.call(through, s.delete, named(through, c), "")
	}
	if want == "" && status >= 300 || want != "" && want != strconv.Itoa(status) {
		w.t.Errorf("%s: %s %s: %d %v", where, through, what, status, answer)
	}
	return c
}

// see holds what an API, or the page, says of the customer to the story.
func (w *matrix) see(where string, c core.Customer, who, want string) {
	w.t.Helper()
	now, err := w.Store.Customer(w.t.Context(), w.Owner, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if who == "page" {
		if got := spoken(w.page(now).Find("main")); !strings.Contains(got, want) {
			w.t.Errorf("%s: the page does not say %q: %s", where, want, got)
		}
		return
	}
	through := core.Source(who)
	if _, known := speakers[through]; !known {
		w.t.Errorf("%s: who is %s?", where, who)
	}
	if !w.registered(through) {
		return
	}
	status, answer := w.call(through, speakers[through].read, named(through, now), "")
	if want == "404" {
		if status != 404 {
			w.t.Errorf("%s: %s reads %d %v", where, who, status, answer)
		}
		return
	}
	pairs := pair.FindAllStringSubmatch(want, -1)
	if status != 200 || len(pairs) == 0 {
		w.t.Errorf("%s: %s reads %d %v", where, who, status, answer)
		return
	}
	for _, p := range pairs {
		got := at(answer, p[1])
		text := fmt.Sprint(got)
		if _, absent := got.(missing); !absent {
			encoded, err := json.Marshal(got)
			if err != nil {
				w.t.Fatal(err)
			}
			text = string(encoded)
		}
		if text != p[2] {
			w.t.Errorf("%s: %s says %s=%s, want %s", where, who, p[1], text, p[2])
		}
	}
}

// TestPageShowsWhatEveryAPIAnswers holds the page of all faces to the faces.
func TestPageShowsWhatEveryAPIAnswers(t *testing.T) {
	w := newMatrix(t, dbtest.SQLite(t))
	c, _ := w.create(core.FromMonri, `{"name": "Cher", "merchant_customer_id": "c-1", "metadata": {"tier": "<b>gold</b>"}}`)
	r := httptest.NewRequest("GET", fmt.Sprintf("/m/%d/customers/%d/apis", w.First.ID, c.ID), nil)
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r.WithContext(web.WithActor(r.Context(), w.Viewer)))
	doc, err := goquery.NewDocumentFromReader(out.Body)
	if err != nil || out.Code != 200 {
		t.Fatalf("the page: %d %v", out.Code, err)
	}
	for _, name := range w.there {
		s := speakers[name]
		panel := doc.Find(".face").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return s.Find("#face-"+string(name)).Length() == 1
		})
		wants := http.StatusOK
		if !s.ofOthers {
			wants = http.StatusNotFound
		}
		method, path, ok := strings.Cut(panel.Find(".call").Text(), " ")
		if !ok {
			t.Errorf("%s shows no call: %s", name, panel.Text())
			continue
		}
		status, answer := w.call(name, method+" "+path, "", "")
		var shown any
		dec := json.NewDecoder(strings.NewReader(panel.Find("pre").Text()))
		dec.UseNumber()
		if err := dec.Decode(&shown); err != nil || status != wants || fmt.Sprint(shown) != fmt.Sprint(answer) {
			t.Errorf("%s shows\n%v\nand answers %d\n%v", name, shown, status, answer)
		}
	}
	if got := spoken(doc.Find(".refused-rows")); !strings.Contains(got, "Customer added shop Monri") {
		t.Errorf("the last calls are %q", got)
	}
}
