package views

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
)

func TestDatesAreRelativeForAWeek(t *testing.T) {
	zurich := merchant.Location()
	now := time.Date(2026, 11, 21, 0, 30, 0, 0, zurich)
	for _, c := range []struct {
		before time.Duration
		want   string
	}{
		{-time.Hour, "21 Nov 2026"},
		{0, "just now"},
		{59 * time.Second, "just now"},
		{5 * time.Minute, "5 min ago"},
		{time.Hour, "yesterday"}, // by the calendar
		{25 * time.Hour, "2 days ago"},
		{6 * 24 * time.Hour, "6 days ago"},
		{7 * 24 * time.Hour, "14 Nov 2026"},
		{400 * 24 * time.Hour, "17 Oct 2025"},
	} {
		if got := ago(now.Add(-c.before), now, zurich); got != c.want {
			t.Errorf("%v before: %q, want %q", c.before, got, c.want)
		}
	}
	if got := ago(now.Add(-2*time.Hour), now.Add(10*time.Hour), zurich); got != "yesterday" {
		t.Errorf("last night at noon: %q", got)
	}
	if got := ago(now.Add(time.Hour), now.Add(10*time.Hour), zurich); got != "today 01:30" {
		t.Errorf("this morning: %q", got)
	}
}

func TestNumbersAndNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(999), "999"},
		{number(1000), "1,000"},
		{number(1234567), "1,234,567"},
		{of(core.MaxCount), "1,000"},
		{of(core.MaxCount + 1), "1,000+"},
		{count(1, "note"), "1 note"},
		{count(2, "address"), "2 addresses"},
		{wait(90 * time.Second), "2 minutes"},
		{wait(0), "1 second"},
		{size(4 << 20), "4 MB"},
		{initials("Amara Ćosić"), "AĆ"},
		{initials("Jean-Luc van der Berg"), "JB"},
		{initials("jane.doe@example.com"), "JD"},
		{initials("Émile"), "É"},
		{initials("李雷"), "李"},
		{initials("!!"), "–"},
		{short("äöü", 2), "äö…"},
		{short("äöü", 3), "äöü"},
		{place("Sarajevo", "BA"), "Sarajevo, BA"},
		{place("", "BA"), "BA"},
		{label("billing.street2"), "Billing street, second line"},
		{label("metadata.tier"), "Metadata tier"},
		{label("address.12.city"), "Address: city"},
		{shown("address.12.country", "BA"), "Bosnia and Herzegovina"},
		{shown("metadata.tier", `"gold"`), "gold"},
		{shown("amount", "1250.250 KWD"), "KWD\u00a01,250.250"},
		{shown("role", "viewer"), "Viewer"},
		{shown("active", "false"), "no"},
		{shown("metadata.amount", `"5.00 EUR"`), "5.00 EUR"},
		{shownIn(merchant.Location(), "until", "2027-01-09T23:00:00Z"), "10 Jan 2027, 00:00"},
		{languageName("de-CH"), "Swiss High German (de-CH)"},
		{languageName("??"), "??"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAddressesAreWrittenAsOnAnEnvelope(t *testing.T) {
	a := core.Address{Organisation: "Globex", GivenName: "Jane", FamilyName: "Doe", Street: "1 High Street", City: "Town", State: "TX", Postcode: "12345"}
	for country, want := range map[string]string{
		"CH": "Globex|Jane Doe|1 High Street|12345 Town|Switzerland",
		"US": "Globex|Jane Doe|1 High Street|Town, TX 12345|United States",
		"GB": "Globex|Jane Doe|1 High Street|Town|TX|12345|United Kingdom",
	} {
		a.Country = country
		if got := strings.Join(envelope(a), "|"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", country, got)
		}
	}
	a = core.Address{CountryText: "Atlantis"}
	if got := envelope(a); !slices.Equal(got, []string{"Atlantis"}) {
		t.Errorf("a country as given: %q", got)
	}
}

func TestURLsEscapeWhatPeopleType(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{CustomersQuery{}.URL(1), "/m/1/customers"},
		{CustomersQuery{Text: `a&b=c #"<`, Sort: "-updated", Per: 25, View: "deleted"}.URL(1), "/m/1/customers?q=a%26b%3Dc+%23%22%3C&view=deleted&sort=-updated&per=25"},
		{LoginURL("/m/1/customers?q=a&b"), "/login?next=%2Fm%2F1%2Fcustomers%3Fq%3Da%26b"},
		{LoginURL("/"), "/login"},
		{LinkURL("a/b?c"), "/link/a%2Fb%3Fc"},
		{UndoURL(1, 2, 3), "/m/1/customers/2/undo/3"},
		{ActivityQuery{}.URL(0), "/activity"},
		{ActivityQuery{Person: "user-7", Act: "a&b", From: "2026-11-01", After: 9}.URL(1), "/m/1/activity?by=user-7&act=a%26b&from=2026-11-01&after=9"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

// constants are the values of the constants of a type of package core, read
// from its source, so that a new one is among them at once.
func constants(t *testing.T, typed string) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../db/core/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != typed {
				return true
			}
			for _, value := range spec.Values {
				if lit, ok := value.(*ast.BasicLit); ok {
					all = append(all, strings.Trim(lit.Value, `"`))
				}
			}
			return true
		})
	}
	return all
}

