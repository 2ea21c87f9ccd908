package db

import "strings"

// where builds a WHERE clause. Conditions are constant text of this package;
// whatever a user typed is an argument.
type where struct {
	conds []string
	args  []any
}

func (w *where) and(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

func (w *where) sql() string {
	if len(w.conds) == 0 {
		return ""
	}
	return "\n\t\tWHERE " + strings.Join(w.conds, "\n\t\t\tAND ")
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// escapeLike quotes LIKE's wildcards in s, for use with ESCAPE '\'.
func escapeLike(s string) string { return likeEscaper.Replace(s) }
