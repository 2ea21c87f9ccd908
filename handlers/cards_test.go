package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// customerPath is the path of a customer's page.
func customerPath(c core.Customer) string { return fmt.Sprintf("/m/%d/customers/%d", c.Merchant, c.ID) }

// typed is a card as it is typed into the form at hand.
func (a answer) typed(number, expiry, code string) url.Values {
	f := a.form(".card-form")
	f.Set("number", number)
	f.Set("expiry", expiry)
	f.Set("code", code)
	return f
}

func TestACardIsAdded(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Edward Johnson")
	path := customerPath(c) + "/cards/new"
	page := s.get(s.Member, path)
	want(t, page, 200)
	if page.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control: %s", page.Header().Get("Cache-Control"))
	}
	f := page.typed("4111-1111 1111 1111", "1/30", "123")
	f.Set("description", "business card")
	if f.Get("holder") != "Edward Johnson" || f.Get("default") != "true" || f.Get("request") == "" {
		t.Errorf("the form begins with %v", f)
	}
	for range 2 { // sent twice
		a := s.post(s.Member, path, f)
		want(t, a, 303)
		if !strings.HasPrefix(a.location(), customerPath(c)+"#card-") {
			t.Errorf("leads to %s", a.location())
		}
	}
	shown := s.get(s.Member, customerPath(c))
	if got := shown.text("#cards b") + " " + shown.text("#cards p") + " " + shown.text("#cards .badge"); got != "Visa ···· 1111 Expires 01/30 · business card Default" {
		t.Errorf("shows %q", got)
	}
	if got := shown.text("#timeline li"); strings.Count(got, "Visa ···· 1111") != 1 {
		t.Errorf("timeline: %s", got)
	}
	if got := shown.text(".stats"); !strings.Contains(got, "Cards1") {
		t.Errorf("stats: %s", got)
	}
}

func TestACardThatIsNoneIsRefused(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Edward Johnson")
	path := customerPath(c) + "/cards/new"
	page := s.get(s.Owner, path)
	for _, tt := range []struct {
		number, expiry, code string
		faults               []string
	}{
		{"", "", "", []string{"number", "expiry", "code"}},
		{"4111 1111 1111 1112", "01/30", "123", []string{"number"}},
		{"411111111", "01/30", "123", []string{"number"}},
		{"41111111111111111111", "01/30", "123", []string{"number"}},
		{"4111 1111 1111 111a", "01/30", "123", []string{"number"}},
		{"4111111111111111", "13/30", "123", []string{"expiry"}},
		{"4111111111111111", "10/26", "123", []string{"expiry"}},
		{"4111111111111111", "never", "123", []string{"expiry"}},
		{"4111111111111111", "01/30", "1234", []string{"code"}},
		{"4111111111111111", "01/30", "12", []string{"code"}},
		{"378282246310005", "01/30", "123", []string{"code"}},
	} {
		f := page.typed(tt.number, tt.expiry, tt.code)
		f.Set("description", "Office card")
		a := s.post(s.Owner, path, f)
		want(t, a, 422)
		var got []string
		for _, id := range []string{"number", "expiry", "code"} {
			if a.Find("#"+id+"-fault").Length() == 1 {
				got = append(got, id)
			}
		}
		if !slices.Equal(got, tt.faults) || a.Find("#problems li").Length() != len(tt.faults) {
			t.Errorf("%+v: faults %q, %s", tt, got, a.text("#problems"))
		}
		back := a.form(".card-form")
		if back.Get("number") != "" || back.Get("code") != "" || back.Get("expiry") != tt.expiry ||
			back.Get("description") != "Office card" || back.Get("request") != f.Get("request") {
			t.Errorf("%+v: comes back as %v", tt, back)
		}
	}
	if n := s.Count(t, "SELECT COUNT(*) FROM cards"); n != 0 {
		t.Errorf("%d cards", n)
	}
}

// down is a processor that does not answer.
type down struct{ core.Processor }

func (down) Tokenize(context.Context, core.CardDetails) (string, error) {
	return "", errors.New("connection refused")
}

func TestWhatTheProcessorRefusesIsToldInWords(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Edward Johnson")
	path := customerPath(c) + "/cards/new"
	a := s.post(s.Owner, path, s.get(s.Owner, path).typed(dbtest.RefusedNumber, "01/30", "123"))
	want(t, a, 422)
	if got := a.text(".alert"); !strings.Contains(got, "There is no card with this number.") {
		t.Errorf("says %q", got)
	}
	s.Processor = down{s.Processor}
	s.Reopen(t)
	s = siteOver(t, s.House)
	a = s.post(s.Owner, path, s.get(s.Owner, path).typed(dbtest.VisaNumber, "01/30", "123"))
	want(t, a, 503)
	if got := a.text(".alert"); !strings.Contains(got, "does not answer") {
		t.Errorf("says %q", got)
	}
}

