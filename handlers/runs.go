package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// runStore is the part of the store the pages about runs use.
type runStore interface {
	Runs(ctx context.Context, by core.Actor, before int64, limit int) ([]core.Run, error)
	Run(ctx context.Context, by core.Actor, id int64) (core.Run, []core.RunNote, error)
	RunCharges(ctx context.Context, by core.Actor, run int64, limit int) ([]core.ChargeLine, error)
	FaultyRun(ctx context.Context, by core.Actor) (core.Run, error)
	WorkerHalted(ctx context.Context, by core.Actor) (core.Halt, error)
	ResumeWorker(ctx context.Context, by core.Actor) error
	LeftToPeople(ctx context.Context, by core.Actor, limit int) (core.Queue, error)
	Forecast(ctx context.Context, by core.Actor) (core.Forecast, error)
	AskForecast(ctx context.Context, by core.Actor) error
}

type runPages struct {
	base
	store runStore
}

// How many rows the pages about runs show.
const (
	runsPerPage   = 50
	chargesOfARun = 100
	queuedOfAKind = 100
)

// list serves GET /m/{merchant}/runs.
func (p runPages) list(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	before, _ := strconv.ParseInt(r.FormValue("before"), 10, 64)
	runs, err := p.store.Runs(r.Context(), by, max(before, 0), runsPerPage+1)
	if err != nil {
		return err
	}
	v := views.RunsView{Runs: runs, MayStart: by.May(core.Install)}
	if len(runs) > runsPerPage {
		v.Runs = runs[:runsPerPage]
		v.Next = views.RunsURL(by.Merchant) + "?before=" + strconv.FormatInt(v.Runs[runsPerPage-1].ID, 10)
	}
	if v.Faulty, err = p.store.FaultyRun(r.Context(), by); err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if v.Halted, err = p.store.WorkerHalted(r.Context(), by); err != nil {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.RunsPage(v))
}

// show serves GET /m/{merchant}/runs/{run}.
func (p runPages) show(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "run")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	var v views.RunView
	if v.Run, v.Notes, err = p.store.Run(r.Context(), by, id); err != nil {
		return err
	}
	if v.Charges, err = p.store.RunCharges(r.Context(), by, id, chargesOfARun); err != nil {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.RunPage(v))
}

// resume serves POST /m/{merchant}/runs/resume.
func (p runPages) resume(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	if err := p.store.ResumeWorker(r.Context(), by); err != nil && !errors.Is(err, core.ErrConflict) {
		return err
	}
	return done(w, r, views.RunsURL(by.Merchant), web.Flash{Text: "Charging goes on"})
}

// queue serves GET /m/{merchant}/payments/queue.
func (p runPages) queue(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	var v views.QueueView
	var err error
	if v.Queue, err = p.store.LeftToPeople(r.Context(), by, queuedOfAKind); err != nil {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	v.MayWrite = by.May(core.Write) && !v.Chrome.Merchant.Closed()
	return web.Render(w, r, http.StatusOK, views.QueuePage(v))
}

// ahead serves GET /m/{merchant}/payments/ahead.
func (p runPages) ahead(w http.ResponseWriter, r *http.Request) error {
	var v views.AheadView
	var err error
	if v.Forecast, err = p.store.Forecast(r.Context(), web.Actor(r)); err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.AheadPage(v))
}

// askAhead serves POST /m/{merchant}/payments/ahead.
func (p runPages) askAhead(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	if err := p.store.AskForecast(r.Context(), by); err != nil {
		return err
	}
	return web.Redirect(w, r, views.AheadURL(by.Merchant))
}
