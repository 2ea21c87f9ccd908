package core

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestRowsOfAnotherWidth: a row with too few or too many cells is refused, and
// the reason counts them.
func TestRowsOfAnotherWidth(t *testing.T) {
	file, err := ReadImport(strings.NewReader("name,email\nA\nB,b@example.com,Oslo\n"), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := file.Each(func(row FileRow) error { got = append(got, string(row.Bad)); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{"The row has 1 cell where the header has 2.", "The row has 3 cells where the header has 2. Too many: Oslo"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNamesOfColumnsAndReasonsHoldNoCardNumber: both are kept with the job.
func TestNamesOfColumnsAndReasonsHoldNoCardNumber(t *testing.T) {
	for name, text := range map[string]string{
		"x.csv":    "Hugo,4111111111111111\nEva,5555555555554444\n",
		"x.ndjson": `{"name":"Hugo","4111 1111 1111 1111":true}`,
	} {
		if _, err := ReadImport(strings.NewReader(text), name); err == nil || strings.Contains(err.Error(), "1111") {
			t.Errorf("%s: %v", name, err)
		}
	}
	file, err := ReadImport(strings.NewReader("name\nHugo,4111 1111 1111 1111,987\n"), "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	err = file.Each(func(row FileRow) error {
		if want := RowFault("The row has 3 cells where the header has 1. Too many: •••• •••• •••• ••••,•••"); row.Bad != want {
			t.Errorf("%q, want %q", row.Bad, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzReadImport: whatever is in a file, it is read or refused in words, and
// reading it again gives the same rows.
func FuzzReadImport(f *testing.F) {
	for _, text := range []string{
		"", "name,email\nA,a@example.com\n", "\ufeffa;b\n1;\"2\n3\"\n", "{\"a\":{\"b\":[1]}}\n{\"metadata.x\":1e3}",
		"\xff\xfea\x00\n\x00", "a\n\"", "a,b\n1\n1,2,3\n'=x,''-\n", "\x1f\x8b", "[", "{}", "Email,E-mail\n", "\xe9\n\xe9",
	} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, lines bool) {
		name := map[bool]string{false: "x.csv", true: "x.ndjson"}[lines]
		file, err := ReadImport(bytes.NewReader(text), name)
		if err != nil {
			if _, ok := err.(UnreadableFile); !ok {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		m, err := MapColumns(file.Header, nil)
		if err != nil {
			return
		}
		m.JSON = file.JSON
		rows := 0
		err = file.Each(func(row FileRow) error {
			rows++
			if len(row.Cells) > len(file.Header) {
				t.Errorf("%d cells under %d columns", len(row.Cells), len(file.Header))
			}
			ch, _ := m.Row(row.Cells)
			Customer{}.With(ch)
			return nil
		})
		if err != nil || rows != file.Rows {
			t.Errorf("%d rows, then %d and %v", file.Rows, rows, err)
		}
	})
}
