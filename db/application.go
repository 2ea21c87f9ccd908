package db

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

type applicationRow struct {
	ID         int64
	MerchantID int64 `db:"merchant_id"`
	Name       string
	Role       core.Role
	APIs       string `db:"apis"`
	Version    int64
	CreatedAt  millis `db:"created_at"`
	UsedAt     millis `db:"used_at"`
	OldUntil   millis `db:"old_until"`
	RevokedAt  millis `db:"revoked_at"`
}

const applicationColumns = `a.id, a.merchant_id, a.name, a.role, a.apis, a.version, a.created_at, a.used_at, a.old_until, a.revoked_at`

func (r applicationRow) program() core.ApplicationUser {
	a := core.ApplicationUser{
		ID: r.ID, Merchant: r.MerchantID, Name: r.Name, Role: r.Role, Version: r.Version,
		CreatedAt: r.CreatedAt.time(), UsedAt: r.UsedAt.time(), OldUntil: r.OldUntil.time(), RevokedAt: r.RevokedAt.time(),
	}
	if r.APIs != "" {
		for api := range strings.SplitSeq(r.APIs, ",") {
			a.APIs = append(a.APIs, core.Source(api))
		}
	}
	return a
}

func joinAPIs(apis []core.Source) string {
	texts := make([]string, len(apis))
	for i, api := range apis {
		texts[i] = string(api)
	}
	return strings.Join(texts, ",")
}

// ApplicationUsers returns up to limit programs of the actor's merchant,
// revoked ones too, in the order they were added, from the one after on.
func (s *Store) ApplicationUsers(ctx context.Context, by core.Actor, after int64, limit int) ([]core.ApplicationUser, error) {
	if !by.May(core.Manage) {
		return nil, core.ErrForbidden
	}
	var rows []applicationRow
	err := s.read.all(ctx, &rows, `
		SELECT `+applicationColumns+`
		FROM application_users a
		WHERE a.merchant_id = ? AND a.id > ?
		ORDER BY a.id
		LIMIT ?`, by.Merchant, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read application users: %w", err)
	}
	out := make([]core.ApplicationUser, len(rows))
	for i, r := range rows {
		out[i] = r.program()
	}
	return out, nil
}

// ApplicationUser returns one of the programs of the actor's merchant, or
// [core.ErrNotFound].
func (s *Store) ApplicationUser(ctx context.Context, by core.Actor, id int64) (core.ApplicationUser, error) {
	if !by.May(core.Manage) {
		return core.ApplicationUser{}, core.ErrForbidden
	}
	return application(ctx, s.read, by.Merchant, id)
}

func application(ctx context.Context, q querier, merchant, id int64) (core.ApplicationUser, error) {
	var row applicationRow
	err := q.get(ctx, &row, `
		SELECT `+applicationColumns+`
		FROM application_users a
		WHERE a.id = ? AND a.merchant_id = ?`, id, merchant)
	if none(err) {
		return core.ApplicationUser{}, core.ErrNotFound
	}
	if err != nil {
		return core.ApplicationUser{}, fmt.Errorf("read application user %d: %w", id, err)
	}
	return row.program(), nil
}

