package handlers

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/views"
	"kontor/web"
)

// facePages show a customer as the APIs answer it.
type facePages struct {
	customerPages
	site  *web.Site
	faces []*api.Face
}

const (
	// facesLook is how many events are looked through for those of programs.
	facesLook = 100
	// facesCalls is how many of these are shown.
	facesCalls = 10
)

// show serves GET /m/{merchant}/customers/{id}/apis.
func (p facePages) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), web.Actor(r)
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	c, err := p.store.Customer(ctx, by, id)
	if err != nil {
		return err
	}
	if c.ID != id { // it was merged
		return web.Redirect(w, r, views.CustomerFacesURL(by.Merchant, c.ID))
	}
	chrome, err := p.chrome(w, r, views.InCustomers)
	if err != nil {
		return err
	}
	v := views.CustomerFacesView{CustomerView: views.CustomerView{
		Chrome: chrome, Customer: c, MayWrite: by.May(core.Write) && !chrome.Merchant.Closed(), Back: p.back(r),
	}}
	line, err := p.store.CustomerEvents(ctx, by, id, 0, facesLook)
	if err != nil {
		return err
	}
	for _, e := range line.Events {
		if e.Actor.Kind == core.ByApplication && len(v.Calls) < facesCalls {
			v.Calls = append(v.Calls, e)
		}
	}
	if !c.Living() {
		v.RestoreUntil = chrome.Merchant.RestoreUntil(c.DeletedAt)
		if v.DeletedBy, err = p.deletedBy(r, c, line); err != nil {
			return err
		}
	}
	for _, f := range p.faces {
		face, err := p.face(r, f, c)
		if err != nil {
			return err
		}
		v.Faces = append(v.Faces, face)
	}
	return web.Render(w, r, http.StatusOK, views.CustomerFacesPage(v))
}

// face is the customer through one API, by the same code that answers its
// programs.
func (p facePages) face(r *http.Request, f *api.Face, c core.Customer) (views.FaceLine, error) {
	line := views.FaceLine{API: f.Name, Title: f.Title}
	switch {
	case !c.Living():
		line.Why = "The customer is deleted: in no list of this API."
		return line, nil
	case f.Customer == nil:
		line.Why = "This API does not have the customer."
		return line, nil
	}
	shown, err := f.Customer(api.Look(r, web.Actor(r), p.now), c)
	if errors.Is(err, core.ErrNotFound) {
		line.Why = "This API does not have the customer."
		return line, nil
	}
	if err != nil {
		return line, err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(shown.Body); err != nil {
		return line, err
	}
	line.Call, line.Answer, line.Unsaid = shown.Method+" "+shown.Path, text.String(), shown.Unsaid
	line.Shell = views.ShellCall(public(p.site, r), f.Name, c.Merchant, shown.Path)
	return line, nil
}
