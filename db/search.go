package db

import (
	"context"
	"fmt"
	"slices"

	"kontor/db/core"
)

// A plan is how a list of customers is found: what is read first, and the
// condition that the rest of the query makes.
//
// On PostgreSQL the planner decides, but for a merchant of few customers, who is
// read through, as the index of words is of all merchants, for words, see
// tellPostgres, and for what is read along an index whatever is asked for, see
// [stretch]. On SQLite the order of tables is given, because what the
// trigram table has is known here and not to the planner:
//
//   - a merchant of few customers is read through, whatever is asked
//   - words, and parts of fields that stand among the searched words, come from
//     the trigram table, newest first, which stops when the page is full
//   - words of four digits, which may be the last of a card, come from both, by
//     their IDs, where few are found
//   - an entry of the metadata comes from its own index likewise
//   - everything else runs along an index of customers
type plan struct {
	from  string // FROM and what joins it
	id    string // the column that runs along with c.id
	where where
	words string // the trigram table's expression for the list, if it has one that is exact
	found bool   // the condition begins with the IDs of few
	few   bool   // few fit, as a sample has it, and all of them are best read at once

	stretch  *stretch // on PostgreSQL, what the list is read along, unless nil
	whenLong *stretch // what it is read along where it turned out to be longer than lists count, unless nil
}

// fewCustomers is how many a merchant may have to be read through.
const fewCustomers = 2000

// plan makes the plan for a list in the order.
func (s *Store) plan(ctx context.Context, by core.Actor, l core.List, o ordering) (plan, error) {
	p := plan{from: "customers c", id: "c.id"}
	expr, err := s.resolveIDs(ctx, by.Merchant, l.Query.Expr)
	if err != nil {
		return plan{}, err
	}
	r := renderer{merchant: by.Merchant, postgres: s.postgres, staff: seesStaffNotes(by)}
	parts := conjuncts(withCards(expr))
	if slices.ContainsFunc(parts, isWordAndCard) {
		if err := s.fewEnding(ctx, &p, &r, l.Deleted, parts); err != nil {
			return plan{}, err
		}
	}
	begun := p.found // with those, to whom the words of all others would be too many
	if !s.postgres && len(parts) > 0 {
		if parts, err = s.fewBilled(ctx, &p, &r, parts); err != nil {
			return plan{}, err
		}
	}
	if s.postgres && !l.Deleted && (o.key == "" || len(parts) == 0) {
		p.stretch = stretchOf(by.Merchant, parts)
	}
	if s.postgres && len(parts) > 0 && p.stretch == nil {
		if err := s.tellPostgres(ctx, &p, &r, l.Deleted || o.key != "", parts); err != nil {
			return plan{}, err
		}
	}
	if !s.postgres && len(parts) > 0 && !begun {
		if parts, err = s.drive(ctx, &p, by.Merchant, l.Deleted, parts, o); err != nil {
			return plan{}, err
		}
	}
	if !s.postgres && l.Deleted && o.key == "" && p.from == "customers c" {
		p.along(o, true)
	}
	own := "c."
	if p.found || r.rare != nil && slices.ContainsFunc(parts, isWordAndCard) { // else all of the merchant's are run along
		own = "+c."
	}
	p.where.and(own+`merchant_id = ?`, by.Merchant)
	if l.Deleted {
		p.where.and(own + `deleted_at > 0 AND c.erased_at = 0 AND c.merged_into = 0`)
	} else {
		p.where.and(own + `deleted_at = 0`)
	}
	for _, part := range parts {
		r.args = nil
		cond := condition(&r, part)
		p.where.and(cond, r.args...)
	}
	return p, nil
}

// tellPostgres finds out how words are best looked for on PostgreSQL, which knows
// of no trigram how rare it is or what it comes together with, and of a word in
// one customer of a hundred no more than of one in a hundred thousand; nor does it
// know of a merchant that its customers are few. A list that is sorted by another
// column, or is not of the living, has no stretch.
func (s *Store) tellPostgres(ctx context.Context, p *plan, r *renderer, sorted bool, parts []core.Node) error {
	var err error
	if r.through, err = s.hasFew(ctx, r.merchant); err != nil {
		return err
	}
	if r.through {
		if !sorted && !slices.ContainsFunc(parts, isNoWord) {
			p.stretch = allLiving(r.merchant, parts)
		}
		return nil
	}
	texts := textsOf(parts)
	if len(texts) == 0 {
		return nil
	}
	sample, err := s.sampled(ctx)
	if err != nil {
		return err
	}
	var along *stretch
	if !sorted {
		along = ofWords(r.merchant, parts)
	}
	switch found := sample.words.Having(texts); {
	case len(found) < core.Often:
		r.rare = sample.rarely(texts, indexedTrigram)
		r.worded = slices.ContainsFunc(parts, isAsked) && !slices.ContainsFunc(parts, isSelective)
		if p.few = r.worded; p.few && along != nil && along.column != "" {
			p.whenLong = along
		}
	case along != nil && sample.soonFull(along, found):
		p.stretch = along
	}
	return nil
}

