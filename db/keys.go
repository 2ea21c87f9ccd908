package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// keys are what a customer is found and sorted by: folded once when it is
// written, so that no query folds anything.
type keys struct {
	city, country                           string // of the billing address
	sort, name, first, last, company, email string
	phone, custom, organisation, about      string
	cityKey, postcode, search               string
}

const keyColumns = `city, country, sort_key, name_key, first_key, last_key, company_key, email_key,
	phone_key, custom_key, organisation_key, description_key, city_key, postcode_key, search`

const keyMarks = `?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`

func (k keys) values() []any {
	return []any{
		k.city, k.country, k.sort, k.name, k.first, k.last, k.company, k.email,
		k.phone, k.custom, k.organisation, k.about, k.cityKey, k.postcode, k.search,
	}
}

func keysOf(c core.Customer) keys {
	k := keys{
		sort:         c.SortName(),
		name:         core.Fold(c.FullName()),
		first:        core.Fold(c.FirstName),
		last:         core.Fold(c.LastName),
		company:      core.Fold(c.Company),
		email:        core.Fold(c.Email),
		phone:        core.Digits(c.Phone),
		custom:       core.Fold(c.CustomID),
		organisation: core.Fold(c.OrganisationNumber),
		about:        core.Fold(c.Description),
	}
	if a, ok := c.Billing(); ok {
		k.city, k.country = a.City, a.Country
		k.cityKey, k.postcode = core.Fold(a.City), core.Fold(a.Postcode)
	}
	k.search = words(k.name, k.company, k.email, core.Fold(c.Phone), k.phone, core.Digits(c.PhoneE164),
		core.Fold(c.Reference), k.custom, k.cityKey)
	return k
}

// fieldEnd stands between the fields in the text that is searched, so that no
// word is found across two of them.
const fieldEnd = "\x1f"

// words joins what bare words are looked for in: each text once, with a space
// before it, by which the beginning of a word is known.
func words(texts ...string) string {
	var b strings.Builder
	for i, text := range texts {
		if text == "" || slices.Contains(texts[:i], text) {
			continue
		}
		b.WriteByte(' ')
		b.WriteString(text)
		b.WriteString(fieldEnd)
	}
	return b.String()
}

// indexWords keeps SQLite's trigram table; the old text is "" for a new row.
// PostgreSQL indexes the column. It is written from here and not by triggers,
// which cost creates a quarter more.
func (t *tx) indexWords(ctx context.Context, id int64, old, text string) error {
	if t.s.postgres || old == text {
		return nil
	}
	query := `INSERT INTO customer_search (words, rowid) VALUES (?, ?)`
	if old != "" {
		query = `UPDATE customer_search SET words = ? WHERE rowid = ?`
	}
	if _, err := t.exec(ctx, query, text, id); err != nil {
		return fmt.Errorf("index words of customer %d: %w", id, err)
	}
	return nil
}

// trigramText is the searched text as the trigram table takes it: with the
// mark of the list it is on in front, and two spaces for one, so that the one
// or two first letters of a word make a trigram too.
func trigramText(c core.Customer, search string) string {
	mark := listMark(c.Merchant, !c.Living())
	if c.MergedInto != 0 {
		mark = mergedMark
	}
	return mark + core.Spaced(search)
}

// mergedMark is the mark of customers that are part of others and on no list.
const mergedMark = "\ue003\ue003\ue001"

// listMark is a text of at least three letters that stands for a merchant's
// living or deleted customers. It begins and ends with one of Unicode's private
// use, so that hardly anything typed looks like it; where something does, the
// query's own conditions decide.
func listMark(merchant int64, deleted bool) string {
	if deleted {
		return fmt.Sprintf("\ue002%d\ue001", merchant)
	}
	return fmt.Sprintf("\ue000%d\ue001", merchant)
}
