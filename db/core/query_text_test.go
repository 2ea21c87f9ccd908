package core

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCanonicalText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{" a   AND b ", "a b"},
		{"a OR (b AND c) OR (d OR e)", "a OR b c OR d OR e"},
		{"(a OR b) c NOT (d e)", "(a OR b) c -(d e)"},
		{"NOT EMAIL=x", "-email:x"},
		{"customer_id:A givenName:b createdOn:>2026", "reference:A firstName:b created:>2026"},
		{"country:Germany country:uk currency:eur source:CDC id:007", "country:DE country:GB currency:EUR source:cdc id:7"},
		{`"amara"`, "amara"},
		{`'a b'`, `"a b"`},
		{`"AND" "-x" "a(b" "email:x" "12:30" 'é'`, `"AND" "-x" "a(b" "email:x" 12:30 é`},
		{"'t Hooft", `"'t" Hooft`},
		{`'say "hi"'`, `'say "hi"'`},
		{`"it's ""so"" "`, `"it's ""so"" "`},
		{`name:"b" name:"*" name:'"' name:"(x)"`, `name:b name:"*" name:'"' name:"(x)"`},
		{`company:~"a,b",'c',"d e"`, `company:~"a,b",c,"d e"`},
		{`metadata."my key":v metaData.Key:v`, `metadata."my key":v metadata.Key:v`},
		{"note:refund", "note:~refund"},
		{"deleted:*", "deleted:*"},
		{"created:'2026-01-01 10:00'", "created:2026-01-01T10:00"},
	} {
		got := parse(t, tt.in).String()
		if got != tt.want {
			t.Errorf("ParseQuery(%q).String() = %s, want %s", tt.in, got, tt.want)
		}
		if again := parse(t, got).String(); again != got {
			t.Errorf("%s becomes %s when parsed again", got, again)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		in    string
		terms []string
		rest  string
	}{
		{"", nil, ""},
		{"amara  sarajevo", nil, "amara sarajevo"},
		{`amara city:Sarajevo "van  Dyk" -country:CH`, []string{"city:Sarajevo", "-country:CH"}, `amara "van  Dyk"`},
		{"-a (b OR c) NOT (d e)", []string{"-a", "(b OR c)", "-(d e)"}, ""},
		{"a OR b city:x", []string{"(a OR b city:x)"}, ""},
		{"(amara city:x)", []string{"city:x"}, "amara"},
	} {
		q := parse(t, tt.in)
		terms, rest := q.Split()
		var got []string
		for i, term := range terms {
			got = append(got, term.Text)
			if inner := parse(t, term.Text).Expr; term.Negated && !reflect.DeepEqual(inner, Node(Not{term.Node})) ||
				!term.Negated && !reflect.DeepEqual(inner, term.Node) {
				t.Errorf("%s does not read as its own parts", term.Text)
			}
			left, leftRest := q.Without(i).Split()
			if len(left) != len(terms)-1 || leftRest != rest {
				t.Errorf("%q without %s is %q", tt.in, term.Text, q.Without(i))
			}
		}
		if !reflect.DeepEqual(got, tt.terms) || rest != tt.rest {
			t.Errorf("Split(%q) = %q and %q, want %q and %q", tt.in, got, rest, tt.terms, tt.rest)
		}
		again, againRest := parse(t, JoinQuery(rest, got)).Split()
		if !reflect.DeepEqual(again, terms) || againRest != rest {
			t.Errorf("%q is %q when joined again", tt.in, JoinQuery(rest, got))
		}
	}
}

func TestWithout(t *testing.T) {
	q := parse(t, "a city:x b -c")
	for i, want := range []string{"a b -c", "a city:x b", "a city:x b -c"} {
		if got := q.Without(i).String(); got != want {
			t.Errorf("without term %d: %s, want %s", i, got, want)
		}
	}
	if got := parse(t, "a OR b").Without(0); got.Expr != nil {
		t.Errorf("without its only term: %s, want nothing", got)
	}
}

func TestJoinQuery(t *testing.T) {
	for _, tt := range []struct {
		rest  string
		terms []string
		want  string
	}{
		{"", nil, ""},
		{" amara ", nil, "amara"},
		{"", []string{"city:x", "-a", "city:x"}, "city:x -a"},
		{"amara", []string{"city:x", ""}, "amara city:x"},
		{"amara city:x NOT b -c (d e)", []string{"city:x", "-c", "(d e)", "b"}, "amara city:x NOT b -c (d e) b"},
		{"a OR b", nil, "a OR b"},
		{"a OR city:x", []string{"city:x"}, "(a OR city:x) city:x"},
		{"(a OR b)", []string{"city:x"}, "(a OR b) city:x"},
		{"a OR", []string{"city:x"}, "(a OR) city:x"},
		{"a NOT", []string{"city:x"}, "(a NOT) city:x"},
		{`"open`, []string{`name:"a b"`}, `name:"a b" "open`},
		{"'t Hooft", []string{`name:'a "b"'`}, `name:'a "b"' 't Hooft`},
		{"'t OR b", []string{`name:'a "b"'`}, `name:'a "b"' ('t OR b)`},
		{"(a", []string{"city:x"}, "city:x (a"},
		{"a)", []string{"city:x"}, "city:x a)"},
	} {
		if got := JoinQuery(tt.rest, tt.terms); got != tt.want {
			t.Errorf("JoinQuery(%q, %q) = %s, want %s", tt.rest, tt.terms, got, tt.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		in     string
		words  []string
		single bool
	}{
		{"", nil, false},
		{"Amara", []string{"amara"}, true},
		{`"Amara K"`, []string{"amara k"}, true},
		{"a B city:x -c (d OR e)", []string{"a", "b"}, false},
		{"a OR b", nil, false},
		{"-a", nil, false},
	} {
		q := parse(t, tt.in)
		var words []string
		for _, w := range q.Words() {
			words = append(words, w.Folded)
		}
		if _, single := q.Word(); !reflect.DeepEqual(words, tt.words) || single != tt.single {
			t.Errorf("%q has the words %q, single %v; want %q, %v", tt.in, words, single, tt.words, tt.single)
		}
	}
}

// awkward draws text full of what the grammar gives a meaning.
func awkward() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		" ", "(", ")", `"`, "'", ":", "=", ",", "-", "<", ">", "*", "~", ".", "/", "//", "a", "B", "é", "1",
		"AND", "OR", "NOT", "name", "metadata.", "\u0301", "\n",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 1, 8).Draw(t, "pieces"), "")
	}).Filter(func(s string) bool { return Fold(s) != "" })
}

