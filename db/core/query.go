package core

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of a query. They keep a search that anybody can send cheap to read
// and cheap to run.
const (
	MaxQueryLength = 2000 // characters, as typed and in canonical form
	MaxQueryTerms  = 64   // words and values in all
	MaxQueryDepth  = 16   // parentheses within parentheses
)

// A Query is what somebody searches for. [ParseQuery] makes it of text and
// [Query.String] turns it back. The zero Query finds everything.
type Query struct {
	Expr Node // nil finds everything
}

// A Node is a part of a query: [And], [Or], [Not], [Word] or [Compare].
//
// A parsed tree is as flat as it can be: an And holds no And, an Or no Or, a
// Not no Not, and And and Or hold at least two.
type Node interface{ node() }

type (
	// And holds where all of its parts hold.
	And []Node
	// Or holds where any of its parts holds.
	Or []Node
	// Not holds where its part does not, and so also where the field that is
	// compared is absent: -currency:EUR finds who has no currency.
	Not struct{ Node Node }
)

// A Word is text without a field's name, to be found in part of any of the
// things that a kind of record is known by.
type Word struct {
	Text   string // as typed, without the quotes
	Folded string // never ""
	Digits string // where Text reads as part of a phone number, else ""
}

// A Compare asks something of one field.
type Compare struct {
	Field  Field
	Key    string // of FieldMetadata: which entry, in its own case
	Op     Op
	Values []Value // none for OpEmpty, one or more for OpContains, else one
}

// A Value is what a field is compared with. Which parts are set depends on the
// type of the field.
type Value struct {
	// Text is the value in canonical form: a country's code for its name, an
	// identifier as it was typed. A time keeps the precision it was given
	// with, which its length tells: 2026, 2026-01, 2026-01-31, or longer.
	Text   string
	Folded string // Text folded
	Digits string // TypePhone: where Text reads as part of a number
	Number int64  // TypeNumber; TypeFlag: 1 or 0

	// From and To are the instants that a TypeTime's text stands for: From is
	// the first of them, To the first after them. Those of a TypeDate are
	// midnights in UTC, so that their dates are the dates asked for.
	From, To time.Time
}

func (And) node()     {}
func (Or) node()      {}
func (Not) node()     {}
func (Word) node()    {}
func (Compare) node() {}

// Rewrite returns the query with every comparison replaced by what f makes of
// it. It is for those who name or tell things apart otherwise, such as an API
// whose one state is two of ours.
func (q Query) Rewrite(f func(Compare) Node) Query {
	if q.Expr == nil {
		return q
	}
	return Query{rewrite(q.Expr, f)}
}

func rewrite(n Node, f func(Compare) Node) Node {
	switch n := n.(type) {
	case And:
		parts := make([]Node, len(n))
		for i, part := range n {
			parts[i] = rewrite(part, f)
		}
		return allOf(parts...)
	case Or:
		parts := make([]Node, len(n))
		for i, part := range n {
			parts[i] = rewrite(part, f)
		}
		return anyOf(parts...)
	case Not:
		return not(rewrite(n.Node, f))
	case Compare:
		return f(n)
	}
	return n
}

// Equal is the comparison of a field with a text: an identifier, or one of the
// field's choices.
func Equal(field Field, text string) Compare {
	return Compare{Field: field, Op: OpEqual, Values: []Value{{Text: text, Folded: Fold(text)}}}
}

// Among is the comparison of records' IDs with those given, of which there is
// at least one.
func Among(ids ...int64) Node {
	parts := make([]Node, len(ids))
	for i, id := range ids {
		parts[i] = Compare{Field: FieldID, Op: OpEqual, Values: []Value{{Text: strconv.FormatInt(id, 10), Number: id}}}
	}
	return anyOf(parts...)
}

// Nothing holds for no record.
func Nothing() Node { return Compare{Field: FieldID, Op: OpEmpty} }

// Everything holds for every record.
func Everything() Node { return Not{Nothing()} }

// And asks for what both queries ask for.
func (q Query) And(other Query) Query {
	switch {
	case q.Expr == nil:
		return other
	case other.Expr == nil:
		return q
	}
	return Query{allOf(q.Expr, other.Expr)}
}

