package views

import (
	"strings"
	"sync"

	"github.com/bojanz/currency"

	"kontor/db/core"
)

// money writes an amount: "€49.00", "¥980", "KWD 1.250". The digits are the
// core's, which charges some currencies with more than CLDR writes; how English
// writes a currency before them is the library's, which is asked for it once: to
// have it write each amount is a seventh of what a list of payments allocates.
func money(m core.Money) string {
	sign, ok := moneySigns()[m.Currency]
	if !ok {
		return m.String()
	}
	digits, minus := strings.CutPrefix(m.Decimal(), "-")
	whole := len(digits)
	if at := strings.IndexByte(digits, '.'); at >= 0 {
		whole = at
	}
	b := make([]byte, 0, 40)
	if minus {
		b = append(b, '-')
	}
	b = append(b, sign...)
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, digits[i])
	}
	return string(append(b, digits[whole:]...))
}

// moneySigns is what stands before the digits, by currency.
var moneySigns = sync.OnceValue(func() map[string]string {
	f := currency.NewFormatter(currency.NewLocale("en"))
	f.MinDigits, f.MaxDigits = 0, 0
	signs := map[string]string{}
	for _, code := range currency.GetCurrencyCodes() {
		if zero, err := currency.NewAmount("0", code); err == nil {
			signs[code] = strings.TrimSuffix(f.Format(zero), "0")
		}
	}
	return signs
})

// priced writes a price and how often: "€49.00 every month".
func priced(m core.Money, every core.Frequency) string { return money(m) + " " + frequencies[every] }
