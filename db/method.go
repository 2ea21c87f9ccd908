package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// methodKinds are the tables that payment methods lie in, and how each is read.
var methodKinds = []methodKind{
	{name: core.CardMethod, id: "k.id", from: cardTables + " JOIN customers c ON c.id = k.customer_id", owner: "k.merchant_id", living: "k.removed_at = 0"},
	{name: "channel", id: "h.id", from: "channels h JOIN customers c ON c.id = h.customer_id", owner: "h.merchant_id", living: "h.withdrawn_at = 0"},
}

type methodKind struct{ name, id, from, owner, living string }

// cards reports whether it is the cards' table.
func (k methodKind) cards() bool { return k.name == core.CardMethod }

// PaymentMethods returns a page of what the merchant's living customers can pay
// with, newest first. Its cost follows what it shows.
func (s *Store) PaymentMethods(ctx context.Context, by core.Actor, l core.MethodList) (core.Page[core.PaymentMethod], error) {
	var page core.Page[core.PaymentMethod]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	if !slices.Contains(core.MethodTabs, l.Tab) {
		return page, core.Invalid{{Field: "tab", Rule: core.Unknown}}
	}
	limit := l.Limit
	if limit <= 0 {
		limit = core.PageSizes[0]
	}
	limit = min(limit, slices.Max(core.PageSizes))
	match, err := s.methodWords(ctx, by.Merchant, l)
	if err != nil {
		return page, err
	}
	expires, err := s.expiryColumn(ctx, by.Merchant, l)
	if err != nil {
		return page, err
	}
	r := core.Range{After: l.After.ID, Before: l.Before.ID}
	var all []core.PaymentMethod
	var at keysetPage
	for _, kind := range methodKinds {
		w := s.methodWhere(by, l, kind, match, expires)
		at = keyset(&w, kind.id, r, true)
		some, err := s.methods(ctx, kind, w, at.order, limit+1)
		if err != nil {
			return page, fmt.Errorf("list payment methods: %w", err)
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b core.PaymentMethod) int {
		if at.back {
			a, b = b, a
		}
		return cmp.Compare(b.ID(), a.ID())
	})
	all = all[:min(len(all), limit+1)]
	items, more := cutPage(all, limit, at)
	page.Items = items
	if page.Count = len(items); more || l.After.ID != 0 || l.Before.ID != 0 {
		if page.Count, err = s.countMethods(ctx, by, l, match, expires); err != nil {
			return page, err
		}
	}
	if len(items) > 0 {
		if more || at.back {
			page.Next = core.Cursor{ID: items[len(items)-1].ID()}
		}
		if (more && at.back) || l.After.ID != 0 {
			page.Prev = core.Cursor{ID: items[0].ID()}
		}
	}
	return page, nil
}

// methodWhere is what a list asks of the methods of a kind.
func (s *Store) methodWhere(by core.Actor, l core.MethodList, kind methodKind, match, expires string) where {
	var w where
	owner := kind.owner
	if match != "" { // the words are what is read first, and not all that the merchant has
		owner = "+" + owner
		w.and(`c.id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ?)`, match)
	}
	w.and(owner+` = ? AND `+kind.living+` AND c.deleted_at = 0`, by.Merchant)
	if s.postgres { // whose indexes of customers begin with the merchant
		w.and(`c.merchant_id = ` + kind.owner)
	}
	switch {
	case kind.cards():
		s.expiryTab(&w, l.Tab, expires)
	case l.Tab != core.AllMethods && l.Tab != core.ValidMethods:
		w.and(never)
	}
	r := renderer{merchant: by.Merchant, postgres: s.postgres, staff: seesStaffNotes(by), method: kind, expiry: expires}
	for _, part := range conjuncts(l.Query.Expr) {
		r.args = nil
		cond := condition(&r, part)
		w.and(cond, r.args...)
	}
	return w
}

// expiryTab is what a list asks of cards by when they expire.
func (s *Store) expiryTab(w *where, tab core.MethodTab, expires string) {
	month := core.MonthOf(s.now())
	switch tab {
	case core.ValidMethods:
		w.and(`k.active = 1 AND `+expires+` >= ?`, month.Key())
	case core.ExpiringMethods:
		w.and(`k.active = 1 AND `+expires+` IN (?, ?)`, month.Key(), month.AddMonths(1).Key())
	case core.ExpiredMethods:
		w.and(expires+` < ?`, month.Key())
	}
}

