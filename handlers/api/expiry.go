package api

import (
	"time"

	"kontor/db/core"
)

// Expiry reads the two parts of a card's expiry under the face's names, and
// returns them as text. What [core.ReadCard] and [core.Card.With] find wrong with
// the whole is told of the part that it is because of: of the year when the card
// expired in one before.
func (f *Form) Expiry(month, year Value, monthName, yearName string, now time.Time) (m, y string) {
	read := func(v Value, name string) string {
		f.place(name)
		text, ok := v.Text()
		if v.Given() && !ok {
			f.Fault(name, core.Malformed, 0)
		}
		return text
	}
	m, y = read(month, monthName), read(year, yearName)
	ofMonth, ofYear := core.CheckMonthYear(m, y)
	for _, part := range []struct {
		name string
		rule core.Rule
	}{{monthName, ofMonth}, {yearName, ofYear}} {
		if _, told := f.Faults.Field(part.name); part.rule != "" && !told {
			f.Fault(part.name, part.rule, 0)
		}
	}
	whole := monthName
	if e, rule := core.ParseMonthYear(m, y); ofMonth == "" && (ofYear != "" || rule == "" && e.Year < now.Year()) {
		whole = yearName
	}
	f.Name("expiry", whole)
	return m, y
}
