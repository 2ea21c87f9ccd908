package core

import (
	"maps"
	"slices"
	"strings"
)

// MergeVersions are the versions of two customers that were looked at before
// they are merged; 0 is whatever it is.
type MergeVersions struct{ Winner, Loser int64 }

// A Take names what a merged customer takes from the loser where both have it.
// What is not named is the winner's, filled from the loser where the winner
// has nothing. The names are those of [Contrast]; "card" is the default card.
type Take map[string]bool

// TakeCard is the name in a [Take] for the loser's default card.
const TakeCard = "card"

// A Contrast is one thing that can be said of two customers, with what each
// says; "" is nothing. The fields are plain ones, of which "name" stands for
// all three that make a name, "metadata.KEY", and "billing" and "shipping" for
// whole addresses.
type Contrast struct {
	Field         string
	Winner, Loser string
}

// Open reports whether somebody has to choose: both say something, and not the
// same.
func (c Contrast) Open() bool { return c.Winner != "" && c.Loser != "" && c.Winner != c.Loser }

// nameFields are the plain fields that make one name.
var nameFields = []string{"name", "first_name", "last_name"}

// Contrasts returns what is known of either customer, in the order of the form.
func Contrasts(winner, loser Customer) []Contrast {
	var all []Contrast
	add := func(field, a, b string) {
		if a != "" || b != "" {
			all = append(all, Contrast{field, a, b})
		}
	}
	for _, f := range customerFields {
		switch {
		case f.Name == "name":
			add("name", winner.ownName(), loser.ownName())
		case slices.Contains(nameFields, f.Name):
		default:
			add(f.Name, *f.At(&winner), *f.At(&loser))
		}
	}
	for _, role := range []AddressType{Billing, Shipping} {
		if role == Shipping && winner.ShippingIsBilling() && loser.ShippingIsBilling() {
			continue // one address each
		}
		a, _ := winner.defaultAddress(role)
		b, _ := loser.defaultAddress(role)
		add(string(role), a.line(), b.line())
	}
	keys := map[string]bool{}
	for _, m := range slices.Concat(winner.Metadata, loser.Metadata) {
		keys[m.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, _ := winner.Meta(key)
		b, _ := loser.Meta(key)
		add("metadata."+key, a.Text(), b.Text())
	}
	return all
}

// ownName is the name, without the company that stands in for it elsewhere.
func (c Customer) ownName() string {
	c.Company = ""
	return c.FullName()
}

// line is the address as one line of text; two that say the same are the same.
func (a Address) line() string {
	var parts []string
	for _, f := range addressFields {
		if v := *f.At(&a); v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, ", ")
}

// Absorb returns what becomes of the customer when another is merged into it,
// and what is wrong with that. The loser's addresses come along under their
// own IDs, but for those that the winner has already; of each type one stays
// the default. The version is one that neither customer ever had, so that
// whoever looked at either before is told of the change.
func (c Customer) Absorb(loser Customer, take Take) (Customer, Invalid) {
	var bad Invalid
	contrasts := Contrasts(c, loser)
	for _, field := range slices.Sorted(maps.Keys(take)) {
		known := slices.ContainsFunc(contrasts, func(one Contrast) bool { return one.Field == field })
		if !known && field != TakeCard {
			bad.add(field, Unknown)
		}
	}
	old, ch, theirs := c, Changes{}, loser.Fields()
	for _, one := range contrasts {
		if one.Loser == "" || one.Loser == one.Winner || (one.Winner != "" && !take[one.Field]) {
			continue
		}
		switch one.Field {
		case "name":
			for _, part := range nameFields {
				ch[part] = theirs[part]
			}
		case string(Billing), string(Shipping):
		default:
			ch[one.Field] = theirs[one.Field]
		}
	}
	c, broken := c.With(ch)
	bad = append(bad, broken...)
	c.absorbAddresses(loser, take)
	if len(c.Addresses) > MaxAddresses {
		bad = append(bad, Fault{Field: "addresses", Rule: TooMany, Limit: MaxAddresses})
	}
	if c.Phone != old.Phone || c.country() != old.country() {
		c.PhoneE164 = E164(c.Phone, c.country())
	}
	c.Version = max(c.Version, loser.Version) + 1
	return c, bad.inOrder()
}

func (c *Customer) absorbAddresses(loser Customer, take Take) {
	had := *c
	c.Addresses = slices.Clone(c.Addresses)
	for _, a := range loser.Addresses {
		if c.sameAddress(a) < 0 {
			a.Default = false
			c.Addresses = append(c.Addresses, a)
		}
	}
	for _, role := range []AddressType{Billing, Shipping} {
		theirs, ok := loser.defaultAddress(role)
		_, has := had.defaultAddress(role)
		if !ok || (has && !take[string(role)]) {
			continue
		}
		i := c.sameAddress(theirs)
		for j, a := range c.Addresses {
			// An address for both keeps the other role only while it has no rival.
			if a.Default && (a.Type == c.Addresses[i].Type || a.Type == role) {
				c.Addresses[j].Default = false
			}
		}
		c.Addresses[i].Default = true
	}
	slices.SortFunc(c.Addresses, func(a, b Address) int { return int(a.ID - b.ID) })
}

// sameAddress returns where the customer has an address that says the same and
// serves for the same, or -1.
func (c Customer) sameAddress(a Address) int {
	return slices.IndexFunc(c.Addresses, func(b Address) bool {
		return b.line() == a.line() && (b.Type == a.Type || b.Type == Both)
	})
}

// Unabsorb returns the customer as it was before a merge, of which before holds
// the values from then. The addresses that came with the merge are taken to
// have gone again.
func (c Customer) Unabsorb(before Changes) Customer {
	back := Changes{}
	for name, v := range before {
		rest, isAddress := strings.CutPrefix(name, "address.")
		key, _, _ := strings.Cut(rest, ".")
		gone := !slices.ContainsFunc(c.Addresses, func(a Address) bool { return addressKey(a.ID) == "address."+key })
		if !isAddress || !gone {
			back[name] = v
		}
	}
	was, _ := c.With(back) // these values stood there: they need no checking
	return was
}

// Beats reports whether of two records of one and the same card this is the one
// to keep: one that can be used, else the one that is good for longer.
func (c Card) Beats(other Card) bool {
	switch {
	case c.RemovedAt.IsZero() != other.RemovedAt.IsZero():
		return c.RemovedAt.IsZero()
	case c.Active != other.Active:
		return c.Active
	case c.Expiry.Year != other.Expiry.Year:
		return c.Expiry.Year > other.Expiry.Year
	}
	return c.Expiry.Month > other.Expiry.Month
}
