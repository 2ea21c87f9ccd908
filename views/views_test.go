package views

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"kontor/db/core"
	"kontor/static"
)

var (
	noon     = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	merchant = core.Merchant{ID: 1, Name: "Bäckerei Sonne", Country: "CH", Currency: "CHF", Zone: "Europe/Zurich", Retention: 30}
)

func draw(t testing.TB, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Our Content-Security-Policy forbids what is inline, and hostile text must not
// become any of it.
func TestPagesHaveNothingInline(t *testing.T) {
	for name, c := range everyPage(hostile) {
		doc := draw(t, c)
		doc.Find("script").Each(func(_ int, s *goquery.Selection) {
			if src, _ := s.Attr("src"); !strings.HasPrefix(src, static.Prefix) || s.Text() != "" {
				t.Errorf("%s: a script that is not one of our files: %s", name, s.Text())
			}
		})
		doc.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
					t.Errorf("%s: inline %s on %s", name, a.Key, goquery.NodeName(s))
				}
				if strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
					t.Errorf("%s: %s is %q", name, a.Key, a.Val)
				}
			}
		})
	}
}

func TestHostileTextComesOutIntact(t *testing.T) {
	for page, selector := range map[string]string{
		"customers": ".rows tbody th a", "customer": "h1", "delete": "li", "merchants": ".merchant-rows th a", "activity": ".about a",
	} {
		if got := draw(t, everyPage(hostile)[page]).Find(selector).Text(); !strings.Contains(got, hostile) {
			t.Errorf("%s: %s holds %q", page, selector, got)
		}
	}
	doc := draw(t, CustomerFormPage(formView(hostile)))
	for _, name := range []string{"email", "name", "billing.street", "address.12.city", "metadata_key"} {
		if got, _ := doc.Find(`[name="` + name + `"]`).Attr("value"); got != hostile {
			t.Errorf("field %s holds %q", name, got)
		}
	}
	if got, _ := doc.Find(`[name="billing.country"] option[selected]`).Attr("value"); got != hostile {
		t.Errorf("a country that is none: %q", got)
	}
}

func TestLinesAreKeptOnForms(t *testing.T) {
	const text = "\n first\nsecond\n"
	v := formView(text)
	doc := draw(t, CustomerFormPage(v))
	for _, name := range []string{"description", "custom_data", "billing.street"} {
		if got := doc.Find(`textarea[name="` + name + `"]`).Text(); got != text {
			t.Errorf("%s holds %q, want %q", name, got, text)
		}
	}
}

func TestEveryFieldIsOnTheForm(t *testing.T) {
	doc := draw(t, CustomerFormPage(CustomerFormView{Chrome: chrome("x"), Addresses: []AddressRow{{Key: "12"}}}))
	names := core.PlainFields()
	for _, prefix := range []string{"billing.", "shipping.", "address.12.", "address.new."} {
		for _, name := range core.AddressFields() {
			if name != "country_text" { // follows from the country
				names = append(names, prefix+name)
			}
		}
	}
	for _, name := range names {
		if n := doc.Find(`[name="` + name + `"]`).Length(); n != 1 {
			t.Errorf("%d fields named %s, want 1", n, name)
		}
		if doc.Find(`label[for="`+name+`"]`).Text() == "" {
			t.Errorf("%s has no label", name)
		}
	}
}

func TestProblemsLeadToTheirFields(t *testing.T) {
	v := formView("x")
	v.Faults = core.Invalid{
		{Field: "email", Rule: core.Malformed},
		{Field: "reference", Rule: core.Taken, Other: "7"},
		{Field: "billing.country", Rule: core.Unknown},
		{Field: "address.12.street", Rule: core.TooLong, Limit: 300},
		{Field: "metadata.tier", Rule: core.CardText},
	}
	doc := draw(t, CustomerFormPage(v))
	links := doc.Find("#problems a")
	if links.Length() != len(v.Faults) {
		t.Fatalf("%d links for %d faults", links.Length(), len(v.Faults))
	}
	links.Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		at := doc.Find(`[id="` + strings.TrimPrefix(href, "#") + `"]`)
		if invalid, _ := at.Attr("aria-invalid"); invalid != "true" {
			t.Errorf("%s leads to %d elements, aria-invalid %q", href, at.Length(), invalid)
		}
		by, _ := at.Attr("aria-describedby")
		if got := doc.Find(`[id="` + strings.Fields(by + " ")[0] + `"]`).Text(); got != a.Text() {
			t.Errorf("%s says %q, the field says %q", href, a.Text(), got)
		}
	})
}

