package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// CustomerFormView is the form for a new customer and for changing one. The
// part [CustomerForm], id "customer-form", is what a refused save swaps.
//
// The form posts the plain fields by their names in [core.PlainFields];
// "billing.FIELD" and "shipping.FIELD" with the names of [core.AddressFields];
// the checkbox "shipping_same" ("true" or absent; always with a hidden
// "shipping_same_shown"); "address.KEY.FIELD" for further addresses, with
// "address.KEY.type", the checkboxes "address.KEY.default" and
// "address.KEY.remove", where KEY is an ID or "new"; "metadata_key" and
// "metadata_value" once a row, and "metadata_shown" with the key of each entry that
// is stored; and "version". A field that was shown is always
// posted: what is missing was not on the form and stays as it is.
type CustomerFormView struct {
	Chrome  Chrome
	ID      int64  // 0 for a new customer
	Title   string // what the customer is called; "" for a new one
	Version int64
	Cancel  string // where Cancel leads

	Values        map[string]string // by the names above: as typed, else as stored
	ShippingSame  bool
	Addresses     []AddressRow // further ones, neither the billing nor the shipping address
	Metadata      []MetadataRow
	MetadataShown []string // the keys of what is stored: an entry without a row goes

	Faults     core.Invalid
	PhoneOdd   bool // the number is kept but not understood
	Duplicates []Duplicate
	Conflict   *Conflict
}

// An AddressRow is a further address on the form. Its fields are in Values as
// "address.KEY.FIELD".
type AddressRow struct {
	Key    string // the ID
	Remove bool   // to be removed by this save
}

// A MetadataRow is a key and its value as text. An empty value removes the key.
type MetadataRow struct{ Key, Value string }

// A Conflict is what somebody else saved since the form was opened. Fields only
// they changed are already in Values; the form's version is the new one.
type Conflict struct {
	Who    string
	At     time.Time
	Both   []ConflictField // changed by both, otherwise
	Merged []ConflictField // changed by them only; Yours is ""
	Gone   bool            // deleted meanwhile: it must be restored first
}

// A ConflictField is a field in three states. The form posts "take.NAME" as
// "yours" or "theirs".
type ConflictField struct {
	Name     string // as in [core.Customer.Fields]
	Original string
	Yours    string
	Theirs   string
	Take     string // the choice made before, if any; "yours" when ""
}

// likeFields are the inputs of the form that tell who a customer is like.
const likeFields = `#customer-form [name="email"], #customer-form [name="phone"], #customer-form [name="name"], ` +
	`#customer-form [name="first_name"], #customer-form [name="last_name"], #customer-form [name="company"], ` +
	`#customer-form [name="billing.postcode"]`

// The plain fields in groups, together in the order of [core.PlainFields].
var (
	whoFields     = []string{"reference", "custom_id", "name", "first_name", "last_name", "company", "organisation_number"}
	contactFields = []string{"email", "bcc", "phone", "language", "currency"}
	moreFields    = []string{"date_of_birth", "ip", "description", "custom_data"}
)

// The fields of an address: where it is, and the rest of wallee's list.
var (
	addressMain = []string{"street", "street2", "postcode", "city", "state", "country"}
	addressMore = []string{
		"salutation", "given_name", "family_name", "organisation", "locality", "sorting_code",
		"email", "phone", "mobile", "gender", "date_of_birth",
		"register_number", "sales_tax_number", "legal_form", "social_security",
	}
)

var addressAll = slices.Concat(addressMain, addressMore)

var (
	genderChoices = []Pair{{"", ""}, {"FEMALE", "Female"}, {"MALE", "Male"}}
	typeChoices   = []Pair{{"billing", "Billing"}, {"shipping", "Shipping"}, {"both", "Billing and shipping"}}
)

