package payfirma

import (
	"net/http"

	"kontor/db/core"
	"kontor/handlers/api"
)

// addCard serves POST /customer/{customer}/card.
func (h face) addCard(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	in, err := object(r)
	if err != nil {
		return err
	}
	form := api.NewForm()
	form.Name("number", "card_number")
	month, year := form.Expiry(in.At("card_expiry_month"), in.At("card_expiry_year"), "card_expiry_month", "card_expiry_year", api.Now(r))
	form.Name("code", "cvv2")
	form.Name("default", "is_default")
	form.Name("description", "card_description")
	number, code := scalar(form, in.At("card_number"), "card_number"), scalar(form, in.At("cvv2"), "cvv2")
	edit := readCardEdit(form, in)
	details, bad := core.ReadCard(number, month+"/"+year, code, "", api.Now(r))
	if err := form.All(bad); err != nil {
		details.Wipe()
		return err
	}
	n := core.NewCard{CardDetails: details, Default: edit.Default}
	if edit.Description != nil {
		n.Description = *edit.Description
	}
	if _, _, err := h.store.AddCard(r.Context(), api.Actor(r), c.ID, n); err != nil {
		return form.Named(err)
	}
	return h.answer(w, r, c.ID)
}

// updateCard serves PATCH /customer/{customer}/card/{card}, and PUT.
func (h face) updateCard(w http.ResponseWriter, r *http.Request) error {
	k, err := h.card(r)
	if err != nil {
		return err
	}
	in, err := object(r)
	if err != nil {
		return err
	}
	form := api.NewForm()
	form.Name("description", "card_description")
	edit := readCardEdit(form, in)
	if err := form.Faults.Err(); err != nil {
		return err
	}
	if _, err := h.store.UpdateCard(r.Context(), api.Actor(r), k.ID, 0, edit); err != nil {
		return form.Named(missing(err, "card"))
	}
	return h.answer(w, r, k.Customer)
}

// removeCard serves DELETE /customer/{customer}/card/{card}.
func (h face) removeCard(w http.ResponseWriter, r *http.Request) error {
	k, err := h.card(r)
	if err != nil {
		return err
	}
	if _, err := h.store.RemoveCard(r.Context(), api.Actor(r), k.ID, 0, 0); err != nil {
		return missing(err, "card")
	}
	return h.answer(w, r, k.Customer)
}

// card reads the card that the path names, if it is the named customer's.
func (h face) card(r *http.Request) (core.Card, error) {
	c, err := h.customer(r)
	if err != nil {
		return core.Card{}, err
	}
	id, err := pathID(r, "card")
	if err != nil {
		return core.Card{}, err
	}
	k, err := h.store.Card(r.Context(), api.Actor(r), id)
	if err == nil && k.Customer != c.ID {
		err = core.ErrNotFound
	}
	return k, missing(err, "card")
}

// readCardEdit reads what can change of a card.
func readCardEdit(form *api.Form, in api.Value) core.CardEdit {
	var edit core.CardEdit
	if v := in.At("is_default"); v.Given() && v.Kind != api.Null {
		is, ok := v.Bool()
		if !ok {
			form.Fault("is_default", core.Malformed, 0)
		}
		edit.Default = is
	}
	if in.At("card_description").Given() {
		text := scalar(form, in.At("card_description"), "card_description")
		edit.Description = &text
	}
	return edit
}

// scalar reads a value as text, "" where it is left out or null.
func scalar(form *api.Form, v api.Value, name string) string {
	text, ok := v.Text()
	if v.Given() && !ok {
		form.Fault(name, core.Malformed, 0)
	}
	return text
}
