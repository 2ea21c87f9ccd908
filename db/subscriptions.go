package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
)

// Subscriptions returns a page of the merchant's subscriptions. First the IDs
// of the page are found along an index, then what is shown of them is read.
func (s *Store) Subscriptions(ctx context.Context, by core.Actor, l core.SubscriptionList) (core.Page[core.SubscriptionSummary], error) {
	var page core.Page[core.SubscriptionSummary]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	w, err := s.subscriptionsWhere(ctx, by, l)
	if err != nil {
		return page, err
	}
	listed := w
	listed.conds, listed.args = slices.Clip(w.conds), slices.Clip(w.args)
	back, cursor := l.Before.ID != 0, l.After
	if back {
		cursor = l.Before
	}
	than, dir := " > ", ""
	if l.Soon == back {
		than, dir = " < ", " DESC"
	}
	order := "s.id" + dir
	if l.Soon {
		order = "s.next_at" + dir + ", s.id" + dir
	}
	switch {
	case cursor.ID == 0:
	case l.Soon:
		next, _ := strconv.ParseInt(cursor.Key, 10, 64) // a cursor typed by hand begins at 0
		listed.and(`(s.next_at, s.id)`+than+`(?, ?)`, next, cursor.ID)
	default:
		listed.and(`s.id`+than+`?`, cursor.ID)
	}
	limit := pageLimit(l.Limit)
	var found []struct {
		ID     int64
		NextAt int64 `db:"next_at"`
	}
	err = s.read.all(ctx, &found, `
		SELECT s.id, s.next_at
		FROM subscriptions s`+listed.sql()+`
		ORDER BY `+order+`
		LIMIT ?`, append(listed.args, limit+1)...)
	if err != nil {
		return page, fmt.Errorf("list subscriptions: %w", err)
	}
	full := len(found) > limit
	if page.Count = len(found); full || cursor.ID != 0 {
		if page.Count, err = s.countSubscriptions(ctx, by, l, w); err != nil {
			return page, err
		}
	}
	ids := make([]int64, len(found))
	at := map[int64]core.Cursor{}
	for i, f := range found {
		ids[i] = f.ID
		at[f.ID] = core.Cursor{ID: f.ID}
		if l.Soon {
			at[f.ID] = core.Cursor{ID: f.ID, Key: strconv.FormatInt(f.NextAt, 10)}
		}
	}
	ids, page.Prev, page.Next = cut(ids, limit, cursor.ID != 0, back, func(id int64) core.Cursor { return at[id] })
	page.Items, err = s.subscriptionSummaries(ctx, ids)
	return page, err
}

