package acquired

import (
	"encoding/base64"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// create serves POST /v1/customers.
func (h face) create(w http.ResponseWriter, r *http.Request) error {
	in, err := api.JSON(r)
	if err != nil {
		return err
	}
	form, err := readCustomer(in, core.Customer{})
	if err != nil {
		return err
	}
	c, err := h.store.CreateCustomer(r.Context(), api.Actor(r), core.FromAcquired, form.Changes)
	if err != nil {
		return told(form.Named(err), form.Changes["reference"])
	}
	return api.Write(w, http.StatusCreated, struct {
		CustomerID string `json:"customer_id"`
	}{c.UUID})
}

// update serves PUT /v1/customers/{customer_id}.
func (h face) update(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	in, err := api.JSON(r)
	if err != nil {
		return err
	}
	form, err := readCustomer(in, c)
	if err != nil {
		return err
	}
	if _, err := h.store.UpdateCustomer(r.Context(), api.Actor(r), c.ID, 0, form.Changes); err != nil {
		return told(form.Named(err), form.Changes["reference"])
	}
	return api.Write(w, http.StatusOK, struct {
		Status string `json:"status"`
	}{"success"})
}

// show serves GET /v1/customers/{customer_id}.
func (h face) show(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	o := customerObject(c)
	if names := r.URL.Query().Get("filter"); names != "" {
		o = readFilter(names).of(o)
	}
	return api.Write(w, http.StatusOK, o)
}

// customer reads the living customer that the path names.
func (h face) customer(r *http.Request) (core.Customer, error) {
	id, ok := core.IDFromUUID(r.PathValue("customer_id"))
	if !ok {
		return core.Customer{}, core.ErrNotFound
	}
	return h.store.CustomerWith(r.Context(), api.Actor(r), id, core.WithAddresses)
}

// shown is the customer on the page that shows all faces.
func shown(_ *http.Request, c core.Customer) (api.Shown, error) {
	s := api.Shown{Method: http.MethodGet, Path: "/v1/customers/" + c.UUID, Body: customerObject(c)}
	say := func(is bool, what string) {
		if is {
			s.Unsaid = append(s.Unsaid, what)
		}
	}
	say(c.Name != "", "the name, which is one text here and two there")
	say(c.Company != "", "the company")
	say(c.OrganisationNumber != "", "the organisation number")
	say(c.CustomID != "", "the custom ID")
	say(c.BCC != "", "addresses for copies of receipts")
	say(c.Language != "", "the language")
	say(c.Currency != "", "the currency")
	say(c.Description != "", "the description")
	say(len(c.Metadata) > 0, "metadata")
	_, billing := c.Billing()
	_, shipping := c.Shipping()
	places := 0
	for _, has := range []bool{billing, shipping && !c.ShippingIsBilling()} {
		if has {
			places++
		}
	}
	say(len(c.Addresses) > places, "addresses that are no default")
	return s, nil
}

// The document's limits, in characters.
const (
	maxReference = 50
	maxName      = 50
	maxLine      = 50
	maxCity      = 40
	maxState     = 3
	maxPostcode  = 40
)

// readCustomer reads the customer of a request as changes of the one there is,
// who is the zero Customer when new.
func readCustomer(in api.Value, old core.Customer) (*api.Form, error) {
	form := api.NewForm()
	if in.Kind != api.Object {
		return nil, api.Refuse(http.StatusBadRequest, "the body must be a JSON object")
	}
	form.Text(in.At("reference"), "reference", "reference", old.Reference, maxReference)
	form.Text(in.At("first_name"), "first_name", "first_name", old.FirstName, maxName)
	form.Name("name", "first_name")
	form.Text(in.At("last_name"), "last_name", "last_name", old.LastName, maxName)
	form.Text(in.At("dob"), "dob", "date_of_birth", old.DateOfBirth, 0)
	form.Text(in.At("ip"), "ip", "ip", old.IP, 0)
	form.Text(in.At("custom_data"), "custom_data", "custom_data", old.CustomData, 0)
	if v := form.Changes["custom_data"]; v != "" && !isBase64(v) {
		form.Fault("custom_data", core.Malformed, 0)
	}
	billing := within(form, in, "billing")
	address, _ := old.Billing()
	readAddress(form, billing, "billing", address)
	form.Text(billing.At("email"), "billing.email", "email", old.Email, 0)
	readPhone(form, billing, "billing.phone", "phone", core.ReadPhonePair(old.Phone, old.PhoneE164))

	shipping := within(form, in, "shipping")
	same, place := readMatch(form, shipping, old)
	if same && !shipping.At("address_match").Given() && changesAddress(shipping, place) {
		part(form, place)
		same = false
	}
	if !same {
		readAddress(form, shipping, "shipping", place)
	}
	form.Text(shipping.At("email"), "shipping.email", "shipping.email", place.Email, 0)
	readPhone(form, shipping, "shipping.phone", "shipping.phone", shippingPhone(place))
	return form, form.Check(old)
}

// readMatch reads whether the billing address serves for both, and returns that
// and the shipping address as it is before what else the request says: one that
// parts from the billing address begins empty.
func readMatch(form *api.Form, shipping api.Value, old core.Customer) (same bool, place core.Address) {
	const name = "shipping.address_match"
	form.Name("shipping.same", name)
	place, _ = old.Shipping()
	same = old.ShippingIsBilling()
	v := shipping.At("address_match")
	if !v.Given() || v.Kind == api.Null {
		return same, place
	}
	match, ok := v.Bool()
	switch {
	case !ok:
		form.Fault(name, core.Malformed, 0)
	case match && !same:
		form.Changes["shipping.same"] = "true"
		place, _ = old.Billing()
	case same && !match:
		form.Changes["shipping.same"] = "false"
		place = core.Address{}
	}
	return match, place
}

// changesAddress reports whether a request has another address than the one that
// is shown.
func changesAddress(in api.Value, shown core.Address) bool {
	form := api.NewForm()
	readAddress(form, in, "shipping", shown)
	return !form.Empty()
}

// part gives the customer a shipping address of its own, like the one that served
// for both.
func part(form *api.Form, both core.Address) {
	form.Changes["shipping.same"] = "false"
	for _, name := range core.AddressFields() {
		if v := both.Text(name); v != "" {
			form.Changes["shipping."+name] = v
		}
	}
}

// within returns a member that is an object. One that is null or not there
// says nothing.
func within(form *api.Form, in api.Value, name string) api.Value {
	v := in.At(name)
	if v.Kind > api.Null && v.Kind != api.Object {
		form.Fault(name, core.Malformed, 0)
	}
	return v
}

// readAddress reads billing.address or shipping.address as changes of the
// default address of that type.
func readAddress(form *api.Form, in api.Value, role string, old core.Address) {
	v := in.At("address")
	if v.Kind > api.Null && v.Kind != api.Object {
		form.Fault(role+".address", core.Malformed, 0)
		return
	}
	at := role + ".address."
	form.Text(v.At("line_1"), at+"line_1", role+".street", old.Street, maxLine)
	form.Text(v.At("line_2"), at+"line_2", role+".street2", old.Street2, maxLine)
	form.Text(v.At("city"), at+"city", role+".city", old.City, maxCity)
	form.Text(upper(v.At("state"), old.State), at+"state", role+".state", old.State, maxState)
	form.Text(v.At("postcode"), at+"postcode", role+".postcode", old.Postcode, maxPostcode)
	form.Text(upper(v.At("country_code"), old.Country), at+"country_code", role+".country", old.Country, 2)
}

// upper returns a code in upper case, but as it is where that is what the API
// shows: what others wrote may be in another case, or no code at all.
func upper(v api.Value, shown string) api.Value {
	if text, _ := v.Text(); text == shown {
		return v
	}
	return v.Map(strings.ToUpper)
}

// readPhone reads a phone's two parts. One that is left out stays.
func readPhone(form *api.Form, in api.Value, name, field string, old core.PhonePair) {
	v := in.At("phone")
	if !v.Given() {
		return
	}
	if v.Kind > api.Null && v.Kind != api.Object {
		form.Fault(name, core.Malformed, 0)
		return
	}
	set := old
	if v.Kind == api.Null {
		set = core.PhonePair{}
	}
	digits(form, v.At("country_code"), name+".country_code", 3, &set.Code)
	digits(form, v.At("number"), name+".number", 15, &set.Number)
	form.Name(field, name+".number")
	if set != old {
		form.Changes[field] = set.Text()
	}
}

func digits(form *api.Form, v api.Value, name string, limit int, to *string) {
	text, ok := v.Text()
	switch {
	case !v.Given() || (ok && text == *to):
	case !ok || strings.Trim(text, "0123456789") != "":
		form.Fault(name, core.Malformed, 0)
	case len(text) > limit:
		form.Fault(name, core.TooLong, limit)
	default:
		*to = text
	}
}

func isBase64(text string) bool {
	_, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		_, err = base64.RawStdEncoding.DecodeString(text)
	}
	return err == nil
}
