package db

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"

	"kontor/db/core"
)

// OwnAccount returns the actor's own record. Only people have one.
func (s *Store) OwnAccount(ctx context.Context, by core.Actor) (core.User, error) {
	row, err := ownRow(ctx, s.read, by)
	return row.user(), err
}

func ownRow(ctx context.Context, q querier, by core.Actor) (userRow, error) {
	var row userRow
	if by.Kind != core.ByUser {
		return row, core.ErrForbidden
	}
	err := q.get(ctx, &row, `SELECT `+userColumns+` FROM users u WHERE u.id = ? AND u.active = 1`, by.ID)
	if none(err) {
		return row, core.ErrNotFound
	}
	if err != nil {
		return row, fmt.Errorf("read user %d: %w", by.ID, err)
	}
	return row, nil
}

// updateOwn is [Store.update] for what people change of their own, wherever
// they stand: the events are of their own merchant, or of the installation.
func (s *Store) updateOwn(ctx context.Context, by core.Actor, f func(*tx, userRow) error) error {
	return s.update(ctx, by, core.Read, func(t *tx) error {
		row, err := ownRow(ctx, t, by)
		if err != nil {
			return err
		}
		t.by.Merchant = int64(row.MerchantID)
		return f(t, row)
	})
}

// SetOwnName changes the actor's own name. The same name again is no act.
func (s *Store) SetOwnName(ctx context.Context, by core.Actor, name string) error {
	name = strings.TrimSpace(name)
	return s.updateOwn(ctx, by, func(t *tx, old userRow) error {
		u := old.user()
		u.Name = name
		if err := u.Check().Err(); err != nil {
			return err
		}
		if name == old.Name {
			return nil
		}
		_, err := t.exec(ctx, `UPDATE users SET name = ?, version = version + 1 WHERE id = ?`, name, u.ID)
		if err != nil {
			return fmt.Errorf("rename user %d: %w", u.ID, err)
		}
		_, err = t.record(ctx, core.Event{Action: core.UserRenamed, Object: core.UserObject, ObjectID: u.ID, Fields: []string{"name"}})
		return err
	})
}

// SetOwnPassword changes the actor's own password and ends all their sessions,
// the one at hand too: it is to be renewed. Somebody who has a password gives
// it as present; tries are throttled as those of signing in are. A present one
// that is not right is a fault of "present".
func (s *Store) SetOwnPassword(ctx context.Context, by core.Actor, present, password string) error {
	row, err := ownRow(ctx, s.read, by)
	if err != nil {
		return err
	}
	if err := checkOwnPassword(row, present, password).Err(); err != nil {
		return err
	}
	if row.Password != "" {
		if err := s.countTry(ctx, row.Email, by.Origin); err != nil {
			return err
		}
		ok, err := s.hashing.matches(ctx, present, row.Password)
		if err != nil {
			return err
		}
		if !ok {
			return s.refuseOwn(ctx, by)
		}
	}
	hashed, err := s.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.updateOwn(ctx, by, func(t *tx, now userRow) error {
		if now.Password != row.Password { // changed since it was looked at
			return core.ErrConflict
		}
		if err := t.setPassword(ctx, now.ID, hashed); err != nil {
			return err
		}
		if now.Password != "" {
			if err := t.tellPasswordChange(ctx, now.user()); err != nil {
				return err
			}
		}
		if err := t.forgiveTries(ctx, now.Email, by.Origin); err != nil {
			return err
		}
		_, err := t.record(ctx, core.Event{Action: core.UserSetPassword, Object: core.UserObject, ObjectID: now.ID})
		return err
	})
}

// checkOwnPassword is what is wrong with the two before any is looked at.
func checkOwnPassword(row userRow, present, password string) core.Invalid {
	var bad core.Invalid
	if row.Password != "" && present == "" {
		bad = append(bad, core.Fault{Field: "present", Rule: core.Required})
	}
	return append(bad, core.CheckPassword(password, row.Email, row.Name)...)
}

