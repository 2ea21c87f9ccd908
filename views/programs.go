package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// ProgramsURL is the list of a merchant's application users.
func ProgramsURL(m int64) string { return MerchantURL(m) + "/settings/api" }

// NewProgramURL is the form that adds one, and what it posts to.
func NewProgramURL(m int64) string { return ProgramsURL(m) + "/new" }

// ProgramURL is one of them, and takes changes, by POST.
func ProgramURL(m, id int64) string { return ProgramsURL(m) + "/" + strconv.FormatInt(id, 10) }

// RotateProgramURL gives it a new key, by POST.
func RotateProgramURL(m, id int64) string { return ProgramURL(m, id) + "/rotate" }

// RevokeProgramURL asks, by GET, and ends its access, by POST.
func RevokeProgramURL(m, id int64) string { return ProgramURL(m, id) + "/revoke" }

// DocsURL is where the APIs are described and can be tried.
const DocsURL = "/docs"

// ProgramsView is the list of a merchant's application users.
type ProgramsView struct {
	Chrome   Chrome
	Programs []core.ApplicationUser
	Next     string // the next page, if there is one
	First    string // back to the first page
}

// NewProgramView is the form that adds one. It posts "name", "role" and "true"
// under the name of each API.
type NewProgramView struct {
	Chrome Chrome
	Values map[string]string
	Faults core.Invalid
}

// ProgramView is one application user. Its form posts "version" beside what
// that of [NewProgramView] does.
type ProgramView struct {
	Chrome  Chrome
	Program core.ApplicationUser
	Values  map[string]string // as typed
	Faults  core.Invalid
	Stale   bool // somebody else changed it since the page was opened
	NoKey   bool // likewise, and a new key was asked for
	Refused []core.RefusedCall
	Calls   []ExampleCall
}

// GivenKeyView shows a key, this once.
type GivenKeyView struct {
	Chrome  Chrome
	Program core.ApplicationUser
	Key     string
	Rotated bool // it takes the place of another
	Calls   []ExampleCall
}

// RevokeProgramView asks before an application user's access is ended.
type RevokeProgramView struct {
	Chrome  Chrome
	Program core.ApplicationUser
}

// ProgramValues are a program's rights as its form has them.
func ProgramValues(a core.ApplicationUser) map[string]string {
	values := map[string]string{"name": a.Name, "role": string(a.Role)}
	for _, api := range core.APIs {
		if a.MayUse(api) {
			values[string(api)] = "true"
		}
	}
	return values
}

// apiNames are the APIs as people call them.
var apiNames = map[core.Source]string{
	core.FromWallee:   "wallee",
	core.FromMonri:    "Monri",
	core.FromPayfirma: "Payfirma",
	core.FromAcquired: "Acquired.com",
	core.FromCDC:      "CDC",
}

// programRoles are what a program may be let do.
var programRoles = []Pair{{string(core.Member), "Reads and writes"}, {string(core.Viewer), "Only reads"}}

func programRights(a core.ApplicationUser) string {
	if a.Role == core.Viewer {
		return "Only reads"
	}
	return "Reads and writes"
}

// programAPIs lists what a program may use.
func programAPIs(a core.ApplicationUser) string {
	if len(a.APIs) == 0 {
		return "All APIs"
	}
	names := make([]string, len(a.APIs))
	for i, api := range a.APIs {
		names[i] = apiNames[api]
	}
	return strings.Join(names, ", ")
}

func programStanding(a core.ApplicationUser) string {
	switch {
	case !a.Active():
		return "Revoked"
	case a.UsedAt.IsZero():
		return "Not used yet"
	}
	return "Active"
}

// keyUntil is how long the key before the last one still opens, or zero.
func keyUntil(a core.ApplicationUser, now time.Time) time.Time {
	if now.Before(a.OldUntil) {
		return a.OldUntil
	}
	return time.Time{}
}

// An ExampleCall is a call of one API, ready to be pasted into a shell.
type ExampleCall struct {
	Name  string // of the API
	Shell string
}

// What stands where the key was shown once and is no longer known, and where
// any program may call.
const (
	unknownID  = "YOUR_ID"
	unknownKey = "YOUR_KEY"
)

// ExampleCalls are calls that list customers through each of the APIs that
// the program may use and that are there. Base is the installation's address;
// without a key its place is marked.
func ExampleCalls(base string, a core.ApplicationUser, key string, there []core.Source) []ExampleCall {
	var calls []ExampleCall
	for _, api := range core.APIs {
		if a.MayUse(api) && slices.Contains(there, api) {
			calls = append(calls, ExampleCall{apiNames[api], shellCall(base, api, itoa(a.ID), key, a.Merchant, listPaths[api])})
		}
	}
	return calls
}

// shellCall is a GET of the path through an API, with what its handshake
// takes. Without an ID or a key their places are marked.
func shellCall(base string, api core.Source, id, key string, merchant int64, path string) string {
	return strings.NewReplacer(
		"BASE", strings.TrimSuffix(base, "/"), "PATH", path, "MERCHANT", itoa(merchant), "ID", orElse(id, unknownID), "KEY", orElse(key, unknownKey),
	).Replace(shellCalls[api])
}

// listPaths are the paths under which the APIs list customers.
var listPaths = map[core.Source]string{
	core.FromWallee:   "/api/v2.0/customers?limit=5",
	core.FromMonri:    "/v2/customers?limit=5&offset=0",
	core.FromPayfirma: "/customer-service/customer?limit=5",
	core.FromAcquired: "/v1/customers?limit=5",
	core.FromCDC:      "/api/v1/people?preferred_page_size=5",
}

// shellCalls need curl, openssl and what every shell has.
var shellCalls = map[core.Source]string{
	core.FromWallee: `b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
path='PATH'
head=$(printf '{"alg":"HS256","typ":"JWT","ver":1}' | b64)
claims=$(printf '{"sub":"ID","iat":%s,"requestPath":"%s","requestMethod":"GET"}' "$(date +%s)" "$path" | b64)
key=$(printf 'KEY' | openssl base64 -d -A | od -An -vtx1 | tr -d ' \n')
sign=$(printf '%s' "$head.$claims" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | b64)
curl "BASE$path" -H 'Space: MERCHANT' -H "Authorization: Bearer $head.$claims.$sign"`,
	core.FromMonri: `path='PATH'
time=$(date +%s)
digest=$(printf '%s' "KEY${time}ID$path" | openssl dgst -sha512 -r | cut -d' ' -f1)
curl "BASE$path" -H 'Content-Type: application/json' -H "Authorization: WP3-v2.1 ID $time $digest"`,
	core.FromPayfirma: `token=$(curl -s BASE/oauth/token -u 'ID:KEY' -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl 'BASEPATH' -H "Authorization: Bearer $token"`,
	core.FromAcquired: `token=$(curl -s BASE/v1/login -H 'Content-Type: application/json' -d '{"app_id":"ID","app_key":"KEY"}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl 'BASEPATH' -H "Authorization: Bearer $token"`,
	core.FromCDC: `token=$(curl -s BASE/oauth/token --data-urlencode 'client_id=ID' --data-urlencode 'client_secret=KEY' -d 'grant_type=client_credentials&scope=pci-user' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl 'BASEPATH' -H "Authorization: Bearer $token"`,
}
