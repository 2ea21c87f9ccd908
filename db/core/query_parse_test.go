package core

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// sketch writes a tree so that tables can show its shape.
func sketch(n Node) string {
	list := func(name string, nodes []Node) string {
		parts := []string{name}
		for _, n := range nodes {
			parts = append(parts, sketch(n))
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	switch n := n.(type) {
	case And:
		return list("and", n)
	case Or:
		return list("or", n)
	case Not:
		return list("not", []Node{n.Node})
	case Word:
		return "[" + n.Folded + "]"
	case Compare:
		var values []string
		for _, v := range n.Values {
			values = append(values, "["+v.Text+"]")
		}
		key := n.Key
		if key != "" {
			key = "." + key
		}
		return n.Field.String() + key + n.Op.String() + strings.Join(values, "")
	}
	return ""
}

func parse(t testing.TB, text string) Query {
	t.Helper()
	q, err := ParseQuery(text, CustomerFields, time.UTC)
	if err != nil {
		t.Fatalf("ParseQuery(%q): %v", text, err)
	}
	return q
}

func TestQueriesAreUnderstood(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{" \t\r\n\u00a0", ""},

		// Words.
		{"amara", "[amara]"},
		{"Amara  Kovač", "(and [amara] [kovac])"},
		{`"Amara  Kovač"`, "[amara kovac]"},
		{`'Amara Kovač'`, "[amara kovac]"},
		{"O'Neil", "[o'neil]"},
		{"rock'n'roll d'Or", "(and [rock'n'roll] [d'or])"},
		{"'t Hooft", "(and ['t] [hooft])"},
		{"'t Hooft van 't Hoff", "(and ['t] [hooft] [van] ['t] [hoff])"},
		{`5"x10"`, `[5"x10"]`},
		{`"5"x10 pipe"`, `[5"x10 pipe]`},
		{`"say ""hi"" twice"`, `[say "hi" twice]`},
		{"and or not And", "(and [and] [or] [not] [and])"},
		{`"AND"`, "[and]"},
		{"ANDREA NOTTE ORSON", "(and [andrea] [notte] [orson])"},
		{"Smith - Jones", "(and [smith] [-] [jones])"},
		{"--", "[--]"},
		{"--foo", "[--foo]"},
		{"AC/DC a-b", "(and [ac/dc] [a-b])"},
		{"12:30", "[12:30]"},
		{"http://kontor.example/x?a=1", "[http://kontor.example/x?a=1]"},
		{"amara@example.com", "[amara@example.com]"},
		{"(387) 61", "(and [387] [61])"},
		{"Muster(AG)", "(and [muster] [ag])"},
		{`"email:x"`, "[email:x]"},

		// Connectives and modifiers.
		{"a b c", "(and [a] [b] [c])"},
		{"a AND b AND c", "(and [a] [b] [c])"},
		{"a OR b c OR d", "(or [a] (and [b] [c]) [d])"},
		{"(a OR b) c", "(and (or [a] [b]) [c])"},
		{"((a))", "[a]"},
		{"a (b (c AND d))", "(and [a] [b] [c] [d])"},
		{"a OR (b OR c)", "(or [a] [b] [c])"},
		{"-a", "(not [a])"},
		{"NOT a b", "(and (not [a]) [b])"},
		{"NOT(a b)", "(not (and [a] [b]))"},
		{"-(a OR b)", "(not (or [a] [b]))"},
		{"NOT NOT a", "[a]"},
		{"NOT -a", "[a]"},
		{"-(-a)", "[a]"},
		{`-"a b"`, "(not [a b])"},
		{"a AND -b", "(and [a] (not [b]))"},
		{"-currency:EUR", "(not currency:[EUR])"},

		// The seed's own examples, with fields that customers have.
		{`firstName:"John Peter" lastName:Doe`, "(and firstName:[John Peter] lastName:[Doe])"},
		{"source=page AND currency=EUR", "(and source:[page] currency:[EUR])"},
		{"version:>2 version:<=10", "(and version:>[2] version:<=[10])"},
		{"NOT currency:EUR", "(not currency:[EUR])"},
		{"source:WALLEE AND (currency:CHF OR currency:EUR)", "(and source:[wallee] (or currency:[CHF] currency:[EUR]))"},
		{"phone:*", "phone:*"},
		{"description:~red,blue,green", "description:~[red][blue][green]"},

		// In use in the field.
		{"createdOn:>='2026-01-01T00:00:00'", "created:>=[2026-01-01T00:00:00]"},
		{`metaData.source:"x"`, "metadata.source:[x]"},
		{`familyName:~"müller"`, "lastName:~[müller]"},
		{"id:>10 id:<=20 AND -id:15", "(and id:>[10] id:<=[20] (not id:[15]))"},

		// Fields and values.
		{"EMAIL:a@b.example", "email:[a@b.example]"},
		{"email_address:a E-Mail=b", "(and email:[a] email:[b])"},
		{"merchant_customer_id:A-1 customerId:B", "(and reference:[A-1] reference:[B])"},
		{"telephone:061 zip_code:71000 date_of_birth:1990", "(and phone:[061] postcode:[71000] dob:[1990])"},
		{"country:ba country:Germany country:UK", "(and country:[BA] country:[DE] country:[GB])"},
		{`country:"bosnia and herzegovina"`, "country:[BA]"},
		{"currency:chf", "currency:[CHF]"},
		{"language:de-CH", "language:[de-CH]"},
		{"id:007", "id:[7]"},
		{"deleted:*", "deleted:*"},
		{"name:'s-Hertogenbosch", "name:['s-Hertogenbosch]"},
		{"name:a'b", "name:[a'b]"},
		{"city:a,b", "city:[a,b]"},
		{`company:~"Meier, Söhne",AG`, "company:~[Meier, Söhne][AG]"},
		{"company:~a,,b,", "company:~[a][b]"},
		{`company:~'a','b c'`, "company:~[a][b c]"},
		{"description:12:30", "description:[12:30]"},
		{"name:=x", "name:[=x]"},
		{"(city:Wien)", "city:[Wien]"},
		{"note:refund", "note:~[refund]"},
		{"note:a,b", "note:~[a,b]"},
		{"metadata.Tier:gold", "metadata.Tier:[gold]"},
		{"meta_data.a/b@c:1", "metadata.a/b@c:[1]"},
		{`metadata."my key":1`, "metadata.my key:[1]"},
		{`metadata."a ""b"":":1`, `metadata.a "b"::[1]`},
		{`metadata."x" metadata.x`, `(and [metadata."x"] [metadata.x])`},
		{`metadata.a.b:*`, "metadata.a.b:*"},
		{"created=>2026", "created:>[2026]"},
	} {
		if got := sketch(parse(t, tt.in).Expr); got != tt.want {
			t.Errorf("ParseQuery(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestMistakesInQueriesArePointedAt(t *testing.T) {
	for _, tt := range []struct {
		in         string
		rule       Rule
		text       string // the part that is wrong
		suggestion string
	}{
		{"()", EmptyGroup, "()", ""},
		{"a ( ) b", EmptyGroup, "( )", ""},
		{"(a", Unclosed, "(", ""},
		{"a ((b)", Unclosed, "(", ""},
		{"(", Unclosed, "(", ""},
		{"a)", Unopened, ")", ""},
		{")", Unopened, ")", ""},
		{"AND a", Dangling, "AND", ""},
		{"(OR a)", Dangling, "OR", ""},
		{"a AND", Dangling, "AND", ""},
		{"a OR )", Dangling, "OR", ""},
		{"a AND OR b", Dangling, "AND", ""},
		{"a NOT", Dangling, "NOT", ""},
		{"NOT OR", Dangling, "NOT", ""},
		{`"amara kov`, Unclosed, `"`, ""},
		{`name:"amara`, Unclosed, `"`, ""},
		{`name:"amara"x`, Unclosed, `"`, ""},
		{`metadata."x`, Unclosed, `"`, ""},
		{`""`, NoValue, `""`, ""},
		{`"  "`, NoValue, `"  "`, ""},
		{"\u0301", NoValue, "\u0301", ""},
		{"name:", NoValue, "name:", "name:*"},
		{"a givenName: b", NoValue, "givenName:", "firstName:*"},
		{`metaData.x:""`, NoValue, `metaData.x:""`, "metadata.x:*"},
		{"name:~,", NoValue, "name:~,", "name:*"},
		{"country:(CH OR DE)", NoValue, "country:", "country:*"},
		{"phone:+387(0)61", Unquoted, "+387(", ""},
		{"email:*@example.com", AfterEmpty, "@example.com", ""},
		{"email:*(a)", AfterEmpty, "(", ""},
		{"emial:x", UnknownField, "emial", "email"},
		{"adress:x", UnknownField, "adress", "street"},
		{"firstNam=x", UnknownField, "firstNam", "firstName"},
		{"straße:x", UnknownField, "straße", ""},
		{"charge.transaction.state=PENDING AND currency=EUR", UnknownField, "charge.transaction.state", ""},
		{"quantity:>2 quantity:<=10", UnknownField, "quantity", ""},
		{"email.x:y", UnknownField, "email.x", "email"},
		{"metadata:gold", NoKey, "metadata", ""},
		{"metadata.:gold", NoKey, "metadata", ""},
		{"name:<b", BadComparison, "name:<b", ""},
		{"country:~b", BadComparison, "country:~b", ""},
		{"id:~1", BadComparison, "id:~1", ""},
		{"country:Atlantis", Unknown, "Atlantis", ""},
		{"currency:EURO", Unknown, "EURO", ""},
		{"source:walee", Unknown, "walee", "wallee"},
		{"language:germanish", Malformed, "germanish", ""},
		{"id:12a", Malformed, "12a", ""},
		{"id:99999999999999999999", Malformed, "99999999999999999999", ""},
		{"created:yesterday", Malformed, "yesterday", ""},
		{"created:2026-02-30", Malformed, "2026-02-30", ""},
		{"created:0026", Malformed, "0026", ""},
		{"dob:1990-01-01T00:00:00", Malformed, "1990-01-01T00:00:00", ""},
		{"name:\u0301", NoValue, "\u0301", ""},
		{"a\x00b", Control, "\x00", ""},
		{"é\xff", Control, "\xff", ""},
		{strings.Repeat("(", 17) + "a" + strings.Repeat(")", 17), TooDeep, "(", ""},
		{strings.Repeat("a ", 65), TooMany, "a", ""},
		{"name:~" + strings.Repeat("a,", 65), TooMany, "name:~" + strings.Repeat("a,", 65), ""},
		{strings.Repeat("é", 2001), TooLong, "", ""},
	} {
		_, err := ParseQuery(tt.in, CustomerFields, time.UTC)
		var got QueryError
		if !errors.As(err, &got) {
			t.Errorf("ParseQuery(%q) gave %v, want a QueryError", tt.in, err)
			continue
		}
		if got.Rule != tt.rule || got.Text != tt.text || got.Suggestion != tt.suggestion {
			t.Errorf("ParseQuery(%q) = %q at %q, suggesting %q; want %q at %q, suggesting %q",
				tt.in, got.Rule, got.Text, got.Suggestion, tt.rule, tt.text, tt.suggestion)
		}
		if runes := []rune(tt.in); got.Text != "" && string(runes[got.Pos:got.Pos+got.Len]) != string([]rune(got.Text)) {
			t.Errorf("ParseQuery(%q): characters %d+%d are not %q", tt.in, got.Pos, got.Len, got.Text)
		}
	}
}

func TestQueryErrorReadsWell(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"é emial:x", "query: character 3: no such field; did you mean email?"},
		{"country:Atlantis", "query: character 9: country: no such choice for this field"},
		{strings.Repeat("a ", 65), "query: character 129: more than 64 terms"},
		{strings.Repeat("a", 2001), "query: character 2001: more than 2000 characters"},
	} {
		_, err := ParseQuery(tt.in, CustomerFields, nil)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParseQuery(%q) gave %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestQueryLimitsAreReached(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("(", MaxQueryDepth) + "a" + strings.Repeat(")", MaxQueryDepth),
		strings.Repeat("a ", MaxQueryTerms),
		strings.Repeat("é", MaxQueryLength),
		"name:~" + strings.Repeat("a,", MaxQueryTerms),
	} {
		parse(t, in)
	}
	// Canonical names are longer: what is sent on must still be readable.
	_, err := ParseQuery(strings.Repeat("zip:* ", MaxQueryTerms-1)+strings.Repeat("x", 1600), CustomerFields, nil)
	var got QueryError
	if !errors.As(err, &got) || got.Rule != TooLong {
		t.Errorf("a query that is too long in canonical form gave %v, want %s", err, TooLong)
	}
}

func TestTextsAreFoldedOnce(t *testing.T) {
	for _, tt := range []struct{ in, text, folded, digits string }{
		{"Đorđe", "Đorđe", "dorde", ""},
		{`"+387 (0)61 123-456"`, "+387 (0)61 123-456", "+387 (0)61 123-456", "387061123456"},
		{"061/123.456", "061/123.456", "061/123.456", "061123456"},
		{"42", "42", "42", ""},
		{"424", "424", "424", "424"},
		{"a424", "a424", "a424", ""},
		{"phone:061-123", "061-123", "061-123", "061123"},
		{"phone:~Büro", "Büro", "buro", ""},
		{"postcode:71000", "71000", "71000", ""},
		{"metadata.k:Ünï", "Ünï", "uni", ""},
	} {
		var got [3]string
		switch n := parse(t, tt.in).Expr.(type) {
		case Word:
			got = [3]string{n.Text, n.Folded, n.Digits}
		case Compare:
			got = [3]string{n.Values[0].Text, n.Values[0].Folded, n.Values[0].Digits}
		}
		if want := [3]string{tt.text, tt.folded, tt.digits}; got != want {
			t.Errorf("ParseQuery(%q) holds %q, want %q", tt.in, got, want)
		}
	}
}

func TestVocabularyOfCustomers(t *testing.T) {
	seen := map[string]Field{}
	for _, def := range CustomerFields {
		for _, name := range append(def.Aliases, def.Field.String()) {
			key := strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
			if other, ok := seen[key]; ok {
				t.Errorf("%s names %s and %s", name, other, def.Field)
			}
			seen[key] = def.Field
			if got, ok := CustomerFields.Find(strings.ToUpper(name)); !ok || got.Field != def.Field {
				t.Errorf("Find(%q) = %v, want %v", strings.ToUpper(name), got.Field, def.Field)
			}
		}
		if _, _, n, ok := fieldName(def.Field.String() + ":"); def.Field != FieldMetadata && (!ok || n == 0) {
			t.Errorf("%s cannot be written as a field", def.Field)
		}
	}
}

func TestFlags(t *testing.T) {
	flags := Vocabulary{{Field: FieldVersion, Type: TypeFlag}}
	for in, want := range map[string]Value{
		"version:true":  {Text: "true", Folded: "true", Number: 1},
		"version:FALSE": {Text: "false", Folded: "false"},
		"version:1":     {Text: "true", Folded: "true", Number: 1},
	} {
		q, err := ParseQuery(in, flags, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Expr.(Compare).Values[0]; got != want {
			t.Errorf("ParseQuery(%q) = %+v, want %+v", in, got, want)
		}
	}
	if _, err := ParseQuery("version:>1", flags, nil); err == nil {
		t.Error("a flag was compared by size")
	}
}

func BenchmarkParseQuery(b *testing.B) {
	for i, text := range []string{
		"amara sarajevo",
		`amara -country:CH createdOn:>=2026-01-01 metadata.tier:gold (city:"Banja Luka" OR company:~bäck)`,
	} {
		b.Run(fmt.Sprint(i+1), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseQuery(text, CustomerFields, time.UTC); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
