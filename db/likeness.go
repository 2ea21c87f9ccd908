package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
)

// A likeness is what makes a living customer look like another who has the
// same. What is "" makes nobody alike.
type likeness struct {
	email          string
	e164, digits   string // of the phone; digits only where E.164 is not known
	name, postcode string
}

// likeness is that of the customer whose keys these are; of one that is not
// living it is none.
func (k keys) likeness(c core.Customer) likeness {
	if !c.Living() {
		return likeness{}
	}
	l := likeness{email: k.email}
	switch {
	case len(c.PhoneE164) > core.MinPhoneDigits:
		l.e164 = c.PhoneE164
	case c.PhoneE164 == "" && len(k.phone) >= core.MinPhoneDigits:
		l.digits = k.phone
	}
	if k.name != "" && k.postcode != "" {
		l.name, l.postcode = k.name, k.postcode
	}
	return l
}

// same names the fields in which two look alike.
func (l likeness) same(other likeness) []string {
	var fields []string
	if l.email != "" && l.email == other.email {
		fields = append(fields, "email")
	}
	if (l.e164 != "" && l.e164 == other.e164) || (l.digits != "" && l.digits == other.digits) {
		fields = append(fields, "phone")
	}
	if l.name != "" && l.name == other.name && l.postcode == other.postcode {
		fields = append(fields, "name")
	}
	return fields
}

// newWays are the ways in which one may be like somebody by what was not so
// before, by their bits.
func (l likeness) newWays(was likeness) (ways int) {
	for way, a := range alike {
		if now := a.values(l); now[0] != "" && !slices.Equal(now, a.values(was)) {
			ways |= 1 << way
		}
	}
	return ways
}

// alike are the ways to be alike, each as one index has it: the columns that
// agree, what else makes them count, and the values of a likeness.
var alike = []struct {
	same    string
	columns []string
	counts  string // of the row %s
	values  func(likeness) []any
}{
	{"email", []string{"email_key"}, `%s.email_key <> ''`, func(l likeness) []any { return []any{l.email} }},
	{"phone", []string{"phone_e164"}, `%s.phone_e164 <> '' AND LENGTH(%[1]s.phone_e164) > ` + strconv.Itoa(core.MinPhoneDigits), func(l likeness) []any { return []any{l.e164} }},
	{"phone", []string{"phone_key"}, `%s.phone_key <> '' AND %[1]s.phone_e164 = '' AND LENGTH(%[1]s.phone_key) >= ` + strconv.Itoa(core.MinPhoneDigits), func(l likeness) []any { return []any{l.digits} }},
	{"name", []string{"name_key", "postcode_key"}, `%s.name_key <> '' AND %[1]s.postcode_key <> ''`, func(l likeness) []any { return []any{l.name, l.postcode} }},
}

// others is a condition on customers o: living ones of a merchant who are alike
// in the way at hand. Each value is a ?, or that of the row c.
func others(way int, value func(column string) string) string {
	a := alike[way]
	cond := fmt.Sprintf(a.counts, "o") + ` AND o.deleted_at = 0 AND o.merchant_id = ` + value("merchant_id")
	for _, column := range a.columns {
		cond += ` AND o.` + column + ` = ` + value(column)
	}
	return cond
}

func mark(string) string { return "?" }

func ofRow(column string) string { return "c." + column }

// othersArgs are the values of the marks of others.
func othersArgs(way int, merchant int64, l likeness) []any {
	args := append([]any{merchant}, alike[way].values(l)...)
	for i, v := range args {
		if v == "" {
			args[i] = nobodys
		}
	}
	return args
}

// nobodys is a value that no customer has, asked for in place of none.
// PostgreSQL plans for the values at hand: as many have no phone, it would run
// along all customers to find some of them soon, though they do not count.
const nobodys = "\x1f"

// A change of likeness waits to be written with others.
type likenessChange struct {
	id      int64
	was, is likeness
}

