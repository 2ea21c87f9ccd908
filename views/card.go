package views

import (
	"strings"
	"time"

	"kontor/db/core"
	"kontor/static"
)

// A CardLine is a card on its customer's page.
type CardLine struct {
	core.Card
	Uses []core.CardUse // the living subscriptions that need it
}

// CardView is the form for a new card, or for one that is there. It posts
// "number", "expiry", "code", "holder", "description", "default" and "request";
// of one that is there "expiry", "holder", "description", "active" and
// "version". Number and code are never filled in again.
type CardView struct {
	Chrome   Chrome
	Customer core.Customer
	Card     core.Card // zero for a new one
	Next     string    // where a new card leads on to; "" is the customer

	Expiry, Holder, Description string // as typed
	Default, Active             bool
	Request                     string
	Version                     int64

	Faults core.Invalid
	Refuse string // why the processor did not take it, in words
	Uses   []core.CardUse
	Stale  bool // somebody changed it meanwhile
}

// RemoveCardView asks whether to remove a card. Its form posts "version" and,
// of the default, "next_card" to [RemoveCardURL].
type RemoveCardView struct {
	Chrome   Chrome
	Customer core.Customer
	Card     core.Card
	Uses     []core.CardUse // the living subscriptions that need it, which refuse
	Others   []core.Card    // the cards of which one follows, where it is the default
	Next     int64
	Faults   core.Invalid
	Stale    bool
}

// ChannelView is the form for another payment method. It posts "scheme",
// "address", "mandate", "mandate_signed" and "consent".
type ChannelView struct {
	Chrome                         Chrome
	Customer                       core.Customer
	Scheme, Mandate, MandateSigned string // as typed
	Address                        string // as typed; never an account's number
	Consent                        bool
	Faults                         core.Invalid
}

// art are the pictures of brands.
var art = map[core.Brand]string{
	core.Visa: "visa", core.Mastercard: "mastercard", core.Amex: "americanexpress", core.Diners: "dinersclub",
	core.Discover: "discover", core.JCB: "jcb", core.UnionPay: "unionpay", core.Maestro: "maestro",
}

func artURL(b core.Brand) string { return static.URL("vendor/payments/" + art[b] + ".svg") }

// channelIcons are the pictures of types of channels.
var channelIcons = map[core.ChannelType]string{
	core.DirectDebit: "landmark", core.EInvoice: "file-text", core.Wallet: "wallet",
}

var channelTypes = map[core.ChannelType]string{
	core.DirectDebit: "Direct debit", core.EInvoice: "E-invoice", core.Wallet: "Wallet",
}

// cardWarning says why a card fails, or soon will; "" when it is good.
func cardWarning(c CardLine, now time.Time, zone *time.Location) string {
	switch {
	case c.Expiry.Expired(now):
		return "Expired " + c.Expiry.String()
	case !c.Active:
		return "Not in use · expires " + c.Expiry.String()
	}
	for _, u := range c.Uses {
		if !u.NextRun.IsZero() && c.Expiry.Expired(u.NextRun) {
			return "Expires " + c.Expiry.String() + ", before its next charge on " + day(u.NextRun, zone)
		}
	}
	switch c.Expiry {
	case core.MonthOf(now):
		return "Expires " + c.Expiry.String() + ", this month"
	case core.MonthOf(now).AddMonths(1):
		return "Expires " + c.Expiry.String() + ", next month"
	}
	return ""
}

// CardsStat says how many cards there are, and which of them expires first.
func CardsStat(cards []CardLine, now time.Time) Stat {
	s := Stat{Label: "Cards", Value: number(len(cards))}
	expired, soon := 0, 0
	var first core.Expiry
	for _, c := range cards {
		switch {
		case c.Expiry.Expired(now):
			expired++
		case c.Expiry.Expiring(now):
			if soon++; soon == 1 || c.Expiry.Key() < first.Key() {
				first = c.Expiry
			}
		}
	}
	var parts []string
	if soon > 0 {
		parts = append(parts, several(soon, "expires", "expire")+" in "+first.LastDay().Month.String()[:3])
	}
	if expired > 0 {
		parts = append(parts, several(expired, "has expired", "have expired"))
	}
	s.More = strings.Join(parts, ", ")
	return s
}

func several(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return number(n) + " " + many
}

// declines say in words why a processor refused a card.
var declines = map[core.Decline]string{
	core.InsufficientFunds: "There is not enough money on it.",
	core.OverLimit:         "It is over its limit.",
	core.IssuerUnavailable: "Its bank does not answer. Try again later.",
	core.DoNotHonor:        "Its bank refused it without saying why.",
	core.LostCard:          "It was reported lost.",
	core.StolenCard:        "It was reported stolen.",
	core.ClosedAccount:     "Its account is closed.",
	core.InvalidNumber:     "There is no card with this number.",
	core.ExpiredCard:       "It has expired.",
}

// DeclineText says in words why a processor refused a card.
func DeclineText(d core.Decline) string { return orElse(declines[d], declines[core.DoNotHonor]) }

// schemes are the payment methods that a form offers.
func schemes() []Pair {
	all := []Pair{{"", ""}}
	for _, s := range core.Schemes {
		all = append(all, Pair{s.Name, s.Title})
	}
	return all
}

// channelFacts says what is known of a channel beside its address.
func channelFacts(c core.Channel, zone *time.Location) string {
	parts := []string{channelTypes[c.Type]}
	if c.Mandate != "" {
		parts = append(parts, "mandate "+c.Mandate)
	}
	if c.MandateSigned != "" {
		parts = append(parts, "signed "+born(c.MandateSigned))
	}
	if c.ConsentAt.IsZero() {
		parts = append(parts, "no consent yet")
	} else {
		parts = append(parts, "consent "+day(c.ConsentAt, zone))
	}
	return strings.Join(parts, " · ")
}

func (v CardView) title() string {
	if v.Card.ID == 0 {
		return "Add a card"
	}
	return "Edit " + v.Card.Label()
}

func (v CardView) field(f field) field {
	f.Fault = fault(v.Faults, f.Name)
	return f
}

func (v CardView) bad() bool { return len(v.Faults) > 0 || v.Refuse != "" || len(v.Uses) > 0 }

func (v ChannelView) field(f field) field {
	for _, l := range v.lines() {
		if l.id == f.Name {
			f.Fault = l.text
		}
	}
	return f
}

// noAddress says what an address is that is none, by what the scheme knows its
// customers by.
var noAddress = map[core.AddressKind]string{
	core.IBANAddress:  "This is not a whole IBAN. Check it against the mandate.",
	core.PhoneAddress: "This is not a whole phone number. Enter it with its country code, such as +47 901 23 456.",
	core.EmailAddress: "This is not an e-mail address. Enter one such as name@example.com.",
}

// lines are the complaints of the form. That of an address is told by the
// scheme that was chosen.
func (v ChannelView) lines() []line {
	all := lines(v.Faults)
	scheme, _ := core.FindScheme(v.Scheme)
	for i, f := range v.Faults {
		if f.Field == "address" && f.Rule == core.Malformed {
			all[i].text = orElse(noAddress[scheme.Address], all[i].text)
		}
	}
	return all
}

func otherCards(cards []core.Card) []Pair {
	all := make([]Pair, len(cards))
	for i, c := range cards {
		all[i] = Pair{itoa(c.ID), c.Label() + ", expires " + c.Expiry.String()}
	}
	return all
}

func defaultWord(is bool) string {
	if is {
		return "Default"
	}
	return ""
}
