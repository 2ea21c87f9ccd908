package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	for scheme, hsts := range map[string]string{"http": "", "https": "max-age=31536000"} {
		k := start(t, scheme)
		b := k.browser(t)
		for _, a := range []answer{
			b.get("/login"),
			b.get("/healthz"),
			b.get("/nowhere"),
			b.get("/all"),
			b.post("/logout", "", "Sec-Fetch-Site", "cross-site"),
		} {
			for name, want := range map[string]string{
				"Content-Security-Policy":      policy,
				"X-Content-Type-Options":       "nosniff",
				"Referrer-Policy":              "same-origin",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
				"Strict-Transport-Security":    hsts,
			} {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s %d: %s %q, want %q", a.Request.URL.Path, a.StatusCode, name, got, want)
				}
			}
		}
	}
	for _, unsafe := range []string{"unsafe-", "*", "http:", "https:"} {
		if strings.Contains(policy, unsafe) {
			t.Errorf("the policy has %q", unsafe)
		}
	}
}

func TestAPageMaySetItsOwnPolicy(t *testing.T) {
	k := start(t, "http")
	k.pages.Open("GET /docs", func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		return Render(w, r, 200, text("docs"))
	})
	if got := k.browser(t).get("/docs").Header.Values("Content-Security-Policy"); len(got) != 1 || got[0] != "default-src 'self'" {
		t.Errorf("policy %q", got)
	}
}

func TestOtherSitesCannotSendOurForms(t *testing.T) {
	k := start(t, "http")
	here := k.srv.URL
	for _, tt := range []struct {
		name     string
		signedIn bool
		status   int
		headers  []string
	}{
		{"our own page", true, 303, nil},
		{"our own page, older browser", true, 303, []string{"Sec-Fetch-Site", "", "Origin", here}},
		{"another site", true, 403, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}},
		{"a neighbour", true, 403, []string{"Sec-Fetch-Site", "same-site"}},
		{"another site, older browser", true, 403, []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}},
		{"a sandbox", true, 403, []string{"Sec-Fetch-Site", "", "Origin", "null"}},
		{"a cookie and neither header", true, 403, []string{"Sec-Fetch-Site", ""}},
		{"no cookie and neither header", false, 303, []string{"Sec-Fetch-Site", ""}},
	} {
		b := k.browser(t)
		if tt.signedIn {
			b.signIn(owner)
		}
		a := b.post("/m/1/customers", "name=x", tt.headers...)
		if a.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.name, a.Status, tt.status)
		}
		if got := strings.Contains(k.did.take(), "saves"); got != (tt.status == 303 && tt.signedIn) {
			t.Errorf("%s: saved %t", tt.name, got)
		}
	}
}

func TestBehindAProxyThePublicAddressIsOurs(t *testing.T) {
	u, err := ParseURL("https://Office.example:443/")
	if err != nil {
		t.Fatal(err)
	}
	site := &Site{URL: u, Log: start(t, "http").Log, ErrorPage: start(t, "http").ErrorPage}
	h := site.Around(LimitBody(1, http.NotFoundHandler()))
	for origin, want := range map[string]int{"https://office.example": 404, "http://office.example": 403, "https://evil.example": 403} {
		r := httptest.NewRequest("POST", "http://127.0.0.1:8080/", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", origin, w.Code, want)
		}
	}
}
