package core

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
)

// value reads text as a value of the field, or says which rule it breaks.
func (d FieldDef) value(text string, zone *time.Location) (Value, Rule) {
	v := Value{Text: text}
	switch d.Type {
	case TypePhone:
		v.Digits = phoneDigits(text)
	case TypeLanguage:
		if _, err := language.Parse(text); err != nil {
			return v, Malformed
		}
	case TypeCountry:
		code, ok := CountryCode(text)
		if !ok {
			return v, Unknown
		}
		v.Text = code
	case TypeCurrency:
		v.Text = strings.ToUpper(text)
		if !currency.IsValid(v.Text) {
			return v, Unknown
		}
	case TypeEnum:
		v.Text = strings.ToLower(text)
		if !slices.Contains(d.Choices, v.Text) {
			return v, Unknown
		}
	case TypeFlag:
		flag, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return v, Malformed
		}
		v.Text = strconv.FormatBool(flag)
		if flag {
			v.Number = 1
		}
	case TypeNumber:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return v, Malformed
		}
		v.Text, v.Number = strconv.FormatInt(n, 10), n
	case TypeAmount:
		if _, rule := ParseMoney(text, mostDecimals); rule != "" {
			return v, Malformed
		}
	case TypeTime, TypeDate:
		if d.Type == TypeDate {
			zone = time.UTC
		}
		var ok bool
		v.Text, v.From, v.To, ok = readTime(text, zone)
		if !ok || (d.Type == TypeDate && len(v.Text) > len(time.DateOnly)) {
			return v, Malformed
		}
	}
	if v.Folded = Fold(v.Text); v.Folded == "" { // nothing but marks and white space
		return v, NoValue
	}
	return v, ""
}

// phoneDigits returns the digits of text that people may mean as part of a
// phone number: three digits or more, and nothing else but what numbers are
// written with. It returns "" for other text.
func phoneDigits(text string) string {
	for _, r := range text {
		if _, ok := digit(r); !ok && !unicode.IsSpace(r) && !strings.ContainsRune("+()-./", r) {
			return ""
		}
	}
	digits := Digits(text)
	if len(digits) < 3 {
		return ""
	}
	return digits
}

// Years that a query can name: those of four digits whose end has four too.
const (
	minQueryYear = 1000
	maxQueryYear = 9998
)

// readTime reads a year, a month, a day, or a time of day with an offset or
// without. It returns it in canonical form with the instants it stands for:
// all of the year, month, day, minute, second or millisecond that is written.
// What has no offset is read in zone.
func readTime(text string, zone *time.Location) (canonical string, from, to time.Time, ok bool) {
	switch len(text) {
	case len("2006"):
		return readDay(text, "2006", zone, 1, 0, 0)
	case len("2006-01"):
		return readDay(text, "2006-01", zone, 0, 1, 0)
	case len(time.DateOnly):
		return readDay(text, time.DateOnly, zone, 0, 0, 1)
	}
	day, clock, _ := strings.Cut(text, " ") // as people and databases write it
	if clock != "" {
		text = day + "T" + clock
	}
	step := time.Second
	switch {
	case len(text) < len("2006-01-02T15:04:05") || text[16] != ':':
		step = time.Minute
	case strings.ContainsAny(text, ".,"):
		step = time.Millisecond
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if wall, err := time.Parse(layout, text); err == nil {
			from = earliest(wall, zone)
			return bounded(text, from, step)
		}
		if at, err := time.Parse(layout+"Z07:00", text); err == nil {
			return bounded(text, at, step)
		}
	}
	return text, from, to, false
}

func bounded(text string, at time.Time, step time.Duration) (canonical string, from, to time.Time, ok bool) {
	from = at.UTC().Truncate(time.Millisecond)
	return text, from, from.Add(step), minQueryYear <= from.Year() && from.Year() <= maxQueryYear
}

// readDay reads a date and adds years, months and days for its end.
func readDay(text, layout string, zone *time.Location, years, months, days int) (canonical string, from, to time.Time, ok bool) {
	day, err := time.Parse(layout, text)
	if err != nil || day.Year() < minQueryYear || day.Year() > maxQueryYear {
		return text, from, to, false
	}
	return text, earliest(day, zone), earliest(day.AddDate(years, months, days), zone), true
}

// mostDecimals is a currency with as many decimals as any has.
const mostDecimals = "KWD"

// Amount is what a comparison of a TypeAmount asks for in a currency with so
// many decimals, or false when that has no such amount.
func (c Compare) Amount(decimals int) (int64, bool) {
	if len(c.Values) == 0 {
		return 0, false
	}
	code := map[int]string{0: "JPY", 2: "EUR", 3: mostDecimals}[decimals]
	m, rule := ParseMoney(c.Values[0].Text, code)
	return m.Minor, rule == ""
}

// CurrenciesWith returns the currencies that have so many decimals, 0 or 3; all
// others have 2.
func CurrenciesWith(decimals int) []string {
	var codes []string
	for code, n := range exponents {
		if n == decimals {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}
