package acquired

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Limits of a page: the document's.
const (
	defaultLimit = 25
	maxLimit     = 100
)

// A window is which part of a list a request asks for, and what it said of it.
type window struct {
	path      string
	said      []member // the parameters that links repeat, in their order
	limit     int
	offset    int
	filter    filter // nil keeps all
	reference string
}

// readWindow reads the parameters of a list.
func readWindow(r *http.Request, repeated ...string) (window, error) {
	q := r.URL.Query()
	win := window{path: r.URL.Path, limit: defaultLimit, reference: q.Get("reference")}
	var bad core.Invalid
	for _, name := range repeated {
		if v := q.Get(name); v != "" {
			win.said = append(win.said, member{name, v})
		}
	}
	if names := q.Get("filter"); names != "" {
		win.filter = readFilter(names)
	}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			bad = append(bad, core.Fault{Field: "limit", Rule: core.Malformed})
		}
		win.limit = min(n, maxLimit)
		win.said = append(win.said, member{"limit", strconv.Itoa(win.limit)})
	}
	if text := q.Get("offset"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			bad = append(bad, core.Fault{Field: "offset", Rule: core.Malformed})
		}
		win.offset = n
	}
	return win, bad.Err()
}

// A page is the document's answer to a list.
type page struct {
	Meta meta
	Data []object
}

// AppendJSON implements [api.Appender].
func (p page) AppendJSON(to []byte) []byte {
	to = append(api.AppendValue(append(to, `{"meta":`...), p.Meta), `,"data":[`...)
	for i, o := range p.Data {
		if i > 0 {
			to = append(to, ',')
		}
		to = o.AppendJSON(to)
	}
	return append(to, ']', '}')
}

type meta struct {
	Count  int    `json:"count"`
	Offset int    `json:"offset"`
	Limit  int    `json:"limit"`
	Total  int    `json:"total"`
	Links  []link `json:"links"`
}

type link struct {
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Title string `json:"title,omitempty"`
}

// page puts the answer together.
func (win window) page(items []object, total int) page {
	last := 0
	if total > 0 {
		last = (total - 1) / win.limit * win.limit
	}
	prev, next := "", ""
	if win.offset > 0 {
		prev = win.href(max(win.offset-win.limit, 0))
	}
	if win.offset < total-win.limit { // the sum may be too large
		next = win.href(win.offset + win.limit)
	}
	for i, o := range items {
		if win.filter != nil {
			items[i] = win.filter.of(o)
		}
	}
	return page{
		Meta: meta{
			Count: len(items), Offset: win.offset, Limit: win.limit, Total: total,
			Links: []link{
				{Rel: "self", Href: win.href(win.offset)},
				{Rel: "first", Href: win.href(0), Title: "first page"},
				{Rel: "last", Href: win.href(last), Title: "last page"},
				{Rel: "prev", Href: prev, Title: "prev page"},
				{Rel: "next", Href: next, Title: "next page"},
			},
		},
		Data: items,
	}
}

// href is the address of the list from an offset on.
func (win window) href(offset int) string {
	var b strings.Builder
	b.WriteString(win.path + "?")
	for _, m := range win.said {
		b.WriteString(m.name + "=" + url.QueryEscape(m.value.(string)) + "&")
	}
	b.WriteString("offset=" + strconv.Itoa(offset))
	return b.String()
}

// list serves GET /v1/customers.
func (h face) list(w http.ResponseWriter, r *http.Request) error {
	win, err := readWindow(r, "filter", "reference")
	if err != nil {
		return err
	}
	var q core.Query
	if win.reference != "" {
		c, err := h.store.CustomerByReference(r.Context(), api.Actor(r), win.reference)
		if errors.Is(err, core.ErrNotFound) {
			return api.Write(w, http.StatusOK, win.page([]object{}, 0))
		}
		if err != nil {
			return err
		}
		q.Expr = core.Among(c.ID)
	}
	total, err := h.store.CountCustomers(r.Context(), api.Actor(r), q)
	if err != nil {
		return err
	}
	found, err := h.store.CustomerRecords(r.Context(), api.Actor(r), core.Range{
		Query: q, Order: newestFirst, Offset: win.offset, Limit: win.limit, With: core.WithAddresses,
	})
	if err != nil {
		return err
	}
	items := make([]object, len(found.Items))
	for i, c := range found.Items {
		items[i] = customerObject(c)
	}
	return api.Write(w, http.StatusOK, win.page(items, total))
}

var newestFirst = []core.Order{{Field: core.FieldID, Descending: true}}
