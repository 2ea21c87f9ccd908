package db

import (
	"context"
	"sync"

	"kontor/db/core"
)

// A group is how several writers share one COMMIT on SQLite, whose cost is
// that of waiting for the disk. While one transaction is made durable the next
// writers gather; then one of them carries out all their closures and commits
// once. Each is told its own outcome: one that fails is rolled back by itself
// and harms no other. Nobody waits to be joined: a writer alone has a
// transaction of its own, as on PostgreSQL, which groups commits by itself.
//
// To roll one back by itself takes a savepoint for each, at which the trigram
// table writes out what it has gathered. Few writers fail; so a group goes
// without savepoints, and is begun anew with them if one does fail.
type group struct {
	mu      sync.Mutex
	waiting []*member
	led     bool // somebody carries out a transaction
	careful int  // how many groups to come have savepoints; the leader's to read
}

// carefulFor is how many groups have savepoints after one that needed them:
// where many writers fail, few groups are carried out twice.
const carefulFor = 16

// maxGroup is how many writers share a commit at the most, so that the first
// of them does not wait long for the last.
const maxGroup = 64

// A member is one writer's part in a group.
type member struct {
	ctx      context.Context
	by       core.Actor
	f        func(*tx) error
	err      error // errAgain until there is an outcome
	panicked any
	lead     chan bool // true: carry out the next group; false: it was done
}

// together runs f in a transaction, alone or with others'. The outcome is f's
// own, but for what goes wrong with the commit.
func (s *Store) together(ctx context.Context, by core.Actor, f func(*tx) error) error {
	m := &member{ctx: ctx, by: by, f: f, err: errAgain, lead: make(chan bool, 1)}
	if s.group.join(m) || <-m.lead {
		s.carryOut(m)
	}
	if m.panicked != nil {
		panic(m.panicked)
	}
	return m.err
}

// join queues a member and reports whether it is to lead.
func (g *group) join(m *member) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, m)
	first := !g.led
	g.led = true
	return first
}

// take returns the members of the next group, the leader first.
func (g *group) take() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), maxGroup)
	members := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return members
}

// crowded reports whether more wait to write than is usual: on PostgreSQL, where
// as many write at once as there are connections for, beyond these.
func (s *Store) crowded() bool {
	if s.postgres {
		return s.writing.Load() >= crowd+int64(s.write.db.Stats().MaxOpenConnections)
	}
	return s.group.crowded()
}

func (g *group) crowded() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting) >= crowd
}

// SharesCommits reports whether writers are the cheaper the more of them write at
// the same time, by one transaction for several. On PostgreSQL each has a
// connection of its own.
func (s *Store) SharesCommits() bool { return !s.postgres }

// crowd is how many writers are more than usual.
const crowd = 8

// handOn lets the longest waiting writer lead.
func (g *group) handOn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.led = false
		return
	}
	g.waiting[0].lead <- true
}

// carryOut runs the next group, which the leader is the first of.
func (s *Store) carryOut(leader *member) {
	members := s.group.take()
	defer func() {
		s.noteLog(len(members))
		s.group.handOn()
		for _, m := range members[1:] {
			m.lead <- false
		}
	}()
	s.shortenLog(leader.ctx)
	if len(members) == 1 {
		leader.err = s.once(leader.ctx, leader.by, leader.f)
		return
	}
	if s.group.careful > 0 {
		s.group.careful--
	} else if s.shared(members, false) {
		return
	} else {
		s.group.careful = carefulFor
	}
	if s.shared(members, true) {
		return
	}
	for _, m := range members {
		m.err = m.try(func() error { return s.once(m.ctx, m.by, m.f) })
	}
}

// try runs f and keeps its panic for the goroutine that it belongs to.
func (m *member) try(f func() error) error {
	m.panicked = nil
	defer func() { m.panicked = recover() }()
	return f()
}

// shared runs the members in one transaction and reports whether each has its
// outcome. Where it does not, nothing was kept and all are to be run again:
// with savepoints where one of them failed without, and each alone where SQLite
// rolled the whole transaction back, for want of space or the like.
func (s *Store) shared(members []*member, savepoints bool) bool {
	ctx := context.WithoutCancel(members[0].ctx)
	all, err := s.begin(ctx, core.Actor{})
	if err != nil {
		for _, m := range members {
			m.err = err
		}
		return true
	}
	defer all.Rollback() // does nothing after Commit
	var kept []*member
	for _, m := range members {
		if m.err, m.panicked = m.ctx.Err(), nil; m.err != nil {
			continue
		}
		t := &tx{Tx: all.Tx, s: s, by: m.by, at: s.instant(), shared: true, recall: all.recall}
		if !t.step(m, savepoints) {
			return false
		}
		all.unprepared = append(all.unprepared, t.unprepared...)
		if m.err == nil && m.panicked == nil {
			m.err = errAgain // it is not kept yet
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		return true
	}
	err = all.commit(ctx)
	for _, m := range kept {
		m.err = err
	}
	return true
}

// step runs a member, in a savepoint that is rolled back where it fails, and
// reports whether the transaction around it can go on.
func (t *tx) step(m *member, savepoint bool) bool {
	ctx := context.WithoutCancel(m.ctx)
	mark := func(query string) bool {
		if !savepoint {
			return true
		}
		_, err := t.execNow(ctx, query)
		return err == nil
	}
	if !mark(`SAVEPOINT member`) {
		return false
	}
	m.err = m.try(func() error { return m.f(t) })
	if m.err != nil || m.panicked != nil {
		t.recall.undid()
		if !savepoint || !mark(`ROLLBACK TO member`) {
			return false
		}
	}
	return mark(`RELEASE member`)
}
