package core

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlanCheck(t *testing.T) {
	good := Plan{Name: "Gold", Amount: Money{4900, "EUR"}, Every: EveryMonth}
	for _, tt := range []struct {
		what   string
		change func(*Plan)
		want   Invalid
	}{
		{"as it should be", func(*Plan) {}, nil},
		{"a name of one character", func(p *Plan) { p.Name = "é" }, nil},
		{"the longest name", func(p *Plan) { p.Name = strings.Repeat("é", MaxPlanName) }, nil},
		{"yen, half-yearly, that end", func(p *Plan) { p.Amount, p.Every, p.Payments = Money{980, "JPY"}, EveryHalfYear, 24 }, nil},
		{"most payments of most money", func(p *Plan) { p.Amount.Minor, p.Payments = MaxMoney, MaxPayments }, nil},
		{"no name", func(p *Plan) { p.Name = "" }, Invalid{{Field: "name", Rule: Required}}},
		{"a blank name", func(p *Plan) { p.Name = " \t" }, Invalid{{Field: "name", Rule: Required}}},
		{"a name of two lines", func(p *Plan) { p.Name = "Gold\nSilver" }, Invalid{{Field: "name", Rule: Control}}},
		{"a name that is not UTF-8", func(p *Plan) { p.Name = "G\xff" }, Invalid{{Field: "name", Rule: Control}}},
		{"a long name", func(p *Plan) { p.Name = strings.Repeat("é", MaxPlanName+1) }, Invalid{{Field: "name", Rule: TooLong, Limit: MaxPlanName}}},
		{"a card number in the name", func(p *Plan) { p.Name = "Gold 4111 1111 1111 1111" }, Invalid{{Field: "name", Rule: CardText}}},
		{"nothing to pay", func(p *Plan) { p.Amount.Minor = 0 }, Invalid{{Field: "amount", Rule: NotPositive}}},
		{"less than nothing", func(p *Plan) { p.Amount.Minor = -1 }, Invalid{{Field: "amount", Rule: NotPositive}}},
		{"too much", func(p *Plan) { p.Amount.Minor = MaxMoney + 1 }, Invalid{{Field: "amount", Rule: TooLarge}}},
		{"a currency that is none", func(p *Plan) { p.Amount.Currency = "XYZ" }, Invalid{{Field: "currency", Rule: Unknown}}},
		{"a frequency that is none", func(p *Plan) { p.Every = "fortnight" }, Invalid{{Field: "frequency", Rule: Unknown}}},
		{"fewer payments than none", func(p *Plan) { p.Payments = -1 }, Invalid{{Field: "payments", Rule: NotPositive}}},
		{"too many payments", func(p *Plan) { p.Payments = MaxPayments + 1 }, Invalid{{Field: "payments", Rule: TooMany, Limit: MaxPayments}}},
		{"nothing at all", func(p *Plan) { *p = Plan{} }, Invalid{
			{Field: "name", Rule: Required}, {Field: "currency", Rule: Required}, {Field: "amount", Rule: NotPositive}, {Field: "frequency", Rule: Required},
		}},
	} {
		p := good
		tt.change(&p)
		if diff := cmp.Diff(tt.want, p.Check()); diff != "" {
			t.Errorf("%s:\n%s", tt.what, diff)
		}
	}
	if got, want := (Plan{Payments: 24}).Cycles(), (Cycles{Total: 24}); got != want {
		t.Errorf("cycles of 24 payments: %+v, want %+v", got, want)
	}
}
