package payfirma

import (
	"net/http"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Limits of a page.
const (
	defaultLimit = 25
	maxLimit     = 100
)

// A page is the document's answer to a list.
type page[T any] struct {
	Entities []T    `json:"entities"`
	Paging   paging `json:"paging"`
}

type paging struct {
	Cursors cursors `json:"cursors"`
}

type cursors struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// param returns a parameter without the quotes that the document's examples
// put round it.
func param(r *http.Request, name string) string {
	text := strings.TrimSpace(r.URL.Query().Get(name))
	if n := len(text); n >= 2 && (text[0] == '\'' || text[0] == '"') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	return text
}

// readLimit reads limit.
func readLimit(r *http.Request) (int, error) {
	text := param(r, "limit")
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, core.Invalid{{Field: "limit", Rule: core.Malformed}}
	}
	return min(n, maxLimit), nil
}

// list serves GET /customer.
func (h face) list(w http.ResponseWriter, r *http.Request) error { return h.customers(w, r, nil) }

// listOfPlan serves GET /customer/plan/{plan}.
func (h face) listOfPlan(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "plan")
	if err != nil {
		return err
	}
	p, err := h.store.Plan(r.Context(), api.Actor(r), id)
	if err != nil {
		return missing(err, "plan")
	}
	return h.customers(w, r, core.And{equal(core.FieldPlan, p.Name)}) // no two plans have one name
}

func equal(f core.Field, text string) core.Node {
	return core.Compare{Field: f, Op: core.OpEqual, Values: []core.Value{{Text: text, Folded: core.Fold(text)}}}
}

// customers lists customers for whom the conditions and those of the request
// hold.
func (h face) customers(w http.ResponseWriter, r *http.Request, all core.And) error {
	limit, err := readLimit(r)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		field core.Field
	}{
		{"email_address", core.FieldEmail},
		{"first_name", core.FieldFirstName},
		{"last_name", core.FieldLastName},
		{"company", core.FieldCompany},
	} {
		if text := param(r, f.name); text != "" {
			all = append(all, equal(f.field, text))
		}
	}
	switch text := strings.ToLower(param(r, "with_subscription")); text {
	case "":
	case "true", "1":
		all = append(all, core.Not{Node: core.Compare{Field: core.FieldSubscription, Op: core.OpEmpty}})
	case "false", "0":
		all = append(all, core.Compare{Field: core.FieldSubscription, Op: core.OpEmpty})
	default:
		return core.Invalid{{Field: "with_subscription", Rule: core.Malformed}}
	}
	out := page[customer]{Entities: []customer{}}
	at := cursors{param(r, "before"), param(r, "after")}
	part := core.Range{Limit: limit, With: core.WithAddresses}
	if len(all) > 0 {
		part.Query.Expr = all
	}
	ours := true
	switch {
	case at.After != "":
		part.After, ours = core.IDFromLookup(at.After)
	case at.Before != "":
		part.Before, ours = core.IDFromLookup(at.Before)
	}
	if ours {
		found, err := h.store.CustomerRecords(r.Context(), api.Actor(r), part)
		if err != nil {
			return err
		}
		if out.Entities, err = h.wholes(r, found.Items); err != nil {
			return err
		}
	}
	out.Paging.Cursors = at.beside(out.Entities)
	return api.Write(w, http.StatusOK, out)
}

// beside are the cursors of a page that was asked for by others. An empty page
// has those, each standing in for one that is missing, so that a program can go
// on from where it is.
func (at cursors) beside(items []customer) cursors {
	if len(items) > 0 {
		return cursors{items[0].LookupID, items[len(items)-1].LookupID}
	}
	if at.After == "" {
		at.After = at.Before
	}
	if at.Before == "" {
		at.Before = at.After
	}
	return at
}
