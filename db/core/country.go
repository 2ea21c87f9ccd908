package core

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/biter777/countries"
)

// A Country is a name and its ISO 3166-1 alpha-2 code.
type Country struct {
	Code string
	Name string
}

// Countries returns every ISO 3166-1 country, by name.
var Countries = sync.OnceValue(func() []Country {
	var all []Country
	for _, c := range countries.All() {
		if code := c.Alpha2(); iso3166(code) {
			all = append(all, Country{code, cmp.Or(calledNow[code], c.String())})
		}
	}
	slices.SortFunc(all, func(a, b Country) int { return strings.Compare(Fold(a.Name), Fold(b.Name)) })
	return all
})

// calledNow are the names of countries that the library has under an earlier
// name, or not as one writes it on an envelope. It reads its own all the same.
var calledNow = map[string]string{
	"AX": "Åland Islands",
	"BL": "Saint Barthélemy",
	"BQ": "Bonaire, Sint Eustatius and Saba",
	"CI": "Côte d’Ivoire",
	"CV": "Cabo Verde",
	"CW": "Curaçao",
	"IM": "Isle of Man",
	"LY": "Libya",
	"MF": "Saint Martin (French part)",
	"MK": "North Macedonia",
	"PS": "Palestine",
	"RE": "Réunion",
	"SJ": "Svalbard and Jan Mayen",
	"SX": "Sint Maarten (Dutch part)",
	"SZ": "Eswatini",
	"TL": "Timor-Leste",
	"VG": "British Virgin Islands",
	"VI": "United States Virgin Islands",
}

// iso3166 reports whether code is an assigned alpha-2 code. The library also
// knows a few codes of its own and the user-assigned XK.
func iso3166(code string) bool {
	return len(code) == 2 && code != "XX" && code != "ZZ" && code != "XK" && code != "YU" && code != "AN"
}

var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, c := range Countries() {
		names[c.Code] = c.Name
	}
	return names
})

var countryCodes = sync.OnceValue(func() map[string]string {
	codes := map[string]string{"uk": "GB"}
	for _, c := range Countries() {
		codes[Fold(c.Name)] = c.Code
		codes[Fold(c.Code)] = c.Code
	}
	return codes
})

// CountryName returns the English name of an alpha-2 code, or "" if there is
// no such country.
func CountryName(code string) string { return countryNames()[code] }

// longestCountry is more bytes than any country's name has.
const longestCountry = 200

// CountryCode reads a country given as a name or as an alpha-2 or alpha-3
// code, in any case. UK reads as GB.
func CountryCode(text string) (code string, ok bool) {
	if code, ok := countryCodes()[Fold(text)]; ok {
		return code, true
	}
	if len(text) < 3 || len(text) > longestCountry { // the library guesses at initials, and reads long texts slowly
		return "", false
	}
	code = countries.ByName(text).Alpha2()
	if !iso3166(code) || CountryName(code) == "" {
		return "", false
	}
	return code, true
}
