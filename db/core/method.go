package core

// A PaymentMethod is one of the ways in which a customer can pay: a card or a
// channel, of which the other is nil.
type PaymentMethod struct {
	Customer CustomerSummary // whose it is, as far as lists show
	Card     *Card
	Channel  *Channel
}

// ID is the card's or the channel's. No two methods have the same.
func (m PaymentMethod) ID() int64 {
	if m.Card != nil {
		return m.Card.ID
	}
	return m.Channel.ID
}

// A MethodTab is one of the lists that payment methods are shown in.
type MethodTab string

const (
	AllMethods      MethodTab = ""
	ValidMethods    MethodTab = "valid"    // that can be charged now
	ExpiringMethods MethodTab = "expiring" // cards that are good, and not for long: [Expiry.Expiring]
	ExpiredMethods  MethodTab = "expired"  // cards that are no longer
)

// MethodTabs lists every tab in order.
var MethodTabs = []MethodTab{AllMethods, ValidMethods, ExpiringMethods, ExpiredMethods}

// A MethodList says which page of payment methods is wanted, newest first. The
// zero value is the first of all.
type MethodList struct {
	Query  Query // of [MethodFields]
	Tab    MethodTab
	After  Cursor
	Before Cursor
	Limit  int // 0 is the first of PageSizes
}

// CardMethod is what searches for payment methods call a card, as types of
// channels have their own names.
const CardMethod = "card"

// MethodFields is the vocabulary for payment methods. Bare words are what the
// customer is known by, or a card's last four digits.
var MethodFields = Vocabulary{
	{Field: FieldMethodType, Type: TypeEnum, Choices: []string{CardMethod, string(DirectDebit), string(EInvoice), string(Wallet)}},
	{Field: FieldBrand, Type: TypeEnum, Choices: brandChoices()},
	{Field: FieldLastFour, Type: TypeExact, Aliases: []string{"last", "card", "lastFour"}},
	{Field: FieldExpires, Type: TypeDate, Aliases: []string{"expiry", "expiration"}},
	{Field: FieldDefault, Type: TypeFlag, Aliases: []string{"isDefault"}},
	{Field: FieldActive, Type: TypeFlag, Aliases: []string{"isActive"}},
	{Field: FieldScheme, Type: TypeEnum, Aliases: []string{"channel"}, Choices: schemeChoices()},
	{Field: FieldMandate, Type: TypeText},
	{Field: FieldName, Type: TypeText, Aliases: []string{"customer"}},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"emailAddress"}},
	{Field: FieldCompany, Type: TypeText},
	{Field: FieldReference, Type: TypeExact, Aliases: []string{"customerId", "merchantCustomerId"}},
	{Field: FieldCity, Type: TypeText},
	{Field: FieldCountry, Type: TypeCountry},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
}

func brandChoices() []string {
	out := make([]string, len(Brands))
	for i, b := range Brands {
		out[i] = string(b)
	}
	return out
}

func schemeChoices() []string {
	out := make([]string, len(Schemes))
	for i, s := range Schemes {
		out[i] = s.Name
	}
	return out
}
