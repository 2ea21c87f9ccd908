package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// bulkPages does something to many customers of a list.
type bulkPages struct {
	pages   customerPages
	exports exportPages
	store   jobStore
}

// bulkForm is the form above a list, for those who may do any of it.
func bulkForm(v views.CustomersView, mayTake bool) *views.BulkForm {
	var f views.BulkForm
	add := func(act, text string) { f.Acts = append(f.Acts, views.Pair{Name: act, Value: text}) }
	switch {
	case v.MayWrite && v.Deleted:
		add(string(core.BulkRestore), "Restore")
	case v.MayWrite:
		add(string(core.BulkSet), "Set metadata")
		add(string(core.BulkRemove), "Remove metadata")
	}
	if mayTake {
		add(views.BulkCSV, "Export as CSV")
		add(views.BulkNDJSON, "Export as NDJSON")
	}
	if v.MayWrite && !v.Deleted {
		add(string(core.BulkDelete), "Delete")
	}
	if len(f.Acts) == 0 {
		return nil
	}
	return &f
}

// begin serves POST /m/{merchant}/customers/bulk. An export is the answer;
// anything else becomes a job, which changes nothing before it is started. An
// export takes a right of its own, which the store sees to.
func (p bulkPages) begin(w http.ResponseWriter, r *http.Request) error {
	l, err := p.pages.postedList(r)
	if bad, ok := errors.AsType[core.QueryError](err); ok {
		return p.pages.mistaken(w, r, bad)
	}
	if err != nil {
		return err
	}
	by, ids := web.Actor(r), chosen(r)
	all, act := r.PostFormValue("all") == "true", r.PostFormValue("act")
	if format, ok := strings.CutPrefix(act, "export-"); ok {
		x := core.Export{List: l, Format: core.Format(format)}
		if !all {
			x.IDs = ids
		}
		if len(ids) == 0 && !all {
			return p.refuse(w, r, l, core.Invalid{{Field: "ids", Rule: core.Required}})
		}
		return p.exports.send(w, r, x)
	}
	task := core.JobTask{
		Act: core.BulkAct(act), Key: strings.TrimSpace(r.PostFormValue("key")), Value: r.PostFormValue("value"),
		Deleted: l.Deleted, Chosen: !all,
	}
	if all {
		task.Query, ids = l.Query.String(), nil
	}
	j, err := p.store.PlanBulk(r.Context(), by, task, ids)
	var bad core.Invalid
	if errors.As(err, &bad) {
		return p.refuse(w, r, l, bad)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, views.JobURL(by.Merchant, j.ID))
}

// chosen are the customers that were ticked, by themselves or with their page.
func chosen(r *http.Request) []int64 {
	var ids []int64
	seen := map[int64]bool{}
	texts := r.PostForm["id"]
	for _, page := range r.PostForm["page"] {
		texts = append(texts, strings.Split(page, ",")...)
	}
	for _, text := range texts {
		id, err := strconv.ParseInt(text, 10, 64)
		if err == nil && id > 0 && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// refuse shows the list with the form as it was sent, and what is wrong with it.
func (p bulkPages) refuse(w http.ResponseWriter, r *http.Request, l core.List, bad core.Invalid) error {
	m, saved, err := p.pages.store.MerchantAndViews(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	at := postedQuery(r)
	v, err := p.pages.listView(r, m, saved, at, l.Query)
	if err != nil {
		return err
	}
	if v.Bulk != nil {
		v.Bulk.Faults, v.Bulk.Act, v.Bulk.All = bad, r.PostFormValue("act"), r.PostFormValue("all") == "true"
		v.Bulk.Key, v.Bulk.Value, v.Bulk.Chosen = r.PostFormValue("key"), r.PostFormValue("value"), map[int64]bool{}
		for _, id := range chosen(r) {
			v.Bulk.Chosen[id] = true
		}
	}
	v.Back = at.URL(m.ID)
	return p.pages.wholeList(w, r, http.StatusUnprocessableEntity, v)
}
