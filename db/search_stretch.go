package db

import (
	"cmp"
	"math"
	"slices"

	"kontor/db/core"
)

// A stretch is the part of an index that PostgreSQL reads a list by ID along: a
// merchant's living customers or, with a column, those with a value there. It is
// given as a range of the index's columns, and the list is sorted by these: were it
// sorted by the ID alone, PostgreSQL might read the customers of all merchants. And
// so one plan is good for all values, where by itself PostgreSQL would plan each
// list anew.
type stretch struct {
	merchant int64
	column   string // the index's second one, "" for none
	value    string
	text     string // that the searched words of all of them have, if any
	asked    where  // what is held against each that is read
}

// stretchColumns are the columns whose index runs along IDs where a value is equal.
var stretchColumns = map[core.Field]string{
	core.FieldName: "c.name_key", core.FieldCompany: "c.company_key", core.FieldCity: "c.city_key", core.FieldCountry: "c.country",
	core.FieldPostcode: "c.postcode_key", core.FieldOrganisationNumber: "c.organisation_key",
}

// stretchOf is the stretch of a list of those who fit all parts, if it has one
// whatever the values are: for all customers, for one equal value, and where
// parts only leave out what is equal, of which no index tells.
func stretchOf(merchant int64, parts []core.Node) *stretch {
	if len(parts) == 1 {
		if along := ofValue(merchant, parts); along != nil {
			return along
		}
	}
	if slices.ContainsFunc(parts, func(part core.Node) bool { return !isLeftOut(part) }) {
		return nil
	}
	return allLiving(merchant, parts)
}

// ofWords is the stretch of those who fit all parts, if these are words, or words
// and one equal value.
func ofWords(merchant int64, parts []core.Node) *stretch {
	if slices.ContainsFunc(parts, isNoText) {
		return ofValue(merchant, parts)
	}
	return allLiving(merchant, parts)
}

// ofValue is the stretch of those with the value that a part of the query names,
// each of whom is held against the other parts, if these are words. There is none
// where no part names one that has an index.
func ofValue(merchant int64, parts []core.Node) *stretch {
	for i, part := range parts {
		c, ok := part.(core.Compare)
		if !ok || c.Op != core.OpEqual || stretchColumns[c.Field] == "" {
			continue
		}
		others := slices.Delete(slices.Clone(parts), i, i+1)
		if slices.ContainsFunc(others, isNoText) {
			return nil
		}
		along := allLiving(merchant, others)
		along.column, along.value = stretchColumns[c.Field], c.Values[0].Folded
		switch {
		case codeColumns[c.Field] != "":
			along.value = c.Values[0].Text
		case searched[c.Field]:
			along.text = along.value
		}
		along.asked.and(along.column + ` <> ''`) // the index leaves out what is empty
		return along
	}
	return nil
}

// allLiving is the stretch of a merchant's living customers, each of whom is held
// against the parts. Texts are not looked for by LIKE, to which PostgreSQL gives
// one in two hundred, whatever is looked for: it would rather sort these than read
// along.
func allLiving(merchant int64, parts []core.Node) *stretch {
	along := &stretch{merchant: merchant}
	r := renderer{merchant: merchant, postgres: true, through: true}
	for _, part := range parts {
		if w, ok := part.(core.Word); ok && !isNoText(part) {
			along.asked.and(`STRPOS(c.search, ?) > 0`, w.Folded)
			continue
		}
		r.args = nil
		cond := condition(&r, part)
		along.asked.and(cond, r.args...)
	}
	return along
}

// isLeftOut reports whether a part holds where a column has another value.
func isLeftOut(part core.Node) bool {
	not, ok := part.(core.Not)
	if !ok {
		return false
	}
	c, ok := not.Node.(core.Compare)
	return ok && c.Op == core.OpEqual && (textKeys[c.Field] != "" || codeColumns[c.Field] != "")
}

// between is the condition for those of the stretch between two IDs, of which
// either may be 0 for none. Both bounds go down to the ID: of one that does not
// PostgreSQL expects fifty customers in ten thousand, and sorts them.
func (s *stretch) between(after, before int64) where {
	if before == 0 {
		before = math.MaxInt64
	}
	var w where
	if s.column != "" {
		w.and(`c.merchant_id = ?`, s.merchant)
		w.and(`(`+s.column+`, c.id) > (?, ?)`, s.value, after)
		w.and(`(`+s.column+`, c.id) < (?, ?)`, s.value, before)
	} else {
		w.and(`(c.merchant_id, c.id) > (?, ?)`, s.merchant, after)
		w.and(`(c.merchant_id, c.id) < (?, ?)`, s.merchant, before)
	}
	w.and(`c.deleted_at = 0`)
	w.conds = append(w.conds, s.asked.conds...)
	w.args = append(w.args, s.asked.args...)
	return w
}

// order is what a list along the stretch is sorted by; dir is "" or " DESC".
func (s *stretch) order(dir string) string {
	return cmp.Or(s.column, "c.merchant_id") + dir + ", c.id" + dir
}
