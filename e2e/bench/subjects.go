package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"kontor/db/core"
	"kontor/db/demo"
)

// merchant is the one with nearly all customers: the demo makes the first the
// largest. Its owner asks.
const (
	merchant = 1
	visitor  = demo.OwnerEmail
)

// fewCustomers is how many customers the merchant beside it has, or almost, and
// manyCustomers from how many on Kontor calls them many.
const (
	fewCustomers  = 1000
	manyCustomers = 2001
)

// variants is how many different requests of a kind take turns, so that it is
// not one lucky row that is measured.
const variants = 64

// subjects are what is asked for at a merchant, as the database has it.
type subjects struct {
	merchant  int64
	owner     string      // the e-mail address of who may do everything there
	number    int         // of customers
	page      int         // the 1,000th, or the last before the end
	cursor    core.Cursor // behind the page before it
	rare      []string    // last names that few customers have
	common    []string    // words that more customers have than are counted
	people    [][2]string // first and last names of somebody
	cities    []string    // with the most customers
	natives   [][2]string // a city, and the first name of somebody in it
	countries []string    // with the most customers
	metadata  [][2]string // keys and values that many have
	customers []int64     // from all over
	editable  []int64     // others, to be saved
	patched   []int64     // others, to be changed through an API
	busy      []int64     // others, to be changed under the mixed load, twice as many as one run of it takes
	versions  map[int64]int64
	trigrams  *trigrams           // nil on PostgreSQL
	named     map[string][]string // texts that name one customer exactly, by what they are
}

// few reports whether Kontor reads the merchant's customers through.
func (s *subjects) few() bool { return s.number < manyCustomers }

// A row is what is known of a customer before anything is asked for.
type row struct {
	id, version             int64
	first, last             string // folded
	city, country           string
	reference, email, phone string
}

// subjectsOf looks for them before anything is measured.
func subjectsOf(ctx context.Context, k *kontor, merchant int64) (*subjects, error) {
	db, err := k.open(false)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s := &subjects{merchant: merchant, versions: map[int64]int64{}, named: map[string][]string{}}
	all, err := s.rows(ctx, k, db)
	if err != nil {
		return nil, fmt.Errorf("look for subjects: %w", err)
	}
	if len(all) < pageSize*2 {
		return nil, fmt.Errorf("merchant %d has %d customers, too few to measure with", merchant, len(all))
	}
	s.number = len(all)
	s.page = min(1000, (len(all)-1)/pageSize)
	s.cursor = core.Cursor{ID: all[(s.page-1)*pageSize-1].id}
	s.words(all)
	s.choose(all)
	if err := s.alone(ctx, k, db); err != nil {
		return nil, err
	}
	if k.engine == sqlite {
		if s.trigrams, err = trigramsOf(ctx, db, merchant); err != nil {
			return nil, err
		}
	}
	err = db.QueryRowContext(ctx, k.text(`SELECT MIN(email) FROM users WHERE merchant_id = ? AND role = 'owner'`), merchant).Scan(&s.owner)
	if err != nil {
		return nil, err
	}
	s.metadata, err = readPairs(ctx, db, k.text(`
		SELECT name, value_key
		FROM metadata
		WHERE merchant_id = ?
		GROUP BY name, value_key
		ORDER BY COUNT(*) DESC
		LIMIT 4`), merchant)
	if err == nil && len(s.metadata) == 0 {
		err = fmt.Errorf("merchant %d has no metadata", merchant)
	}
	return s, err
}

