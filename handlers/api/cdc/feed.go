package cdc

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/web"
)

// Limits of a page.
const (
	defaultPage = 100
	maxPage     = 1000
)

// A page is the document's answer to a fetch of many.
type page struct {
	Cursor     string   `json:"cursor"`
	NextCursor string   `json:"next_cursor"`
	Customers  []object `json:"customers"`
}

// firstCursor is the cursor before everything.
const firstCursor = "0"

// list serves GET of many.
func (h collection) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	cursor := q.Get("cursor")
	var bad core.Invalid
	after, since, ok := readCursor(cursor)
	if !ok {
		bad = append(bad, core.Fault{Field: "cursor", Rule: core.Malformed})
	}
	size := defaultPage
	for _, name := range []string{"limit", "preferred_page_size"} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > maxPage {
				bad = append(bad, core.Fault{Field: name, Rule: core.Malformed})
			}
			size = n
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if wait := h.repeats.take(api.Actor(r).ID, h.name, cursor, api.Now(r)); wait > 0 {
		return web.TooMany{RetryAfter: wait}
	}
	found, err := h.store.EnrolledCustomers(r.Context(), api.Actor(r), h.kind, after, since, size)
	if err != nil {
		return err
	}
	p := page{Cursor: cursor, NextCursor: cursor, Customers: []object{}}
	if cursor == "" {
		p.Cursor, p.NextCursor = firstCursor, firstCursor
	}
	for _, e := range found {
		p.Customers = append(p.Customers, h.object(e))
		p.NextCursor = strconv.FormatInt(e.Changed, 10)
	}
	return api.Write(w, http.StatusOK, p)
}

// readCursor reads a place in the feed, or a time as the samples have it.
func readCursor(text string) (after int64, since time.Time, ok bool) {
	if text == "" {
		return 0, time.Time{}, true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, time.Time{}, n >= 0
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() >= 1970 && at.Year() < 3000 {
			return 0, at, true
		}
	}
	return 0, time.Time{}, false
}

// How often a cursor may come again: so many times at once, and once more after
// each pause. The FAQ has programs ask with their last cursor once a day, so
// that the pauses are short.
const (
	repeatBurst = 3
	repeatPause = 20 * time.Second
)

// repeats remembers with which cursor each program asked last, by collection.
// It is safe for concurrent use.
type repeats struct {
	mu   sync.Mutex
	last map[repeater]*repeated
}

type repeater struct {
	program    int64
	collection string
}

type repeated struct {
	cursor string
	left   float64 // of what it may still ask
	at     time.Time
}

// maxRepeaters bounds what is remembered. Who is forgotten begins anew.
const maxRepeaters = 10_000

func newRepeats() *repeats { return &repeats{last: map[repeater]*repeated{}} }

// take returns how long to wait before the cursor may come again, or 0.
func (p *repeats) take(program int64, collection, cursor string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := repeater{program, collection}
	r := p.last[key]
	if r == nil || r.cursor != cursor {
		if len(p.last) >= maxRepeaters {
			clear(p.last)
		}
		p.last[key] = &repeated{cursor, repeatBurst, now}
		return 0
	}
	r.left = min(repeatBurst, r.left+max(0, now.Sub(r.at).Seconds())/repeatPause.Seconds())
	r.at = now
	if r.left < 1 {
		return time.Duration((1 - r.left) * float64(repeatPause))
	}
	r.left--
	return 0
}
