package core

import (
	"strings"
	"testing"
)

func TestViewRules(t *testing.T) {
	long := strings.Repeat("ö", MaxViewName)
	for _, c := range []struct {
		v    View
		want string
	}{
		{View{Name: long, Query: "city:Oslo"}, ""},
		{View{Name: "By name", Sort: ByName, Ascending: true}, ""},
		{View{Name: "Oldest", Sort: ByCreated, Ascending: true}, ""},
		{View{Name: "", Query: "x"}, "name required"},
		{View{Name: long + "x", Query: "x"}, "name too_long"},
		{View{Name: "a\nb", Query: "x"}, "name control"},
		{View{Name: "All"}, "query required"},
		{View{Name: "All", Sort: ByCreated}, "query required"},
		{View{Name: "Broken", Query: "(a"}, "query malformed"},
		{View{Name: "Deleted", Query: "x", Sort: ByDeleted}, "sort unknown"},
	} {
		got := ""
		if bad := c.v.Check(); len(bad) > 0 {
			got = bad[0].Field + " " + string(bad[0].Rule)
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.v, got, c.want)
		}
	}
}

func TestWhoMayChangeAView(t *testing.T) {
	maker := Actor{Kind: ByUser, ID: 1, Role: Viewer}
	member := Actor{Kind: ByUser, ID: 2, Role: Member}
	viewer := Actor{Kind: ByUser, ID: 3, Role: Viewer}
	program := Actor{Kind: ByApplication, ID: 1, Role: Member}
	own, team := View{Maker: 1}, View{Maker: 1, Team: true}
	for _, c := range []struct {
		v                     View
		by                    Actor
		sees, changes, shares bool
	}{
		{own, maker, true, true, false},
		{own, member, false, false, false},
		{own, program, false, false, false},
		{team, maker, true, false, false},
		{team, member, true, true, false},
		{team, viewer, true, false, false},
		{View{Maker: 2}, member, true, true, true},
	} {
		if got := c.v.SeenBy(c.by); got != c.sees {
			t.Errorf("%+v seen by %+v: %v", c.v, c.by, got)
		}
		if got := c.v.ChangedBy(c.by); got != c.changes {
			t.Errorf("%+v changed by %+v: %v", c.v, c.by, got)
		}
		if got := c.v.SharedBy(c.by); got != c.shares {
			t.Errorf("%+v shared by %+v: %v", c.v, c.by, got)
		}
	}
}
