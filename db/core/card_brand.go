package core

import "slices"

// A Brand is the scheme a card belongs to.
type Brand string

const (
	Visa         Brand = "visa"
	Mastercard   Brand = "mastercard"
	Amex         Brand = "amex"
	Diners       Brand = "diners"
	Discover     Brand = "discover"
	JCB          Brand = "jcb"
	UnionPay     Brand = "unionpay"
	Maestro      Brand = "maestro"
	UnknownBrand Brand = "unknown" // of no range known here
)

// Brands lists every brand, UnknownBrand last.
var Brands = []Brand{Visa, Mastercard, Amex, Diners, Discover, JCB, UnionPay, Maestro, UnknownBrand}

var brandNames = map[Brand]string{
	Visa: "Visa", Mastercard: "Mastercard", Amex: "American Express", Diners: "Diners Club", Discover: "Discover",
	JCB: "JCB", UnionPay: "UnionPay", Maestro: "Maestro",
}

// Name is the brand as people write it; of a brand not known here just "Card".
func (b Brand) Name() string {
	if name, ok := brandNames[b]; ok {
		return name
	}
	return "Card"
}

// codeLength returns the length of a brand's security codes: from shortest to
// longest.
func (b Brand) codeLength() (shortest, longest int) {
	switch b {
	case Amex:
		return 4, 4
	case UnknownBrand:
		return 3, 4
	}
	return 3, 3
}

// A brandRange is a range of the first six digits of card numbers, and the
// lengths of the numbers in it.
type brandRange struct {
	low, high int
	brand     Brand
	lengths   []int
}

var (
	len13to19 = []int{13, 16, 19}
	len14up   = []int{14, 15, 16, 17, 18, 19}
	len16up   = []int{16, 17, 18, 19}
	len12up   = []int{12, 13, 14, 15, 16, 17, 18, 19}
)

// brandRanges do not overlap. Where brands share numbers, as Discover and
// UnionPay do, the one whose card it is has them.
var brandRanges = []brandRange{
	{400000, 499999, Visa, len13to19},
	{510000, 559999, Mastercard, []int{16}},
	{222100, 272099, Mastercard, []int{16}},
	{340000, 349999, Amex, []int{15}},
	{370000, 379999, Amex, []int{15}},
	{300000, 305999, Diners, len14up},
	{360000, 369999, Diners, len14up},
	{380000, 399999, Diners, len14up},
	{601100, 601199, Discover, len16up},
	{644000, 659999, Discover, len16up},
	{352800, 358999, JCB, len16up},
	{620000, 629999, UnionPay, len16up},
	{500000, 509999, Maestro, len12up},
	{560000, 589999, Maestro, len12up},
	{630000, 639999, Maestro, len12up},
	{670000, 679999, Maestro, len12up},
}

// brandRangeOf returns the range of a number of six digits, 0 to 9, or more.
func brandRangeOf(digits []byte) (brandRange, bool) {
	prefix := 0
	for _, d := range digits[:6] {
		prefix = prefix*10 + int(d)
	}
	for _, r := range brandRanges {
		if r.low <= prefix && prefix <= r.high {
			return r, true
		}
	}
	return brandRange{}, false
}

// fits reports whether numbers of the range can have n digits.
func (r brandRange) fits(n int) bool { return slices.Contains(r.lengths, n) }
