package core

import (
	"slices"
	"strings"
	"time"
)

// Limits of saved views.
const (
	MaxViewName = 40
	MaxViews    = 20             // of one person, and again of the team
	ViewKept    = 24 * time.Hour // how long a deleted one can come back
)

// A View is a list of customers that somebody named: a query and an order. It
// is its maker's own, or the whole team's.
type View struct {
	ID        int64
	Version   int64
	Maker     int64 // the user who saved it
	Team      bool  // everybody at the merchant sees it
	Name      string
	Query     string // as [Query.String] writes it
	Sort      Sort   // "" is newest first
	Ascending bool
	CreatedAt time.Time
}

// Check returns what is wrong with the view. Its query must say something, or
// its order be another than the usual.
func (v View) Check() Invalid {
	var bad Invalid
	switch {
	case !clean(v.Name, false):
		bad.add("name", Control)
	case bad.text("name", v.Name, MaxViewName) && strings.TrimSpace(v.Name) == "":
		bad.add("name", Required)
	}
	q, err := ParseQuery(v.Query, CustomerFields, nil)
	switch {
	case err != nil:
		bad.add("query", Malformed)
	case HasCardNumber(v.Query):
		bad.add("query", CardText)
	case q.Expr == nil && (v.Sort == "" || v.Sort == ByCreated) && !v.Ascending:
		bad.add("query", Required)
	}
	bad.known("sort", slices.Contains([]Sort{"", ByCreated, ByUpdated, ByName}, v.Sort))
	return bad
}

// SeenBy reports whether the actor sees the view, of the merchant they stand in.
func (v View) SeenBy(by Actor) bool { return v.Team || by.Kind == ByUser && v.Maker == by.ID }

// ChangedBy reports whether the actor may rename and delete the view: their own
// everybody may, the team's whoever may write.
func (v View) ChangedBy(by Actor) bool {
	return v.SeenBy(by) && by.May(Read) && (!v.Team || by.May(Write))
}

// SharedBy reports whether the actor may share the view with the team, and take
// it back: its maker, with the right to write.
func (v View) SharedBy(by Actor) bool {
	return by.Kind == ByUser && v.Maker == by.ID && by.May(Write)
}
