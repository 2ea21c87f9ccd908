package demo

import "strings"

// A country is what the people of a country are called, where they live and
// how they write it down. In patterns # is a digit, N one from 2 to 9 and @ a
// letter that postcodes use.
type country struct {
	code       string // ISO 3166-1 alpha-2
	name       string // as people there write it
	languages  []string
	currency   string
	women, men []string
	family     []string
	familyOf   func(family string) string // of women, where it differs

	streets   []string
	street    string // how {street} and {number} stand
	cities    []city
	dial      string // the country's calling code
	trunk     string // what numbers at home begin with and those from abroad do not
	mobile    []string
	trades    []string
	company   []string // how {trade}, {family} and {city} make a company
	companyNo string
}

// A city has a share of its country's people as its place in the list tells:
// the first has the most.
type city struct {
	name     string
	state    string
	postcode string
	phone    string // of landlines, as dialled at home
}

// list reads names parted by spaces, in which _ stands for a space.
func list(names string) []string {
	all := strings.Fields(names)
	for i, name := range all {
		all[i] = strings.ReplaceAll(name, "_", " ")
	}
	return all
}

// byCode returns the country with the code.
func byCode(code string) *country {
	for _, c := range countries {
		if c.code == code {
			return c
		}
	}
	panic("demo: no country " + code)
}

var countries = []*country{
	&germany, &austria, &switzerland, &bosnia, &poland, &czechia,
	&france, &italy, &spain, &brazil,
	&netherlands, &sweden, &norway, &denmark,
	&britain, &america, &canada, &japan,
}
