package e2e

import (
	"strings"
	"testing"

	"kontor/db/core"
)

// TestLongNamesBreak: what has no blank to break a line at makes no page wider
// than a phone.
func TestLongNamesBreak(t *testing.T) {
	h := newHouse(t)
	c := h.customer(
		"first_name", strings.Repeat("W", 100), "last_name", strings.Repeat("M", 100), "reference", strings.Repeat("R", 100),
		"email", strings.Repeat("a", 60)+"@"+strings.Repeat("b", 60)+"."+strings.Repeat("c", 60)+".example",
	)
	p := h.as(t, visitor{Phone: true}, core.Owner)
	for _, of := range []string{
		"", "/edit", "/delete", "/erase", "/data", "/apis", "/charge", "/cards/new", "/channels/new", "/subscriptions/new",
	} {
		p.open(pathOf(c) + of)
		p.fits()
	}
}
