package core

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// E164 returns the phone number in E.164 form, read in the given country
// (alpha-2) where it is not international, or "" where none can be derived, as
// from words.
func E164(phone, country string) string {
	if !dialled.MatchString(phone) {
		return "" // the library reads letters as the digits they share a key with
	}
	n := parsePhone(phone, country)
	if n == nil {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// dialled is a number that can be dialled as it stands, with perhaps an
// extension.
var dialled = regexp.MustCompile(`(?i)^[\d\s+()./\x{2010}-\x{2015}-]+(?:,?\s*(?:ext|extn|x|#|;ext=)\.?\s*\d+)?$`)

// FormatPhone returns the number as it is usually written, internationally,
// or "" where the number is not understood.
func FormatPhone(e164 string) string {
	n := parsePhone(e164, "")
	if n == nil {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// PlausiblePhone reports whether the library knows the number to be possible
// there. It refuses many real ones, so this is ground for a warning, never for
// a fault.
func PlausiblePhone(phone, country string) bool {
	n := parsePhone(phone, country)
	return n != nil && phonenumbers.IsValidNumber(n)
}

func parsePhone(phone, country string) *phonenumbers.PhoneNumber {
	if phone == "" {
		return nil
	}
	n, err := phonenumbers.Parse(phone, country)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return nil
	}
	return n
}

// PhoneLike reports whether text is written as phone numbers are: digits and
// the signs that group them.
func PhoneLike(text string) bool {
	for _, r := range text {
		if (r < '0' || r > '9') && !strings.ContainsRune(" +-()./", r) {
			return false
		}
	}
	return text != ""
}

// A PhonePair is a phone number in two parts, as Acquired.com has it: the
// country's calling code and the rest, both digits. Either may be "".
type PhonePair struct {
	Code   string
	Number string
}

// Text returns the pair as one text, from which [ReadPhonePair] gets the same
// pair again.
func (p PhonePair) Text() string {
	if p.Code == "" {
		return p.Number
	}
	return strings.TrimSpace("+" + p.Code + " " + p.Number)
}

var pairText = regexp.MustCompile(`^\+(\d{1,3})(?: (\d+))?$`)

// ReadPhonePair returns a phone number in two parts: as it was given in two,
// else as its E.164 form has it, else the digits without a code.
func ReadPhonePair(phone, e164 string) PhonePair {
	if m := pairText.FindStringSubmatch(phone); m != nil {
		return PhonePair{m[1], m[2]}
	}
	if digits, ok := strings.CutPrefix(e164, "+"); ok {
		for n := 1; n <= longestCode && n < len(digits); n++ {
			if callingCodes()[digits[:n]] { // none is the beginning of another
				return PhonePair{digits[:n], digits[n:]}
			}
		}
	}
	return PhonePair{Number: Digits(phone)}
}

// longestCode is how many digits a calling code has at most.
const longestCode = 3

// callingCodes are those of the library, which would look much longer at a number
// that it has written in E.164 form itself.
var callingCodes = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for code := range phonenumbers.GetSupportedCallingCodes() {
		codes[strconv.Itoa(code)] = true
	}
	return codes
})
