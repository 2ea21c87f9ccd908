package db

import (
	"context"
	"errors"
)

// keysets is the vault's place in the database.
type keysets struct{ s *Store }

// Keyset implements [vault.Keysets].
func (k keysets) Keyset(ctx context.Context) ([]byte, error) {
	var sealed []byte
	err := k.s.read.get(ctx, &sealed, `SELECT keyset FROM vault WHERE id = 1`)
	if none(err) {
		return nil, nil
	}
	return sealed, err
}

// AddKeyset implements [vault.Keysets].
func (k keysets) AddKeyset(ctx context.Context, sealed []byte) ([]byte, error) {
	err := k.s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO vault (id, keyset) VALUES (1, ?) ON CONFLICT DO NOTHING`, sealed)
		return err
	})
	if err != nil {
		return nil, err
	}
	there, err := k.Keyset(ctx)
	if err == nil && there == nil {
		err = errors.New("the keyset was not stored")
	}
	return there, err
}

// UnlockVault reads the key file, or makes it when nothing is sealed yet. A
// program that seals or opens secrets calls it at its start, to fail early.
func (s *Store) UnlockVault(ctx context.Context) error { return s.vault.Unlock(ctx) }
