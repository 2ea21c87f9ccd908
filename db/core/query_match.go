package core

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Text returns what a record says of a field, "" where it says nothing: text
// as it is, numbers in decimal, flags as true or false, instants in RFC 3339
// with milliseconds, days as YYYY-MM-DD. The key names an entry of the
// metadata.
type Text func(field Field, key string) string

// Matches reports whether a record that is at hand holds what the query asks
// for. It is for short lists, as of a customer's addresses, which are read
// whole; the store finds records of long ones by the same rules.
func (q Query) Matches(fields Vocabulary, record Text) bool {
	return q.Expr == nil || matches(q.Expr, fields, record)
}

func matches(n Node, fields Vocabulary, record Text) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n, func(n Node) bool { return !matches(n, fields, record) })
	case Or:
		return slices.ContainsFunc(n, func(n Node) bool { return matches(n, fields, record) })
	case Not:
		return !matches(n.Node, fields, record)
	case Word:
		return slices.ContainsFunc(fields, func(d FieldDef) bool {
			return d.Type <= TypeProse && strings.Contains(Fold(record(d.Field, "")), n.Folded)
		})
	case Compare:
		return n.matches(fields, record(n.Field, n.Key))
	}
	return false
}

func (c Compare) matches(fields Vocabulary, text string) bool {
	if c.Op == OpEmpty || text == "" {
		return c.Op == OpEmpty && text == ""
	}
	switch typ := fields.TypeOf(c.Field); {
	case typ == TypeNumber:
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && c.Op.holds(n, c.Values[0].Number)
	case typ == TypeTime || typ == TypeDate:
		layout := time.RFC3339
		if typ == TypeDate {
			layout = time.DateOnly
		}
		at, err := time.Parse(layout, text)
		from, to := c.Bounds()
		return err == nil && (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
	case c.Op == OpContains:
		return !slices.ContainsFunc(c.Values, func(v Value) bool { return !strings.Contains(Fold(text), v.Folded) })
	case typ == TypePhone && c.Values[0].Digits != "":
		return Digits(text) == c.Values[0].Digits
	case typ == TypeExact:
		return text == c.Values[0].Text
	}
	return Fold(text) == c.Values[0].Folded
}

// holds compares numbers.
func (o Op) holds(a, b int64) bool {
	switch o {
	case OpEqual:
		return a == b
	case OpLess:
		return a < b
	case OpGreater:
		return a > b
	case OpAtMost:
		return a <= b
	case OpAtLeast:
		return a >= b
	}
	return false
}

// TypeOf returns the type that a field has here, 0 for one that it has not.
func (v Vocabulary) TypeOf(f Field) FieldType {
	for _, def := range v {
		if def.Field == f {
			return def.Type
		}
	}
	return 0
}
