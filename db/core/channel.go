package core

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jacoelho/banking/iban"
)

// A ChannelType says how a channel pays.
type ChannelType string

const (
	DirectDebit ChannelType = "direct_debit"
	EInvoice    ChannelType = "e_invoice"
	Wallet      ChannelType = "wallet"
)

// ChannelTypes lists every type of channel.
var ChannelTypes = []ChannelType{DirectDebit, EInvoice, Wallet}

// A Channel is a way for a customer to pay that is no card, with the consent
// to use it. CDC: channels and consents.
type Channel struct {
	ID            int64
	Merchant      int64
	Customer      int64
	Version       int64
	Type          ChannelType
	Name          string // of the scheme: "sepa", "jtta", "vipps"
	Address       string // the scheme's name for the customer; of an IBAN what may be shown
	Mandate       string // the mandate's reference
	MandateSigned string // YYYY-MM-DD
	ConsentAt     time.Time
	Source        Source
	CreatedAt     time.Time
	UpdatedAt     time.Time
	WithdrawnAt   time.Time // zero while it can be used
}

// Label is what people know the channel by: "SEPA Direct Debit DE ···· 3000".
func (c Channel) Label() string { return ChannelLabel(c.Name, c.Address) }

// ChannelLabel is the label of a channel of the scheme with the address as it
// is shown.
func ChannelLabel(name, address string) string {
	if s, ok := FindScheme(name); ok {
		name = s.Title
	}
	return name + " " + address
}

// An AddressKind says what a scheme knows its customers by.
type AddressKind string

const (
	IBANAddress  AddressKind = "iban"
	PhoneAddress AddressKind = "phone"
	EmailAddress AddressKind = "email"
	TextAddress  AddressKind = "text" // a number or name of the scheme's own
)

// A Scheme is a kind of channel that is known here.
type Scheme struct {
	Name    string
	Title   string
	Type    ChannelType
	Address AddressKind
	Mandate bool // paying by it takes a signed mandate
}

// Schemes lists every scheme in the order in which forms offer them.
var Schemes = []Scheme{
	{"sepa", "SEPA Direct Debit", DirectDebit, IBANAddress, true},
	{"jtta", "eFaktura, yes to all", EInvoice, TextAddress, false},
	{"efaktura", "eFaktura", EInvoice, TextAddress, false},
	{"vipps", "Vipps", Wallet, PhoneAddress, false},
	{"mobilepay", "MobilePay", Wallet, PhoneAddress, false},
	{"paypal", "PayPal", Wallet, EmailAddress, false},
}

// FindScheme returns the scheme of the name.
func FindScheme(name string) (Scheme, bool) {
	i := slices.IndexFunc(Schemes, func(s Scheme) bool { return s.Name == name })
	if i < 0 {
		return Scheme{}, false
	}
	return Schemes[i], true
}

// Limits of what is written about a channel.
const (
	MaxMandate        = 35  // characters. SEPA: a mandate reference likewise
	MaxChannelAddress = 100 // characters
)

// A NewChannel is a channel to be kept for a customer.
type NewChannel struct {
	Name          string // of the scheme
	Address       string // whole: an IBAN with all its digits
	Mandate       string
	MandateSigned string // YYYY-MM-DD
	ConsentAt     time.Time
	Source        Source
}

// Read returns the channel with its texts as they are kept, the channel's
// address as it may be shown, and all that is wrong with it, in the fields
// "scheme", "address", "mandate" and "mandate_signed".
func (n NewChannel) Read(now time.Time) (NewChannel, string, Invalid) {
	var bad Invalid
	s, ok := FindScheme(n.Name)
	if !ok {
		bad.add("scheme", Unknown)
		return n, "", bad
	}
	n.Mandate, n.MandateSigned = strings.TrimSpace(n.Mandate), strings.TrimSpace(n.MandateSigned)
	var shown string
	n.Address, shown = s.readAddress(n.Address, &bad)
	n.checkMandate(s, now, &bad)
	return n, shown, bad
}

// readAddress returns an address as it is kept and as it may be shown.
func (s Scheme) readAddress(text string, bad *Invalid) (kept, shown string) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		bad.add("address", Required)
		return "", ""
	case s.Address == IBANAddress && len(text) > MaxChannelAddress:
		*bad = append(*bad, Fault{Field: "address", Rule: TooLong, Limit: MaxChannelAddress})
		return "", ""
	case s.Address == PhoneAddress && strings.HasPrefix(text, "+"): // digits of a number, and no card's
	case s.Address != IBANAddress && !bad.text("address", text, MaxChannelAddress):
		return "", ""
	}
	switch s.Address {
	case IBANAddress:
		number := compactIBAN(text)
		if iban.Validate(number) != nil {
			bad.add("address", Malformed)
			return "", ""
		}
		if sepa, err := iban.IsSEPA(number); err != nil || !sepa {
			bad.add("address", Unknown)
			return "", ""
		}
		return number, MaskIBAN(number)
	case PhoneAddress:
		digits := Digits(text)
		bad.form("address", phoneDigits(text) != "" && len(digits) >= 8 && len(digits) <= 15)
		return digits, text
	case EmailAddress:
		bad.form("address", Email(text))
		return Fold(text), text
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		bad.add("address", Control)
	}
	return text, text
}

// compactIBAN is an IBAN without what it is grouped with, in upper case.
func compactIBAN(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			return -1
		}
		return r
	}, text))
}

// MaskIBAN returns what may be shown of a valid IBAN: its country and its last
// four characters.
func MaskIBAN(number string) string { return number[:2] + " ···· " + number[len(number)-4:] }

// mandateMarks are the marks that stand in a mandate's reference beside letters
// and digits. SEPA: the same.
const mandateMarks = "/-?:().,'+ "

func (n NewChannel) checkMandate(s Scheme, now time.Time, bad *Invalid) {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(mandateMarks, r)
	}
	switch {
	case n.Mandate == "" && s.Mandate:
		bad.add("mandate", Required)
	case len(n.Mandate) > MaxMandate:
		*bad = append(*bad, Fault{Field: "mandate", Rule: TooLong, Limit: MaxMandate})
	case HasCardNumber(n.Mandate):
		bad.add("mandate", CardText)
	case strings.ContainsFunc(n.Mandate, func(r rune) bool { return !plain(r) }):
		bad.add("mandate", Malformed)
	}
	signed, err := time.Parse(time.DateOnly, n.MandateSigned)
	switch {
	case n.MandateSigned == "" && s.Mandate:
		bad.add("mandate_signed", Required)
	case n.MandateSigned == "":
	case err != nil || signed.Year() < 1900:
		bad.add("mandate_signed", Malformed)
	case signed.After(now.Add(14 * time.Hour)): // there is no zone in which that day has begun
		bad.add("mandate_signed", TooLate)
	}
}

// DiffChannels returns the names of what differs between two states of a
// channel, and the values of what may stand in the record of acts: not the
// address.
func DiffChannels(old, now Channel) (names []string, from, to Changes) {
	from, to = Changes{}, Changes{}
	for _, f := range []struct{ name, was, is string }{
		{"mandate", old.Mandate, now.Mandate},
		{"mandate_signed", old.MandateSigned, now.MandateSigned},
		{"consent", stamp(old.ConsentAt), stamp(now.ConsentAt)},
	} {
		if f.was != f.is {
			names = append(names, f.name)
			from[f.name], to[f.name] = f.was, f.is
		}
	}
	return names, from, to
}

// stamp is a time as it stands in the record of acts, "" where it is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
