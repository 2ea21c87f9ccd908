package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

type userRow struct {
	ID         int64
	MerchantID absent `db:"merchant_id"`
	Email      string
	Name       string
	Role       core.Role
	Active     bit
	Password   string
	Theme      core.Theme
	Rows       int `db:"rows_per_page"`
	Version    int64
	CreatedAt  millis `db:"created_at"`
}

const userColumns = `u.id, u.merchant_id, u.email, u.name, u.role, u.active, u.password,
	u.theme, u.rows_per_page, u.version, u.created_at`

func (r userRow) user() core.User {
	return core.User{
		ID: r.ID, Email: r.Email, Name: r.Name, Role: r.Role, Merchant: int64(r.MerchantID),
		Active: bool(r.Active), HasPassword: r.Password != "", Version: r.Version, CreatedAt: r.CreatedAt.time(),
		Preferences: core.Preferences{Theme: r.Theme, Rows: r.Rows},
	}
}

// HasUsers reports whether anybody can sign in at all.
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	var id int64
	err := s.read.get(ctx, &id, `SELECT id FROM users LIMIT 1`)
	if none(err) {
		return false, nil
	}
	return err == nil, err
}

// UserByEmail returns the user with the e-mail address, in any case;
// [core.ErrNotFound] if there is none. It asks for no rights: it is for the
// console and for signing in.
func (s *Store) UserByEmail(ctx context.Context, email string) (core.User, error) {
	row, err := userByEmail(ctx, s.read, email)
	return row.user(), err
}

func userByEmail(ctx context.Context, q querier, email string) (userRow, error) {
	var row userRow
	err := q.get(ctx, &row, `SELECT `+userColumns+` FROM users u WHERE u.email_key = ?`, core.Fold(email))
	if none(err) {
		return row, core.ErrNotFound
	}
	if err != nil {
		return row, fmt.Errorf("read user: %w", err)
	}
	return row, nil
}

// CreateUser adds a person and returns the token of a link by which they set
// their password. Staff need the right [core.Install], a merchant's people
// [core.Manage] in that merchant.
func (s *Store) CreateUser(ctx context.Context, by core.Actor, u core.User) (made core.User, token string, err error) {
	token = rand.Text()
	made, err = s.createUser(ctx, by, u, func(t *tx, made core.User) error { return t.giveSetUpLink(ctx, made, token) })
	if err != nil {
		return core.User{}, "", err
	}
	return made, token, nil
}

// createUser is CreateUser, with what brings the link to the new person.
func (s *Store) createUser(ctx context.Context, by core.Actor, u core.User, link func(*tx, core.User) error) (made core.User, err error) {
	u.Name = strings.TrimSpace(u.Name)
	if err := u.Check().Err(); err != nil {
		return core.User{}, err
	}
	right := core.Manage
	if u.Role.Staff() {
		right = core.Install
	} else if u.Merchant != by.Merchant {
		return core.User{}, core.ErrNotFound
	}
	err = s.update(ctx, by, right, func(t *tx) error {
		made = u
		t.by.Merchant = u.Merchant // staff are the installation's, wherever the admin stands
		if _, err := userByEmail(ctx, t, u.Email); err == nil {
			return core.Invalid{{Field: "email", Rule: core.Taken}}
		}
		if !u.Role.Staff() {
			if _, err := t.merchant(ctx); err != nil {
				return err
			}
		}
		if err := t.insertUser(ctx, &made, ""); err != nil {
			return err
		}
		if err := link(t, made); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{Action: core.UserCreated, Object: core.UserObject, ObjectID: made.ID, Version: 1, Fields: []string{string(u.Role)}})
		return err
	})
	return made, err
}

