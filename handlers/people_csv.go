package handlers

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/views"
)

// writePeople answers with people as CSV. Times are UTC.
func writePeople(w http.ResponseWriter, place views.Place, people []core.Colleague) error {
	name := "staff.csv"
	if place != 0 {
		name = "team-" + strconv.FormatInt(int64(place), 10) + ".csv"
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-store")
	out := csv.NewWriter(w)
	rows := [][]string{{"id", "name", "email", "role", "active", "password_set", "created"}}
	for _, p := range people {
		rows = append(rows, []string{
			strconv.FormatInt(p.ID, 10), formulaSafe(p.Name), formulaSafe(p.Email), string(p.Role),
			strconv.FormatBool(p.Active), strconv.FormatBool(p.HasPassword), p.CreatedAt.UTC().Format(time.RFC3339),
		})
	}
	return out.WriteAll(rows)
}

// formulaSafe keeps spreadsheets from reading a text as a formula: one that
// begins as a formula does gets an apostrophe before it.
func formulaSafe(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
