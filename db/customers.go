package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"kontor/db/core"
)

// An ordering is an order of a list as SQL has it.
type ordering struct {
	key  string // the column sorted by; "" sorts by ID alone
	desc bool
}

func orderOf(l core.List) (ordering, error) {
	o := ordering{desc: !l.Ascending}
	switch {
	case l.Deleted && (l.Sort == "" || l.Sort == core.ByDeleted):
		o.key = "c.deleted_at"
	case l.Deleted:
		return o, core.Invalid{{Field: "sort", Rule: core.Unknown}}
	case l.Sort == "" || l.Sort == core.ByCreated:
	case l.Sort == core.ByUpdated:
		o.key = "c.updated_at"
	case l.Sort == core.ByName:
		o.key = "c.sort_key"
	default:
		return o, core.Invalid{{Field: "sort", Rule: core.Unknown}}
	}
	return o, nil
}

// keyArg is a cursor's key as the column's type has it.
func (o ordering) keyArg(key string) any {
	if o.key == "c.sort_key" {
		return key
	}
	n, _ := strconv.ParseInt(key, 10, 64) // a cursor typed by hand begins at 0
	return n
}

const summaryColumns = `c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.reference, c.city, c.country,
	c.created_at, c.updated_at, c.deleted_at`

// Customers returns a page of the merchant's customers. Its cost follows what
// it shows: a page is read along an index and nothing is sorted but a search
// with few matches.
func (s *Store) Customers(ctx context.Context, by core.Actor, l core.List) (core.Page[core.CustomerSummary], error) {
	var page core.Page[core.CustomerSummary]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	o, err := orderOf(l)
	if err != nil {
		return page, err
	}
	p, err := s.plan(ctx, by, l, o)
	if err != nil {
		return page, err
	}
	limit := l.Limit
	if limit <= 0 {
		limit = core.PageSizes[0]
	}
	limit = min(limit, slices.Max(core.PageSizes))
	back := l.Before.ID != 0
	cursor := l.After
	if back {
		cursor = l.Before
	}
	key := long{by.Merchant, l.Deleted, seesStaffNotes(by), l.Query.String()}
	rows, counted, err := s.pageOfFew(ctx, key, p, o, cursor, back, limit+1)
	if err == nil && counted < 0 {
		p.stretch = cmp.Or(p.stretch, p.whenLong)
		rows, err = s.customerPage(ctx, p, o, cursor, back, limit+1)
	}
	if err != nil {
		return page, err
	}
	more := len(rows) > limit // one more than asked for tells whether there are more
	if more {
		rows = rows[:limit]
	}
	switch {
	case counted >= 0:
		page.Count = counted
	case more || cursor.ID != 0:
		if page.Count, err = s.count(ctx, key, l, p); err != nil {
			return page, err
		}
	default: // this page is the whole list
		page.Count = len(rows)
	}
	if back {
		slices.Reverse(rows)
	}
	if len(rows) > 0 {
		first, last := rows[0].cursor(o), rows[len(rows)-1].cursor(o)
		if more || back {
			page.Next = last
		}
		if (more && back) || (!back && cursor.ID != 0) {
			page.Prev = first
		}
	}
	page.Items = make([]core.CustomerSummary, len(rows))
	for i, r := range rows {
		page.Items[i] = r.CustomerSummary
	}
	if counted >= 0 {
		page.Items, err = s.summaries(ctx, by.Merchant, page.Items)
		return page, err
	}
	return page, s.billing(ctx, page.Items)
}

// count counts the list as far as lists count. What the trigram table alone
// answers it counts alone, which spares a row of customers for each match. A
// list that was longer a moment ago is not counted again.
func (s *Store) count(ctx context.Context, key long, l core.List, p plan) (int, error) {
	if l.Query.Expr == nil && !l.Deleted && s.sizes.few >= core.MaxCount {
		if few, err := s.hasFew(ctx, key.merchant); err != nil || !few {
			return core.MaxCount + 1, err
		}
	}
	if s.sizes.isLong(key, s.now()) {
		return core.MaxCount + 1, nil
	}
	n, err := s.countNow(ctx, p)
	if n > core.MaxCount {
		s.sizes.setLong(key, s.now())
	}
	return n, err
}

