package main

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// trigrams are what a SQLite file's trigram table is asked with, as Kontor does,
// who knows by a sample of all customers what is rare and whose nearly all are:
// what is not in the sample by the rarest trigrams of each word, which is held
// against the rows then; and with the mark of the merchant but where nearly all
// customers are the merchant's.
type trigrams struct {
	texts  []string       // what words are looked for in, of the sample
	theirs int            // of the merchant's
	seen   map[string]int // in how many of them a trigram is
}

// samplePlaces is in how many places how many customers in a row are sampled.
const samplePlaces = 32

func trigramsOf(ctx context.Context, db *sql.DB, merchant int64) (*trigrams, error) {
	t := &trigrams{seen: map[string]int{}}
	var first, last int64
	if err := db.QueryRowContext(ctx, `SELECT MIN(id), MAX(id) FROM customers`).Scan(&first, &last); err != nil {
		return nil, err
	}
	for i := range int64(samplePlaces) {
		rows, err := db.QueryContext(ctx, `
			SELECT merchant_id = ? AND deleted_at = 0, search
			FROM customers
			WHERE id >= ?
			ORDER BY id
			LIMIT ?`, merchant, first+(last-first)/samplePlaces*i, samplePlaces)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var theirs int
			var search string
			if err := rows.Scan(&theirs, &search); err != nil {
				return nil, err
			}
			t.texts = append(t.texts, search)
			t.theirs += theirs
			for _, trigram := range trigramsIn(search) {
				t.seen[trigram]++
			}
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// most reports whether nearly all customers are the merchant's.
func (t *trigrams) most() bool { return t.theirs*10 >= len(t.texts)*9 }

// has reports whether some customers of the sample have all the texts.
func (t *trigrams) has(texts []string) bool {
	n := 0
	for _, search := range t.texts {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(search, text) }) {
			n++
		}
	}
	return n >= 3
}

// A wordSearch is a floor's list of those in whom words are found.
type wordSearch struct {
	list  string
	args  []string
	count string // what the trigram table alone counts, "" where it cannot
}

// search is that of a merchant's customers; of a city, folded, where that is not
// "".
func (t *trigrams) search(merchant int64, words []string, city string) wordSearch {
	texts := slices.Clone(words)
	if city != "" {
		texts = append(texts, city)
	}
	narrow := !t.has(texts)
	var match, checked []string
	for i, text := range texts {
		rarest := t.rarest(text)
		if !narrow || rarest == nil {
			match = append(match, quotedText(text))
			continue
		}
		if match = append(match, rarest...); i < len(words) {
			checked = append(checked, text)
		}
	}
	found := strings.Join(match, " AND ")
	marked := quotedText(mark(merchant)) + " AND " + found
	s := wordSearch{list: wordList(len(checked))}
	if !narrow && city == "" {
		s.count = marked
	}
	if !t.most() {
		found = marked
	}
	s.args = append([]string{found, strconv.FormatInt(merchant, 10)}, patterns(checked...)...)
	if city != "" {
		s.list, s.args = s.list+"-city", append(s.args, city)
	}
	return s
}

// rarest are the two or three rarest trigrams of a text, quoted, nil where it
// has hardly more.
func (t *trigrams) rarest(text string) []string {
	all := trigramsIn(text)
	if len(all) < 3 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(t.seen[a], t.seen[b]) })
	few := all[:3]
	if t.seen[all[0]] == 0 {
		few = all[:2]
	}
	quoted := make([]string, len(few))
	for i, trigram := range few {
		quoted[i] = `"` + trigram + `"`
	}
	return quoted
}

// trigramsIn are the different trigrams of a text as it stands in the table,
// where each space is two.
func trigramsIn(text string) []string {
	letters := []rune(strings.ReplaceAll(text, " ", "  "))
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

// quotedText is a text as it stands in the table, for its expressions.
func quotedText(text string) string { return `"` + strings.ReplaceAll(text, " ", "  ") + `"` }
