package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A sample is some of all customers, from oldest to newest, and what they tell
// about the trigram table. The table knows itself how often it has a trigram
// only by reading where it has it.
type sample struct {
	at       time.Time
	living   map[int64]int  // by merchant
	texts    []string       // what words are looked for in
	trigrams map[string]int // how many rows have each
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
	made := &sample{at: now, living: map[int64]int{}, trigrams: map[string]int{}}
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
			made.texts = append(made.texts, r.Search)
			for _, t := range trigramsOf(r.Search) {
				made.trigrams[t]++
			}
		}
	}
	s.sizes.mu.Lock()
	defer s.sizes.mu.Unlock()
	s.sizes.sample = made
	return made, nil
}

// isMost reports whether about nine in ten of all customers are the merchant's
// and living. The mark of such a list tells the trigram table next to nothing,
// and makes it read more than twice as much: what little else it finds the rows
// tell apart.
func (s *sample) isMost(merchant int64) bool { return s.living[merchant]*10 >= len(s.texts)*9 }

// has reports whether at least three customers of the sample have all the texts:
// then thousands of a million do, and a page of them is soon full.
func (s *sample) has(texts []string) bool {
	n := 0
	for _, search := range s.texts {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(search, text) }) {
			if n++; n == 3 {
				return true
			}
		}
	}
	return false
}

// narrow returns an expression for the two or three rarest trigrams of a text,
// which finds it and perhaps some others, or "" where the text has hardly more.
// The text as a phrase would have the table read all of its trigrams, of which
// most are common: at a million customers twenty times as long for a rare name.
func (s *sample) narrow(text string) string {
	all := trigramsOf(text)
	if len(all) < 3 {
		return ""
	}
	rarest := s.byRarity(all)[:3]
	if s.trigrams[rarest[0]] == 0 {
		rarest = rarest[:2]
	}
	for i, t := range rarest {
		rarest[i] = quoted(t)
	}
	return "(" + strings.Join(rarest, " AND ") + ")"
}

// byRarity sorts trigrams, the rarest first.
func (s *sample) byRarity(trigrams []string) []string {
	slices.SortStableFunc(trigrams, func(a, b string) int { return cmp.Compare(s.trigrams[a], s.trigrams[b]) })
	return trigrams
}

// exactly narrows nothing.
func exactly(string) string { return "" }

// trigramsOf are the different trigrams that the table has of a text.
func trigramsOf(text string) []string {
	letters := []rune(spaced(text))
	var all []string
	seen := map[string]bool{}
	for i := 3; i <= len(letters); i++ {
		if t := string(letters[i-3 : i]); !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	return all
}
