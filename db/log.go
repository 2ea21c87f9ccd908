package db

import (
	"context"
	"os"
	"sync"

	"github.com/jmoiron/sqlx"
)

// A log is SQLite's write-ahead log. What commits have put there has to be
// copied into the database some time, and synced. SQLite does so in the commit
// that makes a thousand pages of it full, for which everybody who writes would
// wait: with a million customers fifty writers fill that many with each commit.
// So it is told not to, and a connection of its own copies beside the writers.
//
// SQLite begins the log anew by itself only when all is copied and nobody reads
// from it just then. Where readers follow each other so closely that one always
// does, it would grow for as long as they do.
type log struct {
	path string // of its file; "" where there is none
	most int64  // bytes of the file before the writer sees to it
	next int64  // bytes at which it tries again, where somebody read for too long

	copies  *sqlx.DB
	mu      sync.Mutex    // held by who copies: SQLite lets nobody wait for that
	full    chan struct{} // holds one when there is something to copy
	ends    chan struct{} // closed when the store is
	closes  sync.Once
	stopped chan struct{} // closed when nobody copies any more
	acts    int           // since the last copy was asked for
	size    int64         // of the file then
}

// A copy is asked for after so many acts, or bytes.
const (
	copiedActs  = 32
	copiedBytes = 4 << 20
)

// noteLog has the log copied where enough has come into it. It is for who led a
// group, after its commit.
func (s *Store) noteLog(acts int) {
	l := s.log
	if l.copies == nil {
		return
	}
	if info, err := os.Stat(l.path); err == nil {
		l.size = min(l.size, info.Size()) // it may have been emptied
		if l.acts += acts; l.acts < copiedActs && info.Size() < l.size+copiedBytes {
			return
		}
		l.acts, l.size = 0, info.Size()
	}
	select {
	case l.full <- struct{}{}:
	default: // it will be copied as it is
	}
}

// openLog begins to copy the log of a SQLite file.
func (s *Store) openLog(path, dsn string) error {
	d, err := sqlx.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	d.SetMaxIdleConns(0) // who fills a new database must be alone with it
	l := s.log
	l.path, l.copies = path+"-wal", d
	l.full, l.ends, l.stopped = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go l.copy()
	return nil
}

// copy copies what is in the log whenever it is told to.
func (l *log) copy() {
	defer close(l.stopped)
	for {
		select {
		case <-l.ends:
			return
		case <-l.full:
			l.mu.Lock()
			// What goes wrong here goes wrong for those who write, too, or leaves
			// the log to shortenLog.
			_, _ = l.copies.Exec(`PRAGMA wal_checkpoint(PASSIVE)`)
			l.mu.Unlock()
		}
	}
}

// close ends the copying.
func (l *log) close() error {
	if l.copies == nil {
		return nil
	}
	l.closes.Do(func() { close(l.ends) })
	<-l.stopped
	return l.copies.Close()
}

// maxLog is how many bytes the log may have before the writer begins it anew,
// if nobody reads from it for a moment. From three times as many on the writer
// waits for them: then the log has that much, and what one transaction writes.
const maxLog = 16 << 20

// How long the writer waits for those who read from the log, in milliseconds:
// first, and when it has come to have three times as much as it may. Few queries
// last longer.
const (
	logWait  = 50
	longWait = 1000
)

// shortenLog empties the log where it is long. Those who read from it are waited
// for; who begins to read meanwhile reads the database alone. It is for who
// writes, before a transaction.
func (s *Store) shortenLog(ctx context.Context) {
	if s.log.path == "" {
		return
	}
	info, err := os.Stat(s.log.path)
	if err != nil || info.Size() < max(s.log.most, s.log.next) {
		return
	}
	wait, again := logWait, info.Size()+s.log.most/4
	if info.Size() >= 3*s.log.most {
		wait, again = longWait, info.Size()+s.log.most
	}
	s.log.next = 0
	// What goes wrong is no more than that the log stays long: a disk that fails
	// fails the transaction, too.
	if done, err := s.restartLog(context.WithoutCancel(ctx), wait); err != nil || !done {
		s.log.next = again
	}
}
