package db

import (
	"strings"
	"time"
	"unicode/utf8"

	"kontor/db/core"
)

// A renderer turns a query's tree into a condition on customers c. What was
// typed becomes arguments, never text.
type renderer struct {
	merchant int64
	postgres bool
	through  bool       // on PostgreSQL, each of the merchant's customers is held against the query
	rare     *rare      // on PostgreSQL, how rare texts are looked for, else nil
	worded   bool       // they find cities, too
	staff    bool       // may look into notes among staff
	method   methodKind // where payment methods are looked for, else none
	expiry   string     // then the column of cards, with a + where no index is to be used for it
	args     []any
}

// textKeys are the columns with the folded text of fields.
var textKeys = map[core.Field]string{
	core.FieldCustomID:           "c.custom_key",
	core.FieldName:               "c.name_key",
	core.FieldFirstName:          "c.first_key",
	core.FieldLastName:           "c.last_key",
	core.FieldCompany:            "c.company_key",
	core.FieldOrganisationNumber: "c.organisation_key",
	core.FieldEmail:              "c.email_key",
	core.FieldDescription:        "c.description_key",
	core.FieldCity:               "c.city_key",
	core.FieldPostcode:           "c.postcode_key",
}

// codeColumns are the columns with codes, compared as they are.
var codeColumns = map[core.Field]string{
	core.FieldCountry:  "c.country",
	core.FieldCurrency: "c.currency",
	core.FieldSource:   "c.source",
}

// A meaning is what the words and comparisons of a query are conditions on.
type meaning interface {
	word(w core.Word) string
	compare(c core.Compare) string
}

// condition turns a query's tree into a condition, as what it means has it.
func condition(m meaning, n core.Node) string {
	switch n := n.(type) {
	case core.And:
		return conditions(m, n, " AND ")
	case core.Or:
		return conditions(m, n, " OR ")
	case core.Not:
		return "NOT " + condition(m, n.Node)
	case core.Word:
		return m.word(n)
	case core.Compare:
		return m.compare(n)
	}
	return never
}

func conditions(m meaning, nodes []core.Node, with string) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = condition(m, n)
	}
	return "(" + strings.Join(parts, with) + ")"
}

const (
	never  = "(1 = 0)"
	always = "(1 = 1)"
)

// term writes a condition with its arguments.
func (r *renderer) term(cond string, args ...any) string {
	r.args = append(r.args, args...)
	return "(" + cond + ")"
}

// word looks for part of anything a customer is known by. One or two letters
// are looked for at the beginning of words only.
func (r *renderer) word(w core.Word) string {
	cond := r.searchedFor(w.Folded, wordPattern(w.Folded))
	if w.Digits != "" && w.Digits != w.Folded {
		cond = "(" + cond + " OR " + r.searchedFor(w.Digits, "%"+w.Digits+"%") + ")"
	}
	if r.method.cards() && isLastFour(w) {
		cond = "(" + cond + " OR " + r.term(`k.last_four = ?`, w.Text) + ")"
	}
	return cond
}

// searchedFor looks for a text by its pattern among what a customer is known by.
// On PostgreSQL the index of all merchants' customers is not asked for one of few,
// and only for some trigrams of a rare text: it would read the lists of all the
// others too.
func (r *renderer) searchedFor(text, pattern string) string {
	looked, ok := r.rare.looked(text)
	if !r.through && !ok {
		return r.term(`c.search LIKE ? ESCAPE '\'`, pattern)
	}
	cond := r.term(`(c.search || '') LIKE ? ESCAPE '\'`, pattern) // which no index has
	for _, t := range looked {
		cond += " AND " + r.term(`c.search LIKE ?`, "%"+t+"%")
	}
	return "(" + cond + ")"
}

