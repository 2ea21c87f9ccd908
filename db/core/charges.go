package core

import "time"

// ChargeFields is the vocabulary for charges. A card is asked for by its last
// four digits, and the date is the day on which the charge fell due.
var ChargeFields = Vocabulary{
	{Field: FieldID, Type: TypeNumber},
	{Field: FieldStatus, Type: TypeEnum, Aliases: []string{"state"}, Choices: []string{
		"paid", "declined", "retrying", "checking", "due", "refunded", "outside", "waived",
	}},
	{Field: FieldAmount, Type: TypeAmount},
	{Field: FieldDue, Type: TypeTime, Aliases: []string{"due", "on"}},
	{Field: FieldCard, Type: TypeExact, Aliases: []string{"lastFour", "last4"}},
	{Field: FieldCurrency, Type: TypeCurrency},
	{Field: FieldPlan, Type: TypeText},
	{Field: FieldCustomer, Type: TypeNumber},
	{Field: FieldName, Type: TypeText},
	{Field: FieldEmail, Type: TypeText, Aliases: []string{"emailAddress"}},
	{Field: FieldReference, Type: TypeExact, Aliases: []string{"customerId", "merchantCustomerId"}},
	{Field: FieldSubscription, Type: TypeNumber},
	{Field: FieldCreated, Type: TypeTime, Aliases: []string{"createdOn", "createdAt"}},
}

// A ChargeList says which page of the charges is wanted, newest first.
type ChargeList struct {
	Query  Query // of ChargeFields
	After  Cursor
	Before Cursor
	Limit  int // 0 is the first of PageSizes
}

// A ChargeSummary is a charge with what stands around it.
type ChargeSummary struct {
	Charge
	PlanName      string // "" of a single one
	CustomerTitle string
	Brand         Brand // of the card; "" when there is none
	LastFour      string
}

// A ChargeLine is a charge as a list shows it.
type ChargeLine struct {
	ID int64
	ChargeStanding
	Subscription  int64   // 0 for a single one
	Reason        Decline // of the last decline
	For           string  // the plan's name, or what a single one is described as
	Cycle         int     // which payment of the subscription; 0 for a single one
	Cycles        int     // of how many; 0 is for ever
	Tries         int
	DueAt         time.Time
	CustomerTitle string
	Brand         Brand // of the card; "" when there is none
	LastFour      string
}

// A ChargeRecord is all there is to tell about a charge.
type ChargeRecord struct {
	ChargeSummary
	Attempts []Attempt
	Refunds  []RefundRecord
}

// A Queue is what of a merchant waits for a person.
type Queue struct {
	Charges []ChargeSummary // whose outcome a person has to find out
	Refunds []RefundRecord  // likewise
	Parked  []SubscriptionSummary
	Mails   []Mail // to customers, that failed
}

// Len is how much there is.
func (q Queue) Len() int { return len(q.Charges) + len(q.Refunds) + len(q.Parked) + len(q.Mails) }
