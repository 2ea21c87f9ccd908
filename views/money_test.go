package views

import (
	"math"
	"slices"
	"testing"

	"github.com/bojanz/currency"

	"kontor/db/core"
)

func TestMoneyIsWrittenAsCLDRHasIt(t *testing.T) {
	codes := append(slices.Clone(currency.GetCurrencyCodes()), "", "XQQ")
	for _, code := range codes {
		f := currency.NewFormatter(currency.NewLocale("en"))
		f.MinDigits = uint8(core.Exponent(code))
		f.MaxDigits = f.MinDigits
		for _, minor := range []int64{0, 1, -1, 12, 999, -1000, 1250, 99999, 100000, -123456789, math.MaxInt64, math.MinInt64} {
			m := core.Money{Minor: minor, Currency: code}
			want := m.String()
			if amount, err := currency.NewAmount(m.Decimal(), code); err == nil {
				want = f.Format(amount)
			}
			if got := money(m); got != want {
				t.Errorf("%d %s: got %q, want %q", minor, code, got, want)
			}
		}
	}
}

func BenchmarkMoney(b *testing.B) {
	for b.Loop() {
		money(core.Money{Minor: 123456, Currency: "EUR"})
	}
}
