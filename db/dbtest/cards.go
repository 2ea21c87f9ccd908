package dbtest

import (
	"context"
	"testing"

	"kontor/db/billing"
	"kontor/db/core"
)

// Numbers of cards that always approve, each of another brand.
const (
	VisaNumber       = "4111 1111 1111 1111"
	MastercardNumber = "5555 5555 5555 4444"
	AmexNumber       = "3782 822463 10005"
)

// RefusedNumber is of a card that the processor refuses as invalid.
var RefusedNumber = billing.InvalidNumber.Number()

// NewCard reads a card that is good for years, with its brand's kind of code.
func (h *House) NewCard(t testing.TB, number string) core.NewCard {
	t.Helper()
	code := "123"
	if pan, _ := core.ParsePAN(number); pan.Brand() == core.Amex {
		code = "1234"
	}
	d, bad := core.ReadCard(number, "08/30", code, "Edward Johnson", h.Clock.Now())
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return core.NewCard{CardDetails: d}
}

// Card adds a card to a customer of the first merchant.
func (h *House) Card(t testing.TB, customer int64, number string) core.Card {
	t.Helper()
	c, _, err := h.AddCard(context.Background(), h.Owner, customer, h.NewCard(t, number))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// IBAN is a bank account for tests.
const IBAN = "DE89 3704 0044 0532 0130 00"

// Mandate adds a SEPA mandate to a customer of the first merchant.
func (h *House) Mandate(t testing.TB, customer int64) core.Channel {
	t.Helper()
	c, _, err := h.AddChannel(context.Background(), h.Owner, customer, core.NewChannel{
		Name: "sepa", Address: IBAN, Mandate: "M-1", MandateSigned: "2026-10-01", ConsentAt: h.Clock.Now(), Source: core.FromPage,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
