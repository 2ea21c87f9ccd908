package db

import (
	"context"
	"slices"

	"kontor/db/core"
)

// withCards has words of four digits ask for the customers, too, one of whose cards
// ends with them.
func withCards(n core.Node) core.Node {
	switch n := n.(type) {
	case core.And:
		return core.And(eachWithCards(n))
	case core.Or:
		return core.Or(eachWithCards(n))
	case core.Not:
		return core.Not{Node: withCards(n.Node)}
	case core.Word:
		if isLastFour(n) {
			return core.Or{n, core.Compare{Field: core.FieldCard, Op: core.OpEqual, Values: []core.Value{{Text: n.Text}}}}
		}
	}
	return n
}

func eachWithCards(nodes []core.Node) []core.Node {
	all := make([]core.Node, len(nodes))
	for i, n := range nodes {
		all[i] = withCards(n)
	}
	return all
}

// wordAndCard are what withCards makes of a word.
func wordAndCard(part core.Node) (word core.Word, card core.Compare, ok bool) {
	or, _ := part.(core.Or)
	if len(or) != 2 {
		return word, card, false
	}
	word, isWord := or[0].(core.Word)
	card, isCard := or[1].(core.Compare)
	return word, card, isWord && isCard && isLastFour(word) && card.Field == core.FieldCard
}

func isWordAndCard(part core.Node) bool {
	_, _, ok := wordAndCard(part)
	return ok
}

// fewEnding begins with whom words of four digits find, by their own texts and by
// their cards: neither index tells of the other. Where many are found the list is
// read along, and a page is full soon; a merchant of few is read through.
func (s *Store) fewEnding(ctx context.Context, p *plan, r *renderer, deleted bool, parts []core.Node) error {
	if few, err := s.hasFew(ctx, r.merchant); err != nil || few {
		return err
	}
	for _, part := range parts {
		word, card, ok := wordAndCard(part)
		if !ok {
			continue
		}
		named, args, err := s.fewNamed(ctx, r.merchant, deleted, word)
		if err != nil {
			return err
		}
		if named == "" {
			continue
		}
		r.args = nil
		from, cond := r.billing(card)
		many, err := s.findsMany(ctx, r.merchant, from, cond, r.args, s.sizes.rows)
		if err != nil {
			return err
		}
		if many {
			continue
		}
		p.found = true
		p.where.and(`c.id IN (`+named+` UNION SELECT b.customer_id FROM `+from+` WHERE `+cond+`)`, append(args, r.args...)...)
	}
	return nil
}

// fewNamed asks for the IDs of those in whose searched words a word is, unless there
// are many.
func (s *Store) fewNamed(ctx context.Context, merchant int64, deleted bool, word core.Word) (named string, args []any, err error) {
	if s.postgres {
		sample, err := s.sampled(ctx)
		if err != nil {
			return "", nil, err
		}
		if found := len(sample.words.Having([]string{word.Folded})); found*sample.from >= s.sizes.rows*max(1, sample.words.Len()) {
			return "", nil, nil
		}
		return `SELECT f.id FROM customers f WHERE f.merchant_id = ? AND f.search LIKE ?`, []any{merchant, "%" + word.Folded + "%"}, nil
	}
	match := phrase(listMark(merchant, deleted)) + " AND " + wordMatch(word, phrase(word.Folded))
	args = []any{match}
	many, err := s.findsMany(ctx, merchant, "customer_search", "customer_search MATCH ?", args, s.sizes.rows)
	if err != nil || many {
		return "", nil, err
	}
	return `SELECT rowid FROM customer_search WHERE customer_search MATCH ?`, slices.Clip(args), nil
}
