package views

import (
	"context"
	"html"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// customerLines are the rows of the list of customers. They are a third of what
// the most visited page costs, drawn up to a hundred times a page, and so the
// one thing that is appended to a buffer here and not written as templ, which
// makes some eighty small strings a row. A new column needs a cell here and a
// heading in customerRows.
func customerLines(v CustomersView) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		base, zone := CustomersURL(v.Chrome.Merchant.ID)+"/", v.Chrome.location()
		b := make([]byte, 0, 2048)
		for i := range v.Rows {
			b = appendCustomerLine(b[:0], v, &v.Rows[i], base, zone)
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
		return nil
	})
}

func appendCustomerLine(b []byte, v CustomersView, c *core.CustomerSummary, base string, zone *time.Location) []byte {
	title := c.Title()
	b = append(b, `<tr>`...)
	if v.Bulk != nil {
		b = append(b, `<td class="pick">`...)
		b = appendPick(b, c.ID, title, v.Bulk.Chosen[c.ID])
		b = append(b, `</td>`...)
	}
	b = append(b, `<th scope="row">`...)
	b = appendAvatar(b, c.ID, title)
	b = append(b, `<span><a href="`...)
	b = appendID(b, base, c.ID)
	b = append(b, `" dir="auto">`...) // where it is cut, it is at its end
	b = appendText(b, title)
	b = append(b, `</a>`...)
	if c.Email != "" && c.Email != title {
		b = append(b, ` <small>`...)
		b = appendText(b, c.Email)
		b = append(b, `</small>`...)
	}
	b = append(b, `</span></th><td>`...)
	if c.Company != title {
		b = appendText(b, c.Company)
	}
	b = append(b, `</td><td>`...)
	if c.Reference != "" {
		b = append(b, `<code>`...)
		b = appendText(b, c.Reference)
		b = append(b, `</code>`...)
	}
	b = append(b, `</td><td>`...)
	b = appendText(b, place(c.City, c.Country))
	b = append(b, `</td><td class="card-cell">`...)
	b = appendSmallCard(b, c.Brand, c.LastFour)
	b = append(b, `</td><td class="state-cell">`...)
	b = append(b, stateHTML[c.State]...)
	b = append(b, `</td><td class="num">`...)
	b = appendMoment(b, rowDate(c, v.Sort), v.Chrome.Now, zone)
	b = append(b, `</td>`...)
	if v.MayWrite && !v.Deleted {
		b = append(b, `<td class="more">`...)
		b = appendRowMenu(b, base, c.ID, title)
		b = append(b, `</td>`...)
	}
	return append(b, `</tr>`...)
}

// appendPick appends the box that chooses a row.
func appendPick(b []byte, id int64, title string, on bool) []byte {
	b = append(b, `<input class="input" type="checkbox" form="bulk" name="id" value="`...)
	b = strconv.AppendInt(b, id, 10)
	b = append(b, `" aria-label="Choose `...)
	b = appendText(b, title)
	b = append(b, '"')
	if on {
		b = append(b, ` checked`...)
	}
	return append(b, '>')
}

// appendRowMenu appends what else can be done about a customer. It opens beside
// its button, over the row, so that the edge of the table does not cut it off.
func appendRowMenu(b []byte, base string, id int64, title string) []byte {
	b = append(b, `<details class="menu"><summary aria-label="More for `...)
	b = appendText(b, title)
	b = append(b, `"><svg class="icon" aria-hidden="true"><use href="`...)
	b = append(b, iconsURL...)
	b = append(b, `ellipsis"></use></svg></summary><div class="menu-body"><a href="`...)
	b = appendID(b, base, id)
	b = append(b, `/edit">Edit</a><a href="`...)
	b = appendID(b, base, id)
	return append(b, `/delete">Delete</a></div></details>`...)
}

// appendID appends a URL that ends with an ID.
func appendID(b []byte, base string, id int64) []byte {
	return strconv.AppendInt(append(b, base...), id, 10)
}

// appendText appends s, escaped for an element and for an attribute alike.
func appendText(b []byte, s string) []byte {
	if strings.ContainsAny(s, `<>&'"`) {
		s = html.EscapeString(s)
	}
	return append(b, s...)
}
