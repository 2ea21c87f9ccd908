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
	of     []int64          // each one's merchant, 0 where it is not living
	living map[int64]int    // by merchant
	words  *core.TextSample // what words are looked for in
	from   int              // of about how many customers it is, 0 where that is not known
}

// sampledPlaces is in how many places how many customers in a row are sampled.
const sampledPlaces = 64

// sampled returns a sample that is no older than sizes are believed, which takes
// some milliseconds to make. Meanwhile everybody else has the one before.
func (s *Store) sampled(ctx context.Context) (*sample, error) {
	now, z := s.now(), s.sizes
	last := z.lastSample()
	switch {
	case last.fresh(now):
		return last, nil
	case last == nil:
		z.sampling.Lock()
	case !z.sampling.TryLock():
		return last, nil
	}
	defer z.sampling.Unlock()
	if last = z.lastSample(); last.fresh(now) { // somebody else has made it
		return last, nil
	}
	made, err := s.newSample(ctx)
	if err != nil {
		return nil, err
	}
	made.at = now
	z.mu.Lock()
	defer z.mu.Unlock()
	z.sample = made
	return made, nil
}

func (s *sample) fresh(now time.Time) bool { return s != nil && now.Sub(s.at).Abs() < sizesKept }

// newSample reads a sample: the first of each of so many parts of all IDs. Where
// most of them have none, since very many came at once, those that have many are
// divided again.
func (s *Store) newSample(ctx context.Context) (*sample, error) {
	var all idRange
	err := s.read.get(ctx, &all, `
		SELECT COALESCE((SELECT MIN(id) FROM customers), 0) AS "from", COALESCE((SELECT MAX(id) FROM customers), 0) + 1 AS "to"`)
	if err != nil {
		return nil, fmt.Errorf("read ends of customers: %w", err)
	}
	from := 0
	if s.postgres {
		err := s.read.get(ctx, &from, `SELECT CAST(GREATEST(reltuples, 0) AS bigint) FROM pg_class WHERE oid = CAST('customers' AS regclass)`)
		if err != nil {
			return nil, fmt.Errorf("read how many customers there are: %w", err)
		}
	}
	dense := []idRange{all}
	for {
		made := &sample{living: map[int64]int{}, from: from}
		var texts []string
		parts := divided(dense, sampledPlaces)
		reads := make([]read, len(parts))
		for i, p := range parts {
			reads[i] = eachOf(func(rs row) error {
				var of int64
				var living bool
				var text string
				if err := rs.Scan(&of, &living, &text); err != nil {
					return err
				}
				if living {
					made.living[of]++
				} else {
					of = 0
				}
				made.of = append(made.of, of)
				texts = append(texts, text)
				parts[i].found++
				return nil
			}, `
				SELECT merchant_id, deleted_at = 0, search
				FROM customers
				WHERE id >= ? AND id < ?
				ORDER BY id
				LIMIT ?`, p.From, p.To, sampledPlaces)
		}
		if err := s.read.reads(ctx, reads...); err != nil {
			return nil, fmt.Errorf("sample customers: %w", err)
		}
		dense = slices.DeleteFunc(parts, func(p idRange) bool { return p.found < sampledPlaces || p.To-p.From <= sampledPlaces })
		if len(dense) == 0 || len(texts) >= sampledPlaces*sampledPlaces/2 {
			made.words = core.SampleTexts(texts)
			return made, nil
		}
	}
}

// An idRange is of IDs from one to before another.
type idRange struct {
	From, To int64
	found    int
}

// divided are the ranges in so many parts, or a few more.
func divided(ranges []idRange, into int) []idRange {
	var all []idRange
	n := int64((into + len(ranges) - 1) / len(ranges))
	for _, r := range ranges {
		width := (r.To-r.From)/n + 1
		for from := r.From; from < r.To; from += width {
			all = append(all, idRange{From: from, To: min(from+width, r.To)})
		}
	}
	return all
}

// isMost reports whether about nine in ten of all customers are the merchant's
// and living. The mark of such a list tells the trigram table next to nothing,
// and makes it read more than twice as much: what little else it finds the rows
// tell apart.
func (s *sample) isMost(merchant int64) bool { return s.living[merchant]*10 >= s.words.Len()*9 }

// soonFull reports whether a page of customers, where those of the sample are
// found, is sooner full by reading along a stretch than by finding all that there
// are and sorting them: what is found stands all over the table, as do those with
// one value, and costs more than what stands in a row. Where the newest have next
// to none, it might be read for long.
func (s *sample) soonFull(along *stretch, found []int) bool {
	theirs, newest := 0, 0
	for _, i := range found {
		if s.of[i] != along.merchant {
			continue
		}
		theirs++
		if i >= len(s.of)/2 {
			newest++
		}
	}
	if theirs == 0 || newest*8 < theirs {
		return false
	}
	const apart = 5 // what one costs that stands apart, where the next in a row costs 1: 1.7 and 0.35 µs
	cost := s.living[along.merchant]
	if along.column != "" {
		cost = min(cost, len(s.words.Having([]string{along.text}))) * apart
	}
	return core.PageSizes[0]*cost/theirs*len(s.of) < len(found)*s.from*apart
}

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
