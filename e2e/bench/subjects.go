package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/db/demo"
	"kontor/views"
)

// merchant is the one whose pages are measured: the demo makes the first the
// largest. Its owner is who asks.
const (
	merchant = 1
	visitor  = demo.OwnerEmail
)

// variants is how many different requests of a kind take turns, so that it is
// not one lucky row that is measured.
const variants = 64

// subjects are what is asked for, as the database has it.
type subjects struct {
	cursor    core.Cursor // behind the 19th page
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
	versions  map[int64]int64
}

// subjectsOf looks for them before anything is measured.
func subjectsOf(ctx context.Context, path string) (*subjects, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	read := func(text string, args ...any) (pairs [][2]string) {
		if err == nil {
			pairs, err = readPairs(ctx, db, text, append([]any{merchant}, args...)...)
		}
		return pairs
	}
	const (
		living = ` FROM customers WHERE merchant_id = ? AND deleted_at = 0 `
		// Rows are picked by a multiple of their number, which is chance enough
		// and the same each time.
		shuffled = ` ORDER BY id * 2654435761 % 1000003 LIMIT ?`
		editable = 2 * connections * perConnection // for pages, and as many for APIs
	)
	// Of few customers no word is in more than are counted.
	often := min(countTo, len(read(`SELECT id, ''`+living))/50)
	s := subjects{versions: map[int64]int64{}}
	last := numbers(read(`SELECT id, ''`+living+`ORDER BY id DESC LIMIT 1 OFFSET ?`, 19*pageSize-1))
	ids := numbers(read(`SELECT id, ''`+living+shuffled, variants+2*editable))
	s.rare = firsts(read(`SELECT last_key, ''`+living+`AND length(last_key) > 3 GROUP BY 1 ORDER BY COUNT(*), 1 LIMIT ?`, variants))
	s.common = firsts(read(`
		SELECT first_key, ''`+living+`AND length(first_key) > 3 GROUP BY 1 HAVING COUNT(*) > ?
		UNION ALL
		SELECT city_key, ''`+living+`AND length(city_key) > 3 AND instr(city_key, ' ') = 0 GROUP BY 1 HAVING COUNT(*) > ?
		LIMIT ?`, often, merchant, often, variants))
	s.people = read(`SELECT first_key, last_key`+living+`AND length(first_key) > 2 AND length(last_key) > 2`+shuffled, variants)
	s.cities = firsts(read(`SELECT city, ''` + living + `AND city <> '' GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 8`))
	s.natives = read(`SELECT city, first_key`+living+`AND city <> '' AND length(first_key) > 2`+shuffled, variants)
	s.countries = firsts(read(`SELECT country, ''` + living + `AND country <> '' GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 4`))
	s.metadata = read(`SELECT name, value_key FROM metadata WHERE merchant_id = ? GROUP BY 1, 2 ORDER BY COUNT(*) DESC LIMIT 4`)
	if err != nil {
		return nil, fmt.Errorf("look for subjects: %w", err)
	}
	if len(last) == 0 || len(ids) < variants+2*editable || len(s.common) == 0 || len(s.metadata) == 0 {
		return nil, errors.New("too few customers to measure with")
	}
	s.cursor = core.Cursor{ID: last[0]}
	s.customers, s.editable, s.patched = ids[:variants], ids[variants:variants+editable], ids[variants+editable:]
	for _, p := range read(`SELECT id, version` + living + `AND id IN (` + listed(s.patched) + `)`) {
		id := numbers([][2]string{p})[0]
		if s.versions[id], err = strconv.ParseInt(p[1], 10, 64); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
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

// listed are numbers with commas between.
func listed(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ", ")
}

func firsts(pairs [][2]string) []string {
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[i] = p[0]
	}
	return out
}

func numbers(pairs [][2]string) []int64 {
	out := make([]int64, len(pairs))
	for i, p := range pairs {
		out[i], _ = strconv.ParseInt(p[0], 10, 64) // they are IDs
	}
	return out
}

