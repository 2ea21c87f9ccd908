package core

import "time"

// A ChannelType says how a channel pays.
type ChannelType string

const (
	DirectDebit ChannelType = "direct_debit"
	EInvoice    ChannelType = "e_invoice"
	Wallet      ChannelType = "wallet"
)

// ChannelTypes lists every type of channel.
var ChannelTypes = []ChannelType{DirectDebit, EInvoice, Wallet}

// A Channel is a way for a customer to pay that is no card, with the consent
// to use it. CDC: channels and consents.
type Channel struct {
	ID            int64
	Merchant      int64
	Customer      int64
	Version       int64
	Type          ChannelType
	Name          string // of the scheme: "sepa", "jtta", "vipps"
	Address       string // the scheme's name for the customer; of an IBAN what may be shown
	Mandate       string // the mandate's reference
	MandateSigned string // YYYY-MM-DD
	ConsentAt     time.Time
	Source        Source
	CreatedAt     time.Time
	UpdatedAt     time.Time
	WithdrawnAt   time.Time // zero while it can be used
}
