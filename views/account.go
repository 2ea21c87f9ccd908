package views

import (
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// AccountView is one's own account. Its forms post to [NameURL], [PasswordURL],
// [PreferencesURL], [EndSessionURL] and [EndOthersURL].
type AccountView struct {
	Chrome      Chrome
	Name        string
	Email       string
	HasPassword bool // the present one is asked for
	Rows        int  // of a page of a list
	Devices     []DeviceLine
	Faults      core.Invalid
	Wait        time.Duration // too many passwords were tried: how long until the next
}

// A DeviceLine is a browser one is signed in with.
type DeviceLine struct {
	core.Device
	This bool // the one at hand
}

// accountProblems is the summary above the forms.
func accountProblems(v AccountView) []line {
	all := lines(v.Faults)
	if v.Wait > 0 {
		all = append(all, line{"present", "There were too many tries. Try again in " + wait(v.Wait) + "."})
	}
	return all
}

// others reports whether there is a session beside the one at hand.
func others(v AccountView) bool {
	for _, d := range v.Devices {
		if !d.This {
			return true
		}
	}
	return false
}

// themes are what can be chosen.
var themes = []Pair{
	{string(ThemeSystem), "As the device says"},
	{string(ThemeLight), "Light"},
	{string(ThemeDark), "Dark"},
}

// rowChoices are how many rows a page may have, fewest first.
var rowChoices = []Pair{{"25", "25"}, {"50", "50"}, {"100", "100"}}

func rows(n int) string { return strconv.Itoa(n) }

// Names that browsers and systems go by, in the order to look for them: most
// browsers claim to be others, too.
var (
	browsers = []Pair{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chromium/", "Chromium"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = []Pair{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	}
)

// device is a browser in plain words, such as "Firefox on Windows".
func device(agent string) string {
	find := func(names []Pair) string {
		for _, n := range names {
			if strings.Contains(agent, n.Name) {
				return n.Value
			}
		}
		return ""
	}
	browser, system := find(browsers), find(systems)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "" || system != "":
		return browser + system
	}
	return "A browser that does not say which"
}