func TestACardIsEditedAndRemoved(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Edward Johnson")
	visa := s.House.Card(t, c.ID, dbtest.VisaNumber)
	master := s.House.Card(t, c.ID, dbtest.MastercardNumber)
	amex := s.House.Card(t, c.ID, dbtest.AmexNumber)
	at := func(card core.Card, what string) string {
		return fmt.Sprintf("%s/cards/%d/%s", customerPath(c), card.ID, what)
	}

	edit := s.get(s.Owner, at(amex, "edit"))
	f := edit.form(".card-form")
	f.Set("expiry", "12/31")
	f.Set("description", "Office")
	want(t, s.post(s.Owner, at(amex, "edit"), f), 303)
	stale := s.post(s.Owner, at(amex, "edit"), f)
	want(t, stale, 409)
	if got := stale.form(".card-form"); got.Get("version") != "2" || got.Get("description") != "Office" {
		t.Errorf("stale form: %v", got)
	}
	f = stale.form(".card-form")
	f.Set("expiry", "10/26")
	want(t, s.post(s.Owner, at(amex, "edit"), f), 422)

	ask := s.get(s.Owner, at(visa, "remove"))
	if ask.Find("#next_card option").Length() != 2 {
		t.Errorf("offers %s", ask.text("#next_card"))
	}
	f = ask.form(".ask .form")
	f.Set("next_card", fmt.Sprint(visa.ID))
	want(t, s.post(s.Owner, at(visa, "remove"), f), 422)
	f.Set("next_card", fmt.Sprint(master.ID))
	want(t, s.post(s.Owner, at(visa, "remove"), f), 303)
	want(t, s.get(s.Owner, at(visa, "edit")), 404)
	cards, err := s.CustomerCards(t.Context(), s.Owner, c.ID)
	if err != nil || len(cards) != 2 || cards[0].ID != master.ID {
		t.Errorf("%+v, %v", cards, err)
	}
	want(t, s.post(s.Owner, at(amex, "default"), nil), 303)
	s.Subscription(t, c, s.Plan(t, "Sonne Monthly", 4900))
	used := s.get(s.Owner, at(amex, "remove"))
	if used.Find("form.form").Length() != 0 || !strings.Contains(used.text(".in-use"), "Sonne Monthly") {
		t.Errorf("a card in use: %s", used.text("main"))
	}
	want(t, s.post(s.Owner, at(amex, "remove"), url.Values{"version": {"4"}}), 409)
	f = s.get(s.Owner, at(amex, "edit")).form(".card-form")
	f.Del("active")
	off := s.post(s.Owner, at(amex, "edit"), f)
	want(t, off, 409)
	if !strings.Contains(off.text(".in-use"), "Sonne Monthly") {
		t.Errorf("switched off: %s", off.text("main"))
	}
}

func TestCardsThatExpireAreToldOf(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Edward Johnson")
	card := s.House.Card(t, c.ID, dbtest.VisaNumber)
	says := func(want string) {
		t.Helper()
		if got := s.get(s.Owner, customerPath(c)).text("#cards p"); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	}
	expires := func(y int, m time.Month) {
		t.Helper()
		if _, err := s.UpdateCard(t.Context(), s.Owner, card.ID, 0, core.CardEdit{Expiry: &core.Expiry{Year: y, Month: m}}); err != nil {
			t.Fatal(err)
		}
	}
	says("Expires 08/30")
	expires(2026, time.December)
	says("Expires 12/26, next month")
	s.Run(t, s.Subscription(t, c, s.Plan(t, "Sonne Monthly", 4900)))
	expires(2026, time.November)
	says("Expires 11/26, before its next charge on 21 Dec 2026")
	s.Clock.Advance(20 * 24 * time.Hour)
	says("Expired 11/26")
}

