package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/web"
)

// A desk is a server with one face of a few calls, over a real store.
type desk struct {
	*dbtest.House
	t       *testing.T
	handler http.Handler
	made    int    // customers that were made
	left    string // when the client leaves: before the act or after
	leaves  func()
	hold    chan struct{}                   // what a call waits for, if anything
	entered chan struct{}                   // told when a call waits
	program map[string]core.ApplicationUser // by name
	keys    map[string]string
	tokens  map[string]string
}

// newDesk makes programs "shop", "reader" and "barred" and serves them.
func newDesk(t *testing.T, h *dbtest.House, o api.Options) *desk {
	t.Helper()
	d := &desk{House: h, t: t, program: map[string]core.ApplicationUser{}, keys: map[string]string{}, tokens: map[string]string{}}
	for _, a := range []core.ApplicationUser{
		{Name: "shop"}, {Name: "reader", Role: core.Viewer}, {Name: "barred", APIs: []core.Source{core.FromCDC}},
	} {
		made, key, err := h.CreateApplicationUser(t.Context(), h.Owner, a)
		if err != nil {
			t.Fatal(err)
		}
		token, err := h.IssueToken(t.Context(), made, core.CallKept*2)
		if err != nil {
			t.Fatal(err)
		}
		d.program[a.Name], d.keys[a.Name], d.tokens[a.Name] = made, key, token
	}
	d.serve(o)
	return d
}

// serve starts the server anew, as another process would.
func (d *desk) serve(o api.Options) {
	o.Log, o.Now = slog.New(slog.NewTextHandler(io.Discard, nil)), d.Clock.Now
	f := api.NewFace(core.FromAcquired, "Test", "/t")
	f.Body = 1000
	f.Authenticate = api.Bearer
	f.Fail = func(w http.ResponseWriter, _ *http.Request, f api.Failure) {
		api.Write(w, f.Status, map[string]any{"oops": f.Status, "why": f.Reason(), "fields": len(f.Invalid)})
	}
	f.Handle("POST /t/customers", core.Write, func(w http.ResponseWriter, r *http.Request) error {
		in, err := api.JSON(r)
		if err != nil {
			return err
		}
		if d.hold != nil {
			d.entered <- struct{}{}
			<-d.hold
		}
		if d.left == "before" {
			d.leaves()
		}
		form := api.NewForm()
		form.Text(in.At("mail"), "mail", "email", "", 0)
		if err := form.Check(core.Customer{}); err != nil {
			return err
		}
		c, err := d.CreateCustomer(r.Context(), api.Actor(r), core.FromAcquired, form.Changes)
		if err != nil {
			return err
		}
		d.made++
		if d.left == "after" {
			d.leaves()
		}
		return api.Write(w, http.StatusCreated, map[string]any{"id": c.ID})
	})
	f.Handle("GET /t/customers/{id}", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		return api.Write(w, http.StatusOK, map[string]string{"id": r.PathValue("id"), "body": string(api.Body(r))})
	})
	f.Handle("GET /t/panic", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		io.WriteString(w, `{"half":`)
		panic("secret")
	})
	site := &web.Site{Log: o.Log, Now: d.Clock.Now}
	d.handler = site.Around(api.New(d.Store, o, f).Around(http.NotFoundHandler()))
}

// call calls as a program. The headers are pairs; an empty value takes one away.
func (d *desk) call(program, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token := d.tokens[program]; token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *desk) want(w *httptest.ResponseRecorder, status int) {
	d.t.Helper()
	if w.Code != status {
		d.t.Fatalf("got %d, want %d: %s", w.Code, status, w.Body)
	}
}

