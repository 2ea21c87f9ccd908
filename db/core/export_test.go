package core

import (
	"encoding/json"
	"testing"
)

// TestPlainTextIsAsJSONWritesIt takes each of the first characters, and some
// more, in the middle of a text: what is taken for plain must be what JSON
// writes, escaping HTML or not, and what is not plain is left to it.
func TestPlainTextIsAsJSONWritesIt(t *testing.T) {
	texts := []string{"", "\xff", "a\xe2\x80", "\u2028", "a\u2029b", "\ufffd", "Zürich 山田 🙂", "\u0085"}
	for r := range rune(0x180) {
		texts = append(texts, "a"+string(r)+"b")
	}
	plain := 0
	for _, text := range texts {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := string(b), `"`+text+`"`; plainJSON(text) {
			plain++
			if got != want || jsonText(text) != want {
				t.Errorf("%q is taken for plain, but written %s", text, want)
			}
		}
		if got, want := string(appendJSON(nil, text)), jsonText(text); got != want {
			t.Errorf("%q is appended as %s, want %s", text, got, want)
		}
		var back string
		if err := json.Unmarshal(b, &back); err != nil || (Meta{Value: string(b)}).Text() != back {
			t.Errorf("%s reads as %q, want %q", b, Meta{Value: string(b)}.Text(), back)
		}
	}
	if plain < 300 {
		t.Errorf("only %d texts are plain", plain)
	}
}