func TestEveryActionHasWordsAndCanBeAskedFor(t *testing.T) {
	offered := map[string]bool{}
	for _, g := range actGroups() {
		if g.title == "" {
			t.Errorf("a kind of object has no words: %+v", g)
		}
		for _, c := range g.choices {
			offered[c.Name] = true
		}
	}
	actions := constants(t, "Action")
	if len(actions) < 16 {
		t.Fatalf("read only %d actions", len(actions))
	}
	for _, a := range actions {
		if acts[core.Action(a)] == "" {
			t.Errorf("acts has no words for %s", a)
		}
		if !offered[a] {
			t.Errorf("core.Acts has no %s", a)
		}
	}
	for _, k := range constants(t, "ObjectKind") {
		if kinds[core.ObjectKind(k)] == "" {
			t.Errorf("kinds has no words for %s", k)
		}
	}
}

// TestEveryTermIsSaidWhole: a pill names the value too, whatever list it is of.
func TestEveryTermIsSaidWhole(t *testing.T) {
	for list, words := range map[string]core.Vocabulary{
		"customers": core.CustomerFields, "subscriptions": core.SubscriptionFields, "payments": core.ChargeFields, "methods": core.MethodFields,
	} {
		for _, def := range words {
			for _, choice := range def.Choices {
				got := TermText(core.Term{Node: core.Compare{Field: def.Field, Values: []core.Value{{Text: choice}}}}, time.UTC)
				if strings.HasSuffix(got, " is") || strings.Contains(got, "_") {
					t.Errorf("%s: %s:%s is said as %q", list, def.Field, choice, got)
				}
			}
		}
	}
	for query, want := range map[string]string{
		"subscription:1092424823351296": "Subscription is 1092424823351296", "status:refunded": "State is refunded",
		"status:retrying": "State is declined, trying again", "date:2026-11-19": "Due is 19 Nov 2026",
	} {
		q, err := core.ParseQuery(query, core.ChargeFields, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		terms, _ := q.Split()
		if got := TermText(terms[0], time.UTC); got != want {
			t.Errorf("%s is said as %q, want %q", query, got, want)
		}
	}
	_, err := core.ParseQuery("status:foo", core.ChargeFields, time.UTC)
	var e core.QueryError
	if !errors.As(err, &e) || !strings.Contains(queryComplaint(e), "Choose one of paid, declined, ") {
		t.Errorf("%v is said as %q", err, queryComplaint(e))
	}
}

func TestEveryRuleHasWords(t *testing.T) {
	rules := []core.Rule{
		core.Required, core.TooLong, core.TooShort, core.TooMany, core.Malformed, core.Unknown, core.Taken, core.CardText,
		core.Control, core.Either, core.TooEasy, core.TooLate, core.Ambiguous,
	}
	for _, rule := range rules {
		for _, field := range []string{"email", "bcc", "metadata.tier", "billing.country", "something_else"} {
			got := complaint(core.Fault{Field: field, Rule: rule, Limit: 3})
			if !strings.HasSuffix(got, ".") || strings.HasPrefix(got, "Check ") || strings.Contains(got, "_") || strings.Contains(got, "  ") {
				t.Errorf("%s %s: %q", field, rule, got)
			}
		}
	}
	for _, rule := range []core.Rule{
		core.TooLong, core.TooMany, core.TooDeep, core.Control, core.Malformed, core.Unknown, core.UnknownField, core.NoKey, core.NoValue,
		core.BadComparison, core.AfterEmpty, core.Unquoted, core.Unclosed, core.Unopened, core.Dangling, core.EmptyGroup,
	} {
		got := queryComplaint(core.QueryError{Rule: rule, Text: "x", Field: core.FieldCountry, Limit: 3})
		if got == queryComplaint(core.QueryError{}) || !strings.HasSuffix(got, ".") {
			t.Errorf("%s: %q", rule, got)
		}
	}
}

func TestMistakesPointAtThePlace(t *testing.T) {
	for _, c := range []struct {
		query    string
		pos, len int
		want     string
	}{
		{"ä cuntry:BA", 2, 6, "ä |cuntry|:BA"},
		{"city:", 5, 0, "city:|…|"},
		{"x", 9, 9, "x|…|"},
		{"x", -1, 1, "|…|x"},
	} {
		m := Mistake{c.query, core.QueryError{Pos: c.pos, Len: c.len}}
		if got := m.before() + "|" + m.part() + "|" + m.after(); got != c.want {
			t.Errorf("%q at %d+%d: %q, want %q", c.query, c.pos, c.len, got, c.want)
		}
	}
}

func TestEventsAreToldInTheOrderOfTheForm(t *testing.T) {
	c := core.Customer{Addresses: []core.Address{{ID: 3, Type: core.Both, Default: true, City: "Bern"}}}
	e := core.Event{
		Action: core.CustomerUpdated,
		From:   core.Changes{"phone": "", "address.3.city": "Basel", "email": "a@example.com"},
		To:     core.Changes{"phone": "1", "address.3.city": "Bern", "email": ""},
	}
	var got []string
	for _, ch := range changed(c, e, time.UTC) {
		got = append(got, ch.label+": "+ch.from+">"+ch.to)
	}
	want := []string{"E-mail: a@example.com>", "Phone: >1", "Billing city: Basel>Bern"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	erased := changed(c, core.Event{Action: core.CustomerUpdated, Fields: []string{"email"}}, time.UTC)
	if len(erased) != 1 || erased[0].alone != "erased" {
		t.Errorf("values that were erased: %+v", erased)
	}
}

// TestMissingChoicesAreAskedFor: what is chosen and not written is asked for in
// a sentence of its own.
func TestMissingChoicesAreAskedFor(t *testing.T) {
	for field, want := range map[string]string{
		"frequency": "Choose how often it is charged.",
		"how":       "Choose what became of it.",
		"moved":     "Say what you found.",
		"note":      "Enter the note.",
	} {
		if got := Complaint(core.Fault{Field: field, Rule: core.Required}); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
}

// TestValuesThatWereNeverKeptAreNotErased: only what was erased is said to be.
func TestValuesThatWereNeverKeptAreNotErased(t *testing.T) {
	for _, tt := range []struct {
		e         core.Event
		want, how string
	}{
		{core.Event{Action: core.CardUpdated, Object: core.CardObject, Fields: []string{"expiry", "holder"}}, "Expiry date changed, Name on card changed", ""},
		{core.Event{Action: core.ViewUpdated, Object: core.ViewObject, Fields: []string{"name"}}, "Name changed", ""},
		{core.Event{Action: core.ViewCreated, Object: core.ViewObject, Fields: []string{"team"}}, "", "shared with the team"},
		{core.Event{Action: core.UserRenamed, Object: core.UserObject, Fields: []string{"name"}}, "", ""},
		{core.Event{Action: core.UserRefused, Object: core.UserObject, Fields: []string{"password"}}, "", "the present password was not right"},
		{core.Event{Action: core.MerchantClosed, Object: core.MerchantObject, Fields: []string{"closed"}}, "", ""},
		{core.Event{Action: core.MailResent, Object: core.MailObject, Fields: []string{string(core.InvitationMail)}}, "", lower(mailKinds[core.InvitationMail])},
	} {
		var got []string
		for _, ch := range changed(core.Customer{}, tt.e, time.UTC) {
			got = append(got, words(ch.label, ch.from, ch.to, ch.alone))
		}
		if listed(got...) != tt.want || how(tt.e) != tt.how {
			t.Errorf("%s: %q and %q, want %q and %q", tt.e.Action, listed(got...), how(tt.e), tt.want, tt.how)
		}
	}
}

func TestTooShortNamesTheField(t *testing.T) {
	for field, want := range map[string]string{
		"holder":   "Name on card takes at least 2 characters.",
		"password": "Use at least 2 characters.", // beside the one field there is
	} {
		if got := Complaint(core.Fault{Field: field, Rule: core.TooShort, Limit: 2}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