// hints say how a field is meant, where its label does not.
var hints = map[string]string{
	"reference":     "Your own ID for this customer. No two customers have the same.",
	"custom_id":     "A description of your own; it need not be unique.",
	"name":          "The whole name, or first and last name below.",
	"bcc":           "Up to five addresses, with commas between them.",
	"language":      "A code such as en-GB.",
	"currency":      "A code such as EUR.",
	"date_of_birth": "Year-month-day.",
}

var inputTypes = map[string]string{
	"email": "email", "phone": "tel", "mobile": "tel", "date_of_birth": "date", "custom_data": "textarea",
}

var inputLists = map[string]string{"language": "languages", "currency": "currencies"}

func customerFormTitle(v CustomerFormView) string {
	title := "New customer"
	if v.ID != 0 {
		title = "Edit " + v.Title
	}
	if v.Conflict != nil {
		return "Changed meanwhile: " + title
	}
	return faulty(title, v.refused())
}

func (v CustomerFormView) action() string {
	if v.ID == 0 {
		return NewCustomerURL(v.Chrome.Merchant.ID)
	}
	return EditCustomerURL(v.Chrome.Merchant.ID, v.ID)
}

// refused reports whether the form holds what was typed and not saved.
func (v CustomerFormView) refused() bool {
	return len(v.Faults) > 0 || v.Conflict != nil
}

// problems are the lines of the summary, in the order of the form.
func (v CustomerFormView) problems() []line {
	faults := slices.Clone(v.Faults)
	slices.SortStableFunc(faults, func(a, b core.Fault) int { return formOrder(a.Field) - formOrder(b.Field) })
	var all []line
	for _, f := range faults {
		all = append(all, line{v.fieldID(f.Field), customerComplaint(f)})
	}
	return all
}

// fault is the complaint about one field, or "".
func (v CustomerFormView) fault(name string) string {
	f, ok := v.Faults.Field(name)
	if !ok {
		return ""
	}
	return customerComplaint(f)
}

// fieldID is the element that a fault leads to.
func (v CustomerFormView) fieldID(name string) string {
	key, ok := strings.CutPrefix(name, "metadata.")
	if !ok {
		return name
	}
	for i, row := range v.Metadata {
		if row.Key == key {
			return metadataID(i)
		}
	}
	return "metadata"
}

// plain is a plain field as the form draws it.
func (v CustomerFormView) plain(name string) field {
	f := field{
		Name: name, Type: inputTypes[name], Value: v.Values[name], Hint: hints[name],
		Fault: v.fault(name), List: inputLists[name],
	}
	f.Wide = name == "name" || f.Type == "textarea" || name == "description" || name == "email"
	f.Focus = name == "name" && v.ID == 0 && !v.refused()
	return f
}

// address is a field of an address as the form draws it; prefix says of which.
func (v CustomerFormView) address(prefix, name string) field {
	return field{
		Name: prefix + name, Label: label(name), Type: inputTypes[name], Value: v.Values[prefix+name],
		Fault: v.fault(prefix + name), Wide: name == "street" || name == "street2",
	}
}

// says reports whether any of an address's fields holds something or is wrong.
func (v CustomerFormView) says(prefix string, names []string) bool {
	for _, name := range names {
		if v.Values[prefix+name] != "" || v.fault(prefix+name) != "" {
			return true
		}
	}
	return false
}

// blankRows are the empty rows for metadata that a form has.
const blankRows = 3

func (v CustomerFormView) metadataRows() []MetadataRow {
	rows := slices.Clone(v.Metadata)
	for range blankRows {
		rows = append(rows, MetadataRow{})
	}
	return rows
}

func metadataID(i int) string { return "metadata-" + strconv.Itoa(i) }

// metadataFault is what is wrong with a row. Rows that say nothing are fine.
func (v CustomerFormView) metadataFault(row MetadataRow) string {
	if row.Key == "" && row.Value == "" {
		return ""
	}
	return v.fault("metadata." + row.Key)
}

func (v CustomerFormView) conflictTime() string {
	return ago(v.Conflict.At, v.Chrome.Now, v.Chrome.location())
}