// expiryColumn decides how SQLite finds cards by when they expire.
func (s *Store) expiryColumn(ctx context.Context, merchant int64, l core.MethodList) (string, error) {
	const column = "k.expires"
	var w where
	s.expiryTab(&w, l.Tab, column)
	for _, part := range conjuncts(l.Query.Expr) {
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldExpires && c.Op != core.OpEmpty {
			var r renderer
			w.and(r.expires(column, c), r.args...)
		}
	}
	if s.postgres || len(w.conds) == 0 {
		return column, nil
	}
	w.and(`k.merchant_id = ? AND k.removed_at = 0`, merchant)
	return s.column(ctx, merchant, column, "cards k", strings.Join(w.conds, " AND "), w.args)
}

// methodWords is the trigram table's expression for the customers that a list
// asks for, or "" where the list is better read along: on PostgreSQL the
// planner decides, a merchant of few customers is read through, and so is a
// list in which much is found.
func (s *Store) methodWords(ctx context.Context, merchant int64, l core.MethodList) (string, error) {
	if s.postgres || l.Query.Expr == nil {
		return "", nil
	}
	if few, err := s.hasFew(ctx, merchant); err != nil || few {
		return "", err
	}
	var parts []core.Node
	for _, part := range conjuncts(l.Query.Expr) {
		if !asksLastFour(part) { // a bare number may be a card's, too
			parts = append(parts, part)
		}
	}
	match, _ := matchOf(parts, nil)
	if match == "" {
		return "", nil
	}
	match = phrase(listMark(merchant, false)) + " AND " + match
	broad, err := s.isBroad(ctx, match)
	if err != nil || broad {
		return "", err
	}
	return match, nil
}

// asksLastFour reports whether a word in the part may be the last four digits
// of a card.
func asksLastFour(n core.Node) bool {
	switch n := n.(type) {
	case core.Word:
		return isLastFour(n)
	case core.Or:
		return slices.ContainsFunc(n, asksLastFour)
	}
	return false
}

func isLastFour(w core.Word) bool {
	return len(w.Text) == 4 && strings.Trim(w.Text, "0123456789") == ""
}

func (s *Store) countMethods(ctx context.Context, by core.Actor, l core.MethodList, match, expires string) (int, error) {
	key := long{merchant: by.Merchant, staffNotes: seesStaffNotes(by), query: "methods " + string(l.Tab) + ": " + l.Query.String()}
	if s.sizes.isLong(key, s.now()) {
		return core.MaxCount + 1, nil
	}
	total := 0
	for _, kind := range methodKinds {
		w := s.methodWhere(by, l, kind, match, expires)
		var n int
		err := s.read.get(ctx, &n, `
			SELECT COUNT(*)
			FROM (SELECT 1 FROM `+kind.from+w.sql()+`
			LIMIT ?) AS counted`, append(w.args, core.MaxCount+1)...)
		if err != nil {
			return 0, fmt.Errorf("count payment methods: %w", err)
		}
		if total += n; total > core.MaxCount {
			s.sizes.setLong(key, s.now())
			break
		}
	}
	return min(total, core.MaxCount+1), nil
}

// holderRow is whose a method is, as far as lists show.
type holderRow struct {
	Name      string `db:"c_name"`
	FirstName string `db:"first_name"`
	LastName  string `db:"last_name"`
	Company   string
	Email     string
	Reference string
}

const holderColumns = `c.name AS c_name, c.first_name, c.last_name, c.company, c.email, c.reference`

func (r holderRow) summary(id int64) core.CustomerSummary {
	return core.CustomerSummary{
		ID: id, Name: r.Name, FirstName: r.FirstName, LastName: r.LastName, Company: r.Company, Email: r.Email, Reference: r.Reference,
	}
}

// methods reads methods of a kind.
func (s *Store) methods(ctx context.Context, kind methodKind, w where, order string, limit int) ([]core.PaymentMethod, error) {
	var out []core.PaymentMethod
	rest := w.sql() + `
		ORDER BY ` + order + `
		LIMIT ?`
	args := append(w.args, limit)
	if !kind.cards() {
		var rows []struct {
			channelRow
			holderRow
		}
		err := s.read.all(ctx, &rows, `
			SELECT `+channelColumns+`, `+holderColumns+`
			FROM `+kind.from+rest, args...)
		for _, r := range rows {
			c := r.channel()
			out = append(out, core.PaymentMethod{Customer: r.summary(c.Customer), Channel: &c})
		}
		return out, err
	}
	var rows []struct {
		cardRow
		holderRow
	}
	err := s.read.all(ctx, &rows, `
		SELECT `+cardColumns+`, `+holderColumns+`
		FROM `+kind.from+rest, args...)
	for _, r := range rows {
		c := r.card()
		out = append(out, core.PaymentMethod{Customer: r.summary(c.Customer), Card: &c})
	}
	return out, err
}
