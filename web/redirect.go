package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Redirect sends the browser to a path of our own, see [LocalPath]: with 303,
// or for htmx with HX-Redirect. htmx cannot see the headers of a 303, which
// the browser follows by itself, so that answer is a 204.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	local, ok := LocalPath(path)
	if !ok {
		return fmt.Errorf("redirect to %q: not a path of ours", path)
	}
	h := w.Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if byHTMX(r) {
		h.Set("HX-Redirect", local)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h.Set("Location", local)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// maxLocalPath is the longest path worth going back to, in bytes.
const maxLocalPath = 4096

// LocalPath returns s in a form fit for a header if it is a path, with perhaps
// a query and a fragment, on this site, and reports whether it is. It refuses
// what a browser might read as another site: schemes, "//x", backslashes and
// control characters; and what is longer than 4096 bytes.
func LocalPath(s string) (string, bool) {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return "", false
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f || c == '\\':
			return "", false
		case c == ' ' || c > 0x7f || c == '"' || c == '<' || c == '>':
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), b.Len() <= maxLocalPath
}

// ParseURL reads the public address of an installation, such as
// https://office.example. It is a scheme, http or https, and a host, and
// nothing else but perhaps a slash at the end.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("public address %q: %w", s, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("public address %q: want http:// or https:// and a host", s)
	}
	host := strings.ToLower(u.Host) // as browsers write it in Origin
	switch u.Scheme + u.Port() {
	case "http80", "https443":
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

func (s *Site) https() bool { return s.URL != nil && s.URL.Scheme == "https" }

// back returns the page the browser was on when it made the request, or "/".
func (s *Site) back(r *http.Request) string {
	from := r.Header.Get("HX-Current-URL")
	if from == "" {
		from = r.Referer()
	}
	u, err := url.Parse(from)
	if err != nil || u.Host != r.Host && (s.URL == nil || u.Host != s.URL.Host) {
		return "/"
	}
	return localPath(u)
}

// localPath returns the path and query of u, or "/" where they are not fit to
// go back to.
func localPath(u *url.URL) string {
	if path, ok := LocalPath(u.RequestURI()); ok {
		return path
	}
	return "/"
}
