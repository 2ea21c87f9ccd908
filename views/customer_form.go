package views

import (
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
// "metadata_value" once a row; "version"; and after a warning the checkbox
// "allow_duplicate". A field that was shown is always posted: what is missing
// was not on the form and stays as it is.
type CustomerFormView struct {
	Chrome  Chrome
	ID      int64  // 0 for a new customer
	Title   string // what the customer is called; "" for a new one
	Version int64
	Cancel  string // where Cancel leads

	Values       map[string]string // by the names above: as typed, else as stored
	ShippingSame bool
	Addresses    []AddressRow // further ones, neither the billing nor the shipping address
	Metadata     []MetadataRow

	Faults         core.Invalid
	PhoneOdd       bool // the number is kept but not understood
	Duplicates     []Duplicate
	AllowDuplicate bool // asked to save all the same
	Conflict       *Conflict
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