func TestFaultsNobodyCanSeeAreStillSaid(t *testing.T) {
	v := formView("x")
	v.Faults = core.Invalid{{Field: "metadata", Rule: core.TooMany, Limit: 25}, {Field: "addresses", Rule: core.TooMany, Limit: 50}}
	doc := draw(t, CustomerFormPage(v))
	doc.Find("#problems a").Each(func(_ int, a *goquery.Selection) {
		if href, _ := a.Attr("href"); doc.Find(href).Length() != 1 {
			t.Errorf("%q leads nowhere", href)
		}
	})
	if title := doc.Find("title").Text(); strings.HasPrefix(title, "Error:") {
		t.Errorf("a conflict is no error: %q", title)
	}
	v.Conflict = nil
	if title := draw(t, CustomerFormPage(v)).Find("title").Text(); !strings.HasPrefix(title, "Error: ") {
		t.Errorf("title %q", title)
	}
}

// Programs follow sign-in links too: they look for the one form.
func TestLinkPageHasOneForm(t *testing.T) {
	doc := draw(t, LinkPage(LinkView{Action: "/link/t", Token: "t"}))
	form := doc.Find("form")
	if method, _ := form.Attr("method"); form.Length() != 1 || method != "post" {
		t.Errorf("%d forms, method %q", form.Length(), method)
	}
	if got, _ := form.Find("input[type=hidden][name=token]").Attr("value"); got != "t" || form.Find("button").Length() != 1 {
		t.Errorf("token %q, %d buttons", got, form.Find("button").Length())
	}
	if n := draw(t, LinkPage(LinkView{Gone: true})).Find("form").Length(); n != 0 {
		t.Errorf("a used link has %d forms", n)
	}
}

func TestDeletedCustomerBeginsWithItsRestoreForm(t *testing.T) {
	doc := draw(t, everyPage("x")["deleted"])
	first := doc.Find("main").Children().First()
	if role, _ := first.Attr("role"); role != "status" {
		t.Errorf("main begins with role %q", role)
	}
	if action, _ := doc.Find("main form").First().Attr("action"); action != RestoreCustomerURL(1, 1<<45) {
		t.Errorf("the first form goes to %q", action)
	}
}

func TestEveryIconIsThere(t *testing.T) {
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, static.URL("icons.svg"), nil))
	used := map[string]bool{}
	for _, c := range everyPage("x") {
		draw(t, c).Find("use").Each(func(_ int, s *goquery.Selection) {
			href, _ := s.Attr("href")
			_, name, _ := strings.Cut(href, "#")
			used[name] = true
		})
	}
	for name := range used {
		if !strings.Contains(w.Body.String(), `<symbol id="`+name+`"`) {
			t.Errorf("vendor/lucide has no %s", name)
		}
	}
}

