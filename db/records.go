package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// CustomerWith returns a living customer of the actor's merchant with those
// parts; [core.ErrNotFound] if there is none. One that was merged is the one it
// is part of now, as with [Store.Customer].
func (s *Store) CustomerWith(ctx context.Context, by core.Actor, id int64, with core.Parts) (core.Customer, error) {
	if !by.May(core.Read) {
		return core.Customer{}, core.ErrForbidden
	}
	rows := make([]core.Customer, 0, 1)
	err := s.read.each(briefly(ctx), scanCustomers(&rows), `
		SELECT `+customerColumnsOfC+`
		FROM customers c
		WHERE c.id = COALESCE((SELECT merged_into FROM customers WHERE id = ? AND merged_into > 0), ?)
			AND c.merchant_id = ? AND c.deleted_at = 0`, id, id, by.Merchant)
	if err != nil {
		return core.Customer{}, fmt.Errorf("read customer %d: %w", id, err)
	}
	if len(rows) == 0 {
		return core.Customer{}, core.ErrNotFound
	}
	if err := s.readParts(ctx, by.Merchant, rows, with); err != nil {
		return core.Customer{}, err
	}
	return rows[0], nil
}

// CustomerRecords returns living customers whole, as APIs list them. Sorted by
// ID its cost follows what it returns, as with [Store.Customers]; another order
// or a far offset costs reading what is sorted or skipped.
func (s *Store) CustomerRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Customer], error) {
	var out core.Records[core.Customer]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	byID, desc := r.ByID()
	if !byID && (r.After != 0 || r.Before != 0) {
		return out, core.Invalid{{Field: "order", Rule: core.Unknown}}
	}
	var o ordering
	if !byID {
		o.key = customerOrders[r.Order[0].Field]
	}
	p, err := s.plan(ctx, by, core.List{Query: r.Query}, o)
	if err != nil {
		return out, err
	}
	w := where{conds: slices.Clip(p.where.conds), args: slices.Clip(p.where.args)}
	order := p.id
	if !byID {
		if order, err = orderSQL(r.Order, customerOrders); err != nil {
			return out, err
		}
	}
	limit, offset := r.Bounds()
	page := keyset(&w, p.id, r, desc)
	if byID {
		order = page.order
	}
	if byID && p.stretch != nil {
		after, before := r.After, r.Before
		if desc {
			after, before = before, after
		}
		w, order = p.stretch.between(after, before), p.stretch.order(page.dir)
	}
	if !byID {
		p.stretch = nil // it is sorted in many ways, of which not all are along an index
	}
	rows := make([]core.Customer, 0, limit+1)
	err = s.list(ctx, p, eachOf(scanCustomers(&rows), `
		SELECT `+customerColumnsOfC+`
		FROM `+p.from+w.sql()+`
		ORDER BY `+order, w.args...), limit+1, offset)
	if err != nil {
		return out, fmt.Errorf("list customers: %w", err)
	}
	out.Items, out.More = cutPage(rows, limit, page)
	return out, s.readParts(ctx, by.Merchant, out.Items, r.With)
}

// customerColumnsOfC are a customer's columns where other tables are joined.
var customerColumnsOfC = prefixed("c.", customerColumns)

func prefixed(with, columns string) string {
	names := strings.Split(columns, ",")
	for i, name := range names {
		names[i] = with + strings.TrimSpace(name)
	}
	return strings.Join(names, ", ")
}

// customerOrders are what customers can be sorted by.
var customerOrders = map[core.Field]string{
	core.FieldID: "c.id", core.FieldCreated: "c.id", core.FieldUpdated: "c.updated_at", core.FieldVersion: "c.version",
	core.FieldReference: "c.reference", core.FieldCustomID: "c.custom_key", core.FieldName: "c.sort_key",
	core.FieldFirstName: "c.first_key", core.FieldLastName: "c.last_key", core.FieldCompany: "c.company_key",
	core.FieldOrganisationNumber: "c.organisation_key", core.FieldEmail: "c.email_key", core.FieldPhone: "c.phone_key",
	core.FieldLanguage: "c.language", core.FieldCurrency: "c.currency", core.FieldDateOfBirth: "c.date_of_birth",
	core.FieldDescription: "c.description_key", core.FieldSource: "c.source", core.FieldCity: "c.city_key",
	core.FieldCountry: "c.country", core.FieldPostcode: "c.postcode_key",
}

