package core

import (
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// A TokenState says whether a token can be used. wallee: its other states are
// of tokens that are being deleted.
type TokenState string

const (
	TokenNew      TokenState = "create"
	TokenActive   TokenState = "active"
	TokenInactive TokenState = "inactive"
)

// A Token is a merchant's name for what a customer pays with. Every card is
// one; a program may also make one before there is a card, which then stands
// for the default card of the customer it names. wallee: payment tokens.
type Token struct {
	ID         int64
	Merchant   int64
	Version    int64
	ExternalID string // unique per merchant: making it twice returns the first
	Reference  string
	// CustomerReference and Email are as the program gave them; of a card they
	// are its customer's until then.
	CustomerReference string
	Email             string
	OneClick          bool
	Language          string // BCP 47
	Zone              string
	State             TokenState
	CreatedAt         time.Time

	Card     int64 // 0 of one that is no card's
	Customer int64 // the card's
}

// Limits of tokens. wallee: 100 and 150.
const (
	MaxTokenText  = 100 // characters
	MaxTokenEmail = 150
)

// A TokenEdit is a change of a token. What is nil stays.
type TokenEdit struct {
	Reference, CustomerReference, Email, Language, Zone *string
	OneClick                                            *bool
}

// With returns the token as changed, and what is wrong with what changed.
func (t Token) With(e TokenEdit) (Token, Invalid) {
	old := t
	for to, v := range map[*string]*string{
		&t.Reference: e.Reference, &t.CustomerReference: e.CustomerReference, &t.Email: e.Email, &t.Language: e.Language, &t.Zone: e.Zone,
	} {
		if v != nil {
			*to = *v
		}
	}
	if e.OneClick != nil {
		t.OneClick = *e.OneClick
	}
	return t, t.check(old)
}

// Check returns what is wrong with a new token.
func (t Token) Check() Invalid { return t.check(Token{}) }

func (t Token) check(old Token) Invalid {
	var bad Invalid
	bad.label("external_id", t.ExternalID, old.ExternalID)
	if t.ExternalID == "" && old.ID == 0 {
		bad.add("external_id", Required)
	}
	bad.label("reference", t.Reference, old.Reference)
	bad.label("customer_reference", t.CustomerReference, old.CustomerReference)
	if t.Email != old.Email && t.Email != "" && bad.text("email", t.Email, MaxTokenEmail) {
		bad.form("email", Email(t.Email))
	}
	if t.Language != old.Language && t.Language != "" && bad.text("language", t.Language, maxLanguage) {
		_, err := language.Parse(t.Language)
		bad.form("language", err == nil)
	}
	if t.Zone != old.Zone && t.Zone != "" {
		_, err := time.LoadLocation(t.Zone)
		bad.known("zone", err == nil && t.Zone != "Local")
	}
	bad.known("state", t.State == TokenNew || t.State == TokenActive || t.State == TokenInactive)
	return bad
}

// label holds a text that names something to a line of at most [MaxTokenText]
// characters.
func (e *Invalid) label(field, v, old string) {
	switch {
	case v == old:
	case !clean(v, false):
		e.add(field, Control)
	case utf8.RuneCountInString(v) > MaxTokenText:
		*e = append(*e, Fault{Field: field, Rule: TooLong, Limit: MaxTokenText})
	case HasCardNumber(v):
		e.add(field, CardText)
	}
}

// DiffTokens returns the fields in which two states of a token differ, for the
// record of acts.
func DiffTokens(old, t Token) (from, to Changes) {
	from, to = Changes{}, Changes{}
	flag := map[bool]string{false: "false", true: "true"}
	for _, f := range []struct{ name, was, is string }{
		{"reference", old.Reference, t.Reference},
		{"customer_reference", old.CustomerReference, t.CustomerReference},
		{"email", old.Email, t.Email},
		{"language", old.Language, t.Language},
		{"zone", old.Zone, t.Zone},
		{"one_click", flag[old.OneClick], flag[t.OneClick]},
	} {
		if f.was != f.is {
			from[f.name], to[f.name] = f.was, f.is
		}
	}
	return from, to
}

// A TokenVersion is a card as what stands behind a token.
type TokenVersion struct {
	Card
	Owner Customer // with its language, and its addresses where they were asked for
}

// TokenFields is the vocabulary for tokens.
var TokenFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
	{Field: FieldExternalID, Type: TypeExact},
	{Field: FieldReference, Type: TypeText, Aliases: []string{"tokenReference"}},
	{Field: FieldCustomer, Type: TypeExact, Aliases: []string{"customerId"}},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"customerEmailAddress", "emailAddress"}},
	{Field: FieldOneClick, Type: TypeFlag, Aliases: []string{"enabledForOneClickPayment"}},
	{Field: FieldLanguage, Type: TypeLanguage},
	{Field: FieldZone, Type: TypeText, Aliases: []string{"timeZone"}},
	{Field: FieldStatus, Type: TypeEnum, Aliases: []string{"state"}, Choices: []string{
		string(TokenNew), string(TokenActive), string(TokenInactive), "deleting", "deleted",
	}},
}

// TokenVersionFields is the vocabulary for the cards behind tokens.
var TokenVersionFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt", "activatedOn"}},
	{Field: FieldCard, Type: TypeNumber, Aliases: []string{"token", "token.id"}},
	{Field: FieldReference, Type: TypeExact, Aliases: []string{"token.customerId"}},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"token.customerEmailAddress"}},
	{Field: FieldLanguage, Type: TypeLanguage},
	{Field: FieldScheme, Type: TypeExact, Aliases: []string{"processorToken"}},
	{Field: FieldBrand, Type: TypeEnum, Choices: brandChoices()},
	{Field: FieldLastFour, Type: TypeExact},
	{Field: FieldExpires, Type: TypeDate, Aliases: []string{"expiresOn"}},
	{Field: FieldStatus, Type: TypeEnum, Aliases: []string{"state"}, Choices: []string{"uninitialized", "active", "obsolete"}},
}
