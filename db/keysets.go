package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"kontor/db/vault"
)

// keysets is the vault's place in the database.
type keysets struct{ s *Store }

type keysetRow struct {
	Sealed     []byte
	Generation int64
}

// Keyset implements [vault.Keysets].
func (k keysets) Keyset(ctx context.Context, name string) (vault.Keyset, error) {
	var row keysetRow
	err := k.s.read.get(ctx, &row, `SELECT sealed, generation FROM keysets WHERE name = ?`, name)
	if none(err) {
		return vault.Keyset{}, nil
	}
	return vault.Keyset(row), err
}

// AddKeyset implements [vault.Keysets].
func (k keysets) AddKeyset(ctx context.Context, name string, sealed []byte) (vault.Keyset, error) {
	err := k.s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO keysets (name, sealed, generation) VALUES (?, ?, 1) ON CONFLICT DO NOTHING`, name, sealed)
		return err
	})
	if err != nil {
		return vault.Keyset{}, err
	}
	there, err := k.Keyset(ctx, name)
	if err == nil && there.Sealed == nil {
		err = errors.New("the keyset was not stored")
	}
	return there, err
}

// keyedObject names an object whose row has a key of bytes, and no ID.
func keyedObject(object string, key []byte) string { return object + "/" + hex.EncodeToString(key) }

// UnlockVault reads the key file, or makes it when nothing is sealed yet. A
// program that seals or opens secrets calls it at its start, to fail early.
func (s *Store) UnlockVault(ctx context.Context) error { return s.vault.Unlock(ctx) }

// seal seals a secret that the transaction stores. The keyset's row is held
// until the end, so that no rotation passes by what is not committed yet; where
// one has passed, the transaction is run again with the new keyset. The vault
// must have been unlocked before the transaction, which it may need for itself.
func (t *tx) seal(ctx context.Context, secret []byte, merchant int64, object string, id int64) ([]byte, error) {
	sealed, generation, err := t.s.vault.Seal(ctx, secret, merchant, object, id)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", object, err)
	}
	n, err := t.exec(ctx, `UPDATE keysets SET generation = generation WHERE name = 'seals' AND generation = ?`, generation)
	if err != nil {
		return nil, fmt.Errorf("hold keyset: %w", err)
	}
	if n == 0 {
		if err := t.s.vault.Reload(ctx); err != nil {
			return nil, err
		}
		return nil, errAgain
	}
	return sealed, nil
}
