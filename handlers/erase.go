package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// eraseStore is the part of the store by which personal data is taken out and
// erased.
type eraseStore interface {
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	CustomerAt(ctx context.Context, by core.Actor, id, version int64) (core.Customer, []core.Event, error)
	CustomerCharges(ctx context.Context, by core.Actor, customer int64, limit int) ([]core.ChargeSummary, error)
	Holds(ctx context.Context, by core.Actor, id int64) (core.Holds, error)
	EraseCustomer(ctx context.Context, by core.Actor, id, version int64) error
	Dossier(ctx context.Context, by core.Actor, id int64) (core.Dossier, error)
	TakeOut(ctx context.Context, by core.Actor, id int64) (core.Dossier, error)
}

type erasePages struct {
	base
	store eraseStore
}

// form serves GET /m/{merchant}/customers/{id}/erase.
func (p erasePages) form(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, http.StatusOK, nil)
}

// ask asks whether to erase, again where bad or a stale version says why it was
// not done.
func (p erasePages) ask(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), web.Actor(r)
	c, err := p.store.Customer(ctx, by, id)
	if err != nil {
		return err
	}
	if c.Erased() || c.ID != id {
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, c.ID))
	}
	v := views.EraseView{
		ID: id, Title: c.Title(), Confirm: c.Confirmation(), IsEmail: c.Email != "", Typed: r.PostFormValue("confirm"),
		Version: c.Version, Faults: bad, DeletedAt: c.DeletedAt,
	}
	if v.Holds, err = p.store.Holds(ctx, by, id); err != nil {
		return err
	}
	charges, err := p.store.CustomerCharges(ctx, by, id, core.MaxCount)
	if err != nil {
		return err
	}
	v.Charges = len(charges)
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	if !c.Living() {
		v.Expires = v.Chrome.Merchant.RestoreUntil(c.DeletedAt)
	}
	if status == http.StatusConflict {
		_, since, err := p.store.CustomerAt(ctx, by, id, max(version(r), 0))
		if err != nil {
			return err
		}
		v.Changed, v.Stale = true, eventLines(core.Timeline{Events: since[:min(len(since), eventsPerPage)]}, c, core.Actor{})
	}
	return web.Render(w, r, status, views.ErasePage(v))
}

// erase serves POST /m/{merchant}/customers/{id}/erase.
func (p erasePages) erase(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	switch {
	case err != nil:
		return err
	case c.Erased() || c.ID != id:
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, c.ID))
	case !c.Confirms(r.PostFormValue("confirm")):
		return p.ask(w, r, http.StatusUnprocessableEntity, core.Invalid{{Field: "confirm", Rule: core.Wrong}})
	}
	err = p.store.EraseCustomer(r.Context(), by, id, version(r))
	switch {
	case errors.Is(err, core.ErrConflict):
		return p.ask(w, r, http.StatusConflict, nil)
	case err != nil:
		return err
	}
	return done(w, r, views.CustomerURL(by.Merchant, id), web.Flash{Text: "Personal data erased"})
}

// data serves GET /m/{merchant}/customers/{id}/data.
func (p erasePages) data(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	d, err := p.store.Dossier(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	v := views.DossierView{ID: d.Customer.ID, Title: d.Customer.Title(), Parts: d.Parts()}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.DossierPage(v))
}

// takeOut serves POST /m/{merchant}/customers/{id}/data.
func (p erasePages) takeOut(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	d, err := p.store.TakeOut(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	data, err := d.JSON()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="customer-%d.json"`, d.Customer.ID))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(data)
	return err
}
