package core

import (
	"time"
	"unicode"
	"unicode/utf8"
)

// ParseQuery reads a query. The grammar is wallee's, with words beside it:
//
//	query   = part { "OR" part }
//	part    = term { [ "AND" ] term }
//	term    = { "-" | "NOT" } ( "(" query ")" | compare | word )
//	compare = name ( ":" | ":<" | ":>" | ":<=" | ":>=" ) value
//	        | name ":*"
//	        | name ":~" value { "," value }
//	word    = text without white space and parentheses, or quoted
//	value   = likewise
//
// Terms stand apart by white space, and AND binds tighter than OR. The
// connectives are upper case: and, or, not are words. `=` is read as `:`. A `-`
// before white space or another `-` is a word.
//
// A quote, single or double, opens only at the start of a word or value and
// closes before white space, a parenthesis or the end (or, in a list, a comma);
// in between, a doubled quote stands for one. A single quote that nothing
// closes is an apostrophe: 't Hooft. A key of metadata may stand in double
// quotes: metadata."a key":value. Text that looks like a field's name before
// a `:` is taken for one, unless "//" follows; in quotes it is text.
//
// Days begin in zone, which is UTC when nil. A mistake is a [QueryError], the
// first there is.
func ParseQuery(text string, fields Vocabulary, zone *time.Location) (Query, error) {
	p := parser{lexer: lexer{text: text}, fields: fields, zone: zone}
	if zone == nil {
		p.zone = time.UTC
	}
	if err := p.checkText(); err != nil {
		return Query{}, err
	}
	if err := p.advance(); err != nil {
		return Query{}, err
	}
	if p.tok.kind == tokenEnd {
		return Query{}, nil
	}
	expr, err := p.query(0)
	if err != nil {
		return Query{}, err
	}
	if p.tok.kind == tokenClose {
		return Query{}, p.fault(Unopened, p.tok.start, p.tok.end)
	}
	q := Query{expr}
	// Canonical names and doubled quotes can make the text longer, but never
	// four times.
	if len(text) > MaxQueryLength/4 && utf8.RuneCountInString(q.String()) > MaxQueryLength {
		return Query{}, p.tooLong()
	}
	return q, nil
}

type parser struct {
	lexer
	tok    token // the next one
	fields Vocabulary
	zone   *time.Location
	terms  int
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

// checkText refuses what is too long to read and what no record can hold.
func (p *parser) checkText() error {
	n := 0
	for i, r := range p.text {
		if n++; n > MaxQueryLength {
			return p.tooLong()
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(p.text[i:]); size == 1 {
				return p.fault(Control, i, i+1)
			}
		}
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return p.fault(Control, i, i+utf8.RuneLen(r))
		}
	}
	return nil
}

func (p *parser) tooLong() QueryError {
	n := utf8.RuneCountInString(p.text)
	return QueryError{Rule: TooLong, Pos: min(n, MaxQueryLength), Len: max(0, n-MaxQueryLength), Limit: MaxQueryLength}
}

