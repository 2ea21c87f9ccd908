package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// fillBeside carries out f on a SQLite file in the system's folder for such
// things, and copies to an empty PostgreSQL what that made, in one transaction.
// History asks and answers much, which over a connection takes many times as
// long as all the rest.
func (s *Store) fillBeside(ctx context.Context, f func(*History) error) (err error) {
	dir, err := os.MkdirTemp("", "kontor-history-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	beside, err := Open(ctx, filepath.Join(dir, "history.db"), Options{Now: s.now, Scratch: true, SendsMail: s.mails})
	if err != nil {
		return err
	}
	defer func() {
		beside.processor = nil // which is this store's to close
		err = errors.Join(err, beside.Close())
	}()
	beside.processor, beside.hashing, beside.vault = s.processor, s.hashing, s.vault
	_, err = beside.newHistory().fill(ctx, f, func(*tx, context.Context, []index) error { return nil })
	if err != nil {
		return err
	}
	return s.copyFrom(ctx, beside)
}

// copyFrom copies every row of another store, which has the same tables.
func (s *Store) copyFrom(ctx context.Context, from *Store) error {
	conn, err := s.write.db.Connx(ctx)
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	raw, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer raw.Rollback() // does nothing after Commit
	t := &tx{Tx: raw, s: s, at: s.instant(), recall: &recall{}}
	again, err := t.dropKeys(ctx)
	if err != nil {
		return fmt.Errorf("drop indexes: %w", err)
	}
	var tables []string
	err = from.read.all(ctx, &tables, `
		SELECT name
		FROM sqlite_master
		WHERE type = 'table' AND name <> 'migrations' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'customer\_search%' ESCAPE '\'
		ORDER BY rootpage`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if err := copyTable(ctx, conn, from, table); err != nil {
			return fmt.Errorf("copy %s: %w", table, classify(err))
		}
	}
	for _, statement := range again {
		if _, err := t.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, classify(err))
		}
	}
	if err := t.pairAll(ctx); err != nil {
		return err
	}
	// By name, as to analyze all waits for whoever analyzes others' tables.
	if _, err := t.ExecContext(ctx, `ANALYZE `+strings.Join(tables, ", ")); err != nil {
		return classify(err)
	}
	return t.commit(ctx)
}

// dropKeys drops the schema's foreign keys and its indexes, but for those of
// keys, and returns what makes them anew: it is done sooner once for all rows.
func (t *tx) dropKeys(ctx context.Context) (again []string, err error) {
	if _, err := t.ExecContext(ctx, `SET LOCAL maintenance_work_mem = '256MB'`); err != nil {
		return nil, classify(err)
	}
	var all []struct{ Drop, Make string }
	err = t.all(ctx, &all, `
		SELECT 'DROP INDEX ' || i.indexrelid::regclass AS drop, pg_get_indexdef(i.indexrelid) AS make
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE c.relnamespace = current_schema()::regnamespace
			AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
		UNION ALL
		SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
			'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
		FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace AND contype = 'f'`)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if _, err := t.ExecContext(ctx, i.Drop); err != nil {
			return nil, classify(err)
		}
		again = append(again, i.Make)
	}
	return again, nil
}

func copyTable(ctx context.Context, conn *sqlx.Conn, from *Store, table string) error {
	rows, err := from.write.db.QueryxContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	return conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, newRowsToCopy(rows.Rows, len(columns)))
		return err
	})
}

// rowsToCopy are the rows of a query as pgx takes them.
type rowsToCopy struct {
	*sql.Rows
	values, into []any
}

func newRowsToCopy(rows *sql.Rows, columns int) *rowsToCopy {
	c := &rowsToCopy{rows, make([]any, columns), make([]any, columns)}
	for i := range c.values {
		c.into[i] = &c.values[i]
	}
	return c
}

func (c *rowsToCopy) Values() ([]any, error) {
	err := c.Scan(c.into...)
	for i, v := range c.values {
		if b, ok := v.([]byte); ok && b == nil { // as the driver reads no bytes
			c.values[i] = []byte{}
		}
	}
	return c.values, err
}
