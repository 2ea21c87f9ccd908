package demo

import (
	"fmt"
	"strings"

	"kontor/db/core"
)

// customer makes up a customer of the merchant, the nth that it gets.
func (f *filler) customer(m *merchant, n int) core.Changes {
	d := f.dice
	in := m.country(d)
	p := d.person(in)
	ch := core.Changes{}
	switch kind := d.Float64() * 100; {
	case kind < 72:
		f.private(ch, m, p)
	case kind < 90:
		f.business(ch, p)
	default:
		f.sparse(ch, p)
	}
	if d.chance(86) && !m.taken[n] {
		ch["reference"] = m.reference(n)
	}
	if d.chance(75) && ch["billing.country"] != "" {
		ch["language"] = pickFirst(d, in.languages)
	}
	if d.chance(60) {
		ch["currency"] = in.currency
		if d.chance(30) {
			ch["currency"] = m.Currency
		}
	}
	f.metadata(ch)
	if d.chance(6) {
		ch["description"] = pick(d, descriptions)
	}
	if d.chance(3) {
		ch["custom_id"] = pick(d, []string{"Campaign ", "Fair ", "Route ", "Table "}) + fmt.Sprint(1+d.IntN(40))
	}
	return ch
}

// private is somebody who buys for themselves.
func (f *filler) private(ch core.Changes, m *merchant, p person) {
	d := f.dice
	if d.chance(92) {
		ch["first_name"], ch["last_name"] = p.first, p.family
	} else {
		ch["name"] = p.first + " " + p.family
	}
	if d.chance(95) {
		ch["email"] = d.email(p, d.chance(f.early()))
	}
	if d.chance(72) {
		ch["phone"] = d.phone(p, p.in.code != m.Country || d.chance(60))
	}
	p.address(ch, "billing")
	if d.chance(30) {
		ch["date_of_birth"] = d.birthday(f.now)
	}
	if d.chance(10) {
		ch["billing.salutation"] = f.salutation(p)
	}
	switch delivery := d.Float64() * 100; {
	case delivery < 34:
		ch["shipping.same"] = "true"
	case delivery < 44: // to work, to the parents
		to := d.person(p.in)
		to.address(ch, "shipping")
		if d.chance(40) {
			ch["shipping.organisation"], _ = d.companyOf(to)
		} else {
			ch["shipping.given_name"], ch["shipping.family_name"] = to.first, p.family
		}
	case delivery < 47:
		other := d.person(p.in)
		other.address(ch, "address.new")
		ch["address.new.type"] = string(pick(d, []core.AddressType{core.Billing, core.Shipping}))
	}
}

func (f *filler) salutation(p person) string {
	words := []string{"Mr", "Ms"}
	switch p.in.languages[0][:2] {
	case "de":
		words = []string{"Herr", "Frau"}
	case "fr":
		words = []string{"M.", "Mme"}
	case "it":
		words = []string{"Sig.", "Sig.ra"}
	}
	if p.woman {
		return words[1]
	}
	return words[0]
}

// business is a company, mostly with somebody to talk to.
func (f *filler) business(ch core.Changes, p person) {
	d := f.dice
	company, host := d.companyOf(p)
	ch["company"] = company
	if d.chance(70) {
		ch["first_name"], ch["last_name"] = p.first, p.family
	}
	switch box := d.IntN(10); {
	case box < 3:
		ch["email"] = pick(d, []string{"info", "office", "billing", "hello"}) + "@" + host
	case box < 9 && slug(p.family) != "":
		ch["email"] = slug(p.family) + "@" + host
	}
	if ch["email"] != "" && d.chance(15) {
		ch["bcc"] = "accounts@" + host
	}
	if d.chance(80) {
		ch["phone"] = p.in.phone(d, p.city.phone, d.chance(70))
	}
	if d.chance(55) {
		ch["organisation_number"] = d.fill(p.in.companyNo)
	}
	p.address(ch, "billing")
	ch["billing.organisation"] = company
	switch delivery := d.IntN(10); {
	case delivery < 5:
		ch["shipping.same"] = "true"
	case delivery < 7:
		d.move(&p)
		p.address(ch, "shipping")
		ch["shipping.organisation"] = company
	case delivery < 8:
		d.move(&p)
		p.address(ch, "address.branch")
		ch["address.branch.type"] = string(core.Shipping)
		ch["address.branch.organisation"] = company
	}
}

