package billing

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"kontor/db/core"
)

// SandboxOptions are what a [Sandbox] can be opened with. The zero value is
// right for one that people use.
type SandboxOptions struct {
	Now    func() time.Time                     // nil is the system's clock
	After  func(time.Duration) <-chan time.Time // as [time.After], which nil is
	Random io.Reader                            // of tokens; nil is the system's
	Slow   time.Duration                        // how long a slow answer takes; 0 is 3 s
}

// timeOut is how long a call that is never answered lasts, unless its context
// ends before.
const timeOut = time.Minute

// A Sandbox is the processor for trying things out. It moves no money and does
// what the table of test cards says. Its ledger is its own: no transaction of
// the books has part in it, and it survives the end of the process as a real
// processor's would. Several processes can share one. It is safe for concurrent
// use.
type Sandbox struct {
	SandboxOptions
	db *sql.DB
}

var _ core.Processor = (*Sandbox)(nil)

// OpenSandbox opens the sandbox whose ledger is in the SQLite file at path, made
// if it is not there. With "" the ledger is in memory and ends with the
// sandbox.
func OpenSandbox(ctx context.Context, path string, o SandboxOptions) (*Sandbox, error) {
	o.Slow = cmp.Or(o.Slow, 3*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	dsn := ":memory:"
	if path != "" {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open sandbox: %w", err)
		}
		f.Close()
		// What is committed survives the end of the process; a power cut may
		// take the last moments, which of a sandbox it may.
		dsn = "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	db.SetMaxOpenConns(1) // more would only wait for each other, and each have a ledger in memory
	if _, err := db.ExecContext(ctx, ledgerSchema); err != nil {
		return nil, errors.Join(fmt.Errorf("open sandbox: %w", err), db.Close())
	}
	return &Sandbox{SandboxOptions: o, db: db}, nil
}

// Close closes the ledger.
func (s *Sandbox) Close() error { return s.db.Close() }

// Tokenize implements [core.Tokenizer]. The sandbox writes nothing down: what
// it has to know of a card stands in the token.
func (s *Sandbox) Tokenize(_ context.Context, d core.CardDetails) (string, error) {
	sc := scriptOf(d.Number)
	switch {
	case sc == InvalidNumber:
		return "", core.Declined{Reason: core.InvalidNumber}
	case d.Expiry.Expired(s.Now()):
		return "", core.Declined{Reason: core.ExpiredCard}
	}
	return Token(sc, s.Random)
}

// Charge implements [core.Processor].
func (s *Sandbox) Charge(ctx context.Context, o core.ChargeOrder) (core.Outcome, error) {
	sc, err := tokenScript(o.Token)
	if err != nil {
		return core.Outcome{}, err
	}
	if o.Key == "" || o.Amount.Minor <= 0 {
		return core.Outcome{}, fmt.Errorf("sandbox: charge %q of %s: no key or no amount", o.Key, o.Amount)
	}
	m := Move{Key: o.Key, Token: o.Token, Amount: o.Amount, At: s.Now()}
	return s.move(ctx, sc, m, func(ctx context.Context, tx *sql.Tx) (core.Decline, error) {
		if o.Expiry.Expired(m.At) {
			return core.ExpiredCard, nil
		}
		before := 0
		if scripts[sc].first > 0 {
			if before, err = visits(ctx, tx, o.Token); err != nil {
				return "", err
			}
		}
		return sc.declines(o.Key, before), nil
	})
}

// Refund implements [core.Processor]. More than is left of the charge is
// declined.
func (s *Sandbox) Refund(ctx context.Context, o core.RefundOrder) (core.Outcome, error) {
	charge, err := s.find(ctx, s.db, o.Charge)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return core.Outcome{}, err
	}
	sc := Approves // where there is no such charge, the refund of it is declined
	if err == nil {
		if sc, err = tokenScript(charge.Token); err != nil {
			return core.Outcome{}, err
		}
	}
	if o.Key == "" || o.Amount.Minor <= 0 {
		return core.Outcome{}, fmt.Errorf("sandbox: refund %q of %s: no key or no amount", o.Key, o.Amount)
	}
	m := Move{Key: o.Key, Charge: o.Charge, Token: charge.Token, Amount: o.Amount, At: s.Now()}
	return s.move(ctx, sc, m, func(ctx context.Context, tx *sql.Tx) (core.Decline, error) {
		var given int64
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(amount), 0) FROM moves WHERE charge = ? AND declined = ''`, o.Charge).Scan(&given)
		switch {
		case err != nil:
			return "", err
		case charge.Key == "" || charge.Declined != "" || charge.Charge != "" || charge.Amount.Currency != o.Amount.Currency,
			o.Amount.Minor > charge.Amount.Minor-given:
			return core.NotRefundable, nil
		case sc == KeepsTheMoney:
			return core.ClosedAccount, nil
		}
		return "", nil
	})
}

// Lookup implements [core.Processor].
func (s *Sandbox) Lookup(ctx context.Context, key string) (core.Outcome, error) {
	m, err := s.find(ctx, s.db, key)
	if err != nil {
		return core.Outcome{}, err
	}
	if sc, err := tokenScript(m.Token); err == nil && scripts[sc].answer == mute {
		return core.Outcome{}, s.hang(ctx)
	}
	return m.outcome(), nil
}

var errNoAnswer = errors.New("sandbox: no answer")

// move carries out a charge or refund, once for its key, and answers as the
// script says.
func (s *Sandbox) move(ctx context.Context, sc Script, m Move, decide func(context.Context, *sql.Tx) (core.Decline, error)) (core.Outcome, error) {
	did, first, err := s.enter(ctx, sc, m, decide)
	if err != nil {
		return core.Outcome{}, err
	}
	how := scripts[sc].answer
	if !first && how != mute {
		return did.outcome(), nil
	}
	switch how {
	case slowly:
		select {
		case <-ctx.Done():
			return core.Outcome{}, context.Cause(ctx)
		case <-s.After(s.Slow):
		}
	case never, mute:
		return core.Outcome{}, s.hang(ctx)
	case lost:
		if did.Key == "" {
			return core.Outcome{}, errors.New("sandbox: connection refused")
		}
	case rubbish:
		return core.Outcome{Key: strings.Repeat("?", len(m.Key))}, nil
	}
	return did.outcome(), nil
}

// hang lasts until the caller no longer waits.
func (s *Sandbox) hang(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.After(timeOut):
		return errNoAnswer
	}
}

// enter writes a move into the ledger, or returns the one that stands there
// with the key. It returns no move when the script is to lose the call.
func (s *Sandbox) enter(ctx context.Context, sc Script, m Move, decide func(context.Context, *sql.Tx) (core.Decline, error)) (_ Move, first bool, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return Move{}, false, fmt.Errorf("sandbox: %w", err)
	}
	defer tx.Rollback() // does nothing after Commit
	was, err := s.find(ctx, tx, m.Key)
	switch {
	case err == nil:
		return was, false, was.same(m)
	case !errors.Is(err, core.ErrNotFound):
		return Move{}, false, err
	}
	if scripts[sc].answer == lost {
		n, err := visits(ctx, tx, m.Key)
		if err != nil {
			return Move{}, false, err
		}
		if n == 0 {
			if err = visit(ctx, tx, m.Key); err == nil {
				err = tx.Commit()
			}
			return Move{}, true, err
		}
	}
	if m.Declined, err = decide(ctx, tx); err == nil && m.Declined != "" && scripts[sc].first > 0 {
		err = visit(ctx, tx, m.Token)
	}
	if err == nil {
		err = m.insert(ctx, tx)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return Move{}, false, fmt.Errorf("sandbox: %w", err)
	}
	return m, true, nil
}
