package core

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A Column is a column of a file to import, or a key of its objects, and the
// field that it goes to.
type Column struct {
	Name  string // as in the file, without spaces around it
	Field string // a name of [Changes]; "" drops the column
	Ours  bool   // dropped because Kontor itself gives that: id, created …
}

// A Mapping says which column of a file goes to which field.
type Mapping struct {
	Columns []Column
	// JSON says that cells are JSON scalars and not text: see [Mapping.Row].
	JSON bool
}

// Maps reports whether a column goes to the field.
func (m Mapping) Maps(field string) bool {
	return slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Field == field })
}

// MapsAny reports whether any column goes to a field.
func (m Mapping) MapsAny() bool {
	return slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Field != "" })
}

// A ColumnFault says what is wrong with the mapping of one column.
type ColumnFault struct {
	Rule   Rule   // Taken: Other goes to Field too; Unknown: no such Column, or no such Field if that is set
	Column string // as given
	Other  string
	Field  string
}

// BadMapping is the error for columns that cannot be mapped as asked. It holds
// all that is wrong at once.
type BadMapping []ColumnFault

// Error implements error, in words for whoever gave the file.
func (b BadMapping) Error() string {
	parts := make([]string, len(b))
	for i, f := range b {
		switch {
		case f.Rule == Taken:
			parts[i] = fmt.Sprintf("the columns %q and %q both go to %s", f.Column, f.Other, f.Field)
		case f.Field != "":
			parts[i] = fmt.Sprintf("there is no field %q for the column %q to go to", f.Field, f.Column)
		default:
			parts[i] = fmt.Sprintf("there is no column %q", f.Column)
		}
	}
	return strings.Join(parts, "; ")
}

// MapColumns maps the columns of a header by their names, unless said says
// otherwise: it gives a column's field by the column's name, "" to drop it.
//
// Names are understood in any case, with or without spaces, dots, dashes and
// underscores: Kontor's own, the five APIs' and the usual ones. A postal field
// that says nothing of billing or shipping is the billing address's. Where a
// file has the e-mail address, phone, names or company only among the billing
// fields, as shops write them, they are the customer's own.
//
// It fails with [BadMapping], of which one column too many for a field is one
// reason.
func MapColumns(header []string, said map[string]string) (Mapping, error) {
	m := Mapping{Columns: make([]Column, len(header))}
	var bad BadMapping
	for i, name := range header {
		m.Columns[i] = column(strings.TrimSpace(name))
	}
	fixed := make([]bool, len(header))
	for _, name := range slices.Sorted(maps.Keys(said)) {
		i := m.find(name)
		if i < 0 {
			bad = append(bad, ColumnFault{Rule: Unknown, Column: name})
			continue
		}
		field, ok := fieldOf(said[name])
		if !ok && strings.TrimSpace(said[name]) != "" {
			bad = append(bad, ColumnFault{Rule: Unknown, Column: m.Columns[i].Name, Field: said[name]})
		}
		m.Columns[i].Field, m.Columns[i].Ours, fixed[i] = field, false, true
	}
	m.lift(fixed)
	bad = append(bad, m.doubled()...)
	if len(bad) > 0 {
		return Mapping{}, bad
	}
	return m, nil
}

// MapFields maps the columns of a header to the fields in the same order; ""
// drops a column. A field can be called by any name that [MapColumns] knows.
// What is wrong is in the error, [BadMapping], and the mapping is there all the
// same, to be shown.
func MapFields(header, fields []string) (Mapping, error) {
	m := Mapping{Columns: make([]Column, len(header))}
	var bad BadMapping
	for i, name := range header {
		c := column(strings.TrimSpace(name))
		text := ""
		if i < len(fields) {
			text = strings.TrimSpace(fields[i])
		}
		field, ok := fieldOf(text)
		if text != "" {
			c.Ours = false
		}
		if c.Field = field; !ok && text != "" {
			bad = append(bad, ColumnFault{Rule: Unknown, Column: c.Name, Field: text})
		} else if c.Field == "" && text == "" {
			c.Ours = ours[plainName(c.Name)]
		}
		m.Columns[i] = c
	}
	bad = append(bad, m.doubled()...)
	if len(bad) > 0 {
		return m, bad
	}
	return m, nil
}

// doubled are the columns that go to a field to which another goes, too.
func (m Mapping) doubled() BadMapping {
	var bad BadMapping
	for i, c := range m.Columns {
		first := slices.IndexFunc(m.Columns, func(o Column) bool { return o.Field == c.Field })
		if c.Field != "" && first < i {
			bad = append(bad, ColumnFault{Rule: Taken, Column: m.Columns[first].Name, Other: c.Name, Field: c.Field})
		}
	}
	return bad
}

// GuessFields is where the columns of a header go by their names, as
// [MapColumns] has it, also where that is a fault.
func GuessFields(header []string) []string {
	m := Mapping{Columns: make([]Column, len(header))}
	for i, name := range header {
		m.Columns[i] = column(strings.TrimSpace(name))
	}
	m.lift(make([]bool, len(header)))
	fields := make([]string, len(header))
	for i, c := range m.Columns {
		fields[i] = c.Field
	}
	return fields
}

// MappedFields are the fields that columns can go to, by their own names, in
// the order of the form. Besides these there is "metadata." and any key.
func MappedFields() []string {
	names := PlainFields()
	for _, role := range []AddressType{Billing, Shipping} {
		for _, f := range addressFields {
			names = append(names, string(role)+"."+f.Name)
		}
	}
	return append(names, "shipping.same", "addresses", "metadata_json")
}