// indexedTrigram reports whether PostgreSQL's index has a trigram for sure: it
// has those of letters and digits, and which letters beyond ASCII these are is
// the database's to say.
func indexedTrigram(trigram string) bool {
	return !strings.ContainsFunc(trigram, func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
}

func wordPattern(folded string) string {
	if utf8.RuneCountInString(folded) < 3 {
		return "% " + escapeLike(folded) + "%"
	}
	return "%" + escapeLike(folded) + "%"
}

func (r *renderer) compare(c core.Compare) string {
	had := len(r.args)
	cond := r.field(c)
	switch {
	case !r.postgres || r.through:
		return cond
	case isIndexed(c) && !r.worded:
		return cond
	case isIndexed(c):
		r.args = r.args[:had]
		cond = r.text("("+textKeys[c.Field]+" || '')", c) // which no index has
	}
	// PostgreSQL finds by the index of the searched words what no other has.
	for _, text := range searchedTexts(c) {
		if utf8.RuneCountInString(text) < 3 {
			continue
		}
		looked, ok := r.rare.looked(text)
		if !ok {
			looked = []string{escapeLike(text)}
		}
		for _, t := range looked {
			cond = "(" + cond + " AND " + r.term(`c.search LIKE ? ESCAPE '\'`, "%"+t+"%") + ")"
		}
	}
	return cond
}

func (r *renderer) field(c core.Compare) string {
	if r.method.name != "" {
		if cond, ours := r.ofMethod(c); ours {
			return cond
		}
	}
	if column, ok := textKeys[c.Field]; ok {
		return r.text(column, c)
	}
	if column, ok := codeColumns[c.Field]; ok {
		if c.Op == core.OpEmpty {
			return r.term(column + ` = ''`)
		}
		return r.term(column+` = ? AND `+column+` <> ''`, c.Values[0].Text)
	}
	switch c.Field {
	case core.FieldID:
		return r.number("c.id", c)
	case core.FieldVersion:
		return r.number("c.version", c)
	case core.FieldUUID:
		return r.named("c.id", c, core.IDFromUUID)
	case core.FieldLookupID:
		return r.named("c.id", c, core.IDFromLookup)
	case core.FieldReference:
		return r.exact("c.reference", c)
	case core.FieldPhone:
		return r.phone(c)
	case core.FieldLanguage:
		return r.text("LOWER(c.language)", c)
	case core.FieldDateOfBirth:
		return r.date("c.date_of_birth", c)
	case core.FieldCreated:
		return r.created("c.id", c)
	case core.FieldUpdated:
		return r.instant("c.updated_at", c)
	case core.FieldDeleted:
		return r.instant("c.deleted_at", c)
	case core.FieldStreet:
		return r.address("a.street_key", c)
	case core.FieldState:
		return r.address("a.state_key", c)
	case core.FieldMetadata:
		return r.metadata(c)
	case core.FieldNote:
		return r.note(c)
	case core.FieldSubscription, core.FieldPlan, core.FieldCard, core.FieldCardExpires:
		return r.billed(c)
	}
	return never
}

func (r *renderer) text(column string, c core.Compare) string {
	switch c.Op {
	case core.OpEmpty:
		return r.term(column + ` = ''`)
	case core.OpContains:
		parts := make([]string, len(c.Values))
		for i, v := range c.Values {
			parts[i] = r.term(column+` LIKE ? ESCAPE '\'`, "%"+escapeLike(v.Folded)+"%")
		}
		return "(" + strings.Join(parts, " AND ") + ")"
	}
	if column == "m.value_key" {
		return r.term(column+` = ?`, c.Values[0].Folded)
	}
	return r.term(column+` = ? AND `+column+` <> ''`, c.Values[0].Folded) // the indexes leave out what is empty
}

func (r *renderer) exact(column string, c core.Compare) string {
	switch c.Op {
	case core.OpEmpty:
		return r.term(column + ` = ''`)
	case core.OpContains:
		parts := make([]string, len(c.Values))
		for i, v := range c.Values {
			parts[i] = r.term(column+` LIKE ? ESCAPE '\'`, "%"+escapeLike(v.Text)+"%")
		}
		return "(" + strings.Join(parts, " AND ") + ")"
	}
	return r.term(column+` = ? AND `+column+` <> ''`, c.Values[0].Text)
}

// named compares a UUID or lookup ID, which is the ID in another form.
func (r *renderer) named(column string, c core.Compare, read func(string) (int64, bool)) string {
	if c.Op == core.OpEmpty || len(c.Values) != 1 {
		return never
	}
	id, ok := read(c.Values[0].Text)
	if !ok {
		return never
	}
	return r.term(column+` = ?`, id)
}

func (r *renderer) number(column string, c core.Compare) string {
	if c.Op == core.OpEmpty {
		return never
	}
	op := map[core.Op]string{
		core.OpEqual: "=", core.OpLess: "<", core.OpGreater: ">", core.OpAtMost: "<=", core.OpAtLeast: ">=",
	}[c.Op]
	if op == "" {
		return never
	}
	return r.term(column+` `+op+` ?`, c.Values[0].Number)
}

func (r *renderer) phone(c core.Compare) string {
	if c.Op == core.OpEmpty {
		return r.term(`c.phone = ''`)
	}
	parts := make([]string, len(c.Values))
	for i, v := range c.Values {
		switch {
		case v.Digits == "" && c.Op == core.OpEqual:
			parts[i] = r.term(`c.phone = ?`, v.Text)
		case v.Digits == "":
			parts[i] = r.term(`c.phone LIKE ? ESCAPE '\'`, "%"+escapeLike(v.Text)+"%")
		case c.Op == core.OpEqual:
			parts[i] = r.term(`(c.phone_key = ? AND c.phone_key <> '') OR (c.phone_e164 = ? AND c.phone_e164 <> '')`, v.Digits, "+"+v.Digits)
		default:
			parts[i] = r.term(`c.phone_key LIKE ? OR c.phone_e164 LIKE ?`, "%"+v.Digits+"%", "%"+v.Digits+"%")
		}
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// created compares IDs, which grow with the time they were created at, so that
// it runs along the order of the list.
func (r *renderer) created(column string, c core.Compare) string {
	if c.Op == core.OpEmpty {
		return never
	}
	from, to := c.Bounds()
	return r.between(column, from, to, func(t time.Time) any { return core.FirstID(t) })
}

func (r *renderer) instant(column string, c core.Compare) string {
	if c.Op == core.OpEmpty {
		return r.term(column + ` = 0`)
	}
	from, to := c.Bounds()
	cond := r.between(column, from, to, func(t time.Time) any { return millis(t) })
	if !from.After(time.UnixMilli(0)) { // SQLite looks for one bound of a side
		cond = column + ` > 0 AND ` + cond
	}
	return "(" + cond + ")"
}

func (r *renderer) date(column string, c core.Compare) string {
	if c.Op == core.OpEmpty {
		return r.term(column + ` = ''`)
	}
	from, to := c.Bounds()
	return "(" + r.term(column+` <> ''`) + " AND " +
		r.between(column, from, to, func(t time.Time) any { return t.Format(time.DateOnly) }) + ")"
}

func (r *renderer) between(column string, from, to time.Time, value func(time.Time) any) string {
	cond := always
	if !from.IsZero() {
		cond = r.term(column+` >= ?`, value(from))
	}
	if !to.IsZero() {
		cond += " AND " + r.term(column+` < ?`, value(to))
	}
	return "(" + cond + ")"
}

// address asks the default billing address. Where there is none, its fields
// are empty.
func (r *renderer) address(column string, c core.Compare) string {
	const from = `SELECT 1 FROM addresses a WHERE a.customer_id = c.id AND a.merchant_id = c.merchant_id AND a.is_default = 1 AND a.type IN ('billing', 'both') AND `
	if c.Op == core.OpEmpty {
		return "(NOT EXISTS (" + from + column + ` <> ''))`
	}
	return "(EXISTS (" + from + r.text(column, c) + "))"
}

func (r *renderer) metadata(c core.Compare) string {
	const from = `SELECT 1 FROM metadata m WHERE m.customer_id = c.id AND m.merchant_id = c.merchant_id AND m.name = ?`
	r.args = append(r.args, c.Key)
	if c.Op == core.OpEmpty {
		return "(NOT EXISTS (" + from + "))"
	}
	return "(EXISTS (" + from + " AND " + r.text("m.value_key", c) + "))"
}

// note looks through the merchant's notes once, of which there are fewer than
// customers.
func (r *renderer) note(c core.Compare) string {
	r.args = append(r.args, r.merchant, bit(r.staff))
	const from = `SELECT n.customer_id FROM notes n WHERE n.merchant_id = ? AND n.deleted_at = 0 AND n.staff_only <= ?`
	if c.Op == core.OpEmpty {
		return "(c.id NOT IN (" + from + "))"
	}
	parts := ""
	for _, v := range c.Values {
		parts += " AND " + r.term(`n.body_key LIKE ? ESCAPE '\'`, "%"+escapeLike(v.Folded)+"%")
	}
	return "(c.id IN (" + from + parts + "))"
}
