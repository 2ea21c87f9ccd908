package db

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"kontor/db/core"
)

type refusedRow struct {
	ApplicationUserID int64 `db:"application_user_id"`
	At                millis
	API               core.Source
	Method            string
	Path              string
	Status            int
	Reason            string
	Origin            string
}

// RefuseCall keeps a refused call of a program for its people to look up: the
// last [core.RefusedKept].
func (s *Store) RefuseCall(ctx context.Context, c core.RefusedCall) error {
	return s.quietly(ctx, func(t *tx) error {
		id, at := t.newID("refused_calls")
		n, err := t.exec(ctx, `
			INSERT INTO refused_calls (id, merchant_id, application_user_id, at, api, method, path, status, reason, origin)
			SELECT ?, merchant_id, id, ?, ?, ?, ?, ?, ?, ?
			FROM application_users
			WHERE id = ?`,
			id, millis(at), c.API, c.Method, c.Path, c.Status, c.Reason, c.Origin, c.ApplicationUser)
		if err != nil {
			return fmt.Errorf("keep refused call: %w", err)
		}
		if n == 0 {
			return core.ErrNotFound
		}
		_, err = t.exec(ctx, `
			DELETE FROM refused_calls
			WHERE application_user_id = ? AND id <= (
				SELECT MAX(id)
				FROM (SELECT id FROM refused_calls WHERE application_user_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?) AS kept
			)`, c.ApplicationUser, c.ApplicationUser, core.RefusedKept)
		if err != nil {
			return fmt.Errorf("drop old refused calls: %w", err)
		}
		return nil
	})
}

// RefusedCalls returns the last calls of a program that were refused, newest
// first.
func (s *Store) RefusedCalls(ctx context.Context, by core.Actor, application int64) ([]core.RefusedCall, error) {
	if !by.May(core.Manage) {
		return nil, core.ErrForbidden
	}
	var rows []refusedRow
	err := s.read.all(ctx, &rows, `
		SELECT application_user_id, at, api, method, path, status, reason, origin
		FROM refused_calls
		WHERE application_user_id = ? AND merchant_id = ?
		ORDER BY id DESC
		LIMIT ?`, application, by.Merchant, core.RefusedKept)
	if err != nil {
		return nil, fmt.Errorf("read refused calls: %w", err)
	}
	out := make([]core.RefusedCall, len(rows))
	for i, r := range rows {
		out[i] = core.RefusedCall{
			ApplicationUser: r.ApplicationUserID, At: r.At.time(), API: r.API, Method: r.Method, Path: r.Path,
			Status: r.Status, Reason: r.Reason, Origin: r.Origin,
		}
	}
	return out, nil
}

// ClaimCall says how far the call has got that by.Call names, and makes it the
// caller's to carry out where nobody has. The body is all that tells it from
// another request. A call is known for [core.CallKept].
//
// A claim whose act never reached the database, because the program was cut
// off, is free again after [core.CallRuns]; one whose act did stays taken.
func (s *Store) ClaimCall(ctx context.Context, by core.Actor, body []byte) (core.CallState, core.CallAnswer, error) {
	var state core.CallState
	var sealed []byte
	var status int
	// Not a bare hash: of a body that holds a card's number, it would yield it.
	print, err := s.vault.Fingerprint(ctx, body, by.Merchant, "api_call")
	if err != nil {
		return state, core.CallAnswer{}, fmt.Errorf("make fingerprint: %w", err)
	}
	err = s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM api_calls WHERE claimed_at < ? OR (claimed_at < ? AND acted = 0 AND status = 0)`,
			millis(t.at.Add(-core.CallKept)), millis(t.at.Add(-core.CallRuns)))
		if err != nil {
			return fmt.Errorf("drop old calls: %w", err)
		}
		n, err := t.exec(ctx, `
			INSERT INTO api_calls (call_hash, body_hash, acted, status, answer, claimed_at)
			VALUES (?, ?, 0, 0, ?, ?)
			ON CONFLICT DO NOTHING`, hash(by.Call), print, []byte{}, millis(t.at))
		if err != nil {
			return fmt.Errorf("claim call: %w", err)
		}
		if n == 1 {
			state = core.CallClaimed
			return nil
		}
		var row struct {
			BodyHash  []byte `db:"body_hash"`
			Acted     bit
			Status    int
			Answer    []byte
			ClaimedAt millis `db:"claimed_at"`
		}
		err = t.get(ctx, &row, `SELECT body_hash, acted, status, answer, claimed_at FROM api_calls WHERE call_hash = ?`, hash(by.Call))
		if none(err) { // released meanwhile
			return errAgain
		}
		if err != nil {
			return fmt.Errorf("read call: %w", err)
		}
		sealed, status = row.Answer, row.Status
		switch {
		case !bytes.Equal(row.BodyHash, print):
			state = core.CallOther
		case row.Status != 0:
			state = core.CallDone
		case t.at.Sub(row.ClaimedAt.time()) > core.CallRuns:
			state = core.CallLost
		default:
			state = core.CallRunning
		}
		return nil
	})
	if err != nil || state != core.CallDone {
		return state, core.CallAnswer{}, err
	}
	text, err := s.vault.Open(ctx, sealed, 0, keyedObject("api_call", hash(by.Call)), 0)
	if err != nil {
		return state, core.CallAnswer{}, fmt.Errorf("open answer: %w", err)
	}
	answer := core.CallAnswer{}
	if err := json.Unmarshal(text, &answer); err != nil {
		return state, core.CallAnswer{}, fmt.Errorf("read answer: %w", err)
	}
	answer.Status = status
	return state, answer, nil
}

// FinishCall keeps the answer of the call that by.Call names, or frees the
// name where nothing came of the call and it is to be made again. A call that
// broke off after its act has no answer, of status 0, and keeps its name.
func (s *Store) FinishCall(ctx context.Context, by core.Actor, answer core.CallAnswer, keep core.KeepAnswer) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	if err := s.UnlockVault(ctx); err != nil {
		return err
	}
	return s.quietly(ctx, func(t *tx) error {
		if !keep {
			n, err := t.exec(ctx, `DELETE FROM api_calls WHERE call_hash = ? AND acted = 0`, hash(by.Call))
			if err != nil || n > 0 || answer.Status == 0 {
				return err
			}
		}
		sealed, err := t.seal(ctx, text, 0, keyedObject("api_call", hash(by.Call)), 0)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE api_calls SET status = ?, answer = ? WHERE call_hash = ?`, answer.Status, sealed, hash(by.Call))
		return err
	})
}

// actedFor notes, in the transaction of an act, that the call it carries out
// has come to something.
func (t *tx) actedFor(ctx context.Context, call string) error {
	if call == "" || !t.wrote {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE api_calls SET acted = 1 WHERE call_hash = ?`, hash(call))
	return err
}