// sparse is somebody of whom little is known.
func (f *filler) sparse(ch core.Changes, p person) {
	d := f.dice
	switch d.IntN(6) {
	case 0: // a newsletter's
		ch["email"] = d.email(p, false)
	case 1: // one word
		ch["name"] = pick(d, []string{p.first, p.family, strings.ToUpper(p.family)})
		ch["phone"] = d.phone(p, true)
	case 2: // as the till prints it
		ch["name"] = p.family + ", " + p.first
		ch["billing.city"] = p.city.name
	case 3: // a country that nobody could read
		ch["first_name"], ch["last_name"] = p.first, p.family
		ch["email"] = d.email(p, false)
		p.address(ch, "billing")
		delete(ch, "billing.country")
		ch["billing.country_text"] = pick(d, []string{p.in.name + "?", strings.ToUpper(p.in.name), "-", "?"})
	case 4: // no e-mail, no phone
		ch["first_name"], ch["last_name"] = p.first, p.family
		p.address(ch, "billing")
	default: // only a name and a way to reach it
		ch["first_name"], ch["last_name"] = p.first, p.family
		ch["email"] = d.email(p, false)
	}
}

func (f *filler) metadata(ch core.Changes) {
	d := f.dice
	if d.chance(45) {
		ch["metadata.tier"] = core.MetaText(pickFirst(d, []string{"bronze", "silver", "gold", "platinum"}))
	}
	if d.chance(40) {
		ch["metadata.channel"] = core.MetaText(pickFirst(d, []string{"shop", "web", "phone", "market", "partner"}))
	}
	if d.chance(30) {
		ch["metadata.newsletter"] = fmt.Sprint(d.chance(55))
	}
	if d.chance(12) {
		ch["metadata.points"] = fmt.Sprint(d.IntN(400) * 5)
	}
}

// early is how many in a hundred still get a plain e-mail address.
func (f *filler) early() float64 { return 100 * min(1, 1500/float64(f.done+1)) }

// again is the same person come a second time, by another way and written a
// little differently: a likely duplicate.
func (f *filler) again(ch core.Changes) core.Changes {
	d := f.dice
	twin := core.Changes{}
	for _, name := range []string{
		"first_name", "last_name", "name", "company", "email", "phone",
		"billing.street", "billing.postcode", "billing.city", "billing.country",
	} {
		if v := ch[name]; v != "" {
			twin[name] = v
		}
	}
	switch d.IntN(3) {
	case 0:
		delete(twin, "phone")
		for _, name := range []string{"first_name", "last_name", "name"} {
			if v, ok := twin[name]; ok {
				twin[name] = strings.ToLower(v)
			}
		}
	case 1:
		delete(twin, "company")
		if twin["billing.postcode"] != "" && twin["first_name"] != "" {
			delete(twin, "email")
		}
	default:
		for _, name := range []string{"billing.street", "billing.postcode", "billing.city", "billing.country"} {
			delete(twin, name)
		}
		if phone := twin["phone"]; phone != "" && !strings.HasPrefix(phone, "+") {
			delete(twin, "phone")
		}
	}
	return twin
}

var descriptions = []string{
	"Collects on Saturdays", "Invoice by post", "Standing order for the office", "Wedding in spring", "Allergic to nuts",
	"Pays on account, 14 days", "Wholesale", "Met at the fair", "Deliver to the back door", "Prefers to be called in the morning",
	"Reseller since the first year", "Gift baskets in December", "Leave with the neighbours", "Speaks little English",
	"Wants one invoice a month", "Key account", "Staff discount", "Ring twice",
}
