package db

import (
	"slices"
	"testing"
)

func TestRareTrigramsAreLookedFor(t *testing.T) {
	s := &sample{living: map[int64]int{1: 2}, trigrams: map[string]int{}}
	for range 3 {
		s.texts = append(s.texts, " anna zimmermann\x1f")
	}
	for _, text := range s.texts {
		for _, tri := range trigramsOf(text) {
			s.trigrams[tri]++
		}
	}
	for text, want := range map[string]string{
		"ann":        "",
		"anna":       "", // two trigrams are all it has
		"zimmer":     `("zim" AND "imm" AND "mme")`,
		"zimmerhoff": `("erh" AND "rho")`,
		`a "x" b`:    `("  """ AND " ""x")`,
		"köln süd":   `("köl" AND "öln")`,
	} {
		if got := s.narrow(text); got != want {
			t.Errorf("%q is narrowed to %s, want %s", text, got, want)
		}
	}
	if !s.has([]string{"anna", "zimm"}) || s.has([]string{"anna", "bernd"}) {
		t.Error("what is common is not told from what is rare")
	}
	if s.isMost(1) || !(&sample{texts: s.texts, living: map[int64]int{1: 3}}).isMost(1) {
		t.Error("two of three are not nearly all, three are")
	}
}

func TestTrigramsAreThoseOfTheTable(t *testing.T) {
	if got, want := trigramsOf("ab ab ä"), []string{"ab ", "b  ", "  a", " ab", "  ä"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
