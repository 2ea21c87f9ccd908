package handlers

import (
	"errors"
	"net/http"
	"path"
	"strings"
	"unicode"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// uploadForm is what a form around a file takes beside it.
const uploadForm = 64 << 10

// form serves GET /m/{merchant}/customers/import.
func (p jobPages) form(w http.ResponseWriter, r *http.Request) error {
	return p.renderImport(w, r, http.StatusOK, "")
}

func (p jobPages) renderImport(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	chrome, err := p.chrome(w, r, views.InCustomers)
	if err != nil {
		return err
	}
	if chrome.Merchant.Closed() {
		return core.ErrClosed
	}
	return web.Render(w, r, status, views.ImportPage(views.ImportView{Chrome: chrome, Fault: fault}))
}

// upload serves POST /m/{merchant}/customers/import: "file".
func (p jobPages) upload(w http.ResponseWriter, r *http.Request) error {
	err := r.ParseMultipartForm(formMemory)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	if web.Status(err) == http.StatusRequestEntityTooLarge {
		return err
	}
	file, head, err := r.FormFile("file")
	if err != nil {
		return p.renderImport(w, r, http.StatusUnprocessableEntity, "Choose a file.")
	}
	defer file.Close()
	by := web.Actor(r)
	j, err := p.store.UploadImport(r.Context(), by, fileName(head.Filename), file)
	var words core.UnreadableFile
	if errors.As(err, &words) {
		return p.renderImport(w, r, http.StatusUnprocessableEntity, views.Unreadable(words))
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, views.MappingURL(by.Merchant, j.ID))
}

// formMemory is how much of an upload is held in memory; the rest is in a file
// for as long as the request takes.
const formMemory = 1 << 20

// fileName is the name of a file without folders and what cannot be shown.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[len(runes)-100:]) // its end says what kind it is
	}
	return name
}

// mapping serves GET /m/{merchant}/jobs/{job}/mapping.
func (p jobPages) mapping(w http.ResponseWriter, r *http.Request) error {
	return p.renderMapping(w, r, http.StatusOK, nil, false)
}

func (p jobPages) renderMapping(w http.ResponseWriter, r *http.Request, status int, fields []string, nothing bool) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	preview, err := p.store.ImportPreview(r.Context(), by, id, fields, views.RowsShown)
	if errors.Is(err, core.ErrConflict) {
		return web.Redirect(w, r, views.JobURL(by.Merchant, id))
	}
	if err != nil {
		return err
	}
	v := views.MappingView{Preview: preview, Fields: make([]string, len(preview.Mapping.Columns)), Nothing: nothing}
	for i, c := range preview.Mapping.Columns {
		if v.Fields[i] = c.Field; i < len(fields) {
			v.Fields[i] = strings.TrimSpace(fields[i]) // as typed
		}
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.MappingPage(v))
}

// plan serves POST /m/{merchant}/jobs/{job}/mapping: a "field" for each column.
func (p jobPages) plan(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	by, fields := web.Actor(r), r.PostForm["field"]
	_, err = p.store.PlanImport(r.Context(), by, id, fields)
	var columns core.BadMapping
	var bad core.Invalid
	switch {
	case errors.As(err, &columns), errors.As(err, &bad):
		return p.renderMapping(w, r, http.StatusUnprocessableEntity, append([]string{}, fields...), bad != nil)
	case err != nil && !errors.Is(err, core.ErrConflict):
		return err
	}
	return web.Redirect(w, r, views.JobURL(by.Merchant, id))
}
