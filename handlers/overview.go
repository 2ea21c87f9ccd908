package handlers

import (
	"context"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// overviewStore is the part of the store the overview uses.
type overviewStore interface {
	Overview(ctx context.Context, by core.Actor) (core.Overview, error)
}

type overviewPages struct {
	base
	store overviewStore
}

// show serves GET /m/{merchant}, where a merchant begins.
func (p overviewPages) show(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	chrome, err := p.chrome(w, r, views.InOverview)
	if err != nil {
		return err
	}
	o, err := p.store.Overview(r.Context(), by)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.OverviewPage(views.OverviewView{
		Chrome: chrome, Overview: o, MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(),
	}))
}
