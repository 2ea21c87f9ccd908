package core

import (
	"strings"
	"testing"
)

// A note has up to a quarter of a million characters, and a body of an API a
// mebibyte: what is read of them must not cost the square of that.
func TestLongTextsAreReadAtOnce(t *testing.T) {
	groups := strings.Repeat("4-", MaxNote)
	if HasCardNumber(groups) {
		t.Error("a long run of single digits is taken for a card number")
	}
	if !HasCardNumber(groups + "4111 1111 1111 1111") {
		t.Error("the card number behind a long run is not found")
	}
	if code, ok := CountryCode(strings.Repeat("x", 1<<20)); ok {
		t.Errorf("a mebibyte of letters is %s", code)
	}
	bad := Token{ExternalID: "t", State: TokenActive, Language: strings.Repeat("-", 1<<20)}.Check()
	if f, _ := bad.Field("language"); f.Rule != TooLong {
		t.Errorf("a mebibyte of dashes as a language: %v", bad)
	}
	for _, c := range Countries() {
		if code, ok := CountryCode(c.Name); !ok || code != c.Code {
			t.Errorf("%s reads as %s", c.Name, code)
		}
	}
}
