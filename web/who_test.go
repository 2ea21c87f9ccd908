package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"kontor/db/core"
)

func TestPagesAreForThoseWithTheRight(t *testing.T) {
	k := start(t, "http")
	for _, tt := range []struct {
		name         string
		user         int64
		method, path string
		status       int
		want         string
	}{
		{"own merchant", viewer, "GET", "/m/1/customers", 200, "Vito in 1"},
		{"no right", viewer, "POST", "/m/1/customers", 403, "Vito"},
		{"another's", viewer, "GET", "/m/2/customers", 404, ""},
		{"another's, no right either", viewer, "POST", "/m/2/customers", 404, ""},
		{"one that never was", owner, "GET", "/m/9/customers", 404, ""},
		{"no number", owner, "GET", "/m/x/customers", 404, ""},
		{"another spelling", owner, "GET", "/m/01/customers", 404, ""},
		{"no merchant in the path", owner, "GET", "/all", 200, "Olga in 1"},
		{"staff", agent, "GET", "/m/2/customers", 200, "Anna in 2"},
		{"staff, no such merchant", agent, "GET", "/m/6/customers", 404, ""},
		{"staff, no right", auditor, "POST", "/m/2/customers", 403, ""},
		{"staff outside", agent, "GET", "/all", 200, "Anna in 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := k.browser(t)
			b.signIn(tt.user)
			b.do(tt.method, tt.path, nil).is(t, tt.status, tt.want)
			if got := k.did.take(); tt.status != 200 && got != "" {
				t.Errorf("did %s", got)
			}
		})
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	for _, tt := range []struct {
		a    answer
		want string
	}{
		{b.get("/m/1/customers?q=b%C3%A4ck&x=%2F"), "/login?next=%2Fm%2F1%2Fcustomers%3Fq%3Db%25C3%25A4ck%26x%3D%252F"},
		{b.post("/m/1/customers", "name=x"), "/login?next=%2F"},
		{b.post("/m/1/customers", "name=x", "Referer", b.base.String()+"/m/1/customers/new"), "/login?next=%2Fm%2F1%2Fcustomers%2Fnew"},
		{b.post("/m/1/customers", "name=x", "Referer", "https://evil.example/m/1"), "/login?next=%2F"},
		{b.post("/m/1/customers", "name=x", "Referer", b.base.String()+"//evil.example"), "/login?next=%2F"},
	} {
		if got := tt.a.Header.Get("Location"); tt.a.StatusCode != 303 || got != tt.want {
			t.Errorf("%s %s: %s to %q, want 303 to %q", tt.a.Request.Method, tt.a.Request.URL, tt.a.Status, got, tt.want)
		}
	}
	a := b.get("/m/1/customers", "HX-Request", "true")
	if got, want := a.Header.Get("HX-Redirect"), "/login?next=%2Fm%2F1%2Fcustomers"; a.StatusCode != 204 || got != want {
		t.Errorf("htmx: %s to %q, want 204 to %q", a.Status, got, want)
	}
	if got := k.did.take(); got != "" {
		t.Errorf("a stranger did %s", got)
	}
}

func TestStaffEnterAMerchantOnce(t *testing.T) {
	k := start(t, "http")
	b := k.browser(t)
	b.signIn(agent)
	for _, tt := range []struct{ path, want string }{
		{"/m/2/customers", "Anna enters 2;"},
		{"/m/2/customers", ""},
		{"/all", ""},
		{"/m/2/customers", ""},
		{"/m/3/customers", "Anna enters 3;"},
	} {
		b.get(tt.path).is(t, 200, "Anna")
		if got := k.did.take(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
	}
	b.get("/m/6/customers").is(t, 404, "")
	if got := k.table.only(t).Merchant; got != 3 {
		t.Errorf("stands in %d, want 3", got)
	}
	b.signIn(agent)
	if got := k.table.only(t).Merchant; got != 3 {
		t.Errorf("stands in %d after signing in again, want 3", got)
	}
}

func TestWithActorNeedsNoSession(t *testing.T) {
	k := start(t, "http")
	var got core.Actor
	k.pages.Page("GET /m/{merchant}/x", core.Read, func(w http.ResponseWriter, r *http.Request) error {
		got = Actor(r)
		if err := AddFlash(w, r, Flash{Text: "nowhere to go"}); err != nil {
			return err
		}
		if s := Session(r); s.User.ID != 0 || SessionKey(r) != nil {
			t.Errorf("a session: %+v", s)
		}
		return Redirect(w, r, "/")
	})
	who := core.Actor{Kind: core.ByUser, ID: 7, Name: "Ann", Role: core.Agent, Origin: "192.0.2.7"}
	r := httptest.NewRequest("GET", "/m/4/x", nil)
	w := httptest.NewRecorder()
	k.pages.ServeHTTP(w, r.WithContext(WithActor(r.Context(), who)))
	if got := k.table.counts(); got != "reads 0 saves 0 touches 0" {
		t.Error(got)
	}
	if want := who.In(4); w.Code != 303 || got != want {
		t.Errorf("%d %+v, want %+v", w.Code, got, want)
	}
}
