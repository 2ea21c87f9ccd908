package views

import (
	"strings"
	"time"

	"kontor/db/core"
)

// TermText says a term of a query in words: "Country is Bosnia and
// Herzegovina", "Added on or after 1 Oct 2026".
func TermText(t core.Term, zone *time.Location) string {
	switch n := t.Node.(type) {
	case core.Compare:
		return compareText(n, t.Negated)
	case core.Word:
		if t.Negated {
			return "Without “" + n.Text + "”"
		}
		return "“" + n.Text + "”"
	}
	return short(t.Text, 80)
}

func compareText(c core.Compare, negated bool) string {
	name := fieldLabel(c)
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = valueText(c.Field, v)
	}
	value := strings.Join(values, " and ")
	verb, not := "is", "is not"
	switch c.Op {
	case core.OpEmpty:
		verb, not, value = "is empty", "is there", ""
	case core.OpContains:
		verb, not = "contains", "does not contain"
	case core.OpLess:
		verb, not = than(c, "before", "below"), than(c, "not before", "not below")
	case core.OpGreater:
		verb, not = than(c, "after", "above"), than(c, "not after", "not above")
	case core.OpAtMost:
		verb, not = than(c, "on or before", "at most"), than(c, "after", "above")
	case core.OpAtLeast:
		verb, not = than(c, "on or after", "at least"), than(c, "before", "below")
	}
	if negated {
		verb = not
	}
	return strings.TrimSpace(name + " " + verb + " " + value)
}

// than chooses the words for times or for numbers.
func than(c core.Compare, time, number string) string {
	switch c.Field {
	case core.FieldCreated, core.FieldUpdated, core.FieldDeleted, core.FieldDateOfBirth, core.FieldCardExpires, core.FieldExpires,
		core.FieldNext, core.FieldStarted, core.FieldEnded, core.FieldDue:
		return time
	}
	return number
}

// fieldLabels are those fields of queries that no form has.
var fieldLabels = map[core.Field]string{
	core.FieldID:          "ID",
	core.FieldUUID:        "UUID",
	core.FieldLookupID:    "Lookup ID",
	core.FieldFirstName:   "First name",
	core.FieldLastName:    "Last name",
	core.FieldDateOfBirth: "Date of birth",
	core.FieldCreated:     "Added",
	core.FieldUpdated:     "Updated",
	core.FieldDeleted:     "Deleted",
	core.FieldSource:      "Came through",
	core.FieldVersion:     "Version",
	core.FieldNote:        "Note",

	core.FieldMethodType: "Type",
	core.FieldBrand:      "Brand",
	core.FieldScheme:     "Scheme",
	core.FieldActive:     "In use",
	core.FieldMandate:    "Mandate",
	core.FieldLastFour:   "Last four digits",
	core.FieldExpires:    "Expires",

	core.FieldSubscription: "Subscription",
	core.FieldCardExpires:  "Card expires",
	core.FieldStatus:       "State",
	core.FieldNext:         "Next charge",
	core.FieldStarted:      "Started",
	core.FieldEnded:        "Ended",
	core.FieldAmount:       "Amount",
	core.FieldCustomer:     "Customer",
	core.FieldDue:          "Due",
}

func fieldLabel(c core.Compare) string {
	if c.Field == core.FieldMetadata {
		return "Metadata " + c.Key
	}
	if text, ok := fieldLabels[c.Field]; ok {
		return text
	}
	return label(c.Field.String())
}

func valueText(f core.Field, v core.Value) string {
	switch f {
	case core.FieldCountry:
		return orElse(core.CountryName(v.Text), v.Text)
	case core.FieldSource:
		return sourceNames[core.Source(v.Text)]
	case core.FieldSubscription, core.FieldStatus:
		return orElse(lower(states[core.State(v.Text)]), orElse(lower(chargeStates[core.ChargeState(v.Text)]), v.Text))
	case core.FieldMethodType:
		return lower(orElse(channelTypes[core.ChannelType(v.Text)], "Card"))
	case core.FieldBrand:
		return core.Brand(v.Text).Name()
	case core.FieldScheme:
		s, _ := core.FindScheme(v.Text)
		return s.Title
	case core.FieldFrequency:
		return frequencies[core.Frequency(v.Text)]
	case core.FieldCreated, core.FieldUpdated, core.FieldDeleted, core.FieldDateOfBirth, core.FieldCardExpires, core.FieldExpires,
		core.FieldNext, core.FieldStarted, core.FieldEnded, core.FieldDue:
		return dateText(v.Text)
	}
	return short(v.Text, 60)
}

// dateText writes a date as precisely as it was given.
func dateText(text string) string {
	for _, f := range []struct{ layout, shown string }{
		{"2006-01-02", dayLayout}, {"2006-01", "Jan 2006"},
	} {
		if t, err := time.Parse(f.layout, text); err == nil {
			return t.Format(f.shown)
		}
	}
	return text
}

var sourceNames = map[core.Source]string{
	core.FromPage: "a page", core.FromImport: "an import", core.FromDemo: "the demo", core.FromWallee: "wallee",
	core.FromMonri: "Monri", core.FromPayfirma: "Payfirma", core.FromAcquired: "Acquired.com", core.FromCDC: "CDC",
}

// Complaint is what is wrong with a field, as one sentence that says what to do.
func Complaint(f core.Fault) string { return complaint(f) }

// FieldNames lists fields as people read them: "e-mail and billing city".
func FieldNames(names []string) string {
	labels := make([]string, len(names))
	for i, name := range names {
		labels[i] = lower(label(name))
	}
	if n := len(labels); n > 1 {
		return strings.Join(labels[:n-1], ", ") + " and " + labels[n-1]
	}
	return strings.Join(labels, "")
}
