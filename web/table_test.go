package web

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kontor/db/core"
)

// table stands for the database.
type table struct {
	mu      sync.Mutex
	now     func() time.Time
	rows    map[string]core.Session
	users   map[int64]core.User
	reads   int
	saves   int
	touches int
	err     error  // what reading returns
	full    error  // what writing returns
	gate    func() // called after reading a session, before it is returned
}

func (t *table) Session(_ context.Context, key []byte) (core.Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	if t.err != nil {
		return core.Session{}, t.err
	}
	s, ok := t.rows[string(key)]
	if gate := t.gate; gate != nil {
		t.mu.Unlock()
		gate()
		t.mu.Lock()
	}
	if !ok {
		return s, fmt.Errorf("session: %w", core.ErrNotFound)
	}
	s.User = t.users[s.User.ID]
	return s, nil
}

func (t *table) AddSession(_ context.Context, key []byte, s core.Session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	t.saves++
	t.rows[string(key)] = s
	return nil
}

func (t *table) SaveSession(_ context.Context, key []byte, s core.Session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	if _, ok := t.rows[string(key)]; !ok {
		return core.ErrNotFound
	}
	t.saves++
	t.rows[string(key)] = s
	return nil
}

func (t *table) TouchSession(_ context.Context, key []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	t.touches++
	s := t.rows[string(key)]
	s.SeenAt = t.now()
	t.rows[string(key)] = s
	return nil
}

func (t *table) EndSession(_ context.Context, key []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full != nil {
		return t.full
	}
	if _, ok := t.rows[string(key)]; !ok {
		return core.ErrNotFound
	}
	delete(t.rows, string(key))
	return nil
}

// only returns the one session there is.
func (t *table) only(tb testing.TB) core.Session {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) != 1 {
		tb.Fatalf("%d sessions, want 1", len(t.rows))
	}
	for _, s := range t.rows {
		return s
	}
	panic("unreachable")
}

// counts returns how often the table was read, saved to and touched since it
// was asked last.
func (t *table) counts() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := fmt.Sprintf("reads %d saves %d touches %d", t.reads, t.saves, t.touches)
	t.reads, t.saves, t.touches = 0, 0, 0
	return s
}

func (t *table) refuse(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.full = err
}

func (t *table) ping(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *table) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
}
