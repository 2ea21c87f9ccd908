package core_test

import (
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"kontor/db/core"
)

func TestPhonePairComesBackAsGiven(t *testing.T) {
	for _, p := range []core.PhonePair{
		{"44", "2039826580"}, {"44", "02039826580"}, {"1", "123"}, {"", "2039826580"}, {"44", ""}, {},
	} {
		if got := core.ReadPhonePair(p.Text(), ""); got != p {
			t.Errorf("%+v as %q reads %+v", p, p.Text(), got)
		}
	}
}

func TestPhoneGivenAsTextHasAPair(t *testing.T) {
	for _, tt := range []struct {
		phone, country string
		want           core.PhonePair
	}{
		{"+44 20 3982 6580", "", core.PhonePair{Code: "44", Number: "2039826580"}},
		{"030 901820", "DE", core.PhonePair{Code: "49", Number: "30901820"}},
		{"(03) 12-34", "", core.PhonePair{Number: "031234"}}, // no country to read it in
		{"ask Ana", "BA", core.PhonePair{}},
		{"ask for 12-34", "GB", core.PhonePair{Number: "1234"}},
		{"+44 20 3982 6580 ext. 12", "", core.PhonePair{Code: "44", Number: "2039826580"}},
	} {
		if got := core.ReadPhonePair(tt.phone, core.E164(tt.phone, tt.country)); got != tt.want {
			t.Errorf("%q in %q: got %+v, want %+v", tt.phone, tt.country, got, tt.want)
		}
	}
}

// TestPairIsAsTheLibraryHasIt holds the pair of a number against what the library
// reads, for the numbers of all kinds that it has of every country, and some that
// only look like them.
func TestPairIsAsTheLibraryHasIt(t *testing.T) {
	compared := 0
	compare := func(e164 string) {
		n, err := phonenumbers.Parse(e164, "")
		if err != nil || phonenumbers.Format(n, phonenumbers.E164) != e164 {
			return // nothing that E164 returns
		}
		compared++
		want := core.PhonePair{Code: strconv.Itoa(int(n.GetCountryCode())), Number: phonenumbers.GetNationalSignificantNumber(n)}
		if got := core.ReadPhonePair("as given", e164); got != want {
			t.Errorf("%s: got %+v, want %+v", e164, got, want)
		}
	}
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil {
				continue
			}
			text := phonenumbers.Format(n, phonenumbers.E164)
			compare(text)
			for _, last := range []string{"0", "07", "910"} {
				compare(text[:len(text)-len(last)] + last)
				compare(text + last)
			}
		}
	}
	for code := range phonenumbers.GetSupportedGlobalNetworkCallingCodes() {
		if n := phonenumbers.GetExampleNumberForNonGeoEntity(code); n != nil {
			compare(phonenumbers.Format(n, phonenumbers.E164))
		}
	}
	if compared < 1000 {
		t.Errorf("only %d numbers were compared", compared)
	}
}
