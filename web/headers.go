package web

import (
	"fmt"
	"net/http"

	"kontor/db/core"
)

// policy is the Content-Security-Policy of every page: our own files only,
// nothing inline, no eval. htmx and Basecoat's scripts keep to it; Basecoat's
// style sheet draws its arrows and ticks as data: images.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ShowFrames lets the page at hand show documents of this site in frames.
func ShowFrames(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", policy+"; frame-src 'self'")
}

// Framed makes the answer a document for a frame of one of our own pages. It is
// cut off from everything: nothing in it runs, loads, sends or leads anywhere.
// What each of its elements looks like it may say itself, as mails must.
func Framed(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "+
		"frame-ancestors 'self'; sandbox")
}

// headers sets what every response carries. A handler that needs another
// policy sets its own over it.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		// "no-referrer" would make browsers send "Origin: null" with our own forms.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if s.https() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// ClearSite asks the browser to forget what it kept of this site: cached pages
// and what scripts have stored. It leaves cookies alone, because browsers clear
// those of the neighbours under the same domain as well.
func ClearSite(w http.ResponseWriter) { w.Header().Set("Clear-Site-Data", `"cache", "storage"`) }

// sameOrigin refuses unsafe requests that another site made the browser send,
// and those that carry our cookie without saying where they come from.
func (s *Site) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if s.URL != nil {
		if err := protection.AddTrustedOrigin(s.URL.Scheme + "://" + s.URL.Host); err != nil {
			panic(fmt.Sprintf("web: Site.URL is not from ParseURL: %v", err))
		}
	}
	return s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if !safe(r.Method) {
			if err := protection.Check(r); err != nil {
				return fmt.Errorf("%w: %w", core.ErrForbidden, err)
			}
			says := r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
			if _, err := r.Cookie(s.cookieName()); err == nil && !says {
				return fmt.Errorf("%w: a request with a session must say where it comes from", core.ErrForbidden)
			}
			visitOf(r.Context()).ours = true
		}
		next.ServeHTTP(w, r)
		return nil
	})
}

// safe reports whether the method only asks.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
