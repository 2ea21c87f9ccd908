package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// person makes a stored customer: its new addresses get IDs from the first on.
func person(first int64, fields ...string) Customer {
	ch := Changes{}
	for i := 0; i+1 < len(fields); i += 2 {
		ch[fields[i]] = fields[i+1]
	}
	c, bad := Customer{}.With(ch)
	if len(bad) > 0 {
		panic(bad.Error())
	}
	for i := range c.Addresses {
		c.Addresses[i].ID = first + int64(i)
	}
	c.Version = 1
	return c
}

func TestAbsorb(t *testing.T) {
	w := person(10, "name", "Bo Ek", "email", "bo@example.com", "billing.city", "Oslo", "billing.country", "NO",
		"metadata.tier", `"gold"`, "metadata.visits", "12")
	l := person(20, "first_name", "Bo Erik", "last_name", "Ek", "email", "ek@example.com", "phone", "22 44 22 22", "reference", "r-2",
		"billing.city", "Bergen", "shipping.city", "Moss", "metadata.tier", `"silver"`, "metadata.color", `"red"`)
	tests := []struct {
		name string
		take Take
		want map[string]string
	}{
		{"the winner's, filled from the loser", nil, map[string]string{
			"name": "Bo Ek", "first_name": "", "email": "bo@example.com", "phone": "22 44 22 22", "reference": "r-2",
			"metadata.tier": `"gold"`, "metadata.visits": "12", "metadata.color": `"red"`, "billing": "Oslo", "shipping": "Moss",
		}},
		{"what is taken", Take{"name": true, "email": true, "metadata.tier": true, "billing": true}, map[string]string{
			"name": "", "first_name": "Bo Erik", "last_name": "Ek", "email": "ek@example.com", "metadata.tier": `"silver"`,
			"metadata.visits": "12", "billing": "Bergen", "shipping": "Moss",
		}},
		{"taking what there is not takes nothing away", Take{"metadata.visits": true}, map[string]string{"metadata.visits": "12"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, bad := w.Absorb(l, tt.take)
			if len(bad) > 0 {
				t.Fatal(bad)
			}
			got := c.Fields()
			billing, _ := c.Billing()
			shipping, _ := c.Shipping()
			got["billing"], got["shipping"] = billing.City, shipping.City
			for name, want := range tt.want {
				if got[name] != want {
					t.Errorf("%s is %q, want %q", name, got[name], want)
				}
			}
			if len(c.Addresses) != 3 || c.Version != 2 || c.PhoneE164 != E164("22 44 22 22", billing.Country) {
				t.Errorf("%d addresses, version %d, phone %s", len(c.Addresses), c.Version, c.PhoneE164)
			}
		})
	}
	if len(w.Addresses) != 1 || len(w.Metadata) != 2 {
		t.Error("the winner given was changed")
	}
}

