package main

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
)

// trigrams are what a SQLite file's trigram table is asked with, as Kontor does,
// who knows by a sample of all customers what is rare and whose nearly all are:
// what is not in the sample by some of its trigrams, the same as Kontor chooses,
// and held against the rows then; and with the mark of the merchant but where
// nearly all customers are the merchant's.
type trigrams struct {
	texts  *core.TextSample // what words are looked for in, of the sample
	theirs int              // of the merchant's
}

// samplePlaces is in how many places how many customers in a row are sampled.
const samplePlaces = 64

func trigramsOf(ctx context.Context, db *sql.DB, merchant int64) (*trigrams, error) {
	t := &trigrams{}
	var texts []string
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
			texts = append(texts, search)
			t.theirs += theirs
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	t.texts = core.SampleTexts(texts)
	return t, nil
}

// most reports whether nearly all customers are the merchant's.
func (t *trigrams) most() bool { return t.theirs*10 >= t.texts.Len()*9 }

// A wordSearch is a floor's list of those in whom words are found.
type wordSearch struct {
	list  string
	args  []string
	count string // what the trigram table alone counts, "" where it cannot
	once  bool   // all who fit are read at once, as hardly anybody of the sample does
}

// search is that of a merchant's customers; of a city, folded, where that is not
// "".
func (t *trigrams) search(merchant int64, words []string, city string) wordSearch {
	texts := slices.Clone(words)
	if city != "" {
		texts = append(texts, city)
	}
	var chosen map[string][]string
	narrow := len(t.texts.Having(texts)) < core.Often
	if narrow {
		chosen = t.texts.Choose(texts, func(string) bool { return true })
	}
	var match, checked []string
	for i, text := range texts {
		trigrams, ok := chosen[text]
		if !ok {
			match = append(match, quotedText(text))
			continue
		}
		for _, trigram := range trigrams {
			match = append(match, `"`+trigram+`"`)
		}
		if i < len(words) {
			checked = append(checked, text)
		}
	}
	found := strings.Join(match, " AND ")
	marked := quotedText(mark(merchant)) + " AND " + found
	s := wordSearch{list: wordList(len(checked)), once: narrow}
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

// quotedText is a text as it stands in the table, for its expressions.
func quotedText(text string) string { return `"` + core.Spaced(text) + `"` }
