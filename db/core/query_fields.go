package core

import (
	"slices"
	"strings"
)

// A Field is something a query can ask for by name. The same Field may be
// known for several kinds of record.
type Field int

const (
	FieldID Field = iota + 1
	FieldUUID
	FieldLookupID
	FieldReference
	FieldCustomID
	FieldName
	FieldFirstName
	FieldLastName
	FieldCompany
	FieldOrganisationNumber
	FieldEmail
	FieldPhone
	FieldLanguage
	FieldCurrency
	FieldDateOfBirth
	FieldDescription
	FieldSource
	FieldCity
	FieldCountry
	FieldPostcode
	FieldStreet
	FieldState
	FieldCreated
	FieldUpdated
	FieldDeleted
	FieldVersion
	FieldMetadata
	FieldNote
	FieldAddressType
	FieldDefault
	FieldCustomer
	FieldSalutation
	FieldGender
	FieldSalesTaxNumber
	FieldSocialSecurity
	FieldLocality
	FieldSortingCode
	FieldMobile
	FieldPinned
	FieldAuthor
	FieldEditor
	FieldEdited
	FieldSubscription
	FieldPlan
	FieldCard
	FieldCardExpires
	FieldStatus
	FieldFrequency
	FieldNext
	FieldStarted
	FieldEnded
	FieldMethodType
	FieldBrand
	FieldLastFour
	FieldExpires
	FieldActive
	FieldScheme
	FieldMandate
	FieldExternalID
	FieldOneClick
	FieldZone
	FieldEnding
	FieldAmount
	FieldDue
)

var fieldNames = [...]string{
	FieldID:                 "id",
	FieldUUID:               "uuid",
	FieldLookupID:           "lookup_id",
	FieldReference:          "reference",
	FieldCustomID:           "custom_id",
	FieldName:               "name",
	FieldFirstName:          "firstName",
	FieldLastName:           "lastName",
	FieldCompany:            "company",
	FieldOrganisationNumber: "organisation_number",
	FieldEmail:              "email",
	FieldPhone:              "phone",
	FieldLanguage:           "language",
	FieldCurrency:           "currency",
	FieldDateOfBirth:        "dob",
	FieldDescription:        "description",
	FieldSource:             "source",
	FieldCity:               "city",
	FieldCountry:            "country",
	FieldPostcode:           "postcode",
	FieldStreet:             "street",
	FieldState:              "state",
	FieldCreated:            "created",
	FieldUpdated:            "updated",
	FieldDeleted:            "deleted",
	FieldVersion:            "version",
	FieldMetadata:           "metadata",
	FieldNote:               "note",
	FieldAddressType:        "addressType",
	FieldDefault:            "default",
	FieldCustomer:           "customer",
	FieldSalutation:         "salutation",
	FieldGender:             "gender",
	FieldSalesTaxNumber:     "salesTaxNumber",
	FieldSocialSecurity:     "socialSecurityNumber",
	FieldLocality:           "locality",
	FieldSortingCode:        "sortingCode",
	FieldMobile:             "mobile",
	FieldPinned:             "pinned",
	FieldAuthor:             "createdBy",
	FieldEditor:             "editedBy",
	FieldEdited:             "edited",
	FieldSubscription:       "subscription",
	FieldPlan:               "plan",
	FieldCard:               "card",
	FieldCardExpires:        "cardExpires",
	FieldStatus:             "status",
	FieldFrequency:          "frequency",
	FieldNext:               "next",
	FieldStarted:            "started",
	FieldEnded:              "ended",
	FieldMethodType:         "type",
	FieldBrand:              "brand",
	FieldLastFour:           "last4",
	FieldExpires:            "expires",
	FieldActive:             "active",
	FieldScheme:             "scheme",
	FieldMandate:            "mandate",
	FieldExternalID:         "externalId",
	FieldOneClick:           "oneClick",
	FieldZone:               "timeZone",
	FieldEnding:             "ending",
	FieldAmount:             "amount",
	FieldDue:                "date",
}

// String returns the field's canonical name in queries.
func (f Field) String() string { return fieldNames[f] }

// A FieldType says which values a field is compared with, and how. Those up to
// TypeLanguage can be asked for a part (`:~`), those from TypeNumber on for more
// or less; any can be asked for a value or for none.
type FieldType int

const (
	TypeText     FieldType = iota + 1 // any text, compared folded
	TypeExact                         // an identifier, compared as its record has it
	TypePhone                         // text, or digits where the value is a number
	TypeProse                         // long text: `:` too looks for a part
	TypeLanguage                      // a BCP 47 tag
	TypeCountry                       // an alpha-2 code, given as code or name
	TypeCurrency                      // an ISO 4217 code
	TypeEnum                          // one of the field's Choices
	TypeFlag                          // true or false
	TypeNumber                        // a whole number
	TypeAmount                        // an amount of money, in each record's own currency
	TypeTime                          // an instant, or all of a day, month or year
	TypeDate                          // a day, or all of a month or year
)

// allows reports whether fields of the type can be compared so.
func (t FieldType) allows(op Op) bool {
	switch op {
	case OpEqual, OpEmpty:
		return true
	case OpContains:
		return t <= TypeLanguage
	}
	return t >= TypeNumber
}

