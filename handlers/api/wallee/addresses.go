package wallee

import (
	"net/http"
	"slices"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// addressTypes are the document's words for what an address is for.
var addressTypes = []string{"BILLING", "SHIPPING", "BOTH"}

// postalNames are the document's names of an address's fields, in its order.
// The street is apart: it is one text there.
var postalNames = []struct{ field, name string }{
	{"given_name", "givenName"},
	{"family_name", "familyName"},
	{"salutation", "salutation"},
	{"gender", "gender"},
	{"date_of_birth", "dateOfBirth"},
	{"organisation", "organizationName"},
	{"register_number", "commercialRegisterNumber"},
	{"sales_tax_number", "salesTaxNumber"},
	{"legal_form", "legalOrganizationForm"},
	{"social_security", "socialSecurityNumber"},
	{"street", "street"},
	{"postcode", "postcode"},
	{"city", "city"},
	{"locality", "dependentLocality"},
	{"state", "postalState"},
	{"sorting_code", "sortingCode"},
	{"country", "country"},
	{"email", "emailAddress"},
	{"phone", "phoneNumber"},
	{"mobile", "mobilePhoneNumber"},
}

func addressName(field string) string {
	switch field {
	case "type":
		return "addressType"
	case "default":
		return "defaultAddress"
	case "street2":
		return "address.street"
	}
	for _, f := range postalNames {
		if f.field == field {
			return "address." + f.name
		}
	}
	return field
}

func writeAddress(o *object, c core.Customer, a core.Address, e expansion) {
	o.number("id", a.ID)
	o.number("linkedSpaceId", c.Merchant)
	o.number("version", a.Version)
	o.time("createdOn", core.IDTime(a.ID))
	o.text("addressType", strings.ToUpper(string(a.Type)))
	o.flag("defaultAddress", a.Default)
	if e.has("customer") {
		o.object("customer", func(o *object) { writeCustomer(o, c, e["customer"]) })
	} else {
		o.link("customer", c.ID)
	}
	o.object("address", func(o *object) { writePostal(o, a) })
}

// writePostal writes the postal fields. The legal form is an entry of a
// catalogue in the document, which Kontor does not keep: it is null, and the
// text stays for those who know it as text.
func writePostal(o *object, a core.Address) {
	for _, f := range postalNames {
		switch f.field {
		case "street":
			o.text(f.name, street(a))
		case "legal_form":
			o.null(f.name)
		default:
			o.text(f.name, a.Text(f.field))
		}
	}
}

// street is the document's one text for the lines of a street.
func street(a core.Address) string {
	if a.Street2 == "" {
		return a.Street
	}
	return a.Street + "\n" + a.Street2
}

// readAddressInput reads what is said of an address; old is the address it is
// of. The same street as is shown changes nothing; another's first line is line
// 1 and the rest is line 2.
func readAddressInput(in *input, old core.Address) core.Changes {
	ch := core.Changes{}
	if v, ok := in.code("addressType", addressTypes...); ok {
		ch["type"] = strings.ToLower(v)
		if v == "" {
			delete(ch, "type")
		}
	}
	m := in.At("address")
	switch m.Kind {
	case api.Missing, api.Null:
		return ch
	case api.Object:
	default:
		in.bad.add("address", "must be an object")
		return ch
	}
	postal := &input{m, faults{}}
	for _, f := range postalNames {
		switch f.field {
		case "gender":
			if v, ok := postal.code(f.name, "MALE", "FEMALE"); ok {
				ch[f.field] = v
			}
		case "legal_form": // see writePostal
		default:
			if v, ok := postal.text(f.name); ok {
				ch[f.field] = v
			}
		}
	}
	if v, ok := ch["street"]; ok {
		delete(ch, "street")
		if v = strings.ReplaceAll(v, "\r\n", "\n"); v != street(old) {
			ch["street"], ch["street2"], _ = strings.Cut(v, "\n")
		}
	}
	if v, ok := ch["country"]; ok {
		ch["country"] = strings.ToUpper(strings.TrimSpace(v))
	}
	for _, name := range postal.bad.names() {
		in.bad.add("address."+name, postal.bad[name])
	}
	return ch
}

// AddressText returns what searches ask an address for.
func addressText(c core.Customer, a core.Address) core.Text {
	return func(f core.Field, _ string) string {
		switch f {
		case core.FieldID:
			return itoa(a.ID)
		case core.FieldVersion:
			return itoa(a.Version)
		case core.FieldCreated:
			return core.IDTime(a.ID).Format(timeLayout)
		case core.FieldAddressType:
			return string(a.Type)
		case core.FieldDefault:
			return boolText(a.Default)
		case core.FieldCustomer:
			return itoa(c.ID)
		case core.FieldStreet:
			return street(a)
		}
		return a.Text(addressFields[f])
	}
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// addressFields are the names of an address's texts by the fields of queries.
var addressFields = map[core.Field]string{
	core.FieldFirstName: "given_name", core.FieldLastName: "family_name", core.FieldSalutation: "salutation",
	core.FieldGender: "gender", core.FieldDateOfBirth: "date_of_birth", core.FieldCompany: "organisation",
	core.FieldOrganisationNumber: "register_number", core.FieldSalesTaxNumber: "sales_tax_number",
	core.FieldSocialSecurity: "social_security", core.FieldPostcode: "postcode", core.FieldCity: "city",
	core.FieldLocality: "locality", core.FieldState: "state", core.FieldSortingCode: "sorting_code",
	core.FieldCountry: "country", core.FieldEmail: "email", core.FieldPhone: "phone", core.FieldMobile: "mobile",
}

// addressOf reads the customer of the path and finds the address there.
func (h handlers) addressOf(r *http.Request, by core.Actor, with core.Parts) (c core.Customer, a core.Address, err error) {
	customer, err := pathID(r, "customer")
	if err != nil {
		return c, a, err
	}
	id, err := pathID(r, "address")
	if err != nil {
		return c, a, err
	}
	if c, err = h.store.CustomerWith(r.Context(), by, customer, core.WithAddresses|with); err != nil {
		return c, a, err
	}
	i := slices.IndexFunc(c.Addresses, func(a core.Address) bool { return a.ID == id })
	if i < 0 {
		return c, a, core.ErrNotFound
	}
	return c, c.Addresses[i], nil
}

// answerAddresses serves GET /customers/{customer}/addresses, and the search of them.
func (h handlers) answerAddresses(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, core.WithAddresses|customerParts(l.expand["customer"]))
	if err != nil {
		return err
	}
	page, more := pick(c.Addresses, l, core.AddressVocabulary,
		func(a core.Address) int64 { return a.ID },
		func(a core.Address) core.Text { return addressText(c, a) })
	return answerList(w, l, page, more, func(o *object, a core.Address) { writeAddress(o, c, a, l.expand) })
}

// createAddress serves POST /customers/{customer}/addresses.
func (h handlers) createAddress(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	e, err := readExpansion(r, addressTree)
	if err != nil {
		return err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, customerParts(e["customer"]))
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	ch := readAddressInput(in, core.Address{})
	in.ofCustomer(id)
	if err := wrongAddress(in, core.Address{}, ch); err != nil {
		return err
	}
	a, err := h.store.AddAddress(r.Context(), by, id, ch)
	if err != nil {
		return named(err, addressName)
	}
	if e.has("customer") { // its version has gone up
		if c, err = h.store.CustomerWith(r.Context(), by, id, customerParts(e["customer"])); err != nil {
			return err
		}
	}
	return answer(w, http.StatusCreated, func(o *object) { writeAddress(o, c, a, e) })
}

// ofCustomer holds a body that says whose the new object is to the path.
func (in *input) ofCustomer(id int64) {
	if said, ok := in.id("customer"); ok && said != id {
		in.bad.add("customer", "is not the customer in the path")
	}
}

// wrongAddress returns all that is wrong with a change of an address: what reading
// it found and, where that is something, what the core does.
func wrongAddress(in *input, old core.Address, ch core.Changes) error {
	if len(in.bad) == 0 {
		return nil
	}
	c, all := core.Customer{Addresses: []core.Address{old}}, core.Changes{}
	for name, v := range ch {
		all["address."+itoa(old.ID)+"."+name] = v
	}
	_, bad := c.With(all)
	for _, f := range bad {
		if field, ok := strings.CutPrefix(f.Field, "address."+itoa(old.ID)+"."); ok {
			in.bad.add(addressName(field), api.Words(f))
		}
	}
	return in.err()
}

// readAddress serves GET /customers/{customer}/addresses/{address}.
func (h handlers) readAddress(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, addressTree)
	if err != nil {
		return err
	}
	c, a, err := h.addressOf(r, by, customerParts(e["customer"]))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeAddress(o, c, a, e) })
}

