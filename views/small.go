package views

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// icon is one of vendor/lucide, as large as the text beside it, named as there.
// It says nothing to a screen reader.
type icon string

func (i icon) Render(_ context.Context, w io.Writer) error {
	for _, part := range [...]string{`<svg class="icon" aria-hidden="true"><use href="`, iconsURL, string(i), `"></use></svg>`} {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// What a list draws a hundred times a page is appended to a buffer by hand, in
// place of a handful of escaped pieces.

// moment is a time, relative while it is less than a week past.
func moment(t, now time.Time, zone *time.Location) templ.Component {
	return small(string(appendMoment(make([]byte, 0, 160), t, now, zone)))
}

// appendMoment writes digits, and names of days, months and zones, which need
// no escaping.
func appendMoment(b []byte, t, now time.Time, zone *time.Location) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, `<time datetime="`...)
	b = t.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `" title="`...)
	b = t.In(zone).AppendFormat(b, fullLayout)
	b = append(b, `">`...)
	b = append(b, ago(t, now, zone)...)
	return append(b, `</time>`...)
}

// avatar is somebody's initials on their colour, which say nothing to a screen
// reader.
func avatar(id int64, name string) templ.Component {
	return small(string(appendAvatar(make([]byte, 0, 80), id, name)))
}

// appendAvatar writes letters and digits, which need no escaping.
func appendAvatar(b []byte, id int64, name string) []byte {
	b = append(b, `<span class="`...)
	b = append(b, hue(id)...)
	b = append(b, `" aria-hidden="true">`...)
	b = appendInitials(b, name)
	return append(b, `</span>`...)
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
	return small(string(appendSmallCard(make([]byte, 0, 192), brand, lastFour)))
}

func appendSmallCard(b []byte, brand core.Brand, lastFour string) []byte {
	if lastFour == "" {
		return b
	}
	b = append(b, `<span class="small-card">`...)
	if url := smallArt[brand]; url != "" {
		b = append(b, `<img src="`...)
		b = append(b, url...)
		b = append(b, `" alt="`...)
		b = append(b, brand.Name()...)
		b = append(b, `" width="28" height="18"/>`...)
	} else {
		b = append(b, brand.Name()...)
	}
	b = append(b, ` ···· `...)
	b = appendText(b, lastFour)
	return append(b, `</span>`...)
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
