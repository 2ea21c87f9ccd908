package core

import (
	"slices"
	"strconv"
	"strings"
)

// An AddressType says what an address is for.
type AddressType string

const (
	Billing  AddressType = "billing"
	Shipping AddressType = "shipping"
	Both     AddressType = "both"
)

// serves reports whether an address of this type can be the one for role.
func (t AddressType) serves(role AddressType) bool { return t == role || t == Both }

// An Address is one of a customer's postal addresses, with wallee's list of
// postal fields. All fields are text; "" means absent.
type Address struct {
	ID      int64 // negative until stored
	Version int64
	Type    AddressType
	Default bool // the one of its type

	GivenName      string
	FamilyName     string
	Salutation     string
	Gender         string // MALE or FEMALE
	DateOfBirth    string // YYYY-MM-DD
	Organisation   string
	RegisterNumber string
	SalesTaxNumber string
	LegalForm      string
	SocialSecurity string
	Street         string // line 1
	Street2        string
	Postcode       string
	City           string
	Locality       string // part of a city
	State          string
	SortingCode    string
	Country        string // alpha-2: the truth
	CountryText    string // as given, where that was not the code
	Email          string
	Phone          string
	Mobile         string
}

type addressField struct {
	Name string
	Max  int
	At   func(*Address) *string
}

var addressFields = []addressField{
	{"salutation", 20, func(a *Address) *string { return &a.Salutation }},
	{"given_name", 100, func(a *Address) *string { return &a.GivenName }},
	{"family_name", 100, func(a *Address) *string { return &a.FamilyName }},
	{"organisation", 100, func(a *Address) *string { return &a.Organisation }},
	{"street", 300, func(a *Address) *string { return &a.Street }},
	{"street2", 300, func(a *Address) *string { return &a.Street2 }},
	{"postcode", 40, func(a *Address) *string { return &a.Postcode }},
	{"city", 100, func(a *Address) *string { return &a.City }},
	{"locality", 100, func(a *Address) *string { return &a.Locality }},
	{"state", 100, func(a *Address) *string { return &a.State }},
	{"sorting_code", 100, func(a *Address) *string { return &a.SortingCode }},
	{"country", 2, func(a *Address) *string { return &a.Country }},
	{"country_text", 100, func(a *Address) *string { return &a.CountryText }},
	{"email", 254, func(a *Address) *string { return &a.Email }},
	{"phone", 100, func(a *Address) *string { return &a.Phone }},
	{"mobile", 100, func(a *Address) *string { return &a.Mobile }},
	{"gender", 6, func(a *Address) *string { return &a.Gender }},
	{"date_of_birth", 10, func(a *Address) *string { return &a.DateOfBirth }},
	{"register_number", 100, func(a *Address) *string { return &a.RegisterNumber }},
	{"sales_tax_number", 100, func(a *Address) *string { return &a.SalesTaxNumber }},
	{"legal_form", 100, func(a *Address) *string { return &a.LegalForm }},
	{"social_security", 100, func(a *Address) *string { return &a.SocialSecurity }},
}

// AddressFields returns the names of an address's text fields in the order of
// the form.
func AddressFields() []string {
	names := make([]string, len(addressFields))
	for i, f := range addressFields {
		names[i] = f.Name
	}
	return names
}

// Text returns the address's field of the given name, "" if there is none.
func (a Address) Text(name string) string {
	for _, f := range addressFields {
		if f.Name == name {
			return *f.At(&a)
		}
	}
	return ""
}

// Empty reports whether nothing is said about where or to whom.
func (a Address) Empty() bool {
	for _, f := range addressFields {
		if *f.At(&a) != "" {
			return false
		}
	}
	return true
}

// set sets one field by name and reports whether there is such a field.
// Writing another country's code drops the text that was given with the old.
func (a *Address) set(name, v string) bool {
	switch name {
	case "type":
		a.Type = AddressType(v)
		return true
	case "default":
		a.Default = v == "true"
		return true
	case "country":
		if v == a.Country {
			return true
		}
		a.CountryText = ""
		a.Country = v
		if code, ok := CountryCode(v); ok {
			if len(v) != 2 {
				a.CountryText = v
			}
			a.Country = code
		}
		return true
	}
	for _, f := range addressFields {
		if f.Name == name {
			*f.At(a) = v
			return true
		}
	}
	return false
}

// fields adds what the address says to a customer's fields.
func (a Address) fields(to map[string]string) {
	at := "address." + strconv.FormatInt(a.ID, 10) + "."
	to[at+"type"] = string(a.Type)
	if a.Default {
		to[at+"default"] = "true"
	}
	for _, f := range addressFields {
		if v := *f.At(&a); v != "" {
			to[at+f.Name] = v
		}
	}
}

// Billing returns the customer's billing address: the default of that type,
// else the default for both.
func (c Customer) Billing() (Address, bool) { return c.defaultAddress(Billing) }

// Shipping returns the customer's shipping address likewise.
func (c Customer) Shipping() (Address, bool) { return c.defaultAddress(Shipping) }

// ShippingIsBilling reports whether one address serves for both.
func (c Customer) ShippingIsBilling() bool {
	b, ok := c.Billing()
	s, _ := c.Shipping()
	return ok && b.ID == s.ID
}

