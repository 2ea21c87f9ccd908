package core

import (
	"slices"
	"strings"
)

// String returns the query in canonical form: [ParseQuery] makes the same tree
// of it. Fields have their canonical names, AND and needless parentheses and
// quotes are left out, NOT is `-`.
//
// What needs quotes gets double ones, or single ones where only double ones
// stand in the text. A text with both has its double quotes doubled.
func (q Query) String() string {
	if q.Expr == nil {
		return ""
	}
	var b strings.Builder
	write(&b, q.Expr)
	return b.String()
}

func write(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case Word:
		if n.plain() {
			b.WriteString(n.Text)
		} else {
			writeQuoted(b, n.Text)
		}
	case Compare:
		n.write(b)
	case Not:
		b.WriteByte('-')
		writeGrouped(b, n.Node)
	case And:
		for i, part := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			if _, ok := part.(Or); ok {
				writeGrouped(b, part)
			} else {
				write(b, part)
			}
		}
	case Or:
		for i, part := range n {
			if i > 0 {
				b.WriteString(" OR ")
			}
			write(b, part)
		}
	}
}

// writeGrouped writes n as one term.
func writeGrouped(b *strings.Builder, n Node) {
	switch n.(type) {
	case And, Or:
		b.WriteByte('(')
		write(b, n)
		b.WriteByte(')')
	default:
		write(b, n)
	}
}

func (c Compare) write(b *strings.Builder) {
	b.WriteString(c.Field.String())
	if c.Field == FieldMetadata && c.Key != "" {
		b.WriteByte('.')
		if c.Key[0] == '"' || bare(c.Key, ":=") != c.Key {
			b.WriteString(`"` + strings.ReplaceAll(c.Key, `"`, `""`) + `"`)
		} else {
			b.WriteString(c.Key)
		}
	}
	b.WriteString(c.Op.String())
	stops := ""
	if c.Op == OpContains {
		stops = ","
	}
	for i, v := range c.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		if v.Text == "" || strings.Contains(`<>=*~"'`, v.Text[:1]) || bare(v.Text, stops) != v.Text {
			writeQuoted(b, v.Text)
		} else {
			b.WriteString(v.Text)
		}
	}
}

// plain reports whether the word can stand without quotes.
func (w Word) plain() bool {
	switch w.Text {
	case "", "AND", "OR", "NOT":
		return false
	}
	_, _, _, named := fieldName(w.Text)
	return !named && w.Text[0] != '-' && !isQuote(w.Text[0]) && bare(w.Text, "") == w.Text
}

func writeQuoted(b *strings.Builder, text string) {
	quote := `"`
	if strings.Contains(text, `"`) {
		if strings.Contains(text, "'") {
			text = strings.ReplaceAll(text, `"`, `""`)
		} else {
			quote = "'"
		}
	}
	b.WriteString(quote)
	b.WriteString(text)
	b.WriteString(quote)
}

// parts returns what must hold, each on its own.
func (q Query) parts() []Node {
	switch n := q.Expr.(type) {
	case nil:
		return nil
	case And:
		return n
	}
	return []Node{q.Expr}
}

// Words returns the words that must all be found, in order; not those that are
// negated or in a group.
func (q Query) Words() []Word {
	var words []Word
	for _, n := range q.parts() {
		if w, ok := n.(Word); ok {
			words = append(words, w)
		}
	}
	return words
}

// Word returns the query's word where that is all of the query: what can be an
// exact hit.
func (q Query) Word() (Word, bool) {
	w, ok := q.Expr.(Word)
	return w, ok
}

// A Term is one part of a query that a page shows on its own: what is asked of
// a field, anything negated, or a group.
type Term struct {
	Text    string // in canonical form; a query by itself, and safe to join
	Negated bool
	Node    Node // without the negation: Compare, Word, And or Or
}

// Split takes a query apart for the page: terms that must all hold, and the
// bare words in between as they stand in the search box. A query that is an OR
// as a whole is one term.
func (q Query) Split() (terms []Term, rest string) {
	var words And
	for _, n := range q.parts() {
		if _, ok := n.(Word); ok {
			words = append(words, n)
			continue
		}
		t := Term{Node: n}
		if inner, ok := n.(Not); ok {
			t.Negated, t.Node = true, inner.Node
		}
		var b strings.Builder
		writeGrouped(&b, n)
		t.Text = b.String()
		terms = append(terms, t)
	}
	return terms, Query{words}.String()
}

// Without returns the query without the i-th of the terms that [Query.Split]
// gives.
func (q Query) Without(i int) Query {
	var left []Node
	for _, n := range q.parts() {
		if _, ok := n.(Word); !ok {
			if i--; i == -1 {
				continue
			}
		}
		left = append(left, n)
	}
	if len(left) == 0 {
		return Query{}
	}
	return Query{allOf(left...)}
}

// JoinQuery puts together what stands in the search box and the terms beside
// it, without repeating a term. The box may hold a whole query, or a mistake,
// which stays one.
func JoinQuery(rest string, terms []string) string {
	rest = strings.TrimSpace(rest)
	said, form := outline(rest)
	var parts []string
	for _, t := range terms {
		if t != "" && !slices.Contains(parts, t) && !slices.Contains(said, t) {
			parts = append(parts, t)
		}
	}
	if form == loose && len(parts) > 0 {
		rest = "(" + rest + ")"
	}
	at := 0
	if form == broken || strings.Contains(rest, "'") {
		// An open quote, or an apostrophe that reads as one, would take in
		// what follows.
		at = len(parts)
	}
	if rest != "" {
		parts = slices.Insert(parts, at, rest)
	}
	return strings.Join(parts, " ")
}

// A queryForm says how far text can be joined to a query.
type queryForm int

const (
	tight  queryForm = iota // its parts can stand beside others
	loose                   // OR, or a connective at an end, would take hold of others
	broken                  // it cannot be read to its end
)

// outline returns the parts of a tight query, as they are written, and the
// form of any. It knows no fields.
func outline(text string) (parts []string, form queryForm) {
	l := lexer{text: text}
	depth, start := 0, -1
	last := tokenEnd
	for {
		t, err := l.next()
		if err != nil || depth < 0 {
			return nil, broken
		}
		if start < 0 {
			start = t.start
		}
		switch t.kind {
		case tokenEnd:
			if depth > 0 {
				return nil, broken
			}
			if form == loose || last == tokenAnd || last == tokenNot {
				return nil, loose
			}
			return parts, tight
		case tokenOpen:
			depth++
		case tokenClose:
			depth--
		}
		if depth == 0 {
			switch t.kind {
			case tokenNot: // belongs to what follows
			case tokenAnd, tokenOr:
				if t.kind == tokenOr {
					form = loose
				}
				start = -1
			default:
				parts = append(parts, text[start:t.end])
				start = -1
			}
		}
		last = t.kind
	}
}
