package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

// ledgerSchema holds what was charged and given back, by key, and how often
// cards were at the door whose script counts that.
const ledgerSchema = `
CREATE TABLE IF NOT EXISTS moves (
	key      TEXT    NOT NULL PRIMARY KEY,
	charge   TEXT    NOT NULL, -- of a refund, the charge's key; '' is a charge
	token    TEXT    NOT NULL,
	amount   INTEGER NOT NULL CHECK (amount > 0),
	currency TEXT    NOT NULL,
	declined TEXT    NOT NULL, -- why; '' when money moved
	at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS moves_charge ON moves (charge) WHERE charge <> '';
CREATE TABLE IF NOT EXISTS visits (
	name TEXT    NOT NULL PRIMARY KEY,
	n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`

// A Move is an entry of the sandbox's ledger: a charge, or a refund of one.
type Move struct {
	Key      string
	Charge   string // of a refund, the charge's key; "" is a charge
	Token    string
	Amount   core.Money
	Declined core.Decline // "" when the money moved
	At       time.Time
}

func (m Move) outcome() core.Outcome {
	o := core.Outcome{Key: m.Key, At: m.At, Reference: "sandbox/" + m.Key}
	if m.Declined != "" {
		o.Declined = &core.Declined{Reason: m.Declined}
	}
	return o
}

// same fails when another move comes with a key that has been used.
func (m Move) same(other Move) error {
	if m.Charge != other.Charge || m.Token != other.Token || m.Amount != other.Amount {
		return fmt.Errorf("sandbox: key %s is that of another order", m.Key)
	}
	return nil
}

const moveColumns = `key, charge, token, amount, currency, declined, at`

func (m *Move) scan(row interface{ Scan(...any) error }) error {
	var at int64
	err := row.Scan(&m.Key, &m.Charge, &m.Token, &m.Amount.Minor, &m.Amount.Currency, &m.Declined, &at)
	m.At = time.UnixMilli(at).UTC()
	return err
}

func (m Move) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO moves (`+moveColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		m.Key, m.Charge, m.Token, m.Amount.Minor, m.Amount.Currency, string(m.Declined), m.At.UnixMilli())
	return err
}

// A querier is the ledger, or a transaction on it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// find returns the move with the key, or [core.ErrNotFound].
func (s *Sandbox) find(ctx context.Context, q querier, key string) (Move, error) {
	var m Move
	err := m.scan(q.QueryRowContext(ctx, `SELECT `+moveColumns+` FROM moves WHERE key = ?`, key))
	if errors.Is(err, sql.ErrNoRows) {
		return Move{}, core.ErrNotFound
	}
	if err != nil {
		return Move{}, fmt.Errorf("sandbox: %w", err)
	}
	return m, nil
}

// visits returns how often [visit] was called with the name.
func visits(ctx context.Context, q querier, name string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT n FROM visits WHERE name = ?`, name).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func visit(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO visits (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1`, name)
	return err
}

// Ledger calls f for every entry of the ledger, by key. While it does, the
// sandbox answers nothing else.
func (s *Sandbox) Ledger(ctx context.Context, f func(Move) error) error {
	rows, err := s.db.QueryContext(ctx, `SELECT `+moveColumns+` FROM moves ORDER BY key`)
	if err != nil {
		return fmt.Errorf("read the sandbox's ledger: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Move
		if err := m.scan(rows); err != nil {
			return fmt.Errorf("read the sandbox's ledger: %w", err)
		}
		if err := f(m); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Entry implements [core.Ledger]. It tells of every card, whatever its script.
func (s *Sandbox) Entry(ctx context.Context, key string) (core.Money, core.Outcome, error) {
	m, err := s.find(ctx, s.db, key)
	return m.Amount, m.outcome(), err
}

// Memory returns a sandbox with a ledger in memory, whose cards go on as those
// of s would: what is done with it, s never hears of.
func (s *Sandbox) Memory(ctx context.Context, o SandboxOptions) (*Sandbox, error) {
	m, err := OpenSandbox(ctx, "", o)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, `SELECT name, n FROM visits`)
	if err == nil {
		defer rows.Close()
		for err == nil && rows.Next() {
			var name string
			var n int
			if err = rows.Scan(&name, &n); err == nil {
				_, err = m.db.ExecContext(ctx, `INSERT INTO visits (name, n) VALUES (?, ?)`, name, n)
			}
		}
		err = errors.Join(err, rows.Err())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("copy the sandbox: %w", err), m.Close())
	}
	return m, nil
}

// Enter enters moves that were made before, as they are. They take the place of
// those with their keys, which are of books that there are no more.
func (s *Sandbox) Enter(ctx context.Context, all []Move) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer tx.Rollback() // does nothing after Commit
	insert, err := tx.PrepareContext(ctx, `INSERT OR REPLACE INTO moves (`+moveColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	for _, m := range all {
		_, err := insert.ExecContext(ctx, m.Key, m.Charge, m.Token, m.Amount.Minor, m.Amount.Currency, string(m.Declined), m.At.UnixMilli())
		if err != nil {
			return fmt.Errorf("sandbox: enter %s: %w", m.Key, err)
		}
	}
	return tx.Commit()
}
