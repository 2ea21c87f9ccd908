package handlers

import (
	"context"
	"errors"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// settingsStore is the part of the store the pages about a merchant itself use.
type settingsStore interface {
	Merchant(ctx context.Context, by core.Actor) (core.Merchant, error)
	UpdateMerchant(ctx context.Context, by core.Actor, version int64, ch core.Changes) (core.Merchant, error)
	CloseMerchant(ctx context.Context, by core.Actor, version int64) error
	ReopenMerchant(ctx context.Context, by core.Actor, version int64) error
	MerchantHoldings(ctx context.Context, by core.Actor) (core.Holdings, error)
	DeleteMerchant(ctx context.Context, by core.Actor, version int64) error
}

type settingsPages struct {
	base
	store settingsStore
}

// show serves GET /m/{merchant}/settings/merchant.
func (p settingsPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, views.SettingsView{})
}

// render shows the form: as typed where v has values, else as stored.
func (p settingsPages) render(w http.ResponseWriter, r *http.Request, status int, v views.SettingsView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InSettings); err != nil {
		return err
	}
	m := v.Chrome.Merchant
	switch {
	case v.Values == nil:
		v.Values, v.Version = m.Settings(), m.Version
	case v.Stale:
		typed, _ := m.With(v.Values)
		v.Version = m.Version
		_, v.Now = core.DiffSettings(typed, m)
	}
	v.MayClose = web.Actor(r).May(core.Install)
	return web.Render(w, r, status, views.SettingsPage(v))
}

// save serves POST /m/{merchant}/settings/merchant.
func (p settingsPages) save(w http.ResponseWriter, r *http.Request) error {
	v := views.SettingsView{Values: core.Changes{}, Version: version(r)}
	for _, name := range core.SettingNames() {
		if _, sent := r.PostForm[name]; sent {
			v.Values[name] = r.PostFormValue(name)
		}
	}
	_, err := p.store.UpdateMerchant(r.Context(), web.Actor(r), v.Version, v.Values)
	switch {
	case errors.As(err, &v.Faults):
		return p.render(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.render(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return done(w, r, views.MerchantSettingsURL(web.Actor(r).Merchant), web.Flash{Text: "Settings saved"})
}

// close serves POST /m/{merchant}/settings/merchant/close.
func (p settingsPages) close(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, p.store.CloseMerchant, "Merchant closed")
}

// reopen serves POST /m/{merchant}/settings/merchant/reopen.
func (p settingsPages) reopen(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, p.store.ReopenMerchant, "Merchant reopened")
}

func (p settingsPages) move(w http.ResponseWriter, r *http.Request, act func(context.Context, core.Actor, int64) error, text string) error {
	by := web.Actor(r)
	if err := act(r.Context(), by, version(r)); err != nil {
		return err
	}
	return done(w, r, views.MerchantSettingsURL(by.Merchant), web.Flash{Text: text})
}

// deleteForm serves GET /m/{merchant}/settings/merchant/delete.
func (p settingsPages) deleteForm(w http.ResponseWriter, r *http.Request) error {
	return p.askDelete(w, r, http.StatusOK)
}

func (p settingsPages) askDelete(w http.ResponseWriter, r *http.Request, status int) error {
	has, err := p.store.MerchantHoldings(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	chrome, err := p.chrome(w, r, views.InSettings)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, views.MerchantDeletePage(views.MerchantDeleteView{
		Chrome: chrome, Version: chrome.Merchant.Version, Has: has, Stale: status == http.StatusConflict,
	}))
}

// delete serves POST /m/{merchant}/settings/merchant/delete.
func (p settingsPages) delete(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	m, err := p.store.Merchant(r.Context(), by)
	if err != nil {
		return err
	}
	err = p.store.DeleteMerchant(r.Context(), by, version(r))
	if errors.Is(err, core.ErrConflict) {
		return p.askDelete(w, r, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	if err := web.Leave(w, r); err != nil {
		return err
	}
	return done(w, r, views.MerchantsURL, web.Flash{Text: m.Name + " deleted"})
}
