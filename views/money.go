package views

import (
	"github.com/bojanz/currency"

	"kontor/db/core"
)

// money writes an amount: "€49.00", "¥980", "KWD 1.250". The digits are the
// core's, which charges some currencies with more than CLDR writes.
func money(m core.Money) string {
	amount, err := currency.NewAmount(m.Decimal(), m.Currency)
	if err != nil {
		return m.String()
	}
	return moneyFormats[core.Exponent(m.Currency)].Format(amount)
}

// moneyFormats are formatters by the number of decimals.
var moneyFormats = func() (all [4]*currency.Formatter) {
	for digits := range all {
		f := currency.NewFormatter(currency.NewLocale("en"))
		f.MinDigits, f.MaxDigits = uint8(digits), uint8(digits)
		all[digits] = f
	}
	return all
}()

// priced writes a price and how often: "€49.00 every month".
func priced(m core.Money, every core.Frequency) string { return money(m) + " " + frequencies[every] }
