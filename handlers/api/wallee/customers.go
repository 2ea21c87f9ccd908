package wallee

import (
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// writeCustomer writes a customer. Metadata stands there only where it is asked
// for: then it has been read.
func writeCustomer(o *object, c core.Customer, e expansion) {
	o.number("id", c.ID)
	o.number("linkedSpaceId", c.Merchant)
	o.number("version", c.Version)
	o.time("createdOn", c.CreatedAt)
	o.text("customerId", c.Reference)
	o.text("emailAddress", c.Email)
	o.text("givenName", c.FirstName)
	o.text("familyName", c.LastName)
	o.text("language", c.Language)
	o.text("preferredCurrency", c.Currency)
	if e.has("metaData") {
		o.metadata(c.Metadata)
	}
}

// customerParts are what must be read of customers for an expansion.
func customerParts(e expansion) core.Parts {
	if e.has("metaData") {
		return core.WithMetadata
	}
	return 0
}

// customerNames are the document's names of a customer's fields.
var customerNames = map[string]string{
	"reference": "customerId", "email": "emailAddress", "first_name": "givenName", "last_name": "familyName",
	"language": "language", "currency": "preferredCurrency", "metadata": "metaData",
	"name": "customer", // a customer of whom nothing is said
}

func customerName(field string) string {
	if key, ok := strings.CutPrefix(field, "metadata."); ok {
		return "metaData." + key
	}
	if name, ok := customerNames[field]; ok {
		return name
	}
	return field
}

// readCustomerInput reads what is said of a customer. What is not there stays;
// null and "" clear.
func readCustomerInput(in *input) core.Changes {
	ch := core.Changes{}
	for _, f := range []struct{ field, name string }{
		{"reference", "customerId"},
		{"email", "emailAddress"},
		{"first_name", "givenName"},
		{"last_name", "familyName"},
		{"language", "language"},
		{"currency", "preferredCurrency"},
	} {
		if v, ok := in.text(f.name); ok {
			ch[f.field] = v
		}
	}
	if code, ok := ch["currency"]; ok {
		ch["currency"] = strings.ToUpper(strings.TrimSpace(code))
	}
	readMetadata(in, ch)
	return ch
}

// readMetadata reads the map that takes the place of the one there is.
func readMetadata(in *input, ch core.Changes) {
	m := in.At("metaData")
	switch m.Kind {
	case api.Missing:
		return
	case api.Null:
	case api.Object:
		names := m.Names()
		if len(names) > api.MaxEntries {
			in.bad.add("metaData", api.Words(core.Fault{Rule: core.TooMany, Limit: core.MaxMetadata}))
			return
		}
		for _, key := range names {
			v := m.At(key)
			if v.Kind == api.Null {
				continue
			}
			text, ok := v.JSON()
			if !ok {
				in.bad.add("metaData."+key, "must be a text")
				continue
			}
			ch["metadata."+key] = text
		}
	default:
		in.bad.add("metaData", "must be an object of texts")
		return
	}
	ch["metadata"] = ""
}

// printable reports whether a reference is one that the document takes:
// printable ASCII and tabs.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && (c < 0x20 || c > 0x7e) {
			return false
		}
	}
	return true
}

const notPrintable = "must hold only printable ASCII characters"

// wrongCustomer returns all that is wrong with a change of a customer: what
// reading it found, what the document forbids and what the core does.
func wrongCustomer(in *input, old core.Customer, ch core.Changes) error {
	if ref := ch["reference"]; ref != old.Reference && !printable(ref) {
		in.bad.add("customerId", notPrintable)
	}
	if len(in.bad) == 0 {
		return nil
	}
	_, bad := old.With(ch)
	for _, f := range bad {
		if f.Field != "name" {
			in.bad.add(customerName(f.Field), api.Words(f))
		}
	}
	return in.err()
}

// answerCustomers serves GET /customers, and the search of them.
func (h handlers) answerCustomers(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	l.With = customerParts(l.expand)
	found, err := h.store.CustomerRecords(r.Context(), by, l.Range)
	if err != nil {
		return named(err, same)
	}
	return answerList(w, l, found.Items, found.More, func(o *object, c core.Customer) { writeCustomer(o, c, l.expand) })
}

