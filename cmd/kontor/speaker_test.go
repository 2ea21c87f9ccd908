package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/golang-jwt/jwt/v5"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/handlers/api"
	"kontor/web"
)

// A speaker is one API as a program speaks it: how a customer is named there,
// and which calls make, read, list, change and delete one. A face that is
// registered needs one; then it is part of every test of the matrix.
type speaker struct {
	create, change string // method and path; {id} is the customer's name
	read, list     string
	delete         string // "" where the API has none
	items          string // the member of a list that holds the customers
	name           string // the member of an answer that names the customer
	plain          string // a body that makes one, of its reference
	ofOthers       bool   // whether customers of other APIs are there, too
	afterDeletion  int    // what reading a deleted customer is answered
	sign           func(w *matrix, r *http.Request)
}

var speakers = map[core.Source]speaker{
	core.FromWallee: {
		create: "POST /api/v2.0/customers", change: "PATCH /api/v2.0/customers/{id}", read: "GET /api/v2.0/customers/{id}",
		list: "GET /api/v2.0/customers?order=DESC&limit=100", delete: "DELETE /api/v2.0/customers/{id}", items: "data", name: "id",
		plain: `{"givenName": "Plain", "familyName": "Person", "customerId": "REF"}`, ofOthers: true, afterDeletion: 404, sign: signWallee,
	},
	core.FromMonri: {
		create: "POST /v2/customers", change: "POST /v2/customers/{id}", read: "GET /v2/customers/{id}",
		list: "GET /v2/customers?limit=100&offset=0", delete: "DELETE /v2/customers/{id}", items: "data", name: "uuid",
		plain: `{"name": "Plain Person", "merchant_customer_id": "REF"}`, ofOthers: true, afterDeletion: 200, sign: signBearer,
	},
	core.FromPayfirma: {
		create: "POST /customer-service/customer", change: "PUT /customer-service/customer/{id}", read: "GET /customer-service/customer/{id}",
		list: "GET /customer-service/customer?limit=100", items: "entities", name: "lookup_id",
		plain: `{"email": "plain@example.com", "first_name": "Plain", "last_name": "Person"}`, ofOthers: true, afterDeletion: 404, sign: signBearer,
	},
	core.FromAcquired: {
		create: "POST /v1/customers", change: "PUT /v1/customers/{id}", read: "GET /v1/customers/{id}",
		list: "GET /v1/customers?limit=100", items: "data", name: "customer_id",
		plain: `{"first_name": "Plain", "last_name": "Person", "reference": "REF"}`, ofOthers: true, afterDeletion: 404, sign: signBearer,
	},
	core.FromCDC: {
		create: "POST /api/v1/people", change: "POST /api/v1/people", read: "GET /api/v1/people/{id}",
		list: "GET /api/v1/people?preferred_page_size=1000", delete: "DELETE /api/v1/people/{id}", items: "customers", name: "id",
		plain: `{"id": "REF", "first_name": "Plain", "last_name": "Person"}`, afterDeletion: 404, sign: signBearer,
	},
}

// named is what a customer is called in an API.
func named(api core.Source, c core.Customer) string {
	switch api {
	case core.FromWallee:
		return strconv.FormatInt(c.ID, 10)
	case core.FromPayfirma:
		return c.LookupID
	case core.FromCDC:
		if c.Reference == "" {
			return "nobody" // who has no reference has no name there
		}
		return c.Reference
	}
	return c.UUID
}

// A matrix is the whole program over one store, called as one application user
// through every API, and looked at on its pages.
type matrix struct {
	*dbtest.House
	t       *testing.T
	handler http.Handler
	program core.ApplicationUser
	key     string
	token   string
	there   []core.Source // the APIs that are registered
}

