package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
	"kontor/views"
)

// pages are the scenarios of a merchant's pages, in the order of the table.
// Their names begin with whose they are.
func (s *subjects) pages(ctx context.Context, k *kontor, visitors []*visit) ([]*scenario, error) {
	l := lister{subjects: s, postgres: k.engine == postgres, cookie: visitors[0].cookie}
	m := strconv.FormatInt(s.merchant, 10)
	out := []*scenario{
		l.list("list", "the newest 50", "newest", []string{views.CustomersURL(s.merchant)}, [][]string{{m}}),
		l.list("list by name", "the first 50 from A", "name", []string{views.CustomersQuery{Sort: "name"}.URL(s.merchant)}, [][]string{{m}}),
		l.list("list, far page", fmt.Sprintf("the %s. page, by its key", thousands(int64(s.page))), "older",
			[]string{views.CustomersQuery{After: s.cursor.String(), From: (s.page-1)*pageSize + 1}.URL(s.merchant)},
			[][]string{{m, strconv.FormatInt(s.cursor.ID, 10)}}),
		l.search("rare word", "such as "+s.rare[0], len(s.rare), func(i int) (string, string, []string) {
			return s.rare[i], "", []string{s.rare[i]}
		}),
		l.search("common word", "such as "+s.common[0], len(s.common), func(i int) (string, string, []string) {
			return s.common[i], "", []string{s.common[i]}
		}),
		l.search("first and last name", "such as "+s.people[0][0]+" "+s.people[0][1], len(s.people), func(i int) (string, string, []string) {
			name := s.people[i][0] + " " + s.people[i][1]
			return name, "", strings.Fields(name) // Kontor reads words apart by their spaces, in names as well
		}),
		l.search("field", "such as city:"+s.cities[0], len(s.cities), func(i int) (string, string, []string) {
			return "city:" + quoted(s.cities[i]), core.Fold(s.cities[i]), nil
		}),
		l.search("field and word", "such as city:"+s.natives[0][0]+" "+s.natives[0][1], len(s.natives), func(i int) (string, string, []string) {
			city, name := s.natives[i][0], s.natives[i][1]
			return "city:" + quoted(city) + " " + name, core.Fold(city), strings.Fields(name)
		}),
		l.negation(), l.metadata(), l.customer(),
	}
	save, err := saveScenario(ctx, s, visitors)
	if err != nil {
		return nil, err
	}
	create, err := createScenario(ctx, s.merchant, visitors)
	if err != nil {
		return nil, err
	}
	return append(out, save, create), nil
}

// A lister makes scenarios of a merchant's pages that are only read.
type lister struct {
	*subjects
	postgres bool
	cookie   string
}

// plain reports whether conditions are held against rows as they are, with
// neither the trigram table nor the index of metadata read first.
func (l lister) plain() bool { return l.postgres || l.few() }

// list is a scenario of addresses that are asked for in turn, and for each the
// arguments of the floor's list of that name.
func (l lister) list(name, what, floor string, urls []string, args [][]string) *scenario {
	var all []wordSearch
	for _, one := range args {
		all = append(all, wordSearch{list: floor, args: one})
	}
	return l.lists(name, what, urls, all)
}

// lists is a scenario of addresses, and for each a list of the floor's.
func (l lister) lists(name, what string, urls []string, floors []wordSearch) *scenario {
	sc := &scenario{name: name, what: what, want: 200, mark: `<th scope="row">`, most: pageAtMost}
	var kontor, rows [][]byte
	for i, u := range urls {
		q := url.Values{"m": {strconv.FormatInt(l.merchant, 10)}, "a": floors[i].args, "all": {"1"}, "count": {floors[i].count}}
		if l.few() {
			q.Set("few", "1")
		}
		if floors[i].once {
			q.Set("once", "1")
		}
		if text := textOf(u); text != "" && !strings.ContainsAny(text, " :") { // a word alone may be a reference
			q.Set("find", text)
		}
		kontor = append(kontor, get(u, l.cookie))
		rows = append(rows, get("/list/"+floors[i].list+"?"+q.Encode(), ""))
	}
	sc.kontor, sc.floor = cycle(kontor), cycle(rows)
	return sc
}

