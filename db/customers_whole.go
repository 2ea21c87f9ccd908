package db

import (
	"context"
	"fmt"
	"slices"

	"kontor/db/core"
)

// wholeColumns are what [wholeRows] scan.
var wholeColumns = customerColumnsOfC + `, c.erased_at`

// wholeRows scan many customers into places that are made once.
type wholeRows struct {
	all   []core.Customer
	key   string // of the last one, see [Store.wholePage]
	c     core.Customer
	times [4]millis
	into  []any
}

func newWholeRows(most int) *wholeRows {
	r := &wholeRows{all: make([]core.Customer, 0, most)}
	c := &r.c
	r.into = []any{
		&c.ID, &c.Merchant, &c.Source, &c.Version, &r.times[0], &r.times[1], &r.times[2], &c.MergedInto,
		&c.Reference, &c.CustomID, &c.Name, &c.FirstName, &c.LastName, &c.Company, &c.OrganisationNumber, &c.Email, &c.BCC,
		&c.Phone, &c.PhoneE164, &c.Language, &c.Currency, &c.DateOfBirth, &c.IP, &c.Description, &c.CustomData, &r.times[3],
	}
	return r
}

func (r *wholeRows) scan(rs row) error {
	err := rs.Scan(r.into...)
	c := r.c
	c.UUID, c.LookupID = core.UUID(c.ID), core.LookupID(c.ID)
	c.CreatedAt, c.UpdatedAt, c.DeletedAt, c.ErasedAt = r.times[0].time(), r.times[1].time(), r.times[2].time(), r.times[3].time()
	r.all = append(r.all, c)
	return err
}

// wholeCustomers reads those of the customers that are the merchant's, as
// [customer] does one, in no order.
func wholeCustomers(ctx context.Context, s *Store, q querier, merchant int64, ids []int64) ([]core.Customer, error) {
	rows := newWholeRows(len(ids))
	err := among(s, "c.id", ids, func(cond string, args []any) error {
		return q.each(ctx, rows.scan, `
			SELECT `+wholeColumns+`
			FROM customers c
			WHERE +c.merchant_id = ? AND `+cond, append([]any{merchant}, args...)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read customers: %w", err)
	}
	return rows.all, wholeParts(ctx, s, q, merchant, rows.all)
}

// wholePage reads up to limit customers whole, from the cursor on, in the order,
// and returns the cursor of the last.
func (s *Store) wholePage(ctx context.Context, by core.Actor, p plan, o ordering, from core.Cursor, limit int) ([]core.Customer, core.Cursor, error) {
	w, order := p.beyond(o, from, false)
	columns := wholeColumns
	rows := newWholeRows(limit)
	if o.key == "c.sort_key" {
		columns += `, c.sort_key`
		rows.into = append(rows.into, &rows.key)
	}
	err := s.read.each(ctx, rows.scan, `
		SELECT `+columns+`
		FROM `+p.from+w.sql()+`
		ORDER BY `+order+`
		LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, from, fmt.Errorf("list customers: %w", err)
	}
	if len(rows.all) == 0 {
		return nil, from, nil
	}
	last := rows.all[len(rows.all)-1]
	at := summaryRow{core.CustomerSummary{ID: last.ID, UpdatedAt: last.UpdatedAt, DeletedAt: last.DeletedAt}, rows.key}.cursor(o)
	return rows.all, at, wholeParts(ctx, s, s.read, by.Merchant, rows.all)
}

// wholeParts reads the addresses and the metadata of customers.
func wholeParts(ctx context.Context, s *Store, q querier, merchant int64, all []core.Customer) error {
	at, ids := make(map[int64]*core.Customer, len(all)), make([]int64, len(all))
	for i := range all {
		at[all[i].ID], ids[i] = &all[i], all[i].ID
	}
	var a core.Address
	var standard bit
	var of int64
	into := []any{
		&of, &a.ID, &a.Version, &a.Type, &standard, &a.Salutation, &a.GivenName, &a.FamilyName, &a.Organisation, &a.Street, &a.Street2,
		&a.Postcode, &a.City, &a.Locality, &a.State, &a.SortingCode, &a.Country, &a.CountryText, &a.Email, &a.Phone, &a.Mobile, &a.Gender,
		&a.DateOfBirth, &a.RegisterNumber, &a.SalesTaxNumber, &a.LegalForm, &a.SocialSecurity,
	}
	err := among(s, "customer_id", ids, func(cond string, args []any) error {
		return q.each(ctx, func(rs row) error {
			err := rs.Scan(into...)
			if c := at[of]; err == nil && c != nil {
				a.Default = bool(standard)
				c.Addresses = append(c.Addresses, a)
			}
			return err
		}, `
			SELECT customer_id, id, version, `+addressColumns+`
			FROM addresses
			WHERE `+cond+` AND +merchant_id = ?
			ORDER BY id`, append(slices.Clip(args), merchant)...)
	})
	if err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	var m core.Meta
	into = []any{&of, &m.Key, &m.Value}
	err = among(s, "customer_id", ids, func(cond string, args []any) error {
		return q.each(ctx, func(rs row) error {
			err := rs.Scan(into...)
			if c := at[of]; err == nil && c != nil {
				c.Metadata = append(c.Metadata, m)
			}
			return err
		}, `
			SELECT customer_id, name, value
			FROM metadata
			WHERE `+cond+` AND +merchant_id = ?
			ORDER BY name`, append(slices.Clip(args), merchant)...)
	})
	if err != nil {
		return fmt.Errorf("read metadata: %w", err)
	}
	return nil
}
