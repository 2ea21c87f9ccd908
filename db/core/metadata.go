package core

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of metadata, which bind every API: wallee's.
const (
	MaxMetadata      = 25
	MaxMetadataKey   = 40
	MaxMetadataValue = 512 // characters of the value as text
)

// MetaText returns text as a metadata value, a JSON string. It is what a form
// or a CSV column gives. What is not UTF-8 is kept so, to be refused.
func MetaText(text string) string {
	if plainJSON(text) || !utf8.ValidString(text) {
		return `"` + text + `"`
	}
	b, err := json.Marshal(text)
	if err != nil { // a string always marshals
		return `""`
	}
	return string(b)
}

// plainJSON reports whether text, in quotes, is what JSON writes for it: nothing
// in it is escaped, <, > and & neither. Most text is so, and is known to be in a
// tenth of the time that it takes to write it as JSON.
func plainJSON(text string) bool {
	ascii := true
	for i := range len(text) {
		switch b := text[i]; {
		case b < ' ', b == '"', b == '\\', b == '<', b == '>', b == '&':
			return false
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(text) && !strings.ContainsAny(text, "\u2028\u2029")
}

// Text returns the value as people and searches see it: strings without their
// quotes.
func (m Meta) Text() string {
	var s string
	if n := len(m.Value); n >= 2 && m.Value[0] == '"' && m.Value[n-1] == '"' && plainJSON(m.Value[1:n-1]) {
		return m.Value[1 : n-1]
	}
	if strings.HasPrefix(m.Value, `"`) && json.Unmarshal([]byte(m.Value), &s) == nil {
		return s
	}
	return m.Value
}

// Meta returns the metadata value under key, and whether there is one.
func (c Customer) Meta(key string) (Meta, bool) {
	for _, m := range c.Metadata {
		if m.Key == key {
			return m, true
		}
	}
	return Meta{}, false
}

// setMetadata applies the changes "metadata" and "metadata.KEY".
func (c *Customer) setMetadata(ch Changes, bad *Invalid) {
	old := slices.Clone(c.Metadata)
	if all, ok := ch["metadata"]; ok {
		if all != "" {
			bad.add("metadata", Malformed)
		}
		c.Metadata = nil
	}
	changed := false
	for name, v := range ch {
		key, ok := strings.CutPrefix(name, "metadata.")
		if !ok {
			continue
		}
		changed = true
		i := slices.IndexFunc(c.Metadata, func(m Meta) bool { return m.Key == key })
		if was := slices.IndexFunc(old, func(m Meta) bool { return m.Key == key }); was >= 0 && v != "" && old[was].Text() == (Meta{Value: v}).Text() {
			// What shows the same is the same: a form or an API that knows only
			// text leaves a number a number.
			v = old[was].Value
		}
		switch {
		case v == "" && i >= 0:
			c.Metadata = slices.Delete(c.Metadata, i, i+1)
		case v == "":
		case i >= 0:
			c.Metadata[i].Value = v
		default:
			c.Metadata = append(c.Metadata, Meta{key, v})
		}
	}
	if changed {
		slices.SortFunc(c.Metadata, func(a, b Meta) int { return strings.Compare(a.Key, b.Key) })
	}
}

// checkMetadata holds changed entries to the limits.
func (c Customer) checkMetadata(old Customer, bad *Invalid) {
	for _, m := range c.Metadata {
		if was, ok := old.Meta(m.Key); ok && was.Value == m.Value {
			continue
		}
		field := "metadata." + m.Key
		switch n := utf8.RuneCountInString(m.Key); {
		case n == 0:
			bad.add(field, Required)
		case n > MaxMetadataKey:
			*bad = append(*bad, Fault{Field: field, Rule: TooLong, Limit: MaxMetadataKey})
		case !clean(m.Key, false):
			bad.add(field, Control)
		case HasCardNumber(m.Key):
			bad.add(field, CardText)
		}
		if !utf8.ValidString(m.Value) {
			bad.add(field, Control)
			continue
		}
		if !scalar(m.Value) {
			bad.add(field, Malformed)
			continue
		}
		text := m.Text()
		switch {
		case utf8.RuneCountInString(text) > MaxMetadataValue:
			*bad = append(*bad, Fault{Field: field, Rule: TooLong, Limit: MaxMetadataValue})
		case !clean(text, true):
			bad.add(field, Control)
		case HasCardNumber(text):
			bad.add(field, CardText)
		}
	}
	if len(c.Metadata) > MaxMetadata && len(c.Metadata) > len(old.Metadata) {
		*bad = append(*bad, Fault{Field: "metadata", Rule: TooMany, Limit: MaxMetadata})
	}
}

// scalar reports whether v is a JSON string, number or boolean.
func scalar(v string) bool {
	var x any
	if json.Unmarshal([]byte(v), &x) != nil {
		return false
	}
	switch x.(type) {
	case string, bool, float64:
		return true
	}
	return false
}