func (c Customer) defaultAddress(role AddressType) (Address, bool) {
	if i := c.defaultIndex(role); i >= 0 {
		return c.Addresses[i], true
	}
	return Address{}, false
}

func (c Customer) defaultIndex(role AddressType) int {
	for _, want := range []AddressType{role, Both} {
		i := slices.IndexFunc(c.Addresses, func(a Address) bool { return a.Default && a.Type == want })
		if i >= 0 {
			return i
		}
	}
	return -1
}

// setAddresses applies the changes that name addresses: by address first, then
// "shipping.same", then the defaults by role.
func (c *Customer) setAddresses(ch Changes, bad *Invalid) {
	gone, made := map[string]bool{}, map[string]int64{}
	billing, _ := c.Billing() // whom "billing." means, whatever else becomes the default
	shipping, _ := c.Shipping()
	for _, name := range ch.Names() { // "address.7" comes before "address.7.city"
		rest, ok := strings.CutPrefix(name, "address.")
		if !ok {
			continue
		}
		key, field, isField := strings.Cut(rest, ".")
		if !isField && ch[name] == "" {
			gone[key] = true
			c.Addresses = slices.DeleteFunc(c.Addresses, func(a Address) bool { return strconv.FormatInt(a.ID, 10) == key })
			continue
		}
		if !gone[key] && !c.addressFor(key, made).set(field, ch[name]) {
			bad.add(name, Unknown)
		}
	}
	switch ch["shipping.same"] {
	case "true":
		if i := c.defaultIndex(Billing); i >= 0 {
			c.Addresses[i].Type = Both
		}
		for i, a := range c.Addresses {
			if a.Type == Shipping {
				c.Addresses[i].Default = false
			}
		}
	case "false":
		if c.ShippingIsBilling() {
			c.Addresses[c.defaultIndex(Billing)].Type = Billing
		}
	}
	c.setRole(Billing, billing.ID, ch, bad)
	c.setRole(Shipping, shipping.ID, ch, bad)
}

// setRole applies the changes "billing.FIELD" or "shipping.FIELD" to the
// address that had the role before, if it can still have it.
func (c *Customer) setRole(role AddressType, had int64, ch Changes, bad *Invalid) {
	for _, name := range ch.Names() {
		field, ok := strings.CutPrefix(name, string(role)+".")
		if !ok || name == "shipping.same" {
			continue
		}
		i := slices.IndexFunc(c.Addresses, func(a Address) bool { return a.ID == had && a.Type.serves(role) })
		if i < 0 {
			i = c.defaultIndex(role)
		}
		if i < 0 {
			if ch[name] == "" {
				continue
			}
			made := Address{ID: c.newAddressID(), Type: role, Default: true}
			if role == Billing && ch["shipping.same"] == "true" {
				made.Type = Both
			}
			c.Addresses = append(c.Addresses, made)
			i = len(c.Addresses) - 1
		}
		if !c.Addresses[i].set(field, ch[name]) {
			bad.add(name, Unknown)
		}
	}
}

// addressFor returns the address with the given key, made if it is not there:
// undoing a removal brings an address back under its old ID. A key that is no
// number names a new address; made remembers which.
func (c *Customer) addressFor(key string, made map[string]int64) *Address {
	id, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		if made[key] == 0 {
			made[key] = c.newAddressID()
		}
		id = made[key]
	}
	for i := range c.Addresses {
		if c.Addresses[i].ID == id {
			return &c.Addresses[i]
		}
	}
	c.Addresses = append(c.Addresses, Address{ID: id, Type: Billing})
	return &c.Addresses[len(c.Addresses)-1]
}

// newAddressID gives an address that is not stored yet an ID below all others.
func (c *Customer) newAddressID() int64 {
	id := int64(-1)
	for _, a := range c.Addresses {
		id = min(id, a.ID-1)
	}
	return id
}

// settleAddresses drops addresses that say nothing, keeps to one default a
// type, of which the one just set wins, and makes the first of a type its
// default when there is none.
func (c *Customer) settleAddresses(old Customer) {
	c.Addresses = slices.DeleteFunc(c.Addresses, Address.Empty)
	was := map[int64]AddressType{}
	for _, a := range old.Addresses {
		if a.Default {
			was[a.ID] = a.Type
		}
	}
	for _, role := range []AddressType{Billing, Shipping, Both} {
		keep := -1
		for i, a := range c.Addresses {
			if a.Default && a.Type == role && (keep < 0 || was[a.ID] != role) {
				keep = i
			}
		}
		for i, a := range c.Addresses {
			if a.Type == role {
				c.Addresses[i].Default = i == keep
			}
		}
	}
	for _, role := range []AddressType{Billing, Shipping} {
		if c.defaultIndex(role) >= 0 {
			continue
		}
		if i := slices.IndexFunc(c.Addresses, func(a Address) bool { return a.Type.serves(role) }); i >= 0 {
			c.Addresses[i].Default = true
		}
	}
}

func addressKey(id int64) string {
	if id < 0 {
		return "address.new"
	}
	return "address." + strconv.FormatInt(id, 10)
}
