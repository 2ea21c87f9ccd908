package db

import (
	"bytes"
	"context"
	"fmt"

	"kontor/db/core"
)

// A sealedColumn is where sealed values lie, and what they are sealed for: the
// object whose id is the table's key, of the row's merchant; or the object that
// a key of bytes names, of none.
type sealedColumn struct {
	table, column, object string
	hashed                string // the key, where it is bytes
}

var sealedColumns = []sealedColumn{
	{table: "application_users", column: "sealed_key", object: "application_user"},
	{table: "application_users", column: "old_key", object: "application_user"},
	{table: "channels", column: "sealed", object: "channel"},
	{table: "api_calls", column: "answer", object: "api_call", hashed: "call_hash"},
}

// A sealedRow is one sealed value. Of the keys only one is used.
type sealedRow struct {
	ID       int64
	Hash     []byte
	Merchant int64
	Sealed   []byte
}

// sealedRows reads values in the order of their keys, those after the last one
// read, which is nil at first.
func (s *Store) sealedRows(ctx context.Context, c sealedColumn, last *sealedRow, limit int) ([]sealedRow, error) {
	columns, key := "id, merchant_id AS merchant, ", "id"
	if c.hashed != "" {
		columns, key = c.hashed+" AS hash, ", c.hashed
	}
	var w where
	w.and(`LENGTH(` + c.column + `) > 0`)
	if last != nil {
		w.and(key+` > ?`, c.key(*last))
	}
	var rows []sealedRow
	err := s.read.all(ctx, &rows, `
		SELECT `+columns+c.column+` AS sealed
		FROM `+c.table+w.sql()+`
		ORDER BY `+key+`
		LIMIT ?`, append(w.args, limit)...)
	return rows, err
}

func (c sealedColumn) key(r sealedRow) any {
	if c.hashed != "" {
		return r.Hash
	}
	return r.ID
}

// bound is what a value is sealed for.
func (c sealedColumn) bound(r sealedRow) (merchant int64, object string, id int64) {
	if c.hashed != "" {
		return 0, keyedObject(c.object, r.Hash), 0
	}
	return r.Merchant, c.object, r.ID
}

// resealedAtOnce is how many values one transaction seals anew.
const resealedAtOnce = 200

// RotateKeys takes what seals secrets to a new key: the key is made and used
// from then on, all that is sealed is sealed anew in batches, and the old key
// is retired. Fingerprints stay as they are. It may be stopped at any time, and
// goes on where it stopped when it is called again; other programs work on
// meanwhile. Now and then it calls progress, which may be nil, with how many
// values it has looked at. It takes the right to install, and fails with
// [core.ErrConflict] when another rotation comes between.
func (s *Store) RotateKeys(ctx context.Context, by core.Actor, progress func(done int)) error {
	if by.Kind == "" || !by.May(core.Install) {
		return core.ErrForbidden
	}
	r, err := s.vault.Rotate(ctx)
	if err != nil {
		return err
	}
	generation := r.Generation
	if !r.Begun {
		err := s.quietly(ctx, func(t *tx) error { return t.swapKeyset(ctx, r.Both, generation) })
		if err != nil {
			return fmt.Errorf("put new key in use: %w", err)
		}
		generation++
		if err := s.vault.Reload(ctx); err != nil {
			return err
		}
	}
	prefix, err := s.vault.Prefix(ctx)
	if err != nil {
		return err
	}
	done := 0
	for _, c := range sealedColumns {
		for last := (*sealedRow)(nil); ; {
			rows, err := s.sealedRows(ctx, c, last, resealedAtOnce)
			if err == nil {
				err = s.reseal(ctx, c, rows, prefix, generation)
			}
			if err != nil {
				return fmt.Errorf("seal %s anew: %w", c.table, err)
			}
			if len(rows) == 0 {
				break
			}
			done, last = done+len(rows), &rows[len(rows)-1]
			if progress != nil {
				progress(done)
			}
		}
	}
	err = s.update(ctx, by.In(0), core.Install, func(t *tx) error {
		if err := t.swapKeyset(ctx, r.Alone, generation); err != nil {
			return err
		}
		if err := t.allSealedWith(ctx, prefix); err != nil {
			return err
		}
		_, err := t.record(ctx, core.Event{Action: core.KeysRotated, Object: core.KeysObject})
		return err
	})
	if err != nil {
		return fmt.Errorf("retire old key: %w", err)
	}
	return s.vault.Reload(ctx)
}

func (t *tx) swapKeyset(ctx context.Context, sealed []byte, generation int64) error {
	n, err := t.exec(ctx, `
		UPDATE keysets
		SET sealed = ?, generation = generation + 1
		WHERE name = 'seals' AND generation = ?`, sealed, generation)
	if err == nil && n == 0 {
		err = core.ErrConflict
	}
	return err
}

// allSealedWith fails when a value is left that another key sealed, which then
// must not be retired.
func (t *tx) allSealedWith(ctx context.Context, prefix []byte) error {
	for _, c := range sealedColumns {
		var n int
		err := t.get(ctx, &n, `
			SELECT COUNT(*)
			FROM `+c.table+`
			WHERE LENGTH(`+c.column+`) > 0 AND SUBSTR(`+c.column+`, 1, ?) <> ?`, len(prefix), prefix)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%d values of %s are sealed with another key", n, c.table)
		}
	}
	return nil
}

// reseal seals values anew that another key sealed.
func (s *Store) reseal(ctx context.Context, c sealedColumn, rows []sealedRow, prefix []byte, generation int64) error {
	anew := make([][]byte, len(rows))
	some := false
	for i, r := range rows {
		if bytes.HasPrefix(r.Sealed, prefix) {
			continue
		}
		merchant, object, id := c.bound(r)
		secret, err := s.vault.Open(ctx, r.Sealed, merchant, object, id)
		if err != nil {
			return fmt.Errorf("open %s %d: %w", object, id, err)
		}
		anew[i], _, err = s.vault.Seal(ctx, secret, merchant, object, id)
		clear(secret)
		if err != nil {
			return err
		}
		some = true
	}
	if !some {
		return ctx.Err()
	}
	key := "id"
	if c.hashed != "" {
		key = c.hashed
	}
	return s.quietly(ctx, func(t *tx) error {
		held, err := t.exec(ctx, `UPDATE keysets SET generation = generation WHERE name = 'seals' AND generation = ?`, generation)
		if err != nil {
			return err
		}
		if held == 0 {
			return core.ErrConflict
		}
		for i, r := range rows {
			if anew[i] == nil {
				continue
			}
			// Where it was changed meanwhile, the new key sealed it.
			_, err := t.exec(ctx, `UPDATE `+c.table+` SET `+c.column+` = ? WHERE `+key+` = ? AND `+c.column+` = ?`, anew[i], c.key(r), r.Sealed)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
