package db

import (
	"context"
	"fmt"
	"slices"

	"kontor/db/core"
)

// The indexes along which SQLite reads the living, and the deleted, by what
// they are sorted by.
var (
	orderIndexes   = map[string]string{"": "customers_living", "c.updated_at": "customers_updated", "c.sort_key": "customers_sorted"}
	deletedIndexes = map[string]string{"": "customers_gone", "c.deleted_at": "customers_deleted"}
)

// along has SQLite read along the order of the list, where it would rather find
// all that fits and sort it: without statistics it takes any condition for a
// rare one.
func (p *plan) along(o ordering, deleted bool) {
	indexes := orderIndexes
	if deleted {
		indexes = deletedIndexes
	}
	if index := indexes[o.key]; index != "" {
		p.from += " INDEXED BY " + index
	}
}

// selective are the fields with an index of their own by which few customers
// may be found.
var selective = []core.Field{
	core.FieldReference, core.FieldEmail, core.FieldPhone, core.FieldName, core.FieldCompany, core.FieldCity, core.FieldCountry,
	core.FieldCreated, core.FieldUpdated, core.FieldID, core.FieldDateOfBirth, core.FieldPostcode, core.FieldOrganisationNumber,
}

// unranked are those of them whose index does not run along IDs.
var unranked = []core.Field{core.FieldUpdated, core.FieldPhone, core.FieldDateOfBirth}

// ranked decides between an order's index and that of a part of the query: where
// few customers fit the part they are found by it and sorted, else the list is
// read along its order until the page is full. An equal value's index runs along
// IDs by itself.
func (s *Store) ranked(ctx context.Context, p *plan, merchant int64, deleted bool, parts []core.Node, o ordering) ([]core.Node, error) {
	sorts := false // what is found by a part is not in the list's order
	for i, part := range parts {
		c, ok := part.(core.Compare)
		if !ok || c.Op == core.OpEmpty || c.Op == core.OpContains || !slices.Contains(selective, c.Field) {
			continue
		}
		if c.Field == core.FieldPhone && !slices.ContainsFunc(c.Values, func(v core.Value) bool { return v.Digits != "" }) {
			continue // which no index has
		}
		if o.key == "" && !slices.Contains(unranked, c.Field) || o.key == "c.updated_at" && c.Field == core.FieldUpdated {
			continue
		}
		if o.key == "" && c.Field == core.FieldUpdated && s.past(c) {
			continue // see past
		}
		sorts = true
		r := renderer{merchant: merchant, postgres: s.postgres}
		own := "c."
		if c.Field == core.FieldPhone { // which has two indexes, neither of which would be taken
			own = "+c."
		}
		cond := own + `merchant_id = ? AND ` + own + `deleted_at ` + map[bool]string{false: "= 0", true: "> 0"}[deleted] + ` AND ` + condition(&r, c)
		args := append([]any{merchant}, r.args...)
		many, err := s.findsMany(ctx, merchant, "customers c", cond, args, s.sizes.broad)
		if err != nil {
			return nil, err
		}
		if !many {
			p.found = true
			p.where.and(`c.id IN (SELECT c.id FROM customers c WHERE `+cond+`)`, args...)
			return slices.Concat(parts[:i], parts[i+1:]), nil
		}
	}
	if sorts || o.key != "" {
		p.along(o, deleted)
	}
	return parts, nil
}

// past reports whether a comparison of a time leaves out what is newest. Read
// along a list whose newest come first, it would be found late: it is read from
// the index of that time, and the newest of it are kept.
func (s *Store) past(c core.Compare) bool {
	_, to := c.Bounds()
	return !to.IsZero() && !to.After(s.now())
}

// findsMany reports whether a condition on a merchant's rows finds n and more,
// which is then believed for a while.
func (s *Store) findsMany(ctx context.Context, merchant int64, from, cond string, args []any, n int) (bool, error) {
	key := long{merchant: merchant, query: fmt.Sprint(n, " found: ", from, cond, args)}
	if s.sizes.isLong(key, s.now()) {
		return true, nil
	}
	var found int
	err := s.read.get(ctx, &found, `SELECT COUNT(*) FROM (SELECT 1 FROM `+from+` WHERE `+cond+` LIMIT ?) AS found`, append(slices.Clip(args), n)...)
	if err != nil {
		return false, fmt.Errorf("count what is found: %w", err)
	}
	if found >= n {
		s.sizes.setLong(key, s.now())
	}
	return found >= n, nil
}

// column is a column as SQLite is to find rows by it: where the condition finds
// many, it has a + in front, and the list is read along its order until the page
// is full. Few are found by the column's index and sorted.
func (s *Store) column(ctx context.Context, merchant int64, name, from, cond string, args []any) (string, error) {
	many, err := s.findsMany(ctx, merchant, from, cond, args, s.sizes.rows)
	if many {
		name = "+" + name
	}
	return name, err
}