// orderSQL is an order of a list, with the ID last so that it is a total one.
func orderSQL(order []core.Order, columns map[core.Field]string) (string, error) {
	var by []string
	for _, o := range order {
		column, ok := columns[o.Field]
		if !ok {
			return "", core.Invalid{{Field: "order", Rule: core.Unknown}}
		}
		if o.Descending {
			column += " DESC"
		}
		by = append(by, column)
	}
	return strings.Join(append(by, columns[core.FieldID]), ", "), nil
}

// A keysetPage is how the page of a range is read along IDs.
type keysetPage struct {
	order string
	dir   string // of order
	back  bool   // read against the order, to be turned round
}

// keyset narrows w to a range's IDs. Where only Before is given the page is
// the one nearest to it.
func keyset(w *where, id string, r core.Range, desc bool) keysetPage {
	after, before := " > ?", " < ?"
	if desc {
		after, before = before, after
	}
	if r.After != 0 {
		w.and(id+after, r.After)
	}
	if r.Before != 0 {
		w.and(id+before, r.Before)
	}
	page := keysetPage{back: r.Before != 0 && r.After == 0}
	if desc != page.back {
		page.dir = " DESC"
	}
	page.order = id + page.dir
	return page
}

// cutPage takes off the row that only tells that there are more.
func cutPage[T any](rows []T, limit int, p keysetPage) (page []T, more bool) {
	if more = len(rows) > limit; more {
		rows = rows[:limit]
	}
	if p.back {
		slices.Reverse(rows)
	}
	return rows, more
}

// scanCustomers reads rows of a customer's columns.
func scanCustomers(to *[]core.Customer) func(row) error {
	return func(rs row) error {
		var c core.Customer
		var created, updated, deleted millis
		err := rs.Scan(&c.ID, &c.Merchant, &c.Source, &c.Version, &created, &updated, &deleted, &c.MergedInto,
			&c.Reference, &c.CustomID, &c.Name, &c.FirstName, &c.LastName, &c.Company, &c.OrganisationNumber, &c.Email, &c.BCC,
			&c.Phone, &c.PhoneE164, &c.Language, &c.Currency, &c.DateOfBirth, &c.IP, &c.Description, &c.CustomData)
		c.UUID, c.LookupID = core.UUID(c.ID), core.LookupID(c.ID)
		c.CreatedAt, c.UpdatedAt, c.DeletedAt = created.time(), updated.time(), deleted.time()
		*to = append(*to, c)
		return err
	}
}

// readParts reads the metadata and addresses of many customers in a query each.
func (s *Store) readParts(ctx context.Context, merchant int64, of []core.Customer, with core.Parts) error {
	if len(of) == 0 || with == 0 {
		return nil
	}
	at := make(map[int64]*core.Customer, len(of))
	ids := make([]int64, len(of))
	for i := range of {
		at[of[i].ID], ids[i] = &of[i], of[i].ID
	}
	in, args := inIDs(ids)
	args = append(args, merchant)
	var reads []read
	if with&core.WithMetadata != 0 {
		reads = append(reads, eachOf(func(rs row) error {
			var id int64
			var m core.Meta
			err := rs.Scan(&id, &m.Key, &m.Value)
			if c := at[id]; err == nil && c != nil {
				c.Metadata = append(c.Metadata, m)
			}
			return err
		}, `
			SELECT customer_id, name, value
			FROM metadata
			WHERE customer_id IN (`+in+`) AND +merchant_id = ?
			ORDER BY customer_id, name`, args...)) // the + keeps the engines from an index that begins with the merchant
	}
	var rows []struct {
		addressRow
		CustomerID int64 `db:"customer_id"`
	}
	if with&core.WithAddresses != 0 {
		reads = append(reads, allOf(&rows, `
			SELECT id, version, customer_id, `+addressColumns+`
			FROM addresses
			WHERE customer_id IN (`+in+`) AND +merchant_id = ?
			ORDER BY customer_id, id`, args...))
	}
	if err := s.read.reads(ctx, reads...); err != nil {
		return fmt.Errorf("read metadata and addresses: %w", err)
	}
	for _, r := range rows {
		if c := at[r.CustomerID]; c != nil {
			c.Addresses = append(c.Addresses, r.address())
		}
	}
	return nil
}

// inIDs are the marks and values of a list of IDs, of which there is at least
// one. The list is filled up to one of few lengths with its last, so that there
// are few texts to prepare.
func inIDs(ids []int64) (marks string, args []any) {
	n := 1
	for n < len(ids) {
		n *= 4
	}
	args = make([]any, n, n+1)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", "), args
}