// rows reads the merchant's customers, the newest first.
func (s *subjects) rows(ctx context.Context, k *kontor, db *sql.DB) ([]row, error) {
	rows, err := db.QueryContext(ctx, k.text(`
		SELECT id, version, first_key, last_key, city, country, reference, email_key, phone_e164
		FROM customers
		WHERE merchant_id = ? AND deleted_at = 0
		ORDER BY id DESC`), s.merchant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.version, &r.first, &r.last, &r.city, &r.country, &r.reference, &r.email, &r.phone); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// words are what is searched for.
func (s *subjects) words(all []row) {
	firsts, lasts, cities, countries := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range all {
		firsts[r.first]++
		lasts[r.last]++
		cities[r.city]++
		countries[r.country]++
	}
	for _, counts := range []map[string]int{firsts, lasts, cities, countries} {
		delete(counts, "")
	}
	maps.DeleteFunc(lasts, func(name string, _ int) bool { return !isWord(name) })
	rarest := mostOf(lasts)
	slices.Reverse(rarest)
	s.rare = rarest[:min(variants, len(rarest))]
	words := maps.Clone(firsts)
	for city, n := range cities {
		words[core.Fold(city)] += n
	}
	// Of few customers no word is in more than are counted.
	often := min(countTo, len(all)/50)
	maps.DeleteFunc(words, func(word string, n int) bool { return !isWord(word) || n <= often })
	common := mostOf(words)
	s.common = common[:min(variants, len(common))]
	byNumber := mostOf(cities)
	s.cities = byNumber[:min(8, len(byNumber))]
	byNumber = mostOf(countries)
	s.countries = byNumber[:min(4, len(byNumber))]
}

// choose picks customers from all over, the same ones each time.
func (s *subjects) choose(all []row) {
	dice := rand.New(rand.NewPCG(1, 2))
	order := dice.Perm(len(all))
	next := 0
	take := func(n int) []int64 {
		var ids []int64
		for ; len(ids) < n && next < len(order); next++ {
			r := all[order[next]]
			ids = append(ids, r.id)
			s.versions[r.id] = r.version
		}
		return ids
	}
	s.customers = take(variants)
	s.editable = take(2 * connections * perConnection)
	s.patched = take(2 * connections * perConnection)
	s.busy = take(2 * writers * perConnection)
	name := func(what, text string) {
		if text != "" && len(s.named[what]) < 3*variants {
			s.named[what] = append(s.named[what], text)
		}
	}
	for n, i := range order {
		r := all[i]
		if len(s.people) < variants && isName(r.first) && isName(r.last) {
			s.people = append(s.people, [2]string{r.first, r.last})
		}
		if len(s.natives) < variants && isName(r.first) && r.city != "" {
			s.natives = append(s.natives, [2]string{r.city, r.first})
		}
		if n < next { // who is changed may be called otherwise by then
			continue
		}
		name("id", fmt.Sprint(r.id))
		name("reference", r.reference)
		name("email", r.email)
		name("phone", r.phone)
	}
}

// alone keeps those of the texts that name one customer of all merchants.
func (s *subjects) alone(ctx context.Context, k *kontor, db *sql.DB) error {
	for what, column := range map[string]string{"reference": "reference", "email": "email_key", "phone": "phone_e164"} {
		var kept []string
		for _, text := range s.named[what] {
			var n int
			err := db.QueryRowContext(ctx, k.text(`SELECT COUNT(*) FROM customers WHERE `+column+` = ? AND `+column+` <> '' AND deleted_at = 0`), text).Scan(&n)
			if err != nil {
				return err
			}
			if n == 1 && len(kept) < variants {
				kept = append(kept, text)
			}
		}
		s.named[what] = kept
	}
	return nil
}

// isName tells a name of which each word is long enough for trigrams, and no
// longer than floors have statements for.
func isName(name string) bool {
	words := strings.Fields(name)
	return len(words) > 0 && len(words) <= mostWords/2 &&
		!slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < 3 })
}

// isWord tells a name of one word that is long enough to be looked for.
func isWord(name string) bool {
	return utf8.RuneCountInString(name) > 3 && !strings.ContainsAny(name, " \"%_")
}

// mostOf are the keys by their number, those with the most first.
func mostOf(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
}

// fewMerchant is the merchant whose number of customers is nearest to
// fewCustomers, by fifties: of two such the first, which is the same one at
// every size.
func fewMerchant(ctx context.Context, k *kontor) (id int64, err error) {
	db, err := k.open(false)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, k.text(`
		SELECT merchant_id
		FROM customers
		WHERE merchant_id > ? AND deleted_at = 0
		GROUP BY merchant_id
		ORDER BY abs(COUNT(*) - ?) / 50, merchant_id
		LIMIT 1`), merchant, fewCustomers).Scan(&id)
	return id, err
}

func readPairs(ctx context.Context, db *sql.DB, text string, args ...any) ([][2]string, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	defer rows.Close()
	var out [][2]string
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// quoted is a value as the search language takes it.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