// tree draws a query's tree as a parser would make it.
func tree(depth int) *rapid.Generator[Node] {
	leaf := rapid.Custom(func(t *rapid.T) Node {
		text := awkward().Draw(t, "text")
		switch rapid.IntRange(0, 3).Draw(t, "leaf") {
		case 0:
			return newWord(text)
		case 1:
			return Compare{Field: FieldCompany, Op: OpEmpty}
		case 2:
			key := awkward().Draw(t, "key")
			return Compare{Field: FieldMetadata, Key: key, Op: OpEqual, Values: []Value{{Text: text, Folded: Fold(text)}}}
		}
		second := awkward().Draw(t, "second")
		return Compare{Field: FieldCompany, Op: OpContains, Values: []Value{{Text: text, Folded: Fold(text)}, {Text: second, Folded: Fold(second)}}}
	})
	if depth == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[Node] { return tree(depth - 1) })
	return rapid.OneOf(
		leaf,
		rapid.Map(inner, not),
		rapid.Map(rapid.SliceOfN(inner, 2, 3), func(n []Node) Node { return allOf(n...) }),
		rapid.Map(rapid.SliceOfN(inner, 2, 3), func(n []Node) Node { return anyOf(n...) }),
	)
}

func TestEveryTreeReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Query{tree(3).Draw(t, "tree")}
		if utf8.RuneCountInString(want.String()) > MaxQueryLength {
			t.Skip("too long")
		}
		got, err := ParseQuery(want.String(), CustomerFields, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s reads as %s", sketch(want.Expr), sketch(got.Expr))
		}
	})
}

func TestJoinedQueriesAskForBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := strings.Join(rapid.SliceOfN(awkward(), 1, 3).Draw(t, "typed"), " ")
		beside := Query{tree(2).Draw(t, "beside")}
		var terms []string
		split, words := beside.Split()
		for _, term := range split {
			terms = append(terms, term.Text)
		}
		rest, err := ParseQuery(typed, CustomerFields, time.UTC)
		if err != nil || rest.Expr == nil || len(terms) == 0 || words != "" {
			return
		}
		got, err := ParseQuery(JoinQuery(typed, terms), CustomerFields, time.UTC)
		if err != nil {
			t.Fatalf("%q and %q: %v", typed, terms, err)
		}
		for _, part := range append(rest.parts(), beside.parts()...) {
			found := false
			for _, n := range got.parts() {
				found = found || reflect.DeepEqual(n, part)
			}
			if !found {
				t.Fatalf("%q and %q joined miss %s", typed, terms, sketch(part))
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "amara sarajevo", "-country:CH createdOn:>=2026-01-01", "metadata.tier:gold",
		`(company:"Sonne Monthly" OR company:~bäck,'a b')`, `'t Hooft "x ""y"" 'z"`, "NOT (a OR b) AND -c", "a\x00\xff",
		`metadata."k k":x`, "phone:+387(0)61", "dob:1990-02-29 id:>1", "((((", "created:2011-12-30T24:00:00Z",
	} {
		f.Add(text)
	}
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text, CustomerFields, apia)
		if err != nil {
			var mistake QueryError
			if !errors.As(err, &mistake) {
				t.Fatalf("ParseQuery gave %v, want a QueryError", err)
			}
			if n := utf8.RuneCountInString(text); mistake.Pos < 0 || mistake.Len < 0 || mistake.Pos+mistake.Len > n || err.Error() == "" {
				t.Fatalf("mistake at %d+%d of %d", mistake.Pos, mistake.Len, n)
			}
			JoinQuery(text, []string{"city:x"})
			return
		}
		again, err := ParseQuery(q.String(), CustomerFields, apia)
		if err != nil || !reflect.DeepEqual(again, q) {
			t.Fatalf("%q becomes %q, which gives %q, %v", text, q, again, err)
		}
		if leaves, depth := measure(q.Expr); leaves > MaxQueryTerms || depth > 3*MaxQueryDepth+3 {
			t.Fatalf("%d leaves and %d levels", leaves, depth)
		}
		terms, rest := q.Split()
		texts := make([]string, len(terms))
		for i, term := range terms {
			texts[i] = term.Text
			q.Without(i)
		}
		if joined := JoinQuery(rest, texts); utf8.RuneCountInString(joined) <= MaxQueryLength {
			if _, err := ParseQuery(joined, CustomerFields, apia); err != nil {
				t.Fatalf("%q split and joined is %q: %v", text, joined, err)
			}
		}
	})
}

// measure counts a tree's leaves and levels.
func measure(n Node) (leaves, depth int) {
	var inner []Node
	switch n := n.(type) {
	case And:
		inner = n
	case Or:
		inner = n
	case Not:
		inner = []Node{n.Node}
	case Word, Compare:
		return 1, 1
	}
	for _, n := range inner {
		l, d := measure(n)
		leaves, depth = leaves+l, max(depth, d+1)
	}
	return leaves, depth
}
