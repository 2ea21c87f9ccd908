package acquired

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/db/core"
	"kontor/handlers/api"
)

// cardStore is what the face needs of the store for cards.
type cardStore interface {
	Card(ctx context.Context, by core.Actor, id int64) (core.Card, error)
	CardRecords(ctx context.Context, by core.Actor, r core.CardRange) (core.Records[core.Card], error)
	CountCards(ctx context.Context, by core.Actor, customer int64) (int, error)
	AddCard(ctx context.Context, by core.Actor, customer int64, n core.NewCard) (core.Card, core.Addition, error)
	UpdateCard(ctx context.Context, by core.Actor, id, version int64, edit core.CardEdit) (core.Card, error)
}

// cardObject is a card as the document has it. Nobody tells more of its bank
// than the first digits do.
func cardObject(c core.Card) object {
	var o, card, bin object
	o.text("card_id", core.UUID(c.ID))
	o.text("customer_id", core.UUID(c.Customer))
	card.text("holder_name", c.Holder)
	card.text("scheme", string(c.Brand))
	card.text("number", c.LastFour)
	card.add("expiry_month", int(c.Expiry.Month))
	card.add("expiry_year", c.Expiry.Year%100)
	o.sub("card", card)
	bin.text("number", c.FirstSix)
	bin.text("scheme", string(c.Brand))
	o.sub("bin", bin)
	o.text("source", "card")
	o.text("created", timeText(c.CreatedAt))
	o.text("last_updated", timeText(c.UpdatedAt))
	o.add("is_active", c.Active)
	return o
}

// listCustomerCards serves GET /v1/customers/{customer_id}/cards.
func (h face) listCustomerCards(w http.ResponseWriter, r *http.Request) error {
	c, err := h.customer(r)
	if err != nil {
		return err
	}
	win, err := readWindow(r, "filter")
	if err != nil {
		return err
	}
	return h.cards(w, r, win, c.ID)
}

// listCards serves GET /v1/cards.
func (h face) listCards(w http.ResponseWriter, r *http.Request) error {
	win, err := readWindow(r, "filter", "customer_id")
	if err != nil {
		return err
	}
	var customer int64
	if name := r.URL.Query().Get("customer_id"); name != "" {
		id, ok := core.IDFromUUID(name)
		c, err := core.Customer{}, core.ErrNotFound
		if ok {
			c, err = h.store.CustomerWith(r.Context(), api.Actor(r), id, 0) // who may have been merged into another
		}
		if errors.Is(err, core.ErrNotFound) {
			return api.Write(w, http.StatusOK, win.page([]object{}, 0)) // nobody's cards
		}
		if err != nil {
			return err
		}
		customer = c.ID
	}
	return h.cards(w, r, win, customer)
}

// cards answers with a page of cards, of one customer or of all.
func (h face) cards(w http.ResponseWriter, r *http.Request, win window, customer int64) error {
	total, err := h.store.CountCards(r.Context(), api.Actor(r), customer)
	if err != nil {
		return err
	}
	found, err := h.store.CardRecords(r.Context(), api.Actor(r), core.CardRange{
		Customer: customer, Descending: true, Offset: win.offset, Limit: win.limit,
	})
	if err != nil {
		return err
	}
	items := make([]object, len(found.Items))
	for i, c := range found.Items {
		items[i] = cardObject(c)
	}
	return api.Write(w, http.StatusOK, win.page(items, total))
}

// showCard serves GET /v1/cards/{card_id}.
func (h face) showCard(w http.ResponseWriter, r *http.Request) error {
	c, err := h.card(r)
	if err != nil {
		return err
	}
	o := cardObject(c)
	if names := r.URL.Query().Get("filter"); names != "" {
		o = readFilter(names).of(o)
	}
	return api.Write(w, http.StatusOK, o)
}

// card reads the card that the path names.
func (h face) card(r *http.Request) (core.Card, error) {
	id, ok := core.IDFromUUID(r.PathValue("card_id"))
	if !ok {
		return core.Card{}, core.ErrNotFound
	}
	return h.store.Card(r.Context(), api.Actor(r), id)
}

// maxHolder is the document's limit of holder_name, in characters.
const maxHolder = 45

// checkHolder holds a cardholder's name that changes to the document's limit.
func checkHolder(form *api.Form, name, shown string) {
	if name != shown && utf8.RuneCountInString(name) > maxHolder {
		form.Fault("holder_name", core.TooLong, maxHolder)
	}
}

// cardNames are the document's names of what the core finds wrong with a card.
func cardNames() *api.Form {
	form := api.NewForm()
	for _, n := range [][2]string{
		{"holder", "holder_name"}, {"number", "number"}, {"expiry", "expiry_month"}, {"year", "expiry_year"}, {"code", "cvv"}, {"customer", "customer_id"}, {"active", "is_active"},
	} {
		form.Name(n[0], n[1])
	}
	return form
}

