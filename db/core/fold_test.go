package core

import (
	"testing"
	"unicode"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"amara", "amara"},
		{"Amara Kovač", "amara kovac"},
		{"MÜLLER", "muller"},
		{"Mu\u0308ller", "muller"},
		{"Straße", "strasse"},
		{"STRAẞE", "strasse"},
		{"Søren Æbelø", "soren aebelo"},
		{"Łódź", "lodz"},
		{"Đorđe", "dorde"},
		{"Þór Œuvre", "thor oeuvre"},
		{"ISTANBUL İstanbul ıstanbul", "istanbul istanbul istanbul"},
		{"ΟΔΥΣΣΕΎΣ", "οδυσσευσ"},
		{"ﬁne ＦＵＬＬ ①", "fine full 1"},
		{"  two \t\n\u00a0 words ", "two words"},
		{"a  b", "a b"},
		{"tail ", "tail"},
		{" ", ""},
		{"\u0301", ""},
		{"O'Neil & Söhne, GmbH", "o'neil & sohne, gmbh"},
	} {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFoldingWhatIsFoldedChangesNothing(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		once := Fold("a" + string(r) + "b")
		if twice := Fold(once); twice != once {
			t.Errorf("%U: Fold twice = %q, want %q", r, twice, once)
		}
	}
}

func TestFoldedASCIIIsNotCopied(t *testing.T) {
	const text = "amara kovac, 12 o'neil street"
	if got := testing.AllocsPerRun(100, func() { Fold(text) }); got != 0 {
		t.Errorf("allocations = %v, want 0", got)
	}
}

func TestDigits(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"+387 (0)61 123-456", "387061123456"},
		{"٠١٢٣٤٥٦٧٨٩", "0123456789"},
		{"०१२ ४५६", "012456"},
		{"４２𝟗𝟘", "4290"},
		{"½ ² Ⅳ", ""},
	} {
		if got := Digits(tt.in); got != tt.want {
			t.Errorf("Digits(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{
		"folded":   "amara kovac, sarajevo",
		"ascii":    "Amara Kovac, Sarajevo",
		"accented": "Đorđe Müller, Šibenik",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(text)
			}
		})
	}
}
