package db

import "strings"

// A column is one that an UPDATE may set, with its value before and after.
type column struct {
	name    string
	was, is any
}

// set is the SET clause of an UPDATE, and its values, for the columns whose
// value is another now. Setting one to what it is would not be for nothing: the
// engine writes every index that the column is part of.
func set(columns []column) (clause string, args []any) {
	var b strings.Builder
	for _, c := range columns {
		if c.was == c.is {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name)
		b.WriteString(" = ?")
		args = append(args, c.is)
	}
	return b.String(), args
}
