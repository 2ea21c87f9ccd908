package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"kontor/db/core"
)

// peopleRight is what it takes to look after the people of where the actor
// stands: a merchant's team, or staff outside every merchant. Whoever stands
// in the one place finds nobody of the other.
func peopleRight(by core.Actor) core.Right {
	if by.Merchant == 0 {
		return core.Install
	}
	return core.Manage
}

// besideThem is the condition on users u for the people of where the actor
// stands, with its argument.
func besideThem(by core.Actor) (cond string, args []any) {
	if by.Merchant == 0 {
		return `u.merchant_id IS NULL`, nil
	}
	return `u.merchant_id = ?`, []any{by.Merchant}
}

type personRow struct {
	userRow
	Sessions int
	LastSeen millis `db:"last_seen"`
}

// people reads the people of where the actor stands that fit the condition,
// with the sessions that still sign them in.
func people(ctx context.Context, q querier, by core.Actor, now time.Time, cond string, args ...any) ([]core.Colleague, error) {
	signedIn := `FROM sessions s WHERE s.user_id = u.id AND s.seen_at >= ? AND s.created_at >= ?`
	seen, created := millis(now.Add(-core.SessionIdle)), millis(now.Add(-core.SessionLife))
	there, where := besideThem(by)
	var rows []personRow
	err := q.all(ctx, &rows, `
		SELECT `+userColumns+`,
			(SELECT COUNT(*) `+signedIn+`) AS sessions,
			(SELECT COALESCE(MAX(s.seen_at), 0) `+signedIn+`) AS last_seen
		FROM users u
		WHERE `+there+` AND `+cond, append(append([]any{seen, created, seen, created}, where...), args...)...)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	out := make([]core.Colleague, len(rows))
	for i, r := range rows {
		out[i] = core.Colleague{User: r.user(), Sessions: r.Sessions, SeenAt: r.LastSeen.time()}
	}
	return out, nil
}

// People returns up to limit people of where the actor stands, in the order
// they were added, from the one after on.
func (s *Store) People(ctx context.Context, by core.Actor, after int64, limit int) ([]core.Colleague, error) {
	if !by.May(peopleRight(by)) {
		return nil, core.ErrForbidden
	}
	return people(ctx, s.read, by, s.now(), `u.id > ? ORDER BY u.id LIMIT ?`, after, limit)
}

// Person returns one of the people of where the actor stands, or
// [core.ErrNotFound].
func (s *Store) Person(ctx context.Context, by core.Actor, id int64) (core.Colleague, error) {
	if !by.May(peopleRight(by)) {
		return core.Colleague{}, core.ErrForbidden
	}
	return person(ctx, s.read, by, s.now(), id)
}

func person(ctx context.Context, q querier, by core.Actor, now time.Time, id int64) (core.Colleague, error) {
	found, err := people(ctx, q, by, now, `u.id = ?`, id)
	if err != nil {
		return core.Colleague{}, err
	}
	if len(found) == 0 {
		return core.Colleague{}, core.ErrNotFound
	}
	return found[0], nil
}

// ExportPeople returns all people of where the actor stands, in the order they
// were added, and records that they were taken out, and how many.
func (s *Store) ExportPeople(ctx context.Context, by core.Actor) ([]core.Colleague, error) {
	var all []core.Colleague
	if !by.May(peopleRight(by)) {
		return nil, core.ErrForbidden
	}
	// A closed merchant stays readable, so this takes no more than reading.
	err := s.update(ctx, by, core.Read, func(t *tx) error {
		var err error
		if all, err = people(ctx, t, by, t.at, `u.id > ? ORDER BY u.id`, 0); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{
			Action: core.UsersExported, Object: core.UserObject, To: core.Changes{"count": strconv.Itoa(len(all))},
		})
		return err
	})
	return all, err
}

// UpdateUser changes the name and the role of one of the people of where the
// actor stands. A new role ends their sessions. Unless u.Version is 0 it must
// be the user's, else [core.ErrConflict]; [core.Invalid] when the rules of
// [core.User.CheckChange] do not allow it.
func (s *Store) UpdateUser(ctx context.Context, by core.Actor, u core.User) (core.User, error) {
	return s.changeUser(ctx, by, u.ID, u.Version, core.UserUpdated, func(now *core.User) { now.Name, now.Role = u.Name, u.Role })
}

// DeactivateUser keeps one of the people of where the actor stands from signing
// in, ends their sessions and spends their links. What they did stays. Errors
// are those of [Store.UpdateUser].
func (s *Store) DeactivateUser(ctx context.Context, by core.Actor, id, version int64) (core.User, error) {
	return s.changeUser(ctx, by, id, version, core.UserDeactivated, func(now *core.User) { now.Active = false })
}

// ReactivateUser takes [Store.DeactivateUser] back; they sign in with the
// password they had.
func (s *Store) ReactivateUser(ctx context.Context, by core.Actor, id, version int64) (core.User, error) {
	return s.changeUser(ctx, by, id, version, core.UserReactivated, func(now *core.User) { now.Active = true })
}

