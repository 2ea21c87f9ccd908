package views

import "kontor/db/core"

// CustomersView is a merchant's list of customers. The part [CustomersTable],
// id "customers", is what a search, a tab, an order or a page swaps.
type CustomersView struct {
	Chrome   Chrome // Chrome.Find is the search box
	MayWrite bool
	Deleted  bool   // the tab of deleted customers
	Query    string // the whole query as text, for the print head and the empty state

	Tabs    []Choice
	Pills   []Pill
	Clear   string // the list without any term; shown while there are pills
	Filters Filters
	Mistake *Mistake // what is wrong with the query; the rows are those from before it
	Orders  []Choice // every order there is
	ByName  Header   // sorts by name
	ByDate  Header   // sorts by the date shown: Sort says which it is
	Sort    core.Sort
	Rows    []core.CustomerSummary
	Pager   Pager

	// Without are the queries that leave out one term each, for when nothing
	// matched. Label is the term left out.
	Without []Choice
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

// A Mistake points at what could not be read in a query.
type Mistake struct {
	Query    string
	From, To int // bytes of Query; equal when something is missing there
	Text     string
}

// A Header is a column's heading by which the list can be sorted.
type Header struct {
	URL   string // the list sorted by this column, the other way when it is already
	Order string // as aria-sort: "ascending", "descending", or "" when sorted otherwise
}

// A Pager tells which rows are shown and leads to the others.
type Pager struct {
	From, To  int
	Of        int    // [core.Page.Count]: beyond [core.MaxCount] there are "1,000+"
	Previous  string // "" when this is the first page
	Next      string // "" when this is the last page
	PageSizes []Choice
}
