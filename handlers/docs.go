package handlers

import (
	"net/http"
	"strings"

	"github.com/swaggest/swgui/v5emb"

	"kontor/handlers/api"
	"kontor/views"
	"kontor/web"
)

// docPages show what the APIs offer. They are for everybody: they hold nothing
// of anybody.
type docPages struct{ faces []*api.Face }

// docsPolicy is the page's own Content-Security-Policy: Swagger UI writes
// style attributes. Nothing else is laxer than elsewhere.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// show serves GET /docs.
func (d docPages) show(w http.ResponseWriter, r *http.Request) error {
	v := views.DocsView{Theme: theme(r)}
	if web.User(r).ID != 0 {
		v.Back = views.HomeURL
	}
	for _, f := range d.faces {
		name := string(f.Name)
		v.Faces = append(v.Faces, views.DocsFace{Name: name, Title: f.Title, URL: views.DocumentURL(name), Bases: f.Bases})
	}
	w.Header().Set("Content-Security-Policy", docsPolicy)
	return web.Render(w, r, http.StatusOK, views.DocsPage(v))
}

// file serves GET /docs/{file}: the OpenAPI document of one API.
func (d docPages) file(w http.ResponseWriter, r *http.Request) error {
	for _, f := range d.faces {
		if name, ok := strings.CutSuffix(r.PathValue("file"), ".yaml"); ok && name == string(f.Name) {
			w.Header().Set("Content-Type", "application/yaml")
			w.Header().Set("Cache-Control", "no-cache")
			_, err := w.Write(f.OpenAPI)
			return err
		}
	}
	return web.StatusError(http.StatusNotFound)
}

// swaggerUI serves the files of Swagger UI.
func swaggerUI() http.Handler {
	ui := v5emb.New("", "", views.DocsAssets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == views.DocsAssets {
			http.NotFound(w, r) // it would answer with a page of its own
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=86400")
		ui.ServeHTTP(w, r)
	})
}
