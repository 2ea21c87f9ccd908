package billing

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"

	"kontor/db/core"
)

// A Script is how the sandbox treats a card. Its number stands in tokens that
// are kept, so scripts are only ever added, at the end.
type Script byte

const (
	Approves Script = iota
	Fickle
	InsufficientFunds
	OverLimit
	IssuerUnavailable
	DoNotHonor
	LostCard
	StolenCard
	ClosedAccount
	InvalidNumber
	DeclinesOnce
	DeclinesTwice
	AnswersSlowly
	TimesOut
	NeverArrives
	AnswersRubbish
	NeverAnswers
	KeepsTheMoney
)

// An answer is how the outcome of a charge or refund comes back.
type answer int

const (
	atOnce  answer = iota
	slowly         // after [SandboxOptions.Slow]
	never          // the call times out; what it asked for was done, and Lookup knows
	lost           // refused before anything was done, once for each key
	rubbish        // of another key
	mute           // the call times out, and so does every Lookup
)

// scripts is the table of test cards. Every charge of an expired card is
// declined as such before its script is looked at. A card with any other number
// approves, and so does the same card at any time for a key that has an outcome
// already.
var scripts = [...]struct {
	number  string
	does    string
	decline core.Decline // of charges
	first   int          // only so many of them; 0 is all
	answer  answer
}{
	Approves:          {number: "4111111111111111", does: "approves"},
	Fickle:            {number: "4000000000000010", does: "declines about one charge in twelve for want of funds, told by its key"},
	InsufficientFunds: {number: "4000000000000028", does: "declines: insufficient funds", decline: core.InsufficientFunds},
	OverLimit:         {number: "4000000000000036", does: "declines: over the limit", decline: core.OverLimit},
	IssuerUnavailable: {number: "4000000000000044", does: "declines: the issuer does not answer", decline: core.IssuerUnavailable},
	DoNotHonor:        {number: "4000000000000051", does: "declines without saying why", decline: core.DoNotHonor},
	LostCard:          {number: "4000000000000069", does: "declines for good: lost", decline: core.LostCard},
	StolenCard:        {number: "4000000000000077", does: "declines for good: stolen", decline: core.StolenCard},
	ClosedAccount:     {number: "4000000000000085", does: "declines for good: the account is closed", decline: core.ClosedAccount},
	InvalidNumber:     {number: "4000000000000093", does: "is refused when it is added: no such number", decline: core.InvalidNumber},
	DeclinesOnce:      {number: "4000000000000101", does: "declines once for want of funds, then approves", decline: core.InsufficientFunds, first: 1},
	DeclinesTwice:     {number: "4000000000000119", does: "declines twice for want of funds, then approves", decline: core.InsufficientFunds, first: 2},
	AnswersSlowly:     {number: "4000000000000127", does: "approves, after a while", answer: slowly},
	TimesOut:          {number: "4000000000000135", does: "approves and times out before it says so", answer: never},
	NeverArrives:      {number: "4000000000000143", does: "refuses the connection once, then approves", answer: lost},
	AnswersRubbish:    {number: "4000000000000150", does: "approves and answers rubbish", answer: rubbish},
	NeverAnswers:      {number: "4000000000000168", does: "approves and never tells", answer: mute},
	KeepsTheMoney:     {number: "4000000000000176", does: "approves charges and declines refunds: the account is closed"},
}

// Number returns the test number of a card with the script, for tests and
// demos; any expiry ahead and any security code go with it.
func (s Script) Number() string { return scripts[s].number }

// String says what the card does.
func (s Script) String() string { return scripts[s].does }

// Scripts returns every script, in the order of their numbers.
func Scripts() []Script {
	all := make([]Script, len(scripts))
	for i := range all {
		all[i] = Script(i)
	}
	return all
}

// scriptOf returns the script of a card's number.
func scriptOf(number core.PAN) Script {
	digits := number.Reveal()
	for i, s := range scripts {
		if s.number == string(digits) { // compared without a copy of the digits
			return Script(i)
		}
	}
	return Approves
}

// tokenBytes is the length of a token: the script, and chance.
const tokenBytes = 32

// Token returns a new token for a card with the script. It is all that the
// sandbox keeps of a card: neither its number nor anything derived from that.
func Token(s Script, random io.Reader) (string, error) {
	token := make([]byte, tokenBytes)
	token[0] = byte(s)
	if _, err := io.ReadFull(random, token[1:]); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return hex.EncodeToString(token), nil
}

// tokenScript returns the script that a token names.
func tokenScript(token string) (Script, error) {
	raw, err := hex.DecodeString(token)
	if err != nil || len(raw) != tokenBytes || int(raw[0]) >= len(scripts) {
		return 0, fmt.Errorf("sandbox: no card has this token")
	}
	return Script(raw[0]), nil
}

// declines returns why the script declines a charge with the key, when so many
// of the card were declined by its script before, or "".
func (s Script) declines(key string, before int) core.Decline {
	if s == Fickle {
		h := fnv.New32a()
		h.Write([]byte(key))
		if h.Sum32()%12 == 0 {
			return core.InsufficientFunds
		}
		return ""
	}
	if first := scripts[s].first; first > 0 && before >= first {
		return ""
	}
	return scripts[s].decline
}