// subscriptionSummaries are the subscriptions with the IDs, in their order.
func (s *Store) subscriptionSummaries(ctx context.Context, ids []int64) ([]core.SubscriptionSummary, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := marksFor(ids)
	var rows []subscriptionSummaryRow
	err := s.read.all(ctx, &rows, `
		SELECT `+subscriptionSummary+`
		FROM subscriptions s`+subscriptionAround+`
		WHERE s.id IN `+marks, args...)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	slices.SortFunc(rows, func(a, b subscriptionSummaryRow) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return summaries(rows)
}

// marksFor writes a list of IDs for IN, in one of few lengths so that there are
// few texts to prepare.
func marksFor(ids []int64) (marks string, args []any) {
	size := len(ids)
	for _, usual := range []int{1, 25, 50, 100} {
		if size <= usual {
			size = usual
			break
		}
	}
	args = make([]any, size)
	for i := range args {
		args[i] = int64(0) // which no record has
		if i < len(ids) {
			args[i] = ids[i]
		}
	}
	return `(?` + strings.Repeat(`, ?`, size-1) + `)`, args
}

// countSubscriptions counts the list as far as lists count. A list that was
// longer a moment ago is not counted again.
func (s *Store) countSubscriptions(ctx context.Context, by core.Actor, l core.SubscriptionList, w where) (int, error) {
	key := long{merchant: by.Merchant, query: fmt.Sprintf("subscriptions, soon %v: %s", l.Soon, l.Query)}
	if s.sizes.isLong(key, s.now()) {
		return core.MaxCount + 1, nil
	}
	var n int
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM subscriptions s`+w.sql()+`
		LIMIT ?) AS counted`, append(slices.Clip(w.args), core.MaxCount+1)...)
	if err != nil {
		return 0, fmt.Errorf("count subscriptions: %w", err)
	}
	if n > core.MaxCount {
		s.sizes.setLong(key, s.now())
	}
	return n, nil
}

// subscriptionsWhere is the condition that makes the list.
func (s *Store) subscriptionsWhere(ctx context.Context, by core.Actor, l core.SubscriptionList) (where, error) {
	var w where
	w.and(`s.merchant_id = ?`, by.Merchant)
	w.and(`s.held = 0`)
	if l.Soon {
		w.and(`s.next_at > 0`)
	}
	few, err := s.hasFew(ctx, by.Merchant)
	if err != nil {
		return w, err
	}
	r := subscriptionRenderer{renderer: renderer{merchant: by.Merchant, postgres: s.postgres}}
	for _, part := range conjuncts(l.Query.Expr) {
		r.args, r.next = nil, "s.next_at"
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldNext && !l.Soon && !s.postgres {
			if r.next, err = s.nextColumn(ctx, by.Merchant, c); err != nil {
				return w, err
			}
		}
		if word, ok := part.(core.Word); ok {
			if part, err = s.subscriptionNamed(ctx, by.Merchant, word); err != nil {
				return w, err
			}
		}
		cond := ""
		if !s.postgres && !few {
			if cond, err = s.fewSubscriptions(ctx, &r, part); err != nil {
				return w, err
			}
		}
		if cond != "" {
			w.conds[0] = `+s.merchant_id = ?` // else SQLite runs along all of the merchant's
		} else {
			r.args = nil
			cond = condition(&r, part)
		}
		w.and(cond, r.args...)
	}
	return w, nil
}

// subscriptionNamed is the comparison with an ID for a word that names a
// subscription, else the word.
func (s *Store) subscriptionNamed(ctx context.Context, merchant int64, w core.Word) (core.Node, error) {
	id, named := core.ReadID(w.Text)
	if !named {
		return w, nil
	}
	var there int64
	err := s.read.get(ctx, &there, `SELECT id FROM subscriptions WHERE id = ? AND merchant_id = ?`, id, merchant)
	if none(err) {
		return w, nil
	}
	return core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: id}}}, err
}

// fewSubscriptions has SQLite begin with what few customers, plans and cards a
// part of the query asks for. It returns "" where there are many: then the list
// is run along, and each row held against the part.
func (s *Store) fewSubscriptions(ctx context.Context, r *subscriptionRenderer, part core.Node) (string, error) {
	var from []string
	switch n := part.(type) {
	case core.Word:
		match := phrase(listMark(r.merchant, false)) + " AND " + wordMatch(n, phrase(n.Folded))
		broad, err := s.isBroad(ctx, match)
		if err != nil || broad {
			return "", err
		}
		from = []string{"customer_id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ?)"}
		r.args = append(r.args, match)
		from = append(from, r.planLike(n))
		if card := r.cardWord("card_id", n); card != "" {
			from = append(from, card)
		}
	case core.Compare:
		called, err := s.fewCalled(ctx, &r.renderer, n)
		switch {
		case err != nil:
			return "", err
		case called != "":
			from = []string{"customer_id IN (" + called + ")"}
		case n.Op == core.OpEmpty:
			return "", nil
		case n.Field == core.FieldPlan:
			from = []string{r.planNamed("plan_id", n)}
		case n.Field == core.FieldCard:
			from = []string{r.cardOf("card_id", n)}
		default:
			return "", nil
		}
	default:
		return "", nil
	}
	set := ""
	for i, cond := range from {
		if i > 0 {
			set += " UNION "
		}
		set += "SELECT id FROM subscriptions WHERE " + cond
	}
	var n int
	err := s.read.get(ctx, &n, `SELECT COUNT(*) FROM (`+set+` LIMIT ?)`, append(slices.Clip(r.args), s.sizes.rows)...)
	if err != nil || n >= s.sizes.rows {
		return "", err
	}
	return "s.id IN (" + set + ")", nil
}

// A subscriptionRenderer turns a query's tree into a condition on
// subscriptions s.
type subscriptionRenderer struct {
	renderer
	next string // the column, with a + where no index is to be used for it
}

// nextAt compares when a subscription is charged next. The index has those that
// are to be charged, which SQLite must be told, after the bound it looks for.
func (r *renderer) nextAt(column string, c core.Compare) string {
	cond := r.instant(column, c)
	if c.Op != core.OpEmpty && column == "s.next_at" {
		cond = "(" + cond + " AND s.next_at > 0)"
	}
	return cond
}

// nextColumn decides how SQLite finds subscriptions by when they are charged
// next, for a list in another order.
func (s *Store) nextColumn(ctx context.Context, merchant int64, c core.Compare) (string, error) {
	r := renderer{merchant: merchant, postgres: s.postgres}
	cond := r.nextAt("s.next_at", c)
	return s.column(ctx, merchant, "s.next_at", "subscriptions s", `s.merchant_id = ? AND `+cond, append([]any{merchant}, r.args...))
}

// word looks for part of what the customer is known by, of the plan's name, or
// for the card's last four digits.
func (r *subscriptionRenderer) word(w core.Word) string {
	cond := r.customer(r.renderer.word(w)) + " OR " + r.planLike(w)
	if card := r.cardWord("s.card_id", w); card != "" {
		cond += " OR " + card
	}
	return "(" + cond + ")"
}

// customer asks the subscription's customer.
func (r *subscriptionRenderer) customer(cond string) string {
	return "(EXISTS (SELECT 1 FROM customers c WHERE c.id = s.customer_id AND c.merchant_id = s.merchant_id AND " + cond + "))"
}

func (r *subscriptionRenderer) planLike(w core.Word) string {
	r.args = append(r.args, r.merchant)
	return "plan_id IN (SELECT p.id FROM plans p WHERE p.merchant_id = ? AND " + r.term(`p.name_key LIKE ? ESCAPE '\'`, "%"+escapeLike(w.Folded)+"%") + ")"
}