// quoted is a value as the search language takes it.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// scenariosOf are all that is measured, in the order of the table.
func scenariosOf(ctx context.Context, path string, visitors []*visit, p *program) ([]*scenario, error) {
	s, err := subjectsOf(ctx, path)
	if err != nil {
		return nil, err
	}
	cookie := visitors[0].cookie
	// list is a scenario of a list for which each of the queries is made.
	list := func(name, what, floor string, urls []string, args [][]string) *scenario {
		sc := &scenario{name: name, what: what, want: 200, mark: `<th scope="row">`}
		var kontor, all, rows [][]byte
		for i, u := range urls {
			q := url.Values{"m": {strconv.Itoa(merchant)}, "a": args[i]}
			if text := textOf(u); floor == "words" && !strings.Contains(text, " ") { // a word alone may be a reference
				q.Set("find", text)
			}
			kontor = append(kontor, get(u, cookie))
			rows = append(rows, get("/list/"+floor+"?"+q.Encode(), ""))
			q.Set("all", "1")
			all = append(all, get("/list/"+floor+"?"+q.Encode(), ""))
		}
		sc.kontor, sc.floor, sc.rows = cycle(kontor), cycle(all), cycle(rows)
		return sc
	}
	m := strconv.Itoa(merchant)
	search := func(name, what, floor string, n int, query func(i int) string, args func(i int) []string) *scenario {
		var urls []string
		var all [][]string
		for i := range n {
			urls = append(urls, views.CustomersQuery{Text: query(i)}.URL(merchant))
			all = append(all, args(i))
		}
		return list(name, what, floor, urls, all)
	}
	out := []*scenario{
		list("list", "the newest 50", "newest", []string{views.CustomersURL(merchant)}, [][]string{{m}}),
		list("list by name", "the first 50 from A", "name", []string{views.CustomersQuery{Sort: "name"}.URL(merchant)}, [][]string{{m}}),
		list("list, 20th page", "the next 50 after 950", "older",
			[]string{views.CustomersQuery{After: s.cursor.String(), From: 19*pageSize + 1}.URL(merchant)},
			[][]string{{m, strconv.FormatInt(s.cursor.ID, 10)}}),
		search("rare word", "such as "+s.rare[0], "words", len(s.rare),
			func(i int) string { return s.rare[i] },
			func(i int) []string { return []string{match(merchant, s.rare[i]), m} }),
		search("common word", "such as "+s.common[0], "words", len(s.common),
			func(i int) string { return s.common[i] },
			func(i int) []string { return []string{match(merchant, s.common[i]), m} }),
		search("first and last name", "such as "+s.people[0][0]+" "+s.people[0][1], "words", len(s.people),
			func(i int) string { return s.people[i][0] + " " + s.people[i][1] },
			func(i int) []string {
				// Kontor reads words apart by their spaces, in names as well.
				return []string{match(merchant, strings.Fields(s.people[i][0]+" "+s.people[i][1])...), m}
			}),
		search("field", "such as city:"+s.cities[0], "city", len(s.cities),
			func(i int) string { return "city:" + quoted(s.cities[i]) },
			func(i int) []string { return []string{m, core.Fold(s.cities[i])} }),
		search("field and word", "such as city:"+s.natives[0][0]+" "+s.natives[0][1], "words-city", len(s.natives),
			func(i int) string { return "city:" + quoted(s.natives[i][0]) + " " + s.natives[i][1] },
			func(i int) []string {
				words := append(strings.Fields(s.natives[i][1]), core.Fold(s.natives[i][0]))
				return []string{match(merchant, words...), m, core.Fold(s.natives[i][0])}
			}),
		search("negation", "such as -country:"+s.countries[0], "not-country", len(s.countries),
			func(i int) string { return "-country:" + s.countries[i] },
			func(i int) []string { return []string{m, s.countries[i]} }),
		search("metadata", "such as metadata."+s.metadata[0][0]+":"+s.metadata[0][1], "metadata", len(s.metadata),
			func(i int) string { return "metadata." + s.metadata[i][0] + ":" + quoted(s.metadata[i][1]) },
			func(i int) []string { return []string{m, s.metadata[i][0], s.metadata[i][1]} }),
		customerScenario(s.customers, cookie),
	}
	save, err := saveScenario(ctx, s.editable, visitors)
	if err != nil {
		return nil, err
	}
	create, err := createScenario(ctx, visitors)
	if err != nil {
		return nil, err
	}
	return slices.Concat(out, []*scenario{save, create}, p.scenarios(s)), nil
}

// textOf is the query that a list's address says.
func textOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("q")
}

func customerScenario(ids []int64, cookie string) *scenario {
	var kontor, all, rows [][]byte
	for _, id := range ids {
		kontor = append(kontor, get(views.CustomerURL(merchant, id), cookie))
		at := fmt.Sprintf("/customer?m=%d&id=%d", merchant, id)
		rows = append(rows, get(at, ""))
		all = append(all, get(at+"&all=1", ""))
	}
	return &scenario{
		name: "customer page", what: "any", want: 200,
		kontor: cycle(kontor), floor: cycle(all), rows: cycle(rows),
	}
}
