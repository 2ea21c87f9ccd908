package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"kontor/db/core"
)

// fieldNames are the names of every text field of the customer form.
func fieldNames() []string {
	names := core.PlainFields()
	for _, role := range []string{"billing.", "shipping.", "address.new."} {
		for _, field := range core.AddressFields() {
			if field != "country_text" { // is not typed
				names = append(names, role+field)
			}
		}
	}
	return append(names, "metadata_value")
}

// hostile are texts that break what is careless: markup, SQL, invisible and
// outlandish characters.
var hostile = map[string]string{
	"markup":          `<script>alert(1)</script><img src=x onerror=alert(1)>"'&amp;`,
	"SQL":             `'; DROP TABLE customers; --`,
	"wildcards":       `100%_\"*`,
	"right to left":   "abc\u202edef\u200f",
	"beyond the BMP":  "😀🏳️‍🌈𝔘𝔫𝔦",
	"combining marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯",
	"template":        "{{.Password}} ${jndi:ldap://x} %s%n",
}

// TestEveryFieldKeepsHostileTextOrRefusesIt saves each text in each field and
// sees it come back as it was, escaped, or refused with the form as typed.
func TestEveryFieldKeepsHostileTextOrRefusesIt(t *testing.T) {
	s := newSite(t)
	for what, text := range hostile {
		for _, name := range fieldNames() {
			form := url.Values{"last_name": {"Subject"}, name: {text}, "shipping_same_shown": {"true"}, "metadata_key": {"key"}}
			a := s.post(s.Member, list+"/new", form)
			switch a.Code {
			case 303:
				edit := s.get(s.Member, a.location()+"/edit")
				got := ""
				for key, values := range edit.form("#customer-form") {
					if key == name || (strings.HasPrefix(name, "address.new.") && strings.HasSuffix(key, strings.TrimPrefix(name, "address.new"))) {
						for _, v := range values {
							if v == text {
								got = v
							}
						}
					}
				}
				if got != text {
					t.Errorf("%s in %s came back as %q", what, name, got)
				}
				show := s.get(s.Member, a.location())
				want(t, show, 200)
				if body := show.Body.String() + edit.Body.String(); strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
					t.Errorf("%s in %s was not escaped", what, name)
				}
			case 422:
				if body := a.Body.String(); strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
					t.Errorf("%s in %s, refused, was not escaped", what, name)
				}
			default:
				t.Errorf("%s in %s: status %d", what, name, a.Code)
			}
		}
	}
}

func TestEveryFieldRefusesWhatCannotStand(t *testing.T) {
	s := newSite(t)
	for what, text := range map[string]string{
		"NUL": "a\x00b", "a control character": "a\x07b", "invalid UTF-8": "a\xff\xfeb", "too much": strings.Repeat("é", 9000),
	} {
		for _, name := range fieldNames() {
			form := url.Values{"last_name": {"Subject"}, name: {text}, "shipping_same_shown": {"true"}, "metadata_key": {"key"}}
			if a := s.post(s.Member, list+"/new", form); a.Code != 422 || a.Find(".error-summary a, [role=alert] a").Length() == 0 {
				t.Errorf("%s in %s: status %d", what, name, a.Code)
			} else if !utf8.ValidString(a.Body.String()) {
				t.Errorf("%s in %s: the answer is not UTF-8", what, name)
			}
		}
	}
}

func TestTooLargeIsSaidSo(t *testing.T) {
	s := newSite(t)
	a := s.post(s.Member, list+"/new", url.Values{"description": {strings.Repeat("x", 5<<20)}})
	want(t, a, 413)
	if !strings.Contains(a.text("h1"), "too much") {
		t.Errorf("says %q", a.text("h1"))
	}
}

func TestStrangeAddressesAreNotFound(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{
		"/m/1/customers/0", "/m/1/customers/-1", "/m/1/customers/1e3", "/m/1/customers/99999999999999999999", "/m/0/customers",
		"/m/01/customers", "/m/9/customers", "/m/x/customers", "/m/1/nothing", "/nothing", "/m/1/customers/1/undo/0",
	} {
		if a := s.get(s.Owner, path); a.Code != 404 && a.Code != 405 {
			t.Errorf("%s: %d", path, a.Code)
		}
	}
}
