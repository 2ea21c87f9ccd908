package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// cardStore is the part of the store the pages about cards use.
type cardStore interface {
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	Card(ctx context.Context, by core.Actor, id int64) (core.Card, error)
	CustomerCards(ctx context.Context, by core.Actor, customer int64) ([]core.Card, error)
	CardUses(ctx context.Context, by core.Actor, id int64) ([]core.CardUse, error)
	CustomerCardUses(ctx context.Context, by core.Actor, customer int64) (map[int64][]core.CardUse, error)
	AddCard(ctx context.Context, by core.Actor, customer int64, n core.NewCard) (core.Card, core.Addition, error)
	UpdateCard(ctx context.Context, by core.Actor, id, version int64, edit core.CardEdit) (core.Card, error)
	SetDefaultCard(ctx context.Context, by core.Actor, id int64) (event int64, err error)
	RemoveCard(ctx context.Context, by core.Actor, id, version, next int64) (event int64, err error)
}

type cardPages struct {
	base
	store cardStore
}

// cardForm is the largest body that a card's form sends.
const cardForm = 64 << 10

// living returns the customer of the path, who must not be deleted.
func (p cardPages) living(r *http.Request) (core.Customer, error) {
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

// card returns the card of the path, of the customer of the path.
func (p cardPages) card(r *http.Request) (core.Customer, core.Card, error) {
	c, err := p.living(r)
	if err != nil {
		return c, core.Card{}, err
	}
	id, err := pathID(r, "card")
	if err != nil {
		return c, core.Card{}, err
	}
	card, err := p.store.Card(r.Context(), web.Actor(r), id)
	if err == nil && card.Customer != c.ID {
		err = core.ErrNotFound
	}
	return c, card, err
}

// newForm serves GET /m/{merchant}/customers/{id}/cards/new.
func (p cardPages) newForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return toRestore(w, r, p.store, err)
	}
	cards, err := p.store.CustomerCards(r.Context(), web.Actor(r), c.ID)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, c, views.CardView{Holder: c.FullName(), Default: len(cards) == 0})
}

// render shows a card's form.
func (p cardPages) render(w http.ResponseWriter, r *http.Request, status int, c core.Customer, v views.CardView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	v.Customer = c
	if v.Request == "" {
		v.Request = rand.Text()
	}
	if next, ok := web.LocalPath(r.URL.Query().Get("next")); ok {
		v.Next = next
	}
	return web.Render(w, r, status, views.CardPage(v))
}

// add serves POST /m/{merchant}/customers/{id}/cards/new. Neither the number nor
// the code leaves it but for the store.
func (p cardPages) add(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return err
	}
	v := views.CardView{
		Expiry: digitsOnly(r.PostFormValue("expiry")), Holder: r.PostFormValue("holder"), Description: strings.TrimSpace(r.PostFormValue("description")),
		Default: r.PostFormValue("default") == "true", Request: r.PostFormValue("request"),
	}
	d, bad := core.ReadCard(r.PostFormValue("number"), r.PostFormValue("expiry"), r.PostFormValue("code"), v.Holder, p.now())
	defer d.Wipe()
	r.PostForm.Del("number")
	r.PostForm.Del("code")
	r.Form.Del("number")
	r.Form.Del("code")
	card, added, err := core.Card{}, core.Addition(""), error(nil)
	if n := (core.NewCard{CardDetails: d, Description: v.Description, Default: v.Default, Request: v.Request}); len(bad) > 0 {
		err = append(bad, n.CheckDescription()...)
	} else {
		card, added, err = p.store.AddCard(r.Context(), web.Actor(r), c.ID, n)
	}
	status := http.StatusUnprocessableEntity
	var declined core.Declined
	switch {
	case errors.As(err, &v.Faults):
		v.Holder, v.Description = withoutCard(v.Holder), withoutCard(v.Description)
	case errors.As(err, &declined):
		v.Refuse = "The processor refuses this card. " + views.DeclineText(declined.Reason) + " Nothing was saved; try another card."
	case errors.Is(err, core.ErrProcessor):
		v.Refuse, status = "The processor does not answer. Nothing was saved; try again in a moment.", http.StatusServiceUnavailable
	case err != nil:
		return err
	default:
		text := map[core.Addition]string{
			core.Added: " added", core.Updated: " was there already; what you entered anew is saved", core.Revived: " is back",
		}[added]
		to := views.CustomerURL(c.Merchant, c.ID) + "#card-" + strconv.FormatInt(card.ID, 10)
		if next, ok := web.LocalPath(r.URL.Query().Get("next")); ok {
			to = next
		}
		return done(w, r, to, web.Flash{Text: card.Label() + text})
	}
	return p.render(w, r, status, c, v)
}

// digitsOnly keeps what an expiry is written with, for text that is shown
// again, and nothing that is longer than one: a number was typed in the wrong
// line then.
func digitsOnly(expiry string) string {
	const longest = len("01 / 2030")
	if len(expiry) > longest {
		return ""
	}
	return expiry
}

// withoutCard is the text that is shown again, or nothing where it holds a card
// number.
func withoutCard(text string) string {
	if core.HasCardNumber(text) {
		return ""
	}
	return text
}

