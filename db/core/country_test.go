package core

import "testing"

// TestCountriesAreCalledAsTheyAre: a country has the name it goes by, and is
// read by that and by the one it had.
func TestCountriesAreCalledAsTheyAre(t *testing.T) {
	for code, names := range map[string][]string{
		"SZ": {"Eswatini", "eSwatini", "Swaziland"},
		"LY": {"Libya", "Libyan Arab Jamahiriya"},
		"CI": {"Côte d’Ivoire", "Cote d'Ivoire", "Ivory Coast"},
		"IM": {"Isle of Man", "Isle Of Man"},
		"MK": {"North Macedonia", "Macedonia"},
		"VI": {"United States Virgin Islands", "Virgin Islands US"},
		"VG": {"British Virgin Islands", "Virgin Islands British"},
		"CW": {"Curaçao", "Curacao"},
		"CV": {"Cabo Verde", "Cape Verde"},
		"BL": {"Saint Barthélemy", "Saint Barthelemy"},
		"MF": {"Saint Martin (French part)", "Saint Martin French"},
		"SX": {"Sint Maarten (Dutch part)", "Sint Maarten Dutch"},
		"PS": {"Palestine", "Palestinian Territory (Occupied)"},
		"RE": {"Réunion", "Reunion"},
		"AX": {"Åland Islands", "Aland Islands"},
		"SJ": {"Svalbard and Jan Mayen", "Svalbard and Jan Mayen Islands"},
		"BQ": {"Bonaire, Sint Eustatius and Saba"},
		"TL": {"Timor-Leste", "Timor-Leste (East Timor)"},
	} {
		if got := CountryName(code); got != names[0] {
			t.Errorf("%s is called %q, want %q", code, got, names[0])
		}
		for _, name := range names {
			if got, ok := CountryCode(name); !ok || got != code {
				t.Errorf("%q reads as %q, %v, want %s", name, got, ok, code)
			}
		}
	}
	for _, c := range Countries() {
		if got, ok := CountryCode(c.Name); !ok || got != c.Code {
			t.Errorf("%q reads as %q, want %s", c.Name, got, c.Code)
		}
	}
}
