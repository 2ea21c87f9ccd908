package db

import (
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
	rows, err := s.customerPage(ctx, p, o, cursor, back, limit+1)
	if err != nil {
		return page, err
	}
	more := len(rows) > limit // one more than asked for tells whether there are more
	if more {
		rows = rows[:limit]
	}
	if page.Count = len(rows); more || cursor.ID != 0 { // else this page is the whole list
		if page.Count, err = s.count(ctx, by, l, p); err != nil {
			return page, err
		}
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
	return page, s.billing(ctx, page.Items)
}

// count counts the list as far as lists count. What the trigram table alone
// answers it counts alone, which spares a row of customers for each match. A
// list that was longer a moment ago is not counted again.
func (s *Store) count(ctx context.Context, by core.Actor, l core.List, p plan) (int, error) {
	if l.Query.Expr == nil && !l.Deleted && s.sizes.few >= core.MaxCount {
		if few, err := s.hasFew(ctx, by.Merchant); err != nil || !few {
			return core.MaxCount + 1, err
		}
	}
	key := long{by.Merchant, l.Deleted, seesStaffNotes(by), l.Query.String()}
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
	var created, updated, deleted millis
	list := eachOf(func(rs row) error {
		rows = append(rows, summaryRow{})
		r := &rows[len(rows)-1]
		err := rs.Scan(&r.ID, &r.Name, &r.FirstName, &r.LastName, &r.Company, &r.Email, &r.Reference, &r.City, &r.Country,
			&created, &updated, &deleted, &r.sortKey)
		r.CreatedAt, r.UpdatedAt, r.DeletedAt = created.time(), updated.time(), deleted.time()
		return err
	}, `
		SELECT `+columns+`
		FROM `+p.from+w.sql()+`
		ORDER BY `+order, w.args...)
	if err := s.list(ctx, p, list, limit, 0); err != nil {
		return nil, fmt.Errorf("list customers: %w", err)
	}
	return rows, nil
}

// beyond is the plan's condition narrowed to what comes after a cursor in the
// order or, going back, before it, and what to sort by.
func (p plan) beyond(o ordering, cursor core.Cursor, back bool) (w where, order string) {
	than, dir := " > ", ""
	if o.desc != back {
		than, dir = " < ", " DESC"
	}
	if p.living != 0 && o.key == "" {
		if dir == "" {
			return alongLiving(p.living, cursor.ID, 0), `c.merchant_id, c.id`
		}
		return alongLiving(p.living, 0, cursor.ID), `c.merchant_id DESC, c.id DESC`
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

// list reads a page of a list, whose query ends with its order. One that is no
// search is over soon, and PostgreSQL plans it once. For that the limit is part
// of the text: for one that it does not know it would take a tenth of all rows.
func (s *Store) list(ctx context.Context, p plan, r read, limit, offset int) error {
	if p.living != 0 && offset == 0 {
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

// alongLiving are a merchant's living customers between two IDs, where these are
// not 0, as PostgreSQL reads them along customers_living whoever the merchant is:
// did it know that there is one merchant, it might read the customers of all by
// their ID.
func alongLiving(merchant, after, before int64) where {
	var w where
	if after != 0 {
		w.and(`(c.merchant_id, c.id) > (?, ?)`, merchant, after)
	} else {
		w.and(`c.merchant_id >= ?`, merchant)
	}
	if before != 0 {
		w.and(`(c.merchant_id, c.id) < (?, ?)`, merchant, before)
	} else {
		w.and(`c.merchant_id <= ?`, merchant)
	}
	w.and(`c.deleted_at = 0`)
	return w
}
