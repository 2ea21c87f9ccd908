package core

// A ChargeSummary is a charge with what stands around it.
type ChargeSummary struct {
	Charge
	PlanName      string // "" of a single one
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