// CreateApplicationUser adds a program to the actor's merchant and returns its
// authentication key, 32 bytes as base64, which is shown this once. What was
// left out is that of [core.ApplicationUser.WithDefaults].
func (s *Store) CreateApplicationUser(ctx context.Context, by core.Actor, a core.ApplicationUser) (core.ApplicationUser, string, error) {
	a = core.ApplicationUser{Merchant: by.Merchant, Name: strings.TrimSpace(a.Name), Role: a.Role, APIs: a.APIs, Version: 1}.WithDefaults()
	if err := a.Check().Err(); err != nil {
		return core.ApplicationUser{}, "", err
	}
	key := newKey()
	if err := s.UnlockVault(ctx); err != nil { // outside the transaction, which it may need for itself
		return core.ApplicationUser{}, "", err
	}
	err := s.update(ctx, by, core.Manage, func(t *tx) error {
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		a.ID, a.CreatedAt = t.newID("application_users")
		sealed, err := t.sealKey(ctx, key, a)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `
			INSERT INTO application_users (id, merchant_id, name, role, apis, version, sealed_key, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Merchant, a.Name, a.Role, joinAPIs(a.APIs), a.Version, sealed, millis(a.CreatedAt))
		if err != nil {
			return fmt.Errorf("insert application user: %w", err)
		}
		_, err = t.record(ctx, core.Event{Action: core.AppUserCreated, Object: core.AppUserObject, ObjectID: a.ID, Version: 1})
		return err
	})
	if err != nil {
		return core.ApplicationUser{}, "", err
	}
	return a, base64.StdEncoding.EncodeToString(key), nil
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

func (t *tx) sealKey(ctx context.Context, key []byte, a core.ApplicationUser) ([]byte, error) {
	return t.seal(ctx, key, a.Merchant, "application_user", a.ID)
}

// UpdateApplicationUser changes the name and the rights of a program that has
// not been revoked. Unless a.Version is 0 it must be the program's, else
// [core.ErrConflict].
func (s *Store) UpdateApplicationUser(ctx context.Context, by core.Actor, a core.ApplicationUser) (core.ApplicationUser, error) {
	set := core.ApplicationUser{Name: strings.TrimSpace(a.Name), Role: a.Role, APIs: a.APIs}.WithDefaults()
	if err := set.Check().Err(); err != nil {
		return core.ApplicationUser{}, err
	}
	var now core.ApplicationUser
	err := s.changeApplication(ctx, by, core.Manage, a.ID, a.Version, func(t *tx, was core.ApplicationUser) (*core.Event, error) {
		now = was
		now.Name, now.Role, now.APIs = set.Name, set.Role, set.APIs
		from, to := applicationDiff(was, now)
		if len(to) == 0 {
			return nil, nil
		}
		now.Version++
		_, err := t.exec(ctx, `UPDATE application_users SET name = ?, role = ?, apis = ?, version = ? WHERE id = ?`,
			now.Name, now.Role, joinAPIs(now.APIs), now.Version, now.ID)
		return &core.Event{Action: core.AppUserUpdated, Version: now.Version, From: from, To: to}, err
	})
	return now, err
}

func applicationDiff(old, a core.ApplicationUser) (from, to core.Changes) {
	from, to = core.Changes{}, core.Changes{}
	if old.Name != a.Name {
		from["name"], to["name"] = old.Name, a.Name
	}
	if old.Role != a.Role {
		from["role"], to["role"] = string(old.Role), string(a.Role)
	}
	if !slices.Equal(old.APIs, a.APIs) {
		from["apis"], to["apis"] = joinAPIs(old.APIs), joinAPIs(a.APIs)
	}
	return from, to
}

// RotateApplicationKey gives a program a new key and returns it; it is shown
// this once. The key it had opens for another [core.OldKeyLife], and the one
// before that no more: hence it fails with [core.ErrConflict] unless version is
// the program's, or 0 for any.
func (s *Store) RotateApplicationKey(ctx context.Context, by core.Actor, id, version int64) (core.ApplicationUser, string, error) {
	key := newKey()
	if err := s.UnlockVault(ctx); err != nil {
		return core.ApplicationUser{}, "", err
	}
	var now core.ApplicationUser
	err := s.changeApplication(ctx, by, core.Manage, id, version, func(t *tx, was core.ApplicationUser) (*core.Event, error) {
		now = was
		now.Version++
		now.OldUntil = t.at.Add(core.OldKeyLife)
		sealed, err := t.sealKey(ctx, key, now)
		if err != nil {
			return nil, err
		}
		_, err = t.exec(ctx, `UPDATE application_users SET old_key = sealed_key, sealed_key = ?, old_until = ?, version = ? WHERE id = ?`,
			sealed, millis(now.OldUntil), now.Version, id)
		return &core.Event{Action: core.AppUserRotated, Version: now.Version}, err
	})
	if err != nil {
		return core.ApplicationUser{}, "", err
	}
	return now, base64.StdEncoding.EncodeToString(key), nil
}

// RevokeApplicationUser ends a program's access for good: its keys and its
// tokens open nothing any more. What it did stays. It works in a closed merchant
// too, where programs still read.
func (s *Store) RevokeApplicationUser(ctx context.Context, by core.Actor, id int64) error {
	if !by.May(core.Manage) {
		return core.ErrForbidden
	}
	return s.changeApplication(ctx, by, core.Read, id, 0, func(t *tx, was core.ApplicationUser) (*core.Event, error) {
		if _, err := t.exec(ctx, `DELETE FROM api_tokens WHERE application_user_id = ?`, id); err != nil {
			return nil, err
		}
		_, err := t.exec(ctx, `
			UPDATE application_users
			SET revoked_at = ?, old_key = NULL, old_until = 0, version = version + 1
			WHERE id = ?`, millis(t.at), id)
		return &core.Event{Action: core.AppUserRevoked, Version: was.Version + 1}, err
	})
}

// changeApplication runs change on a program that may still call, and records
// the event it returns.
func (s *Store) changeApplication(ctx context.Context, by core.Actor, right core.Right, id, version int64, change func(*tx, core.ApplicationUser) (*core.Event, error)) error {
	return s.update(ctx, by, right, func(t *tx) error {
		was, err := application(ctx, t, t.by.Merchant, id)
		if err != nil {
			return err
		}
		if !was.Active() {
			return core.ErrNotFound
		}
		if version != 0 && version != was.Version {
			return core.ErrConflict
		}
		e, err := change(t, was)
		if err != nil {
			return fmt.Errorf("change application user %d: %w", id, err)
		}
		if e == nil {
			return nil
		}
		e.Object, e.ObjectID = core.AppUserObject, id
		_, err = t.record(ctx, *e)
		return err
	})
}

// ApplicationKeys returns a program and the keys it may sign with now;
// [core.ErrNotFound] if there is none that may call. Whoever asks has yet to
// prove that it is the program.
func (s *Store) ApplicationKeys(ctx context.Context, id int64) (core.Credentials, error) {
	var row struct {
		applicationRow
		SealedKey []byte `db:"sealed_key"`
		OldKey    []byte `db:"old_key"`
	}
	err := s.read.get(briefly(ctx), &row, `
		SELECT `+applicationColumns+`, a.sealed_key, a.old_key
		FROM application_users a
		WHERE a.id = ? AND a.revoked_at = 0`, id)
	if none(err) {
		return core.Credentials{}, core.ErrNotFound
	}
	if err != nil {
		return core.Credentials{}, fmt.Errorf("read keys of application user %d: %w", id, err)
	}
	c := core.Credentials{ApplicationUser: row.program()}
	sealed := [][]byte{row.SealedKey}
	if s.now().Before(c.OldUntil) {
		sealed = append(sealed, row.OldKey)
	}
	for _, one := range sealed {
		key, err := s.vault.Open(ctx, one, c.Merchant, "application_user", c.ID)
		if err != nil {
			return core.Credentials{}, fmt.Errorf("open key of application user %d: %w", id, err)
		}
		c.Keys = append(c.Keys, base64.StdEncoding.EncodeToString(key))
	}
	return c, nil
}

// TouchApplicationUser notes that a program called.
func (s *Store) TouchApplicationUser(ctx context.Context, id int64) error {
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE application_users SET used_at = ? WHERE id = ?`, millis(t.at), id)
		return err
	})
}