// saveLikeness keeps the pairs of a customer whose row has been written. Each
// customer makes a pair with the one before and the one after of those who have
// the same, so that a number that thousands have makes thousands of pairs and
// not millions; when one of them leaves, its neighbours make a pair.
//
// On PostgreSQL two that are added in the same moment do not see each other.
// The next change of what they share makes them a pair, and each one's page
// finds the other all the same.
func (t *tx) saveLikeness(ctx context.Context, id int64, was, is likeness) error {
	if was == is {
		return nil
	}
	if t.s.history != nil {
		return nil // all pairs are found at its end
	}
	if t.held != nil {
		t.held.alike = append(t.held.alike, likenessChange{id, was, is})
		return nil
	}
	gone, come := was.newWays(is), is.newWays(was)
	if gone == 0 && t.s.postgres {
		return t.put(ctx, "pair a customer", pairingQueries[come], t.pairingArgs(id, is, come)...)
	}
	var reads []read
	var left, near neighbourhood
	if gone != 0 {
		reads = append(reads, t.neighboursRead(&left, id, was, gone))
	}
	if come != 0 {
		reads = append(reads, t.neighboursRead(&near, id, is, come))
	}
	if err := t.reads(ctx, reads...); err != nil {
		return fmt.Errorf("look for who is like customer %d: %w", id, err)
	}
	around := near.pairs()
	if left != (neighbourhood{}) {
		if err := t.unpair(ctx, id, was); err != nil {
			return err
		}
		var err error
		if around, err = t.neighbours(ctx, id, is); err != nil { // in the ways that are as before, too
			return err
		}
	}
	for _, n := range around {
		if err := t.pair(ctx, n[0], id); err != nil {
			return err
		}
		if err := t.pair(ctx, id, n[1]); err != nil {
			return err
		}
	}
	return nil
}

