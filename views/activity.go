package views

import (
	"slices"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// ActivityView is what was done, in the merchant at hand or, where there is
// none, in all of them. The part [ActivityList], id "activity", is what a
// filter or a page swaps. The form sends "merchant", "by", "act", "from" and
// "to" by GET to [ActivityURL].
type ActivityView struct {
	Chrome    Chrome
	At        ActivityQuery
	Merchants []core.Merchant // to choose from, across merchants
	People    []core.Actor    // to choose from
	Events    []EventLine     // newest first
	Previous  string          // the page with newer events; "" on the first
	Next      string          // the page with older events; "" on the last
}

func activityTitle(v ActivityView) string {
	if v.Chrome.Merchant.ID == 0 {
		return "All activity"
	}
	return "Activity"
}

// people are the choices of the filter by person. Whoever is asked for is among
// them, if only as somebody.
func people(v ActivityView) []Pair {
	all := []Pair{{"", "Everybody"}}
	for _, a := range v.People {
		all = append(all, Pair{a.Person().String(), who(a)})
	}
	all = append(all, Pair{string(core.BySystem), "Kontor itself"})
	if v.At.Person == "" || slices.ContainsFunc(all, func(p Pair) bool { return p.Name == v.At.Person }) {
		return all
	}
	name := "Somebody else"
	if len(v.Events) > 0 {
		name = who(v.Events[0].Actor)
	}
	return append(all, Pair{v.At.Person, name})
}

// An actGroup is a kind of object in the filter by act.
type actGroup struct {
	title   string
	choices []Pair
}

func actGroups() []actGroup {
	var all []actGroup
	for _, kind := range core.Acts {
		g := actGroup{title: kinds[kind.Object]}
		if len(kind.Actions) > 1 {
			g.choices = append(g.choices, Pair{string(kind.Object), g.title + ": everything"})
		}
		for _, a := range kind.Actions {
			g.choices = append(g.choices, Pair{string(a), acts[a]})
		}
		all = append(all, g)
	}
	return all
}

// About is what an event is about, as a line of the activity tells it: nothing
// where the merchant or the person acting says it already.
func About(h core.Happening) Link {
	switch {
	case h.Customer != 0:
		return Link{orElse(h.Title, "Customer "+itoa(h.Customer)), CustomerURL(h.Actor.Merchant, h.Customer)}
	case h.Object == core.JobObject && h.Title != "":
		return Link{jobKinds[core.JobKind(h.Title)], JobURL(h.Actor.Merchant, h.ObjectID)}
	case h.Object == core.PlanObject && h.Title != "":
		return Link{h.Title, PlanURL(h.Actor.Merchant, h.ObjectID)}
	case h.Action == core.UserRefused && h.Title == "":
		return Link{Text: "nobody we know"}
	case h.Object == core.UserObject && h.Actor.Kind == core.ByUser && h.ObjectID == h.Actor.ID:
		return Link{}
	}
	return Link{Text: h.Title}
}

// liveActivity makes a link swap the list in place; the address follows. The
// list is not morphed: choices that somebody made in the form would stay.
func liveActivity(url string) templ.OrderedAttributes {
	return swapping("#activity", url, "outerHTML show:top")
}
