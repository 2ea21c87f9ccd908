package views

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
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

// hostile is text that must come out as it went in.
const hostile = "<script>alert(\"x\")</script>' OR 1=1;-- &amp; \u202e 🥐"

func chrome(name string) Chrome {
	m := merchant
	m.Name = name
	return Chrome{
		User: core.User{ID: 7, Name: name, Email: "a@example.com", Role: core.Admin}, Merchant: m, Section: InCustomers,
		Path: CustomersURL(1), Now: noon, Find: Find{Action: CustomersURL(1), Value: name, Terms: []string{name}},
		Toasts: []Toast{{Text: name, Undo: &Act{Action: "/undo", Label: "Undo", Hidden: []Pair{{"version", "1"}}}}},
	}
}

func list(text string) CustomersView {
	v := CustomersView{
		Chrome: chrome(text), MayWrite: true, Query: text, Clear: CustomersURL(1),
		Tabs:    []Choice{{"All", CustomersURL(1), true}},
		Pills:   []Pill{{text, CustomersQuery{Text: text}.URL(1)}},
		Filters: Filters{Action: CustomersURL(1), Fields: []Filter{{"city", "City"}}},
		Orders:  []Choice{{"Newest first", CustomersURL(1), true}},
		ByName:  Header{URL: CustomersQuery{Sort: "name"}.URL(1)},
		ByDate:  Header{URL: CustomersURL(1), Order: "descending"},
		Mistake: &Mistake{Query: text, QueryError: core.QueryError{Rule: core.UnknownField, Pos: 1, Len: 6, Text: text}},
		Pager:   Pager{From: 1, To: 50, Of: core.MaxCount + 1, Next: CustomersQuery{After: "x"}.URL(1)},
	}
	for i := range 50 {
		v.Rows = append(v.Rows, core.CustomerSummary{
			ID: int64(i)<<11 | 1<<40, Name: text, Company: "Globex", Email: "a@example.com", Reference: "cust-1",
			City: "Sarajevo", Country: "BA", CreatedAt: noon.AddDate(0, 0, -i),
		})
	}
	return v
}

func customerView(text string) CustomerView {
	c := core.Customer{
		ID: 1 << 45, Name: text, Company: text, Reference: text, Email: "a@example.com", Phone: text, Language: "en-GB", Description: text, CreatedAt: noon, UpdatedAt: noon,
		Metadata:  []core.Meta{{Key: text, Value: core.MetaText(text)}},
		Addresses: []core.Address{{ID: 3, Type: core.Both, Default: true, Street: text, City: text, Country: "GB"}},
	}
	note := core.Note{ID: 4, Version: 1, Author: text, Text: text, Pinned: true, StaffOnly: true, CreatedAt: noon, EditedAt: noon}
	return CustomerView{
		Chrome: chrome(text), Customer: c, MayWrite: true,
		Duplicates: []Duplicate{{ID: 2, Title: text, Email: text, Why: []string{"email", "name"}}},
		Notes:      NotesView{Merchant: 1, Customer: c.ID, Zone: time.UTC, Now: noon, MayWrite: true, Staff: true, Notes: []NoteLine{{Note: note, MayEdit: true}}},
		Events: []EventLine{{Undo: true, Event: core.Event{
			ID: 9, At: noon, Action: core.CustomerUpdated, Actor: core.Actor{Kind: core.ByUser, Name: text},
			From: core.Changes{"address.3.city": "London"}, To: core.Changes{"address.3.city": text},
		}}},
	}
}

func overviewView(text string) OverviewView {
	o := core.NewOverview(merchant, noon)
	o.Began, o.States, o.ExpiringCount = true, []core.StateCount{{State: core.Active, Count: 3}}, 1
	o.Charged(core.ChargePaid, noon, "EUR", core.Sum{Count: 1, Minor: 4900}, 100)
	o.Charged(core.ChargeDeclined, noon, "JPY", core.Sum{Count: 1, Minor: 980}, 0)
	o.Expiring = []core.SubscriptionSummary{{
		CustomerTitle: text, PlanName: text, LastFour: "4242", Subscription: core.Subscription{Amount: core.Money{Minor: 4900, Currency: "EUR"}, NextRun: noon},
	}}
	return OverviewView{Chrome: chrome(text), Overview: o, MayWrite: true}
}

