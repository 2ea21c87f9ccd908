package core

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// with changes a customer that must not have faults.
func with(t *testing.T, c Customer, pairs ...string) Customer {
	t.Helper()
	got, bad := c.With(pairsOf(pairs...))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return got
}

func pairsOf(pairs ...string) Changes {
	ch := Changes{}
	for i := 0; i+1 < len(pairs); i += 2 {
		ch[pairs[i]] = pairs[i+1]
	}
	return ch
}

func TestNamesHaveOneForm(t *testing.T) {
	parted := with(t, Customer{}, "first_name", "Ana", "last_name", "Kos")
	named := with(t, Customer{}, "name", "Ana Kos")
	for _, tt := range []struct {
		what              string
		from              Customer
		ch                Changes
		name, first, last string
	}{
		{"the name that is read anyway changes nothing", parted, Changes{"name": "Ana Kos"}, "", "Ana", "Kos"},
		{"another name clears the parts", parted, Changes{"name": "Ana K."}, "Ana K.", "", ""},
		{"a part clears the name", named, Changes{"last_name": "Kos"}, "", "", "Kos"},
		{"both forms that say the same", Customer{}, Changes{"name": "Ana Kos", "first_name": "Ana", "last_name": "Kos"}, "", "Ana", "Kos"},
		{"clearing the name", named, Changes{"name": "", "company": "Kos d.o.o."}, "", "", ""},
		{"a form that shows the old name and sets parts", named, Changes{"name": "Ana Kos", "first_name": "Anna", "last_name": "Kos"}, "", "Anna", "Kos"},
	} {
		c, bad := tt.from.With(tt.ch)
		if len(bad) > 0 || c.Name != tt.name || c.FirstName != tt.first || c.LastName != tt.last {
			t.Errorf("%s: %q, %q %q, %v", tt.what, c.Name, c.FirstName, c.LastName, bad)
		}
	}
	if _, bad := (Customer{}).With(Changes{"name": "Ana Kos", "first_name": "Eve"}); len(bad) != 1 || bad[0].Rule != Either {
		t.Errorf("two names that differ: %v", bad)
	}
}

func TestTitleFallsBack(t *testing.T) {
	for _, tt := range []struct {
		c    Customer
		want string
	}{
		{Customer{Name: "Ana Kos", Company: "Kos"}, "Ana Kos"},
		{Customer{LastName: "Kos"}, "Kos"},
		{Customer{Company: "Kos d.o.o.", Email: "a@example.com"}, "Kos d.o.o."},
		{Customer{Email: "a@example.com", Reference: "r"}, "a@example.com"},
		{Customer{Reference: "r"}, "r"},
		{Customer{}, "No name"},
	} {
		if got := tt.c.Title(); got != tt.want {
			t.Errorf("%+v is called %q, want %q", tt.c, got, tt.want)
		}
	}
}

func TestCountryIsTheCodeAndTheTextStaysBesideIt(t *testing.T) {
	for given, want := range map[string]string{
		"Canada": "CA", "ca": "CA", "UK": "GB", "gb": "GB", "USA": "US", "Czech Republic": "CZ", "Deutschland": "DE",
		"United Kingdom": "GB", "Côte d'Ivoire": "CI", "Bosnia and Herzegovina": "BA", "DEU": "DE", "Netherlands": "NL",
	} {
		c := with(t, Customer{}, "billing.country", given)
		a, _ := c.Billing()
		if a.Country != want || (len(given) != 2) != (a.CountryText == given) {
			t.Errorf("%s reads as %s, text %q", given, a.Country, a.CountryText)
		}
	}
	c := with(t, Customer{}, "billing.country", "Canada")
	c = with(t, c, "billing.country", "US")
	if a, _ := c.Billing(); a.CountryText != "" {
		t.Errorf("the text %q stays with another code", a.CountryText)
	}
	if _, bad := (Customer{}).With(Changes{"billing.country": "Atlantis"}); len(bad) != 1 || bad[0].Rule != Unknown {
		t.Errorf("Atlantis: %v", bad)
	}
}

