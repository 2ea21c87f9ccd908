package views

import (
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// What a list draws a hundred times a page is written by hand: one string in
// place of a handful of escaped pieces.

// moment is a time, relative while it is less than a week past. What it writes
// needs no escaping: digits, and names of days, months and zones.
func moment(t, now time.Time, zone *time.Location) templ.Component {
	if t.IsZero() {
		return templ.NopComponent
	}
	b := make([]byte, 0, 160)
	b = append(b, `<time datetime="`...)
	b = t.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `" title="`...)
	b = t.In(zone).AppendFormat(b, fullLayout)
	b = append(b, `">`...)
	b = append(b, ago(t, now, zone)...)
	b = append(b, `</time>`...)
	return templ.Raw(string(b))
}

// pick is the box that chooses a row of a list.
func pick(id int64, title string, on bool) templ.Component {
	checked := ""
	if on {
		checked = " checked"
	}
	return templ.Raw(`<input class="input" type="checkbox" form="bulk" name="id" value="` + itoa(id) + `" aria-label="Choose ` + templ.EscapeString(title) + `"` + checked + `>`)
}

// rowMenu is what else can be done about a customer of a list. It opens beside
// its button, over the row, so that the edge of the table does not cut it off.
func rowMenu(url, title string) templ.Component {
	return templ.Raw(`<details class="menu"><summary aria-label="More for ` + templ.EscapeString(title) + `"><svg class="icon" aria-hidden="true"><use href="` +
		iconsURL + `ellipsis"></use></svg></summary><div class="menu-body"><a href="` + url + `/edit">Edit</a><a href="` + url + `/delete">Delete</a></div></details>`)
}

// avatar is somebody's initials on their colour, which say nothing to a screen
// reader. Initials are letters and digits, so they need no escaping.
func avatar(id int64, name string) templ.Component {
	return templ.Raw(`<span class="` + hue(id) + `" aria-hidden="true">` + initials(name) + `</span>`)
}

// state is where a subscription stands, as a word with a dot that says it again
// in colour. Nothing is written of none.
func state(s core.State) templ.Component { return small(stateHTML[s]) }

// stateHTML is what state writes.
var stateHTML = func() map[core.State]string {
	all := map[core.State]string{}
	for s, word := range states {
		all[s] = `<span class="state" data-tone="` + stateTones[s] + `">` + word + `</span>`
	}
	return all
}()

// small writes HTML that needs no escaping, or nothing.
func small(html string) templ.Component {
	if html == "" {
		return templ.NopComponent
	}
	return templ.Raw(html)
}

// smallCard is a card by its brand's picture, where there is one, and its last
// four digits.
func smallCard(brand core.Brand, lastFour string) templ.Component {
	if lastFour == "" {
		return templ.NopComponent
	}
	picture := `<img src="` + smallArt[brand] + `" alt="` + brand.Name() + `" width="28" height="18"/>`
	if smallArt[brand] == "" {
		picture = brand.Name()
	}
	return templ.Raw(`<span class="small-card">` + picture + ` ···· ` + templ.EscapeString(lastFour) + `</span>`)
}

// smallArt are the addresses of the brands' pictures.
var smallArt = func() map[core.Brand]string {
	all := map[core.Brand]string{}
	for brand, name := range art {
		if name != "" {
			all[brand] = artURL(brand)
		}
	}
	return all
}()
