package core

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// A secret holds digits that no print, log or encoding may show. They stand
// behind a function because fmt reads a struct that stands in an unexported
// field without calling its methods, and of a function shows only an address.
type secret struct {
	digits func() *[]byte // nil while there are none
}

func newSecret(digits []byte) secret {
	return secret{func() *[]byte { return &digits }}
}

// reveal returns the digits themselves, no copy, or nil.
func (s secret) reveal() []byte {
	if s.digits == nil {
		return nil
	}
	return *s.digits()
}

// wipe overwrites the digits, for all copies of the secret.
func (s secret) wipe() {
	if s.digits == nil {
		return
	}
	digits := s.digits()
	clear(*digits)
	*digits = nil
}

// A PAN is a card number, in the memory of the request that brings it and
// nowhere else. Printed with any verb, logged or encoded it shows its last
// four digits; [PAN.Reveal] alone gives all of them. The zero PAN is none.
// A PAN is not for use by several goroutines at once.
type PAN struct{ secret secret }

// String returns the number as it may be shown: "···· 4242".
func (p PAN) String() string {
	if last := p.LastFour(); last != "" {
		return "···· " + last
	}
	return "····"
}

// Format implements [fmt.Formatter]: every verb prints [PAN.String].
func (p PAN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// GoString implements [fmt.GoStringer].
func (p PAN) GoString() string { return p.String() }

// LogValue implements [slog.LogValuer].
func (p PAN) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON implements [json.Marshaler].
func (p PAN) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// MarshalText implements [encoding.TextMarshaler].
func (p PAN) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Reveal returns the digits as ASCII, the very ones that [PAN.Wipe] overwrites:
// a string made of them stays in memory until it is collected. It returns nil
// for no number and for one that was wiped.
func (p PAN) Reveal() []byte { return p.secret.reveal() }

// Wipe overwrites the digits, also those of copies of the PAN.
func (p PAN) Wipe() { p.secret.wipe() }

// A SecurityCode is the three or four digits that show that a card is at hand.
// It is masked whole, as a [PAN] is in part, and never stored.
type SecurityCode struct{ secret secret }

// String returns "···", whatever the code.
func (c SecurityCode) String() string { return "···" }

// Format implements [fmt.Formatter]: every verb prints [SecurityCode.String].
func (c SecurityCode) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// GoString implements [fmt.GoStringer].
func (c SecurityCode) GoString() string { return c.String() }

// LogValue implements [slog.LogValuer].
func (c SecurityCode) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON implements [json.Marshaler].
func (c SecurityCode) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// MarshalText implements [encoding.TextMarshaler].
func (c SecurityCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Reveal returns the digits as ASCII, the very ones that [SecurityCode.Wipe]
// overwrites, or nil.
func (c SecurityCode) Reveal() []byte { return c.secret.reveal() }

// Wipe overwrites the digits, also those of copies of the code.
func (c SecurityCode) Wipe() { c.secret.wipe() }