// A FieldDef says how a kind of record knows a field.
type FieldDef struct {
	Field   Field
	Type    FieldType
	Aliases []string // other names; those that differ in case, _ and - go without saying
	Choices []string // of a TypeEnum, in lower case
}

// A Vocabulary lists the fields that searches for one kind of record know.
type Vocabulary []FieldDef

// CustomerFields is the vocabulary for customers. The five APIs' names and ours
// are names of one field; address fields are the billing address's.
var CustomerFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldUUID, Type: TypeExact},
	{Field: FieldLookupID, Type: TypeExact},
	{Field: FieldReference, Type: TypeExact, Aliases: []string{"customerId", "merchantCustomerId"}},
	{Field: FieldCustomID, Type: TypeText},
	{Field: FieldName, Type: TypeText},
	{Field: FieldFirstName, Type: TypeText, Aliases: []string{"givenName"}},
	{Field: FieldLastName, Type: TypeText, Aliases: []string{"familyName"}},
	{Field: FieldCompany, Type: TypeText, Aliases: []string{"organizationName", "organisationName"}},
	{Field: FieldOrganisationNumber, Type: TypeText, Aliases: []string{"organizationNumber"}},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"emailAddress"}},
	{Field: FieldPhone, Type: TypePhone, Aliases: []string{"telephone", "phoneNumber"}},
	{Field: FieldLanguage, Type: TypeLanguage},
	{Field: FieldCurrency, Type: TypeCurrency, Aliases: []string{"preferredCurrency"}},
	{Field: FieldDateOfBirth, Type: TypeDate, Aliases: []string{"dateOfBirth"}},
	{Field: FieldDescription, Type: TypeText},
	{Field: FieldSource, Type: TypeEnum, Choices: []string{
		string(FromPage), string(FromImport), string(FromDemo), string(FromWallee),
		string(FromMonri), string(FromPayfirma), string(FromAcquired), string(FromCDC),
	}},
	{Field: FieldCity, Type: TypeText},
	{Field: FieldCountry, Type: TypeCountry},
	{Field: FieldPostcode, Type: TypeText, Aliases: []string{"zip", "postalCode", "zipCode"}},
	{Field: FieldStreet, Type: TypeText, Aliases: []string{"address"}},
	{Field: FieldState, Type: TypeText, Aliases: []string{"postalState"}},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
	{Field: FieldUpdated, Type: TypeTime, Aliases: []string{"updatedOn", "updatedAt", "lastUpdated"}},
	{Field: FieldDeleted, Type: TypeTime, Aliases: []string{"deletedOn", "deletedAt"}},
	{Field: FieldVersion, Type: TypeNumber},
	{Field: FieldMetadata, Type: TypeText},
	{Field: FieldNote, Type: TypeProse, Aliases: []string{"notes"}},
	{Field: FieldSubscription, Type: TypeEnum, Aliases: []string{"subscriptions"}, Choices: stateNames()},
	{Field: FieldPlan, Type: TypeText},
	{Field: FieldCard, Type: TypeExact, Aliases: []string{"lastFour", "last4"}},
	{Field: FieldCardExpires, Type: TypeDate},
}

// Find returns the field of the given name, which may be an alias. Case, _ and
// - do not count.
func (v Vocabulary) Find(name string) (FieldDef, bool) {
	for _, def := range v {
		if sameName(name, def.Field.String()) || slices.ContainsFunc(def.Aliases, func(a string) bool { return sameName(name, a) }) {
			return def, true
		}
	}
	return FieldDef{}, false
}

// sameName compares names of fields without case, _ and -.
func sameName(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && (a[i] == '_' || a[i] == '-') {
			i++
		}
		for j < len(b) && (b[j] == '_' || b[j] == '-') {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if lower(a[i]) != lower(b[j]) {
			return false
		}
		i++
		j++
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// closest returns the canonical name of the field whose name or alias is most
// like the one typed, or "" where none is.
func (v Vocabulary) closest(typed string) string {
	var names []string
	for _, def := range v {
		names = append(append(names, def.Field.String()), def.Aliases...)
	}
	def, ok := v.Find(closest(typed, names))
	if !ok {
		return ""
	}
	return def.Field.String()
}

// closest returns the name most like the one typed, or "" where none is.
func closest(typed string, names []string) string {
	best, found := 2+min(len(typed)/4, 2), ""
	for _, name := range names {
		if d := distance(typed, name); d < best {
			best, found = d, name
		}
	}
	return found
}

// distance counts the letters to put in, leave out, replace or swap with their
// neighbour to make one name of the other. Long texts are just far.
func distance(a, b string) int {
	plain := strings.NewReplacer("_", "", "-", "")
	a, b = plain.Replace(strings.ToLower(a)), plain.Replace(strings.ToLower(b))
	const far = 40
	if len(a) > far || len(b) > far {
		return far
	}
	var d [far + 1][far + 1]int
	for i := range len(a) + 1 {
		for j := range len(b) + 1 {
			if i == 0 || j == 0 {
				d[i][j] = i + j
				continue
			}
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