// unpair takes a customer off the pairs and makes pairs of its neighbours.
func (t *tx) unpair(ctx context.Context, id int64, was likeness) error {
	for _, column := range []string{"newer_id", "older_id"} {
		if err := t.put(ctx, "take a customer off the pairs", `DELETE FROM duplicates WHERE `+column+` = ? AND dismissed = 0`, id); err != nil {
			return err
		}
	}
	around, err := t.neighbours(ctx, id, was)
	if err != nil {
		return err
	}
	for _, n := range around {
		if n[0] != 0 && n[1] != 0 {
			if err := t.pair(ctx, n[0], n[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// A neighbourhood is who is next to a customer, by the ways to be alike; 0 is
// nobody.
type neighbourhood struct {
	Before0, Before1, Before2, Before3 absent
	After0, After1, After2, After3     absent
}

func (n neighbourhood) pairs() [][2]int64 {
	return [][2]int64{
		{int64(n.Before0), int64(n.After0)},
		{int64(n.Before1), int64(n.After1)},
		{int64(n.Before2), int64(n.After2)},
		{int64(n.Before3), int64(n.After3)},
	}
}

// neighboursQueries ask for the neighbours in some of the ways, by the bits of
// those that are asked for. On PostgreSQL pairingQueries make pairs with them at
// once, and nobody waits for who they are.
var neighboursQueries, pairingQueries = func() (asked, paired [1 << 4]string) {
	for ways := range asked {
		var columns, pairs []string
		for way := range alike {
			if ways&(1<<way) == 0 {
				continue
			}
			for _, side := range []struct{ name, next, pair string }{
				{"before", `o.id < ? ORDER BY o.id DESC`, `CAST(? AS BIGINT) AS newer, %s AS older`},
				{"after", `o.id > ? ORDER BY o.id`, `%s AS newer, CAST(? AS BIGINT) AS older`},
			} {
				neighbour := fmt.Sprintf(`(SELECT o.id FROM customers o WHERE %s AND %s LIMIT 1)`, others(way, mark), side.next)
				columns = append(columns, fmt.Sprintf(`
			%s AS %s%d`, neighbour, side.name, way))
				pairs = append(pairs, `
				SELECT `+fmt.Sprintf(side.pair, neighbour))
			}
		}
		asked[ways] = `SELECT` + strings.Join(columns, ",")
		paired[ways] = `
			INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
			SELECT CAST(? AS BIGINT), newer, older, 0
			FROM (` + strings.Join(pairs, `
				UNION ALL`) + `
			) AS found
			WHERE newer IS NOT NULL AND older IS NOT NULL
			ON CONFLICT (newer_id, older_id) DO NOTHING`
	}
	return asked, paired
}()

// pairingArgs are the values of a pairing query.
func (t *tx) pairingArgs(id int64, l likeness, ways int) []any {
	args := []any{t.by.Merchant}
	for way := range alike {
		if ways&(1<<way) != 0 {
			before := append(othersArgs(way, t.by.Merchant, l), id)
			args = append(append(append(args, id), before...), append(before, id)...)
		}
	}
	return args
}

// neighbours are the customers just before and just after id who have the same
// as l, by the ways to be alike.
func (t *tx) neighbours(ctx context.Context, id int64, l likeness) ([][2]int64, error) {
	ways := l.newWays(likeness{})
	if ways == 0 {
		return nil, nil
	}
	var n neighbourhood
	if err := t.reads(ctx, t.neighboursRead(&n, id, l, ways)); err != nil {
		return nil, fmt.Errorf("look for who is like customer %d: %w", id, err)
	}
	return n.pairs(), nil
}

// neighboursRead reads them in some of the ways, of which there is at least one.
func (t *tx) neighboursRead(n *neighbourhood, id int64, l likeness, ways int) read {
	var args []any
	for way := range alike {
		if ways&(1<<way) == 0 {
			continue
		}
		for range 2 {
			args = append(append(args, othersArgs(way, t.by.Merchant, l)...), id)
		}
	}
	return oneOf(n, neighboursQueries[ways], args...)
}

// pair writes a pair; where one is nobody there is none.
func (t *tx) pair(ctx context.Context, older, newer int64) error {
	if older == 0 || newer == 0 {
		return nil
	}
	return t.put(ctx, "pair customers", `
		INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
		VALUES (?, ?, ?, 0)
		ON CONFLICT (newer_id, older_id) DO NOTHING`, t.by.Merchant, newer, older)
}

// flushLikeness writes the pairs of the customers that were held back. Those
// that were added are the newest, so that only who was there before is asked
// for, many at a time.
func (t *tx) flushLikeness(ctx context.Context) error {
	changes := t.held.alike
	t.held.alike = nil
	var made []int64
	for _, c := range changes {
		if c.was == (likeness{}) {
			made = append(made, c.id)
		}
	}
	err := among(t.s, "c.id", made, func(cond string, args []any) error {
		var all []any
		var parts []string
		for way, a := range alike {
			parts = append(parts, `
				SELECT c.merchant_id, c.id, (SELECT o.id FROM customers o WHERE `+others(way, ofRow)+` AND o.id < c.id ORDER BY o.id DESC LIMIT 1) AS older
				FROM customers c
				WHERE c.deleted_at = 0 AND `+fmt.Sprintf(a.counts, "c")+` AND `+cond)
			all = append(all, args...)
		}
		_, err := t.exec(ctx, `
			INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
			SELECT DISTINCT merchant_id, id, older, 0
			FROM (`+strings.Join(parts, `
				UNION ALL`)+`
			) AS pairs
			WHERE older IS NOT NULL
			ON CONFLICT (newer_id, older_id) DO NOTHING`, all...)
		return err
	})
	if err != nil {
		return fmt.Errorf("pair new customers: %w", err)
	}
	held := t.held
	t.held = nil
	defer func() { t.held = held }()
	for _, c := range changes {
		if c.was == (likeness{}) {
			continue
		}
		if err := t.saveLikeness(ctx, c.id, c.was, c.is); err != nil {
			return err
		}
	}
	return nil
}

// pairAll finds all pairs anew, of every merchant: what history made was not
// paired one by one.
func (t *tx) pairAll(ctx context.Context) error {
	if _, err := t.exec(ctx, `DELETE FROM duplicates WHERE dismissed = 0`); err != nil {
		return fmt.Errorf("clear pairs: %w", err)
	}
	for way := range alike {
		a := alike[way]
		columns := strings.Join(a.columns, ", ")
		// Who has the same as somebody else stands in the index alone; only of
		// those are the rows read.
		_, err := t.exec(ctx, `
			INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
			SELECT merchant_id, id, older, 0
			FROM (
				SELECT o.merchant_id, o.id, LAG(o.id) OVER (PARTITION BY o.merchant_id, o.`+strings.Join(a.columns, ", o.")+` ORDER BY o.id) AS older
				FROM (
					SELECT merchant_id, `+columns+`
					FROM customers s
					WHERE `+fmt.Sprintf(a.counts, "s")+` AND s.deleted_at = 0
					GROUP BY `+columns+`, merchant_id
					HAVING COUNT(*) > 1
				) AS c JOIN customers o ON `+others(way, ofRow)+`
			) AS pairs
			WHERE older IS NOT NULL
			ON CONFLICT (newer_id, older_id) DO NOTHING`)
		if err != nil {
			return fmt.Errorf("pair customers by %s: %w", a.same, err)
		}
	}
	return nil
}
