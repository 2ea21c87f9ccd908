package core

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	zxcvbn "github.com/nbutton23/zxcvbn-go"
)

// Lengths of a password, in characters.
const (
	MinPassword = 12
	MaxPassword = 128
)

// CheckPassword returns what is wrong with a new password: its length, or that
// it is easily guessed, as common ones and those made of the person's own name
// and address are.
func CheckPassword(password, email, name string) Invalid {
	var bad Invalid
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		bad = append(bad, Fault{Field: "password", Rule: TooShort, Limit: MinPassword})
	case n > MaxPassword:
		bad = append(bad, Fault{Field: "password", Rule: TooLong, Limit: MaxPassword})
	case !clean(password, false):
		bad.add("password", Control)
	case easilyGuessed(password, email, name):
		bad.add("password", TooEasy)
	}
	return bad
}

// guessable is how much of a password is looked at: what is longer is not
// guessed, and the estimate's cost grows steeply.
const guessable = 40

func easilyGuessed(password, email, name string) bool {
	if utf8.RuneCountInString(password) > guessable {
		return len(distinctRunes(password)) < 6
	}
	local, domain, _ := strings.Cut(email, "@")
	own := append(strings.Fields(name), local, domain, email, "kontor")
	return zxcvbn.PasswordStrength(password, own).Score < 3
}

func distinctRunes(s string) map[rune]bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return seen
}

// Tries to sign in before the waiting begins, and when they are forgotten.
const (
	AccountTries   = 5
	AddressTries   = 20
	TriesForgotten = time.Hour
	longestWait    = 15 * time.Minute
)

// TryAgainIn returns how long to wait after so many failed tries, of which
// some are free: a second, then twice as long each time, a quarter of an hour
// at the most. Nobody is ever locked out for good.
func TryAgainIn(fails, free int) time.Duration {
	if fails < free {
		return 0
	}
	return min(time.Second<<min(fails-free, 10), longestWait)
}

// Throttled is the error for too many tries; Wait is when to come again.
type Throttled struct{ Wait time.Duration }

// Error implements error.
func (t Throttled) Error() string { return fmt.Sprintf("too many tries, again in %s", t.Wait) }
