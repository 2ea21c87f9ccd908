package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// CardRecords returns cards of living customers as APIs list them, by the
// order in which they were added. Those that were removed are not among them.
func (s *Store) CardRecords(ctx context.Context, by core.Actor, l core.CardRange) (core.Records[core.Card], error) {
	var out core.Records[core.Card]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	w := cardsWhere(by.Merchant, l.Customer)
	r := core.Range{After: l.After, Before: l.Before, Offset: l.Offset, Limit: l.Limit}
	limit, offset := r.Bounds()
	page := keyset(&w, "k.id", r, l.Descending)
	var rows []cardRow
	err := s.read.all(ctx, &rows, `
		SELECT `+cardColumns+`
		FROM `+cardTables+w.sql()+`
		ORDER BY `+page.order+`
		LIMIT ? OFFSET ?`, append(w.args, limit+1, offset)...)
	if err != nil {
		return out, fmt.Errorf("list cards: %w", err)
	}
	rows, out.More = cutPage(rows, limit, page)
	out.Items = make([]core.Card, len(rows))
	for i, row := range rows {
		out.Items[i] = row.card()
	}
	return out, nil
}

// CountCards returns how many cards CardRecords lists, of one customer or, for
// 0, of all. It counts each.
func (s *Store) CountCards(ctx context.Context, by core.Actor, customer int64) (int, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	w := cardsWhere(by.Merchant, customer)
	var n int
	if err := s.read.get(ctx, &n, `SELECT COUNT(*) FROM cards k`+w.sql(), w.args...); err != nil {
		return 0, fmt.Errorf("count cards: %w", err)
	}
	return n, nil
}

func cardsWhere(merchant, customer int64) where {
	var w where
	w.and(`k.merchant_id = ?`, merchant)
	w.and(`k.removed_at = 0`)
	if customer != 0 {
		w.and(`k.customer_id = ?`, customer)
	}
	w.and(`EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id AND c.deleted_at = 0)`)
	return w
}

// CardsOf returns the cards of each of some customers, at most
// [core.MaxRecords], oldest first.
func (s *Store) CardsOf(ctx context.Context, by core.Actor, customers []int64) (map[int64][]core.Card, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	out := map[int64][]core.Card{}
	if len(customers) == 0 {
		return out, nil
	}
	in, args := inIDs(customers)
	var rows []cardRow
	err := s.read.all(ctx, &rows, `
		SELECT `+cardColumns+`
		FROM `+cardTables+`
		WHERE k.customer_id IN (`+in+`) AND +k.merchant_id = ? AND k.removed_at = 0
		ORDER BY k.id`, append(args, by.Merchant)...)
	if err != nil {
		return nil, fmt.Errorf("read cards of customers: %w", err)
	}
	for _, r := range rows {
		out[r.CustomerID] = append(out[r.CustomerID], r.card())
	}
	return out, nil
}