// TestAbsorbLeavesOneDefaultOfEachType tries every mix of what addresses are
// for, and every choice.
func TestAbsorbLeavesOneDefaultOfEachType(t *testing.T) {
	kinds := [][]string{
		{},
		{"billing.city", "A"},
		{"shipping.city", "B"},
		{"billing.city", "A", "shipping.city", "B"},
		{"billing.city", "A", "shipping.same", "true"},
		{"billing.city", "A", "shipping.same", "true", "address.5.city", "C", "address.5.type", "billing"},
	}
	for i, ours := range kinds {
		for j, theirs := range kinds {
			for _, take := range []Take{nil, {"billing": true}, {"shipping": true}, {"billing": true, "shipping": true}} {
				w := person(10, append([]string{"name", "W"}, ours...)...)
				l := person(20, append([]string{"name", "L"}, theirs...)...)
				for k := range l.Addresses {
					l.Addresses[k].Street = "Theirs"
				}
				known := Take{}
				for _, one := range Contrasts(w, l) {
					if take[one.Field] {
						known[one.Field] = true
					}
				}
				c, bad := w.Absorb(l, known)
				if len(bad) > 0 {
					t.Fatalf("%d %d %v: %v", i, j, take, bad)
				}
				defaults := map[AddressType]int{}
				for _, a := range c.Addresses {
					if a.Default {
						defaults[a.Type]++
					}
				}
				for kind, n := range defaults {
					if n > 1 {
						t.Errorf("%d %d %v: %d defaults of %s", i, j, take, n, kind)
					}
				}
				if len(c.Addresses) != len(w.Addresses)+len(l.Addresses) {
					t.Errorf("%d %d %v: %d addresses", i, j, take, len(c.Addresses))
				}
				for role, get := range map[string]func(Customer) (Address, bool){"billing": Customer.Billing, "shipping": Customer.Shipping} {
					was, had := get(w)
					other, has := get(l)
					is, ok := get(c)
					switch want := was; {
					case !had && !has:
						if ok {
							t.Errorf("%d %d %v: has a %s address", i, j, take, role)
						}
					case known[role] && has, !had:
						want = other
						fallthrough
					default:
						both := was.Type == Both && other.Type == Both // one choice for the two
						if is.ID != want.ID && !both {
							t.Errorf("%d %d %v: %s is %+v, want %+v", i, j, take, role, is, want)
						}
					}
				}
				from, _ := Diff(w, c)
				without := c
				without.Addresses = slices.DeleteFunc(slices.Clone(c.Addresses), func(a Address) bool { return a.Street == "Theirs" })
				back := without.Unabsorb(from)
				if from, to := Diff(w, back); len(from) > 0 {
					t.Errorf("%d %d %v: brought apart it differs by %v to %v", i, j, take, from, to)
				}
			}
		}
	}
}

func TestAbsorbKeepsOneOfTwoSameAddresses(t *testing.T) {
	w := person(10, "name", "W", "billing.city", "Oslo", "billing.country", "NO")
	l := person(20, "name", "L", "billing.city", "Oslo", "billing.country", "NO")
	c, _ := w.Absorb(l, nil)
	if len(c.Addresses) != 1 || c.Addresses[0].ID != 10 {
		t.Errorf("addresses %+v", c.Addresses)
	}
}

func TestAbsorbRefusesWhatNobodyCanHave(t *testing.T) {
	w, l := person(10, "name", "W"), person(20, "name", "L")
	for i := range 15 {
		key := strings.Repeat("k", i+1)
		w.Metadata = append(w.Metadata, Meta{Key: "w" + key, Value: "1"})
		l.Metadata = append(l.Metadata, Meta{Key: "l" + key, Value: "1"})
	}
	for i := range 30 {
		w.Addresses = append(w.Addresses, Address{ID: int64(100 + i), Type: Billing, City: "W" + fmt.Sprint(i)})
		l.Addresses = append(l.Addresses, Address{ID: int64(200 + i), Type: Billing, City: "L" + fmt.Sprint(i)})
	}
	_, bad := w.Absorb(l, Take{"nonsense": true})
	for field, rule := range map[string]Rule{"metadata": TooMany, "addresses": TooMany, "nonsense": Unknown} {
		if f, _ := bad.Field(field); f.Rule != rule {
			t.Errorf("%s breaks %q, want %q", field, f.Rule, rule)
		}
	}
}

func TestContrasts(t *testing.T) {
	w := person(10, "name", "Bo", "company", "Ek AS", "billing.city", "Oslo", "shipping.same", "true", "metadata.n", "12")
	l := person(20, "company", "Ek AS", "email", "bo@example.com", "billing.city", "Moss", "shipping.same", "true", "metadata.n", `"12"`)
	var got []string
	for _, one := range Contrasts(w, l) {
		mark := ""
		if one.Open() {
			mark = "?"
		}
		got = append(got, one.Field+mark)
	}
	if want := "name company email billing? metadata.n"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestBeats(t *testing.T) {
	good := Card{Active: true, Expiry: Expiry{Year: 2030, Month: 1}}
	later, off := good, good
	later.Expiry.Month = 2
	off.Active = false
	if !later.Beats(good) || good.Beats(later) || !good.Beats(off) || good.Beats(good) {
		t.Error("the better card is not the one that can be used for longer")
	}
}
