package db_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"kontor/db/dbtest"
)

// small are the tables that stay small beside the customers, so that they may
// be read through.
var small = map[string]string{
	"merchants":         "as many as there are merchants",
	"users":             "as many as there are people who sign in",
	"plans":             "some dozens of a merchant",
	"forecasts":         "one of a merchant",
	"keysets":           "two",
	"worker_clock":      "one",
	"throttles":         "who failed to sign in lately",
	"saved_views":       "some of each who signs in",
	"sessions":          "some of each who signs in",
	"application_users": "some of a merchant",
	"feeds":             "one of a merchant",
}

// few are the columns each of whose values few rows have, of whatever
// merchant: what is searched by one of them is soon read.
var few = map[string]bool{
	"rowid": true, "id": true, "customer_id": true, "user_id": true, "subscription_id": true, "charge_id": true, "card_id": true,
	"newer_id": true, "older_id": true, "job_id": true, "event_id": true, "merge_id": true, "winner_id": true, "loser_id": true, "merged_into": true,
	"application_user_id": true, "run_id": true, "batch": true, "undoes": true, "key": true,
	"email_key": true, "phone_key": true, "phone_e164": true, "reference": true, "external_id": true, "request": true, "start_key": true,
	"token": true, "token_hash": true, "key_hash": true, "call_hash": true, "fingerprint": true, "loser_event_id": true,
	"customer_reference": true, "last_four": true, // one card in ten thousand
}

// queues are the indexes of nothing but what waits for somebody.
var queues = map[string]bool{
	"runs_unfinished": true, "runs_unknown": true,
}

type planStep struct {
	ID, Parent, NotUsed int
	Detail              string
}

var (
	stepForm  = regexp.MustCompile(`^(SCAN|SEARCH) (\S+)(?: EXISTS)?(?: USING (?:COVERING )?(?:INTEGER PRIMARY KEY|INDEX (\S+)))?(?: \((.*)\))?`)
	tableForm = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?`)
	ledByIDs  = regexp.MustCompile(`(WHERE|AND) \(?\+?\w\.(id|customer_id) IN \(SELECT`) // and not NOT
	equalForm = regexp.MustCompile(`(\w+)=\?`)
)

// aliases are the tables of a text by what it calls them.
func aliases(text string) map[string]string {
	all := map[string]string{}
	for _, m := range tableForm.FindAllStringSubmatch(text, -1) {
		all[m[1]] = m[1]
		if m[2] != "" {
			all[m[2]] = m[1]
		}
	}
	return all
}

// sqliteFaults are the ways in which a plan reads or sorts more than a page, or
// more than belongs to one of something.
func sqliteFaults(text string, steps []planStep, tables map[string]bool) []string {
	called := aliases(text)
	limited := strings.Contains(text, "LIMIT")
	parent := map[int]planStep{}
	for _, s := range steps {
		parent[s.ID] = s
	}
	within := func(s planStep, what string) bool {
		for up, ok := parent[s.Parent]; ok; up, ok = parent[up.Parent] {
			if strings.HasPrefix(up.Detail, what) {
				return true
			}
		}
		return false
	}
	var faults []string
	wide := map[int]string{} // a step of which much may come, by what it is part of
	for _, s := range steps {
		m := stepForm.FindStringSubmatch(s.Detail)
		if m == nil {
			continue
		}
		table := called[m[2]]
		if !tables[table] || small[table] != "" || strings.HasPrefix(table, "customer_search") {
			continue // a part of the text that is judged by itself, or nothing to speak of
		}
		if m[1] == "SCAN" {
			if !queues[m[3]] {
				faults = append(faults, s.Detail)
				wide[s.Parent] = s.Detail
			}
			continue
		}
		narrow := m[4] == ""
		for _, column := range equalForm.FindAllStringSubmatch(m[4], -1) {
			narrow = narrow || few[column[1]]
		}
		narrow = narrow || strings.HasPrefix(m[4], "name_key=? AND postcode_key=?") // namesakes who are neighbours
		if narrow {
			continue
		}
		wide[s.Parent] = s.Detail
		if limited && ledByIDs.MatchString(text) && !within(s, "LIST SUBQUERY") && !within(s, "CO-ROUTINE (subquery") {
			faults = append(faults, "along "+s.Detail+" though the few were found")
		}
		if !limited || within(s, "LIST SUBQUERY") || within(s, "SCALAR SUBQUERY") {
			faults = append(faults, "all of "+s.Detail)
		}
	}
	for _, s := range steps {
		if strings.HasPrefix(s.Detail, "USE TEMP B-TREE") && !strings.Contains(s.Detail, "LAST TERM") && wide[s.Parent] != "" {
			faults = append(faults, s.Detail+" over "+wide[s.Parent])
		}
	}
	return faults
}

// sqliteTables are the names of all tables.
func sqliteTables(t *testing.T, d *sqlx.DB) map[string]bool {
	t.Helper()
	var names []string
	if err := d.Select(&names, `SELECT name FROM sqlite_schema WHERE type = 'table'`); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}

// TestStatisticsAreDropped: SQLite plans without statistics, whoever made some.
func TestStatisticsAreDropped(t *testing.T) {
	h := dbtest.SQLite(t)
	h.Customer(t, "name", "Anna")
	h.Exec(t, `ANALYZE`)
	if n := h.Count(t, `SELECT COUNT(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'`); n != 1 {
		t.Fatalf("%d tables of statistics", n)
	}
	h.Reopen(t)
	if n := h.Count(t, `SELECT COUNT(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'`); n != 0 {
		t.Error("the next start keeps the statistics")
	}
}
