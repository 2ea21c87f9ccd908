package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// A customerReader reads customers, the deleted ones too.
type customerReader interface {
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
}

// newForm serves GET /m/{merchant}/customers/new.
func (p customerPages) newForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderForm(w, r, http.StatusOK, core.Customer{}, views.CustomerFormView{ShippingSame: true})
}

// editForm serves GET /m/{merchant}/customers/{id}/edit.
func (p customerPages) editForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return toRestore(w, r, p.store, err)
	}
	if r.PathValue("id") != strconv.FormatInt(c.ID, 10) { // it was merged
		return web.Redirect(w, r, views.EditCustomerURL(c.Merchant, c.ID))
	}
	return p.renderForm(w, r, http.StatusOK, c, views.CustomerFormView{Version: c.Version})
}

// living returns the customer of the path unless they have been deleted.
func (p customerPages) living(r *http.Request) (core.Customer, error) {
	id, err := pathID(r, "id")
	if err != nil {
		return core.Customer{}, err
	}
	c, err := p.store.Customer(r.Context(), web.Actor(r), id)
	if err == nil && !c.Living() {
		err = core.ErrNotFound
	}
	return c, err
}

// toRestore answers whoever asks for a form that only the living have: of a
// customer who can be restored with their page, where that is offered.
func toRestore(w http.ResponseWriter, r *http.Request, store customerReader, err error) error {
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	id, bad := pathID(r, "id")
	if bad != nil {
		return err
	}
	c, bad := store.Customer(r.Context(), web.Actor(r), id)
	if bad != nil || c.Living() || c.Erased() {
		return err
	}
	return web.Redirect(w, r, views.CustomerURL(c.Merchant, c.ID))
}

// create serves POST /m/{merchant}/customers/new.
func (p customerPages) create(w http.ResponseWriter, r *http.Request) error {
	by, ch := web.Actor(r), formChanges(r)
	if bad := keysTwice(r); bad != nil {
		_, others := core.Customer{}.With(ch)
		return p.refuse(w, r, http.StatusUnprocessableEntity, core.Customer{}, ch, views.CustomerFormView{Faults: others.And(bad)})
	}
	c, err := p.store.CreateCustomer(r.Context(), by, core.FromPage, ch)
	var bad core.Invalid
	if errors.As(err, &bad) {
		return p.refuse(w, r, http.StatusUnprocessableEntity, core.Customer{}, ch, views.CustomerFormView{Faults: bad})
	}
	if err != nil {
		return err
	}
	return p.saved(w, r, c, c.Title()+" added", true)
}

// save serves POST /m/{merchant}/customers/{id}/edit.
func (p customerPages) save(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	by, ctx := web.Actor(r), r.Context()
	ch := formChanges(r)
	metadataGone(r, ch)
	if takesTheirs(r) {
		now, err := p.store.Customer(ctx, by, id)
		if err != nil {
			return err
		}
		takeTheirs(r, now, ch)
	}
	if bad := keysTwice(r); bad != nil {
		now, err := p.store.Customer(ctx, by, id)
		if err != nil {
			return err
		}
		_, others := now.With(ch)
		return p.refuse(w, r, http.StatusUnprocessableEntity, now, ch, views.CustomerFormView{Version: version(r), Faults: others.And(bad)})
	}
	c, err := p.store.UpdateCustomer(ctx, by, id, version(r), ch)
	var bad core.Invalid
	invalid := errors.As(err, &bad)
	if !invalid && !errors.Is(err, core.ErrConflict) && !errors.Is(err, core.ErrNotFound) {
		if err != nil {
			return err
		}
		return p.savedForm(w, r, c)
	}
	now, err := p.store.Customer(ctx, by, id)
	switch {
	case err != nil:
		return err
	case invalid && now.Version == version(r):
		return p.refuse(w, r, http.StatusUnprocessableEntity, now, ch, views.CustomerFormView{Version: now.Version, Faults: bad})
	}
	return p.conflict(w, r, now, ch)
}

// savedForm is saved for a form of the customer that was c. Whether the phone is
// new the customer as the form showed it tells; where that cannot be read the
// warning is left out, for the save is done.
func (p customerPages) savedForm(w http.ResponseWriter, r *http.Request, c core.Customer) error {
	newPhone := false
	if unlikelyPhone(c) {
		was, _, err := p.store.CustomerAt(r.Context(), web.Actor(r), c.ID, version(r))
		newPhone = err == nil && was.Phone != c.Phone
	}
	return p.saved(w, r, c, "Saved", newPhone)
}

// unlikelyPhone reports whether the customer's phone cannot be called.
func unlikelyPhone(c core.Customer) bool {
	return c.Phone != "" && !core.PlausiblePhone(c.PhoneE164, "")
}

