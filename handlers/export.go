package handlers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// exportStore is the part of the store that takes customers out.
type exportStore interface {
	ExportCustomers(ctx context.Context, by core.Actor, x core.Export, begin func(keys []string) error, each func(core.Customer) error) error
}

type exportPages struct {
	pages customerPages
	store exportStore
}

// export serves POST /m/{merchant}/customers/export: "format", and "q", "view"
// and "sort" of the list.
func (p exportPages) export(w http.ResponseWriter, r *http.Request) error {
	l, err := p.pages.postedList(r)
	if bad, ok := errors.AsType[core.QueryError](err); ok {
		return p.pages.mistaken(w, r, bad)
	}
	if err != nil {
		return err
	}
	return p.send(w, r, core.Export{List: l, Format: core.Format(r.PostFormValue("format"))})
}

// postedList is the list that a form sends along. A query that cannot be read
// is a [core.QueryError].
func (p customerPages) postedList(r *http.Request) (core.List, error) {
	m, err := p.merchants.Merchant(r.Context(), web.Actor(r))
	if err != nil {
		return core.List{}, err
	}
	q, err := core.ParseQuery(r.PostFormValue("q"), core.CustomerFields, m.Location())
	if err != nil {
		return core.List{}, err
	}
	l := core.List{Query: q, Deleted: r.PostFormValue("view") == "deleted"}
	l.Sort, l.Ascending = sortOf(r.PostFormValue("sort"), l.Deleted)
	return l, nil
}

// mistaken answers a form of a list whose query cannot be read: with that list,
// which points at the place.
func (p customerPages) mistaken(w http.ResponseWriter, r *http.Request, bad core.QueryError) error {
	m, saved, err := p.store.MerchantAndViews(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	at := postedQuery(r)
	v, err := p.listView(r, m, saved, at, core.Query{})
	if err != nil {
		return err
	}
	v.Mistake = &views.Mistake{Query: at.Text, QueryError: bad}
	v.Back = at.URL(m.ID)
	return p.wholeList(w, r, http.StatusUnprocessableEntity, v)
}

// postedQuery is the list that a form sends along, as its URL has it.
func postedQuery(r *http.Request) views.CustomersQuery {
	return views.CustomersQuery{Text: r.PostFormValue("q"), View: r.PostFormValue("view"), Sort: r.PostFormValue("sort")}
}

// exportPiece is how many bytes of an export go out at a time. The server's own
// pieces are smaller, and each is a call of the system.
const exportPiece = 64 << 10

// send streams an export. What fails after it began cuts it off, so that nobody
// takes it for whole.
func (p exportPages) send(w http.ResponseWriter, r *http.Request, x core.Export) error {
	types := map[core.Format]string{core.CSV: "text/csv; charset=utf-8", core.NDJSON: "application/x-ndjson"}
	var out *core.CustomerWriter
	pieces := bufio.NewWriterSize(w, exportPiece)
	err := p.store.ExportCustomers(r.Context(), web.Actor(r), x, func(keys []string) (err error) {
		h := w.Header()
		h.Set("Content-Type", types[x.Format])
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="customers-%d.%s"`, web.Actor(r).Merchant, x.Format))
		h.Set("Cache-Control", "private, no-store")
		out, err = core.NewCustomerWriter(pieces, x.Format, keys)
		return err
	}, func(c core.Customer) error { return out.Add(c) })
	var bad core.Invalid
	if errors.As(err, &bad) && bad[0].Rule == core.TooMany {
		return done(w, r, views.CustomersURL(web.Actor(r).Merchant), web.Flash{Kind: web.FlashError, Text: fmt.Sprintf(
			"Not exported: there are more than %d different keys of metadata, too many for a table. Take JSON lines instead.", bad[0].Limit)})
	}
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return pieces.Flush()
}
