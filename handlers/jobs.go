package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// jobStore is the part of the store that works in the background.
type jobStore interface {
	Customers(ctx context.Context, by core.Actor, l core.List) (core.Page[core.CustomerSummary], error)
	Job(ctx context.Context, by core.Actor, id int64) (core.Job, error)
	Jobs(ctx context.Context, by core.Actor, before int64, limit int) ([]core.Job, error)
	StartJob(ctx context.Context, by core.Actor, id int64, typed int) (core.Job, error)
	StopJob(ctx context.Context, by core.Actor, id int64) (core.Job, error)
	UndoJob(ctx context.Context, by core.Actor, id int64) (core.Job, error)
	PlanBulk(ctx context.Context, by core.Actor, task core.JobTask, ids []int64) (core.Job, error)
	UploadImport(ctx context.Context, by core.Actor, name string, in io.ReadSeeker) (core.Job, error)
	ImportPreview(ctx context.Context, by core.Actor, id int64, fields []string, limit int) (core.ImportPreview, error)
	PlanImport(ctx context.Context, by core.Actor, id int64, fields []string) (core.Job, error)
	EachRefusal(ctx context.Context, by core.Actor, id int64, each func(core.FileRow, core.JobFault) error) error
}

type jobPages struct {
	base
	store jobStore
}

// jobsPerPage is how many jobs a page of their list has.
const jobsPerPage = 50

// list serves GET /m/{merchant}/jobs.
func (p jobPages) list(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	jobs, err := p.store.Jobs(r.Context(), by, max(before, 0), jobsPerPage+1)
	if err != nil {
		return err
	}
	v := views.JobsView{Jobs: jobs}
	if len(jobs) > jobsPerPage {
		v.Jobs = jobs[:jobsPerPage]
		v.Older = views.OlderJobsURL(by.Merchant, v.Jobs[jobsPerPage-1].ID)
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.JobsPage(v))
}

// show serves GET /m/{merchant}/jobs/{job}, and the part that follows it.
func (p jobPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

func (p jobPages) render(w http.ResponseWriter, r *http.Request, status int, bad core.Invalid) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	j, err := p.store.Job(r.Context(), by, id)
	if err != nil {
		return err
	}
	if j.State == core.JobDraft {
		return web.Redirect(w, r, views.MappingURL(by.Merchant, id))
	}
	v := views.JobView{Job: j, Faults: bad, Typed: r.PostFormValue("count")}
	if j.State == core.JobReady && len(j.Report.Sample) > 0 {
		if v.Sample, err = p.sample(r, j); err != nil {
			return err
		}
	}
	if web.Partial(r, "job") {
		v.Chrome = views.Chrome{User: web.User(r), Now: p.now()}
		return web.Render(w, r, status, views.JobPart(v))
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	v.Chrome.Path = views.JobURL(by.Merchant, id)
	return web.Render(w, r, status, views.JobPage(v))
}

// sample are some of the customers that a job would change.
func (p jobPages) sample(r *http.Request, j core.Job) ([]core.CustomerSummary, error) {
	terms := make([]string, len(j.Report.Sample))
	for i, id := range j.Report.Sample {
		terms[i] = fmt.Sprintf("id:%d", id)
	}
	q, err := core.ParseQuery("("+strings.Join(terms, " OR ")+")", core.CustomerFields, nil)
	if err != nil {
		return nil, err
	}
	page, err := p.store.Customers(r.Context(), web.Actor(r), core.List{Query: q, Deleted: j.Task.Deleted})
	return page.Items, err
}

// start serves POST /m/{merchant}/jobs/{job}/start: "count".
func (p jobPages) start(w http.ResponseWriter, r *http.Request) error {
	typed, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "", " ", "", "\u00a0", "", "'", "").Replace(r.PostFormValue("count")))
	if err != nil {
		typed = -1
	}
	return p.move(w, r, "", func(ctx context.Context, by core.Actor, id int64) (core.Job, error) {
		return p.store.StartJob(ctx, by, id, typed)
	})
}

// stop serves POST /m/{merchant}/jobs/{job}/stop.
func (p jobPages) stop(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, "Stopped", p.store.StopJob)
}

// undo serves POST /m/{merchant}/jobs/{job}/undo.
func (p jobPages) undo(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, "", p.store.UndoJob)
}

// move changes a job and shows it, or the one that came of it. One that is past
// that is shown as it is by now.
func (p jobPages) move(w http.ResponseWriter, r *http.Request, text string, do func(context.Context, core.Actor, int64) (core.Job, error)) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	j, err := do(r.Context(), by, id)
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.render(w, r, http.StatusUnprocessableEntity, bad)
	case errors.Is(err, core.ErrConflict):
		return done(w, r, views.JobURL(by.Merchant, id), web.Flash{Kind: web.FlashError, Text: "It was past that already. This is how it stands"})
	case err != nil:
		return err
	case text == "":
		return web.Redirect(w, r, views.JobURL(by.Merchant, j.ID))
	}
	return done(w, r, views.JobURL(by.Merchant, j.ID), web.Flash{Text: text})
}

// refused serves GET /m/{merchant}/jobs/{job}/refused.
func (p jobPages) refused(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	j, err := p.store.Job(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	if j.Kind != core.ImportJob {
		return core.ErrNotFound
	}
	name, kind := "csv", "text/csv; charset=utf-8"
	if j.Task.Shape.JSON {
		name, kind = "ndjson", "application/x-ndjson"
	}
	var out *core.Rejects
	begin := func() (err error) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="refused-%d.%s"`, id, name))
		w.Header().Set("Cache-Control", "private, no-store")
		out, err = core.NewRejects(w, j.Task.Shape)
		return err
	}
	err = p.store.EachRefusal(r.Context(), web.Actor(r), id, func(row core.FileRow, f core.JobFault) error {
		if out == nil {
			if err := begin(); err != nil {
				return err
			}
		}
		return out.Add(row, views.RowComplaint(f.Err()))
	})
	if err == nil && out == nil {
		return core.ErrNotFound // nothing was refused, or it is too long ago
	}
	if err != nil {
		return err
	}
	return out.Flush()
}
