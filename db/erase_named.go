package db

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"kontor/db/core"
)

// forgotten stands where a text named somebody who was erased.
const forgotten = "erased"

// naming are the texts of a merchant that are nobody's own and may name a
// customer: what somebody looked for, saved or took out. Their rows are told
// apart by a key; those that are JSON keep their form.
var naming = []struct {
	table, key, column string
	where              string // with the merchant
	json               bool
}{
	{"saved_views", "id", "query", `merchant_id = ?`, false},
	{"saved_views", "id", "name", `merchant_id = ?`, false},
	{"saved_views", "id", "name_key", `merchant_id = ?`, false},
	{"event_values", "event_id", "was", `customer_id = 0 AND EXISTS (SELECT 1 FROM events e WHERE e.id = event_id AND e.merchant_id = ?)`, true},
	{"event_values", "event_id", "became", `customer_id = 0 AND EXISTS (SELECT 1 FROM events e WHERE e.id = event_id AND e.merchant_id = ?)`, true},
	{"jobs", "id", "task", `merchant_id = ?`, true},
	{"jobs", "id", "report", `merchant_id = ?`, true},
	{"refused_calls", "id", "path", `merchant_id = ?`, false},
	{"refused_calls", "id", "reason", `merchant_id = ?`, false},
}

// forget takes customers, known by these texts, out of what others wrote and
// of saves that wait for somebody to sign in.
func (t *tx) forget(ctx context.Context, ids []int64, known []string) error {
	named := namedBy(known)
	for _, n := range naming {
		if named == nil {
			break
		}
		change := map[int64]string{}
		err := t.each(ctx, func(rs row) error {
			var key int64
			var text string
			if err := rs.Scan(&key, &text); err != nil {
				return err
			}
			if now := withoutNames(text, named, n.json); now != text {
				change[key] = now
			}
			return nil
		}, `SELECT `+n.key+`, `+n.column+` FROM `+n.table+` WHERE `+n.where+` AND `+n.column+` <> ''`, t.by.Merchant)
		if err != nil {
			return fmt.Errorf("look for names in %s: %w", n.table, err)
		}
		for key, text := range change {
			if _, err := t.exec(ctx, `UPDATE `+n.table+` SET `+n.column+` = ? WHERE `+n.key+` = ?`, text, key); err != nil {
				return fmt.Errorf("take names out of %s: %w", n.table, err)
			}
		}
	}
	if err := t.forgetImports(ctx, named); err != nil {
		return err
	}
	if err := t.forgetTokens(ctx, named); err != nil {
		return err
	}
	return t.forgetHeld(ctx, ids, named)
}

// forgetImports drops rows that imports refused, and files that nobody has
// begun to import, where they name somebody. An import that runs takes its file
// away when it ends.
func (t *tx) forgetImports(ctx context.Context, named *regexp.Regexp) error {
	if named == nil {
		return nil
	}
	type refusal struct{ job, line int64 }
	var refusals []refusal
	err := t.each(ctx, func(rs row) error {
		var r refusal
		var row, fault string
		err := rs.Scan(&r.job, &r.line, &row, &fault)
		if named.MatchString(row) || named.MatchString(fault) {
			refusals = append(refusals, r)
		}
		return err
	}, `
		SELECT r.job_id, r.line, r.row, r.fault
		FROM job_refusals r JOIN jobs j ON j.id = r.job_id
		WHERE j.merchant_id = ?`, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("look for names in refused rows: %w", err)
	}
	for _, r := range refusals {
		if _, err := t.exec(ctx, `DELETE FROM job_refusals WHERE job_id = ? AND line = ?`, r.job, r.line); err != nil {
			return fmt.Errorf("drop refused row: %w", err)
		}
	}
	files := map[int64]bool{}
	var end []byte // of the part before: a name may stand in both
	var last int64
	err = t.each(ctx, func(rs row) error {
		var job int64
		var data []byte
		if err := rs.Scan(&job, &data); err != nil {
			return err
		}
		if job != last {
			last, end = job, nil
		}
		data = append(end, data...)
		files[job] = files[job] || named.Match(data)
		end = append([]byte(nil), data[max(0, len(data)-longestName):]...)
		return nil
	}, `
		SELECT p.job_id, p.data
		FROM job_parts p JOIN jobs j ON j.id = p.job_id
		WHERE j.merchant_id = ? AND j.state IN ('loading', 'draft', 'ready')
		ORDER BY p.job_id, p.part`, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("look for names in files: %w", err)
	}
	for job, names := range files {
		if !names {
			continue
		}
		for _, query := range []string{`UPDATE jobs SET state = 'stopped' WHERE id = ?`, `DELETE FROM job_parts WHERE job_id = ?`} {
			if _, err := t.exec(ctx, query, job); err != nil {
				return fmt.Errorf("drop file of job %d: %w", job, err)
			}
		}
	}
	return nil
}

