package db

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// A row is one of a query's, to be scanned.
type row interface{ Scan(dest ...any) error }

// A read is a query with what becomes of its rows.
type read struct {
	query string
	args  []any
	dest  any             // see [querier.get] and [querier.all]
	one   bool            // into dest goes the first row; without any it stays as it is
	found *bool           // is told that there was one, unless nil
	scan  func(row) error // takes each row where dest is nil
	alike bool            // see planAlike
}

// oneOf reads the first row of a query into dest, which stays as it is when
// there is none.
func oneOf(dest any, query string, args ...any) read {
	return read{query: query, args: args, dest: dest, one: true}
}

// allOf reads every row of a query into dest, a pointer to a slice.
func allOf(dest any, query string, args ...any) read {
	return read{query: query, args: args, dest: dest}
}

// eachOf calls scan for every row of a query.
func eachOf(scan func(row) error, query string, args ...any) read {
	return read{query: query, args: args, scan: scan}
}

// planAlike has PostgreSQL plan a query once for all values: which index it is
// read along does not depend on them. By itself PostgreSQL would plan a list
// anew each time, for as much as reading it costs, as it then knows how many
// customers the merchant has.
func (r read) planAlike() read {
	r.alike = true
	return r
}

// oneByOne carries out reads with the querier's other methods.
func oneByOne(ctx context.Context, q querier, reads []read) error {
	for _, r := range reads {
		var err error
		switch {
		case r.scan != nil:
			err = q.each(ctx, r.scan, r.query, r.args...)
		case r.one:
			if err = q.get(ctx, r.dest, r.query, r.args...); none(err) {
				err = nil
			} else if r.found != nil {
				*r.found = err == nil
			}
		default:
			err = q.all(ctx, r.dest, r.query, r.args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scanEach hands the rows of a query to scan.
func scanEach(rows *sqlx.Rows, err error, scan func(row) error) error {
	if err != nil {
		return classify(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}