// refuseOwn records that somebody who is signed in did not know the password.
func (s *Store) refuseOwn(ctx context.Context, by core.Actor) error {
	err := s.updateOwn(ctx, by, func(t *tx, row userRow) error {
		_, err := t.record(ctx, core.Event{Action: core.UserRefused, Object: core.UserObject, ObjectID: row.ID, Fields: []string{"password"}})
		return err
	})
	if err != nil {
		return err
	}
	return core.Invalid{{Field: "present", Rule: core.Wrong}}
}

// SetOwnPreferences keeps how the actor likes the pages. It leaves no event:
// it changes what one person sees and nothing else.
func (s *Store) SetOwnPreferences(ctx context.Context, by core.Actor, p core.Preferences) error {
	if by.Kind != core.ByUser {
		return core.ErrForbidden
	}
	if err := p.Check().Err(); err != nil {
		return err
	}
	return s.quietly(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE users SET theme = ?, rows_per_page = ? WHERE id = ? AND active = 1`, p.Theme, p.Rows, by.ID)
		if err != nil {
			return fmt.Errorf("set preferences of user %d: %w", by.ID, err)
		}
		if n == 0 {
			return core.ErrNotFound
		}
		return nil
	})
}

type deviceRow struct {
	KeyHash   []byte `db:"key_hash"`
	Agent     string
	Origin    string
	CreatedAt millis `db:"created_at"`
	SeenAt    millis `db:"seen_at"`
}

// OwnSessions returns where the actor is signed in, the last used first.
func (s *Store) OwnSessions(ctx context.Context, by core.Actor) ([]core.Device, error) {
	if by.Kind != core.ByUser {
		return nil, core.ErrForbidden
	}
	var rows []deviceRow
	now := s.now()
	err := s.read.all(ctx, &rows, `
		SELECT key_hash, agent, origin, created_at, seen_at
		FROM sessions
		WHERE user_id = ? AND seen_at >= ? AND created_at >= ?
		ORDER BY seen_at DESC, key_hash`, by.ID, millis(now.Add(-core.SessionIdle)), millis(now.Add(-core.SessionLife)))
	if err != nil {
		return nil, fmt.Errorf("read sessions of user %d: %w", by.ID, err)
	}
	out := make([]core.Device, len(rows))
	for i, r := range rows {
		out[i] = core.Device{
			ID: core.SessionID(r.KeyHash), Agent: r.Agent, Origin: r.Origin,
			SignedIn: r.CreatedAt.time(), SeenAt: r.SeenAt.time(),
		}
	}
	return out, nil
}

// EndOwnSession ends one of the actor's own sessions, named as
// [core.SessionID] does; [core.ErrNotFound] if they have none such.
func (s *Store) EndOwnSession(ctx context.Context, by core.Actor, id string) error {
	n, err := s.endOwn(ctx, by, func(keyHash []byte) bool { return core.SessionID(keyHash) == id })
	if err == nil && n == 0 {
		return core.ErrNotFound
	}
	return err
}

// EndOtherSessions ends all the actor's sessions but the one whose key has the
// hash, those too that expired and hold a save. It returns how many there were.
func (s *Store) EndOtherSessions(ctx context.Context, by core.Actor, keep []byte) (int, error) {
	return s.endOwn(ctx, by, func(keyHash []byte) bool { return subtle.ConstantTimeCompare(keyHash, keep) == 0 })
}

// endOwn ends the actor's sessions that are to end. None is no act.
func (s *Store) endOwn(ctx context.Context, by core.Actor, ends func(keyHash []byte) bool) (n int, err error) {
	err = s.updateOwn(ctx, by, func(t *tx, row userRow) error {
		n = 0
		var keys [][]byte
		if err := t.all(ctx, &keys, `SELECT key_hash FROM sessions WHERE user_id = ?`, row.ID); err != nil {
			return fmt.Errorf("read sessions of user %d: %w", row.ID, err)
		}
		for _, key := range keys {
			if !ends(key) {
				continue
			}
			if _, err := t.exec(ctx, `DELETE FROM sessions WHERE key_hash = ?`, key); err != nil {
				return fmt.Errorf("end a session of user %d: %w", row.ID, err)
			}
			n++
		}
		if n == 0 {
			return nil
		}
		_, err := t.record(ctx, core.Event{Action: core.SessionsEnded, Object: core.UserObject, ObjectID: row.ID})
		return err
	})
	return n, err
}
