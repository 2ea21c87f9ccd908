package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
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
			if now := named.without(text, n.json); now != text {
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
	if err := t.forgetViewNames(ctx, named); err != nil {
		return err
	}
	if err := t.forgetImports(ctx, named); err != nil {
		return err
	}
	if err := t.forgetTokens(ctx, named); err != nil {
		return err
	}
	return t.forgetHeld(ctx, ids, named)
}

// forgetViewNames takes names out of those of saved views. Two that are the
// same without are told apart by a number, as each has a name of its own.
func (t *tx) forgetViewNames(ctx context.Context, named *identities) error {
	if named == nil {
		return nil
	}
	type scope struct {
		user int64 // 0: the team's
		key  string
	}
	taken := map[scope]bool{}
	change := map[int64]string{}
	var order []int64
	of := map[int64]scope{}
	err := t.each(ctx, func(rs row) error {
		var id, user, team int64
		var name string
		if err := rs.Scan(&id, &user, &team, &name); err != nil {
			return err
		}
		in := scope{user: user, key: core.Fold(name)}
		if team == 1 {
			in.user = 0
		}
		if now := named.without(name, false); now != name {
			change[id], of[id], order = now, in, append(order, id)
			return nil
		}
		taken[in] = true
		return nil
	}, `SELECT id, user_id, team, name FROM saved_views WHERE merchant_id = ? ORDER BY id`, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("look for names in those of views: %w", err)
	}
	for _, id := range order {
		in, name := of[id], change[id]
		in.key = core.Fold(name)
		for n := 2; taken[in]; n++ {
			name = fmt.Sprintf("%s %d", change[id], n)
			in.key = core.Fold(name)
		}
		taken[in] = true
		if _, err := t.exec(ctx, `UPDATE saved_views SET name = ?, name_key = ? WHERE id = ?`, name, in.key, id); err != nil {
			return fmt.Errorf("take names out of that of view %d: %w", id, err)
		}
	}
	return nil
}

// forgetImports drops rows that imports refused, and files that nobody has
// begun to import, where they name somebody. An import that runs takes its file
// away when it ends.
func (t *tx) forgetImports(ctx context.Context, named *identities) error {
	if named == nil {
		return nil
	}
	type refusal struct{ job, line int64 }
	var refusals []refusal
	err := t.each(ctx, func(rs row) error {
		var r refusal
		var row, fault string
		err := rs.Scan(&r.job, &r.line, &row, &fault)
		if named.inJSON(row) || named.inJSON(fault) {
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
	files, err := t.filesNaming(ctx, named)
	if err != nil {
		return err
	}
	for _, job := range files {
		for _, query := range []string{`UPDATE jobs SET state = 'stopped' WHERE id = ?`, `DELETE FROM job_parts WHERE job_id = ?`} {
			if _, err := t.exec(ctx, query, job); err != nil {
				return fmt.Errorf("drop file of job %d: %w", job, err)
			}
		}
	}
	return nil
}

// filesNaming are the imports nobody has begun whose files name somebody.
func (t *tx) filesNaming(ctx context.Context, named *identities) ([]int64, error) {
	var jobs, coded []int64 // those that name somebody, and those whose text is not as it stands there
	var end []byte          // of the part before: a name may stand in both
	var last int64
	err := t.each(ctx, func(rs row) error {
		var job int64
		var data []byte
		if err := rs.Scan(&job, &data); err != nil {
			return err
		}
		if job != last {
			last, end = job, nil
			if !plain(data) {
				coded = append(coded, job)
			}
		}
		data = append(end, data...)
		if !slices.Contains(jobs, job) && named.in(string(data)) {
			jobs = append(jobs, job)
		}
		end = append([]byte(nil), data[max(0, len(data)-longestName):]...)
		return nil
	}, `
		SELECT p.job_id, p.data
		FROM job_parts p JOIN jobs j ON j.id = p.job_id
		WHERE j.merchant_id = ? AND j.state IN ('loading', 'draft', 'ready')
		ORDER BY p.job_id, p.part`, t.by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("look for names in files: %w", err)
	}
	for _, id := range coded {
		if slices.Contains(jobs, id) {
			continue
		}
		j, err := readJob(ctx, t, t.by.Merchant, id)
		if errors.Is(err, core.ErrNotFound) { // it is not all there yet
			continue
		}
		if err != nil {
			return nil, err
		}
		file := core.SameImport(&jobFile{ctx: ctx, q: t, job: id}, j.Task.Shape, j.Task.Rows)
		err = file.Each(func(row core.FileRow) error {
			if slices.ContainsFunc(row.Cells, named.inJSON) {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			jobs = append(jobs, id)
		} else if err != nil {
			return nil, fmt.Errorf("look for names in the file of job %d: %w", id, err)
		}
	}
	return jobs, nil
}

// plain reports whether a file that begins so is a table of UTF-8, which has
// every text as it is: objects may have it escaped.
func plain(begin []byte) bool {
	begin = bytes.TrimSpace(bytes.TrimPrefix(begin, []byte("\xef\xbb\xbf")))
	return len(begin) == 0 || begin[0] != '{' && begin[0] != 0xff && begin[0] != 0xfe
}

// forgetTokens blanks tokens that are no card's and name somebody.
func (t *tx) forgetTokens(ctx context.Context, named *identities) error {
	if named == nil {
		return nil
	}
	var ids []int64
	err := t.each(ctx, func(rs row) error {
		var id int64
		var texts [4]string
		err := rs.Scan(&id, &texts[0], &texts[1], &texts[2], &texts[3])
		if named.in(strings.Join(texts[:], "\n")) {
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
func (t *tx) forgetHeld(ctx context.Context, ids []int64, named *identities) error {
	var drop [][]byte
	err := t.each(ctx, func(rs row) error {
		var key, held []byte
		if err := rs.Scan(&key, &held); err != nil {
			return err
		}
		about := named != nil && named.inJSON(string(held))
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
