package core

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bojanz/currency"
	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, tt := range []struct {
		text, code string
		want       int64
		decimal    string
	}{
		{"49", "USD", 4900, "49.00"},
		{"49.00", "USD", 4900, "49.00"},
		{"49.9", "EUR", 4990, "49.90"},
		{" 19.99\n", "EUR", 1999, "19.99"},
		{"0.05", "EUR", 5, "0.05"},
		{"0", "EUR", 0, "0.00"},
		{"007", "EUR", 700, "7.00"},
		{"1.250", "KWD", 1250, "1.250"},
		{"1.25", "KWD", 1250, "1.250"},
		{"0.001", "TND", 1, "0.001"},
		{"980", "JPY", 980, "980"},
		{"0", "JPY", 0, "0"},
		{"100", "ISK", 10000, "100.00"}, // the library has none
		{"9999999999999.99", "USD", MaxMoney, "9999999999999.99"},
		{"999999999999999", "JPY", MaxMoney, "999999999999999"},
		{strings.Repeat("0", 40) + "1", "JPY", 1, "1"},
	} {
		m, rule := ParseMoney(tt.text, tt.code)
		if rule != "" || m != (Money{tt.want, tt.code}) {
			t.Errorf("ParseMoney(%q, %s) = %+v, %q, want %d", tt.text, tt.code, m, rule, tt.want)
		}
		if got := m.Decimal(); got != tt.decimal {
			t.Errorf("%q %s is written %s, want %s", tt.text, tt.code, got, tt.decimal)
		}
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, tt := range []struct {
		text, code string
		want       Rule
	}{
		{"", "USD", Required},
		{" ", "USD", Required},
		{"\u00a0\t", "USD", Required},
		{"1,5", "USD", Malformed},
		{"1,000.00", "USD", Malformed},
		{"1 000", "USD", Malformed},
		{"1e9", "USD", Malformed},
		{"0x10", "USD", Malformed},
		{"1_000", "USD", Malformed},
		{"NaN", "USD", Malformed},
		{"Inf", "USD", Malformed},
		{"-Inf", "USD", Malformed},
		{"+1", "USD", Malformed},
		{"--1", "USD", Malformed},
		{"-", "USD", Malformed},
		{".", "USD", Malformed},
		{"1.", "USD", Malformed},
		{".5", "USD", Malformed},
		{"1.2.3", "USD", Malformed},
		{"€5", "EUR", Malformed},
		{"5 EUR", "EUR", Malformed},
		{"٤٩", "EUR", Malformed},
		{"1\x00", "EUR", Malformed},
		{"-1", "USD", NotPositive},
		{"-0.5", "USD", NotPositive},
		{"1.999", "USD", TooPrecise},
		{"1.500", "USD", TooPrecise},
		{"1.2500", "KWD", TooPrecise},
		{"980.0", "JPY", TooPrecise},
		{"10000000000000.00", "USD", TooLarge},
		{"9223372036854775807", "JPY", TooLarge},
		{"92233720368547758.08", "USD", TooLarge},
		{strings.Repeat("9", 1000), "USD", TooLarge},
		{"1", "", Unknown},
		{"1", "XYZ", Unknown},
		{"1", "usd", Unknown},
	} {
		if m, rule := ParseMoney(tt.text, tt.code); rule != tt.want || m != (Money{}) {
			t.Errorf("ParseMoney(%q, %q) = %+v, %q, want %q", tt.text, tt.code, m, rule, tt.want)
		}
	}
}

// TestExponents holds the table to BILLING.md §4.1.
func TestExponents(t *testing.T) {
	none := strings.Fields("BIF CLP DJF GNF JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF")
	three := strings.Fields("BHD IQD JOD KWD LYD OMR TND")
	for _, code := range currency.GetCurrencyCodes() {
		want := 2
		switch {
		case slices.Contains(none, code):
			want = 0
		case slices.Contains(three, code):
			want = 3
		}
		if got := Exponent(code); got != want {
			t.Errorf("%s has %d decimals, want %d", code, got, want)
		}
	}
	for _, code := range append(none, three...) {
		if !currency.IsValid(code) {
			t.Errorf("%s is no currency", code)
		}
	}
}

func TestDecimalIsExact(t *testing.T) {
	for _, tt := range []struct {
		m    Money
		want string
	}{
		{Money{-5, "EUR"}, "-0.05"},
		{Money{-1250, "KWD"}, "-1.250"},
		{Money{-980, "JPY"}, "-980"},
		{Money{math.MaxInt64, "USD"}, "92233720368547758.07"},
		{Money{math.MinInt64, "USD"}, "-92233720368547758.08"},
		{Money{math.MinInt64, "JPY"}, "-9223372036854775808"},
	} {
		if got := tt.m.Decimal(); got != tt.want {
			t.Errorf("%d %s is written %s, want %s", tt.m.Minor, tt.m.Currency, got, tt.want)
		}
	}
	if got, want := (Money{4900, "EUR"}).String(), "49.00 EUR"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	b, err := json.Marshal(map[string]json.Number{"amount": json.Number(Money{1250, "KWD"}.Decimal())})
	if got, want := string(b), `{"amount":1.250}`; err != nil || got != want {
		t.Errorf("as JSON %s, %v, want %s", got, err, want)
	}
}

var drawnCurrency = rapid.SampledFrom([]string{"USD", "EUR", "JPY", "KWD", "ISK", "CLP", "TND"})

func TestMoneyReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{rapid.Int64Range(0, MaxMoney).Draw(t, "minor"), drawnCurrency.Draw(t, "currency")}
		if got, rule := ParseMoney(m.Decimal(), m.Currency); got != m || rule != "" {
			t.Fatalf("%s reads as %+v, %q", m, got, rule)
		}
	})
}