func TestMenuShowsPlacesThatAreThere(t *testing.T) {
	labels := func(v Chrome) []string {
		return draw(t, sidebar(v)).Find("li").Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
	}
	staff, owner := core.User{Role: core.Agent}, core.User{Role: core.Owner}
	for _, c := range []struct {
		v    Chrome
		want []string
	}{
		{Chrome{User: staff}, []string{"Merchants", "Kontor’s mail", "All activity"}},
		{Chrome{User: core.User{Role: core.Admin}}, []string{"Merchants", "Staff", "Kontor’s mail", "All activity"}},
		{Chrome{User: staff, Merchant: merchant}, []string{"Overview", "Customers", "Subscriptions", "Payments", "Payment methods", "Plans", "Activity", "Mail", "Merchants", "Kontor’s mail", "All activity"}},
		{Chrome{User: owner, Merchant: merchant}, []string{"Overview", "Customers", "Subscriptions", "Payments", "Payment methods", "Plans", "Activity", "Mail", "API access", "Merchant", "Team"}},
		{Chrome{User: core.User{Role: core.Member}, Merchant: merchant}, []string{"Overview", "Customers", "Subscriptions", "Payments", "Payment methods", "Plans", "Activity", "Mail"}},
	} {
		if got := labels(c.v); !slices.Equal(got, c.want) {
			t.Errorf("%s at %d: %v, want %v", c.v.User.Role, c.v.Merchant.ID, got, c.want)
		}
	}
}

func BenchmarkCustomersTable(b *testing.B) {
	v := list("Amara Okafor")
	v.Mistake = nil
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := CustomersTable(v).Render(b.Context(), &buf); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(buf.Len()), "B/page")
}

func TestActivityTellsWhatWasErased(t *testing.T) {
	doc := draw(t, everyPage("x")["activity"])
	var got []string
	doc.Find(".timeline > li").Each(func(_ int, s *goquery.Selection) {
		got = append(got, strings.Join(strings.Fields(s.Find("dl").Text()), " "))
	})
	if want := []string{"E-mailx removed", "E-mailerased", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if how := doc.Find(".timeline > li").Last().Find(".by").Text(); !strings.Contains(how, "with a password") {
		t.Errorf("signed in: %q", how)
	}
	if got := doc.Find("select[name=by] option[selected]").Text(); got != "x" {
		t.Errorf("whoever is asked for is called %q", got)
	}
}

// TestExampleCallsHoldTheProgramsStrings: what is pasted into a shell is whole.
func TestExampleCallsHoldTheProgramsStrings(t *testing.T) {
	a := core.ApplicationUser{ID: 17, Merchant: 3}
	calls := ExampleCalls("https://office.example/", a, "a+b/c=", core.APIs)
	if len(calls) != len(core.APIs) {
		t.Fatalf("%d calls", len(calls))
	}
	for _, c := range calls {
		for _, want := range []string{"17", "a+b/c=", "https://office.example"} {
			if !strings.Contains(c.Shell, want) {
				t.Errorf("%s: no %s in %s", c.Name, want, c.Shell)
			}
		}
		for _, hole := range []string{"BASE", "PATH", "MERCHANT", "KEY", "example//"} {
			if strings.Contains(c.Shell, hole) {
				t.Errorf("%s: %s is left in %s", c.Name, hole, c.Shell)
			}
		}
	}
	a.APIs = []core.Source{core.FromMonri}
	if got := ExampleCalls("http://x", a, "", core.APIs); len(got) != 1 || !strings.Contains(got[0].Shell, unknownKey) {
		t.Errorf("for Monri alone, without a key: %v", got)
	}
}

// TestNamesAreCutAtTheirEnd: a name that is too long for the list loses its end
// in whichever direction it is written.
func TestNamesAreCutAtTheirEnd(t *testing.T) {
	doc := draw(t, CustomersTable(list("محمد بن عبد الله الخوارزمي")))
	if dir, _ := doc.Find("th[scope=row] a").Attr("dir"); dir != "auto" {
		t.Errorf("the name’s direction is %q", dir)
	}
}

// TestWordsDoNotRunTogether: between a text and the link or moment after it
// stands a blank, and none before a full stop.
func TestWordsDoNotRunTogether(t *testing.T) {
	together := regexp.MustCompile(`.{0,30}([a-z,:;]<(time|a|code)[ >]|</(time|a|code)>([A-Za-z]| [.,;:])).{0,30}`)
	for name, page := range everyPage("x") {
		var b bytes.Buffer
		if err := page.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		for _, found := range together.FindAll(b.Bytes(), -1) {
			t.Errorf("%s: %s", name, found)
		}
	}
}