func activityView(text string) ActivityView {
	return ActivityView{
		Chrome: chrome(text), At: ActivityQuery{Person: "user-5", Act: string(core.CustomerUpdated), From: text},
		Merchants: []core.Merchant{{ID: 2, Name: text}}, People: []core.Actor{{Kind: core.ByUser, ID: 6, Name: text}},
		Events: []EventLine{
			{
				Event: core.Event{
					ID: 9, At: noon, Action: core.CustomerUpdated, Customer: 5, Actor: core.Actor{Kind: core.ByUser, ID: 5, Name: text, Merchant: 1},
					From: core.Changes{"email": text}, To: core.Changes{"email": ""},
				},
				Undo: true, About: Link{text, CustomerURL(1, 5)}, Person: Link{URL: ActivityURL(1)}, Merchant: Link{text, ActivityURL(0)}, Origin: text,
			},
			{Event: core.Event{ID: 8, At: noon, Action: core.CustomerUpdated, Customer: 5, Fields: []string{"email"}}, Undone: true},
			{Event: core.Event{ID: 7, At: noon, Action: core.UserSignedIn, Fields: []string{"password"}}, About: Link{Text: text}},
		},
		Previous: ActivityQuery{Before: 9}.URL(1), Next: ActivityQuery{After: 7}.URL(1),
	}
}

func formView(text string) CustomerFormView {
	v := CustomerFormView{
		Chrome: chrome(text), ID: 5, Title: text, Version: 3, Cancel: CustomerURL(1, 5), Values: map[string]string{},
		Addresses:  []AddressRow{{Key: "12"}},
		Metadata:   []MetadataRow{{text, text}, {"tier", "gold"}},
		PhoneOdd:   true,
		Duplicates: []Duplicate{{ID: 2, Title: text, Why: []string{"email"}}},
		Conflict: &Conflict{
			Who: text, At: noon, Both: []ConflictField{{Name: "email", Original: text, Yours: text, Theirs: text}},
			Merged: []ConflictField{{Name: "metadata.tier", Original: text, Theirs: text}},
		},
	}
	for _, name := range core.PlainFields() {
		v.Values[name] = text
	}
	for _, name := range core.AddressFields() {
		v.Values["billing."+name] = text
		v.Values["address.12."+name] = text
	}
	return v
}