// conjuncts are the parts of a query that must all hold.
func conjuncts(n core.Node) []core.Node {
	switch n := n.(type) {
	case nil:
		return nil
	case core.And:
		return n
	}
	return []core.Node{n}
}

// drive chooses what SQLite reads first and returns the parts of the query
// that are left as conditions on what is read.
func (s *Store) drive(ctx context.Context, p *plan, merchant int64, deleted bool, parts []core.Node, o ordering) ([]core.Node, error) {
	few, err := s.hasFew(ctx, merchant)
	if err != nil {
		return parts, err
	}
	if few {
		return p.entries(merchant, parts), nil
	}
	byID := o.key == ""
	alone := len(p.where.conds) == 0 // nothing else was found before
	match, rest := matchOf(parts, nil)
	if match != "" {
		sample, err := s.sampled(ctx)
		if err != nil {
			return parts, err
		}
		exact := len(rest) == 0 && alone
		texts := textsOf(parts)
		if found := len(sample.words.Having(texts)); found < core.Often {
			match, rest = matchOf(parts, sample.rarely(texts, anyTrigram))
			exact = false
			p.few = true
		}
		marked := phrase(listMark(merchant, deleted)) + " AND " + match
		if exact {
			p.words = marked
		}
		if deleted || !sample.isMost(merchant) {
			match = marked
		}
		if !byID {
			broad, err := s.isBroad(ctx, match)
			if err != nil || broad {
				if alone {
					p.along(o, deleted)
				}
				return parts, err
			}
			p.found = true
			p.where.and(`c.id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ?)`, match)
		} else {
			p.from, p.id = "customer_search f CROSS JOIN customers c ON c.id = f.rowid", "f.rowid"
			p.where.and(`f.customer_search MATCH ?`, match)
		}
		return rest, nil
	}
	if byID {
		for i, part := range parts {
			if c, ok := entryOf(part); ok {
				p.from, p.id = "metadata m CROSS JOIN customers c ON c.id = m.customer_id", "m.customer_id"
				p.where.and(withEntry, merchant, c.Key, c.Values[0].Folded)
				return slices.Concat(parts[:i], parts[i+1:]), nil
			}
		}
	}
	if !alone {
		return parts, nil
	}
	return s.ranked(ctx, p, merchant, deleted, parts, o)
}

// entries has SQLite look once, along their index, for who has entries of the
// metadata that parts of the query name, where each of few customers is held
// against it. It returns the other parts.
func (p *plan) entries(merchant int64, parts []core.Node) []core.Node {
	return slices.DeleteFunc(slices.Clone(parts), func(part core.Node) bool {
		c, ok := entryOf(part)
		if ok {
			p.where.and(`+c.id IN (SELECT m.customer_id FROM metadata m WHERE `+withEntry+`)`, merchant, c.Key, c.Values[0].Folded)
		}
		return ok
	})
}

// withEntry finds an entry of the metadata by its index: a merchant's, by key and
// value.
const withEntry = `m.merchant_id = ? AND m.name = ? AND m.value_key = ?`

// entryOf returns a part of a query that names one.
func entryOf(part core.Node) (core.Compare, bool) {
	c, ok := part.(core.Compare)
	return c, ok && c.Field == core.FieldMetadata && c.Op == core.OpEqual
}

// broadMatches is how many rows a search may find to be sorted as a whole.
const broadMatches = 2000

// isBroad reports whether an expression finds more rows than are sorted.
func (s *Store) isBroad(ctx context.Context, match string) (bool, error) {
	var n int
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM customer_search WHERE customer_search MATCH ? LIMIT ?)`, match, s.sizes.broad)
	return n >= s.sizes.broad, err
}

// namedID returns the ID that a part of a query asks for, in whatever form.
func namedID(part core.Node) (int64, bool) {
	switch n := part.(type) {
	case core.Word:
		return core.ReadID(n.Text)
	case core.Compare:
		if n.Op != core.OpEqual || len(n.Values) != 1 {
			return 0, false
		}
		switch n.Field {
		case core.FieldID:
			return n.Values[0].Number, true
		case core.FieldUUID:
			return core.IDFromUUID(n.Values[0].Text)
		case core.FieldLookupID:
			return core.IDFromLookup(n.Values[0].Text)
		}
	}
	return 0, false
}

// resolveIDs puts the comparison with an ID for each top-level part that names
// a customer, for one that was merged that of whom it is part of now. Parts of IDs are not looked for: any number would match strangers.
func (s *Store) resolveIDs(ctx context.Context, merchant int64, n core.Node) (core.Node, error) {
	parts := conjuncts(n)
	var out core.And
	for _, part := range parts {
		if id, named := namedID(part); named {
			err := s.read.get(ctx, &id, `
				SELECT CASE WHEN merged_into > 0 THEN merged_into ELSE id END
				FROM customers
				WHERE id = ? AND merchant_id = ?`, id, merchant)
			if err != nil && !none(err) {
				return nil, fmt.Errorf("look for ID: %w", err)
			}
			if err == nil {
				part = core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: id}}}
			}
		}
		out = append(out, part)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}
