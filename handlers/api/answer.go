package api

import (
	"bytes"
	"maps"
	"net/http"
)

// An answer is held back until it is whole, so that no call is half answered.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// restart forgets what was written but which methods there are.
func (a *answer) restart() {
	allow := a.header.Get("Allow")
	clear(a.header)
	if allow != "" {
		a.header.Set("Allow", allow)
	}
	a.status = 0
	a.body.Reset()
}

// send writes the answer. What APIs answer is people's data and no cache's.
func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Cache-Control", "no-store")
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.WriteHeader(a.status)
	w.Write(a.body.Bytes())
}
