package core

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as searches and sorted lists compare it: compatibility
// decomposed (NFKD), without marks, in lower case, with ø đ ł æ œ ß þ ı spelled
// in plain letters, and with single spaces between words and none around them.
// Folding what is folded changes nothing. ASCII text that is folded already is
// returned as it is.
func Fold(s string) string {
	ascii, folded := true, true
	space := true // before the first character and after a space
	for i := 0; i < len(s) && ascii; i++ {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			ascii = false
		case c == ' ':
			folded = folded && !space
			space = true
		default:
			folded = folded && !('A' <= c && c <= 'Z') && !('\t' <= c && c <= '\r')
			space = false
		}
	}
	switch {
	case !ascii:
		return foldRunes(norm.NFKD.String(s))
	case !folded || (space && s != ""):
		return foldRunes(s)
	}
	return s
}

// foldRunes folds text that is decomposed.
func foldRunes(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case unicode.Is(unicode.Mn, r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		// By way of upper case, so that the two small sigmas become one.
		switch r = unicode.ToLower(unicode.ToUpper(r)); r {
		case 'ø':
			b.WriteByte('o')
		case 'đ':
			b.WriteByte('d')
		case 'ł':
			b.WriteByte('l')
		case 'æ':
			b.WriteString("ae")
		case 'œ':
			b.WriteString("oe")
		case 'ß':
			b.WriteString("ss")
		case 'þ':
			b.WriteString("th")
		case 'ı':
			b.WriteByte('i')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Digits returns only the digits of s, those of other scripts as 0 to 9.
func Digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d, ok := digit(r); ok {
			b.WriteByte(d)
		}
	}
	return b.String()
}

// digit returns the ASCII form of a decimal digit. Unicode keeps the digits of
// a script together and in order, and the ranges of [unicode.Nd] begin at a
// zero.
func digit(r rune) (byte, bool) {
	if r < utf8.RuneSelf {
		return byte(r), '0' <= r && r <= '9'
	}
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return '0' + byte((r-rune(rg.Lo))%10), true
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return '0' + byte((r-rune(rg.Lo))%10), true
		}
	}
	return 0, false
}