// find returns the index of the column of that name, exactly or as names are
// understood, or -1.
func (m Mapping) find(name string) int {
	name = strings.TrimSpace(name)
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Name == name })
	if plain := plainName(name); i < 0 && plain != "" {
		i = slices.IndexFunc(m.Columns, func(c Column) bool { return plainName(c.Name) == plain })
	}
	return i
}

func column(name string) Column {
	field, ok := fieldOf(name)
	return Column{Name: name, Field: field, Ours: !ok && ours[plainName(name)]}
}

// fieldOf returns the field that a name stands for.
func fieldOf(name string) (field string, ok bool) {
	name = strings.TrimSpace(name)
	if own(name) {
		return name, true
	}
	if i := strings.IndexAny(name, ". "); i > 0 && plainName(name[:i]) == "metadata" {
		if key := strings.TrimSpace(name[i+1:]); key != "" {
			return "metadata." + key, true
		}
	}
	plain := plainName(name)
	if field, ok := plainAliases[plain]; ok {
		return field, true
	}
	for _, p := range rolePrefixes {
		if rest, ok := strings.CutPrefix(plain, p.prefix); ok && rest != "" {
			if field, ok := postalField(rest); ok {
				return p.role + field, true
			}
		}
	}
	if field, ok := postalField(plain); ok {
		return "billing." + field, true
	}
	return "", false
}

// own reports whether name is a field's own name.
func own(name string) bool {
	if name == "shipping.same" || name == "addresses" || name == "metadata_json" || slices.ContainsFunc(customerFields, func(f customerField) bool { return f.Name == name }) {
		return true
	}
	role, field, ok := strings.Cut(name, ".")
	return ok && (role == "billing" || role == "shipping") &&
		slices.ContainsFunc(addressFields, func(f addressField) bool { return f.Name == field })
}

// postalField finds a postal field, also as "address" and its name.
func postalField(plain string) (string, bool) {
	if field, ok := postalAliases[plain]; ok {
		return field, true
	}
	rest, _ := strings.CutPrefix(plain, "address")
	field, ok := postalAliases[rest]
	return field, ok
}

// lift gives the customer what a file has only of the billing address, but for
// columns whose field is fixed.
func (m *Mapping) lift(fixed []bool) {
	// Acquired's own nesting, where the customer's e-mail is billing.email.
	nested := slices.ContainsFunc(m.Columns, func(c Column) bool { return strings.HasPrefix(c.Name, "billing.address.") })
	whole := m.Maps("name")
	for _, l := range lifted {
		i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Field == l.from })
		if i < 0 || fixed[i] || m.Maps(l.to) || (own(m.Columns[i].Name) && !nested) || (whole && l.name) {
			continue
		}
		m.Columns[i].Field = l.to
	}
}

// lifted are the billing address's fields that may be the customer's own. The
// phone comes before the mobile phone: a file with both keeps both. Parts of a
// name are not lifted where the file has it whole.
var lifted = []struct {
	from, to string
	name     bool
}{
	{"billing.email", "email", false},
	{"billing.phone", "phone", false},
	{"billing.mobile", "phone", false},
	{"billing.given_name", "first_name", true},
	{"billing.family_name", "last_name", true},
	{"billing.organisation", "company", false},
}

// plainName is a name as it is compared: letters and digits, folded.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Fold(name))
}

var rolePrefixes = []struct{ prefix, role string }{
	{"billing", "billing."},
	{"billto", "billing."},
	{"invoice", "billing."},
	{"shipping", "shipping."},
	{"shipto", "shipping."},
	{"delivery", "shipping."},
}

// ours are names of what Kontor itself gives a customer, and of what a file of
// refused rows says of them.
var ours = map[string]bool{
	"id": true, "uuid": true, "lookupid": true, "phonee164": true, "version": true, "source": true, "merchant": true, "linkedspaceid": true,
	"created": true, "createdat": true, "createdon": true, "updated": true, "updatedat": true, "updatedon": true,
	"lastupdated": true, "deleted": true, "deletedat": true, "deletedon": true, "line": true, "reason": true,
}

var plainAliases = aliases(`
	reference: customerid merchantcustomerid customerreference customerref customernumber customerno externalid
	custom_id:
	name: fullname customername displayname contactname
	first_name: givenname forename first
	last_name: familyname surname last
	company: companyname organisation organization organisationname organizationname business businessname
	organisation_number: organizationnumber companynumber
	email: mail emailaddress emailid customeremail customeremailaddress useremail
	bcc: bccemail bccemails
	phone: telephone phonenumber telephonenumber tel
	language: lang locale preferredlanguage
	currency: currencycode preferredcurrency
	date_of_birth: dob birthdate birthday
	ip: ipaddress
	description:
	custom_data:
	shipping.same: shippingaddressmatch
`)

var postalAliases = aliases(`
	salutation:
	given_name: firstname
	family_name: lastname surname
	organisation: organization organisationname organizationname company companyname
	street: address addressline address1 line1 street1 streetaddress
	street2: address2 line2 streetline2 streetaddress2
	postcode: postalcode zip zipcode postal zippostalcode zippostcode
	city: town citytown towncity
	locality: dependentlocality suburb district
	state: province region county postalstate stateprovince provincestate statecode provincecode
	sorting_code:
	country: countrycode countryname countryregion
	country_text:
	email: emailaddress
	phone: telephone phonenumber
	mobile: mobilephone mobilenumber mobilephonenumber cell cellphone
	gender: sex
	date_of_birth: dob
	register_number: commercialregisternumber
	sales_tax_number: vat vatid vatnumber taxid taxnumber
	legal_form: legalorganizationform legalorganisationform
	social_security: socialsecuritynumber ssn
`)

// aliases reads lines of a field and its other plain names.
func aliases(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		field, names, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		for _, name := range append(strings.Fields(names), plainName(field)) {
			all[name] = field
		}
	}
	return all
}
