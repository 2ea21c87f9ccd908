package core

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParsePAN(t *testing.T) {
	for _, tt := range []struct {
		text, digits string
		brand        Brand
	}{
		{"4111 1111 1111 1111", "4111111111111111", Visa},
		{" 4242-4242-4242-4242\n", "4242424242424242", Visa},
		{"4222222222222", "4222222222222", Visa},
		{"4000 0000 0000 0000 006", "4000000000000000006", Visa},
		{"5555 5555 5555 4444", "5555555555554444", Mastercard},
		{"2223 0031 2200 3222", "2223003122003222", Mastercard},
		{"3782 822463 10005", "378282246310005", Amex},
		{"3056 930902 5904", "30569309025904", Diners},
		{"36227206271667", "36227206271667", Diners},
		{"6011 1111 1111 1117", "6011111111111117", Discover},
		{"3566 0020 2036 0505", "3566002020360505", JCB},
		{"6200 0000 0000 0005", "6200000000000005", UnionPay},
		{"6759 6498 2643 8453", "6759649826438453", Maestro},
		{"5018 0000 0009", "501800000009", Maestro},
		{"2200 0000 0000 0004", "2200000000000004", UnknownBrand},
		{"4\u00a0111–1111\u20111111 11 11", "4111111111111111", Visa},
		{"٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "4242424242424242", Visa},
	} {
		p, rule := ParsePAN(tt.text)
		if rule != "" || string(p.Reveal()) != tt.digits || p.Brand() != tt.brand {
			t.Errorf("%q: %q, %q of %s, want %q of %s", tt.text, rule, p.Reveal(), p.Brand(), tt.digits, tt.brand)
		}
		if p.FirstSix() != tt.digits[:6] || p.LastFour() != tt.digits[len(tt.digits)-4:] {
			t.Errorf("%q: first %q, last %q", tt.text, p.FirstSix(), p.LastFour())
		}
	}
}

func TestParsePANRefuses(t *testing.T) {
	for text, want := range map[string]Rule{
		"": Required, " ": Required, "- -": Required,
		"4111 1111 111":            TooShort,
		"4":                        TooShort,
		"41111111111111111111":     TooLong,
		strings.Repeat("4", 10000): TooLong,
		"4111 1111 1111 1112":      CheckDigit,
		"4111 1111 1111 1110":      CheckDigit,
		"5555 5555 5555 5444":      CheckDigit,
		"2200 0000 0000 0005":      CheckDigit,
		"4111 1111 1111 111":       Malformed, // Visa's have 13, 16 or 19
		"3782 822463 100050":       Malformed,
		"4111 1111 1111 111l":      Malformed,
		"4111.1111.1111.1111":      Malformed,
		"4111/1111/1111/1111":      Malformed,
		"+4111111111111111":        Malformed,
		"4111111111111111\x00":     Malformed,
		"411111111111111\xff":      Malformed,
		"4111111111111111e0":       Malformed,
		"0000 0000 0000 0000":      Malformed,
		"card":                     Malformed,
		"<script>":                 Malformed,
	} {
		if p, rule := ParsePAN(text); rule != want || p.Reveal() != nil {
			t.Errorf("%.30q: %q, %s, want %q", text, rule, p, want)
		}
	}
}

func TestBrandRanges(t *testing.T) {
	for i, a := range brandRanges {
		if a.low > a.high || a.low < 100000 || a.high > 999999 || len(a.lengths) == 0 {
			t.Errorf("%+v", a)
		}
		for _, b := range brandRanges[i+1:] {
			if a.low <= b.high && b.low <= a.high {
				t.Errorf("%+v and %+v overlap", a, b)
			}
		}
	}
}

func drawPAN(t *rapid.T) string {
	r := rapid.SampledFrom(brandRanges).Draw(t, "range")
	n := rapid.SampledFrom(r.lengths).Draw(t, "length")
	digits := make([]byte, n)
	for i, prefix := 5, rapid.IntRange(r.low, r.high).Draw(t, "prefix"); i >= 0; i, prefix = i-1, prefix/10 {
		digits[i] = byte(prefix % 10)
	}
	for i := 6; i < n; i++ {
		digits[i] = rapid.ByteRange(0, 9).Draw(t, "digit")
	}
	for digits[n-1] = 0; !luhn(digits); {
		digits[n-1]++
	}
	for i := range digits {
		digits[i] += '0'
	}
	return string(digits)
}

// TestNumbersOfKnownBrands: what is read as a card is what is refused in texts,
// and one wrong digit makes it neither.
func TestNumbersOfKnownBrands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := drawPAN(t)
		p, rule := ParsePAN(number)
		if rule != "" || string(p.Reveal()) != number || p.Brand() == UnknownBrand || !HasCardNumber(number) {
			t.Fatalf("%s: %q, %s, in text %v", number, rule, p.Brand(), HasCardNumber(number))
		}
		wrong := []byte(number)
		i := rapid.IntRange(6, len(wrong)-1).Draw(t, "place")
		wrong[i] = '0' + (wrong[i]-'0'+rapid.ByteRange(1, 9).Draw(t, "by"))%10
		if _, rule := ParsePAN(string(wrong)); rule != CheckDigit || HasCardNumber(string(wrong)) {
			t.Fatalf("%s: %q, in text %v", wrong, rule, HasCardNumber(string(wrong)))
		}
	})
}

