package demo

import (
	"math/rand/v2"
	"testing"

	"kontor/db/core"
)

func TestPhonesAreOfTheirCountry(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 2))}
	for _, c := range countries {
		if core.CountryName(c.code) == "" {
			t.Errorf("no country %s", c.code)
		}
		patterns := c.mobile
		for _, city := range c.cities {
			patterns = append(patterns, city.phone)
		}
		for _, pattern := range patterns {
			valid := 0
			for i := range 100 {
				if core.PlausiblePhone(c.phone(d, pattern, i%2 == 0), c.code) {
					valid++
				}
			}
			if valid < 95 {
				t.Errorf("%s %s: %d of 100 are valid", c.code, pattern, valid)
			}
		}
	}
}

func TestEveryPersonIsCompleted(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 2))}
	for _, c := range countries {
		for range 200 {
			p := d.person(c)
			ch := core.Changes{"first_name": p.first, "last_name": p.family, "email": d.email(p, false), "currency": c.currency}
			ch["company"], _ = d.companyOf(p)
			ch["language"] = pick(d, c.languages)
			p.address(ch, "billing")
			if _, bad := (core.Customer{}).With(ch); bad != nil {
				t.Fatalf("%s: %v of %v", c.code, bad, ch)
			}
			for name, text := range ch {
				if text == "" || hasMarks(text) {
					t.Fatalf("%s: %s is %q", c.code, name, text)
				}
			}
		}
	}
}

// hasMarks reports whether something in a pattern was not filled in.
func hasMarks(text string) bool {
	for _, r := range text {
		if r == '#' || r == '{' || r == '}' || r == '_' {
			return true
		}
	}
	return false
}