// TestMoneyOfAnyText: whatever is typed is an amount within the limits or one
// rule, and an amount says the same in canonical form.
func TestMoneyOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-+ ]?[0-9]{0,20}[.,]?[0-9]{0,4}(e[0-9])?`)).Draw(t, "text")
		m, rule := ParseMoney(text, drawnCurrency.Draw(t, "currency"))
		if rule != "" {
			if m != (Money{}) {
				t.Fatalf("%q is refused and yet %+v", text, m)
			}
			return
		}
		if m.Minor < 0 || m.Minor > MaxMoney {
			t.Fatalf("%q reads as %+v", text, m)
		}
		if again, rule := ParseMoney(m.Decimal(), m.Currency); again != m || rule != "" {
			t.Fatalf("%q reads as %s, and that as %+v, %q", text, m, again, rule)
		}
	})
}

func TestSumsRefuseOtherCurrenciesAndOverflow(t *testing.T) {
	most, least := Money{math.MaxInt64, "EUR"}, Money{math.MinInt64, "EUR"}
	one, minusOne := Money{1, "EUR"}, Money{-1, "EUR"}
	for _, tt := range []struct {
		what string
		do   func() (Money, error)
		want error
	}{
		{"EUR + USD", func() (Money, error) { return one.Add(Money{1, "USD"}) }, ErrCurrencies},
		{"EUR - USD", func() (Money, error) { return one.Sub(Money{1, "USD"}) }, ErrCurrencies},
		{"EUR + nothing of no currency", func() (Money, error) { return one.Add(Money{}) }, ErrCurrencies},
		{"most + 1", func() (Money, error) { return most.Add(one) }, ErrOverflow},
		{"least + -1", func() (Money, error) { return least.Add(minusOne) }, ErrOverflow},
		{"least + least", func() (Money, error) { return least.Add(least) }, ErrOverflow},
		{"least - 1", func() (Money, error) { return least.Sub(one) }, ErrOverflow},
		{"most - -1", func() (Money, error) { return most.Sub(minusOne) }, ErrOverflow},
		{"0 - least", func() (Money, error) { return Money{0, "EUR"}.Sub(least) }, ErrOverflow},
		{"most - most", func() (Money, error) { return most.Sub(most) }, nil},
		{"least - least", func() (Money, error) { return least.Sub(least) }, nil},
		{"most + least", func() (Money, error) { return most.Add(least) }, nil},
		{"least + 0", func() (Money, error) { return least.Add(Money{0, "EUR"}) }, nil},
	} {
		if m, err := tt.do(); !errors.Is(err, tt.want) || (err != nil && m != (Money{})) {
			t.Errorf("%s = %+v, %v, want %v", tt.what, m, err, tt.want)
		}
	}
}

func TestSumsTakeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawnCurrency.Draw(t, "currency")
		a := Money{rapid.Int64().Draw(t, "a"), code}
		b := Money{rapid.Int64().Draw(t, "b"), code}
		sum, err := a.Add(b)
		if fits := (b.Minor <= 0 || a.Minor <= math.MaxInt64-b.Minor) && (b.Minor >= 0 || a.Minor >= math.MinInt64-b.Minor); fits != (err == nil) {
			t.Fatalf("%s + %s: %v", a, b, err)
		}
		if err != nil {
			return
		}
		if back, err := sum.Sub(b); back != a || err != nil {
			t.Fatalf("%s + %s - %s = %s, %v", a, b, b, back, err)
		}
	})
}

func TestSplitByLargestRemainder(t *testing.T) {
	for _, tt := range []struct {
		minor   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{5, []int64{3, 7}, []int64{2, 3}}, // 1.5 and 3.5: the first of equal remainders
		{101, []int64{50, 30, 20}, []int64{51, 30, 20}},
		{10, []int64{1, 0, 2}, []int64{3, 0, 7}},
		{0, []int64{1, 2}, []int64{0, 0}},
		{1, []int64{1, 1, 1, 1}, []int64{1, 0, 0, 0}},
		{math.MinInt64, []int64{1}, []int64{math.MinInt64}},
		{math.MaxInt64, []int64{math.MaxInt64 - 1, 1}, []int64{math.MaxInt64 - 1, 1}},
	} {
		parts, err := Money{tt.minor, "EUR"}.Split(tt.weights...)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range parts {
			if p != (Money{tt.want[i], "EUR"}) {
				t.Errorf("%d by %v: part %d is %+v, want %d", tt.minor, tt.weights, i, p, tt.want[i])
			}
		}
	}
	for _, weights := range [][]int64{nil, {0, 0}, {1, -1}, {math.MaxInt64, 1}} {
		if parts, err := (Money{1, "EUR"}).Split(weights...); err == nil {
			t.Errorf("split by %v into %v", weights, parts)
		}
	}
}

func TestPartsEqualTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{rapid.Int64().Draw(t, "minor"), drawnCurrency.Draw(t, "currency")}
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/8), 1, 8).Draw(t, "weights")
		if slices.Max(weights) == 0 {
			return
		}
		parts, err := m.Split(weights...)
		if err != nil {
			t.Fatal(err)
		}
		sum := Money{0, m.Currency}
		for i, p := range parts {
			if weights[i] == 0 && p.Minor != 0 || p.Minor != 0 && (p.Minor < 0) != (m.Minor < 0) {
				t.Fatalf("%s by %v: part %d is %s", m, weights, i, p)
			}
			if sum, err = sum.Add(p); err != nil {
				t.Fatal(err)
			}
		}
		if sum != m {
			t.Fatalf("%s by %v gives %v, in all %s", m, weights, parts, sum)
		}
	})
}
