package core

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Theme is what a person chose for light and dark; "" is not chosen yet.
type Theme string

const (
	ThemeSystem Theme = "system" // as the device says
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Preferences are how a person likes the pages to be. The zero value is that of
// somebody who never chose.
type Preferences struct {
	Theme Theme
	Rows  int // of a page of a list, one of PageSizes; 0 is the first of them
}

// Check returns what is wrong with the preferences.
func (p Preferences) Check() Invalid {
	var bad Invalid
	bad.known("theme", slices.Contains([]Theme{"", ThemeSystem, ThemeLight, ThemeDark}, p.Theme))
	bad.known("rows", p.Rows == 0 || slices.Contains(PageSizes, p.Rows))
	return bad
}

// RowsOr returns how many rows a page has when its address asks for so many: as
// asked if that is one of PageSizes, else as preferred.
func (p Preferences) RowsOr(asked int) int {
	for _, n := range []int{asked, p.Rows} {
		if slices.Contains(PageSizes, n) {
			return n
		}
	}
	return PageSizes[0]
}

// A Device is a browser in which a user is signed in, as the user sees it.
type Device struct {
	ID       string // as [SessionID] makes it
	Agent    string // what the browser calls itself
	Origin   string // the address it signed in from
	SignedIn time.Time
	SeenAt   time.Time
}

// SessionID names a session where its user may see it: the beginning of its
// key's SHA-256, in hexadecimal. Neither the key nor the whole hash follows
// from it.
func SessionID(keyHash []byte) string { return hex.EncodeToString(keyHash[:min(len(keyHash), 8)]) }

// maxAgent is how much is kept of what a browser calls itself, in characters.
const maxAgent = 300

// UserAgent returns what is kept of what a browser calls itself.
func UserAgent(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if utf8.RuneCountInString(s) > maxAgent {
		s = string([]rune(s)[:maxAgent])
	}
	return s
}
