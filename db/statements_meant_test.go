package db_test

import (
	"regexp"
	"strings"
)

// ofFew is said of lists that were counted to find few, and are then found by
// what they ask for and sorted.
const ofFew = ", where few are found"

// meant are the ways in which statements read or sort much because they are to.
var meant = []struct {
	of    string // whose statements
	fault string // a pattern of what is said of their plans
	why   string
}{
	{"Customers" + ofFew, "^(all of SEARCH [bc] |USE TEMP B-TREE)", "counted before: a merchant's cards or subscriptions, at most fewRows, and customers, at most broadMatches"},
	{"CustomerRecords" + ofFew, "^(all of SEARCH [bc] |USE TEMP B-TREE)", "counted before, as of Customers"},
	{"Charges" + ofFew, "^all of SEARCH c ", "counted before"},
	{"Subscriptions" + ofFew, "^(all of SEARCH (subscriptions|c) |USE TEMP B-TREE)", "counted before"},
	{"SubscriptionRecords" + ofFew, "^USE TEMP B-TREE", "counted before"},
	{"PaymentMethods" + ofFew, "^USE TEMP B-TREE", "counted before"},

	{"CountCustomers", "", "counts each, because a program asks how many there are"},
	{"Customers", "^all of SEARCH n USING INDEX notes_merchant", "the merchant's notes, once: there are fewer than customers"},
	{"CustomerRecords", "^all of SEARCH n USING INDEX notes_merchant", "as of Customers"},

	{"CountCards", "^all of", "counts each, because a program asks how many there are"},
	{"PlanSubscriptions", "^all of", "counts each, because a program asks how many there are"},
	{"ExportCustomers", "^all of", "takes out all of a list"},
	{"PlanBulk", "^all of SEARCH c ", "counts all whom the act is to reach, once"},
	{"Overview", "", "adds up what is due in its days and what is owed, from indexes alone"},
	{"WarnOfExpiry", "^all of SEARCH s USING INDEX subscriptions_due", "what is charged within days, looked through once in an hour"},
	{"CountLeftToPeople", "^all of", "of each kind up to a limit"},
	{"DeleteMerchant", "^all of SEARCH jobs", "a merchant that has anything is not deleted"},
	{"ClaimCall", "^all of SEARCH api_calls", "what has run out, and is taken away by that"},
	{"IssueToken", "^all of SEARCH api_tokens", "what has run out, and is taken away by that"},
	{"", " SEARCH jobs USING INDEX jobs_created", "jobs that somebody works at: few at any time"},
	{"Activity", "^SCAN events$", "the newest acts of all merchants, along their IDs until the page is full"},

	{"Customers" + ofFew, "^along .* though the few were found", "the merchant's notes may be many: the list is read along"},

	{"Customers", "^USE TEMP B-TREE FOR ORDER BY over SEARCH c USING INDEX customers_updated", "a time that is past, see past: the newest of it are kept"},
	{"CustomerRecords", "^USE TEMP B-TREE FOR ORDER BY over SEARCH c USING INDEX customers_updated", "as of Customers"},
	{"Charges" + ofFew, "^along SEARCH h USING INDEX charges_merchant", "a plan, whose charges no index has: along the list until the page is full"},

	// PostgreSQL.
	{"Customers", "^Seq Scan on addresses", "no index has streets and states: where few have one, the default addresses are read"},
	{"CustomerRecords", "^Seq Scan on addresses", "as of Customers"},
	{"Customers", `^cost \d{6}, of which \d{3} Bitmap Index Scan on customers_search`, "a name and digits that many cards end with: each who has the name is held against the cards"},
	{"CustomerRecords", `^cost \d{6}, of which \d{3} Bitmap Index Scan on customers_search`, "as of Customers"},
	{"Charges", "^cost .* customers_search", "without a common word: those who have it are read once, to be left out"},
	{"Subscriptions", "^cost .* customers_search", "without a common word: those who have it are read once, to be left out"},
	{"SubscriptionRecords", "^(cost|Seq Scan on customers)", "what programs look for a part of in several columns"},
	{"TokenRecords", "^Seq Scan on tokens", "what programs look for a part of in several columns"},
	{"TokenVersionRecords", "^cost", "what programs look for a part of in several columns"},
	{"", "^Seq Scan on api_calls", "what has run out, and is taken away by that"},
	{"CountCards", "^cost", "counts each, because a program asks how many there are"},
	{"Charges", `^Sort on  \[\(\(\+ id`, "days that leave out most, see recent: the newest of what fell due in them are kept"},

	{"Charges", "^USE TEMP B-TREE FOR ORDER BY over SEARCH h USING COVERING INDEX charges_due", "days that leave out most, see recent: the newest of what fell due in them are kept, from the index alone"},
	{"Charges", "^all of SEARCH k USING COVERING INDEX cards_last_four .merchant_id=..$", "part of a number's last four digits: from the index alone"},
	{"Subscriptions", "^all of SEARCH k USING COVERING INDEX cards_last_four .merchant_id=..$", "part of a number's last four digits: from the index alone"},
}

// isMeant reports whether a fault is meant, and notes by which of the reasons.
func isMeant(of, fault string, used map[int]bool) bool {
	for i, m := range meant {
		if (m.of == of || m.of == "" || m.of == strings.TrimSuffix(of, ofFew)) && regexp.MustCompile(m.fault).MatchString(fault) {
			used[i] = true
			return true
		}
	}
	return false
}
