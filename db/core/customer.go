package core

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Source says what made a record.
type Source string

const (
	FromPage     Source = "page"
	FromImport   Source = "import"
	FromDemo     Source = "demo"
	FromWallee   Source = "wallee"
	FromMonri    Source = "monri"
	FromPayfirma Source = "payfirma"
	FromAcquired Source = "acquired"
	FromCDC      Source = "cdc"
)

// A Customer is a person or business that a merchant charges. All plain fields
// are text; "" means absent. [Customer.Fields] names them.
type Customer struct {
	ID         int64
	UUID       string
	LookupID   string // ten letters and digits
	Merchant   int64
	Source     Source
	Version    int64 // starts at 1, +1 with each change of the customer's own fields
	CreatedAt  time.Time
	UpdatedAt  time.Time
	DeletedAt  time.Time // zero while the customer is living
	ErasedAt   time.Time // zero while the customer's own data is there
	MergedInto int64     // whom the customer has become part of, at DeletedAt; 0 of all others

	Reference string // the merchant's own ID; unique among the living, compared exactly
	CustomID  string // a free description; not unique

	// Either Name or FirstName and LastName are given, never both: see
	// [Customer.FullName].
	Name      string
	FirstName string
	LastName  string

	Company            string
	OrganisationNumber string
	Email              string // never unique
	BCC                string // addresses that get copies of receipts, separated by ", "
	Phone              string // as given
	PhoneE164          string // derived from Phone where it can be, else ""
	Language           string // BCP 47
	Currency           string // ISO 4217
	DateOfBirth        string // YYYY-MM-DD
	IP                 string
	Description        string
	CustomData         string

	Metadata  []Meta    // by key
	Addresses []Address // by ID
}

// A Meta is one entry of a customer's metadata. Value is a JSON scalar as
// given: "gold" with its quotes, 12, true.
type Meta struct {
	Key   string
	Value string
}

// Living reports whether the customer has not been deleted.
func (c Customer) Living() bool { return c.DeletedAt.IsZero() }

// FullName returns the name as one text: Name, else first and last name, else
// the company.
func (c Customer) FullName() string {
	if c.Name != "" {
		return c.Name
	}
	if full := strings.TrimSpace(c.FirstName + " " + c.LastName); full != "" {
		return full
	}
	return c.Company
}

// Title returns what the customer is called on pages: the name, else the
// company, else the e-mail address, else the reference, else "No name".
func (c Customer) Title() string {
	return cmp.Or(c.FullName(), c.Email, c.Reference, "No name")
}

// SortName returns the folded text that lists sort by: last name before first
// name where they are known apart.
func (c Customer) SortName() string {
	if c.Name == "" && c.LastName != "" {
		return Fold(c.LastName + " " + c.FirstName)
	}
	return Fold(c.Title())
}

// A customerField is one plain field: its name everywhere (forms, events,
// imports, changes), its longest value, and where it stands in the record.
type customerField struct {
	Name string
	Max  int
	At   func(*Customer) *string
}

// maxLanguage is how long the tag of a language may be, in characters.
const maxLanguage = 35

// The limits are the longest of the five documents'; an API's own shorter
// limit binds only what changes through it.
var customerFields = []customerField{
	{"reference", 100, func(c *Customer) *string { return &c.Reference }},
	{"custom_id", 100, func(c *Customer) *string { return &c.CustomID }},
	{"name", 200, func(c *Customer) *string { return &c.Name }},
	{"first_name", 100, func(c *Customer) *string { return &c.FirstName }},
	{"last_name", 100, func(c *Customer) *string { return &c.LastName }},
	{"company", 200, func(c *Customer) *string { return &c.Company }},
	{"organisation_number", 100, func(c *Customer) *string { return &c.OrganisationNumber }},
	{"email", 254, func(c *Customer) *string { return &c.Email }},
	{"bcc", 1300, func(c *Customer) *string { return &c.BCC }},
	{"phone", 100, func(c *Customer) *string { return &c.Phone }},
	{"language", maxLanguage, func(c *Customer) *string { return &c.Language }},
	{"currency", 3, func(c *Customer) *string { return &c.Currency }},
	{"date_of_birth", 10, func(c *Customer) *string { return &c.DateOfBirth }},
	{"ip", 45, func(c *Customer) *string { return &c.IP }},
	{"description", 200, func(c *Customer) *string { return &c.Description }},
	{"custom_data", 8192, func(c *Customer) *string { return &c.CustomData }},
}

