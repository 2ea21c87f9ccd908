package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"kontor/db/core"
)

// dice are all the chance there is in the data.
type dice struct{ *rand.Rand }

// Read fills b with what chance gives.
func (d dice) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(d.IntN(256))
	}
	return len(b), nil
}

// chance is true so many times in a hundred.
func (d dice) chance(percent float64) bool { return d.Float64()*100 < percent }

// pick returns one of all, each as likely.
func pick[T any](d dice, all []T) T { return all[d.IntN(len(all))] }

// pickFirst returns one of all, the first ones more likely than the last.
func pickFirst[T any](d dice, all []T) T {
	return all[min(d.IntN(len(all)), d.IntN(len(all)))]
}

// fill puts digits and letters for the marks of a pattern, never so that they
// look like a card's.
func (d dice) fill(pattern string) string {
	for {
		text := strings.Map(func(r rune) rune {
			switch r {
			case '#':
				return '0' + rune(d.IntN(10))
			case 'N':
				return '2' + rune(d.IntN(8))
			case '@':
				return rune("ABEGHJLNPRSTWXYZ"[d.IntN(16)])
			}
			return r
		}, pattern)
		if !core.HasCardNumber(core.Digits(text)) {
			return text
		}
	}
}

// phone returns a number of the pattern as people write it: as it is dialled
// at home, or with the country's code in front.
func (c *country) phone(d dice, pattern string, abroad bool) string {
	for {
		home := d.fill(pattern)
		from := strings.NewReplacer("(", "", ")", "").Replace(strings.TrimPrefix(home, c.trunk))
		if core.HasCardNumber(core.Digits(c.dial + from)) {
			continue
		}
		if abroad {
			return "+" + c.dial + " " + from
		}
		return home
	}
}

// A person is who a customer is made of.
type person struct {
	in            *country
	woman         bool
	first, family string
	city          city
	street        string
	postcode      string
}

func (d dice) person(in *country) person {
	p := person{in: in, woman: d.chance(52)}
	p.first = pickFirst(d, in.men)
	if p.woman {
		p.first = pickFirst(d, in.women)
	}
	if d.chance(4) {
		if second := pick(d, in.men); !p.woman && second != p.first && utf8.RuneCountInString(p.first) > 2 {
			p.first += " " + second
		}
	}
	p.family = d.familyName(in, p.woman)
	if d.chance(4) {
		if other := d.familyName(in, p.woman); other != p.family && in.code != "JP" {
			p.family += "-" + other
		}
	}
	d.move(&p)
	return p
}

func (d dice) familyName(in *country, woman bool) string {
	name := pick(d, in.family)
	if woman && in.familyOf != nil {
		return in.familyOf(name)
	}
	return name
}

// move gives the person a new address in the country.
func (d dice) move(p *person) {
	p.city = pickFirst(d, p.in.cities)
	p.postcode = d.fill(p.city.postcode)
	number := fmt.Sprint(1 + min(d.IntN(180), d.IntN(180)))
	if d.chance(8) && !strings.HasPrefix(p.in.street, "{number}") {
		number += string("abc"[d.IntN(3)])
	}
	street := pick(d, p.in.streets)
	if p.in.code == "US" && d.chance(20) {
		street += fmt.Sprintf(", Apt %d%c", 1+d.IntN(20), "ABCDEF"[d.IntN(6)])
	}
	p.street = strings.NewReplacer("{street}", street, "{number}", number).Replace(p.in.street)
}

// address adds the person's address to the changes, as that of a role or under
// another name.
func (p person) address(ch core.Changes, as string) {
	ch[as+".street"], ch[as+".postcode"], ch[as+".city"], ch[as+".country"] = p.street, p.postcode, p.city.name, p.in.code
	if p.city.state != "" {
		ch[as+".state"] = p.city.state
	}
}

// phone returns a number of the person's.
func (d dice) phone(p person, abroad bool) string {
	pattern := p.city.phone
	if d.chance(60) {
		pattern = pick(d, p.in.mobile)
	}
	return p.in.phone(d, pattern, abroad)
}

var mailHosts = []string{
	"example.com", "example.org", "example.net", "mail.example", "post.example", "home.example", "inbox.example", "web.example",
}

// email returns an address made of the name. Plain ones go to those who came
// early, as everywhere.
func (d dice) email(p person, early bool) string {
	first, family := slug(p.first), slug(p.family)
	if first == "" || family == "" { // a name in another script
		return d.fill("kokyaku####") + "@" + pick(d, mailHosts)
	}
	var local string
	switch d.IntN(6) {
	case 0:
		local = first[:1] + "." + family
	case 1:
		local = first + family
	case 2:
		local = family + "." + first
	default:
		local = first + "." + family
	}
	if !early {
		local += d.fill("N###"[:2+d.IntN(3)])
	}
	return local + "@" + pickFirst(d, mailHosts)
}

// slug spells a name with the letters a to z.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, core.Fold(name))
}

// companyOf names a business and returns its part of web addresses.
func (d dice) companyOf(p person) (name, host string) {
	family := pick(d, p.in.family)
	trade := pick(d, p.in.trades)
	name = strings.NewReplacer("{family}", family, "{trade}", trade, "{city}", p.city.name).Replace(pick(d, p.in.company))
	host = slug(trade) + "-" + slug(family)
	if slug(family) == "" {
		host = slug(trade)
	}
	return name, host + ".example"
}

// birthday returns a day that makes somebody an adult by now.
func (d dice) birthday(now time.Time) string {
	days := 18*366 + d.IntN(30*365) + d.IntN(35*365)
	return now.AddDate(0, 0, -days).Format(time.DateOnly)
}