// cardWord asks for the card whose last four digits a word is, or is "".
func (r *subscriptionRenderer) cardWord(column string, w core.Word) string {
	if len(w.Text) != 4 || strings.Trim(w.Text, "0123456789") != "" {
		return ""
	}
	return r.cardOf(column, core.Compare{Field: core.FieldCard, Op: core.OpEqual, Values: []core.Value{{Text: w.Text}}})
}

// cardOf asks for the card by its last four digits.
func (r *subscriptionRenderer) cardOf(column string, c core.Compare) string {
	r.args = append(r.args, r.merchant)
	return column + " IN (SELECT k.id FROM cards k WHERE k.merchant_id = ? AND k.removed_at = 0 AND " + r.lastFour("k.last_four", c) + ")"
}

// subscriptionCodes are the columns with codes, compared as they are.
var subscriptionCodes = map[core.Field]string{
	core.FieldStatus: "s.status", core.FieldCurrency: "s.currency", core.FieldFrequency: "s.frequency", core.FieldSource: "s.source",
}

func (r *subscriptionRenderer) compare(c core.Compare) string {
	if column, ok := subscriptionCodes[c.Field]; ok {
		if c.Op == core.OpEmpty {
			return never
		}
		return r.term(column+` = ?`, c.Values[0].Text)
	}
	switch c.Field {
	case core.FieldID:
		return r.number("s.id", c)
	case core.FieldUUID:
		return r.named("s.id", c, core.IDFromUUID)
	case core.FieldLookupID:
		return r.named("s.id", c, core.IDFromLookup)
	case core.FieldName, core.FieldEmail, core.FieldReference:
		if c.Field == core.FieldReference && c.Op == core.OpEqual {
			return "(s.customer_id IN (" + r.called(c) + "))"
		}
		return r.customer(r.renderer.compare(c))
	case core.FieldPlan:
		if c.Op == core.OpEmpty {
			return never
		}
		return r.planNamed("s.plan_id", c)
	case core.FieldCard:
		if c.Op == core.OpEmpty {
			return "(s.card_id IS NULL)"
		}
		return r.cardOf("s.card_id", c)
	case core.FieldCardExpires:
		if c.Op == core.OpEmpty {
			return "(s.card_id IS NULL)"
		}
		return "(EXISTS (SELECT 1 FROM cards k WHERE k.id = s.card_id AND k.merchant_id = s.merchant_id AND " + r.expires("k.expires", c) + "))"
	case core.FieldNext:
		return r.nextAt(cmp.Or(r.next, "s.next_at"), c)
	case core.FieldStarted:
		return r.instant("s.started_at", c)
	case core.FieldEnded:
		return r.instant("s.ended_at", c)
	case core.FieldCreated:
		return r.created("s.id", c)
	}
	return never
}
