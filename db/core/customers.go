package core

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// A CustomerSummary is a customer as a list shows it.
type CustomerSummary struct {
	ID        int64
	Name      string
	FirstName string
	LastName  string
	Company   string
	Email     string
	Reference string
	City      string // of the billing address
	Country   string // likewise, alpha-2
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt time.Time

	Brand    Brand // of the default card; "" where there is none
	LastFour string
	Expiry   Expiry
	State    State // of the subscription that matters most, see [State.Weight]; "" where there is none
}

// Title is the customer's title as [Customer.Title] has it.
func (s CustomerSummary) Title() string {
	return Customer{
		Name: s.Name, FirstName: s.FirstName, LastName: s.LastName,
		Company: s.Company, Email: s.Email, Reference: s.Reference,
	}.Title()
}

// A Sort is an order that lists can be asked for.
type Sort string

const (
	ByCreated Sort = "created"
	ByUpdated Sort = "updated"
	ByName    Sort = "name"
	ByDeleted Sort = "deleted" // only of the deleted
)

// PageSizes are the rows a page of a list may have; the first is the default.
var PageSizes = []int{50, 25, 100}

// MaxCount is how far a list counts: beyond it there are "1,000+".
const MaxCount = 1000

// A List says which page of a list is wanted. The zero value is the first page
// of the living, newest first.
type List struct {
	Query     Query
	Deleted   bool // the deleted instead of the living
	Sort      Sort // "" is ByCreated, ByDeleted of the deleted
	Ascending bool // oldest or A first; ByName is usually asked for so
	After     Cursor
	Before    Cursor
	Limit     int // 0 is the first of PageSizes
}

// A Cursor is a place between two rows of a sorted list. The zero value is
// none.
type Cursor struct {
	Key string // of the sort, as stored
	ID  int64
}

// String returns the cursor as it stands in a URL; [ParseCursor] reads it.
func (c Cursor) String() string {
	if c.ID == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.ID, 36) + "." + c.Key))
}

// ParseCursor reads a cursor. A text that is none, which only a URL typed by
// hand has, is the zero cursor.
func ParseCursor(s string) Cursor {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}
	}
	id, key, ok := strings.Cut(string(b), ".")
	n, err := strconv.ParseInt(id, 36, 64)
	if !ok || err != nil || n <= 0 || n >= 1<<idBits || !clean(key, false) {
		return Cursor{}
	}
	return Cursor{Key: key, ID: n}
}

// A Page is one page of a list.
type Page[T any] struct {
	Items []T
	Prev  Cursor // give as Before for the page before; zero on the first
	Next  Cursor // give as After for the page after; zero on the last
	Count int    // of the whole list, at most MaxCount+1
}

// A Match is a customer that an exact jump found.
type Match struct {
	ID        int64
	Merchant  int64
	Title     string
	Email     string
	Reference string
	Deleted   bool
}

// A Duplicate is another living customer that looks like one at hand, and the
// fields in which it does: "email", "phone" or "name", with the postcode.
type Duplicate struct {
	ID    int64
	Title string
	Email string
	Same  []string
}

// GiveUp says whether a restored customer gives up a reference that another
// has taken meanwhile.
type GiveUp bool

const (
	KeepReference   GiveUp = false
	GiveUpReference GiveUp = true
)