// An Op says how a field is compared.
type Op int

const (
	OpEqual    Op = iota + 1 // `:`  equals, in any case and with or without marks
	OpLess                   // `:<`
	OpGreater                // `:>`
	OpAtMost                 // `:<=`
	OpAtLeast                // `:>=`
	OpEmpty                  // `:*` is absent
	OpContains               // `:~` contains all of the values
)

var opTexts = [...]string{
	OpEqual: ":", OpLess: ":<", OpGreater: ":>", OpAtMost: ":<=", OpAtLeast: ":>=",
	OpEmpty: ":*", OpContains: ":~",
}

// String returns the comparator as it is written.
func (o Op) String() string { return opTexts[o] }

// Bounds returns the instants for which a comparison of a time or date holds:
// from the first of them to the first after them, where a zero time is an open
// end. It is for every Op but OpEmpty.
func (c Compare) Bounds() (from, to time.Time) {
	if len(c.Values) == 0 {
		return from, to
	}
	switch v := c.Values[0]; c.Op {
	case OpEqual:
		from, to = v.From, v.To
	case OpLess:
		to = v.From
	case OpGreater:
		from = v.To
	case OpAtMost:
		to = v.To
	case OpAtLeast:
		from = v.From
	}
	return from, to
}

// Rules that only queries break. Of the common ones they break TooLong,
// TooMany, Control, Malformed for a value not of the field's form, and Unknown
// for a value that is none of the field's choices.
const (
	UnknownField  Rule = "unknown_field"  // no such field
	NoKey         Rule = "no_key"         // metadata without the entry's key
	NoValue       Rule = "no_value"       // a comparator, or quotes, around nothing
	BadComparison Rule = "bad_comparison" // the field's type has no such comparator
	AfterEmpty    Rule = "after_empty"    // `:*` takes no value
	Unquoted      Rule = "unquoted"       // a parenthesis in a value wants quotes
	Unclosed      Rule = "unclosed"       // a quote or parenthesis is not closed
	Unopened      Rule = "unopened"       // a parenthesis closes nothing
	Dangling      Rule = "dangling"       // AND, OR, NOT or - without a term
	EmptyGroup    Rule = "empty_group"    // parentheses around nothing
	TooDeep       Rule = "too_deep"       // more than Limit parentheses deep
)

// A QueryError is the first mistake in a query and where it stands.
type QueryError struct {
	Rule       Rule
	Pos        int       // of the first character, from 0
	Len        int       // in characters
	Text       string    // that part of the query
	Field      Field     // whose value or comparator is wrong, if any
	Type       FieldType // of Field
	Choices    []string  // of Field, where that has some
	Limit      int       // for TooLong, TooMany and TooDeep
	Suggestion string    // what may have been meant, to stand for Text; or ""
}

var queryFaults = map[Rule]string{
	TooLong:       "more than %d characters",
	TooMany:       "more than %d terms",
	TooDeep:       "parentheses more than %d deep",
	Control:       "a control character or invalid UTF-8",
	Malformed:     "not a value of this field",
	Unknown:       "no such choice for this field",
	UnknownField:  "no such field",
	NoKey:         "metadata needs a key, as in metadata.key:value",
	NoValue:       "nothing to look for",
	BadComparison: "this field cannot be compared like that",
	AfterEmpty:    ":* takes no value; :~ looks for a part",
	Unquoted:      "a value with parentheses needs quotes",
	Unclosed:      "not closed",
	Unopened:      "closes nothing",
	Dangling:      "a term is missing here",
	EmptyGroup:    "nothing between the parentheses",
}

// Error implements error. It says where the mistake is and names fields, but
// repeats no value.
func (e QueryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "query: character %d: ", e.Pos+1)
	if e.Field != 0 {
		fmt.Fprintf(&b, "%s: ", e.Field)
	}
	if words := queryFaults[e.Rule]; e.Limit > 0 {
		fmt.Fprintf(&b, words, e.Limit)
	} else {
		b.WriteString(words)
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, "; did you mean %s?", e.Suggestion)
	}
	return b.String()
}