// cardIn is the card of a request, which may stand by itself or in "card".
func cardIn(r *http.Request) (in, card api.Value, err error) {
	if in, err = api.JSON(r); err != nil {
		return in, in, err
	}
	if in.Kind != api.Object {
		return in, in, api.Refuse(http.StatusBadRequest, "the body must be a JSON object")
	}
	if nested := in.At("card"); nested.Kind == api.Object {
		return in, nested, nil
	}
	return in, in, nil
}

// createCard serves POST /v1/cards.
func (h face) createCard(w http.ResponseWriter, r *http.Request) error {
	in, card, err := cardIn(r)
	if err != nil {
		return err
	}
	form := cardNames()
	text := func(name string) string {
		t, ok := card.At(name).Text()
		if !ok && card.At(name).Given() {
			form.Fault(name, core.Malformed, 0)
		}
		return t
	}
	holder := text("holder_name")
	checkHolder(form, holder, "")
	month, year := form.Expiry(card.At("expiry_month"), card.At("expiry_year"), "expiry_month", "expiry_year", api.Now(r))
	details, bad := core.ReadCard(text("number"), month+"/"+year, text("cvv"), holder, api.Now(r))
	defer details.Wipe()
	name, _ := in.At("customer_id").Text()
	id, ok := core.IDFromUUID(name)
	switch {
	case name == "":
		form.Fault("customer_id", core.Required, 0)
	case !ok:
		form.Fault("customer_id", core.Unknown, 0)
	default:
		if _, err := h.store.CustomerWith(r.Context(), api.Actor(r), id, 0); errors.Is(err, core.ErrNotFound) {
			form.Fault("customer_id", core.Unknown, 0)
		} else if err != nil {
			return err
		}
	}
	if err := form.All(bad); err != nil {
		return err
	}
	c, _, err := h.store.AddCard(r.Context(), api.Actor(r), id, core.NewCard{CardDetails: details})
	if _, declined := errors.AsType[core.Declined](err); declined {
		err = core.Invalid{{Field: "number", Rule: core.Unusable}}
	}
	if err != nil {
		return form.Named(err)
	}
	return api.Write(w, http.StatusCreated, struct {
		CardID string `json:"card_id"`
	}{core.UUID(c.ID)})
}

// updateCard serves PUT /v1/cards/{card_id}. A card's number is the card: one
// that ends otherwise is another card.
func (h face) updateCard(w http.ResponseWriter, r *http.Request) error {
	c, err := h.card(r)
	if err != nil {
		return err
	}
	_, card, err := cardIn(r)
	if err != nil {
		return err
	}
	form := cardNames()
	var edit core.CardEdit
	if v := card.At("holder_name"); v.Given() {
		holder, ok := v.Text()
		if !ok {
			form.Fault("holder_name", core.Malformed, 0)
		}
		checkHolder(form, holder, c.Holder)
		edit.Holder = &holder
	}
	if v := card.At("number"); v.Given() {
		if text, ok := v.Text(); !ok || strings.TrimLeft(text, "*•x ") != c.LastFour {
			form.Fault("number", core.Malformed, 0)
		}
	}
	edit.Expiry = readExpiry(form, card, c.Expiry, api.Now(r))
	if v := card.At("is_active"); v.Given() {
		on, ok := v.Bool()
		if !ok {
			form.Fault("is_active", core.Malformed, 0)
		}
		edit.Active = &on
	}
	_, bad := c.With(edit, api.Now(r))
	if err := form.All(bad); err != nil {
		return err
	}
	if _, err := h.store.UpdateCard(r.Context(), api.Actor(r), c.ID, 0, edit); err != nil {
		return form.Named(err)
	}
	return api.Write(w, http.StatusOK, struct {
		Status string `json:"status"`
	}{"success"})
}

// readExpiry reads the two parts of an expiry, either of which may be left as
// it is. It returns nil where nothing changes.
func readExpiry(form *api.Form, card api.Value, was core.Expiry, now time.Time) *core.Expiry {
	month, year := card.At("expiry_month"), card.At("expiry_year")
	if !month.Given() && !year.Given() {
		return nil
	}
	text := was.String() // MM/YY
	if !month.Given() {
		month = api.StringValue(text[:2])
	}
	if !year.Given() {
		year = api.StringValue(text[3:])
	}
	read, rule := core.ParseMonthYear(form.Expiry(month, year, "expiry_month", "expiry_year", now))
	if rule != "" || read == was {
		return nil
	}
	return &read
}
