package core

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenOpen
	tokenClose
	tokenAnd
	tokenOr
	tokenNot
	tokenWord
	tokenCompare
)

// A token is a piece of a query. It knows no field: a vocabulary comes later.
type token struct {
	kind       tokenKind
	start, end int    // bytes of the query
	text       string // of a word without its quotes; of a comparison the name
	key        string // of a comparison with metadata
	op         Op
	values     []rawValue
}

type rawValue struct {
	text       string // without the quotes
	start, end int
}

// starts reports whether a term can begin with the token.
func (t token) starts() bool {
	return t.kind == tokenOpen || t.kind == tokenNot || t.kind == tokenWord || t.kind == tokenCompare
}

type lexer struct {
	text string
	pos  int
}

// next returns the next token, or a [QueryError].
func (l *lexer) next() (token, error) {
	l.pos += len(l.text[l.pos:]) - len(strings.TrimLeftFunc(l.text[l.pos:], unicode.IsSpace))
	t := token{start: l.pos, end: l.pos}
	rest := l.text[l.pos:]
	switch {
	case rest == "":
		return t, nil
	case rest[0] == '(':
		return l.token(t, tokenOpen, 1), nil
	case rest[0] == ')':
		return l.token(t, tokenClose, 1), nil
	case rest[0] == '-' && (strings.HasPrefix(rest, "-(") || !ends(rest[1:], "-")):
		return l.token(t, tokenNot, 1), nil
	case isQuote(rest[0]):
		text, n, ok := unquote(rest, "")
		if ok {
			t.text = text
			return l.token(t, tokenWord, n), nil
		}
		if rest[0] == '"' {
			return t, l.fault(Unclosed, l.pos, l.pos+1)
		}
	}
	if name, key, n, ok := fieldName(rest); ok {
		t.text, t.key = name, key
		l.pos += n
		if l.text[l.pos] == '"' { // of metadata's key
			return t, l.fault(Unclosed, l.pos, l.pos+1)
		}
		return l.comparison(t)
	}
	t.text = bare(rest, "")
	kind := tokenWord
	switch t.text {
	case "AND":
		kind = tokenAnd
	case "OR":
		kind = tokenOr
	case "NOT":
		kind = tokenNot
	}
	return l.token(t, kind, len(t.text)), nil
}

// token ends t n bytes further on.
func (l *lexer) token(t token, kind tokenKind, n int) token {
	l.pos += n
	t.kind, t.end = kind, l.pos
	return t
}

// comparison reads on from a field's name.
func (l *lexer) comparison(t token) (token, error) {
	op, n := comparator(l.text[l.pos:])
	l.pos += n
	t.op = op
	if op == OpEmpty {
		if rest := l.text[l.pos:]; !ends(rest, "") || strings.HasPrefix(rest, "(") {
			return t, l.fault(AfterEmpty, l.pos, l.pos+max(1, len(bare(rest, ""))))
		}
		return l.token(t, tokenCompare, 0), nil
	}
	for {
		v, err := l.value(op)
		if err != nil {
			return t, err
		}
		if v.text != "" {
			t.values = append(t.values, v)
		}
		if op != OpContains || !strings.HasPrefix(l.text[l.pos:], ",") {
			return l.token(t, tokenCompare, 0), nil
		}
		l.pos++
	}
}

// comparator reads the comparator that text begins with, the longest there is.
func comparator(text string) (op Op, n int) {
	for _, op := range []Op{OpAtMost, OpAtLeast, OpLess, OpGreater, OpEmpty, OpContains} {
		if after := op.String()[1:]; strings.HasPrefix(text[1:], after) {
			return op, 1 + len(after)
		}
	}
	return OpEqual, 1
}

// value reads one value, which may be missing.
func (l *lexer) value(op Op) (rawValue, error) {
	stops := ""
	if op == OpContains {
		stops = ","
	}
	v := rawValue{start: l.pos}
	rest := l.text[l.pos:]
	quoted := false
	if rest != "" && isQuote(rest[0]) {
		text, n, ok := unquote(rest, stops)
		if !ok && rest[0] == '"' {
			return v, l.fault(Unclosed, l.pos, l.pos+1)
		}
		if ok {
			v.text, quoted = text, true
			l.pos += n
		}
	}
	if !quoted {
		v.text = bare(rest, stops)
		l.pos += len(v.text)
	}
	v.end = l.pos
	if v.text != "" && strings.HasPrefix(l.text[l.pos:], "(") {
		return v, l.fault(Unquoted, v.start, v.end+1)
	}
	return v, nil
}

// fault makes the error for the bytes from start to end.
func (l *lexer) fault(rule Rule, start, end int) QueryError {
	return QueryError{
		Rule: rule,
		Pos:  utf8.RuneCountInString(l.text[:start]),
		Len:  utf8.RuneCountInString(l.text[start:end]),
		Text: l.text[start:end],
	}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// ends reports whether a word or value ends where rest begins: at white space,
// a parenthesis, the end, or one of stops.
func ends(rest, stops string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || r == '(' || r == ')' || unicode.IsSpace(r) || strings.ContainsRune(stops, r)
}

// bare returns the text up to where a word or value ends.
func bare(text, stops string) string {
	for i := range text {
		if ends(text[i:], stops) {
			return text[:i]
		}
	}
	return text
}

// unquote reads the quoted text that text begins with, and how many bytes it
// takes. It is not ok when the quote is never closed.
func unquote(text, stops string) (s string, n int, ok bool) {
	var b strings.Builder
	quote, from := text[0], 1
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			continue
		}
		rest := text[i+1:]
		switch {
		case strings.HasPrefix(rest, text[:1]):
			b.WriteString(text[from : i+1])
			i++
			from = i + 1
		case ends(rest, stops):
			if from == 1 {
				return text[1:i], i + 1, true
			}
			b.WriteString(text[from:i])
			return b.String(), i + 1, true
		}
	}
	return "", 0, false
}

// fieldName reads the field's name that text begins with, if a comparator
// follows it, and how many bytes it takes.
func fieldName(text string) (name, key string, n int, ok bool) {
	for i, r := range text {
		switch {
		case r == ':' || r == '=':
			return text[:i], "", i, i > 0 && !strings.HasPrefix(text[i:], "://")
		case r == '.' && sameName(text[:i], FieldMetadata.String()):
			key, n, ok := metadataKey(text[i+1:])
			return text[:i], key, i + 1 + n, ok
		case unicode.IsLetter(r):
		case i > 0 && (unicode.IsDigit(r) || r == '_' || r == '-' || r == '.'):
		default:
			return "", "", 0, false
		}
	}
	return "", "", 0, false
}

// metadataKey reads the key after "metadata.", which may stand in double
// quotes, and the bytes it takes. A quote that is never closed counts as a key
// of no bytes, for the lexer to refuse.
func metadataKey(text string) (key string, n int, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		key = bare(text, ":=")
		n = len(key)
	} else if key, n, ok = unquote(text, ":="); !ok {
		return "", 0, true
	}
	return key, n, strings.HasPrefix(text[n:], ":") || strings.HasPrefix(text[n:], "=")
}
