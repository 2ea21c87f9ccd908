package wallee

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Limits of lists and searches.
const (
	defaultLimit = 10
	maxLimit     = core.MaxRecords
)

// A listing is what a call to list or to search asks for.
type listing struct {
	core.Range
	search bool // with an offset, and a query
	expand expansion
}

// A parameters reads the query string of a call and collects what is wrong.
type parameters struct {
	values url.Values
	bad    faults
	status int // of the first fault
}

// faults are words for what is wrong, by field.
type faults map[string]string

func (f faults) add(field, words string) {
	if before, ok := f[field]; ok {
		words = before + "; " + words
	}
	f[field] = words
}

// err is the refusal of a call with the faults, or nil where there are none.
func (f faults) err(status int) error {
	if len(f) == 0 {
		return nil
	}
	parts := make([]string, 0, len(f))
	for _, name := range f.names() {
		parts = append(parts, name+" "+f[name])
	}
	return &rejection{errors: f, because: api.Refuse(status, "%s", strings.Join(parts, "; "))}
}

func (f faults) names() []string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A rejection is a refusal with words for each field.
type rejection struct {
	errors  faults
	because error
}

// Error implements error.
func (e *rejection) Error() string { return e.because.Error() }

// Unwrap returns the kit's refusal.
func (e *rejection) Unwrap() error { return e.because }

func readParameters(r *http.Request) *parameters {
	return &parameters{values: r.URL.Query(), bad: faults{}}
}

// fault notes what is wrong. A parameter that cannot be read outweighs one that
// means nothing, and that an offset that is too large.
func (p *parameters) fault(status int, field, words string) {
	weight := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestedRangeNotSatisfiable}
	if p.status == 0 || slices.Index(weight, status) < slices.Index(weight, p.status) {
		p.status = status
	}
	p.bad.add(field, words)
}

func (p *parameters) err() error { return p.bad.err(p.status) }

// number reads a whole number between two bounds.
func (p *parameters) number(name string, least, most, without int64) int64 {
	text := strings.TrimSpace(p.values.Get(name))
	if text == "" {
		return without
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		p.fault(http.StatusBadRequest, name, "must be a whole number")
	case n < least || n > most:
		p.fault(http.StatusBadRequest, name, fmt.Sprintf("must be between %d and %d", least, most))
	default:
		return n
	}
	return without
}

const maxID = 1<<53 - 1

func (p *parameters) expand(of tree) expansion {
	e, words := readExpand(p.values["expand"], of)
	if words != "" {
		p.fault(http.StatusUnprocessableEntity, "expand", words)
	}
	return e
}

// readExpansion reads the one parameter that calls have that show one object.
func readExpansion(r *http.Request, of tree) (expansion, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	p := readParameters(r)
	e := p.expand(of)
	return e, p.err()
}

// readListing reads the parameters of a list: limit, after, before, order and
// expand.
func readListing(r *http.Request, of tree) (listing, error) {
	p := readParameters(r)
	l := listing{Range: core.Range{
		Limit: int(p.number("limit", 1, maxLimit, defaultLimit)),
		After: p.number("after", 1, maxID, 0), Before: p.number("before", 1, maxID, 0),
	}}
	l.expand = p.expand(of)
	switch strings.ToUpper(p.values.Get("order")) {
	case "", "ASC":
	case "DESC":
		l.Order = []core.Order{{Field: core.FieldID, Descending: true}}
	default:
		p.fault(http.StatusBadRequest, "order", "must be ASC or DESC")
	}
	return l, p.err()
}

// readSearch reads the parameters of a search: query, order, limit, offset and
// expand.
func readSearch(r *http.Request, of tree, fields core.Vocabulary) (listing, error) {
	p := readParameters(r)
	l := listing{search: true, Range: core.Range{Limit: int(p.number("limit", 1, maxLimit, defaultLimit))}}
	offset := p.number("offset", 0, 1<<53, 0)
	if offset > core.MaxOffset {
		p.fault(http.StatusRequestedRangeNotSatisfiable, "offset", fmt.Sprintf("must not be larger than %d", core.MaxOffset))
	}
	l.Offset = int(min(offset, core.MaxOffset))
	l.expand = p.expand(of)
	var err error
	if l.Query, err = core.ParseQuery(p.values.Get("query"), fields, nil); err != nil {
		p.fault(http.StatusUnprocessableEntity, "query", queryWords(err))
	}
	var rule core.Rule
	if l.Order, rule = core.ParseOrder(p.values.Get("order"), fields); rule != "" {
		p.fault(http.StatusUnprocessableEntity, "order", orderWords[rule])
	}
	return l, p.err()
}

var orderWords = map[core.Rule]string{
	core.Unknown:   "names a field that cannot be sorted by",
	core.Malformed: "must be fields with a space between them, each with :ASC, :DESC or neither",
	core.TooMany:   fmt.Sprintf("must not have more than %d fields", core.MaxOrder),
}

func queryWords(err error) string {
	if _, ok := errors.AsType[core.QueryError](err); ok {
		return strings.TrimPrefix(err.Error(), "query: ")
	}
	return "cannot be read"
}

// pick is a list or search of records that are at hand, oldest first.
func pick[T any](all []T, l listing, fields core.Vocabulary, id func(T) int64, text func(T) core.Text) (page []T, more bool) {
	byID, desc := l.ByID()
	found := slices.DeleteFunc(slices.Clone(all), func(item T) bool {
		n := id(item)
		low, high := l.After, l.Before
		if desc {
			low, high = high, low
		}
		return low != 0 && n <= low || high != 0 && n >= high || !l.Query.Matches(fields, text(item))
	})
	slices.SortStableFunc(found, func(a, b T) int {
		if byID && desc {
			a, b = b, a
		}
		if !byID {
			for _, o := range l.Order {
				if c := fields.Sorted(o, text(a), text(b)); c != 0 {
					return c
				}
			}
		}
		return cmp.Compare(id(a), id(b))
	})
	found = found[min(l.Offset, len(found)):]
	if more = len(found) > l.Limit; !more {
		return found, false
	}
	if l.Before != 0 && l.After == 0 { // the page nearest to it
		return found[len(found)-l.Limit:], true
	}
	return found[:l.Limit], true
}
