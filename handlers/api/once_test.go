package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
)

const anna = `{"mail":"anna@example.com"}`

func TestNamedCallIsCarriedOutOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		first := d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k1")
		d.want(first, 201)
		h.Reopen(t) // another process
		d.serve(api.Options{})
		again := d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k1")
		if again.Code != 201 || again.Body.String() != first.Body.String() || again.Header().Get("Content-Type") != "application/json" {
			t.Errorf("again: %d %s, first %s", again.Code, again.Body, first.Body)
		}
		if first.Header().Get("Idempotent-Replayed") != "" || again.Header().Get("Idempotent-Replayed") != "true" {
			t.Errorf("marked %q, then %q", first.Header().Get("Idempotent-Replayed"), again.Header().Get("Idempotent-Replayed"))
		}
		d.want(d.call("shop", "POST", "/t/customers", `{"mail":"bea@example.com"}`, "Idempotency-Key", "k1"), 422)
		if d.made != 1 {
			t.Errorf("%d customers were made", d.made)
		}
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k2"), 201)
		d.want(d.call("shop", "POST", "/t/customers", anna), 201)
		d.Clock.Advance(core.CallKept + time.Second)
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k1"), 201)
		if d.made != 4 {
			t.Errorf("%d customers were made, want 4", d.made)
		}
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", strings.Repeat("k", 256)), 400)
	})
}

func TestRefusedCallMayBeMadeAgainUnderItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		d.want(d.call("shop", "POST", "/t/customers", `{"mail":"nobody"}`, "Idempotency-Key", "k"), 422)
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k"), 201)
	})
}

func TestNamedCallThatRunsIsNotRunTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		d.hold, d.entered = make(chan struct{}), make(chan struct{})
		var first *httptest.ResponseRecorder
		var wait sync.WaitGroup
		wait.Go(func() { first = d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k") })
		<-d.entered
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "k"), 409)
		close(d.hold)
		wait.Wait()
		d.want(first, 201)
	})
}

// TestCallThatWasCutOff: a process that dies leaves its claim. Whether the act
// was committed decides what becomes of it.
func TestCallThatWasCutOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		a := d.program["shop"]
		by := a.Actor(core.FromAcquired, "192.0.2.7")
		claim := func(key string) {
			by.Call = fmt.Sprintf("%d %s", a.ID, key)
			state, _, err := h.ClaimCall(t.Context(), by, []byte("POST /t/customers\n"+anna))
			if err != nil || state != core.CallClaimed {
				t.Fatal(state, err)
			}
		}
		claim("before")
		claim("after")
		if _, err := h.CreateCustomer(t.Context(), by, core.FromAcquired, core.Changes{"email": "anna@example.com"}); err != nil {
			t.Fatal(err)
		}
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "before"), 409)
		d.Clock.Advance(core.CallRuns + time.Second)
		d.want(d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "before"), 201)
		w := d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "after")
		d.want(w, 409)
		if !strings.Contains(w.Body.String(), "was carried out") {
			t.Errorf("says %s", w.Body)
		}
	})
}

// TestCallWhoseClientLeft: the answer that nobody waited for is there for the
// next try, and a call that broke off before it acted is made then.
func TestCallWhoseClientLeft(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{})
	leave := func(key string, when string) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		defer func() {
			if cut := recover() == http.ErrAbortHandler; cut != (when == "before") { // else net/http says 200
				t.Errorf("%s it acted: cut off: %t", when, cut)
			}
			d.left = ""
		}()
		d.left, d.leaves = when, cancel
		r := httptest.NewRequest("POST", "/t/customers", strings.NewReader(anna)).WithContext(ctx)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+d.tokens["shop"])
		r.Header.Set("Idempotency-Key", key)
		d.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	leave("after", "after")
	again := d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "after")
	if again.Code != 201 || again.Header().Get("Idempotent-Replayed") != "true" || d.made != 1 {
		t.Errorf("after it acted: %d %s, %d made", again.Code, again.Body, d.made)
	}
	leave("before", "before")
	again = d.call("shop", "POST", "/t/customers", anna, "Idempotency-Key", "before")
	if again.Code != 201 || again.Header().Get("Idempotent-Replayed") != "" || d.made != 2 {
		t.Errorf("before it acted: %d %s, %d made", again.Code, again.Body, d.made)
	}
}
