package cdc

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// A field is a name of the document's and the customer's field it is.
type field struct {
	name, of string
	needed   bool
	shown    func(c core.Customer, billing core.Address) string
}

func own(name, of string, needed bool, at func(core.Customer) string) field {
	return field{name, of, needed, func(c core.Customer, _ core.Address) string { return at(c) }}
}

func place(name, of string, at func(core.Address) string) field {
	return field{name, "billing." + of, false, func(_ core.Customer, a core.Address) string { return at(a) }}
}

// alike are the fields that people and companies both have.
var alike = []field{
	place("address", "street", func(a core.Address) string { return a.Street }),
	place("post_code", "postcode", func(a core.Address) string { return a.Postcode }),
	place("city", "city", func(a core.Address) string { return a.City }),
	place("country_code", "country", func(a core.Address) string { return a.Country }),
	own("email", "email", false, func(c core.Customer) string { return c.Email }),
	own("phone", "phone", false, func(c core.Customer) string { return c.Phone }),
}

var personFields = append([]field{
	own("first_name", "first_name", true, func(c core.Customer) string { return c.FirstName }),
	own("last_name", "last_name", true, func(c core.Customer) string { return c.LastName }),
	own("date_of_birth", "date_of_birth", false, func(c core.Customer) string { return c.DateOfBirth }),
}, alike...)

var companyFields = append([]field{
	own("organization_number", "organisation_number", false, func(c core.Customer) string { return c.OrganisationNumber }),
	own("name", "company", true, companyName),
}, alike...)

// companyName is a company's name, which is the customer's own where nobody
// gave one.
func companyName(c core.Customer) string {
	if c.Company != "" {
		return c.Company
	}
	return c.FullName()
}

// maxBatch is how many one batch may have.
const maxBatch = 1000

// read reads one person or company and all that is wrong with it.
func (h collection) read(r *http.Request, in api.Value) (core.Enrolment, *api.Form, error) {
	form := api.NewForm()
	if in.Kind != api.Object {
		return core.Enrolment{}, form, core.Invalid{{Field: h.name, Rule: core.Malformed}}
	}
	form.Name("reference", "id")
	id, ok := in.At("id").Text()
	if rule := core.EnrolmentID(id); rule != "" || !ok {
		if rule == "" {
			rule = core.Malformed
		}
		form.Fault("id", rule, core.MaxEnrolmentID)
	}
	var old core.Customer
	if _, bad := form.Faults.Field("id"); !bad {
		var err error
		old, err = h.store.CustomerByReference(r.Context(), api.Actor(r), id)
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return core.Enrolment{}, form, err
		}
	}
	billing, _ := old.Billing()
	for _, f := range h.fields {
		v := in.At(f.name)
		if f.of == "billing.country" {
			v = v.Map(strings.ToUpper)
		}
		form.Text(v, f.name, f.of, f.shown(old, billing), 0)
		if text, _ := v.Text(); f.needed && strings.TrimSpace(text) == "" && v.Kind <= api.String {
			form.Fault(f.name, core.Required, 0)
		}
	}
	for _, f := range h.fields {
		if f.needed {
			form.Name("name", f.name) // of whom it is missing
			break
		}
	}
	check := old
	check.Reference = id // a customer is not empty who has that
	return core.Enrolment{Reference: id, Changes: form.Changes}, form, form.Check(check)
}

// enrol serves POST of one.
func (h collection) enrol(w http.ResponseWriter, r *http.Request) error {
	in, err := api.JSON(r)
	if err != nil {
		return err
	}
	n, form, err := h.read(r, in)
	if err != nil {
		return err
	}
	done, err := h.store.Enrol(r.Context(), api.Actor(r), h.kind, core.FromCDC, []core.Enrolment{n})
	if err != nil {
		return err
	}
	if done[0].Err != nil {
		return form.Named(done[0].Err)
	}
	status := http.StatusOK
	if done[0].New {
		status = http.StatusCreated
	}
	return api.Write(w, status, h.object(done[0].Enrolled))
}

// A batchAnswer says what persisted and what was rejected, by its place.
type batchAnswer struct {
	Persisted []persisted `json:"persisted"`
	Rejected  []rejected  `json:"rejected"`
}

type persisted struct {
	ID string `json:"id"`
}

type rejected struct {
	Index  int     `json:"index"`
	ID     *string `json:"id"`
	Errors []fault `json:"errors"`
}

// enrolBatch serves POST of many.
func (h collection) enrolBatch(w http.ResponseWriter, r *http.Request) error {
	in, err := api.JSON(r)
	if err != nil {
		return err
	}
	if in.Kind == api.Object {
		in = in.At("customers")
	}
	if in.Kind != api.List {
		return api.Refuse(http.StatusBadRequest, "the body must be a list, or an object with a list of customers")
	}
	items := in.Items()
	if len(items) > maxBatch {
		return api.Refuse(http.StatusRequestEntityTooLarge, "a batch may have at most %d customers", maxBatch)
	}
	last := map[string]int{} // the place at which an ID stands last
	for i, item := range items {
		if id, ok := item.At("id").Text(); ok && id != "" {
			last[id] = i
		}
	}
	answer := batchAnswer{[]persisted{}, []rejected{}}
	var many []core.Enrolment
	var places []int
	var forms []*api.Form
	for i, item := range items {
		id, _ := item.At("id").Text()
		if at, ok := last[id]; ok && at != i {
			continue
		}
		n, form, err := h.read(r, item)
		if bad, invalid := errors.AsType[core.Invalid](err); invalid {
			answer.reject(i, id, bad)
			continue
		}
		if err != nil {
			return err
		}
		many, places, forms = append(many, n), append(places, i), append(forms, form)
	}
	for at := range slices.Chunk(many, core.MaxMany) {
		done, err := h.store.Enrol(r.Context(), api.Actor(r), h.kind, core.FromCDC, at)
		if err != nil {
			return err
		}
		for i, d := range done {
			if bad, invalid := errors.AsType[core.Invalid](forms[i].Named(d.Err)); invalid {
				answer.reject(places[i], at[i].Reference, bad)
			} else {
				answer.Persisted = append(answer.Persisted, persisted{at[i].Reference})
			}
		}
		places, forms = places[len(done):], forms[len(done):]
	}
	slices.SortStableFunc(answer.Rejected, func(a, b rejected) int { return a.Index - b.Index })
	return api.Write(w, http.StatusOK, answer)
}

func (a *batchAnswer) reject(place int, id string, bad core.Invalid) {
	r := rejected{Index: place, Errors: faults(bad)}
	if id != "" {
		r.ID = &id
	}
	a.Rejected = append(a.Rejected, r)
}

// show serves GET of one.
func (h collection) show(w http.ResponseWriter, r *http.Request) error {
	e, err := h.store.EnrolledCustomer(r.Context(), api.Actor(r), h.kind, r.PathValue("id"))
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, h.object(e))
}

// end serves DELETE of one.
func (h collection) end(w http.ResponseWriter, r *http.Request) error {
	if err := h.store.EndEnrolment(r.Context(), api.Actor(r), h.kind, r.PathValue("id")); err != nil {
		return err
	}
	return api.NoContent(w)
}
