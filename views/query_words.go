package views

import (
	"strings"

	"kontor/db/core"
)

// queryComplaint is what is wrong with a query, and what to do.
func queryComplaint(e core.QueryError) string {
	text := queryWords(e)
	if e.Suggestion != "" {
		text += " Did you mean " + e.Suggestion + "?"
	}
	return text
}

func queryWords(e core.QueryError) string {
	field := ""
	if e.Field != 0 {
		field = e.Field.String()
	}
	switch e.Rule {
	case core.TooLong:
		return "The search is longer than " + count(e.Limit, "character") + ". Shorten it."
	case core.TooMany:
		return "The search has more than " + count(e.Limit, "term") + ". Leave some out."
	case core.TooDeep:
		return "The parentheses are more than " + number(e.Limit) + " deep. Simplify the search."
	case core.Control:
		return "The search holds a character that cannot be searched for. Take it out."
	case core.Malformed:
		return "“" + short(e.Text, 40) + "” is no value for " + field + "." + valueHint(e.Type)
	case core.Unknown:
		return "“" + short(e.Text, 40) + "” is none of the choices for " + field + "." + choiceHint(e)
	case core.UnknownField:
		return "There is no field “" + short(e.Text, 40) + "”. To search for the text itself, put it in quotes."
	case core.NoKey:
		return "Say which metadata is meant, as in metadata.tier:gold."
	case core.NoValue:
		return "Say what to look for here."
	case core.BadComparison:
		return "The field " + field + " cannot be compared with “" + strings.TrimPrefix(short(e.Text, 10), ":") + "”."
	case core.AfterEmpty:
		return "“:*” finds what is empty and takes no value. To look for a part, write “:~”."
	case core.Unquoted:
		return "Put a value with parentheses in quotes."
	case core.Unclosed:
		return "This is opened and never closed."
	case core.Unopened:
		return "This closes nothing. Take it out, or put it in quotes."
	case core.Dangling:
		return "A term is missing after this."
	case core.EmptyGroup:
		return "There is nothing between the parentheses."
	}
	return "This part of the search cannot be read."
}

// choiceHint names what can be chosen.
func choiceHint(e core.QueryError) string {
	if len(e.Choices) == 0 {
		return valueHint(e.Type)
	}
	return " Choose one of " + strings.Join(e.Choices, ", ") + "."
}

// valueHint says how values of a field are written.
func valueHint(t core.FieldType) string {
	switch t {
	case core.TypeNumber:
		return " Write a whole number."
	case core.TypeAmount:
		return " Write an amount as 49 or 49.90."
	case core.TypeTime, core.TypeDate:
		return " Write a date as 2026-10-31, 2026-10 or 2026."
	case core.TypeCountry:
		return " Write a country by its name or its code."
	case core.TypeCurrency:
		return " Write a currency code such as EUR."
	case core.TypeLanguage:
		return " Write a language code such as en-GB."
	case core.TypeFlag:
		return " Write true or false."
	}
	return ""
}
