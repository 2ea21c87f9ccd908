package core

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of card numbers, in digits.
const (
	MinPAN = 12
	MaxPAN = 19
)

// HasCardNumber reports whether text holds a run of digits that could be a
// card number: one group, or groups parted by a single space or dash, whose
// prefix and length fit a known brand and whose check digit fits. Such text is
// refused wherever people write freely. Digits of other scripts are digits, and
// spaces and dashes of all kinds are such: what was copied from a web page or a
// letter has those that do not break.
func HasCardNumber(text string) bool {
	text = plainDigits(text)
	var digits []byte // of the run at hand
	var starts []int  // where its groups begin
	gap := true       // the next digit begins a group
	for i := 0; i <= len(text); i++ {
		var ch byte
		if i < len(text) {
			ch = text[i]
		}
		switch {
		case ch >= '0' && ch <= '9':
			if gap {
				starts, gap = append(starts, len(digits)), false
			}
			digits = append(digits, ch-'0')
		case (ch == ' ' || ch == '-') && !gap:
			gap = true
		default:
			if cardInRun(digits, starts) {
				return true
			}
			digits, starts, gap = digits[:0], starts[:0], true
		}
	}
	return false
}

// HideCardNumber returns text as it may be kept: one that holds a card number has
// dots for all its digits.
func HideCardNumber(text string) string {
	if HasCardNumber(text) {
		return dotted(text)
	}
	return text
}

// plainDigits returns text with the digits, spaces and dashes of Unicode as those
// of ASCII, and without what has no width.
func plainDigits(text string) string {
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			continue
		}
		return text[:i] + strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf {
				return r
			}
			if d, ok := digit(r); ok {
				return rune(d)
			}
			switch {
			case unicode.IsSpace(r):
				return ' '
			case unicode.Is(unicode.Pd, r):
				return '-'
			case unicode.Is(unicode.Cf, r):
				return -1
			}
			return r
		}, text[i:])
	}
	return text
}

// cardInRun tries every stretch of whole groups that is not longer than a card
// number, so that a long run costs no more than its length.
func cardInRun(digits []byte, starts []int) bool {
	ends := append(starts, len(digits))
	for i, from := range starts {
		for _, to := range ends[i+1:] {
			if to-from > MaxPAN {
				break
			}
			if cardNumber(digits[from:to]) {
				return true
			}
		}
	}
	return false
}

// cardNumber reports whether digits fit a brand and the Luhn check.
func cardNumber(digits []byte) bool {
	n := len(digits)
	if n < MinPAN || n > MaxPAN || !luhn(digits) {
		return false
	}
	r, ok := brandRangeOf(digits)
	return ok && r.fits(n)
}

// luhn reports whether the last of the digits, 0 to 9, checks the others.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		v := int(d)
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// ParsePAN reads a card number as it is typed: 12 to 19 digits, with spaces
// and dashes anywhere between. It returns the rule that other text breaks:
// TooShort and TooLong with [MinPAN] and [MaxPAN] as limits, Malformed also for
// a length that the brand does not have and for a number that begins with 0, and
// CheckDigit.
func ParsePAN(text string) (PAN, Rule) {
	digits, rule := typedDigits(text, MaxPAN)
	if rule == "" {
		rule = checkPAN(digits)
	}
	if rule != "" {
		clear(digits)
		return PAN{}, rule
	}
	for i := range digits {
		digits[i] += '0'
	}
	return PAN{newSecret(digits)}, ""
}

func checkPAN(digits []byte) Rule {
	if len(digits) < MinPAN {
		return TooShort
	}
	if r, ok := brandRangeOf(digits); ok && !r.fits(len(digits)) || digits[0] == 0 {
		return Malformed
	}
	if !luhn(digits) {
		return CheckDigit
	}
	return ""
}

// typedDigits returns the digits of text, 0 to 9, of which there may be no more
// than limit, nor anything else but spaces and dashes. It never grows the slice
// it collects them in, which would leave a copy behind.
func typedDigits(text string, limit int) ([]byte, Rule) {
	digits := make([]byte, 0, limit)
	rule := Required
	for _, r := range text {
		d, ok := digit(r)
		switch {
		case ok && len(digits) == limit:
			rule = TooLong
		case ok:
			digits = append(digits, d-'0')
			if rule == Required {
				rule = ""
			}
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r):
			return digits, Malformed
		}
	}
	return digits, rule
}

// Brand returns the card's brand by the range of its number.
func (p PAN) Brand() Brand {
	digits := p.Reveal()
	if len(digits) < MinPAN {
		return UnknownBrand
	}
	var prefix [6]byte
	for i := range prefix {
		prefix[i] = digits[i] - '0'
	}
	if r, ok := brandRangeOf(prefix[:]); ok {
		return r.brand
	}
	return UnknownBrand
}

// FirstSix returns the first six digits, which may be kept, or "".
func (p PAN) FirstSix() string {
	digits := p.Reveal()
	if len(digits) < MinPAN {
		return ""
	}
	return string(digits[:6])
}

// LastFour returns the last four digits, which may be kept and shown, or "".
func (p PAN) LastFour() string {
	digits := p.Reveal()
	if len(digits) < MinPAN {
		return ""
	}
	return string(digits[len(digits)-4:])
}
