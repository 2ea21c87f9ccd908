package monri

import (
	"net/http"
	"strconv"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Limits of a list: the document's default, and ours.
const (
	defaultLimit = 50
	maxLimit     = 1000
)

// readWindow reads limit and offset. Both must be numbers.
func readWindow(r *http.Request) (limit, offset int, err error) {
	q := r.URL.Query()
	var bad core.Invalid
	number := func(name string, usual int) int {
		text := q.Get(name)
		if text == "" {
			return usual
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			bad = append(bad, core.Fault{Field: name, Rule: core.Malformed})
		}
		return n
	}
	limit, offset = number("limit", defaultLimit), number("offset", 0)
	return min(limit, maxLimit), offset, bad.Err()
}

// A page is the document's answer to a list.
type page[T any] struct {
	Status status `json:"status"`
	Data   []T    `json:"data"`
}

// collect answers with as many items as the request asks for, which may be more
// than the store reads at once. Read returns the next few of so many behind an
// ID or, at first, an offset.
func collect[T any](w http.ResponseWriter, r *http.Request, read func(offset, limit int, after int64) (part []T, last int64, more bool, err error)) error {
	limit, offset, err := readWindow(r)
	if err != nil {
		return err
	}
	out := page[T]{approved, []T{}}
	after, more := int64(0), limit > 0
	for more {
		var part []T
		part, after, more, err = read(offset, min(limit-len(out.Data), core.MaxRecords), after)
		if err != nil {
			return err
		}
		out.Data, offset = append(out.Data, part...), 0
		more = more && len(out.Data) < limit
	}
	return api.Write(w, http.StatusOK, out)
}

// list serves GET /v2/customers.
func (h face) list(w http.ResponseWriter, r *http.Request) error {
	return collect(w, r, func(offset, limit int, after int64) (part []customer, last int64, more bool, err error) {
		found, err := h.store.CustomerRecords(r.Context(), api.Actor(r), core.Range{
			Order: newestFirst, Offset: offset, Limit: limit, After: after, With: core.WithAll,
		})
		for _, c := range found.Items {
			o := customerObject(c)
			o.ID, last = o.UUID, c.ID
			part = append(part, o)
		}
		return part, last, found.More, err
	})
}

var newestFirst = []core.Order{{Field: core.FieldID, Descending: true}}
