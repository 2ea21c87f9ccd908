package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// A way is how some of a merchant's charges h are come by: a condition on them,
// and whether an index has them in the order of their IDs, so that reading ends
// with the page. Where it has not, what the condition finds is few, and sorted.
//
// Neither engine sees by itself which way is the short one: they do not know
// how many charges a value has, and an index that gives the order for nothing
// looks good to them however much must be read along it.
type way struct {
	cond   string
	args   []any
	sorted bool // what is found is sorted
	all    bool // of all merchants: the index does not begin with the merchant
}

// chargeSearch is what finds a list of charges: what any of its ways leads to
// and all of its conditions hold for.
type chargeSearch struct {
	ways []way
	where
}

// everyCharge is the way along all of a merchant's charges.
var everyCharge = way{cond: always}

// page is the statement that lists the IDs of up to limit charges, beyond the
// cursor if there is one.
func (c chargeSearch) page(merchant int64, cursor core.Cursor, back bool, limit int) (string, []any) {
	than, dir := " < ", " DESC"
	if back {
		than, dir = " > ", ""
	}
	var args []any
	texts := make([]string, len(c.ways))
	for i, w := range c.ways {
		text, all := w.read(merchant, c.where)
		if args = append(args, all...); cursor.ID != 0 {
			text += " AND h.id" + than + "?"
			args = append(args, cursor.ID)
		}
		by := "h.id"
		if w.sorted {
			by = "+h.id"
		}
		texts[i] = "SELECT h.id FROM charges h WHERE " + text + " ORDER BY " + by + dir + " LIMIT ?"
		args = append(args, limit)
	}
	if len(texts) == 1 {
		return texts[0], args
	}
	return union(texts) + " ORDER BY id" + dir + " LIMIT ?", append(args, limit)
}

// count is the statement that counts them up to a number.
func (c chargeSearch) count(merchant int64, most int) (string, []any) {
	var args []any
	texts := make([]string, len(c.ways))
	for i, w := range c.ways {
		text, all := w.read(merchant, c.where)
		if !w.sorted { // which has SQLite count along the same index
			text += " ORDER BY h.id"
		}
		texts[i] = "SELECT h.id FROM charges h WHERE " + text + " LIMIT ?"
		args = append(append(args, all...), most)
	}
	return "SELECT COUNT(*) FROM (" + union(texts) + " LIMIT ?) AS counted", append(args, most)
}

// read is the condition on what is read along the way.
func (w way) read(merchant int64, rest where) (string, []any) {
	of := "h.merchant_id = ?"
	if w.all {
		of = "+h.merchant_id = ?"
	}
	return strings.Join(append([]string{of, w.cond}, rest.conds...), " AND "), slices.Concat([]any{merchant}, w.args, rest.args)
}

// union takes what is found on several ways together, once each.
func union(texts []string) string {
	var b strings.Builder
	for i, text := range texts {
		if i > 0 {
			b.WriteString(" UNION ")
		}
		fmt.Fprintf(&b, "SELECT id FROM (%s) AS way%d", text, i)
	}
	return b.String()
}

// searchCharges chooses, of the parts of a query that all hold, the one that is
// likely to find the fewest, and makes conditions of the others.
func (s *Store) searchCharges(ctx context.Context, by core.Actor, q core.Query) (chargeSearch, error) {
	c := chargeSearch{ways: []way{everyCharge}}
	parts := conjuncts(q.Expr)
	taken, best := -1, noWay
	for i, part := range parts {
		ways, rank, err := s.waysOf(ctx, by.Merchant, part)
		if err != nil {
			return c, err
		}
		if rank > best {
			c.ways, taken, best = ways, i, rank
		}
	}
	r := chargeRenderer{renderer: renderer{merchant: by.Merchant, postgres: s.postgres}}
	for i, part := range parts {
		if i == taken {
			continue
		}
		r.args = nil
		c.and(condition(&r, part), r.args...)
	}
	return c, nil
}

// How few charges a part of a query is likely to find: the more, the fewer.
const (
	noWay = iota
	byState
	byDay
	byAmount
	byWord
	byCard
	byWhom
)