// updateAddress serves PATCH /customers/{customer}/addresses/{address}.
func (h handlers) updateAddress(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, addressTree)
	if err != nil {
		return err
	}
	c, old, err := h.addressOf(r, by, customerParts(e["customer"]))
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	version, err := in.version()
	if err != nil {
		return err
	}
	if version != old.Version {
		return core.ErrConflict
	}
	ch := readAddressInput(in, old)
	if err := wrongAddress(in, old, ch); err != nil {
		return err
	}
	a, err := h.store.UpdateAddress(r.Context(), by, c.ID, old.ID, version, ch)
	if err != nil {
		return named(err, addressName)
	}
	if c, _, err = h.addressOf(r, by, customerParts(e["customer"])); err != nil { // its version has gone up
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeAddress(o, c, a, e) })
}

// deleteAddress serves DELETE /customers/{customer}/addresses/{address}.
func (h handlers) deleteAddress(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	c, a, err := h.addressOf(r, by, 0)
	if err != nil {
		return err
	}
	if err := h.store.DeleteAddress(r.Context(), by, c.ID, a.ID); err != nil {
		return named(err, addressName)
	}
	return api.NoContent(w)
}

// defaultAddress serves POST /customers/{customer}/addresses/{address}/default.
func (h handlers) defaultAddress(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	c, a, err := h.addressOf(r, by, 0)
	if err != nil {
		return err
	}
	if _, err := h.store.UpdateAddress(r.Context(), by, c.ID, a.ID, 0, core.Changes{"default": "true"}); err != nil {
		return named(err, addressName)
	}
	return api.NoContent(w)
}
