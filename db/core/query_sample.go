package core

import (
	"cmp"
	"iter"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A TextSample is what some of all texts tell about a table of the trigrams in
// them, which has for each a list of the rows that have it: how long a list is,
// and which trigrams come together. The table knows neither without reading the
// lists.
type TextSample struct {
	texts []string
	rows  map[string][]uint64 // by trigram, a bit for each text that has it, as far as the last one
}

// SampleTexts makes a sample of texts, which are folded.
func SampleTexts(texts []string) *TextSample {
	s := &TextSample{texts: texts, rows: map[string][]uint64{}}
	for i, text := range texts {
		for t := range eachTrigram(text) {
			rows, known := s.rows[t]
			if len(rows) <= i/64 {
				if !known {
					t = strings.Clone(t)
				}
				rows = append(rows, make([]uint64, i/64+1-len(rows))...)
				s.rows[t] = rows
			}
			rows[i/64] |= 1 << (i % 64)
		}
	}
	return s
}

// Len is how many texts there are.
func (s *TextSample) Len() int { return len(s.texts) }

// Having returns which of the texts have all the parts.
func (s *TextSample) Having(parts []string) []int {
	some := slices.Repeat([]uint64{math.MaxUint64}, (len(s.texts)+63)/64)
	for _, part := range parts {
		for _, t := range Trigrams(part) {
			some = both(some, s.rows[t])
		}
	}
	var all []int
	for i, text := range s.texts {
		if i/64 == len(some) {
			break
		}
		if some[i/64]&(1<<(i%64)) != 0 && !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) }) {
			all = append(all, i)
		}
	}
	return all
}

// Often is of how many of four thousand that have all the parts on a page of all
// who do is soon full, thousands of a million. Fewer are looked for by some of
// their trigrams, and are best read all at once.
const Often = 12

const (
	// rowCost is what it costs to hold a row against the parts, where to read an
	// entry of a trigram's list costs 1.
	rowCost = 200
	// unseen is how many of the sample are taken to have a trigram that none has.
	unseen = 0.3
	// together is how many of those who have a trigram that nobody of the sample
	// has are taken to have another one of the same word.
	together = 0.5
	// mostLooked is how many trigrams are looked for at most.
	mostLooked = 4
)

// A trigram that may be looked for.
type trigram struct {
	text string
	part int // which of the parts has it
	word int // which word of the part, -1 for a trigram that is not within one
	rows []uint64
}

// Choose returns by which trigrams rows that have all the parts are best looked
// for, for each part that has any: those whose lists are short and which seldom
// come together, so that few rows are read in vain. The list of a common
// trigram is read only where it spares more than it costs. What is found is to
// be held against the parts. Only trigrams that fit are looked for.
func (s *TextSample) Choose(parts []string, fits func(trigram string) bool) map[string][]string {
	var all []trigram
	chosen := map[string][]string{}
	for i, part := range parts {
		if _, twice := chosen[part]; twice {
			continue
		}
		n := len(all)
		all = s.trigrams(all, part, i, fits)
		if len(all) > n {
			chosen[part] = nil
		}
	}
	if len(all) == 0 {
		return chosen
	}
	best := slices.MinFunc(all, func(a, b trigram) int { return cmp.Compare(frequency(a.rows), frequency(b.rows)) })
	var taken []trigram
	found, have := frequency(best.rows), best.rows
	for {
		taken = append(taken, best)
		chosen[parts[best.part]] = append(chosen[parts[best.part]], best.text)
		if len(taken) == mostLooked {
			return chosen
		}
		spared, left := 0.0, 0.0
		for _, t := range all {
			n := min(found, max(found*s.share(t, taken), float64(common(have, t.rows))))
			if gain := (found-n)*rowCost - frequency(t.rows); gain > spared {
				best, spared, left = t, gain, n
			}
		}
		if spared == 0 {
			return chosen
		}
		found, have = left, both(have, best.rows)
	}
}

// trigrams appends those of a part that fit.
func (s *TextSample) trigrams(all []trigram, part string, i int, fits func(string) bool) []trigram {
	for _, text := range Trigrams(part) {
		if !fits(text) {
			continue
		}
		t := trigram{text: text, part: i, word: -1, rows: s.rows[text]}
		if !strings.ContainsFunc(text, between) {
			before, _, _ := strings.Cut(part, text)
			t.word = len(strings.FieldsFunc(before, between))
			if last := strings.LastIndexFunc(before, between); last < 0 || last < len(before)-1 {
				t.word = max(0, t.word-1) // it goes on with the word before it
			}
		}
		all = append(all, t)
	}
	return all
}

// between reports whether a letter stands between words.
func between(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

// share is how many of the rows that have all of what was taken have another
// trigram too: those that have the one it comes together with most.
func (s *TextSample) share(t trigram, taken []trigram) float64 {
	most := frequency(t.rows) / float64(max(1, len(s.texts)))
	for _, other := range taken {
		switch n := count(other.rows); {
		case other.part == t.part && other.text == t.text:
			return 1
		case n > 0:
			most = max(most, float64(common(other.rows, t.rows))/float64(n))
		case other.part == t.part && (other.word == t.word || other.word < 0 || t.word < 0):
			most = max(most, together)
		}
	}
	return most
}

func frequency(rows []uint64) float64 { return max(unseen, float64(count(rows))) }

func count(rows []uint64) (n int) {
	for _, r := range rows {
		n += bits.OnesCount64(r)
	}
	return n
}

func common(a, b []uint64) (n int) {
	for i := range min(len(a), len(b)) {
		n += bits.OnesCount64(a[i] & b[i])
	}
	return n
}

func both(a, b []uint64) []uint64 {
	all := make([]uint64, min(len(a), len(b)))
	for i := range all {
		all[i] = a[i] & b[i]
	}
	return all
}

// Trigrams are the different trigrams of a text as it stands in the table, where
// each space is two: so a word of two letters is found by them and the space
// before.
func Trigrams(text string) []string {
	var all []string
	seen := map[string]bool{}
	for t := range eachTrigram(text) {
		if !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	return all
}

// eachTrigram yields the trigrams of a text from its beginning, whether they were
// there before or not.
func eachTrigram(text string) iter.Seq[string] {
	text = Spaced(text)
	return func(yield func(string) bool) {
		first, second := 0, 0 // where the last two letters begin
		for at, n := 0, 0; at < len(text); n++ {
			_, width := utf8.DecodeRuneInString(text[at:])
			if n >= 2 && !yield(text[first:at+width]) {
				return
			}
			first, second, at = second, at, at+width
		}
	}
}

// Spaced is a text as it stands in the table of trigrams.
func Spaced(text string) string { return strings.ReplaceAll(text, " ", "  ") }
