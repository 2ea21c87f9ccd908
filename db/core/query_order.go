package core

import (
	"cmp"
	"strconv"
	"strings"
)

// MaxOrder is by how many fields a list is sorted at most.
const MaxOrder = 5

// ParseOrder reads the fields that a list is to be sorted by: names apart by
// white space, each with ":ASC" or ":DESC" behind it or neither, which is
// ascending. It returns the rule that other text breaks: Unknown for a field
// that is none or cannot be sorted by, Malformed, or TooMany.
func ParseOrder(text string, fields Vocabulary) ([]Order, Rule) {
	var order []Order
	for _, part := range strings.Fields(text) {
		name, direction, _ := strings.Cut(part, ":")
		def, ok := fields.Find(name)
		if !ok || def.Field == FieldMetadata || def.Type == TypeProse {
			return nil, Unknown
		}
		o := Order{Field: def.Field}
		switch strings.ToUpper(direction) {
		case "DESC":
			o.Descending = true
		case "ASC":
		default:
			if strings.Contains(part, ":") {
				return nil, Malformed
			}
		}
		if order = append(order, o); len(order) > MaxOrder {
			return nil, TooMany
		}
	}
	return order, ""
}

// Sorted compares two records that are at hand by a field: numbers by their
// size, everything else by its folded text.
func (v Vocabulary) Sorted(o Order, a, b Text) int {
	x, y := a(o.Field, ""), b(o.Field, "")
	order := 0
	if v.TypeOf(o.Field) == TypeNumber {
		m, _ := strconv.ParseInt(x, 10, 64) // no number counts as 0
		n, _ := strconv.ParseInt(y, 10, 64)
		order = cmp.Compare(m, n)
	} else {
		order = strings.Compare(Fold(x), Fold(y))
	}
	if o.Descending {
		return -order
	}
	return order
}
