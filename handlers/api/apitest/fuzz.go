package apitest

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kontor/db/dbtest"
)

// anyRequest is the ID of a request, by which the log knows it.
var anyRequest = regexp.MustCompile(`"[A-Z2-7]{16}"`)

// awkward are values that documents do not expect, as JSON.
var awkward = []string{
	`null`, `true`, `0`, `-1`, `1e400`, `12345678901234567890`, `0.1`, `""`, `" "`, `"\u0000"`, `"\ud800"`, `"é̄😀"`,
	`[]`, `{}`, `[[]]`, `{"a":{"b":[null]}}`, `"` + strings.Repeat("x", 5000) + `"`, `"'; DROP TABLE customers; --"`, `"%"`, `"9999-99-99"`,
}

// awkwardTexts are values of parameters and headers that documents do not
// expect, as they stand in an address.
var awkwardTexts = []string{
	"", "%00", "%FF", "-1", "0", "1e9", "99999999999999999999", "%2C%2C", "'", "%22", "(((", "a:b:c", "NOT", "%F0%9F%98%80", "..", "%2F", "null",
	strings.Repeat("x", 3000), strings.Repeat("(", 500), "2026-13-45", "a.b.c.d.e.f", ",", "%25",
}

// Fuzz calls the face with what its transcripts ask, changed at random, and in
// each single value to what no document expects. No call may end in a 5xx, in
// what is no JSON, or without the shape of the face's answers.
func (f Face) Fuzz(fz *testing.F) {
	houses := []*dbtest.House{dbtest.SQLite(fz)}
	if os.Getenv("TEST_POSTGRES") != "" { // which takes less for text
		houses = append(houses, dbtest.Postgres(fz))
	}
	var worlds []*World
	for _, h := range houses {
		w := f.World(fz, h)
		for _, name := range slices.Sorted(maps.Keys(f.IDs)) { // so that both give the same IDs
			own, _, _ := f.IDs[name](fz, w)
			w.Set(name, own)
		}
		worlds = append(worlds, w)
	}
	w := worlds[0]
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		fz.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			fz.Fatal(err)
		}
		for _, p := range readTranscript(string(text)) {
			if p.request == nil {
				continue
			}
			for i, line := range p.request { // names that answers would have given
				p.request[i] = placeholder.ReplaceAllStringFunc(line, func(s string) string {
					if v, ok := w.Names[placeholder.FindStringSubmatch(s)[1]]; ok {
						return v
					}
					return "1"
				})
			}
			first, _, body := split(p.request)
			method, target, _ := strings.Cut(first, " ")
			fz.Add(method, target, "", body)
			for _, changed := range changedTargets(target) {
				fz.Add(method, changed, "", body)
			}
			for _, changed := range changedBodies(body) {
				fz.Add(method, target, "", changed)
			}
			for _, auth := range []string{"Bearer", "Bearer x", "Basic !!", "WP3-v2.1 a b c", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30."} {
				fz.Add(method, target, auth, body)
			}
		}
	}
	fz.Fuzz(func(t *testing.T, method, target, auth, body string) {
		if _, err := http.NewRequest(method, "http://x"+target, nil); err != nil || !strings.HasPrefix(target, "/") || strings.ContainsAny(target, " \t\r\n#") {
			t.Skip("no request that could arrive")
		}
		var headers []string
		if auth != "" {
			headers = []string{"Authorization", auth}
		}
		for i, w := range worlds {
			out := f.Call(w, "shop", method, target, body, headers...)
			if out.Code >= 500 {
				t.Errorf("%s %s %q: %d %s (PostgreSQL: %t)", method, target, body, out.Code, out.Body, houses[i].Postgres)
			}
			if out.Body.Len() > 0 && method != http.MethodHead && out.Header().Get("Content-Type") == "application/json" && !json.Valid(out.Body.Bytes()) {
				t.Errorf("%s %s: the answer is no JSON: %s", method, target, out.Body)
			}
		}
	})
}

// changedTargets are the target with each value of its query, and each part of
// its path, changed to something awkward.
func changedTargets(target string) []string {
	path, query, asks := strings.Cut(target, "?")
	var all []string
	if asks {
		params := strings.Split(query, "&")
		for i, param := range params {
			name, _, _ := strings.Cut(param, "=")
			for _, v := range awkwardTexts {
				changed := append([]string(nil), params...)
				changed[i] = name + "=" + v
				all = append(all, path+"?"+strings.Join(changed, "&"))
			}
		}
	}
	parts := strings.Split(path, "/")
	last := len(parts) - 1
	for _, v := range awkwardTexts {
		changed := append([]string(nil), parts...)
		changed[last] = v
		all = append(all, strings.Join(changed, "/"))
	}
	return all
}

// changedBodies are the body with each of its values changed to something
// awkward, and cut off.
func changedBodies(body string) []string {
	var v any
	if body == "" || json.Unmarshal([]byte(body), &v) != nil {
		return nil
	}
	all := []string{body[:len(body)/2], "[" + body + "]", body + body}
	all = append(all, awkward...)
	var walk func(at any, set func(any))
	render := func() string {
		text, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(text)
	}
	walk = func(at any, set func(any)) {
		for _, bad := range awkward {
			set(json.RawMessage(bad))
			all = append(all, render())
		}
		set(at)
		switch at := at.(type) {
		case map[string]any:
			for name, in := range at {
				walk(in, func(x any) { at[name] = x })
			}
		case []any:
			for i, in := range at {
				walk(in, func(x any) { at[i] = x })
			}
		}
	}
	walk(v, func(x any) { v = x })
	return all
}
