package views

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"kontor/db/core"
)

// How dates, numbers and names are written, on every page alike. Dates are in
// the merchant's zone.

const (
	dayLayout   = "2 Jan 2006"
	clockLayout = "15:04"
	fullLayout  = "Monday 2 January 2006, 15:04:05 MST"
)

// day writes a date: "10 Oct 2026".
func day(t time.Time, zone *time.Location) string { return t.In(zone).Format(dayLayout) }

// full writes a moment as precisely as anyone could want it, with the zone.
func full(t time.Time, zone *time.Location) string { return t.In(zone).Format(fullLayout) }

// machine writes a moment for datetime attributes.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ago writes a moment relative to now while it is less than a week past, and as
// a date otherwise. A day is a calendar day of the zone.
func ago(t, now time.Time, zone *time.Location) string {
	d := now.Sub(t)
	switch {
	case d < -time.Minute:
		return day(t, zone)
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min ago"
	}
	switch n := days(t, now, zone); {
	case n == 0:
		return "today " + t.In(zone).Format(clockLayout)
	case n == 1:
		return "yesterday"
	case n < 7:
		return strconv.Itoa(n) + " days ago"
	}
	return day(t, zone)
}

// heading writes a day above what happened on it.
func heading(t, now time.Time, zone *time.Location) string {
	switch days(t, now, zone) {
	case 0:
		return "Today"
	case 1:
		return "Yesterday"
	}
	if t.In(zone).Year() == now.In(zone).Year() {
		return t.In(zone).Format("Monday 2 January")
	}
	return t.In(zone).Format("Monday 2 January 2006")
}

// days counts the midnights between two moments.
func days(t, now time.Time, zone *time.Location) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(now).Sub(midnight(t)).Hours() / 24)
}

// wait writes how long to wait, rounded up: "40 seconds", "5 minutes".
func wait(d time.Duration) string {
	if d <= time.Minute {
		return count(max(1, int((d+time.Second-1)/time.Second)), "second")
	}
	return count(int((d+time.Minute-1)/time.Minute), "minute")
}

var english = message.NewPrinter(language.English)

// number writes a whole number with its thousands apart: "1,000".
func number(n int) string {
	if n > -1000 && n < 1000 {
		return strconv.Itoa(n)
	}
	return english.Sprintf("%d", n)
}

// count writes a number of things: "1 note", "3 notes", "2 addresses".
func count(n int, thing string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(thing, "s"):
		thing += "es"
	default:
		thing += "s"
	}
	return number(n) + " " + thing
}

// size writes a number of bytes: "2 MB".
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return number(int(n>>20)) + " MB"
	case n >= 1<<10:
		return number(int(n>>10)) + " kB"
	}
	return number(int(n)) + " bytes"
}

// of writes how many there are as far as a list counts: "1,000+".
func of(n int) string {
	if n > core.MaxCount {
		return number(core.MaxCount) + "+"
	}
	return number(n)
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string { return string(appendInitials(nil, name)) }

func appendInitials(b []byte, name string) []byte {
	if at := strings.IndexByte(name, '@'); at > 0 {
		name = strings.NewReplacer(".", " ", "_", " ").Replace(name[:at])
	}
	var first, last rune
	for word := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(word)
		switch {
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
		case first == 0:
			first = r
		default:
			last = r
		}
	}
	if first == 0 {
		return append(b, "–"...)
	}
	b = utf8.AppendRune(b, unicode.ToUpper(first))
	if last != 0 {
		b = utf8.AppendRune(b, unicode.ToUpper(last))
	}
	return b
}

// hue is the class that colours somebody's initials, the same on every page.
// IDs are times, often round ones: the factor spreads them.
func hue(id int64) string { return hues[uint64(id)*0x9E3779B97F4A7C15>>32%uint64(len(hues))] }

var hues = [...]string{
	"initials hue-0", "initials hue-1", "initials hue-2", "initials hue-3", "initials hue-4", "initials hue-5",
	"initials hue-6", "initials hue-7", "initials hue-8", "initials hue-9", "initials hue-10", "initials hue-11",
}

// place writes where a customer is, briefly: "Sarajevo, BA".
func place(city, country string) string {
	if city == "" || country == "" {
		return city + country
	}
	return city + ", " + country
}

// envelope writes an address as it would stand on an envelope, a line each. In
// most countries that is without the state, which [besides] tells.
func envelope(a core.Address) []string {
	var lines []string
	add := func(parts ...string) {
		if line := words(parts...); line != "" {
			lines = append(lines, line)
		}
	}
	add(a.Organisation)
	add(a.Salutation, a.GivenName, a.FamilyName)
	add(a.Street)
	add(a.Street2)
	add(a.Locality)
	switch a.Country {
	case "US", "CA", "AU":
		add(listed(a.City, words(a.State, a.Postcode)))
	case "GB", "IE":
		add(a.City)
		add(a.State)
		add(a.Postcode)
	case "BR", "IN":
		add(a.City, a.Postcode)
		add(a.State)
	case "JP", "CN", "KR":
		add(a.Postcode)
		add(listed(a.City, a.State))
	default:
		add(a.Postcode, a.City)
	}
	add(a.SortingCode)
	add(cmp.Or(core.CountryName(a.Country), a.CountryText, a.Country))
	return lines
}

// stateless reports whether envelopes to a country leave out its states.
func stateless(country string) bool {
	switch country {
	case "US", "CA", "AU", "GB", "IE", "BR", "IN", "JP", "CN", "KR":
		return false
	}
	return true
}

// words joins what is not empty with blanks.
func words(parts ...string) string { return joined(" ", parts) }

// listed joins what is not empty with commas.
func listed(parts ...string) string { return joined(", ", parts) }

// dotted joins what is not empty with middle dots.
func dotted(parts ...string) string { return joined(" · ", parts) }

func joined(sep string, parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(p)
	}
	return b.String()
}
