package monri

import (
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// create serves POST /v2/customers.
func (h face) create(w http.ResponseWriter, r *http.Request) error {
	form, err := readCustomer(r, core.Customer{})
	if err != nil {
		return err
	}
	c, err := h.store.CreateCustomer(r.Context(), api.Actor(r), core.FromMonri, form.Changes)
	if err != nil {
		return form.Named(err)
	}
	return api.Write(w, http.StatusOK, customerObject(c))
}

// show serves GET /v2/customers/{uuid}, of deleted customers too.
func (h face) show(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r, r.PathValue("uuid"))
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, customerObject(c))
}

// showByReference serves GET /v2/merchants/customers/{merchant_customer_id}.
func (h face) showByReference(w http.ResponseWriter, r *http.Request) error {
	c, err := h.store.CustomerByReference(r.Context(), api.Actor(r), r.PathValue("merchant_customer_id"))
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, customerObject(c))
}

// update serves POST /v2/customers/{uuid}, and PUT and PATCH.
func (h face) update(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r, r.PathValue("uuid"))
	if err != nil {
		return err
	}
	if !c.Living() {
		return api.Refuse(http.StatusBadRequest, "the customer is deleted")
	}
	form, err := readCustomer(r, c)
	if err != nil {
		return err
	}
	if c, err = h.store.UpdateCustomer(r.Context(), api.Actor(r), c.ID, 0, form.Changes); err != nil {
		return form.Named(err)
	}
	return api.Write(w, http.StatusOK, customerObject(c))
}

// delete serves DELETE /v2/customers/{uuid}. It answers the same when the
// customer is deleted already.
func (h face) delete(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r, r.PathValue("uuid"))
	if err != nil {
		return err
	}
	if c.Living() {
		err := h.store.DeleteCustomer(r.Context(), api.Actor(r), c.ID, 0, "")
		if err != nil && !errors.Is(err, core.ErrNotFound) { // somebody else deleted it just now
			return err
		}
	}
	return api.Write(w, http.StatusOK, struct {
		Status  status `json:"status"`
		ID      string `json:"id"`
		Deleted bool   `json:"deleted"`
	}{approved, c.UUID, true})
}

// customer reads the customer, living or deleted, that a UUID names.
func (h face) customer(r *http.Request, uuid string) (core.Customer, error) {
	id, ok := core.IDFromUUID(uuid)
	if !ok {
		return core.Customer{}, core.ErrNotFound
	}
	return h.store.Customer(r.Context(), api.Actor(r), id)
}

// The document's limits, in characters.
const (
	maxReference   = 100
	maxDescription = 200
	maxEmail       = 200
	maxName        = 50
	maxPhone       = 30
	maxZIP         = 9
	minCity        = 3
	maxCity        = 30
	minAddress     = 3
	maxAddress     = 100
	maxCountry     = 2
)

// readCustomer reads the body of a call as changes of the customer there is,
// who is the zero Customer when new.
func readCustomer(r *http.Request, old core.Customer) (*api.Form, error) {
	in, err := api.JSON(r)
	if err != nil {
		return nil, err
	}
	if in.Given() && in.Kind != api.Object {
		return nil, api.Refuse(http.StatusBadRequest, "the body must be a JSON object")
	}
	form := api.NewForm()
	place, _ := old.Billing()
	form.Text(in.At("merchant_customer_id"), "merchant_customer_id", "reference", old.Reference, maxReference)
	form.Text(in.At("description"), "description", "description", old.Description, maxDescription)
	form.Text(in.At("email"), "email", "email", old.Email, maxEmail)
	form.Text(in.At("name"), "name", "name", old.FullName(), maxName)
	if text, ok := form.Changes["name"]; ok && text == "" { // whatever form it has
		form.Changes["first_name"], form.Changes["last_name"] = "", ""
	}
	form.Text(in.At("phone"), "phone", "phone", old.Phone, maxPhone)
	readMetadata(form, in.At("metadata"))
	form.Text(in.At("zip_code"), "zip_code", "billing.postcode", place.Postcode, maxZIP)
	form.Text(in.At("city"), "city", "billing.city", place.City, maxCity)
	atLeast(form, "city", "billing.city", minCity)
	form.Text(in.At("address"), "address", "billing.street", addressLine(place), maxAddress)
	atLeast(form, "address", "billing.street", minAddress)
	if _, ok := form.Changes["billing.street"]; ok {
		form.Changes["billing.street2"] = ""
	}
	form.Text(in.At("country").Map(strings.ToUpper), "country", "billing.country", place.Country, maxCountry)
	return form, form.Check(old)
}

// atLeast holds a text that changes to the document's shortest.
func atLeast(form *api.Form, name, field string, shortest int) {
	if v := form.Changes[field]; v != "" && len([]rune(v)) < shortest {
		form.Fault(name, core.TooShort, shortest)
	}
}

// readMetadata reads entries to be set and, where they are null, to be unset.
// The others stay.
func readMetadata(form *api.Form, in api.Value) {
	form.Name("metadata", "metadata")
	switch in.Kind {
	case api.Missing:
	case api.Null:
		form.Changes["metadata"] = ""
	case api.Object:
		names := in.Names()
		if len(names) > api.MaxEntries {
			form.Fault("metadata", core.TooMany, core.MaxMetadata)
			return
		}
		for _, key := range names {
			v := in.At(key)
			text, ok := v.JSON()
			switch {
			case !ok:
				form.Fault("metadata."+key, core.Malformed, 0)
			case v.Kind == api.Null:
				form.Changes["metadata."+key] = ""
			default:
				form.Changes["metadata."+key] = text
			}
		}
	default:
		form.Fault("metadata", core.Malformed, 0)
	}
}

// addressLine is an address's two lines as the one that the document has.
func addressLine(a core.Address) string {
	if a.Street2 == "" {
		return a.Street
	}
	if a.Street == "" {
		return a.Street2
	}
	return a.Street + ", " + a.Street2
}