// IssueToken gives a program a new token, 256 random bits as text, that stands
// for it as long as life. Only the token's hash is kept. Expired ones go.
func (s *Store) IssueToken(ctx context.Context, a core.ApplicationUser, life time.Duration) (string, error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	token := base64.RawURLEncoding.EncodeToString(secret)
	err := s.quietly(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM api_tokens WHERE expires_at < ?`, millis(t.at)); err != nil {
			return fmt.Errorf("drop expired tokens: %w", err)
		}
		_, err := t.exec(ctx, `INSERT INTO api_tokens (token_hash, application_user_id, expires_at) VALUES (?, ?, ?)`,
			hash(token), a.ID, millis(t.at.Add(life)))
		if err != nil {
			return fmt.Errorf("add token: %w", err)
		}
		return nil
	})
	return token, err
}

// TokenUser returns the program that a token stands for; [core.ErrNotFound]
// when the token has expired, was never given, or its program was revoked.
func (s *Store) TokenUser(ctx context.Context, token string) (core.ApplicationUser, error) {
	var row applicationRow
	err := s.read.get(briefly(ctx), &row, `
		SELECT `+applicationColumns+`
		FROM api_tokens k JOIN application_users a ON a.id = k.application_user_id
		WHERE k.token_hash = ? AND k.expires_at > ? AND a.revoked_at = 0`, hash(token), millis(s.now()))
	if none(err) {
		return core.ApplicationUser{}, core.ErrNotFound
	}
	if err != nil {
		return core.ApplicationUser{}, fmt.Errorf("read token: %w", err)
	}
	return row.program(), nil
}

// DropToken ends a token. One that is none is no error.
func (s *Store) DropToken(ctx context.Context, token string) error {
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM api_tokens WHERE token_hash = ?`, hash(token))
		return err
	})
}
