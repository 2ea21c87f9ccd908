package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// pooledBuffer is the largest page whose buffer is kept for the next one.
const pooledBuffer = 1 << 20

// Render writes c as the whole response. It renders to memory first, so that a
// component that fails halfway becomes an error and not half a page. The page
// is private and asked for anew each time; see [NoStore].
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := templ.GetBuffer()
	defer func() {
		if buf.Cap() <= pooledBuffer {
			templ.ReleaseBuffer(buf)
		}
	}()
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if safe(r.Method) { // going back must not show a part that was kept under the page's URL
		h.Add("Vary", "HX-Request, HX-Target")
	}
	w.WriteHeader(status)
	w.Write(buf.Bytes()) // if this fails the client has gone, and there is no one to tell
	return nil
}

// NoStore keeps the response out of every cache, the browser's own and its
// back button included. It is for pages that show a key or take a card or a
// password; [Secret] routes have it already.
func NoStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

func isNoStore(h http.Header) bool { return strings.Contains(h.Get("Cache-Control"), "no-store") }

// Partial reports whether r asks for only the part of the page whose element
// has the given id, which htmx names "tag#id". Whoever restores history, swaps
// the body or selects from the answer itself gets the whole page.
func Partial(r *http.Request, id string) bool {
	_, target, ok := strings.Cut(r.Header.Get("HX-Target"), "#")
	return part(r) && ok && target == id
}

// part reports whether htmx will put the answer into the page at hand.
func part(r *http.Request) bool {
	h := r.Header
	return byHTMX(r) && h.Get("HX-Request-Type") != "full" && h.Get("HX-Boosted") != "true" &&
		h.Get("HX-History-Restore-Request") != "true"
}

func byHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