// editForm serves GET /m/{merchant}/customers/{id}/cards/{card}/edit.
func (p cardPages) editForm(w http.ResponseWriter, r *http.Request) error {
	c, card, err := p.card(r)
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, c, views.CardView{
		Card: card, Expiry: card.Expiry.String(), Holder: card.Holder, Description: card.Description, Active: card.Active, Version: card.Version,
	})
}

// save serves POST /m/{merchant}/customers/{id}/cards/{card}/edit.
func (p cardPages) save(w http.ResponseWriter, r *http.Request) error {
	c, card, err := p.card(r)
	if err != nil {
		return err
	}
	v := views.CardView{
		Card: card, Expiry: digitsOnly(r.PostFormValue("expiry")), Holder: strings.TrimSpace(r.PostFormValue("holder")),
		Description: strings.TrimSpace(r.PostFormValue("description")), Active: r.PostFormValue("active") == "true", Version: version(r),
	}
	edit := core.CardEdit{Holder: &v.Holder, Description: &v.Description, Active: &v.Active}
	expiry, rule := core.ParseExpiry(r.PostFormValue("expiry"))
	if rule == "" {
		edit.Expiry = &expiry
		card, err = p.store.UpdateCard(r.Context(), web.Actor(r), card.ID, v.Version, edit)
	} else {
		_, bad := card.With(edit, p.now())
		err = append(core.Invalid{{Field: "expiry", Rule: rule}}, bad...)
	}
	status := http.StatusUnprocessableEntity
	var used core.CardInUse
	switch {
	case errors.As(err, &v.Faults):
		v.Holder, v.Description = withoutCard(v.Holder), withoutCard(v.Description)
	case errors.As(err, &used):
		v.Uses, v.Active, status = used.Uses, true, http.StatusConflict
	case errors.Is(err, core.ErrConflict):
		v.Stale, v.Version, status = true, v.Card.Version, http.StatusConflict
	case err != nil:
		return err
	default:
		return done(w, r, views.CardsURL(c.Merchant, c.ID), web.Flash{Text: card.Label() + " saved"})
	}
	return p.render(w, r, status, c, v)
}

// setDefault serves POST /m/{merchant}/customers/{id}/cards/{card}/default.
func (p cardPages) setDefault(w http.ResponseWriter, r *http.Request) error {
	c, card, err := p.card(r)
	if err != nil {
		return err
	}
	event, err := p.store.SetDefaultCard(r.Context(), web.Actor(r), card.ID)
	if err != nil {
		return err
	}
	f := web.Flash{Text: card.Label() + " is the default card"}
	if event != 0 {
		f.Undo = &web.Undo{Action: views.UndoURL(c.Merchant, c.ID, event), Label: "Undo"}
	}
	return done(w, r, views.CardsURL(c.Merchant, c.ID), f)
}

// removeForm serves GET /m/{merchant}/customers/{id}/cards/{card}/remove.
func (p cardPages) removeForm(w http.ResponseWriter, r *http.Request) error {
	return p.askRemove(w, r, http.StatusOK, views.RemoveCardView{})
}

// askRemove asks whether to remove a card, again where v says why it was not.
func (p cardPages) askRemove(w http.ResponseWriter, r *http.Request, status int, v views.RemoveCardView) error {
	var err error
	if v.Customer, v.Card, err = p.card(r); err != nil {
		return err
	}
	ctx, by := r.Context(), web.Actor(r)
	if v.Uses, err = p.store.CardUses(ctx, by, v.Card.ID); err != nil {
		return err
	}
	cards, err := p.store.CustomerCards(ctx, by, v.Customer.ID)
	if err != nil {
		return err
	}
	for _, other := range cards {
		if v.Card.Default && other.ID != v.Card.ID {
			v.Others = append(v.Others, other)
			if v.Next == 0 && other.Usable(p.now()) {
				v.Next = other.ID
			}
		}
	}
	if v.Next == 0 && len(v.Others) > 0 {
		v.Next = v.Others[0].ID
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.RemoveCardPage(v))
}

// remove serves POST /m/{merchant}/customers/{id}/cards/{card}/remove.
func (p cardPages) remove(w http.ResponseWriter, r *http.Request) error {
	c, card, err := p.card(r)
	if err != nil {
		return err
	}
	v := views.RemoveCardView{}
	v.Next, _ = strconv.ParseInt(r.PostFormValue("next_card"), 10, 64)
	event, err := p.store.RemoveCard(r.Context(), web.Actor(r), card.ID, version(r), v.Next)
	var used core.CardInUse
	switch {
	case errors.As(err, &v.Faults):
		return p.askRemove(w, r, http.StatusUnprocessableEntity, v)
	case errors.As(err, &used):
		return p.askRemove(w, r, http.StatusConflict, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.askRemove(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return done(w, r, views.CardsURL(c.Merchant, c.ID), web.Flash{
		Text: card.Label() + " removed",
		Undo: &web.Undo{Action: views.UndoURL(c.Merchant, c.ID, event), Label: "Undo"},
	})
}
