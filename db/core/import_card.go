package core

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// WithoutCard returns the row with dots for what must not be kept of it: the
// digits of card numbers, and beside one those of what could be its security
// code, three or four digits in a column that goes nowhere. The shape is the
// file's, and the fields are those that its columns go to. A row without a card
// number is returned as it is.
func (r FileRow) WithoutCard(shape FileShape, fields []string) FileRow {
	said := make([]string, len(r.Cells)) // without JSON's quotes and escapes
	found := HasCardNumber(r.Raw)
	for i, cell := range r.Cells {
		said[i] = cell
		if shape.JSON {
			var text string
			if json.Unmarshal([]byte(cell), &text) == nil {
				said[i] = text
			}
		}
		found = found || HasCardNumber(said[i])
	}
	if !found {
		return r
	}
	r.Cells = slices.Clone(r.Cells)
	for i, text := range said {
		unread := i >= len(fields) || fields[i] == ""
		if HasCardNumber(text) || unread && isSecurityCode(text) {
			r.Cells[i] = dotted(text)
			if shape.JSON {
				r.Cells[i] = quoted(r.Cells[i])
			}
		}
	}
	switch {
	case r.Bad != "":
		r.Raw = dotted(r.Raw)
	case shape.JSON:
		r.Raw = object(shape.Header, r.Cells)
	}
	return r
}

// isSecurityCode reports whether a text could be one.
func isSecurityCode(text string) bool {
	text = strings.TrimSpace(text)
	return (len(text) == 3 || len(text) == 4) && Digits(text) == text
}

// dotted returns a text with a dot for each of its digits.
func dotted(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsNumber(r) {
			return '•'
		}
		return r
	}, text)
}

// object writes the cells that say anything as a JSON object.
func object(keys, cells []string) string {
	var members []string
	for i, cell := range cells {
		if cell != "" && i < len(keys) {
			members = append(members, quoted(keys[i])+":"+cell)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func quoted(text string) string {
	b, _ := json.Marshal(text) // a text never fails
	return string(b)
}
