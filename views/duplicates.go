package views

import (
	"strings"

	"kontor/db/core"
)

// DuplicatesView is the pairs of a merchant's customers that look alike.
type DuplicatesView struct {
	Chrome    Chrome
	Tabs      []Choice
	Dismissed bool // the tab of pairs that were found to be two people
	MayWrite  bool
	Pairs     []core.Pair
	Previous  string // the page before; "" on the first
	Next      string // the page after; "" on the last
}

// MergeView is two customers side by side. Its form posts "version",
// "other_version" and, for each field where there is a choice, "take.FIELD",
// which is "winner" or "loser", to [MergeURL].
type MergeView struct {
	Chrome Chrome
	core.Comparison
	Taken  map[string]bool // the fields that were chosen from the loser
	Faults core.Invalid
	Stale  bool // one of the two has changed since the page was opened
}

// A mergeLine is a field of the two, and what becomes of it.
type mergeLine struct {
	field, label  string
	winner, loser string
	open          bool // somebody has to choose
	taken         bool // the loser's is chosen
}

// mergeLines are what is known of either, cards last.
func mergeLines(v MergeView) []mergeLine {
	contrasts := v.Contrasts
	if v.WinnerCard != nil || v.LoserCard != nil {
		contrasts = append(contrasts[:len(contrasts):len(contrasts)], core.Contrast{
			Field: core.TakeCard, Winner: defaultCard(v.WinnerCard), Loser: defaultCard(v.LoserCard),
		})
	}
	one := v.Winner.ShippingIsBilling() && v.Loser.ShippingIsBilling()
	var all []mergeLine
	for _, c := range contrasts {
		all = append(all, mergeLine{
			field: c.Field, label: mergeLabel(c.Field, one), open: c.Open(), taken: v.Taken[c.Field],
			winner: mergeValue(c.Field, c.Winner, v.Winner), loser: mergeValue(c.Field, c.Loser, v.Loser),
		})
	}
	return all
}

// mergeLabel is the name of a field of two customers. One says that each has
// one address for billing and shipping.
func mergeLabel(field string, one bool) string {
	switch {
	case field == string(core.Billing) && one:
		return "Address"
	case field == string(core.Billing):
		return "Billing address"
	case field == string(core.Shipping):
		return "Shipping address"
	case field == core.TakeCard:
		return "Default card"
	}
	return label(field)
}

// mergeValue is what one of them says. Metadata is text already, and addresses
// are written as on an envelope.
func mergeValue(field, value string, c core.Customer) string {
	switch field {
	case string(core.Billing):
		a, _ := c.Billing()
		return postal(a)
	case string(core.Shipping):
		a, _ := c.Shipping()
		return postal(a)
	}
	if strings.HasPrefix(field, "metadata.") {
		return short(value, 120)
	}
	return shown(field, value)
}

func postal(a core.Address) string {
	return strings.Join(append(envelope(a), besides(a)...), ", ")
}

func defaultCard(c *core.Card) string {
	if c == nil {
		return ""
	}
	return cardName(c.Brand, c.LastFour) + " until " + c.Expiry.String()
}

// comes says what the loser brings, in the order people look for it.
func comes(v MergeView) []string {
	var all []string
	for _, c := range []struct{ table, thing string }{
		{"cards", "card"}, {"channels", "other payment method"}, {"subscriptions", "subscription"}, {"addresses", "address"}, {"notes", "note"},
	} {
		if n := v.Comes[c.table]; n > 0 {
			all = append(all, count(n, c.thing))
		}
	}
	return all
}

// inSentence joins texts as a sentence does.
func inSentence(texts []string) string {
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " and " + texts[n-1]
	}
	return strings.Join(texts, "")
}

// notBoth are the complaints about a merge.
func notBoth(bad core.Invalid) []line {
	var all []line
	for _, f := range bad {
		all = append(all, line{text: complaint(f)})
	}
	return all
}

// lookAlike says in which fields two look alike.
func lookAlike(fields []string) string {
	text := same(fields)
	return strings.ToUpper(text[:1]) + text[1:]
}