// CreateFirstAdmin adds the installation's first person, an admin with a
// password, and fails with [core.ErrConflict] when there is anybody already.
func (s *Store) CreateFirstAdmin(ctx context.Context, u core.User, password, origin string) (core.User, error) {
	u.Name, u.Role, u.Merchant = strings.TrimSpace(u.Name), core.Admin, 0
	bad := append(u.Check(), core.CheckPassword(password, u.Email, u.Name)...)
	if err := bad.Err(); err != nil {
		return core.User{}, err
	}
	hashed, err := s.hashing.hash(ctx, password)
	if err != nil {
		return core.User{}, err
	}
	made := u
	by := core.System(0)
	by.Origin = origin
	err = s.update(ctx, by, core.Install, func(t *tx) error {
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) AS anybody`); err != nil {
			return err
		}
		if n > 0 {
			return core.ErrConflict
		}
		if err := t.insertUser(ctx, &made, hashed); err != nil {
			return err
		}
		_, err := t.record(ctx, core.Event{Action: core.UserCreated, Object: core.UserObject, ObjectID: made.ID, Version: 1, Fields: []string{string(u.Role)}})
		return err
	})
	return made, err
}

// insertUser adds the row of a new, active user.
func (t *tx) insertUser(ctx context.Context, u *core.User, hashed string) error {
	u.ID, u.CreatedAt = t.newID("users")
	u.Active, u.HasPassword, u.Version = true, hashed != "", 1
	_, err := t.exec(ctx, `
		INSERT INTO users (id, merchant_id, email, email_key, name, role, active, password, version, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 1, ?, 1, ?)`,
		u.ID, absent(u.Merchant), u.Email, core.Fold(u.Email), u.Name, u.Role, hashed, millis(u.CreatedAt))
	if err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	return nil
}

// CreateLink makes a link for an active user and returns its token, which is
// kept only as a hash. A sign-in link works while the user has no password
// yet, too.
func (s *Store) CreateLink(ctx context.Context, by core.Actor, user int64, kind core.LinkKind) (token string, err error) {
	token = rand.Text()
	err = s.update(ctx, by, core.Install, func(t *tx) error {
		var row userRow
		err := t.get(ctx, &row, `SELECT `+userColumns+` FROM users u WHERE u.id = ? AND u.active = 1`, user)
		if none(err) {
			return core.ErrNotFound
		}
		if err != nil {
			return err
		}
		life := core.SignInLife
		if kind == core.SetUpLink {
			life = core.SetUpLife
		}
		if err := t.addLink(ctx, user, kind, token, life); err != nil {
			return err
		}
		t.by.Merchant = int64(row.MerchantID)
		_, err = t.record(ctx, core.Event{Action: core.LinkCreated, Object: core.UserObject, ObjectID: user, Fields: []string{string(kind)}})
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (t *tx) addLink(ctx context.Context, user int64, kind core.LinkKind, token string, life time.Duration) error {
	_, err := t.exec(ctx, `INSERT INTO links (token_hash, user_id, kind, expires_at) VALUES (?, ?, ?, ?)`,
		hash(token), user, kind, millis(t.at.Add(life)))
	if err != nil {
		return fmt.Errorf("insert link: %w", err)
	}
	return nil
}

// hash is how tokens and keys that are random enough are kept.
func hash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

type linkRow struct {
	userRow
	Kind      core.LinkKind
	ExpiresAt millis `db:"expires_at"`
}

func link(ctx context.Context, q querier, token string, now time.Time) (linkRow, error) {
	var row linkRow
	err := q.get(ctx, &row, `
		SELECT `+userColumns+`, l.kind, l.expires_at
		FROM links l JOIN users u ON u.id = l.user_id
		WHERE l.token_hash = ? AND l.expires_at > ? AND u.active = 1`, hash(token), millis(now))
	if none(err) {
		return row, core.ErrNotFound
	}
	if err != nil {
		return row, fmt.Errorf("read link: %w", err)
	}
	return row, nil
}

// Link says whose link a token is and what for, and spends nothing.
// [core.ErrNotFound] when it was used, is too old or never was.
func (s *Store) Link(ctx context.Context, token string) (core.User, core.LinkKind, error) {
	row, err := link(ctx, s.read, token, s.now())
	return row.user(), row.Kind, err
}

// UseLink spends a link and returns the user who may now be signed in. A
// set-up link sets the password, which is checked first.
func (s *Store) UseLink(ctx context.Context, token, password, origin string) (core.User, error) {
	row, err := link(ctx, s.read, token, s.now())
	if err != nil {
		return core.User{}, err
	}
	hashed := row.Password
	if row.Kind == core.SetUpLink {
		if err := core.CheckPassword(password, row.Email, row.Name).Err(); err != nil {
			return core.User{}, err
		}
		if hashed, err = s.hashing.hash(ctx, password); err != nil {
			return core.User{}, err
		}
	}
	var u core.User
	err = s.update(ctx, row.user().Actor(origin), core.Read, func(t *tx) error {
		row, err := link(ctx, t, token, t.at)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM links WHERE token_hash = ?`, hash(token))
		if err != nil {
			return err
		}
		if n == 0 { // somebody else was quicker
			return core.ErrNotFound
		}
		e := core.Event{Action: core.UserSignedIn, Object: core.UserObject, ObjectID: row.ID, Fields: []string{"link"}}
		if row.Kind == core.SetUpLink {
			e.Action, e.Fields = core.UserSetPassword, nil
			if err := t.setPassword(ctx, row.ID, hashed); err != nil {
				return err
			}
			if row.Password != "" {
				if err := t.tellPasswordChange(ctx, row.user()); err != nil {
					return err
				}
			}
		}
		row.Password = hashed
		u = row.user()
		_, err = t.record(ctx, e)
		return err
	})
	return u, err
}

// setPassword sets a password, ends the user's sessions and spends all links,
// which may be somebody else's.
func (t *tx) setPassword(ctx context.Context, user int64, hashed string) error {
	if _, err := t.exec(ctx, `UPDATE users SET password = ?, version = version + 1 WHERE id = ?`, hashed, user); err != nil {
		return fmt.Errorf("set password of user %d: %w", user, err)
	}
	if err := t.endSessions(ctx, user); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM links WHERE user_id = ?`, user); err != nil {
		return fmt.Errorf("drop links of user %d: %w", user, err)
	}
	return nil
}