func TestShippingSameAsBilling(t *testing.T) {
	c := with(t, Customer{}, "billing.city", "Oslo", "shipping.same", "true")
	if len(c.Addresses) != 1 || c.Addresses[0].Type != Both || !c.ShippingIsBilling() {
		t.Fatalf("%+v", c.Addresses)
	}
	c = with(t, c, "shipping.same", "false", "shipping.city", "Bergen")
	b, _ := c.Billing()
	s, _ := c.Shipping()
	if b.City != "Oslo" || s.City != "Bergen" || b.Type != Billing || s.Type != Shipping {
		t.Fatalf("apart: %+v", c.Addresses)
	}
	c = with(t, c, "shipping.same", "true")
	if !c.ShippingIsBilling() || len(c.Addresses) != 2 {
		t.Errorf("together again: %+v", c.Addresses)
	}
	c = with(t, c, "shipping.same", "false")
	if s, _ := c.Shipping(); s.City != "Bergen" {
		t.Errorf("the shipping address that was kept: %+v", s)
	}
}

// TestAnotherDefaultKeepsBothAddresses: a form sends the fields of the default
// address along while it makes another one the default.
func TestAnotherDefaultKeepsBothAddresses(t *testing.T) {
	c := with(t, Customer{}, "address.1.type", "shipping", "address.1.street", "Summer",
		"address.2.type", "shipping", "address.2.street", "Harbour", "address.2.default", "true")
	c = with(t, c, "address.1.default", "true", "address.1.street", "Summer", "shipping.street", "Harbour 2")
	s, _ := c.Shipping()
	if s.ID != 1 || s.Street != "Summer" || c.Addresses[1].Street != "Harbour 2" {
		t.Errorf("%+v", c.Addresses)
	}
}

func TestDefaultsAreOneAType(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Customer{}
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			ch := Changes{}
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				key := rapid.SampledFrom([]string{"billing.", "shipping.", "address.1.", "address.2.", "address.new."}).Draw(t, "key")
				field := rapid.SampledFrom([]string{"city", "street", "type", "default"}).Draw(t, "field")
				value := rapid.SampledFrom([]string{"", "x", "billing", "shipping", "both", "true"}).Draw(t, "value")
				if (field == "type" || field == "default") && !strings.HasPrefix(key, "address.") {
					continue
				}
				ch[key+field] = value
			}
			if same := rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "same"); same != "" {
				ch["shipping.same"] = same
			}
			next, bad := c.With(ch)
			if len(bad) > 0 {
				continue
			}
			c = next
			seen, kinds := map[AddressType]int{}, map[AddressType]int{}
			for _, a := range c.Addresses {
				kinds[a.Type]++
				if a.Default {
					seen[a.Type]++
				}
			}
			for kind, n := range seen {
				if n > 1 {
					t.Fatalf("%d defaults of %s: %+v", n, kind, c.Addresses)
				}
			}
			if _, ok := c.Billing(); !ok && kinds[Billing]+kinds[Both] > 0 {
				t.Fatalf("no billing address among %+v", c.Addresses)
			}
		}
	})
}

// TestDiffUndoes: the values before an edit, applied after it, bring back what
// was there.
func TestDiffUndoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"first_name", "last_name", "company", "email", "metadata.a", "metadata.b", "billing.city", "billing.country", "shipping.street", "phone"}
		values := map[string][]string{
			"email": {"", "a@example.com", "b@example.com"}, "metadata.a": {"", `"x"`, "12"}, "metadata.b": {"", "true"},
			"billing.country": {"", "DE", "Canada"}, "phone": {"", "+49 30 901820"},
		}
		draw := func() Changes {
			ch := Changes{}
			for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "names") {
				choices := values[name]
				if choices == nil {
					choices = []string{"", "x", "Ä y"}
				}
				ch[name] = rapid.SampledFrom(choices).Draw(t, name)
			}
			return ch
		}
		before, bad := Customer{}.With(draw())
		if len(bad) > 0 {
			return
		}
		after, bad := before.With(draw())
		if len(bad) > 0 {
			return
		}
		from, _ := Diff(before, after)
		back, _ := after.With(from)
		if diff := cmp.Diff(before.Fields(), back.Fields()); diff != "" {
			t.Fatalf("undone:\n%s", diff)
		}
	})
}

