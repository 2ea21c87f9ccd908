package core

import (
	"strings"
	"time"
	"unicode/utf8"
)

// MaxNote is the longest note, in characters. wallee: comments likewise.
const MaxNote = 262144

// A Note is what somebody wrote about a customer.
type Note struct {
	ID        int64
	Version   int64
	Customer  int64
	Author    string
	AuthorID  int64 // of the user or application user
	EditorID  int64 // who changed the text last; 0 while nobody has
	Text      string
	Pinned    bool
	StaffOnly bool // reaches neither merchant users nor any API
	CreatedAt time.Time
	EditedAt  time.Time // zero while never edited
}

// Check returns what is wrong with the note's text.
func (n Note) Check() Invalid {
	var bad Invalid
	switch {
	case strings.TrimSpace(n.Text) == "":
		bad.add("text", Required)
	case !clean(n.Text, true):
		bad.add("text", Control)
	case utf8.RuneCountInString(n.Text) > MaxNote:
		bad = append(bad, Fault{Field: "text", Rule: TooLong, Limit: MaxNote})
	case HasCardNumber(n.Text):
		bad.add("text", CardText)
	}
	return bad
}