func (s *Store) changeUser(ctx context.Context, by core.Actor, id, version int64, done core.Action, change func(*core.User)) (core.User, error) {
	right := peopleRight(by)
	if !by.May(right) {
		return core.User{}, core.ErrForbidden
	}
	if done == core.UserDeactivated { // who is to be kept out is so in a closed merchant too
		right = core.Read
	}
	var u core.User
	err := s.update(ctx, by, right, func(t *tx) error {
		others, err := t.lockTop(ctx, id)
		if err != nil {
			return err
		}
		was, err := person(ctx, t, by, t.at, id)
		if err != nil {
			return err
		}
		if version != 0 && version != was.Version {
			return core.ErrConflict
		}
		u = was.User
		change(&u)
		if err := was.CheckChange(u, by, others).Err(); err != nil {
			return err
		}
		if u == was.User {
			return nil
		}
		u.Version++
		_, err = t.exec(ctx, `UPDATE users SET name = ?, role = ?, active = ?, version = ? WHERE id = ?`,
			u.Name, u.Role, bit(u.Active), u.Version, id)
		if err != nil {
			return fmt.Errorf("update user %d: %w", id, err)
		}
		if u.Role != was.Role || !u.Active {
			if err := t.endSessions(ctx, id); err != nil {
				return err
			}
		}
		if !u.Active {
			if _, err := t.exec(ctx, `DELETE FROM links WHERE user_id = ?`, id); err != nil {
				return fmt.Errorf("drop links of user %d: %w", id, err)
			}
		}
		e := core.Event{Action: done, Object: core.UserObject, ObjectID: id, Version: u.Version}
		e.From, e.To = userDiff(was.User, u)
		_, err = t.record(ctx, e)
		return err
	})
	if err != nil {
		return core.User{}, err
	}
	return u, nil
}

// lockTop returns how many active admins or owners there are where the actor
// stands besides one person, and keeps them as they are until the transaction
// ends: of two who demote each other, only one does.
func (t *tx) lockTop(ctx context.Context, besides int64) (int, error) {
	role := core.Owner
	if t.by.Merchant == 0 {
		role = core.Admin
	}
	there, where := besideThem(t.by)
	n, err := t.execNow(ctx, `
		UPDATE users AS u
		SET version = version
		WHERE `+there+` AND u.role = ? AND u.active = 1 AND u.id <> ?`, append(where, role, besides)...)
	if err != nil {
		return 0, fmt.Errorf("lock %ss: %w", role, err)
	}
	return int(n), nil
}

func userDiff(old, u core.User) (from, to core.Changes) {
	from, to = core.Changes{}, core.Changes{}
	differ := func(name, was, is string) {
		if was != is {
			from[name], to[name] = was, is
		}
	}
	differ("name", old.Name, u.Name)
	differ("role", string(old.Role), string(u.Role))
	differ("active", strconv.FormatBool(old.Active), strconv.FormatBool(u.Active))
	return from, to
}

// EndUserSessions signs one of the people of where the actor stands out
// everywhere and returns how many sessions that ended. It is no change of a
// record, so that it works in a closed merchant too.
func (s *Store) EndUserSessions(ctx context.Context, by core.Actor, id int64) (int, error) {
	if !by.May(peopleRight(by)) {
		return 0, core.ErrForbidden
	}
	ended := 0
	err := s.update(ctx, by, core.Read, func(t *tx) error {
		p, err := person(ctx, t, by, t.at, id)
		if err != nil {
			return err
		}
		ended = p.Sessions
		if err := t.endSessions(ctx, id); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{
			Action: core.SessionsEnded, Object: core.UserObject, ObjectID: id, To: core.Changes{"sessions": strconv.Itoa(ended)},
		})
		return err
	})
	return ended, err
}

func (t *tx) endSessions(ctx context.Context, user int64) error {
	if _, err := t.exec(ctx, `DELETE FROM sessions WHERE user_id = ?`, user); err != nil {
		return fmt.Errorf("end sessions of user %d: %w", user, err)
	}
	return nil
}

// CreateSetUpLink makes a link by which one of the active people of where the
// actor stands sets a new password, and returns its token. Their earlier ones
// stop working; their password does not, until the link is used.
func (s *Store) CreateSetUpLink(ctx context.Context, by core.Actor, id int64) (u core.User, token string, err error) {
	token = rand.Text()
	err = s.update(ctx, by, peopleRight(by), func(t *tx) error {
		p, err := person(ctx, t, by, t.at, id)
		if err != nil {
			return err
		}
		if !p.Active {
			return core.ErrNotFound
		}
		u = p.User
		if err := t.giveSetUpLink(ctx, u, token); err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{Action: core.LinkCreated, Object: core.UserObject, ObjectID: id, Fields: []string{string(core.SetUpLink)}})
		return err
	})
	if err != nil {
		return core.User{}, "", err
	}
	return u, token, nil
}

// giveSetUpLink makes the set-up link that somebody is handed, to be invited or
// for a forgotten password, in place of those they had. One that is mailed is
// made when the mail is sent, see [Store.SendDueMail].
func (t *tx) giveSetUpLink(ctx context.Context, u core.User, token string) error {
	if err := t.dropSetUpLinks(ctx, u.ID); err != nil {
		return err
	}
	return t.addLink(ctx, u.ID, core.SetUpLink, token, core.SetUpLife)
}

func (t *tx) dropSetUpLinks(ctx context.Context, user int64) error {
	if _, err := t.exec(ctx, `DELETE FROM links WHERE user_id = ? AND kind = ?`, user, core.SetUpLink); err != nil {
		return fmt.Errorf("drop links of user %d: %w", user, err)
	}
	return nil
}
