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
	All     string // the list of which nothing is searched for
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

// A Header is a column's heading by which the list can be sorted.
type Header struct {
	URL   string // the list sorted by this column, the other way when it is already
	Order string // as aria-sort: "ascending", "descending", or "" when sorted otherwise
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

// faulty reports whether a form of the page was refused.
func (v CustomersView) faulty() bool {
	return v.Bulk != nil && len(v.Bulk.Faults) > 0 || v.Saver != nil && len(v.Saver.Faults) > 0 || v.ViewForm != nil && len(v.ViewForm.Faults) > 0
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

// live makes a link swap the list in place; the address follows.
func live(url string) templ.OrderedAttributes { return swapping("#customers", url, "outerMorph") }

func swapping(part, url, swap string) templ.OrderedAttributes {
	return templ.OrderedAttributes{
		{Key: "hx-get", Value: url},
		{Key: "hx-target", Value: part},
		{Key: "hx-swap", Value: swap},
		{Key: "hx-push-url", Value: "true"},
		{Key: "hx-indicator", Value: part},
	}
}
