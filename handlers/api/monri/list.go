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

// list serves GET /v2/customers.
func (h face) list(w http.ResponseWriter, r *http.Request) error {
	limit, offset, err := readWindow(r)
	if err != nil {
		return err
	}
	out := page[customer]{approved, []customer{}}
	part := core.Range{Order: newestFirst, Offset: offset, With: core.WithAll}
	for left := limit; left > 0; left = limit - len(out.Data) {
		part.Limit = min(left, core.MaxRecords)
		found, err := h.store.CustomerRecords(r.Context(), api.Actor(r), part)
		if err != nil {
			return err
		}
		for _, c := range found.Items {
			o := customerObject(c)
			o.ID = o.UUID
			out.Data = append(out.Data, o)
			part.Offset, part.After = 0, c.ID
		}
		if !found.More {
			break
		}
	}
	return api.Write(w, http.StatusOK, out)
}

var newestFirst = []core.Order{{Field: core.FieldID, Descending: true}}