// saved goes on to the customer's page, with a warning where one is due.
func (p customerPages) saved(w http.ResponseWriter, r *http.Request, c core.Customer, text string, newPhone bool) error {
	to := views.CustomerURL(c.Merchant, c.ID)
	if newPhone && unlikelyPhone(c) {
		text += ". The phone number is kept as typed, but it does not look like one that can be called"
	}
	return done(w, r, to, web.Flash{Text: text})
}

// conflict answers a save of a form that somebody else's save has overtaken:
// yours, theirs and the original, ready to be saved together.
func (p customerPages) conflict(w http.ResponseWriter, r *http.Request, now core.Customer, ch core.Changes) error {
	by, ctx := web.Actor(r), r.Context()
	was := max(min(version(r), now.Version), 1)
	original, since, err := p.store.CustomerAt(ctx, by, now.ID, was)
	if err != nil {
		return err
	}
	toTheirs, both, theirs := core.Merge(original, now, ch)
	v := views.CustomerFormView{Version: now.Version, Conflict: &views.Conflict{Gone: !now.Living()}}
	if len(since) > 0 {
		v.Conflict.Who, v.Conflict.At = since[0].Actor.Name, since[0].At
	}
	for _, c := range both {
		name := formName(now, c.Field)
		v.Conflict.Both = append(v.Conflict.Both, views.ConflictField{
			Name: name, Original: c.Original, Yours: c.Yours, Theirs: c.Theirs, Take: r.PostFormValue("take." + name),
		})
	}
	for _, c := range theirs {
		v.Conflict.Merged = append(v.Conflict.Merged, views.ConflictField{Name: formName(now, c.Field), Original: c.Original, Theirs: c.Theirs})
	}
	merged, bad := now.With(toTheirs)
	v.Faults = bad
	return p.renderForm(w, r, http.StatusConflict, merged, v)
}

// formName is what the form calls a field of c: "billing.city" where the
// address is the billing address.
func formName(c core.Customer, field string) string {
	for _, role := range []core.AddressType{core.Billing, core.Shipping} {
		a, ok := c.Billing()
		if role == core.Shipping {
			a, ok = c.Shipping()
		}
		if rest, is := strings.CutPrefix(field, addressName(a.ID)+"."); ok && is {
			return string(role) + "." + rest
		}
	}
	return field
}

// takesTheirs reports whether the form was shown after a conflict and says to
// take anything of theirs.
func takesTheirs(r *http.Request) bool {
	for name, values := range r.PostForm {
		if strings.HasPrefix(name, "take.") && slices.Contains(values, "theirs") {
			return true
		}
	}
	return false
}

// takeTheirs drops the changes of those fields for which the form, shown after
// a conflict, says to take theirs: what is stored then stays.
func takeTheirs(r *http.Request, now core.Customer, ch core.Changes) {
	for name, values := range r.PostForm {
		field, ok := strings.CutPrefix(name, "take.")
		if !ok || !slices.Contains(values, "theirs") {
			continue
		}
		delete(ch, field)
		delete(ch, formName(now, field))
	}
}

// refuse shows the form again with what was typed and what is wrong with it.
func (p customerPages) refuse(w http.ResponseWriter, r *http.Request, status int, now core.Customer, ch core.Changes, v views.CustomerFormView) error {
	typed, _ := now.With(ch)
	v.Values = map[string]string{}
	for name, text := range ch {
		v.Values[name] = text
	}
	v.Metadata = metadataTyped(r)
	return p.renderForm(w, r, status, typed, v)
}

// renderForm shows the form for a customer as stored or as typed; what
// v.Values holds already is shown as it is.
func (p customerPages) renderForm(w http.ResponseWriter, r *http.Request, status int, c core.Customer, v views.CustomerFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	v.Cancel = views.CustomersURL(v.Chrome.Merchant.ID)
	if id, err := pathID(r, "id"); err == nil {
		v.ID, v.Cancel = id, views.CustomerURL(v.Chrome.Merchant.ID, id)
		stored, err := p.store.Customer(r.Context(), web.Actor(r), id)
		if err != nil {
			return err
		}
		v.Title = stored.Title()
		for _, m := range stored.Metadata {
			v.MetadataShown = append(v.MetadataShown, m.Key)
		}
	}
	fillForm(&v, c, r)
	if c.Phone != "" {
		country := v.Chrome.Merchant.Country
		if a, ok := c.Billing(); ok && a.Country != "" {
			country = a.Country
		}
		v.PhoneOdd = !core.PlausiblePhone(c.Phone, country)
	}
	if status != http.StatusOK {
		c.ID = v.ID
		if v.Duplicates, err = p.duplicates(r, c); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, views.CustomerFormPage(v))
}

