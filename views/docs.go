package views

import "encoding/json"

// DocsView is the page that describes the APIs and lets them be tried.
type DocsView struct {
	Theme Theme
	Back  string // where whoever is signed in came from; "" for strangers
	Faces []DocsFace
}

// A DocsFace is one API: its document, and the paths that its calls begin with.
type DocsFace struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	URL   string   `json:"url"`
	Bases []string `json:"bases"`
}

// DocumentURL is an API's OpenAPI document.
func DocumentURL(api string) string { return DocsURL + "/" + api + ".yaml" }

// DocsAssets is where Swagger UI's own files are.
const DocsAssets = DocsURL + "/assets/"

// facesJSON is what the script knows of the APIs.
func facesJSON(faces []DocsFace) string {
	text, err := json.Marshal(faces)
	if err != nil { // it is texts
		return "[]"
	}
	return string(text)
}
