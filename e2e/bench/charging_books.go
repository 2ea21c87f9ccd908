package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// books are the database that charging is measured on: a small demo, whose
// largest merchant's customers are there many times over, each with a card and
// a monthly subscription that fell due at one and the same time of day.
type books struct {
	db  *sql.DB
	due time.Time // when all subscriptions fell due
}

// openBooks opens a file as Kontor does, but to write much at once.
func openBooks(path string) (*books, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)&_pragma=temp_store(memory)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &books{db: db}, nil
}

// makeBooks makes the books in a folder of their own beside the program, with
// so many subscriptions due.
func makeBooks(ctx context.Context, k *kontor, subscriptions int) (*kontor, error) {
	dir := filepath.Join(k.dir, "charging")
	of := &kontor{dir: dir, bin: k.bin, engine: sqlite, db: filepath.Join(dir, "books.db")}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := of.command(ctx, of.db, "demo", "-customers", "1000").Run(); err != nil {
		return nil, fmt.Errorf("kontor demo: %w", err)
	}
	b, err := openBooks(of.db)
	if err != nil {
		return nil, err
	}
	return of, errors.Join(b.subscribe(ctx, subscriptions), b.close(ctx))
}

// close writes the log out into the file, which can be copied then.
func (b *books) close(ctx context.Context) error {
	_, err := b.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, b.db.Close())
}

// perID is how many milliseconds lie between two customers that are made, and
// idNode the node that made them, in their IDs: one that nobody else is.
const (
	perID  = 100
	idNode = core.MaxNode << 6
)

