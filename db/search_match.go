package db

import (
	"strings"
	"unicode/utf8"

	"kontor/db/core"
)

// matchOf returns the trigram table's expression for what it can find of the
// parts, or "" where it is better not asked, and the parts that are still to
// be held against each row: those, too, whose texts are rare and looked for by
// some of their trigrams.
func matchOf(parts []core.Node, r *rare) (match string, rest []core.Node) {
	var phrases []string
	asked := false
	for _, part := range parts {
		switch n := part.(type) {
		case core.Word:
			asked = true
			m, ok := r.match(n.Folded)
			if !ok {
				phrases = append(phrases, wordMatch(n, phrase(n.Folded)))
				continue
			}
			if m != "" { // else others find it
				phrases = append(phrases, wordMatch(n, m))
			}
		case core.Or:
			if m := orMatch(n); m != "" {
				phrases = append(phrases, m)
				asked = true
				continue
			}
		case core.Compare:
			m, ok := fieldMatch(n, r)
			asked = asked || ok && !isIndexed(n)
			if m != "" {
				phrases = append(phrases, m)
			}
		}
		rest = append(rest, part)
	}
	if !asked {
		return "", parts
	}
	return strings.Join(phrases, " AND "), rest
}

// textsOf are texts that the searched words of what fits all parts have.
func textsOf(parts []core.Node) []string {
	var texts []string
	for _, part := range parts {
		switch n := part.(type) {
		case core.Word:
			if n.Digits == "" {
				texts = append(texts, n.Folded)
			}
		case core.Compare:
			if _, ok := fieldMatch(n, nil); ok {
				texts = append(texts, searchedTexts(n)...)
			}
		}
	}
	return texts
}

// indexed are the fields whose equality has an index of its own, which is
// better than the trigram table when there are no words.
var indexed = map[core.Field]bool{
	core.FieldName: true, core.FieldCompany: true, core.FieldEmail: true, core.FieldCity: true,
}

func isIndexed(c core.Compare) bool { return c.Op == core.OpEqual && indexed[c.Field] }

// isAsked reports whether what a part of a query looks for is found by the
// searched words, and by nothing else.
func isAsked(part core.Node) bool {
	switch n := part.(type) {
	case core.Word:
		return n.Digits == ""
	case core.Compare:
		return len(searchedTexts(n)) > 0 && !isIndexed(n)
	}
	return false
}

func isNoWord(part core.Node) bool {
	_, ok := part.(core.Word)
	return !ok
}

// isNoText reports whether a part is not just a word of three letters or more,
// which is a text that the searched words have.
func isNoText(part core.Node) bool {
	w, ok := part.(core.Word)
	return !ok || w.Digits != "" || utf8.RuneCountInString(w.Folded) < 3
}

// isSelective reports whether a part has an index by which few are found: of a
// city there may be many.
func isSelective(part core.Node) bool {
	c, ok := part.(core.Compare)
	return ok && isIndexed(c) && c.Field != core.FieldCity
}

// searched are the fields that stand among the searched words.
var searched = map[core.Field]bool{
	core.FieldName: true, core.FieldFirstName: true, core.FieldLastName: true, core.FieldCompany: true,
	core.FieldEmail: true, core.FieldCustomID: true, core.FieldCity: true,
}

// fieldMatch narrows a comparison of a searched field, if that can be. Its
// condition must be held against the rows all the same.
func fieldMatch(c core.Compare, r *rare) (match string, ok bool) {
	var phrases []string
	for _, text := range searchedTexts(c) {
		m, looked := r.match(text)
		if !looked && utf8.RuneCountInString(text) >= 3 {
			m, looked = phrase(text), true
		}
		if m != "" { // else others find it
			phrases = append(phrases, m)
		}
		ok = ok || looked
	}
	return strings.Join(phrases, " AND "), ok
}

// searchedTexts are the texts that stand among the searched words wherever a
// comparison holds. References and phone numbers have indexes for the whole of
// them, and are looked for here by a part.
func searchedTexts(c core.Compare) []string {
	partly := c.Op == core.OpContains && (c.Field == core.FieldReference || c.Field == core.FieldPhone)
	if !partly && (!searched[c.Field] || c.Op != core.OpEqual && c.Op != core.OpContains) {
		return nil
	}
	var texts []string
	for _, v := range c.Values {
		text := v.Folded
		switch {
		case c.Field == core.FieldPhone && v.Digits != "":
			text = v.Digits
		case partly:
			text = core.Fold(v.Text)
		}
		texts = append(texts, text)
	}
	return texts
}

// wordMatch looks for a word, whose own text m finds, or for its digits.
func wordMatch(w core.Word, m string) string {
	if utf8.RuneCountInString(w.Folded) < 3 {
		m = phrase(" " + w.Folded)
	}
	if w.Digits != "" && w.Digits != w.Folded {
		m = "(" + m + " OR " + phrase(w.Digits) + ")"
	}
	return m
}

// orMatch is for words of which any may be there, and "" for anything else.
func orMatch(or core.Or) string {
	var phrases []string
	for _, n := range or {
		w, ok := n.(core.Word)
		if !ok {
			return ""
		}
		phrases = append(phrases, wordMatch(w, phrase(w.Folded)))
	}
	return "(" + strings.Join(phrases, " OR ") + ")"
}

// phrase quotes a text for FTS5, with the two spaces for one that the trigram
// table has.
func phrase(text string) string { return quoted(core.Spaced(text)) }

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