// waysOf are the ways to the charges that a part of a query asks for, if there
// are any but that along all of them.
func (s *Store) waysOf(ctx context.Context, merchant int64, part core.Node) ([]way, int, error) {
	r := chargeRenderer{renderer: renderer{merchant: merchant, postgres: s.postgres}}
	one := func(w way, rank int) ([]way, int, error) {
		w.args = r.args
		return []way{w}, rank, nil
	}
	switch n := part.(type) {
	case core.Word:
		ways, err := s.wordWays(ctx, merchant, n)
		if err != nil || ways == nil {
			return nil, noWay, err
		}
		return ways, byWord, nil
	case core.Compare:
		from, err := s.fewCalled(ctx, &r.renderer, n)
		if err != nil {
			return nil, noWay, err
		}
		if from != "" {
			return one(way{cond: `h.customer_id IN (` + from + `)`, sorted: true, all: true}, byWhom)
		}
		r.args = nil
		switch {
		case n.Field == core.FieldDue && s.recent(n):
			return one(way{cond: r.compare(n), sorted: true}, byDay)
		case n.Op != core.OpEqual:
		case n.Field == core.FieldSubscription, n.Field == core.FieldCustomer:
			return one(way{cond: r.compare(n), sorted: true, all: true}, byWhom)
		case n.Field == core.FieldCard:
			return one(way{cond: r.compare(n), sorted: true, all: true}, byCard)
		case n.Field == core.FieldAmount:
			return amountWays(n), byAmount, nil
		case n.Field == core.FieldStatus:
			return stateWays(n), byState, nil
		}
	}
	return nil, noWay, nil
}

// recently is how far back days are when more has fallen due since than is
// sorted.
const recently = 60 * 24 * time.Hour

// recent reports whether a comparison of days leaves out most of them: those
// before some time not long ago, or all after a day.
func (s *Store) recent(c core.Compare) bool {
	if c.Op == core.OpEmpty {
		return false
	}
	from, to := c.Bounds()
	long := s.now().Add(-recently)
	return !from.IsZero() && (!to.IsZero() || from.After(long)) || from.IsZero() && to.Before(long)
}

// stateWays are one for each state that a word for states stands for.
func stateWays(c core.Compare) []way {
	var ways []way
	for _, state := range chargeStates(c.Values[0].Text) {
		ways = append(ways, way{cond: `h.status = ?`, args: []any{state}})
	}
	if c.Values[0].Text == statusRefunded {
		ways = []way{{cond: `h.refunded > 0`}}
	}
	return ways
}

// amountWays are one for each number of decimals that currencies have.
func amountWays(c core.Compare) []way {
	var ways []way
	for _, decimals := range []int{0, 2, 3} {
		minor, ok := c.Amount(decimals)
		if ok {
			ways = append(ways, way{cond: `h.amount = ? AND h.currency ` + currenciesWith(decimals), args: []any{minor}})
		}
	}
	if ways == nil {
		ways = []way{{cond: never}}
	}
	return ways
}

// wordWays are those of a word that few customers have: their charges, those of
// plans and cards, and the charge itself. Of a word that many have there are
// none: the list is full soon.
func (s *Store) wordWays(ctx context.Context, merchant int64, word core.Word) ([]way, error) {
	if s.postgres {
		return nil, nil
	}
	match := phrase(listMark(merchant, false)) + " AND " + wordMatch(word, phrase(word.Folded))
	broad, err := s.isBroad(ctx, match)
	if err != nil || broad {
		return nil, err
	}
	ways := []way{{
		cond: `h.customer_id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ?)`, args: []any{match}, sorted: true, all: true,
	}}
	var plans []int64
	err = s.read.all(ctx, &plans, `SELECT id FROM plans WHERE merchant_id = ? AND name_key LIKE ? ESCAPE '\' ORDER BY id`,
		merchant, "%"+escapeLike(word.Folded)+"%")
	if err != nil {
		return nil, fmt.Errorf("look for plans: %w", err)
	}
	if len(plans) > 0 {
		marks, args := marksFor(plans)
		ways = append(ways, way{cond: `h.plan_id IN ` + marks, args: args})
	}
	r := chargeRenderer{renderer: renderer{merchant: merchant, postgres: s.postgres}}
	if card, ok := fourDigits(word); ok {
		cond := r.cardOf(card)
		ways = append(ways, way{cond: cond, args: r.args, sorted: true, all: true})
	}
	if id, named := core.ReadID(word.Text); named {
		ways = append(ways, way{cond: `h.id = ?`, args: []any{id}, all: true})
	}
	return ways, nil
}
