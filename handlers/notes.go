package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// noteStore is the part of the store the pages about notes use.
type noteStore interface {
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	Notes(ctx context.Context, by core.Actor, customer int64) ([]core.Note, error)
	AddNote(ctx context.Context, by core.Actor, customer int64, n core.Note) (core.Note, error)
	UpdateNote(ctx context.Context, by core.Actor, n core.Note) (core.Note, error)
	DeleteNote(ctx context.Context, by core.Actor, id int64) (event int64, err error)
}

type notePages struct {
	base
	store noteStore
	pages customerPages
}

// notesView is the part of a customer's page with the notes.
func notesView(r *http.Request, chrome views.Chrome, c core.Customer, notes []core.Note) views.NotesView {
	by := web.Actor(r)
	v := views.NotesView{
		Merchant: chrome.Merchant.ID, Customer: c.ID, Zone: chrome.Merchant.Location(), Now: chrome.Now,
		MayWrite: by.May(core.Write) && c.Living() && !chrome.Merchant.Closed(), Staff: by.Role.Staff(),
	}
	for _, n := range notes {
		v.Notes = append(v.Notes, views.NoteLine{Note: n, MayEdit: v.MayWrite})
	}
	return v
}

// answer shows the notes after an act: the part where htmx asked for it, else
// the customer's page.
func (p notePages) answer(w http.ResponseWriter, r *http.Request, status int, change func(*views.NotesView)) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), web.Actor(r)
	part := web.Partial(r, "notes")
	if !part && change == nil {
		return web.Redirect(w, r, views.CustomerURL(by.Merchant, id)+"#notes")
	}
	if !part {
		return p.pages.render(w, r, status, id, func(v *views.CustomerView) { change(&v.Notes) })
	}
	c, err := p.store.Customer(ctx, by, id)
	if err != nil {
		return err
	}
	m, err := p.merchants.Merchant(ctx, by)
	if err != nil {
		return err
	}
	notes, err := p.store.Notes(ctx, by, id)
	if err != nil {
		return err
	}
	v := notesView(r, views.Chrome{Merchant: m, Now: p.now()}, c, notes)
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.CustomerNotes(v))
}

// form reads a note's form.
func noteForm(r *http.Request) views.NoteForm {
	return views.NoteForm{
		Open: true, Text: strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n"), Version: version(r),
		Pinned: r.PostFormValue("pinned") == "true", StaffOnly: r.PostFormValue("staff_only") == "true",
	}
}

// add serves POST /m/{merchant}/customers/{id}/notes.
func (p notePages) add(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	f := noteForm(r)
	_, err = p.store.AddNote(r.Context(), web.Actor(r), id, core.Note{Text: f.Text, Pinned: f.Pinned, StaffOnly: f.StaffOnly})
	if errors.As(err, &f.Faults) {
		return p.answer(w, r, http.StatusUnprocessableEntity, func(v *views.NotesView) { v.New = f })
	}
	if err != nil {
		return err
	}
	return p.answer(w, r, http.StatusOK, nil)
}

// save serves POST /m/{merchant}/customers/{id}/notes/{note}.
func (p notePages) save(w http.ResponseWriter, r *http.Request) error {
	note, err := p.note(r)
	if err != nil {
		return err
	}
	f := noteForm(r)
	again := func(status int) error {
		return p.answer(w, r, status, func(v *views.NotesView) {
			for i := range v.Notes {
				if v.Notes[i].ID == note.ID {
					if f.Stale {
						f.Version = v.Notes[i].Version
					}
					v.Notes[i].Form = &f
				}
			}
		})
	}
	_, err = p.store.UpdateNote(r.Context(), web.Actor(r), core.Note{ID: note.ID, Version: f.Version, Text: f.Text, Pinned: f.Pinned})
	switch {
	case errors.As(err, &f.Faults):
		return again(http.StatusUnprocessableEntity)
	case errors.Is(err, core.ErrConflict):
		f.Stale = true
		return again(http.StatusConflict)
	case err != nil:
		return err
	}
	return p.answer(w, r, http.StatusOK, nil)
}

// pin serves POST /m/{merchant}/customers/{id}/notes/{note}/pin.
func (p notePages) pin(w http.ResponseWriter, r *http.Request) error {
	note, err := p.note(r)
	if err != nil {
		return err
	}
	note.Pinned, note.Version = r.PostFormValue("pinned") == "true", 0
	if _, err := p.store.UpdateNote(r.Context(), web.Actor(r), note); err != nil {
		return err
	}
	return p.answer(w, r, http.StatusOK, nil)
}

// delete serves POST /m/{merchant}/customers/{id}/notes/{note}/delete.
func (p notePages) delete(w http.ResponseWriter, r *http.Request) error {
	note, err := p.note(r)
	if err != nil {
		return err
	}
	event, err := p.store.DeleteNote(r.Context(), web.Actor(r), note.ID)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	if err := web.AddFlash(w, r, web.Flash{
		Kind: web.FlashSuccess, Text: "Note deleted",
		Undo: &web.Undo{Action: views.UndoURL(by.Merchant, note.Customer, event), Label: "Undo"},
	}); err != nil {
		return err
	}
	return web.Redirect(w, r, views.CustomerURL(by.Merchant, note.Customer)+"#notes")
}

// note returns the note of the path, of the customer of the path.
func (p notePages) note(r *http.Request) (core.Note, error) {
	id, err := pathID(r, "id")
	if err != nil {
		return core.Note{}, err
	}
	note, err := pathID(r, "note")
	if err != nil {
		return core.Note{}, err
	}
	notes, err := p.store.Notes(r.Context(), web.Actor(r), id)
	if err != nil {
		return core.Note{}, err
	}
	for _, n := range notes {
		if n.ID == note {
			return n, nil
		}
	}
	return core.Note{}, core.ErrNotFound
}