func TestMetadataLimits(t *testing.T) {
	many := Changes{}
	for i := range MaxMetadata + 1 {
		many["metadata.k"+strings.Repeat("x", i)] = `"v"`
	}
	for _, tt := range []struct {
		what string
		ch   Changes
		rule Rule
	}{
		{"too many", many, TooMany},
		{"a long key", Changes{"metadata." + strings.Repeat("k", 41): `"v"`}, TooLong},
		{"a long value", Changes{"metadata.k": MetaText(strings.Repeat("é", 513))}, TooLong},
		{"an object", Changes{"metadata.k": `{"a":1}`}, Malformed},
		{"a list", Changes{"metadata.k": `[1]`}, Malformed},
		{"null", Changes{"metadata.k": `null`}, Malformed},
		{"no JSON", Changes{"metadata.k": `gold`}, Malformed},
		{"a card", Changes{"metadata.k": `4111111111111111`}, CardText},
		{"NUL", Changes{"metadata.k": MetaText("a\x00")}, Control},
		{"no key", Changes{"metadata.": `"v"`}, Required},
	} {
		_, bad := Customer{Name: "x"}.With(tt.ch)
		if len(bad) == 0 || bad[0].Rule != tt.rule {
			t.Errorf("%s: %v, want %s", tt.what, bad, tt.rule)
		}
	}
	c := with(t, Customer{}, "metadata.n", "12", "metadata.s", `"12"`)
	if same := with(t, c, "metadata.n", MetaText("12")); same.Metadata[0].Value != "12" {
		t.Errorf("a number shown as text and sent back became %s", same.Metadata[0].Value)
	}
}

// TestCustomDataHidesNoCardNumber: Acquired's document has it in base64.
func TestCustomDataHidesNoCardNumber(t *testing.T) {
	for text, want := range map[string]bool{
		`{"card":"4111 1111 1111 1111","cvv":"123"}`: true, `{"card":"4111111111111111"}`: true, `{"order":"4111111111111112"}`: false, "": false,
	} {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding} {
			_, bad := Customer{Name: "x"}.With(Changes{"custom_data": encoding.EncodeToString([]byte(text))})
			if got := slices.Contains(bad, Fault{Field: "custom_data", Rule: CardText}); got != want {
				t.Errorf("%s: %v", text, bad)
			}
		}
	}
}

func TestFieldsAreHeldToTheirLimits(t *testing.T) {
	for _, f := range customerFields {
		if f.Name == "currency" || f.Name == "date_of_birth" || f.Name == "ip" || f.Name == "email" || f.Name == "bcc" || f.Name == "language" {
			continue // held to a form of their own
		}
		fits, over := strings.Repeat("é", f.Max), strings.Repeat("é", f.Max+1)
		if _, bad := (Customer{}).With(Changes{f.Name: fits}); len(bad) > 0 {
			t.Errorf("%s of %d characters: %v", f.Name, f.Max, bad)
		}
		_, bad := Customer{}.With(Changes{f.Name: over})
		if got, _ := bad.Field(f.Name); got.Rule != TooLong || got.Limit != f.Max {
			t.Errorf("%s of %d characters: %v", f.Name, f.Max+1, bad)
		}
		old := Customer{}
		*f.At(&old) = over // made when the limit was another
		if _, bad := old.With(Changes{f.Name: over, "custom_data": "x"}); len(bad) > 0 && f.Name != "custom_data" {
			t.Errorf("%s, too long but not changed: %v", f.Name, bad)
		}
	}
}

func TestEmail(t *testing.T) {
	for s, want := range map[string]bool{
		"a@example.com": true, "a.b+c@sub.example.co": true, "ü@exämple.de": true, "a@localhost": true,
		"": false, "a": false, "a@": false, "@b": false, "a b@c.de": false, "A <a@b.de>": false, "a@b.de,c@d.de": false,
		"a@b.de\nBcc: x@y.de": false, strings.Repeat("a", 250) + "@b.de": false,
	} {
		if got := Email(s); got != want {
			t.Errorf("Email(%q) is %v", s, got)
		}
	}
}

func TestHasCardNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"4111111111111111": true, "4111 1111 1111 1111": true, "pay 4111-1111-1111-1111 now": true, "no. 12 4111 1111 1111 1111": true,
		"378282246310005": true, "5555 5555 5555 4444": true, "x5555555555554444y": true, "6011111111111117": true, "3530111333300000": true,
		"4111111111111112": false, "1000 2000 3000 4000": false, "4111  1111  1111  1111": false, "+49 30 901820": false, "": false,
		"4111\u00a01111\u00a01111\u00a01111": true, "4111\u20111111\u20111111–1111": true, "４１１１ １１１１ １１１１ １１１１": true,
		"٤١١١١١١١١١١١١١١١": true, "Karte:\u202a41111111\u200b11111111\u202c": true, "Bäcker 4111\u00a01111\u00a01111\u00a01112": false,
		"41111111111111111111": false, "DE89 3704 0044 0532 0130 00": false, "2026-11-21 09:00": false,
	} {
		if got := HasCardNumber(text); got != want {
			t.Errorf("HasCardNumber(%q) is %v", text, got)
		}
	}
}

func TestMerge(t *testing.T) {
	original := with(t, Customer{}, "name", "Bo", "email", "a@example.com", "company", "A", "metadata.t", `"x"`)
	theirs := with(t, original, "email", "t@example.com", "company", "T", "phone", "+49 30 1", "metadata.t", `"y"`)
	toTheirs, both, only := Merge(original, theirs, Changes{"email": "m@example.com", "company": "T", "description": "mine", "name": "Bo"})
	if want := (Changes{"email": "m@example.com", "company": "T", "description": "mine"}); cmp.Diff(want, toTheirs) != "" {
		t.Error(cmp.Diff(want, toTheirs))
	}
	if want := []Clash{{"email", "a@example.com", "m@example.com", "t@example.com"}}; cmp.Diff(want, both) != "" {
		t.Error(cmp.Diff(want, both))
	}
	if len(only) != 2 || only[0].Field != "metadata.t" || only[1].Field != "phone" {
		t.Errorf("only theirs: %+v", only)
	}
}

func TestRightsAreTheTable(t *testing.T) {
	want := map[Role]string{
		Admin: "RWFMIV", Agent: "RWFV", Auditor: "RV", Owner: "RWFM", Member: "RWF", Viewer: "R", "": "", "root": "",
	}
	for role, rights := range want {
		got := ""
		for i, right := range []Right{Read, Write, Refund, Manage, Install, Visit} {
			if role.May(right) {
				got += string("RWFMIV"[i])
			}
		}
		if got != rights {
			t.Errorf("%s may %s, want %s", role, got, rights)
		}
		if role.May(0) || role.May(99) {
			t.Errorf("%s may what there is not", role)
		}
	}
}

// TestNameAndPartsAreSetBack: a change of one form of the name for the other
// can be taken back, though both read the same.
func TestNameAndPartsAreSetBack(t *testing.T) {
	whole, _ := Customer{}.With(Changes{"name": "Bo Ek"})
	parted, _ := whole.With(Changes{"first_name": "Bo", "last_name": "Ek"})
	from, _ := Diff(whole, parted)
	back, bad := parted.With(from)
	if len(bad) > 0 || back.Name != "Bo Ek" || back.FirstName != "" || back.LastName != "" {
		t.Errorf("set back to %q, %q %q, %v", back.Name, back.FirstName, back.LastName, bad)
	}
}

// TestCurrencyOfFourLettersIsUnknown: nothing is gained by shortening it.
func TestCurrencyOfFourLettersIsUnknown(t *testing.T) {
	_, bad := Customer{}.With(Changes{"name": "Bo", "currency": "EURO"})
	if f, _ := bad.Field("currency"); len(bad) != 1 || f.Rule != Unknown {
		t.Errorf("faults %+v, want unknown", bad)
	}
}
