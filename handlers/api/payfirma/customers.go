package payfirma

import (
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// create serves POST /customer.
func (h face) create(w http.ResponseWriter, r *http.Request) error {
	form, err := readCustomer(r, core.Customer{})
	if err != nil {
		return err
	}
	c, err := h.store.CreateCustomer(r.Context(), api.Actor(r), core.FromPayfirma, form.Changes)
	if err != nil {
		return form.Named(err)
	}
	return h.answer(w, r, c.ID)
}

// show serves GET /customer/{customer}.
func (h face) show(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	return h.answer(w, r, id)
}

// update serves PUT /customer/{customer}, and PATCH.
func (h face) update(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	form, err := readCustomer(r, c)
	if err != nil {
		return err
	}
	if _, err := h.store.UpdateCustomer(r.Context(), api.Actor(r), c.ID, 0, form.Changes); err != nil {
		return form.Named(err)
	}
	return h.answer(w, r, c.ID)
}

// customer reads the living customer that the path names.
func (h face) customer(r *http.Request) (core.Customer, error) {
	id, err := pathID(r, "customer")
	if err != nil {
		return core.Customer{}, err
	}
	c, err := h.store.CustomerWith(r.Context(), api.Actor(r), id, core.WithAddresses)
	return c, missing(err, "customer")
}

// object reads the body, which must be an object.
func object(r *http.Request) (api.Value, error) {
	in, err := api.JSON(r)
	if err == nil && in.Given() && in.Kind != api.Object {
		err = api.Refuse(http.StatusBadRequest, "the body must be a JSON object")
	}
	return in, err
}

// readCustomer reads the body of a call as changes of the customer there is,
// who is the zero Customer when new.
func readCustomer(r *http.Request, old core.Customer) (*api.Form, error) {
	in, err := object(r)
	if err != nil {
		return nil, err
	}
	form := api.NewForm()
	form.Name("name", "first_name")
	place, _ := old.Billing()
	email := in.At("email")
	form.Text(email, "email", "email", old.Email, 0)
	text, ok := email.Text()
	empty := ok && strings.TrimSpace(text) == ""
	if (empty && text != old.Email) || (old.ID == 0 && (empty || !email.Given())) {
		form.Fault("email", core.Required, 0)
	}
	form.Text(in.At("first_name"), "first_name", "first_name", old.FirstName, 0)
	form.Text(in.At("last_name"), "last_name", "last_name", old.LastName, 0)
	form.Text(in.At("company"), "company", "company", old.Company, 0)
	form.Text(addressList(in.At("bcc_emails")), "bcc_emails", "bcc", old.BCC, 0)
	form.Text(in.At("telephone"), "telephone", "phone", old.Phone, 0)
	form.Text(in.At("address1"), "address1", "billing.street", place.Street, 0)
	form.Text(in.At("address2"), "address2", "billing.street2", place.Street2, 0)
	form.Text(in.At("city"), "city", "billing.city", place.City, 0)
	form.Text(in.At("province"), "province", "billing.state", place.State, 0)
	readCountry(form, in.At("country"), place)
	form.Text(in.At("postal_code"), "postal_code", "billing.postcode", place.Postcode, 0)
	form.Text(in.At("custom_id"), "custom_id", "custom_id", old.CustomID, 0)
	return form, form.Check(old)
}

// readCountry reads a name or a code. A text that is no country is kept as
// that. A code takes the place of its own country's name, and nothing that of a
// text that is no country.
func readCountry(form *api.Form, in api.Value, place core.Address) {
	form.Text(in, "country", "billing.country", countryText(place), 0)
	form.Name("billing.country_text", "country")
	text, changed := form.Changes["billing.country"]
	_, known := core.CountryCode(text)
	switch {
	case !changed:
	case text == place.Country:
		form.Changes["billing.country_text"] = ""
	case !known && text != "":
		form.Changes["billing.country"], form.Changes["billing.country_text"] = "", text
	}
}

// addressList reads e-mail addresses given as a list as they stand in one text.
func addressList(in api.Value) api.Value {
	if in.Kind != api.List {
		return in
	}
	var all []string
	for _, item := range in.Items() {
		text, ok := item.Text()
		if !ok {
			return in
		}
		all = append(all, text)
	}
	return api.StringValue(strings.Join(all, ", "))
}
