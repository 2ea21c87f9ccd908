package db

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"kontor/db/core"
)

// SignIn returns the user whose e-mail address and password these are.
// [core.ErrForbidden] when they are not, whichever is wrong, and after the
// same time; [core.Throttled] after too many tries for the account or from the
// address.
func (s *Store) SignIn(ctx context.Context, email, password, origin string) (core.User, error) {
	// The try is counted before the password is looked at, so that many at
	// once do not slip through.
	if err := s.countTry(ctx, email, origin); err != nil {
		return core.User{}, err
	}
	row, err := userByEmail(ctx, s.read, email)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return core.User{}, err
	}
	hashed := row.Password
	if !bool(row.Active) {
		hashed = ""
	}
	ok, err := s.hashing.matches(ctx, password, hashed)
	if err != nil {
		return core.User{}, err
	}
	u := row.user()
	if !ok {
		// What was typed as an address is not recorded: it may be a password.
		stranger := core.Actor{Kind: core.BySystem, Name: "Sign-in", Role: core.Admin, Merchant: u.Merchant, Origin: origin}
		err := s.update(ctx, stranger, core.Read, func(t *tx) error {
			_, err := t.record(ctx, core.Event{Action: core.UserRefused, Object: core.UserObject, ObjectID: u.ID})
			return err
		})
		return core.User{}, errors.Join(core.ErrForbidden, err)
	}
	err = s.update(ctx, u.Actor(origin), core.Read, func(t *tx) error {
		if err := t.forgiveTries(ctx, email, origin); err != nil {
			return err
		}
		_, err := t.record(ctx, core.Event{Action: core.UserSignedIn, Object: core.UserObject, ObjectID: u.ID, Fields: []string{"password"}})
		return err
	})
	return u, err
}

// SignOut records that the user signed out; the session itself is ended by
// [Store.EndSession].
func (s *Store) SignOut(ctx context.Context, by core.Actor) error {
	return s.update(ctx, by, core.Read, func(t *tx) error {
		_, err := t.record(ctx, core.Event{Action: core.UserSignedOut, Object: core.UserObject, ObjectID: by.ID})
		return err
	})
}

// accountBucket counts by a hash: what was typed as an address may be a password.
func accountBucket(email string) string {
	return "account " + hex.EncodeToString(hash(core.Fold(email)))
}

// addressBucket counts an IPv6 network of 64 bits as one address: whoever has one
// of its addresses has them all.
func addressBucket(origin string) string {
	if addr, err := netip.ParseAddr(origin); err == nil && addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			origin = network.String()
		}
	}
	return "address " + origin
}

// countTry counts a try against the account and the address it comes from, or
// refuses it.
func (s *Store) countTry(ctx context.Context, email, origin string) error {
	return s.quietly(ctx, func(t *tx) error {
		if err := t.countTry(ctx, accountBucket(email), core.AccountTries); err != nil {
			return err
		}
		if err := t.countTry(ctx, addressBucket(origin), core.AddressTries); err != nil {
			return err
		}
		_, err := t.exec(ctx, `DELETE FROM throttles WHERE last_at < ?`, millis(t.at.Add(-core.TriesForgotten)))
		return err
	})
}

func (t *tx) countTry(ctx context.Context, bucket string, free int) error {
	var row struct {
		Fails  int
		LastAt millis `db:"last_at"`
	}
	err := t.get(ctx, &row, `SELECT fails, last_at FROM throttles WHERE bucket = ?`, bucket)
	if err != nil && !none(err) {
		return fmt.Errorf("read throttle: %w", err)
	}
	since := max(0, t.at.Sub(row.LastAt.time())) // a clock that was put back makes nobody wait until it is there again
	if since > core.TriesForgotten {
		row.Fails = 0
	}
	if wait := core.TryAgainIn(row.Fails, free) - since; row.Fails > 0 && wait > 0 {
		return core.Throttled{Wait: wait.Round(time.Second) + time.Second}
	}
	_, err = t.exec(ctx, `
		INSERT INTO throttles (bucket, fails, last_at) VALUES (?, ?, ?)
		ON CONFLICT (bucket) DO UPDATE SET fails = excluded.fails, last_at = excluded.last_at`,
		bucket, row.Fails+1, millis(t.at))
	if err != nil {
		return fmt.Errorf("count try: %w", err)
	}
	return nil
}

// forgiveTries forgets the tries for an account whose password was given, and of
// the address only as many: whoever guesses at others' accounts must not come by
// fresh tries with their own.
func (t *tx) forgiveTries(ctx context.Context, email, origin string) error {
	var forgiven int
	err := t.get(ctx, &forgiven, `DELETE FROM throttles WHERE bucket = ? RETURNING fails`, accountBucket(email))
	if err != nil && !none(err) {
		return fmt.Errorf("forgive tries for an account: %w", err)
	}
	address := addressBucket(origin)
	if _, err := t.exec(ctx, `DELETE FROM throttles WHERE bucket = ? AND fails <= ?`, address, forgiven); err != nil {
		return fmt.Errorf("forgive tries from an address: %w", err)
	}
	if _, err := t.exec(ctx, `UPDATE throttles SET fails = fails - ? WHERE bucket = ?`, forgiven, address); err != nil {
		return fmt.Errorf("forgive tries from an address: %w", err)
	}
	return nil
}
