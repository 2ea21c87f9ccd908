package views

import "kontor/db/core"

// A ViewForm saves a view or changes one. It posts "name", "team", "version",
// "q" and "sort" to Action.
type ViewForm struct {
	Action   string
	Delete   string // takes the view away, by POST; "" of a new one
	Version  int64
	Name     string
	Query    string
	Sort     string
	Team     bool
	MayShare bool // with the team, or take it back
	Faults   core.Invalid
	Stale    bool // somebody changed it since it was looked at
}

// open reports whether the form has something to say.
func (f ViewForm) open() bool { return f.Stale || len(f.Faults) > 0 }

// fault is what is wrong with the form, all of it by its one line.
func (f ViewForm) fault() string {
	switch {
	case f.Stale:
		return "Somebody changed this view meanwhile. Save once more to keep yours."
	case len(f.Faults) > 0:
		return complaint(f.Faults[0])
	}
	return ""
}

// A Pill is a term of the query in words, with the list as it is without it.
type Pill struct {
	Text   string // "Country is Bosnia and Herzegovina"
	Remove string
}

// Filters is the builder, which writes a term for those who don't. It sends
// "field", "op" and "value" by GET to Action along with Hidden.
type Filters struct {
	Action string
	Hidden []Pair
	Fields []Filter
}

// A Filter is a field that can be filtered by.
type Filter struct {
	Name  string // as the query language calls it
	Label string
}

// Ops are the comparisons the builder offers, as it sends them.
var Ops = []Pair{
	{"is", "is"},
	{"not", "is not"},
	{"contains", "contains"},
	{"after", "is after or above"},
	{"before", "is before or below"},
	{"none", "is empty"},
}

// A Mistake is what could not be read in a query.
type Mistake struct {
	Query string // as typed
	core.QueryError
}

// current is the label of the current choice.
func current(list []Choice) string {
	for _, c := range list {
		if c.Current {
			return c.Label
		}
	}
	return "Order"
}

// before, part and after cut the query at the mistake. Positions count
// characters, and may stand at the end where something is missing.
func (m Mistake) before() string { return m.cut(0, m.Pos) }
func (m Mistake) after() string  { return m.cut(m.Pos+m.Len, len(m.Query)) }

func (m Mistake) part() string {
	if part := m.cut(m.Pos, m.Pos+m.Len); part != "" {
		return part
	}
	return "…"
}

func (m Mistake) cut(from, to int) string {
	runes := []rune(m.Query)
	from, to = min(max(from, 0), len(runes)), min(max(to, 0), len(runes))
	if from >= to {
		return ""
	}
	return string(runes[from:to])
}