func (p *parser) query(depth int) (Node, error) {
	var or Or
	for {
		part, err := p.part(depth)
		if err != nil {
			return nil, err
		}
		or = append(or, part)
		if p.tok.kind != tokenOr {
			return anyOf(or...), nil
		}
		if err := p.connective(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) part(depth int) (Node, error) {
	var and And
	for {
		term, err := p.term(depth)
		if err != nil {
			return nil, err
		}
		and = append(and, term)
		if p.tok.kind == tokenAnd {
			if err := p.connective(); err != nil {
				return nil, err
			}
		}
		if !p.tok.starts() {
			return allOf(and...), nil
		}
	}
}

// connective steps over what must be followed by a term.
func (p *parser) connective() error {
	before := p.tok
	if err := p.advance(); err != nil {
		return err
	}
	if !p.tok.starts() {
		return p.fault(Dangling, before.start, before.end)
	}
	return nil
}

func (p *parser) term(depth int) (Node, error) {
	negated := false
	for p.tok.kind == tokenNot {
		negated = !negated
		if err := p.connective(); err != nil {
			return nil, err
		}
	}
	var node Node
	var err error
	switch p.tok.kind {
	case tokenOpen:
		node, err = p.group(depth + 1)
	case tokenWord:
		node, err = p.word()
	case tokenCompare:
		node, err = p.compare()
	case tokenClose: // only where the query begins with it
		return nil, p.fault(Unopened, p.tok.start, p.tok.end)
	default: // a connective that a query or group begins with
		return nil, p.fault(Dangling, p.tok.start, p.tok.end)
	}
	if err != nil {
		return nil, err
	}
	if negated {
		node = not(node)
	}
	return node, p.advance()
}

// group reads up to its closing parenthesis, which is left for term to step
// over.
func (p *parser) group(depth int) (Node, error) {
	open := p.tok
	if depth > MaxQueryDepth {
		e := p.fault(TooDeep, open.start, open.end)
		e.Limit = MaxQueryDepth
		return nil, e
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch p.tok.kind {
	case tokenClose:
		return nil, p.fault(EmptyGroup, open.start, p.tok.end)
	case tokenEnd:
		return nil, p.fault(Unclosed, open.start, open.end)
	}
	node, err := p.query(depth)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenClose {
		return nil, p.fault(Unclosed, open.start, open.end)
	}
	return node, nil
}

// count counts what a query costs to run.
func (p *parser) count(terms int) error {
	if p.terms += terms; p.terms > MaxQueryTerms {
		e := p.fault(TooMany, p.tok.start, p.tok.end)
		e.Limit = MaxQueryTerms
		return e
	}
	return nil
}

func (p *parser) word() (Node, error) {
	w := newWord(p.tok.text)
	if w.Folded == "" {
		return nil, p.fault(NoValue, p.tok.start, p.tok.end)
	}
	return w, p.count(1)
}

func newWord(text string) Word {
	return Word{Text: text, Folded: Fold(text), Digits: phoneDigits(text)}
}

func (p *parser) compare() (Node, error) {
	t := p.tok
	nameEnd := t.start + len(t.text)
	def, ok := p.fields.Find(t.text)
	if !ok {
		e := p.fault(UnknownField, t.start, nameEnd)
		e.Suggestion = p.fields.closest(t.text)
		return nil, e
	}
	if def.Field == FieldMetadata && t.key == "" {
		return nil, p.fault(NoKey, t.start, nameEnd)
	}
	if def.Type == TypeProse && t.op == OpEqual {
		t.op = OpContains
	}
	c := Compare{Field: def.Field, Key: t.key, Op: t.op}
	if !def.Type.allows(t.op) {
		return nil, p.fieldFault(BadComparison, def, t.start, t.end)
	}
	if t.op == OpEmpty {
		return c, p.count(1)
	}
	if len(t.values) == 0 {
		e := p.fieldFault(NoValue, def, t.start, t.end)
		e.Suggestion = Query{Compare{Field: c.Field, Key: c.Key, Op: OpEmpty}}.String()
		return nil, e
	}
	if err := p.count(len(t.values)); err != nil {
		return nil, err
	}
	c.Values = make([]Value, len(t.values))
	for i, raw := range t.values {
		v, rule := def.value(raw.text, p.zone)
		if rule != "" {
			e := p.fieldFault(rule, def, raw.start, raw.end)
			e.Suggestion = closest(raw.text, def.Choices)
			return nil, e
		}
		c.Values[i] = v
	}
	return c, nil
}

func (p *parser) fieldFault(rule Rule, def FieldDef, start, end int) QueryError {
	e := p.fault(rule, start, end)
	e.Field, e.Type, e.Choices = def.Field, def.Type, def.Choices
	return e
}

// allOf joins nodes, flat and no deeper than it must be.
func allOf(nodes ...Node) Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	flat := make(And, 0, len(nodes))
	for _, n := range nodes {
		if inner, ok := n.(And); ok {
			flat = append(flat, inner...)
		} else {
			flat = append(flat, n)
		}
	}
	return flat
}

func anyOf(nodes ...Node) Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	flat := make(Or, 0, len(nodes))
	for _, n := range nodes {
		if inner, ok := n.(Or); ok {
			flat = append(flat, inner...)
		} else {
			flat = append(flat, n)
		}
	}
	return flat
}

func not(n Node) Node {
	if inner, ok := n.(Not); ok {
		return inner.Node
	}
	return Not{n}
}
