package views

import "kontor/db/core"

// MethodsView is a merchant's list of payment methods.
type MethodsView struct {
	Chrome  Chrome // Chrome.Find is the search box
	Query   string // the whole query as text
	Tabs    []Choice
	Pills   []Pill
	Clear   string // the list without any term; "" while there are no pills
	All     string // the list of which nothing is searched for
	Mistake *Mistake
	Rows    []core.PaymentMethod
	Pager   Pager
}

func methodsTitle(v MethodsView) string {
	if v.Query != "" {
		return short(v.Query, 60) + " · Payment methods"
	}
	return "Payment methods"
}

// methodLabel is what people know a method by.
func methodLabel(m *core.PaymentMethod) string {
	if m.Card != nil {
		return m.Card.Label()
	}
	return m.Channel.Label()
}

// methodState says whether a method can be charged, in a word and a tone.
func methodState(m *core.PaymentMethod, v MethodsView) (word, tone string) {
	switch {
	case m.Card == nil && m.Channel.ConsentAt.IsZero():
		return "No consent", "wait"
	case m.Card == nil:
		return "Valid", "ok"
	case m.Card.Expiry.Expired(v.Chrome.Now):
		return "Expired", "bad"
	case !m.Card.Active:
		return "Not in use", ""
	case m.Card.Expiry.Expiring(v.Chrome.Now):
		return "Expiring", "warn"
	}
	return "Valid", "ok"
}
