package views

import "github.com/a-h/templ"

// A Pager tells which rows are shown and leads to the others.
type Pager struct {
	From, To  int
	Of        int    // [core.Page.Count]: beyond [core.MaxCount] there are "1,000+"
	Previous  string // "" when this is the first page
	Next      string // "" when this is the last page
	PageSizes []Choice
}

func relation(label string) string {
	if label == "Next" {
		return "next"
	}
	return "prev"
}

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
