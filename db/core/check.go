package core

import (
	"encoding/base64"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// check holds what changed between old and c to the rules.
func (c Customer) check(old Customer, bad *Invalid) {
	for _, f := range customerFields {
		v, limit := *f.At(&c), f.Max
		if f.Name == "currency" {
			limit = maxCode // a code that is too long is not known, and not to be shortened
		}
		if v == *f.At(&old) || !bad.text(f.Name, v, limit) || v == "" {
			continue
		}
		switch f.Name {
		case "email":
			bad.form(f.Name, Email(v))
		case "bcc":
			c.checkBCC(bad)
		case "language":
			_, err := language.Parse(v)
			bad.form(f.Name, err == nil)
		case "currency":
			bad.known(f.Name, knownCurrency(v))
		case "date_of_birth":
			bad.form(f.Name, Date(v))
		case "ip":
			_, err := netip.ParseAddr(v)
			bad.form(f.Name, err == nil)
		}
	}
	c.checkMetadata(old, bad)
	c.checkAddresses(old, bad)
	if len(c.Fields()) == 0 && len(*bad) == 0 {
		bad.add("name", Required)
	}
}

// maxCode is how many letters of what should be a code are looked at.
const maxCode = 100

// checkBCC: at most five addresses.
func (c Customer) checkBCC(bad *Invalid) {
	all := strings.Split(c.BCC, ",")
	for _, one := range all {
		if !Email(strings.TrimSpace(one)) {
			bad.add("bcc", Malformed)
			return
		}
	}
	if len(all) > MaxBCC {
		*bad = append(*bad, Fault{Field: "bcc", Rule: TooMany, Limit: MaxBCC})
	}
}

// Limits of lists.
const (
	MaxBCC       = 5
	MaxAddresses = 50
)

func (c Customer) checkAddresses(old Customer, bad *Invalid) {
	for _, a := range c.Addresses {
		var was Address
		if i := slices.IndexFunc(old.Addresses, func(o Address) bool { return o.ID == a.ID }); i >= 0 {
			was = old.Addresses[i]
		}
		at := c.addressName(a) + "."
		if a.Type != was.Type {
			bad.known(at+"type", a.Type == Billing || a.Type == Shipping || a.Type == Both)
		}
		for _, f := range addressFields {
			v := *f.At(&a)
			if v == *f.At(&was) || !bad.text(at+f.Name, v, f.Max) || v == "" {
				continue
			}
			switch f.Name {
			case "country":
				bad.known(at+f.Name, CountryName(v) != "")
			case "email":
				bad.form(at+f.Name, Email(v))
			case "gender":
				bad.known(at+f.Name, v == "MALE" || v == "FEMALE")
			case "date_of_birth":
				bad.form(at+f.Name, Date(v))
			}
		}
	}
	if len(c.Addresses) > MaxAddresses && len(c.Addresses) > len(old.Addresses) {
		*bad = append(*bad, Fault{Field: "addresses", Rule: TooMany, Limit: MaxAddresses})
	}
}

// addressName is how a fault names an address: by its role, when it has one,
// as the forms do.
func (c Customer) addressName(a Address) string {
	for _, role := range []AddressType{Billing, Shipping} {
		if d, ok := c.defaultAddress(role); ok && d.ID == a.ID {
			return string(role)
		}
	}
	return addressKey(a.ID)
}

// card adds a fault where v holds a card number, and reports whether it does.
// Some telephone numbers have the digits of one: written with their country's
// code, as far as such numbers go, they pass. Custom data is looked at as the
// base64 that it mostly is, too.
func (e *Invalid) card(field, v string) bool {
	base := field[strings.LastIndexByte(field, '.')+1:]
	number := (base == "phone" || base == "mobile") && strings.HasPrefix(v, "+") && len(Digits(v)) <= 15
	encoded := field == "custom_data" && HasCardNumber(fromBase64(v))
	if number || !HasCardNumber(v) && !encoded {
		return false
	}
	e.add(field, CardText)
	return true
}

// fromBase64 returns what v says in base64, padded or not, "" for what is none.
func fromBase64(v string) string {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
	if err != nil {
		return ""
	}
	return string(text)
}

// text holds v to what every text is held to, and reports whether it is fine:
// at most limit characters, no NUL and no control characters but white space,
// and no card number.
func (e *Invalid) text(field, v string, limit int) bool {
	switch {
	case !clean(v, true):
		e.add(field, Control)
	case utf8.RuneCountInString(v) > limit && field != "country" && !strings.HasSuffix(field, ".country"):
		*e = append(*e, Fault{Field: field, Rule: TooLong, Limit: limit})
	default:
		return !e.card(field, v)
	}
	return false
}

func (e *Invalid) form(field string, ok bool) {
	if !ok {
		e.add(field, Malformed)
	}
}

func (e *Invalid) known(field string, ok bool) {
	if !ok {
		e.add(field, Unknown)
	}
}

// inOrder sorts faults as the form shows the fields.
func (e Invalid) inOrder() Invalid {
	if len(e) < 2 {
		return e
	}
	plain := PlainFields()
	rank := func(f Fault) int {
		if i := slices.Index(plain, f.Field); i >= 0 {
			return i
		}
		for i, prefix := range []string{"billing.", "shipping.", "address", "metadata"} {
			if strings.HasPrefix(f.Field, prefix) {
				return 100 + i
			}
		}
		return 99
	}
	slices.SortStableFunc(e, func(a, b Fault) int { return rank(a) - rank(b) })
	return e
}

// IsText reports whether s is UTF-8 without NUL. Nothing else is stored, and
// PostgreSQL does not even compare with it.
func IsText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// clean reports whether s is valid UTF-8 without NUL and control characters;
// line breaks and tabs pass where lines is true.
func clean(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\r' || r == '\t')) {
			return false
		}
	}
	return true
}

// Email reports whether s can be an e-mail address: one bare address, no
// display name, no comment, with a domain.
func Email(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 &&
		strings.LastIndexByte(s, '@') < len(s)-1 && !strings.ContainsAny(s, " <>\t\r\n\"")
}

// Date reports whether s is a day written YYYY-MM-DD.
func Date(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && len(s) == len(time.DateOnly)
}