func newMatrix(t *testing.T, h *dbtest.House) *matrix {
	t.Helper()
	w := &matrix{House: h, t: t}
	var err error
	if w.program, w.key, err = h.CreateApplicationUser(t.Context(), h.Owner, core.ApplicationUser{Name: "shop"}); err != nil {
		t.Fatal(err)
	}
	if w.token, err = h.IssueToken(t.Context(), w.program, core.CallKept); err != nil {
		t.Fatal(err)
	}
	all := faces(h.Store)
	for _, f := range all {
		if _, ok := speakers[f.Name]; !ok {
			t.Errorf("%s is registered and has no speaker: say how it is spoken", f.Name)
			continue
		}
		w.there = append(w.there, f.Name)
	}
	site := &web.Site{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	apis := api.New(h.Store, api.Options{Log: site.Log, Now: h.Clock.Now}, all...)
	routes := handlers.Routes(h.Store, site, handlers.Options{Now: h.Clock.Now, Faces: all})
	w.handler = site.Around(apis.Around(routes))
	return w
}

func signBearer(w *matrix, r *http.Request) { r.Header.Set("Authorization", "Bearer "+w.token) }

func signWallee(w *matrix, r *http.Request) {
	key, err := base64.StdEncoding.DecodeString(w.key)
	if err != nil {
		w.t.Fatal(err)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": strconv.FormatInt(w.program.ID, 10), "iat": w.Clock.Now().Unix(), "requestPath": r.RequestURI, "requestMethod": r.Method,
	})
	token.Header["ver"] = 1
	text, err := token.SignedString(key)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+text)
	r.Header.Set("Space", strconv.FormatInt(w.program.Merchant, 10))
}

// call makes one of a speaker's calls, of the customer with that name.
func (w *matrix) call(through core.Source, call, name, body string) (status int, answer any) {
	w.t.Helper()
	method, target, _ := strings.Cut(call, " ")
	r := httptest.NewRequest(method, strings.ReplaceAll(target, "{id}", name), strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	speakers[through].sign(w, r)
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	dec := json.NewDecoder(out.Body)
	dec.UseNumber()
	if err := dec.Decode(&answer); err != nil && err != io.EOF {
		w.t.Fatalf("%s %s: no JSON: %v", through, call, err)
	}
	return out.Code, answer
}

// page is the customer's page as an owner sees it.
func (w *matrix) page(c core.Customer) *goquery.Document {
	w.t.Helper()
	r := httptest.NewRequest("GET", fmt.Sprintf("/m/%d/customers/%d", w.First.ID, c.ID), nil)
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r.WithContext(web.WithActor(r.Context(), w.Owner)))
	doc, err := goquery.NewDocumentFromReader(out.Body)
	if err != nil || out.Code != 200 {
		w.t.Fatalf("the page: %d %v", out.Code, err)
	}
	return doc
}

// spoken is the text of a page with a space between what stands apart.
func spoken(s *goquery.Selection) string {
	var words []string
	s.Find("*").Contents().Each(func(_ int, n *goquery.Selection) {
		if goquery.NodeName(n) == "#text" {
			words = append(words, strings.Fields(n.Text())...)
		}
	})
	return strings.Join(words, " ")
}

// create makes a customer through an API and returns it.
func (w *matrix) create(through core.Source, body string) (core.Customer, int) {
	w.t.Helper()
	s := speakers[through]
	status, answer := w.call(through, s.create, "", body)
	if status >= 300 {
		return core.Customer{}, status
	}
	name := fmt.Sprint(at(answer, s.name))
	if through == core.FromCDC {
		c, err := w.CustomerByReference(w.t.Context(), w.Owner, name)
		if err != nil {
			w.t.Fatal(err)
		}
		return c, status
	}
	id, ok := core.ReadID(name)
	if !ok {
		w.t.Fatalf("%s answers a create with %v", through, answer)
	}
	c, err := w.Store.Customer(w.t.Context(), w.Owner, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c, status
}

// listed reports whether an API's list has the customer.
func (w *matrix) listed(through core.Source, c core.Customer) bool {
	w.t.Helper()
	s := speakers[through]
	w.Clock.Advance(time.Minute) // CDC throttles who asks the same again and again
	status, answer := w.call(through, s.list, "", "")
	items, ok := at(answer, s.items).([]any)
	if status != 200 || !ok {
		w.t.Fatalf("%s lists with %d %v", through, status, answer)
	}
	for _, item := range items {
		if fmt.Sprint(at(item, s.name)) == named(through, c) {
			return true
		}
	}
	return false
}

// missing stands for a member that is not there.
type missing struct{}

func (missing) String() string { return "absent" }

// at is the member of an answer under a dotted name.
func at(answer any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch in := answer.(type) {
		case map[string]any:
			v, ok := in[name]
			if !ok {
				return missing{}
			}
			answer = v
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(in) {
				return missing{}
			}
			answer = in[i]
		default:
			return missing{}
		}
	}
	return answer
}
