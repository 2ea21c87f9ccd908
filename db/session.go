package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

type sessionRow struct {
	userRow
	Standing  absent `db:"standing"`
	Notes     []byte
	Held      []byte
	Agent     string
	Origin    string
	StartedAt millis `db:"started_at"`
	SeenAt    millis `db:"seen_at"`
}

// Session returns the session whose key has the hash, expired ones too;
// [core.ErrNotFound] if there is none or its user is no longer active.
func (s *Store) Session(ctx context.Context, keyHash []byte) (core.Session, error) {
	var row sessionRow
	err := s.read.get(briefly(ctx), &row, `
		SELECT `+userColumns+`, s.merchant_id AS standing, s.notes, s.held, s.agent, s.origin,
			s.created_at AS started_at, s.seen_at
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.key_hash = ? AND u.active = 1`, keyHash)
	if none(err) {
		return core.Session{}, core.ErrNotFound
	}
	if err != nil {
		return core.Session{}, fmt.Errorf("read session: %w", err)
	}
	return core.Session{
		User: row.user(), Merchant: int64(row.Standing), Values: row.Notes, Held: row.Held,
		Agent: row.Agent, Origin: row.Origin,
		CreatedAt: row.StartedAt.time(), SeenAt: row.SeenAt.time(),
	}, nil
}

// AddSession stores a new session under the hash of its key, and drops those
// long expired.
func (s *Store) AddSession(ctx context.Context, keyHash []byte, v core.Session) error {
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `
			INSERT INTO sessions (key_hash, user_id, merchant_id, notes, held, agent, origin, created_at, seen_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			keyHash, v.User.ID, absent(v.Merchant), notNil(v.Values), notNil(v.Held), v.Agent, v.Origin,
			millis(v.CreatedAt), millis(v.SeenAt))
		if err != nil {
			return fmt.Errorf("add session: %w", err)
		}
		_, err = t.exec(ctx, `DELETE FROM sessions WHERE seen_at < ?`, millis(t.at.Add(-core.SessionHeld-core.SessionIdle)))
		return err
	})
}

// SaveSession changes a session, or fails with [core.ErrNotFound] when it was
// ended meanwhile.
func (s *Store) SaveSession(ctx context.Context, keyHash []byte, v core.Session) error {
	return s.quietly(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `
			UPDATE sessions
			SET merchant_id = ?, notes = ?, held = ?, created_at = ?, seen_at = ?
			WHERE key_hash = ?`,
			absent(v.Merchant), notNil(v.Values), notNil(v.Held), millis(v.CreatedAt), millis(v.SeenAt), keyHash)
		if err != nil {
			return fmt.Errorf("save session: %w", err)
		}
		if n == 0 {
			return core.ErrNotFound
		}
		return nil
	})
}

// TouchSession notes that a session was used.
func (s *Store) TouchSession(ctx context.Context, keyHash []byte) error {
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE sessions SET seen_at = ? WHERE key_hash = ?`, millis(t.at), keyHash)
		return err
	})
}

// EndSession ends a session, or fails with [core.ErrNotFound] when there is
// none: of two who end it only one does.
func (s *Store) EndSession(ctx context.Context, keyHash []byte) error {
	return s.quietly(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `DELETE FROM sessions WHERE key_hash = ?`, keyHash)
		if err == nil && n == 0 {
			err = core.ErrNotFound
		}
		return err
	})
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