func TestParseSecurityCode(t *testing.T) {
	for _, tt := range []struct {
		text  string
		brand Brand
		want  Rule
	}{
		{"123", Visa, ""},
		{" 007 ", Mastercard, ""},
		{"1234", Amex, ""},
		{"123", UnknownBrand, ""},
		{"1234", UnknownBrand, ""},
		{"", Visa, Required},
		{"  ", Amex, Required},
		{"12", Visa, Malformed},
		{"1234", Visa, Malformed},
		{"123", Amex, Malformed},
		{"12345", Amex, Malformed},
		{"12", UnknownBrand, Malformed},
		{"12345", UnknownBrand, Malformed},
		{"12a", Visa, Malformed},
		{"12\x00", Visa, Malformed},
		{"1.2", Visa, Malformed},
	} {
		c, rule := ParseSecurityCode(tt.text, tt.brand)
		if rule != tt.want {
			t.Errorf("%q of %s: %q, want %q", tt.text, tt.brand, rule, tt.want)
		}
		if got := string(c.Reveal()); rule == "" && got != strings.TrimSpace(tt.text) || rule != "" && got != "" {
			t.Errorf("%q of %s: reads as %q", tt.text, tt.brand, got)
		}
	}
}

func TestParseExpiry(t *testing.T) {
	january, august := Expiry{2030, time.January}, Expiry{2016, time.August}
	for text, want := range map[string]Expiry{
		"1/30": january, "01/30": january, "1/2030": january, "01/2030": january, "0130": january, "012030": january, "2030-01": january,
		"2030-1": january, "2030/01": january, "203001": january, " 01 / 30 ": january, "01-30": january, "01.30": january, "01 30": january,
		"٠١/٣٠": january, "01–30": january, "8/16": august, "08/2016": august, "12/99": {2099, time.December}, "122030": {2030, time.December},
	} {
		if e, rule := ParseExpiry(text); rule != "" || e != want {
			t.Errorf("%q: %v, %q, want %v", text, e, rule, want)
		}
	}
	for text, want := range map[string]Rule{
		"": Required, " ": Required, "/": Required,
		"13/30": Malformed, "0/30": Malformed, "00/30": Malformed, "1330": Malformed, "0030": Malformed, "1/3": Malformed, "1/030": Malformed,
		"130": Malformed, "1": Malformed, "30": Malformed, "2030": Malformed, "01/30/01": Malformed, "2030-01-31": Malformed, "2030-13": Malformed,
		"01/1999": Malformed, "01/2100": Malformed, "01/20300": Malformed, "001/30": Malformed, "-1/+30": Malformed, "1/3e": Malformed,
		"Jan 2030": Malformed, "01,30": Malformed, "01/30\x00": Malformed, "\xff1/30": Malformed, "ab/cd": Malformed, "é30": Malformed,
		"203013": Malformed, "002030": Malformed, "2030/2031": Malformed, strings.Repeat("0130/", 1000): Malformed,
	} {
		if e, rule := ParseExpiry(text); rule != want || e != (Expiry{}) {
			t.Errorf("%.30q: %v, %q, want %q", text, e, rule, want)
		}
	}
}

func TestMonthAndYearApart(t *testing.T) {
	for _, tt := range []struct {
		month, year string
		want        Expiry
		rule        Rule
	}{
		{"8", "16", Expiry{2016, time.August}, ""},
		{"08", "16", Expiry{2016, time.August}, ""},
		{" 08", "2016 ", Expiry{2016, time.August}, ""},
		{"12", "30", Expiry{2030, time.December}, ""},
		{"", "", Expiry{}, Required},
		{"", "1230", Expiry{}, Malformed},
		{"12/30", "", Expiry{}, Malformed},
		{"008", "16", Expiry{}, Malformed},
		{"8", "6", Expiry{}, Malformed},
		{"8", "-16", Expiry{}, Malformed},
		{"8.0", "16", Expiry{}, Malformed},
		{"0", "16", Expiry{}, Malformed},
	} {
		if e, rule := ParseMonthYear(tt.month, tt.year); e != tt.want || rule != tt.rule {
			t.Errorf("%q and %q: %v, %q, want %v, %q", tt.month, tt.year, e, rule, tt.want, tt.rule)
		}
	}
}

func TestExpiryReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Expiry{rapid.IntRange(2000, 2099).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month"))}
		for _, text := range []string{e.String(), e.LastDay().String()[:7]} {
			if got, rule := ParseExpiry(text); got != e || rule != "" {
				t.Fatalf("%q reads as %v, %q", text, got, rule)
			}
		}
	})
}

// TestCardsAreGoodToTheEndOfTheMonthEverywhere: Baker Island is last.
func TestCardsAreGoodToTheEndOfTheMonthEverywhere(t *testing.T) {
	last := zone(t, "Etc/GMT+12")
	for _, tt := range []struct {
		e    Expiry
		day  string
		last time.Time
	}{
		{Expiry{2027, time.February}, "2027-02-28", time.Date(2027, 2, 28, 23, 59, 59, 999999999, last)},
		{Expiry{2028, time.February}, "2028-02-29", time.Date(2028, 2, 29, 23, 59, 59, 999999999, last)},
		{Expiry{2027, time.December}, "2027-12-31", time.Date(2027, 12, 31, 23, 59, 59, 999999999, last)},
	} {
		if got := tt.e.LastDay().String(); got != tt.day {
			t.Errorf("%s: last day %s, want %s", tt.e, got, tt.day)
		}
		if tt.e.Expired(tt.last) || !tt.e.Expired(tt.last.Add(1)) {
			t.Errorf("%s ends %s", tt.e, tt.e.End())
		}
	}
}

func TestReadCard(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	d, bad := ReadCard("4242 4242 4242 4242", "2/27", "123", " Amara Ćosić-O'Neil ", now)
	if len(bad) > 0 || d.Number.Brand() != Visa || d.Expiry != (Expiry{2027, time.February}) || string(d.Code.Reveal()) != "123" || d.Holder != "Amara Ćosić-O'Neil" {
		t.Fatalf("%v, %v", d, bad)
	}
	d.Wipe()
	if d.Number.Reveal() != nil || d.Code.Reveal() != nil {
		t.Error("not wiped")
	}
	for _, tt := range []struct {
		what                         string
		number, expiry, code, holder string
		want                         Invalid
	}{
		{"nothing", "", "", "", "", Invalid{{Field: "number", Rule: Required}, {Field: "expiry", Rule: Required}, {Field: "code", Rule: Required}}},
		{"all wrong", "4111 1111 1111 1112", "13/30", "12", "A", Invalid{
			{Field: "number", Rule: CheckDigit}, {Field: "expiry", Rule: Malformed}, {Field: "code", Rule: Malformed}, {Field: "holder", Rule: TooShort, Limit: MinHolder},
		}},
		{"no holder", "4242424242424242", "11/26", "123", "", nil},
		{"a long holder", "4242424242424242", "11/26", "123", strings.Repeat("é", MaxHolder), nil},
		{"American Express", "378282246310005", "11/26", "1234", "3M", nil},
		{"a code of three", "378282246310005", "11/26", "123", "", Invalid{{Field: "code", Rule: Malformed}}},
		{"expired", "4242424242424242", "10/26", "123", "", Invalid{{Field: "expiry", Rule: Expired}}},
		{"too short", "4242", "11/26", "123", "", Invalid{{Field: "number", Rule: TooShort, Limit: MinPAN}}},
		{"too long", strings.Repeat("42", 10), "11/26", "123", "", Invalid{{Field: "number", Rule: TooLong, Limit: MaxPAN}}},
		{"too long a holder", "4242424242424242", "11/26", "123", strings.Repeat("é", MaxHolder+1), Invalid{{Field: "holder", Rule: TooLong, Limit: MaxHolder}}},
		{"a holder of two lines", "4242424242424242", "11/26", "123", "A\nB", Invalid{{Field: "holder", Rule: Control}}},
		{"the number as holder", "4242424242424242", "11/26", "123", "Ana 4242 4242 4242 4242", Invalid{{Field: "holder", Rule: CardText}}},
		{"the code as holder", "4242424242424242", "11/26", "123", "123", Invalid{{Field: "holder", Rule: Malformed}}},
	} {
		d, bad := ReadCard(tt.number, tt.expiry, tt.code, tt.holder, now)
		if diff := cmp.Diff(tt.want, bad); diff != "" {
			t.Errorf("%s:\n%s", tt.what, diff)
		}
		if len(bad) > 0 && (d.Number.Reveal() != nil || d.Code.Reveal() != nil || d.Holder != "") {
			t.Errorf("%s: refused, and yet %v", tt.what, d)
		}
	}
}
