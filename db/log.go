package db

import (
	"context"
	"os"
)

// A log is SQLite's write-ahead log. SQLite begins it anew by itself only when
// it is all copied into the database and nobody reads from it just then. Where
// readers follow each other so closely that one always does, it would grow for
// as long as they do.
type log struct {
	path string // of its file; "" where there is none
	most int64  // bytes of the file before the writer sees to it
	next int64  // bytes at which it tries again, where somebody read for too long
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
