package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// activityStore is the part of the store the activity pages use.
type activityStore interface {
	Activity(ctx context.Context, by core.Actor, l core.ActivityList) (core.Activity, error)
	Merchant(ctx context.Context, by core.Actor) (core.Merchant, error)
	Merchants(ctx context.Context, by core.Actor, text string, after int64, limit int) ([]core.Merchant, error)
}

type activityPages struct {
	base
	store activityStore
}

// merchantsToChoose is how many merchants the filter offers.
const merchantsToChoose = 200

// list serves GET /m/{merchant}/activity.
func (p activityPages) list(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	m, err := p.store.Merchant(r.Context(), by)
	if err != nil {
		return err
	}
	return p.render(w, r, by, activityQuery(r), views.ActivityView{Chrome: views.Chrome{Merchant: m, Section: views.InActivity}})
}

// all serves GET /activity.
func (p activityPages) all(w http.ResponseWriter, r *http.Request) error {
	by, at := web.Actor(r).In(0), activityQuery(r)
	v := views.ActivityView{Chrome: views.Chrome{Section: views.InEverybody}}
	var err error
	if v.Merchants, err = p.store.Merchants(r.Context(), by, "", 0, merchantsToChoose); err != nil {
		return err
	}
	at.Merchant, _ = strconv.ParseInt(r.FormValue("merchant"), 10, 64)
	at.Merchant = max(at.Merchant, 0)
	if at.Merchant != 0 && !slices.ContainsFunc(v.Merchants, func(m core.Merchant) bool { return m.ID == at.Merchant }) {
		m, err := p.store.Merchant(r.Context(), by.In(at.Merchant))
		if err != nil {
			return err
		}
		v.Merchants = append(v.Merchants, m)
	}
	return p.render(w, r, by, at, v)
}

// activityQuery reads what is asked for. What cannot be read, as in a URL typed
// by hand, asks for nothing.
func activityQuery(r *http.Request) views.ActivityQuery {
	id := func(name string) int64 {
		n, _ := strconv.ParseInt(r.FormValue(name), 10, 64)
		return max(n, 0)
	}
	date := func(name string) string {
		t, err := time.Parse(time.DateOnly, r.FormValue(name))
		if err != nil {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	return views.ActivityQuery{
		Person: core.ParsePerson(r.FormValue("by")).String(), Act: r.FormValue("act"),
		From: date("from"), To: date("to"), After: id("after"), Before: id("before"),
	}
}

// activityList is the query in the store's terms; days are the zone's.
func activityList(at views.ActivityQuery, zone *time.Location) core.ActivityList {
	l := core.ActivityList{Merchant: at.Merchant, Person: core.ParsePerson(at.Person), After: at.After, Before: at.Before}
	switch {
	case at.Act == views.OnlyRefused:
		l.Refused = true
	case strings.Contains(at.Act, "."):
		l.Action = core.Action(at.Act)
	default:
		l.Object = core.ObjectKind(at.Act)
	}
	if t, err := time.ParseInLocation(time.DateOnly, at.From, zone); err == nil {
		l.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, at.To, zone); err == nil {
		l.Until = t.AddDate(0, 0, 1)
	}
	return l
}

func (p activityPages) render(w http.ResponseWriter, r *http.Request, by core.Actor, at views.ActivityQuery, v views.ActivityView) error {
	page, err := p.store.Activity(r.Context(), by, activityList(at, v.Chrome.Merchant.Location()))
	if err != nil {
		return err
	}
	m := v.Chrome.Merchant.ID
	v.People, v.Events = page.People, activityLines(page, by, at)
	if v.Chrome.Merchant.Closed() {
		for i := range v.Events {
			v.Events[i].Undo = false
		}
	}
	to := at
	if to.After, to.Before = 0, page.Prev; page.Prev != 0 {
		v.Previous = to.URL(m)
	}
	if to.After, to.Before = page.Next, 0; page.Next != 0 {
		v.Next = to.URL(m)
	}
	v.At = at
	if web.Partial(r, "activity") {
		v.Chrome.User, v.Chrome.Now = web.User(r), p.now()
		w.Header().Set("HX-Push-Url", at.URL(m))
		return web.Render(w, r, http.StatusOK, views.ActivityList(v))
	}
	if v.Chrome, err = p.chrome(w, r, v.Chrome.Section); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.ActivityPage(v))
}

// activityLines are the events with what can be done about each and where it
// leads.
func activityLines(page core.Activity, by core.Actor, at views.ActivityQuery) []views.EventLine {
	at.After, at.Before = 0, 0
	out := make([]views.EventLine, len(page.Events))
	for i, h := range page.Events {
		line := views.EventLine{
			Event: h.Event, Job: views.PartOf(h.Event, by), About: views.About(h), Undone: h.Undone, Origin: h.Actor.Origin,
			Undo: undoable(by, h.Event, h.Living) && !h.Undone && !h.Erased,
		}
		if h.Object == core.JobObject && !by.May(core.Write) {
			line.About.URL = ""
		}
		theirs := at
		theirs.Person = h.Actor.Person().String()
		if theirs != at {
			line.Person.URL = theirs.URL(by.Merchant)
		}
		if by.Merchant == 0 {
			line.Merchant.Text = cmp.Or(h.Merchant, "the installation")
			if one := at; h.Merchant != "" && at.Merchant == 0 {
				one.Merchant = h.Actor.Merchant
				line.Merchant.URL = one.URL(0)
			}
		}
		out[i] = line
		overtaken(out[:i+1])
	}
	return out
}
