package db

import (
	"slices"
	"strings"
)

// among calls ask with a condition that is true where the column has one of the
// values, and with its arguments: once for all of them on PostgreSQL, which takes
// a list as one value, and for some at a time on SQLite. No value comes twice.
func among[T ~string | ~int64](s *Store, column string, values []T, ask func(cond string, args []any) error) error {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	if len(values) == 0 {
		return nil
	}
	if s.postgres {
		return ask(column+" = ANY(?)", []any{values})
	}
	return inChunks(values, func(marks string, args []any) error {
		return ask(column+" IN ("+marks+")", args)
	})
}

// chunk is how many values one query asks for. All queries of a kind have one
// text, so that it is prepared once.
const chunk = 100

// inChunks calls ask with the marks and arguments of an IN list for some
// values at a time; a list that is not full repeats its last value.
func inChunks[T ~string | ~int64](values []T, ask func(marks string, args []any) error) error {
	slices.Sort(values)
	values = slices.Compact(values)
	for part := range slices.Chunk(values, chunk) {
		args := make([]any, chunk)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		if err := ask(chunkMarks, args); err != nil {
			return err
		}
	}
	return nil
}

var chunkMarks = "?" + strings.Repeat(", ?", chunk-1)