// subscribe makes n customers with a card and a subscription each.
func (b *books) subscribe(ctx context.Context, n int) error {
	today := time.Now().UTC().Add(-24 * time.Hour) // whatever the zone, its charge hour has passed
	b.due = time.Date(today.Year(), today.Month(), min(today.Day(), 28), 8, 0, 0, 0, time.UTC)
	first := core.FirstID(b.due.AddDate(-1, 0, 0)) + idNode
	id := fmt.Sprintf("%d + (n.i * %d << 11)", first, perID)
	pattern := `
		SELECT row_number() OVER (ORDER BY s.id) - 1 AS r, COUNT(*) OVER () AS of, s.id AS subscription, s.customer_id AS customer, s.card_id AS card
		FROM subscriptions s JOIN plans p ON p.id = s.plan_id JOIN cards k ON k.id = s.card_id
		WHERE s.merchant_id = 1 AND s.status = 'active' AND s.frequency = 'month' AND s.total_cycles = 0 AND s.held = 0
			AND p.send_receipt = 1 AND k.active = 1 AND k.removed_at = 0`
	from := func(table, column string) string {
		return fmt.Sprintf(`FROM (%s) p JOIN n ON n.i %% p.of = p.r JOIN %s x ON x.id = p.%s`, pattern, table, column)
	}
	past := b.due.AddDate(0, -1, 0)
	return b.unindexed(ctx, []string{"customers", "cards", "subscriptions"}, func(t *sql.Tx) error {
		// The demo's own are out of the way until next year.
		if _, err := t.ExecContext(ctx, `UPDATE subscriptions SET next_at = next_at + ? WHERE next_at > 0`, (400 * 24 * time.Hour).Milliseconds()); err != nil {
			return err
		}
		for _, c := range []copying{
			{"customers", n, from("customers", "customer"), values{"id": id, "reference": "''", "merged_into": "0"}},
			{"cards", n, from("cards", "card"), values{
				"id": id, "customer_id": id, "token": "substr(x.token, 1, 40) || printf('%024x', n.i)", "is_default": "1", "removed_at": "0",
				"last_four": "printf('%04d', n.i % 10000)",
			}},
			{"subscriptions", n, from("subscriptions", "subscription"), values{
				"id": id, "customer_id": id, "card_id": id, "start_key": "''", "start_at": "0", "parked_at": "0", "unparked_at": "0", "not_before": "0",
				"anchor": "'" + b.due.AddDate(0, -6, 0).Format(time.DateOnly) + "'", "anchor_day": "0", "next_number": "6",
				"next_at": millisText(b.due), "started_at": millisText(b.due.AddDate(0, -6, 0)), "last_run": millisText(past),
				"last_success": millisText(past), "completed_cycles": "6", "cancel_at_end": "0", "failed_attempts": "0",
				"delinquent_cycles": "0", "delinquent_since": "0",
			}},
		} {
			if err := c.run(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// goBack adds charges, each a copy of one that the worker made, some months
// earlier, until there are n. One in 25 was declined, and amounts differ. Their
// tries are left out: no page that is measured reads any. Their IDs are of a node
// that made none of the demo's. The subscriptions' next charges are spread over
// the month.
func (b *books) goBack(ctx context.Context, n int) error {
	var there int
	if err := b.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM charges`).Scan(&there); err != nil {
		return err
	}
	const made = `(SELECT row_number() OVER (ORDER BY id) AS r, charges.* FROM charges WHERE id IN (SELECT charge_id FROM attempts WHERE run_id > 0)) x`
	var each int
	if err := b.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+made).Scan(&each); err != nil {
		return err
	}
	if each == 0 {
		return errors.New("nothing was charged that could be copied")
	}
	months := max(0, (n-there+each-1)/each)
	back := fmt.Sprintf("(n.i * 30 - x.r %% 30) * %d", (24 * time.Hour).Milliseconds())
	return b.unindexed(ctx, []string{"charges", "subscriptions"}, func(t *sql.Tx) error {
		c := copying{"charges", months, `FROM n CROSS JOIN ` + made + fmt.Sprintf(" WHERE (n.i - 1) * %d + x.r <= %d", each, n-there), values{
			"id": fmt.Sprintf("x.id - (%s << 11) | %d", back, idNode), "period_from": "date(x.period_from, '-' || n.i || ' months')",
			"period_to": "date(x.period_to, '-' || n.i || ' months')",
			"status":    "CASE WHEN x.r % 25 = 0 THEN 'declined' ELSE 'paid' END", "reason": "CASE WHEN x.r % 25 = 0 THEN 'insufficient_funds' ELSE '' END",
			"amount": "x.amount + x.r % 200 * 5",
			"due_at": "x.due_at - " + back, "settled_at": "x.settled_at - " + back, "created_at": "x.created_at - " + back, "updated_at": "x.updated_at - " + back,
		}}
		if err := c.run(ctx, t); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `
			UPDATE subscriptions
			SET next_at = next_at - (id >> 11) / `+strconv.Itoa(perID)+` % 28 * 86400000, anchor = date(anchor, '-' || ((id >> 11) / `+strconv.Itoa(perID)+` % 28) || ' days')
			WHERE id & `+strconv.Itoa(idNode)+` = `+strconv.Itoa(idNode)+` AND next_at > 0`)
		return err
	})
}

func millisText(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// values are expressions by column.
type values map[string]string

// A copying adds rows that are copies of others, called x, but for the values,
// once for each n.i up to times.
type copying struct {
	table string
	times int
	from  string
	values
}

func (c copying) run(ctx context.Context, t *sql.Tx) error {
	rows, err := t.QueryContext(ctx, `SELECT name FROM pragma_table_info(?)`, c.table)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names, exprs []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		expr, given := c.values[name]
		if !given {
			expr = "x." + name
		}
		exprs = append(exprs, expr)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%s has no column %s", c.table, name)
		}
	}
	_, err = t.ExecContext(ctx, fmt.Sprintf(`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO %s (%s)
		SELECT %s
		%s`, c.times, c.table, strings.Join(names, ", "), strings.Join(exprs, ", "), c.from))
	if err != nil {
		return fmt.Errorf("copy %s: %w", c.table, err)
	}
	return nil
}

// unindexed does without the tables' indexes while f writes very much.
func (b *books) unindexed(ctx context.Context, tables []string, f func(*sql.Tx) error) error {
	t, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after Commit
	rows, err := t.QueryContext(ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
		AND tbl_name IN ('`+strings.Join(tables, "', '")+`')`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var drop, make []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		drop, make = append(drop, `DROP INDEX `+name), append(make, text)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, text := range drop {
		if _, err := t.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	if err := f(t); err != nil {
		return err
	}
	for _, text := range make {
		if _, err := t.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return t.Commit()
}
