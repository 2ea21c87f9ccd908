package core_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
)

func TestTrigramsThatSeldomComeTogetherAreLookedFor(t *testing.T) {
	var texts []string
	for name, n := range map[string]int{" anna zimmermann": 10, " anna lang": 90, " bernd timmer": 20, " eva koln sud": 100, " uwe x": 780} {
		texts = append(texts, slices.Repeat([]string{name}, n)...)
	}
	s := core.SampleTexts(texts)
	all := func(string) bool { return true }
	letters := func(trigram string) bool { return !strings.ContainsAny(trigram, " -") }
	for _, c := range []struct {
		name  string
		parts []string
		fits  func(string) bool
		want  map[string][]string
	}{
		{"those of one word tell no more than the rarest", []string{"zimmermann"}, all, map[string][]string{"zimmermann": {"zim"}}},
		{"of another word they do", []string{"zimmermann-lang"}, letters, map[string][]string{"zimmermann-lang": {"zim", "lan"}}},
		{"so do those of another part", []string{"anna", "zimmermann", "bernd"}, all, map[string][]string{"anna": nil, "zimmermann": {"zim"}, "bernd": {"ber"}}},
		{"of what nobody has, one of each word", []string{"xylo-yxol"}, letters, map[string][]string{"xylo-yxol": {"xyl", "yxo"}}},
		{"what is common is not read to find what is rare", []string{"xylophon", "uwe"}, all, map[string][]string{"xylophon": {"xyl", "ylo", "lop", "oph"}, "uwe": nil}},
		{"a part that is asked for twice", []string{"zimmer", "zimmer"}, all, map[string][]string{"zimmer": {"zim"}}},
		{"none fits", []string{"ab", "a b-c"}, letters, map[string][]string{}},
		{"nothing is asked for", nil, all, map[string][]string{}},
	} {
		if diff := cmp.Diff(c.want, s.Choose(c.parts, c.fits)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if got := core.SampleTexts(nil).Choose([]string{"anna"}, all); len(got["anna"]) == 0 {
		t.Error("without a sample nothing is looked for")
	}
	for _, c := range []struct {
		parts []string
		want  int
	}{{[]string{"anna", "zimm"}, 10}, {[]string{"anna", "bernd"}, 0}, {[]string{"sud"}, 100}, {[]string{"ud"}, 100}, {[]string{"xyz"}, 0}, {nil, 1000}} {
		if got := len(s.Having(c.parts)); got != c.want {
			t.Errorf("%d have %q, want %d", got, c.parts, c.want)
		}
	}
}

func TestTrigramsAreThoseOfTheTable(t *testing.T) {
	if got, want := core.Trigrams("ab ab ä"), []string{"ab ", "b  ", "  a", " ab", "  ä"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
