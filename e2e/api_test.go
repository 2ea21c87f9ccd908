package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/views"
)

// A program calls the APIs over the network, as a shop's does.
type program struct {
	t        *testing.T
	base     string
	id, key  string
	merchant int64
	token    string
}

// do sends a request and returns the body of the answer, which must be good.
func (p *program) do(method, target, body string, headers ...string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+target, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		p.t.Fatalf("%s %s: %d %s %v", method, target, answer.StatusCode, said, err)
	}
	return string(said)
}

// bearer posts with a token.
func (p *program) bearer(target, body string) {
	p.t.Helper()
	if p.token == "" {
		basic := base64.StdEncoding.EncodeToString([]byte(p.id + ":" + p.key))
		said := p.do("POST", "/oauth/token", "grant_type=client_credentials",
			"Authorization", "Basic "+basic, "Content-Type", "application/x-www-form-urlencoded")
		_, rest, _ := strings.Cut(said, `"access_token":"`)
		p.token, _, _ = strings.Cut(rest, `"`)
	}
	p.do("POST", target, body, "Authorization", "Bearer "+p.token)
}

// wallee posts with a signed token of its own.
func (p *program) wallee(target, body string) {
	p.t.Helper()
	key, err := base64.StdEncoding.DecodeString(p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT","ver":1}`)) + "." +
		base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"sub":"%s","iat":%d,"requestPath":"%s","requestMethod":"POST"}`, p.id, time.Now().Unix(), target))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	p.do("POST", target, body, "Authorization", "Bearer "+text+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), "Space", fmt.Sprint(p.merchant))
}

// monri posts with a digest.
func (p *program) monri(target, body string) {
	p.t.Helper()
	at := fmt.Sprint(time.Now().Unix())
	digest := sha512.Sum512([]byte(p.key + at + p.id + target + body))
	p.do("POST", target, body, "Authorization", "WP3-v2.1 "+p.id+" "+at+" "+hex.EncodeToString(digest[:]))
}

// eachAPI makes a customer through every API.
var eachAPI = map[string]func(p *program){
	"wallee": func(p *program) { p.wallee("/api/v2.0/customers", `{"givenName":"Wallee","familyName":"Made"}`) },
	"Monri":  func(p *program) { p.monri("/v2/customers", `{"name":"Monri Made"}`) },
	"Payfirma": func(p *program) {
		p.bearer("/customer-service/customer", `{"email":"p@example.com","first_name":"Payfirma","last_name":"Made"}`)
	},
	"Acquired.com": func(p *program) { p.bearer("/v1/customers", `{"first_name":"Acquired","last_name":"Made"}`) },
	"CDC":          func(p *program) { p.bearer("/api/v1/people", `{"id":"cdc-1","first_name":"Cdc","last_name":"Made"}`) },
}

// tryable is a call of each API to be tried on the page that describes them.
var tryable = map[string]string{
	"wallee": "/api/v2.0/customers", "Monri": "/v2/customers", "Payfirma": "/customer-service/customer", "Acquired.com": "/v1/customers", "CDC": "/api/v1/people",
}

// newProgram makes an application user on the page and reads its key there.
func newProgram(t *testing.T, h *house, p *page) *program {
	t.Helper()
	p.open(views.ProgramsURL(h.first.ID))
	looks(t, p)
	p.click(p.link("Add application user"))
	p.fill("Name", "Web shop")
	looks(t, p)
	p.click(p.button("Add and show the key"))
	p.see(p.heading("Web shop may call now"))
	looks(t, p)
	id, err := p.Locator("#id").InputValue()
	p.must(err)
	key, err := p.Locator("#key").InputValue()
	p.must(err)
	return &program{t: t, base: h.URL, id: id, key: key, merchant: h.first.ID}
}

// apis are the titles of the APIs that the page lists.
func apis(p *page) []string {
	p.t.Helper()
	p.open(views.DocsURL)
	texts, err := p.Locator(".docs-files a").AllInnerTexts()
	p.must(err)
	for i, text := range texts {
		texts[i], _, _ = strings.Cut(text, ":")
	}
	return texts
}

func TestProgramMakesCustomersThroughEveryAPI(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Owner)
		shop := newProgram(t, h, p)
		there := apis(p)
		for _, title := range there {
			make, ok := eachAPI[title]
			if !ok {
				t.Fatalf("nobody knows how to call %s", title)
			}
			make(shop)
		}
		p.open(h.list)
		p.must(expect.Locator(p.rows()).ToHaveCount(len(there)))
		p.open(views.ProgramsURL(h.first.ID))
		p.click(p.link("Web shop"))
		p.says(p.main(), "last used just now")
		looks(t, p)
	})
}

func TestCallsAreTriedInTheBrowser(t *testing.T) {
	h := newHouse(t)
	h.customer("name", "Amara Okafor")
	p := h.as(t, visitor{}, core.Owner)
	shop := newProgram(t, h, p)
	for _, title := range apis(p) {
		p.open(views.DocsURL)
		p.fill("ID", shop.id)
		p.must(p.Locator("#docs-secret").Fill(shop.key))
		_, err := p.Locator(".topbar select").SelectOption(playwright.SelectOptionValues{Labels: &[]string{title}})
		p.must(err)
		call := p.Locator(".opblock-get").Filter(playwright.LocatorFilterOptions{
			Has: p.Locator(`[data-path="` + tryable[title] + `"]`),
		})
		p.click(call.Locator(".opblock-summary-control"))
		p.click(call.Locator(".try-out__btn"))
		if title == "wallee" {
			p.must(call.GetByPlaceholder("Space").Fill(fmt.Sprint(shop.merchant)))
		}
		p.click(call.Locator(".execute"))
		p.must(expect.Locator(call.Locator(".live-responses-table .response-col_status").Last()).ToContainText("200"))
		picture(t, p, "docs-"+title)
	}
}

// TestPagesOfTheAPIs shows what is there for programs' people.
func TestPagesOfTheAPIs(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Cher", "reference", "c-1", "email", "cher@example.com", "company", "Bäckerei Sonne",
		"billing.street", "Storgata 1", "billing.city", "Oslo", "billing.country", "NO", "metadata.tier", `"gold"`)
	a, _, err := h.store.CreateApplicationUser(t.Context(), core.System(h.first.ID), core.ApplicationUser{Name: "Web shop"})
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range []string{"the key is not this application user’s", "mail is not valid"} {
		err := h.store.RefuseCall(t.Context(), core.RefusedCall{
			ApplicationUser: a.ID, API: core.FromAcquired, Method: "POST", Path: "/v1/customers", Status: 401, Reason: reason, Origin: "192.0.2.9",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.store.UpdateCustomer(t.Context(), a.Actor(core.FromMonri, "192.0.2.9"), c.ID, 0, core.Changes{"phone": "+47 22 33 44 55"}); err != nil {
		t.Fatal(err)
	}
	const as = "owner@sonne.example"
	at := func(path string) func(p *page) { return func(p *page) { p.open(path) } }
	show(t, h.app, []view{
		{"api-access", as, at(views.ProgramsURL(h.first.ID))},
		{"api-new", as, func(p *page) {
			p.open(views.NewProgramURL(h.first.ID))
			p.click(p.button("Add and show the key"))
			p.see(p.heading("There is a problem"))
		}},
		{"api-key", as, func(p *page) {
			p.open(views.ProgramURL(h.first.ID, a.ID))
			p.click(p.button("Make a new key"))
			p.see(p.heading("A new key for Web shop"))
			p.must(p.Locator(".example summary").First().Click())
		}},
		{"api-user", as, at(views.ProgramURL(h.first.ID, a.ID))},
		{"api-revoke", as, at(views.RevokeProgramURL(h.first.ID, a.ID))},
		{"faces", as, at(views.CustomerFacesURL(h.first.ID, c.ID))},
	})
}
