package db

import (
	"encoding/json"
	"regexp"
	"strings"

	"kontor/db/core"
)

// identities are texts by which customers are known.
type identities struct{ texts *regexp.Regexp }

// namedBy finds any of the texts, as they are or folded, in any case; nil where
// there are none.
func namedBy(known []string) *identities {
	var parts []string
	for _, text := range known {
		parts = append(parts, regexp.QuoteMeta(text))
		if folded := core.Fold(text); !strings.EqualFold(folded, text) {
			parts = append(parts, regexp.QuoteMeta(folded))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	texts := regexp.MustCompile(`(?i)(?:` + strings.Join(parts, "|") + `)`)
	texts.Longest()
	return &identities{texts}
}

// in reports whether the text names somebody.
func (n *identities) in(text string) bool { return n.next(text, 0) != nil }

// inJSON reports whether the text, or any that it has as JSON, names somebody.
func (n *identities) inJSON(text string) bool {
	if n.in(text) {
		return true
	}
	if !strings.Contains(text, `\`) { // every text of it stands there as it is
		return false
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return false
	}
	found := false
	eachText(v, func(s string) string {
		found = found || n.inJSON(s)
		return s
	})
	return found
}

// without puts a word in the place of each name in a text or, where it is JSON,
// in each text of it.
func (n *identities) without(text string, isJSON bool) string {
	if !isJSON {
		return n.cut(text)
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	changed := false
	v = eachText(v, func(s string) string {
		now := n.cut(s)
		changed = changed || now != s
		return now
	})
	if !changed {
		return text
	}
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(out)
}

func (n *identities) cut(text string) string {
	var b strings.Builder
	from := 0
	for name := n.next(text, 0); name != nil; name = n.next(text, from) {
		b.WriteString(text[from:name[0]])
		b.WriteString(forgotten)
		from = name[1]
	}
	return b.String() + text[from:]
}

// next returns where the first name from a place on begins and ends, or nil. A
// name within a longer one is none: the reference 2026 in 2026-01-01, or
// jo@example.com in banjo@example.com.
func (n *identities) next(text string, from int) []int {
	for from <= len(text) {
		found := n.texts.FindStringIndex(text[from:])
		if found == nil {
			return nil
		}
		begin, end := from+found[0], from+found[1]
		escaped := at(text, begin-2) == '\\' // as a line's end is in JSON
		if (escaped || !joined(at(text, begin-1), at(text, begin-2))) && !joined(at(text, end), at(text, end+1)) {
			return []int{begin, end}
		}
		from = begin + 1
	}
	return nil
}

// joined reports whether a name goes on in what stands beside it: a letter or
// digit of ASCII, or such beyond a sign that e-mail addresses, dates and
// references have within. Other scripts may do without spaces.
func joined(near, beyond byte) bool {
	if near != 0 && strings.IndexByte("-._@+", near) >= 0 {
		near = beyond
	}
	return near >= '0' && near <= '9' || near >= 'a' && near <= 'z' || near >= 'A' && near <= 'Z'
}

// at is a byte of the text, 0 before its beginning and after its end.
func at(text string, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// eachText rewrites the texts of a JSON value, not the names of its fields.
func eachText(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = eachText(v[i], f)
		}
	case map[string]any:
		for k := range v {
			v[k] = eachText(v[k], f)
		}
	}
	return v
}
