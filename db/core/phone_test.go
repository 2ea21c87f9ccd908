package core_test

import (
	"testing"

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
