package core

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Money is an amount in a currency's smallest unit: cents for EUR, yen for
// JPY, fils for KWD. It is never a float, and two currencies are never added.
type Money struct {
	Minor    int64
	Currency string // ISO 4217, upper case
}

// MaxMoney is the largest amount that can be typed or sent, in minor units: 15
// digits, which a program that reads JSON numbers as floats still keeps whole.
// Sums may be larger.
const MaxMoney = 999_999_999_999_999

// What amounts break.
const (
	NotPositive Rule = "not_positive" // less than nothing, or nothing where something is asked
	TooPrecise  Rule = "too_precise"  // more than Limit decimals
	TooLarge    Rule = "too_large"    // an amount over [MaxMoney]
)

// Failures of sums. They are faults of the program, not of the one who types.
var (
	ErrCurrencies = errors.New("amounts in different currencies")
	ErrOverflow   = errors.New("amount too large")
)

// exponents are the currencies that do not have two decimals. The table is
// BILLING.md's §4.1 and differs from CLDR's, which rounds some that are
// charged with decimals. Gateways have tables of their own.
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// Exponent returns how many decimals the currency has: 0, 2 or 3.
func Exponent(code string) int {
	if e, ok := exponents[code]; ok {
		return e
	}
	return 2
}

// knownCurrency reports whether code is a currency. The library lets "" pass.
func knownCurrency(code string) bool { return code != "" && currency.IsValid(code) }

// ParseMoney reads an amount as people and programs write it: digits, a point
// and as many decimals as the currency has or fewer ("49", "49.00" EUR, "1.250"
// KWD, "980" JPY). It returns the rule that other text breaks, and Unknown for
// a currency that is none. A comma, a sign or an exponent is Malformed, more
// decimals are TooPrecise even when they are zeros: "1.500" EUR may be meant as
// fifteen hundred.
func ParseMoney(text, code string) (Money, Rule) {
	if !knownCurrency(code) {
		return Money{}, Unknown
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return Money{}, Required
	}
	text, negative := strings.CutPrefix(text, "-")
	whole, decimals, point := strings.Cut(text, ".")
	if !onlyDigits(whole) || point && !onlyDigits(decimals) {
		return Money{}, Malformed
	}
	missing := Exponent(code) - len(decimals)
	switch {
	case negative:
		return Money{}, NotPositive
	case missing < 0:
		return Money{}, TooPrecise
	}
	minor, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", missing), 10, 64)
	if err != nil || minor > MaxMoney {
		return Money{}, TooLarge
	}
	return Money{minor, code}, ""
}

// onlyDigits reports whether s is one ASCII digit or more and nothing else.
func onlyDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Decimal returns the amount as a decimal number with all of the currency's
// digits, "49.00", "1.250" or "980": the text of a JSON number and of a form's
// field. [ParseMoney] reads it back.
func (m Money) Decimal() string {
	text := strconv.FormatUint(magnitude(m.Minor), 10)
	if e := Exponent(m.Currency); e > 0 {
		text = strings.Repeat("0", max(0, e+1-len(text))) + text
		text = text[:len(text)-e] + "." + text[len(text)-e:]
	}
	if m.Minor < 0 {
		return "-" + text
	}
	return text
}

// String returns the amount and its currency for logs: "49.00 EUR".
func (m Money) String() string { return m.Decimal() + " " + m.Currency }

// Add returns the sum. It fails with [ErrCurrencies] or [ErrOverflow].
func (m Money) Add(n Money) (Money, error) {
	if m.Currency != n.Currency {
		return Money{}, fmt.Errorf("%s plus %s: %w", m, n, ErrCurrencies)
	}
	sum := m.Minor + n.Minor
	if (sum > m.Minor) != (n.Minor > 0) {
		return Money{}, fmt.Errorf("%s plus %s: %w", m, n, ErrOverflow)
	}
	return Money{sum, m.Currency}, nil
}

// Sub returns the difference. It fails with [ErrCurrencies] or [ErrOverflow].
func (m Money) Sub(n Money) (Money, error) {
	if m.Currency != n.Currency {
		return Money{}, fmt.Errorf("%s minus %s: %w", m, n, ErrCurrencies)
	}
	diff := m.Minor - n.Minor
	if (diff < m.Minor) != (n.Minor > 0) {
		return Money{}, fmt.Errorf("%s minus %s: %w", m, n, ErrOverflow)
	}
	return Money{diff, m.Currency}, nil
}

// Split parts the amount by weight so that the parts add up to it exactly: the
// units that rounding leaves go to the parts with the largest remainders, of
// equal ones to the first. It fails for weights that are negative or add up to
// nothing, and with [ErrOverflow] for those that add up to too much.
func (m Money) Split(weights ...int64) ([]Money, error) {
	var total int64
	for _, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("split %s: weight %d", m, w)
		}
		if total > math.MaxInt64-w {
			return nil, fmt.Errorf("split %s: weights: %w", m, ErrOverflow)
		}
		total += w
	}
	if total == 0 {
		return nil, fmt.Errorf("split %s: no weight", m)
	}
	units, sign := magnitude(m.Minor), int64(1)
	if m.Minor < 0 {
		sign = -1
	}
	parts, left := make([]Money, len(weights)), units
	remainders, order := make([]uint64, len(weights)), make([]int, len(weights))
	for i, w := range weights {
		high, low := bits.Mul64(units, uint64(w))
		share, rest := bits.Div64(high, low, uint64(total))
		parts[i] = Money{sign * int64(share), m.Currency}
		remainders[i], order[i] = rest, i
		left -= share
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainders[b], remainders[a]) })
	for _, i := range order[:left] {
		parts[i].Minor += sign
	}
	return parts, nil
}

// magnitude returns n without its sign, also that of the least int64.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
