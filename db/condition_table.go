package db

import (
	"strings"

	"kontor/db/core"
)

// A tableRenderer turns a query's tree into a condition on rows whose fields
// are columns, where no more than that needs to be known of them.
type tableRenderer struct {
	renderer
	fields  core.Vocabulary
	columns map[core.Field]string // what ends in _key is folded
	words   []string              // folded columns that bare words are looked for in
}

func (r *tableRenderer) word(w core.Word) string {
	parts := make([]string, len(r.words))
	for i, column := range r.words {
		parts[i] = r.term(column+` LIKE ? ESCAPE '\'`, "%"+escapeLike(w.Folded)+"%")
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (r *tableRenderer) compare(c core.Compare) string {
	column, ok := r.columns[c.Field]
	if !ok {
		return never
	}
	if c.Field == core.FieldLookupID {
		return r.lookup(column, c)
	}
	switch r.fields.TypeOf(c.Field) {
	case core.TypeText, core.TypeLanguage:
		if strings.HasSuffix(column, "_key") {
			return r.text(column, c)
		}
		// Engines fold no marks, and SQLite no case but of ASCII: what is typed
		// as it stands there is found all the same.
		return "(" + r.text("LOWER("+column+")", c) + " OR " + r.exact(column, c) + ")"
	case core.TypeExact:
		return r.exact(column, c)
	case core.TypeNumber:
		return r.number(column, c)
	case core.TypeTime:
		return r.instant(column, c)
	case core.TypeDate:
		return r.date(column, c)
	case core.TypeFlag:
		if c.Op == core.OpEmpty {
			return never
		}
		return r.term(column+` = ?`, c.Values[0].Number)
	case core.TypeEnum, core.TypeCurrency, core.TypeCountry:
		if c.Op == core.OpEmpty {
			return r.term(column + ` = ''`)
		}
		return r.term(column+` = ?`, c.Values[0].Text)
	}
	return never
}

// lookup compares a lookup ID, which is the ID in another form.
func (r *tableRenderer) lookup(column string, c core.Compare) string {
	if c.Op != core.OpEqual {
		return never
	}
	id, ok := core.IDFromLookup(c.Values[0].Text)
	if !ok {
		return never
	}
	return r.term(column+` = ?`, id)
}

// list is the condition of a query, and the order of a range: by ID, or by
// what it asks for.
func (r *tableRenderer) list(w *where, rng core.Range) (page keysetPage, err error) {
	byID, desc := rng.ByID()
	if !byID && (rng.After != 0 || rng.Before != 0) {
		return page, core.Invalid{{Field: "order", Rule: core.Unknown}}
	}
	for _, part := range conjuncts(rng.Query.Expr) {
		r.args = nil
		cond := condition(r, part)
		w.and(cond, r.args...)
	}
	page = keyset(w, r.columns[core.FieldID], rng, desc)
	if !byID {
		page.order, err = orderSQL(rng.Order, r.columns)
	}
	return page, err
}