// like serves GET /m/{merchant}/customers/like: the part of the form that warns
// of customers who look like the one being described.
func (p customerPages) like(w http.ResponseWriter, r *http.Request) error {
	ch := core.Changes{}
	for _, name := range []string{"email", "phone", "name", "first_name", "last_name", "company", "billing.postcode"} {
		ch[name] = typed(r.FormValue(name))
	}
	c, _ := core.Customer{}.With(ch) // whatever is wrong with it is said when it is saved
	c.ID, _ = strconv.ParseInt(r.FormValue("id"), 10, 64)
	found, err := p.duplicates(r, c)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.DuplicateWarning(web.Actor(r).Merchant, found))
}

// fillForm puts the customer's values where the form looks for them.
func fillForm(v *views.CustomerFormView, c core.Customer, r *http.Request) {
	typed := v.Values
	v.Values = c.Fields()
	billing, hasBilling := c.Billing()
	shipping, hasShipping := c.Shipping()
	v.ShippingSame = v.ShippingSame || c.ShippingIsBilling() || (len(c.Addresses) == 0 && v.ID == 0)
	fill := func(role string, a core.Address) {
		for _, name := range core.AddressFields() {
			v.Values[role+name] = a.Text(name)
		}
	}
	if hasBilling {
		fill("billing.", billing)
	}
	if hasShipping && !c.ShippingIsBilling() {
		fill("shipping.", shipping)
	}
	for _, a := range c.Addresses {
		if (hasBilling && a.ID == billing.ID) || (hasShipping && a.ID == shipping.ID) {
			continue
		}
		key := strings.TrimPrefix(addressName(a.ID), "address.")
		v.Addresses = append(v.Addresses, views.AddressRow{Key: key, Remove: r.PostFormValue("address."+key+".remove") != ""})
	}
	if len(v.Metadata) == 0 {
		for _, m := range c.Metadata {
			v.Metadata = append(v.Metadata, views.MetadataRow{Key: m.Key, Value: m.Text()})
		}
	}
	for name, text := range typed {
		v.Values[name] = text
	}
	if same, ok := typed["shipping.same"]; ok {
		v.ShippingSame = same == "true"
	}
	for name, text := range v.Values { // a page is UTF-8, whatever was sent
		v.Values[name] = strings.ToValidUTF8(text, "\ufffd")
	}
	for i, row := range v.Metadata {
		v.Metadata[i] = views.MetadataRow{Key: strings.ToValidUTF8(row.Key, "\ufffd"), Value: strings.ToValidUTF8(row.Value, "\ufffd")}
	}
}

// addressName is how changes name an address.
func addressName(id int64) string { return "address." + strconv.FormatInt(id, 10) }

// formChanges reads the form. What it did not show is not in it and stays.
func formChanges(r *http.Request) core.Changes {
	ch := core.Changes{}
	for _, name := range core.PlainFields() {
		if values, ok := r.PostForm[name]; ok {
			ch[name] = typed(values[0])
		}
	}
	if r.PostForm.Has("shipping_same_shown") {
		ch["shipping.same"] = "false"
		if r.PostFormValue("shipping_same") != "" {
			ch["shipping.same"] = "true"
		}
	}
	for name, values := range r.PostForm {
		role, field, ok := strings.Cut(name, ".")
		switch {
		case !ok:
		case role == "billing" || role == "shipping":
			if onForm(field) && (role == "billing" || ch["shipping.same"] != "true") {
				ch[name] = typed(values[0])
			}
		case role == "address":
			addressChange(ch, r, field, typed(values[0]))
		}
	}
	metadataChanges(ch, r)
	return ch
}

// onForm reports whether the form has this field of an address. The text a
// country was given as is not typed: it goes when another country is chosen.
func onForm(field string) bool {
	return field != "country_text" && slices.Contains(core.AddressFields(), field)
}

// addressChange reads one field of a further address, "KEY.FIELD".
func addressChange(ch core.Changes, r *http.Request, field, text string) {
	key, name, _ := strings.Cut(field, ".")
	at := "address." + key
	if r.PostFormValue(at+".remove") != "" {
		if key != "new" {
			ch[at] = ""
		}
		return
	}
	if !onForm(name) {
		return
	}
	ch[at+"."+name] = text
	if kind := r.PostFormValue(at + ".type"); kind != "" {
		ch[at+".type"] = kind
	}
	ch[at+".default"] = ""
	if r.PostFormValue(at+".default") != "" {
		ch[at+".default"] = "true"
	}
}

// typed is a text as it was meant: without the white space around it, and with
// the line breaks that browsers send made plain.
func typed(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}