// createCustomer serves POST /customers.
func (h handlers) createCustomer(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, customerTree)
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	ch := readCustomerInput(in)
	if err := wrongCustomer(in, core.Customer{}, ch); err != nil {
		return err
	}
	c, err := h.store.CreateCustomer(r.Context(), by, core.FromWallee, ch)
	if err != nil {
		return named(err, customerName)
	}
	return answer(w, http.StatusCreated, func(o *object) { writeCustomer(o, c, e) })
}

// readCustomer serves GET /customers/{customer}.
func (h handlers) readCustomer(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	e, err := readExpansion(r, customerTree)
	if err != nil {
		return err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, customerParts(e))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeCustomer(o, c, e) })
}

// updateCustomer serves PATCH /customers/{customer}, and POST as in the document's
// example.
func (h handlers) updateCustomer(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	e, err := readExpansion(r, customerTree)
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	change, err := h.customerChange(r, by, in, id)
	if err != nil {
		return err
	}
	c, err := h.store.UpdateCustomer(r.Context(), by, id, change.Version, change.Changes)
	if err != nil {
		return named(err, customerName)
	}
	return answer(w, http.StatusOK, func(o *object) { writeCustomer(o, c, e) })
}

// customerChange reads a change of a customer. Only where something is wrong
// with it is the customer looked at here: one that is not there is not found
// whatever was sent, and what would change nothing breaks no rule.
func (h handlers) customerChange(r *http.Request, by core.Actor, in *input, id int64) (core.CustomerChange, error) {
	change := core.CustomerChange{ID: id, Changes: readCustomerInput(in)}
	version, stale := in.version()
	change.Version = version
	if stale == nil && len(in.bad) == 0 && printable(change.Changes["reference"]) {
		return change, nil
	}
	old, err := h.store.CustomerWith(r.Context(), by, id, core.WithAll)
	switch {
	case err != nil:
		return change, err
	case stale != nil:
		return change, stale
	case old.Version != version:
		return change, core.ErrConflict
	}
	return change, wrongCustomer(in, old, change.Changes)
}

// deleteCustomer serves DELETE /customers/{customer}.
func (h handlers) deleteCustomer(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	if err := h.store.DeleteCustomer(r.Context(), by, id, 0, ""); err != nil {
		return err
	}
	return api.NoContent(w)
}

// mergeCustomers serves POST /customers/{customer}/merge/{other}: the other
// becomes part of the customer, who keeps what both have.
func (h handlers) mergeCustomers(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	other, err := pathID(r, "other")
	if err != nil {
		return err
	}
	e, err := readExpansion(r, customerTree)
	if err != nil {
		return err
	}
	c, err := h.store.MergeCustomers(r.Context(), by, id, other, core.MergeVersions{}, nil)
	if err != nil {
		return named(err, customerName)
	}
	return answer(w, http.StatusOK, func(o *object) { writeCustomer(o, c, e) })
}

// listEmailAddresses serves GET /customers/{customer}/email-addresses: the customer's
// own, then those of its addresses, each once.
func (h handlers) listEmailAddresses(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	if _, err := readExpansion(r, tree{}); err != nil {
		return err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, core.WithAddresses)
	if err != nil {
		return err
	}
	all := emailAddresses(c)
	l := listing{Range: core.Range{Limit: maxLimit}}
	return answerList(w, l, all, false, func(o *object, e emailAddress) {
		o.text("emailAddress", e.text)
		o.time("createdOn", e.at)
	})
}

// showCustomer shows one customer as this API answers it.
func showCustomer(_ *http.Request, c core.Customer) (api.Shown, error) {
	e := expansion{"metaData": nil}
	shown := api.Shown{
		Method: http.MethodGet, Path: base + "/customers/" + itoa(c.ID) + "?expand=metaData",
		Header: http.Header{"Space": {itoa(c.Merchant)}},
		Body:   raw(func(o *object) { writeCustomer(o, c, e) }),
	}
	for _, f := range []struct{ said, words string }{
		{c.Name, "the name, which is not split into given and family name"},
		{c.Company, "the company"},
		{c.OrganisationNumber, "the organisation number"},
		{c.Phone, "the phone"},
		{c.DateOfBirth, "the date of birth"},
		{c.BCC, "addresses for copies of receipts"},
		{c.CustomID, "the custom ID"},
		{c.Description, "the description"},
		{c.CustomData, "the custom data"},
		{c.IP, "the IP address"},
	} {
		if f.said != "" {
			shown.Unsaid = append(shown.Unsaid, f.words)
		}
	}
	return shown, nil
}