func (s *Store) countNow(ctx context.Context, p plan) (int, error) {
	var n int
	if p.words != "" {
		err := s.read.get(ctx, &n, `
			SELECT COUNT(*)
			FROM (SELECT 1 FROM customer_search WHERE customer_search MATCH ? LIMIT ?)`, p.words, core.MaxCount+1)
		if err != nil {
			return 0, fmt.Errorf("count matches: %w", err)
		}
		return n, nil
	}
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM `+p.from+p.where.sql()+`
		LIMIT ?) AS counted`, append(slices.Clip(p.where.args), core.MaxCount+1)...)
	if err != nil {
		return 0, fmt.Errorf("count customers: %w", err)
	}
	return n, nil
}

type summaryRow struct {
	core.CustomerSummary
	sortKey string
}

func (r summaryRow) cursor(o ordering) core.Cursor {
	switch o.key {
	case "c.sort_key":
		return core.Cursor{Key: r.sortKey, ID: r.ID}
	case "c.updated_at":
		return core.Cursor{Key: strconv.FormatInt(r.UpdatedAt.UnixMilli(), 10), ID: r.ID}
	case "c.deleted_at":
		return core.Cursor{Key: strconv.FormatInt(r.DeletedAt.UnixMilli(), 10), ID: r.ID}
	}
	return core.Cursor{ID: r.ID}
}

// customerPage reads up to limit rows from the cursor on, in the order or,
// going back, against it.
func (s *Store) customerPage(ctx context.Context, p plan, o ordering, cursor core.Cursor, back bool, limit int) ([]summaryRow, error) {
	w, order := p.beyond(o, cursor, back)
	columns := summaryColumns + `, ''`
	if o.key == "c.sort_key" {
		columns = summaryColumns + `, c.sort_key`
	}
	rows := make([]summaryRow, 0, limit)
	scan := scanSummary()
	list := eachOf(func(rs row) error {
		rows = append(rows, summaryRow{})
		return scan(rs, &rows[len(rows)-1])
	}, `
		SELECT `+columns+`
		FROM `+p.from+w.sql()+`
		ORDER BY `+order, w.args...)
	if err := s.list(ctx, p, list, limit, 0); err != nil {
		return nil, fmt.Errorf("list customers: %w", err)
	}
	return rows, nil
}

// scanSummary returns what reads rows of summaryColumns, with the key that a list
// is sorted by behind them.
func scanSummary() func(rs row, to *summaryRow) error {
	var created, updated, deleted millis
	return func(rs row, to *summaryRow) error {
		err := rs.Scan(&to.ID, &to.Name, &to.FirstName, &to.LastName, &to.Company, &to.Email, &to.Reference, &to.City, &to.Country,
			&created, &updated, &deleted, &to.sortKey)
		to.CreatedAt, to.UpdatedAt, to.DeletedAt = created.time(), updated.time(), deleted.time()
		return err
	}
}

// pageOfFew is a page of those whom a search finds where hardly any of a sample
// fit: the IDs alone, see summaries, and how many there are in all. To find all is
// what counting costs anyway, and then the page is known too. A count of
// -1 says that the two are better read apart: many fit, or the list is not by ID.
func (s *Store) pageOfFew(ctx context.Context, key long, p plan, o ordering, cursor core.Cursor, back bool, limit int) ([]summaryRow, int, error) {
	if !p.few || o.key != "" || s.sizes.isLong(key, s.now()) {
		return nil, -1, nil
	}
	order := p.id // the oldest first, as FTS5 skips forwards only
	if s.postgres {
		order += " + 0" // it has no index, along which all customers might be read
	}
	var ids []int64
	err := s.read.each(ctx, func(rs row) error {
		ids = append(ids, 0)
		return rs.Scan(&ids[len(ids)-1])
	}, `
		SELECT c.id
		FROM `+p.from+p.where.sql()+`
		ORDER BY `+order+`
		LIMIT ?`, append(slices.Clip(p.where.args), core.MaxCount+1)...)
	if err != nil {
		return nil, -1, fmt.Errorf("find customers: %w", err)
	}
	n := len(ids)
	if n > core.MaxCount {
		s.sizes.setLong(key, s.now())
		return nil, -1, nil
	}
	down := o.desc != back
	if down {
		slices.Reverse(ids)
	}
	var rows []summaryRow
	for _, id := range ids {
		behind := cursor.ID == 0 || (down && id < cursor.ID) || (!down && id > cursor.ID)
		if behind && len(rows) < limit {
			rows = append(rows, summaryRow{CustomerSummary: core.CustomerSummary{ID: id}})
		}
	}
	return rows, n, nil
}

// summaries reads customers of a page of whom only the IDs are known, with their
// billing. Who has gone meanwhile is left out.
func (s *Store) summaries(ctx context.Context, merchant int64, page []core.CustomerSummary) ([]core.CustomerSummary, error) {
	if len(page) == 0 {
		return page, nil
	}
	at, marks, ids := idsOf(page)
	scan := scanSummary()
	var r summaryRow
	rows := eachOf(func(rs row) error {
		err := scan(rs, &r)
		*at[r.ID] = r.CustomerSummary
		return err
	}, `
		SELECT `+summaryColumns+`, ''
		FROM customers c
		WHERE c.id IN `+marks+` AND +c.merchant_id = ?`, append(slices.Clip(ids), merchant)...)
	if err := s.read.reads(ctx, append([]read{rows}, billingReads(at, marks, ids)...)...); err != nil {
		return nil, fmt.Errorf("read customers of a page: %w", err)
	}
	return slices.DeleteFunc(page, func(c core.CustomerSummary) bool { return c.CreatedAt.IsZero() }), nil
}

// beyond is the plan's condition narrowed to what comes after a cursor in the
// order or, going back, before it, and what to sort by.
func (p plan) beyond(o ordering, cursor core.Cursor, back bool) (w where, order string) {
	than, dir := " > ", ""
	if o.desc != back {
		than, dir = " < ", " DESC"
	}
	if p.stretch != nil && o.key == "" {
		if dir == "" {
			return p.stretch.between(cursor.ID, 0), p.stretch.order(dir)
		}
		return p.stretch.between(0, cursor.ID), p.stretch.order(dir)
	}
	w = where{conds: slices.Clip(p.where.conds), args: slices.Clip(p.where.args)}
	order = p.id + dir
	if o.key != "" {
		order = o.key + dir + ", c.id" + dir
	}
	switch {
	case cursor.ID == 0:
	case o.key == "":
		w.and(p.id+than+`?`, cursor.ID)
	default:
		w.and(`(`+o.key+`, c.id)`+than+`(?, ?)`, o.keyArg(cursor.Key), cursor.ID)
	}
	return w, order
}

// list reads a page of a list, whose query ends with its order. One along a stretch
// is over soon, and PostgreSQL plans it once. For that the limit is part
// of the text: for one that it does not know it would take a tenth of all rows.
func (s *Store) list(ctx context.Context, p plan, r read, limit, offset int) error {
	if p.stretch != nil && offset == 0 {
		r.query += `
		LIMIT ` + strconv.Itoa(limit)
		return s.read.reads(ctx, r.planAlike())
	}
	r.query, r.args = r.query+`
		LIMIT ?`, append(r.args, limit)
	if offset > 0 {
		r.query, r.args = r.query+` OFFSET ?`, append(r.args, offset)
	}
	return s.read.each(ctx, r.scan, r.query, r.args...)
}