// search is a scenario of n searches: each is a query, the city in it, folded,
// and the words in it, which are of one number.
func (l lister) search(name, what string, n int, query func(i int) (text, city string, words []string)) *scenario {
	var urls []string
	var floors []wordSearch
	for i := range n {
		text, city, words := query(i)
		urls = append(urls, views.CustomersQuery{Text: text}.URL(l.merchant))
		floors = append(floors, l.found(city, words))
	}
	sc := l.lists(name, what, urls, floors)
	sc.most = searchAtMost
	return sc
}

// found is the floor's list of those of a city, or any where it is "", in whom
// words are found.
func (l lister) found(city string, words []string) wordSearch {
	if len(words) > 0 && !l.plain() {
		return l.trigrams.search(l.merchant, words, city)
	}
	s := wordSearch{list: "city", args: []string{strconv.FormatInt(l.merchant, 10)}}
	if len(words) > 0 {
		s.list, s.args = like(len(words)), append(s.args, patterns(words...)...)
		if city != "" {
			s.list += "-city"
		}
	}
	if city != "" {
		s.args = append(s.args, city)
	}
	return s
}

func (l lister) negation() *scenario {
	var urls []string
	var args [][]string
	for _, country := range l.countries {
		urls = append(urls, views.CustomersQuery{Text: "-country:" + country}.URL(l.merchant))
		args = append(args, []string{strconv.FormatInt(l.merchant, 10), country})
	}
	sc := l.list("negation", "such as -country:"+l.countries[0], "not-country", urls, args)
	sc.most = searchAtMost
	return sc
}

func (l *lister) metadata() *scenario {
	merchant := strconv.FormatInt(l.merchant, 10)
	floor, of := "metadata", []string{merchant}
	switch {
	case l.postgres:
		floor = "with-metadata"
	case l.few():
		floor, of = "few-metadata", []string{merchant, merchant}
	}
	var urls []string
	var args [][]string
	for _, entry := range l.subjects.metadata {
		urls = append(urls, views.CustomersQuery{Text: "metadata." + entry[0] + ":" + quoted(entry[1])}.URL(l.merchant))
		args = append(args, append(slices.Clip(of), entry[0], entry[1]))
	}
	first := l.subjects.metadata[0]
	sc := l.list("metadata", "such as metadata."+first[0]+":"+first[1], floor, urls, args)
	sc.most = searchAtMost
	return sc
}

func (l lister) customer() *scenario {
	var kontor, rows [][]byte
	for _, id := range l.customers {
		kontor = append(kontor, get(views.CustomerURL(l.merchant, id), l.cookie))
		rows = append(rows, get(fmt.Sprintf("/customer?m=%d&id=%d&all=1", l.merchant, id), ""))
	}
	return &scenario{name: "customer page", what: "any", want: 200, most: pageAtMost, kontor: cycle(kontor), floor: cycle(rows)}
}

// jumps are the scenarios of staff who look for one customer of any merchant.
func (s *subjects) jumps(staff *visit) []*scenario {
	var out []*scenario
	for _, jump := range []struct{ by, what string }{
		{"id", "an ID"}, {"reference", "a reference"}, {"email", "an e-mail address"}, {"phone", "a phone number"},
	} {
		var kontor, rows [][]byte
		for _, text := range s.named[jump.by] {
			q := url.Values{"q": {text}}.Encode()
			kontor = append(kontor, get(views.FindURL+"?"+q, staff.cookie))
			rows = append(rows, get("/find/"+jump.by+"?"+q, ""))
		}
		if len(kontor) > 0 {
			out = append(out, &scenario{name: "jump by " + jump.what, want: 303, most: searchAtMost, kontor: cycle(kontor), floor: cycle(rows)})
		}
	}
	return out
}

// textOf is the query that a list's address says.
func textOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("q")
}
