package views

// PaymentsURL is the list of a merchant's charges.
func PaymentsURL(m int64) string { return MerchantURL(m) + "/payments" }

// PaymentURL is a charge's page.
func PaymentURL(m, id int64) string { return PaymentsURL(m) + "/" + itoa(id) }

// RetryPaymentURL has a charge tried now, by POST, with "card".
func RetryPaymentURL(m, id int64) string { return PaymentURL(m, id) + "/retry" }

// RefundURL is the form that gives money back, and what it posts to.
func RefundURL(m, id int64) string { return PaymentURL(m, id) + "/refund" }

// SettlePaymentURL is the form that marks a charge paid or waives it, and what
// it posts to.
func SettlePaymentURL(m, id int64) string { return PaymentURL(m, id) + "/settle" }

// ResolvePaymentURL takes what a person found out, as "moved", by POST.
func ResolvePaymentURL(m, id int64) string { return PaymentURL(m, id) + "/resolve" }

// ResolveRefundURL is ResolvePaymentURL of a refund.
func ResolveRefundURL(m, charge, refund int64) string {
	return PaymentURL(m, charge) + "/refunds/" + itoa(refund) + "/resolve"
}

// ChargeOnceURL is the form that charges a customer's card once, and what it
// posts to.
func ChargeOnceURL(m, customer int64) string { return CustomerURL(m, customer) + "/charge" }

// QueueURL is the list of what waits for a person.
func QueueURL(m int64) string { return PaymentsURL(m) + "/queue" }

// UnparkURL takes "how", by POST.
func UnparkURL(m, subscription int64) string {
	return MerchantURL(m) + "/subscriptions/" + itoa(subscription) + "/unpark"
}

// A PaymentsQuery is which charges a list shows. What is left zero is not in
// the address.
type PaymentsQuery struct {
	Text   string
	Per    int
	After  string
	Before string
	From   int
}

// URL is the address of that list.
func (q PaymentsQuery) URL(m int64) string {
	return asked(PaymentsURL(m), Pair{"q", q.Text}, Pair{"per", some(q.Per)},
		Pair{"after", q.After}, Pair{"before", q.Before}, Pair{"from", row(q.From)})
}
