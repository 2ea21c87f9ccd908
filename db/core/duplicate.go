package core

// A Pair is two living customers that look alike, and the fields in which they
// do: "email", "phone" or "name", with the postcode.
type Pair struct {
	Newer, Older CustomerSummary
	Same         []string
}

// A PairList says which page of a merchant's pairs is wanted. The zero value is
// the first page of those nobody has dismissed, the newest customers first.
type PairList struct {
	Dismissed bool // those that somebody found to be two people instead
	After     Cursor
	Before    Cursor
}

// PairsPage is how many pairs a page has.
const PairsPage = 25

// A Comparison is two living customers side by side, before one is merged into
// the other.
type Comparison struct {
	Winner, Loser         Customer
	WinnerCard, LoserCard *Card // the default ones; nil where there is none
	Contrasts             []Contrast
	Same                  []string       // as [Pair] has it
	Comes                 map[string]int // what the loser brings: rows by table
	Dismissed             bool           // somebody found them to be two people
}

// MinPhoneDigits is how many digits a phone number has at least for two that
// have it to look alike.
const MinPhoneDigits = 7