func TestRefusalsHaveTheFacesShape(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{})
	for _, tt := range []struct {
		name, program, method, target, body string
		headers                             []string
		status                              int
	}{
		{"no such path", "shop", "GET", "/t/nothing", "", nil, 404},
		{"no such path below the face", "shop", "GET", "/t", "", nil, 404},
		{"a path that is not clean", "shop", "GET", "/t//customers/1", "", nil, 404},
		{"a path that climbs", "shop", "GET", "/t/x/../customers/1", "", nil, 404},
		{"another method", "shop", "DELETE", "/t/customers/1", "", nil, 405},
		{"no JSON wanted", "shop", "GET", "/t/customers/1", "", []string{"Accept", "text/html, application/json;q=0"}, 406},
		{"too large", "shop", "POST", "/t/customers", `"` + strings.Repeat("x", 1000) + `"`, nil, 413},
		{"a form", "shop", "POST", "/t/customers", "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"no JSON", "shop", "POST", "/t/customers", "{", nil, 400},
		{"two JSON values", "shop", "POST", "/t/customers", "{} {}", nil, 400},
		{"a fault", "shop", "POST", "/t/customers", `{"mail":"nobody"}`, nil, 422},
		{"nobody", "", "GET", "/t/customers/1", "", nil, 401},
		{"a token that is none", "shop", "GET", "/t/customers/1", "", []string{"Authorization", "Bearer x"}, 401},
		{"only reading", "reader", "POST", "/t/customers", "{}", nil, 403},
		{"not this API", "barred", "GET", "/t/customers/1", "", nil, 403},
		{"a panic", "shop", "GET", "/t/panic", "", nil, 500},
	} {
		w := d.call(tt.program, tt.method, tt.target, tt.body, tt.headers...)
		var said struct {
			Oops int    `json:"oops"`
			Why  string `json:"why"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != tt.status || said.Oops != tt.status || said.Why == "" {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v %s", tt.name, w.Header(), w.Body)
		}
		if allow := w.Header().Get("Allow"); (w.Code == 405) != (allow != "") {
			t.Errorf("%s: Allow is %q", tt.name, allow)
		}
	}
}

func TestReadingIsLiberal(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{})
	for _, accept := range []string{"", "*/*", "application/*", "application/json", "text/html, application/json;q=0.1", "application/problem+json"} {
		d.want(d.call("shop", "GET", "/t/customers/1", "", "Accept", accept), 200)
	}
	if w := d.call("shop", "GET", "/t/customers/a%2Fb/", "[]"); w.Code != 200 || w.Body.String() != `{"body":"","id":"a/b"}` {
		t.Errorf("a slash at the end and a body with a GET: %d %s", w.Code, w.Body)
	}
	for _, kind := range []string{"", "application/json; charset=utf-8", "application/vnd.api+json"} {
		d.want(d.call("shop", "POST", "/t/customers/", `{"mail":"a@example.com"}`, "Content-Type", kind), 201)
	}
	if w := d.call("shop", "HEAD", "/t/customers/1", ""); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
}

func TestProgramsAreKeptToARate(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{Rate: 2})
	for range 6 {
		d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	}
	w := d.call("shop", "GET", "/t/customers/1", "")
	d.want(w, 429)
	if got := w.Header().Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q", got)
	}
	d.want(d.call("reader", "GET", "/t/customers/1", ""), 200)
	d.Clock.Advance(time.Second)
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 429)
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{})
	used := func() time.Time {
		a, err := d.ApplicationUser(t.Context(), d.Owner, d.program["shop"].ID)
		if err != nil {
			t.Fatal(err)
		}
		return a.UsedAt
	}
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	first := used()
	d.Clock.Advance(30 * time.Second)
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	if first.IsZero() || !used().Equal(first) {
		t.Errorf("used %v, then %v", first, used())
	}
	d.Clock.Advance(31 * time.Second)
	d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
	if !used().After(first) {
		t.Errorf("a minute later still %v", used())
	}
}

func TestRefusedCallsAreKeptWithTheReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		d.want(d.call("reader", "POST", "/t/customers?secret=1", "{}"), 403)
		d.want(d.call("reader", "GET", "/t/nothing", ""), 404)
		d.Clock.Advance(time.Second)
		d.want(d.call("shop", "POST", "/t/customers", `{"mail":"nobody"}`), 422)
		for program, want := range map[string]core.RefusedCall{
			"reader": {Path: "/t/customers", Status: 403, Reason: "the application user has only the right to read"},
			"shop":   {Path: "/t/customers", Status: 422, Reason: "mail is not valid"},
		} {
			calls, err := h.RefusedCalls(t.Context(), h.Owner, d.program[program].ID)
			if err != nil || len(calls) != 1 {
				t.Fatalf("%s: %v, %v", program, calls, err)
			}
			if c := calls[0]; c.Path != want.Path || c.Status != want.Status || c.Reason != want.Reason || c.API != core.FromAcquired || c.Origin == "" {
				t.Errorf("%s: %+v", program, c)
			}
		}
	})
}

func TestActsOfProgramsSayThroughWhichAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		w := d.call("shop", "POST", "/t/customers", `{"mail":"a@example.com"}`)
		d.want(w, 201)
		var made struct{ ID int64 }
		if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
			t.Fatal(err)
		}
		line, err := h.CustomerEvents(context.Background(), h.Owner, made.ID, 0, 5)
		if err != nil || len(line.Events) != 1 {
			t.Fatal(line, err)
		}
		if by := line.Events[0].Actor; by.Kind != core.ByApplication || by.Name != "shop" || by.Via != core.FromAcquired || by.Origin == "" {
			t.Errorf("acted as %+v", by)
		}
	})
}
