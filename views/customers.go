package views

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// CustomersView is a merchant's list of customers. The part [CustomersTable],
// id "customers", is what a search, a tab, an order or a page swaps.
type CustomersView struct {
	Chrome   Chrome // Chrome.Find is the search box
	MayWrite bool
	MayTake  bool      // export
	At       []Pair    // what the list's own URL says of it, but for the page
	Bulk     *BulkForm // does something to many of them; nil for who may not
	Deleted  bool      // the tab of deleted customers
	Query    string    // the whole query as text, for the print head and the empty state

	Saver    *ViewForm // saves the list at hand; nil where there is nothing to save
	ViewForm *ViewForm // changes the marked view; nil where none is, or may not
	Back     string    // where the list is by GET, of an answer to a form; else ""

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

// A BulkForm does something to those customers of a list that are ticked. It
// posts to [BulkURL]: "id" of each, or "page" with those of the whole page, or
// "all" for whatever matches; "act", one of Acts; "key" and "value" of metadata;
// and the list's own "q", "view" and "sort".
type BulkForm struct {
	Acts   []Pair
	Chosen map[int64]bool // ticked already
	All    bool
	Act    string
	Key    string
	Value  string
	Faults core.Invalid
}

// What the bulk form asks for beside the acts of [core.BulkAct].
const (
	BulkCSV    = "export-csv"
	BulkNDJSON = "export-ndjson"
)

// page is every customer of the page, as the box in the heading sends them.
func (v CustomersView) page() string {
	ids := make([]string, len(v.Rows))
	for i, r := range v.Rows {
		ids[i] = itoa(r.ID)
	}
	return strings.Join(ids, ",")
}

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

func customersTitle(v CustomersView) string {
	title := "Customers"
	if v.Deleted {
		title = "Deleted customers"
	}
	if v.Query != "" {
		title = short(v.Query, 60) + " · " + title
	}
	return title
}

// printHead says on paper what the list is.
func printHead(v CustomersView) string {
	return dotted("Filter: "+orElse(v.Query, "none"), "Printed "+full(v.Chrome.Now, v.Chrome.location()))
}

// dateLabel is the heading above the dates that go with an order.
func dateLabel(s core.Sort) string {
	switch s {
	case core.ByUpdated:
		return "Updated"
	case core.ByDeleted:
		return "Deleted"
	}
	return "Added"
}

func rowDate(c *core.CustomerSummary, s core.Sort) time.Time {
	switch s {
	case core.ByUpdated:
		return c.UpdatedAt
	case core.ByDeleted:
		return c.DeletedAt
	}
	return c.CreatedAt
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

func relation(label string) string {
	if label == "Next" {
		return "next"
	}
	return "prev"
}

// live makes a link swap the list in place; the address follows.
func live(url string) templ.OrderedAttributes { return swapping("#customers", url, "outerMorph") }

// pageMoves makes a link to another page swap the customers in place. Other
// lists are whole pages.
func pageMoves(thing, url string) templ.OrderedAttributes {
	if thing != "customer" {
		return nil
	}
	return livePage(url)
}

// livePage is live for links to another page, which begins at the top.
func livePage(url string) templ.OrderedAttributes {
	return swapping("#customers", url, "outerMorph show:top")
}

func swapping(part, url, swap string) templ.OrderedAttributes {
	return templ.OrderedAttributes{
		{Key: "hx-get", Value: url},
		{Key: "hx-target", Value: part},
		{Key: "hx-swap", Value: swap},
		{Key: "hx-push-url", Value: "true"},
		{Key: "hx-indicator", Value: part},
	}
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
