package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/db/core"
)

// A sample is some of all customers, from oldest to newest, and what they tell
// about the trigram table. The table knows itself how often it has a trigram
// only by reading where it has it.
type sample struct {
	at     time.Time
	living map[int64]int    // by merchant
	words  *core.TextSample // what words are looked for in
}

// sampledPlaces is in how many places how many customers in a row are sampled.
const sampledPlaces = 32

// sampled returns a sample that is no older than sizes are believed. It takes
// some milliseconds to make.
func (s *Store) sampled(ctx context.Context) (*sample, error) {
	now := s.now()
	s.sizes.mu.Lock()
	known := s.sizes.sample
	s.sizes.mu.Unlock()
	if known != nil && now.Sub(known.at).Abs() < sizesKept {
		return known, nil
	}
	made := &sample{at: now, living: map[int64]int{}}
	var texts []string
	var ends struct{ First, Last int64 }
	err := s.read.get(ctx, &ends, `
		SELECT COALESCE((SELECT MIN(id) FROM customers), 0) AS first, COALESCE((SELECT MAX(id) FROM customers), 0) AS last`)
	if err != nil {
		return nil, fmt.Errorf("read ends of customers: %w", err)
	}
	next := int64(0) // so that few customers are not sampled twice
	for i := range int64(sampledPlaces) {
		var rows []struct {
			ID     int64
			Of     int64
			Living bool
			Search string
		}
		err := s.read.all(ctx, &rows, `
			SELECT id, merchant_id AS of, deleted_at = 0 AS living, search
			FROM customers
			WHERE id >= ?
			ORDER BY id
			LIMIT ?`, max(next, ends.First+(ends.Last-ends.First)/sampledPlaces*i), sampledPlaces)
		if err != nil {
			return nil, fmt.Errorf("sample customers: %w", err)
		}
		for _, r := range rows {
			next = r.ID + 1
			if r.Living {
				made.living[r.Of]++
			}
			texts = append(texts, r.Search)
		}
	}
	made.words = core.SampleTexts(texts)
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	s.sizes.sample = made
	return made, nil
}

// isMost reports whether about nine in ten of all customers are the merchant's
// and living. The mark of such a list tells the trigram table next to nothing,
// and makes it read more than twice as much: what little else it finds the rows
// tell apart.
func (s *sample) isMost(merchant int64) bool { return s.living[merchant]*10 >= s.words.Len()*9 }

// rare are the texts of a query that are looked for by some of their trigrams,
// and by which each of them is: all that a row must have are chosen for together.
// A whole text would have the table read the lists of all of its trigrams, of
// which most are common: at a million customers twenty times as long for a rare
// name.
type rare struct {
	sample *core.TextSample
	fits   func(trigram string) bool
	chosen map[string][]string
}

// rarely chooses for the texts. Those of one or two letters are found at the
// start of words, by other trigrams than their own.
func (s *sample) rarely(texts []string, fits func(trigram string) bool) *rare {
	long := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return utf8.RuneCountInString(text) < 3 })
	return &rare{s.words, fits, s.words.Choose(long, fits)}
}

// looked returns the trigrams by which rows with a text, which are then to be
// held against it, are looked for. There are none where others of the query's
// find them, and it is not ok where the text is to be looked for as it is.
func (r *rare) looked(text string) (trigrams []string, ok bool) {
	if r == nil {
		return nil, false
	}
	if trigrams, ok = r.chosen[text]; ok || utf8.RuneCountInString(text) < 3 {
		return trigrams, ok
	}
	trigrams, ok = r.sample.Choose([]string{text}, r.fits)[text] // of which another may be there instead
	return trigrams, ok
}

// match returns the trigram table's expression for that.
func (r *rare) match(text string) (match string, ok bool) {
	trigrams, ok := r.looked(text)
	quotes := make([]string, len(trigrams))
	for i, t := range trigrams {
		quotes[i] = quoted(t)
	}
	return strings.Join(quotes, " AND "), ok
}

// anyTrigram is for a table that has all of them.
func anyTrigram(string) bool { return true }