// forgetTokens blanks tokens that are no card's and name somebody.
func (t *tx) forgetTokens(ctx context.Context, named *regexp.Regexp) error {
	if named == nil {
		return nil
	}
	var ids []int64
	err := t.each(ctx, func(rs row) error {
		var id int64
		var texts [4]string
		err := rs.Scan(&id, &texts[0], &texts[1], &texts[2], &texts[3])
		if named.MatchString(strings.Join(texts[:], "\n")) {
			ids = append(ids, id)
		}
		return err
	}, `
		SELECT id, external_id, reference, customer_reference, email
		FROM tokens
		WHERE merchant_id = ? AND card_id IS NULL`, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("look for names in tokens: %w", err)
	}
	for _, id := range ids {
		if _, err := t.exec(ctx, `UPDATE tokens SET `+blankToken+` WHERE id = ?`, id); err != nil {
			return fmt.Errorf("blank token %d: %w", id, err)
		}
	}
	return nil
}

// longestName is how many bytes a text that names somebody has at the most.
const longestName = 2000

// forgetHeld drops saves that came too late and are about the customers.
func (t *tx) forgetHeld(ctx context.Context, ids []int64, named *regexp.Regexp) error {
	var drop [][]byte
	err := t.each(ctx, func(rs row) error {
		var key, held []byte
		if err := rs.Scan(&key, &held); err != nil {
			return err
		}
		about := named != nil && named.Match(held)
		for _, id := range ids {
			about = about || strings.Contains(string(held), fmt.Sprintf("/customers/%d/", id))
		}
		if about {
			drop = append(drop, key)
		}
		return nil
	}, `SELECT key_hash, held FROM sessions WHERE length(held) > 0`)
	if err != nil {
		return fmt.Errorf("look for held saves: %w", err)
	}
	for _, key := range drop {
		if _, err := t.exec(ctx, `UPDATE sessions SET held = ? WHERE key_hash = ?`, []byte{}, key); err != nil {
			return fmt.Errorf("drop held save: %w", err)
		}
	}
	return nil
}

// namedBy finds any of the texts, as they are or folded, in any case; nil where
// there are none.
func namedBy(known []string) *regexp.Regexp {
	var parts []string
	for _, text := range known {
		parts = append(parts, regexp.QuoteMeta(text))
		if folded := core.Fold(text); !strings.EqualFold(folded, text) {
			parts = append(parts, regexp.QuoteMeta(folded))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return regexp.MustCompile(`(?i)(?:` + strings.Join(parts, "|") + `)`)
}

// withoutNames replaces what names somebody in a text or, where it is JSON, in
// each text of it.
func withoutNames(text string, named *regexp.Regexp, isJSON bool) string {
	if !isJSON {
		return named.ReplaceAllLiteralString(text, forgotten)
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	changed := false
	v = eachText(v, func(s string) string {
		now := named.ReplaceAllLiteralString(s, forgotten)
		changed = changed || now != s
		return now
	})
	if !changed {
		return text
	}
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(out)
}

// eachText rewrites the texts of a JSON value, not the names of its fields.
func eachText(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		for i := range v {
			v[i] = eachText(v[i], f)
		}
	case map[string]any:
		for k := range v {
			v[k] = eachText(v[k], f)
		}
	}
	return v
}