// PlainFields returns the names of a customer's plain fields in the order of
// the form.
func PlainFields() []string {
	names := make([]string, len(customerFields))
	for i, f := range customerFields {
		names[i] = f.Name
	}
	return names
}

// Fields returns all that can be said of the customer as name and text, absent
// fields left out: plain fields by their names ("email"), metadata as
// "metadata.KEY" with the JSON scalar, and addresses as "address.ID.FIELD".
// It is the one form in which a customer is compared, recorded in events,
// undone, imported and merged.
func (c Customer) Fields() map[string]string {
	fields := make(map[string]string, 16)
	for _, f := range customerFields {
		if v := *f.At(&c); v != "" {
			fields[f.Name] = v
		}
	}
	for _, m := range c.Metadata {
		fields["metadata."+m.Key] = m.Value
	}
	for _, a := range c.Addresses {
		a.fields(fields)
	}
	return fields
}

// Diff returns the fields in which before and after differ, with the text of
// each side; an absent field is "".
func Diff(before, after Customer) (from, to Changes) {
	a, b := before.Fields(), after.Fields()
	from, to = Changes{}, Changes{}
	for name, v := range a {
		if b[name] != v {
			from[name], to[name] = v, b[name]
		}
	}
	for name, v := range b {
		if _, ok := a[name]; !ok {
			from[name], to[name] = "", v
		}
	}
	return from, to
}

// Changes is a partial change of a customer: the name of a field, as in
// [Customer.Fields], and its new text; "" clears. What is not named stays. Four more kinds of name are understood:
//
//   - "billing.FIELD" and "shipping.FIELD": of the default address of that
//     type, which is made when there is none
//   - "shipping.same": "true" makes the billing address serve for both
//   - "address.ID": "" removes the address
//   - "metadata": "" removes all of it
//
// A page, an API, an import, an undo and a bulk act all say what they want in
// this form.
type Changes map[string]string

// Names returns the names of the changed fields, sorted.
func (ch Changes) Names() []string { return slices.Sorted(maps.Keys(ch)) }

// With returns the customer as changed, and what is wrong with it. Only what
// changes is held to the rules, so that a record that was fine when it was
// made is not refused over a field nobody touched.
func (c Customer) With(ch Changes) (Customer, Invalid) {
	old := c
	c.Metadata = slices.Clone(c.Metadata)
	c.Addresses = slices.Clone(c.Addresses)
	var bad Invalid
	c.setPlain(ch, &bad)
	c.setMetadata(ch, &bad)
	c.setAddresses(ch, &bad)
	c.settleNames(old, &bad)
	c.settleAddresses(old)
	if c.Phone != old.Phone || c.country() != old.country() {
		c.PhoneE164 = E164(c.Phone, c.country())
	}
	c.check(old, &bad)
	return c, bad.inOrder()
}

// country is the country that phones are read in.
func (c Customer) country() string {
	if a, ok := c.Billing(); ok {
		return a.Country
	}
	return ""
}

func (c *Customer) setPlain(ch Changes, bad *Invalid) {
	for _, f := range customerFields {
		if v, ok := ch[f.Name]; ok {
			*f.At(c) = v
		}
	}
	for name := range ch {
		if !strings.Contains(name, ".") && name != "metadata" && !slices.ContainsFunc(customerFields, func(f customerField) bool { return f.Name == name }) {
			bad.add(name, Unknown)
		}
	}
}

// settleNames keeps to one authoritative form of the name: writing a Name
// clears first and last, writing either of them clears Name, and writing the
// name that would be read anyway changes nothing.
func (c *Customer) settleNames(old Customer, bad *Invalid) {
	named := c.Name != old.Name && c.Name != ""
	parted := (c.FirstName != old.FirstName && c.FirstName != "") || (c.LastName != old.LastName && c.LastName != "")
	switch {
	case named && c.Name == strings.TrimSpace(c.FirstName+" "+c.LastName):
		c.Name = "" // said in both forms
	case named && parted:
		*bad = append(*bad, Fault{Field: "name", Rule: Either, Other: "first_name"})
	case named && old.Name == "" && c.Name == old.FullName() && c.FirstName == old.FirstName && c.LastName == old.LastName:
		c.Name = ""
	case named:
		c.FirstName, c.LastName = "", ""
	case parted:
		c.Name = ""
	}
}

// MaxReason is how many characters say at the most why a customer is deleted.
const MaxReason = 1000

// CheckReason returns what is wrong with the reason for deleting a customer,
// which may be "".
func CheckReason(reason string) Invalid {
	var bad Invalid
	bad.text("reason", reason, MaxReason)
	return bad
}
