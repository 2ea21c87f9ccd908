package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/handlers/api"
	"kontor/web"
)

// TestNoCardNumberStaysOfACall sends known cards through each call that takes
// one: good ones and bad ones, twice under one name, as the name itself, in
// every line, in the address and to who may not; then it looks for them in what
// was answered, logged and stored.
func TestNoCardNumberStaysOfACall(t *testing.T) {
	h := dbtest.SQLite(t)
	w := newMatrix(t, h)
	var log dbtest.Log
	site := &web.Site{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	apis := api.New(h.Store, api.Options{Log: site.Log, Now: h.Clock.Now}, faces(h.Store)...)
	w.handler = site.Around(apis.Around(handlers.Routes(h.Store, site, handlers.Options{Now: h.Clock.Now})))
	c := h.Customer(t, "name", "Edward Johnson")
	payfirma := "/customer-service/customer/" + c.LookupID + "/card"
	call := func(target, token, key, body string) int {
		t.Helper()
		r := httptest.NewRequest("POST", target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r)
		if !core.HasCardNumber(target) { // an address may come back to who asked for it
			dbtest.NoCanary(t, "the answer of "+target, out.Body.Bytes())
		}
		return out.Code
	}
	reader, _, err := h.CreateApplicationUser(t.Context(), h.Owner, core.ApplicationUser{Name: "reader", Role: core.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	readers, err := h.IssueToken(t.Context(), reader, core.CallKept)
	if err != nil {
		t.Fatal(err)
	}
	for i, canary := range dbtest.Canaries {
		// Its refused calls are kept, each with its path.
		if got := call("/customer-service/customer/"+canary.Number+"/card", readers, "", `{}`); got != 403 {
			t.Errorf("who may only read is answered %d", got)
		}
		h.Clock.Advance(time.Minute)
		cards := map[string]map[string]any{
			payfirma: {
				"card_number": canary.Number, "card_expiry_month": "8", "card_expiry_year": "30", "cvv2": canary.Code, "card_description": "Office card",
			},
			"/v1/cards": {
				"customer_id": c.UUID, "number": canary.Number, "expiry_month": "8", "expiry_year": "30", "cvv": canary.Code, "holder_name": "Edward Johnson",
			},
		}
		for target, good := range cards {
			body := written(t, good)
			for range 2 { // under one name, answered as before
				if got := call(target, w.token, fmt.Sprint("card ", i, target), body); got >= 300 {
					t.Fatalf("%s takes no card: %d", target, got)
				}
			}
			call(target, w.token, canary.Number, body)
			call(target, w.token, canary.Spaced(), body)
			call(target, "nobody", "stranger", body)
			call(target, canary.Number, "", body)
			call(target, w.token, fmt.Sprint("torn ", i, target), body[:len(body)-3])
			call(target, w.token, fmt.Sprint("text ", i, target), canary.Number)
			call(target+"?card="+canary.Number, w.token, "", body)
			call(target+"/"+canary.Number, w.token, "", body)
			for line := range good {
				for n, value := range []any{canary.Number, canary.Spaced(), json.Number(canary.Number), []string{canary.Number}, map[string]string{canary.Number: canary.Number}} {
					bad := map[string]any{canary.Number: line}
					for k, v := range good {
						bad[k] = v
					}
					bad[line] = value
					key := ""
					if n%2 == 0 {
						key = fmt.Sprint("bad ", line, i, n, target)
					}
					call(target, w.token, key, written(t, bad))
				}
			}
		}
		h.Clock.Advance(time.Minute) // so that this refusal is kept, too: it names the key
		named := httptest.NewRequest("POST", "/v2/customers", strings.NewReader(`{"merchant_customer_id":"n","metadata":{"`+canary.Number+`":"1"}}`))
		named.Header.Set("Authorization", "Bearer "+w.token)
		refused := httptest.NewRecorder()
		if w.handler.ServeHTTP(refused, named); refused.Code != 400 {
			t.Errorf("metadata under a card number is answered %d", refused.Code)
		}
		for _, s := range speakers { // a number where a customer's name is meant
			name := strings.ReplaceAll(s.plain, "Plain", canary.Number)
			r := httptest.NewRequest("POST", strings.TrimPrefix(s.create, "POST "), strings.NewReader(name))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", fmt.Sprint("customer ", i))
			s.sign(w, r)
			w.handler.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	if n := h.Count(t, "SELECT COUNT(*) FROM cards"); n != len(dbtest.Canaries) {
		t.Errorf("%d cards were added", n)
	}
	for _, page := range []string{fmt.Sprintf("/m/%d/customers/%d", w.First.ID, c.ID), fmt.Sprintf("/m/%d/activity", w.First.ID), fmt.Sprintf("/m/%d/programs", w.First.ID)} {
		r := httptest.NewRequest("GET", page, nil)
		out := httptest.NewRecorder()
		w.handler.ServeHTTP(out, r.WithContext(web.WithActor(r.Context(), w.Owner)))
		dbtest.NoCanary(t, page, out.Body.Bytes())
	}
	dbtest.NoCanary(t, "the log", log.Bytes())
	h.NoCanary(t)
}

func written(t *testing.T, body map[string]any) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