func TestOtherPaymentMethodsAreAddedAndWithdrawn(t *testing.T) {
	s := newSite(t)
	c := s.House.Customer(t, "name", "Ingrid Hansen")
	path := customerPath(c) + "/channels/new"
	f := s.get(s.Owner, path).form(".card-form")
	for _, tt := range []struct {
		scheme, address, mandate, signed string
		faults                           []string
	}{
		{"", "", "", "", []string{"scheme"}},
		{"barter", "x", "", "", []string{"scheme"}},
		{"sepa", "", "", "", []string{"address", "mandate", "mandate_signed"}},
		{"sepa", "DE89370400440532013001", "M-1", "2026-10-01", []string{"address"}},
		{"sepa", "DE8937040044053201300", "M-1", "2026-10-01", []string{"address"}},
		{"sepa", "BR1500000000000010932840814P2", "M-1", "2026-10-01", []string{"address"}},
		{"sepa", "4111 1111 1111 1111", "M-1", "2026-10-01", []string{"address"}},
		{"sepa", dbtest.IBAN, "M_1", "2026-10-01", []string{"mandate"}},
		{"sepa", dbtest.IBAN, strings.Repeat("M", 36), "2026-10-01", []string{"mandate"}},
		{"sepa", dbtest.IBAN, "4111111111111111", "2026-10-01", []string{"mandate"}},
		{"sepa", dbtest.IBAN, "M-1", "1 October", []string{"mandate_signed"}},
		{"sepa", dbtest.IBAN, "M-1", "2026-12-01", []string{"mandate_signed"}},
		{"vipps", "call me", "", "", []string{"address"}},
		{"paypal", "nobody", "", "", []string{"address"}},
		{"jtta", strings.Repeat("x", 101), "", "", []string{"address"}},
	} {
		f.Set("scheme", tt.scheme)
		f.Set("address", tt.address)
		f.Set("mandate", tt.mandate)
		f.Set("mandate_signed", tt.signed)
		a := s.post(s.Owner, path, f)
		want(t, a, 422)
		var got []string
		for _, id := range []string{"scheme", "address", "mandate", "mandate_signed"} {
			if a.Find("#"+id+"-fault").Length() == 1 {
				got = append(got, id)
			}
		}
		if !slices.Equal(got, tt.faults) {
			t.Errorf("%+v: faults %q: %s", tt, got, a.text("#problems"))
		}
	}
	f.Set("scheme", "sepa")
	f.Set("address", dbtest.IBAN)
	f.Set("mandate", "M-1")
	f.Set("mandate_signed", "2026-10-01")
	want(t, s.post(s.Owner, path, f), 303)
	page := s.get(s.Owner, customerPath(c))
	if got := page.text("#channels b") + " " + page.text("#channels p"); got != "SEPA Direct Debit DE ···· 3000 Direct debit · mandate M-1 · signed 1 Oct 2026 · consent 21 Nov 2026" {
		t.Errorf("shows %q", got)
	}
	action, _ := page.Find("#channels li form").Attr("action")
	want(t, s.post(s.Owner, action, nil), 303)
	if got := s.get(s.Owner, customerPath(c)).Find("#channels li").Length(); got != 0 {
		t.Errorf("%d left", got)
	}
}

func TestPaymentMethodsAreListed(t *testing.T) {
	s := newSite(t)
	edward, ingrid := s.House.Customer(t, "name", "Edward Johnson"), s.House.Customer(t, "name", "Ingrid Hansen")
	s.House.Card(t, edward.ID, dbtest.VisaNumber)
	s.House.Card(t, ingrid.ID, dbtest.AmexNumber)
	s.Mandate(t, ingrid.ID)
	list := func(query string) answer {
		t.Helper()
		a := s.get(s.Viewer, fmt.Sprintf("/m/%d/payment-methods%s", s.First.ID, query))
		want(t, a, 200)
		return a
	}
	if got := list("").Find("tbody tr").Length(); got != 3 {
		t.Errorf("%d rows", got)
	}
	a := list("?q=" + url.QueryEscape("brand:visa expires:<2031 johnson"))
	if got := a.text("tbody tr th"); got != "Visa ···· 1111 Default" {
		t.Errorf("found %q", got)
	}
	if got := a.text(".chip"); got != "Brand is Visa Expires before 2031" {
		t.Errorf("pills %q", got)
	}
	if got, _ := a.Find("#find input[type=search]").Attr("value"); got != "johnson" {
		t.Errorf("box %q", got)
	}
	if got := list("?tab=expired").text(".blank h2"); got != "No payment methods here" {
		t.Errorf("nothing expired: %q", got)
	}
	if got := list("?q=brand:gold").text(".mistake h2"); got == "" {
		t.Error("a mistake is not told")
	}
	to := s.get(s.Viewer, fmt.Sprintf("/m/%d/payment-methods?q=ingrid&f=type:direct_debit", s.First.ID))
	want(t, to, 303)
	if got := list(strings.TrimPrefix(to.location(), fmt.Sprintf("/m/%d/payment-methods", s.First.ID))).Find("tbody tr").Length(); got != 1 {
		t.Errorf("%d rows at %s", got, to.location())
	}
}
