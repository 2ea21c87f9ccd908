package api

import (
	"sync"
	"time"

	"kontor/web"
)

// burst is how many seconds' worth of calls a program may make at once.
const burst = 3

// A throttle keeps each program to a rate. It is this process's own: where
// several serve one database, each lets through as many.
type throttle struct {
	rate    float64 // calls a second; 0 is any number
	mu      sync.Mutex
	buckets map[int64]bucket
}

// A bucket holds the calls a program may still make at once.
type bucket struct {
	calls float64
	at    time.Time
}

func newThrottle(rate float64) *throttle {
	return &throttle{rate: rate, buckets: map[int64]bucket{}}
}

// take counts a call, or returns a [web.TooMany].
func (t *throttle) take(program int64, now time.Time) error {
	if t.rate <= 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	full := max(t.rate*burst, 1)
	b, known := t.buckets[program]
	if !known {
		b = bucket{full, now}
	}
	b.calls = min(full, b.calls+max(now.Sub(b.at).Seconds(), 0)*t.rate)
	b.at = now
	if b.calls < 1 {
		t.buckets[program] = b
		return web.TooMany{RetryAfter: time.Duration((1 - b.calls) / t.rate * float64(time.Second))}
	}
	b.calls--
	t.buckets[program] = b
	return nil
}

// lately remembers whom something was done for within a time.
type lately struct {
	every time.Duration
	mu    sync.Mutex
	at    map[int64]time.Time
}

func newLately(every time.Duration) *lately { return &lately{every: every, at: map[int64]time.Time{}} }

// first reports whether it is time again, and takes it as done.
func (l *lately) first(id int64, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if then, ok := l.at[id]; ok && now.Sub(then) < l.every && !now.Before(then) {
		return false
	}
	l.at[id] = now
	return true
}
