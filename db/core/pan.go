package core

// HasCardNumber reports whether text holds a run of digits that could be a
// card number: one group, or groups parted by a single space or dash, whose
// prefix and length fit a known brand and whose check digit fits. Such text is
// refused wherever people write freely.
func HasCardNumber(text string) bool {
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

// cardInRun tries every stretch of whole groups.
func cardInRun(digits []byte, starts []int) bool {
	ends := append(starts, len(digits))
	for i, from := range starts {
		for _, to := range ends[i+1:] {
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
	if n < 12 || n > 19 || !luhn(digits) {
		return false
	}
	prefix := 0
	for _, d := range digits[:6] {
		prefix = prefix*10 + int(d)
	}
	in := func(low, high int) bool { return prefix >= low && prefix <= high }
	switch {
	case in(400000, 499999): // Visa
		return n == 13 || n == 16 || n == 19
	case in(510000, 559999), in(222100, 272099): // Mastercard
		return n == 16
	case in(340000, 349999), in(370000, 379999): // American Express
		return n == 15
	case in(300000, 305999), in(360000, 369999), in(380000, 399999): // Diners Club
		return n >= 14
	case in(601100, 601199), in(644000, 659999): // Discover
		return n >= 16
	case in(352800, 358999): // JCB
		return n >= 16
	case in(620000, 629999): // UnionPay
		return n >= 16
	case in(500000, 509999), in(560000, 589999), in(630000, 639999), in(670000, 679999): // Maestro
		return true
	}
	return false
}

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
