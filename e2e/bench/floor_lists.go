package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A listing is a list of customers: what it reads first, its conditions, and
// in what order its rows come.
//
// Of a search there are two, as there are two ways in which Kontor finds. In a
// SQLite file with many customers of the merchant the trigram table, or the
// index of metadata, is read first and given its place by CROSS JOIN. Of few
// customers each is held against the search, who has an entry of the metadata
// being looked up before, and on PostgreSQL the planner decides: both get plain
// conditions.
type listing struct {
	from  string
	where string
	order string
	after string // the condition that begins a later page, which the count has not
	whole bool   // all customers, which are not counted where they are known to be many
	kinds string // of the values: i is a number, s a text

	sqlite bool // there is no such statement on PostgreSQL
}

const (
	ofMerchant = `c.merchant_id = ? AND c.deleted_at = 0`
	wordsFirst = `customer_search f CROSS JOIN customers c ON c.id = f.rowid`
	ofCity     = ` AND c.city_key = ? AND c.city_key <> ''`
)

// What a list shows of a customer.
const (
	summaryRow     = "issssssssiii"
	summaryColumns = `c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.reference, c.city, c.country,
			c.created_at, c.updated_at, c.deleted_at`
)

// mostWords is how many words a search has at the most.
const mostWords = 4

var lists = allLists()

func allLists() map[string]listing {
	all := map[string]listing{
		"newest":      {where: ofMerchant, order: `c.id DESC`, kinds: "i", whole: true},
		"older":       {where: ofMerchant, after: ` AND c.id < ?`, order: `c.id DESC`, kinds: "ii", whole: true},
		"oldest":      {where: ofMerchant, after: ` AND c.id > ?`, order: `c.id`, kinds: "ii", whole: true},
		"name":        {where: ofMerchant, order: `c.sort_key, c.id`, kinds: "i", whole: true},
		"city":        {where: ofMerchant + ofCity, order: `c.id DESC`, kinds: "is"},
		"not-country": {where: ofMerchant + ` AND NOT (c.country = ? AND c.country <> '')`, order: `c.id DESC`, kinds: "is"},
		"metadata": {
			from: `metadata m CROSS JOIN customers c ON c.id = m.customer_id`,
			where: `m.merchant_id = ? AND m.name = ? AND m.value_key = ? AND c.merchant_id = m.merchant_id
			AND c.deleted_at = 0`,
			order: `m.customer_id DESC`, kinds: "iss", sqlite: true,
		},
		"few-metadata": {
			where: ofMerchant + ` AND +c.id IN (SELECT m.customer_id FROM metadata m WHERE m.merchant_id = ? AND m.name = ? AND m.value_key = ?)`,
			order: `c.id DESC`, kinds: "iiss", sqlite: true,
		},
		"with-metadata": {
			where: ofMerchant + ` AND EXISTS (SELECT 1 FROM metadata m WHERE m.customer_id = c.id AND m.merchant_id = c.merchant_id
			AND m.name = ? AND m.value_key = ?)`,
			order: `c.id DESC`, kinds: "iss",
		},
	}
	for n := 1; n <= mostWords; n++ {
		with := ofMerchant + strings.Repeat(` AND c.search LIKE ? ESCAPE '\'`, n)
		kinds := "i" + strings.Repeat("s", n)
		all[like(n)] = listing{where: with, order: `c.id DESC`, kinds: kinds}
		all[like(n)+"-oldest"] = listing{where: with, order: `c.id`, kinds: kinds}
		all[like(n)+"-city"] = listing{where: with + ofCity, order: `c.id DESC`, kinds: kinds + "s"}
	}
	for checked := range mostWords + 1 {
		l := listing{
			from: wordsFirst, where: `f.customer_search MATCH ? AND ` + ofMerchant + strings.Repeat(` AND c.search LIKE ? ESCAPE '\'`, checked),
			order: `f.rowid DESC`, kinds: "si" + strings.Repeat("s", checked), sqlite: true,
		}
		all[wordList(checked)] = l
		city := l
		city.where, city.kinds = l.where+ofCity, l.kinds+"s"
		all[wordList(checked)+"-city"] = city
		l.order = `f.rowid`
		all[wordList(checked)+"-oldest"] = l
	}
	for name, l := range all {
		if l.from == "" {
			l.from = `customers c`
			all[name] = l
		}
	}
	return all
}

// like is the list of those in whom so many words are found, without the
// trigram table.
func like(n int) string { return fmt.Sprintf("like%d", n) }

// wordList is the list of those whom the trigram table finds and in whom so many
// words are looked for again.
func wordList(checked int) string { return fmt.Sprintf("words%d", checked) }

func (l listing) page() query {
	return query{prints: "customer", row: summaryRow, text: fmt.Sprintf(`
		SELECT `+summaryColumns+`
		FROM %s
		WHERE %s
		ORDER BY %s
		LIMIT %d`, l.from, l.where+l.after, l.order, pageSize+1)}
}

// records is the page with whole rows, as APIs read them.
func (l listing) records() query {
	return query{prints: "customer", row: recordRow, text: fmt.Sprintf(`
		SELECT %s
		FROM %s
		WHERE %s
		ORDER BY %s
		LIMIT %d`, recordColumns, l.from, l.where+l.after, l.order, pageSize+1)}
}

func (l listing) count() query {
	return query{prints: "count", row: "i", text: fmt.Sprintf(`
		SELECT COUNT(*)
		FROM (SELECT 1 FROM %s WHERE %s LIMIT %d) AS counted`, l.from, l.where, countTo+1)}
}

// countWords counts what the trigram table alone answers.
var countWords = query{prints: "count", row: "i", text: fmt.Sprintf(`
		SELECT COUNT(*)
		FROM (SELECT 1 FROM customer_search WHERE customer_search MATCH ? LIMIT %d)`, countTo+1)}

// everybody is the IDs of all who fit, the oldest first, as far as lists count.
func (l listing) everybody() query {
	return query{prints: "found", row: "i", text: fmt.Sprintf(`
		SELECT c.id
		FROM %s
		WHERE %s
		ORDER BY %s
		LIMIT %d`, l.from, l.where, strings.TrimSuffix(l.order, " DESC"), countTo+1)}
}

// counted is how many of the values the count takes.
func (l listing) counted() int { return len(l.kinds) - strings.Count(l.after, "?") }

func (l listing) args(texts []string) ([]any, error) { return typed(l.kinds, texts) }

// typed are values as their kinds say: i is a number, s a text.
func typed(kinds string, texts []string) ([]any, error) {
	if len(texts) != len(kinds) {
		return nil, fmt.Errorf("%d values, want %d", len(texts), len(kinds))
	}
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
		if kinds[i] == 'i' {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, err
			}
			args[i] = n
		}
	}
	return args, nil
}

// fieldEnd and the marks around a merchant's number are as Kontor writes them
// among the words that are searched.
const fieldEnd = "\x1f"

func mark(merchant int64) string { return fmt.Sprintf("\ue000%d\ue001", merchant) }

func marked(merchant int64, search string) string {
	return mark(merchant) + strings.ReplaceAll(search, " ", "  ")
}

func joined(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text != "" {
			b.WriteString(" " + text + fieldEnd)
		}
	}
	return b.String()
}

// patterns are LIKE's for words without its wildcards.
func patterns(words ...string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = "%" + word + "%"
	}
	return out
}