// everyPage is each page and part there is, showing the text wherever one can
// stand.
func everyPage(text string) map[string]templ.Component {
	inside := chrome(text)
	pages := map[string]templ.Component{
		"customers":   CustomersPage(list(text)),
		"none":        CustomersPage(CustomersView{Chrome: inside, Query: text, Clear: "/", Without: []Choice{{text, "/", false}, {text, "/", false}}}),
		"nothing":     CustomersPage(CustomersView{Chrome: inside, MayWrite: true}),
		"overview":    OverviewPage(overviewView(text)),
		"no overview": OverviewPage(OverviewView{Chrome: inside, MayWrite: true}),
		"activity":    ActivityPage(activityView(text)),
		"no activity": ActivityPage(ActivityView{Chrome: inside}),
		"none such":   ActivityPage(ActivityView{Chrome: inside, At: ActivityQuery{Act: OnlyRefused}}),
		"customer":    CustomerPage(customerView(text)),
		"notes":       CustomerNotes(customerView(text).Notes),
		"form":        CustomerFormPage(formView(text)),
		"delete":      DeletePage(DeleteView{Chrome: inside, ID: 5, Title: text, Reference: text, Reason: text, RestoreUntil: noon, Days: 30, Addresses: 2}),
		"merchants":   MerchantsPage(MerchantsView{Chrome: inside, Query: text, Merchants: []core.Merchant{inside.Merchant}, MayAdd: true, Find: text, Found: []Hit{{Merchant: inside.Merchant, ID: 6, Title: text, Email: text}}}),
		"merchant":    MerchantFormPage(MerchantFormView{Chrome: inside, Values: map[string]string{"name": text, "country": text}}),
		"settings":    SettingsPage(SettingsView{Chrome: inside, Values: core.Changes{"name": text}, Stale: true, Now: core.Changes{"name": text}, MayClose: true}),
		"blocked":     MerchantDeletePage(MerchantDeleteView{Chrome: inside, Has: core.Holdings{Customers: 1, Users: 2}}),
		"no merchant": MerchantDeletePage(MerchantDeleteView{Chrome: inside, Stale: true}),
		"team":        PeoplePage(PeopleView{Chrome: inside, Place: 1, People: []core.Colleague{{User: core.User{ID: 4, Name: text, Email: text, Role: core.Owner}}}, Next: "/", First: "/"}),
		"staff":       PeoplePage(PeopleView{Chrome: inside}),
		"invite":      InvitePage(InviteView{Chrome: inside, Values: map[string]string{"name": text, "email": text, "role": text}}),
		"person":      PersonPage(PersonView{Chrome: inside, Place: 1, Person: core.Colleague{User: core.User{ID: 4, Name: text, Email: text, Role: core.Owner, Active: true}, Sessions: 2, SeenAt: noon}, Values: map[string]string{"name": text}, Stale: true, Self: true}),
		"given link":  GivenLinkPage(GivenLinkView{Chrome: inside, Person: core.User{ID: 4, Name: text, Email: text}, Link: text, Until: noon, Invited: true}),
		"mails":       MailsPage(MailsView{Chrome: inside, Place: 1, Mails: []core.Mail{letterMail(text)}, Customer: Link{text, "/"}, Next: "/", First: "/"}),
		"no mails":    MailsPage(MailsView{Chrome: inside, Server: true}),
		"no such":     MailsPage(MailsView{Chrome: inside, State: core.MailFailed}),
		"mail":        MailPage(MailView{Chrome: inside, Place: 1, Mail: letterMail(text), Letter: core.Letter{HTML: text, Text: text}, Customer: Link{text, "/"}, Again: "/", MayWrite: true}),
		"erased mail": MailPage(MailView{Chrome: inside, Mail: core.Mail{Erased: true, State: core.MailFailed, Trouble: core.MailErased}}),
		"erase":       ErasePage(EraseView{Chrome: inside, ID: 5, Title: text, Confirm: text, Typed: text, Holds: core.Holds{Addresses: 1, Subscriptions: 2}, Charges: 3, Faults: core.Invalid{{Field: "confirm", Rule: core.Wrong}}, Expires: noon}),
		"dossier":     DossierPage(DossierView{Chrome: inside, ID: 5, Title: text, Parts: []core.DossierPart{{Name: "customer", Things: [][]core.Fact{{{Name: "name", Value: text}, {Name: text + " was", Value: text}}}}}}),
		"forgot":      ForgotPage(ForgotView{Server: true, Email: text, Wait: time.Minute}),
		"forgotten":   ForgotPage(ForgotView{Asked: true}),
		"no server":   ForgotPage(ForgotView{}),
		"login":       LoginPage(LoginView{Email: text, Next: text, Problem: LoginThrottled, Wait: 90 * time.Second, Held: true}),
		"link":        LinkPage(LinkView{Action: LinkURL("t"), Token: text}),
		"set up":      SetUpPage(SetUpView{Action: LinkURL("t"), Token: text, Name: text, Email: text}),
		"first run":   FirstRunPage(FirstRunView{}),
		"first admin": FirstAdminPage(FirstAdminView{Action: "/", Name: text, Email: text}),
		"error":       ErrorPage(ErrorView{Status: 503, RequestID: text, Wait: time.Minute}),
		"error part":  ErrorPart(ErrorView{Status: 413, RequestID: text, Limit: 4 << 20}),
	}
	pages["account"] = AccountPage(AccountView{
		Chrome: inside, Name: text, Email: text, HasPassword: true, Rows: 50, Wait: time.Minute,
		Faults:  core.Invalid{{Field: "name", Rule: core.Required}, {Field: "present", Rule: core.Wrong}},
		Devices: []DeviceLine{{Device: core.Device{ID: "1", Agent: text, Origin: text, SignedIn: noon, SeenAt: noon}}, {This: true}},
	})
	saved := list(text)
	saved.Saver = &ViewForm{Action: ViewsURL(1), Name: text, Query: text, Sort: text, MayShare: true, Stale: true}
	saved.ViewForm = &ViewForm{Action: ViewURL(1, 2), Delete: DeleteViewURL(1, 2), Name: text, Team: true}
	pages["saved views"] = CustomersPage(saved)
	deleted := customerView(text)
	deleted.Customer.DeletedAt, deleted.RestoreUntil, deleted.RestoreTaken = noon, noon.AddDate(0, 0, 30), 8
	pages["deleted"] = CustomerPage(deleted)
	erased := customerView(text)
	erased.Customer = core.Customer{ID: 5, DeletedAt: noon, ErasedAt: noon}
	pages["erased"] = CustomerPage(erased)
	return pages
}

// letterMail is a mail that went wrong, with the text wherever one can stand.
func letterMail(text string) core.Mail {
	values, _ := json.Marshal(core.NewPassword{Person: text})
	return core.Mail{
		ID: 7, Kind: core.NewPasswordMail, From: text, To: text, BCC: []string{text}, Values: values, State: core.MailQueued,
		Tries: 2, Trouble: core.MailRecipientRefused, Code: 450, Created: noon, Next: noon,
	}
}

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
