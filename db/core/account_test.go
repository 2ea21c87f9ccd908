package core

import (
	"strings"
	"testing"
)

func TestPreferences(t *testing.T) {
	for _, c := range []struct {
		p    Preferences
		want string
	}{
		{Preferences{}, ""},
		{Preferences{Theme: ThemeDark, Rows: 25}, ""},
		{Preferences{Theme: "pink"}, "theme"},
		{Preferences{Rows: 26}, "rows"},
		{Preferences{Rows: -25}, "rows"},
	} {
		got := ""
		if bad := c.p.Check(); len(bad) > 0 {
			got = bad[0].Field
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}
	p := Preferences{Rows: 25}
	for asked, want := range map[int]int{0: 25, 100: 100, 7: 25, 50: 50} {
		if got := p.RowsOr(asked); got != want {
			t.Errorf("asked for %d: %d rows, want %d", asked, got, want)
		}
	}
	if got := (Preferences{}).RowsOr(0); got != 50 {
		t.Errorf("usually %d rows, want 50", got)
	}
}

func TestUserAgentIsShortAndClean(t *testing.T) {
	if got := UserAgent("Fire\x00fox\xff" + strings.Repeat("ö", 400)); got != "Firefox"+strings.Repeat("ö", 293) {
		t.Errorf("%q", got)
	}
}

func TestSessionIDTellsNoKey(t *testing.T) {
	if got := SessionID([]byte("0123456789abcdef")); got != "3031323334353637" {
		t.Errorf("%q", got)
	}
	if got := SessionID(nil); got != "" {
		t.Errorf("%q", got)
	}
}
