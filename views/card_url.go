package views

import "strconv"

// CardsURL is where a customer's cards stand on its page.
func CardsURL(m, customer int64) string { return CustomerURL(m, customer) + "#cards" }

// NewCardURL is the form for a new card, and what it posts to. With next it
// leads there afterwards, and not to the customer.
func NewCardURL(m, customer int64, next string) string {
	return asked(CustomerURL(m, customer)+"/cards/new", Pair{"next", next})
}

func cardURL(m, customer, card int64) string {
	return CustomerURL(m, customer) + "/cards/" + strconv.FormatInt(card, 10)
}

// EditCardURL is the card's form, and what it posts to.
func EditCardURL(m, customer, card int64) string { return cardURL(m, customer, card) + "/edit" }

// RemoveCardURL asks, by GET, and removes, by POST.
func RemoveCardURL(m, customer, card int64) string { return cardURL(m, customer, card) + "/remove" }

// DefaultCardURL makes a card the default, by POST.
func DefaultCardURL(m, customer, card int64) string { return cardURL(m, customer, card) + "/default" }

// ChannelsURL is where a customer's other payment methods stand on its page.
func ChannelsURL(m, customer int64) string { return CustomerURL(m, customer) + "#channels" }

// NewChannelURL is the form for another payment method, and what it posts to.
func NewChannelURL(m, customer int64) string { return CustomerURL(m, customer) + "/channels/new" }

// WithdrawChannelURL takes a payment method away, by POST.
func WithdrawChannelURL(m, customer, channel int64) string {
	return CustomerURL(m, customer) + "/channels/" + strconv.FormatInt(channel, 10) + "/withdraw"
}

// MethodsURL is a merchant's list of payment methods.
func MethodsURL(m int64) string { return MerchantURL(m) + "/payment-methods" }

// A MethodsQuery says which page of which list of payment methods is wanted.
type MethodsQuery struct {
	Text   string // the whole query, committed terms and bare words
	Tab    string // a [core.MethodTab]
	After  string // the key a page begins after
	Before string // the key a page ends before
	From   int    // the number of the page's first row; 0 is 1
}

// URL is the address of that list.
func (q MethodsQuery) URL(m int64) string {
	return asked(MethodsURL(m), Pair{"q", q.Text}, Pair{"tab", q.Tab}, Pair{"after", q.After}, Pair{"before", q.Before}, Pair{"from", row(q.From)})
}
