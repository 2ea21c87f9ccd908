package core

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of the name on a card.
const (
	MinHolder = 2   // characters
	MaxHolder = 100 // characters; Acquired.com: 2-45 letters and spaces
)

// What cards break.
const (
	CheckDigit Rule = "check_digit" // a digit of the number is wrong
	Expired    Rule = "expired"
)

// ParseSecurityCode reads a security code: four digits for American Express,
// three for others, either where the brand is not known. It returns the rule
// that other text breaks.
func ParseSecurityCode(text string, brand Brand) (SecurityCode, Rule) {
	shortest, longest := brand.codeLength()
	digits, rule := typedDigits(strings.TrimSpace(text), longest)
	if rule == TooLong || rule == "" && len(digits) < shortest {
		rule = Malformed
	}
	if rule != "" {
		clear(digits)
		return SecurityCode{}, rule
	}
	for i := range digits {
		digits[i] += '0'
	}
	return SecurityCode{newSecret(digits)}, ""
}

// An Expiry is the last month in which a card is good.
type Expiry struct {
	Year  int // four digits
	Month time.Month
}

// ParseExpiry reads an expiry as it is typed or sent: "1/30", "01/30",
// "01/2030", "0130", "012030", "2030-01"; a space, a dash or a point is as good
// as a slash. It returns the rule that other text breaks.
func ParseExpiry(text string) (Expiry, Rule) {
	text = strings.Map(func(r rune) rune {
		if d, ok := digit(r); ok {
			return rune(d)
		}
		return r
	}, text)
	parts := strings.FieldsFunc(text, expiryGap)
	switch len(parts) {
	case 0:
		return Expiry{}, Required
	case 1:
		switch one := parts[0]; {
		case len(one) == len("0130"), len(one) == len("012030") && one[:2] <= "12":
			parts = []string{one[:2], one[2:]}
		case len(one) == len("203001"):
			parts = []string{one[:4], one[4:]}
		}
	}
	if len(parts) != 2 {
		return Expiry{}, Malformed
	}
	if len(parts[0]) == len("2030") {
		return ParseMonthYear(parts[1], parts[0])
	}
	return ParseMonthYear(parts[0], parts[1])
}

// ParseMonthYear reads an expiry whose month and year come apart: "8" or "08",
// "30" or "2030". It returns the rule that other text breaks.
func ParseMonthYear(month, year string) (Expiry, Rule) {
	month, year = strings.TrimSpace(month), strings.TrimSpace(year)
	if month == "" && year == "" {
		return Expiry{}, Required
	}
	m, noMonth := readMonth(month)
	y, noYear := readYear(year)
	if noMonth != "" || noYear != "" {
		return Expiry{}, Malformed
	}
	return Expiry{y, m}, ""
}

// CheckMonthYear returns the rules that the parts of an expiry break, each by
// itself, for those who name them apart.
func CheckMonthYear(month, year string) (ofMonth, ofYear Rule) {
	_, ofMonth = readMonth(strings.TrimSpace(month))
	_, ofYear = readYear(strings.TrimSpace(year))
	return ofMonth, ofYear
}

func readMonth(text string) (time.Month, Rule) {
	m, ok := number(text, 1, 2)
	switch {
	case text == "":
		return 0, Required
	case !ok || m < 1 || m > 12:
		return 0, Malformed
	}
	return time.Month(m), ""
}

func readYear(text string) (int, Rule) {
	y, ok := number(text, 2, 4)
	if len(text) == 2 {
		y += 2000
	}
	switch {
	case text == "":
		return 0, Required
	case !ok || y < 2000 || y > 2099:
		return 0, Malformed
	}
	return y, ""
}

// expiryGap reports whether r parts a month from a year.
func expiryGap(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '/' || r == '.'
}

// number reads from so many to so many ASCII digits.
func number(s string, shortest, longest int) (n int, ok bool) {
	if len(s) < shortest || len(s) > longest || !onlyDigits(s) {
		return 0, false
	}
	for _, d := range []byte(s) {
		n = n*10 + int(d-'0')
	}
	return n, true
}

// String returns the expiry as it stands on cards: "01/30". [ParseExpiry] reads
// it back. Payfirma: the same.
func (e Expiry) String() string { return fmt.Sprintf("%02d/%02d", e.Month, e.Year%100) }

// LastDay returns the last day of the month. Monri: expiration_date.
func (e Expiry) LastDay() LocalDate {
	return LocalDate{e.Year, e.Month, daysIn(e.Year, e.Month)}
}

// End returns the instant from which the card is expired everywhere: when the
// month is over in the last time zone on earth, 12 hours behind UTC.
func (e Expiry) End() time.Time {
	return time.Date(e.Year, e.Month+1, 1, 12, 0, 0, 0, time.UTC)
}

// Expired reports whether the card is expired at the instant; asked for the
// next charge, whether it expires before that.
func (e Expiry) Expired(at time.Time) bool { return !at.Before(e.End()) }

// checkHolder holds a cardholder's name to the rules. A card need not have one:
// Payfirma's have none.
func (e *Invalid) checkHolder(v string) {
	switch n := utf8.RuneCountInString(v); {
	case v == "":
	case !clean(v, false):
		e.add("holder", Control)
	case n < MinHolder:
		*e = append(*e, Fault{Field: "holder", Rule: TooShort, Limit: MinHolder})
	case n > MaxHolder:
		*e = append(*e, Fault{Field: "holder", Rule: TooLong, Limit: MaxHolder})
	case HasCardNumber(v):
		e.add("holder", CardText)
	case !strings.ContainsFunc(v, unicode.IsLetter):
		e.add("holder", Malformed)
	}
}

// CardDetails are a card as it is given, on the way to the processor that
// keeps it. Whoever read them wipes them.
type CardDetails struct {
	Number PAN
	Expiry Expiry
	Code   SecurityCode
	Holder string // "" where none was given
}

// ReadCard reads a card as it is typed or sent, with the time it is read at,
// from which an expired one is told. It returns all that is wrong in the fields
// "number", "expiry", "code" and "holder", and then no details.
func ReadCard(number, expiry, code, holder string, now time.Time) (CardDetails, Invalid) {
	var d CardDetails
	var bad Invalid
	var rule Rule
	d.Number, rule = ParsePAN(number)
	bad.broke("number", rule)
	if d.Expiry, rule = ParseExpiry(expiry); rule == "" && d.Expiry.Expired(now) {
		rule = Expired
	}
	bad.broke("expiry", rule)
	d.Code, rule = ParseSecurityCode(code, d.Number.Brand())
	bad.broke("code", rule)
	d.Holder = strings.TrimSpace(holder)
	bad.checkHolder(d.Holder)
	if len(bad) > 0 {
		d.Wipe()
		return CardDetails{}, bad
	}
	return d, nil
}

// broke adds the rule that a card's field breaks, if any.
func (e *Invalid) broke(field string, rule Rule) {
	f := Fault{Field: field, Rule: rule}
	switch rule {
	case "":
		return
	case TooShort:
		f.Limit = MinPAN
	case TooLong:
		f.Limit = MaxPAN
	}
	*e = append(*e, f)
}

// Wipe overwrites the number and the code, also those of copies.
func (d CardDetails) Wipe() {
	d.Number.Wipe()
	d.Code.Wipe()
}
