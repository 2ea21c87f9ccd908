package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kontor/db/core"
)

// What becomes of the rows of other tables when their customer is merged. Every
// table with a customer_id is in one of these lists; a test sees to that.
var (
	// mergedTables are those whose rows become the winner's as they are.
	mergedTables = []string{"notes", "subscriptions", "charges", "refunds", "mails"}
	// mergedWithCare are those of which one customer cannot have just any two
	// rows: mergeAddresses, mergeCards, mergeChannels and mergeEnrolment decide.
	mergedWithCare = []string{"addresses", "cards", "channels", "enrolments"}
	// unmerged are those whose rows stay: the record of acts tells whose they
	// were, metadata is written anew for the winner, an act on many has named
	// its customers, and one who was erased is not merged.
	unmerged = []string{"metadata", "events", "event_values", "job_targets", "erasures"}
)

// mergeRows moves what is the loser's.
func (t *tx) mergeRows(ctx context.Context, g merge, takeCard bool) error {
	for _, table := range mergedTables {
		if err := t.mergeSet(ctx, g, table, "customer_id", g.Winner, `customer_id = ? AND customer_id > 0`, g.Loser); err != nil {
			return err
		}
	}
	// Whoever became part of the loser is part of the winner now, so that no
	// ID is more than one step away.
	if err := t.mergeSet(ctx, g, "customers", "merged_into", g.Winner, `merged_into = ? AND merged_into > 0`, g.Loser); err != nil {
		return err
	}
	if err := t.mergeChannels(ctx, g); err != nil {
		return err
	}
	if err := t.mergeEnrolment(ctx, g); err != nil {
		return err
	}
	return t.mergeCards(ctx, g, takeCard)
}

// mergeSet changes a column of the merchant's rows that the condition names,
// and keeps what it was. Table, column and condition are constant text. The
// condition is what is read by: the + keeps the engines from reading all that
// the merchant has.
func (t *tx) mergeSet(ctx context.Context, g merge, table, column string, value int64, cond string, args ...any) error {
	cond = `WHERE +merchant_id = ? AND ` + column + ` <> ? AND ` + cond
	args = append([]any{t.by.Merchant, value}, args...)
	_, err := t.exec(ctx, `
		INSERT INTO merged_rows (merge_id, changed, row_id, was)
		SELECT CAST(? AS BIGINT), CAST(? AS TEXT), id, `+column+`
		FROM `+table+`
		`+cond, append([]any{g.ID, table + "." + column}, args...)...)
	if err != nil {
		return fmt.Errorf("keep %s of %s: %w", column, table, err)
	}
	if _, err := t.exec(ctx, `UPDATE `+table+` SET `+column+` = ? `+cond, append([]any{value}, args...)...); err != nil {
		return fmt.Errorf("change %s of %s: %w", column, table, err)
	}
	return nil
}

// partSet gives a column back what mergeSet found in it.
func (t *tx) partSet(ctx context.Context, g merge, table, column string) error {
	changed := table + "." + column
	_, err := t.exec(ctx, `
		UPDATE `+table+`
		SET `+column+` = (SELECT was FROM merged_rows r WHERE r.merge_id = ? AND r.changed = ? AND r.row_id = `+table+`.id)
		WHERE merchant_id = ? AND id IN (SELECT row_id FROM merged_rows WHERE merge_id = ? AND changed = ?)`,
		g.ID, changed, t.by.Merchant, g.ID, changed)
	if err != nil {
		return fmt.Errorf("give back %s of %s: %w", column, table, err)
	}
	return nil
}

// mergeAddresses moves those of the loser's addresses that c has, and returns
// the winner's as they then are: none that came is a default yet.
func (t *tx) mergeAddresses(ctx context.Context, g merge, w, l, c core.Customer) ([]core.Address, error) {
	all := slices.Clone(w.Addresses)
	for _, a := range l.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b core.Address) bool { return b.ID == a.ID }) {
			continue
		}
		if err := t.mergeSet(ctx, g, "addresses", "is_default", 0, `id = ?`, a.ID); err != nil {
			return nil, err
		}
		if err := t.mergeSet(ctx, g, "addresses", "customer_id", g.Winner, `id = ?`, a.ID); err != nil {
			return nil, err
		}
		a.Default = false
		all = append(all, a)
	}
	return all, nil
}

// partRows gives back what a merge moved. None of it is a default until
// partDefaults says so, when the winner has its own again.
func (t *tx) partRows(ctx context.Context, g merge) error {
	for _, table := range mergedTables {
		if err := t.partSet(ctx, g, table, "customer_id"); err != nil {
			return err
		}
	}
	if err := t.partSet(ctx, g, "customers", "merged_into"); err != nil {
		return err
	}
	if err := t.partEnrolment(ctx, g); err != nil {
		return err
	}
	for _, table := range []string{"subscriptions", "charges"} {
		if err := t.partSet(ctx, g, table, "card_id"); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `
		UPDATE addresses
		SET is_default = 0
		WHERE id IN (SELECT row_id FROM merged_rows WHERE merge_id = ? AND changed = 'addresses.customer_id')`, g.ID)
	if err != nil {
		return fmt.Errorf("part addresses: %w", err)
	}
	if err := t.partSet(ctx, g, "addresses", "customer_id"); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE cards SET is_default = 0 WHERE customer_id IN (?, ?) AND is_default = 1`, g.Winner, g.Loser); err != nil {
		return fmt.Errorf("part cards: %w", err)
	}
	for _, table := range []string{"cards", "channels"} {
		if err := t.swapped(ctx, g, table, func() error { return t.partSet(ctx, g, table, "customer_id") }); err != nil {
			return err
		}
	}
	return nil
}

// partDefaults makes those rows defaults that were so before the merge.
func (t *tx) partDefaults(ctx context.Context, g merge) error {
	if err := t.partSet(ctx, g, "addresses", "is_default"); err != nil {
		return err
	}
	return t.partSet(ctx, g, "cards", "is_default")
}

// swapped runs f while the rows of both customers have fingerprints that are
// unlike any other's: two that change places would meet on the way.
func (t *tx) swapped(ctx context.Context, g merge, table string, f func() error) error {
	var rows []struct {
		ID          int64
		Fingerprint []byte
	}
	err := t.all(ctx, &rows, `
		SELECT id, fingerprint
		FROM `+table+`
		WHERE customer_id IN (?, ?) AND +merchant_id = ?`, g.Winner, g.Loser, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("read fingerprints of %s: %w", table, err)
	}
	set := func(id int64, fingerprint []byte) error {
		_, err := t.exec(ctx, `UPDATE `+table+` SET fingerprint = ? WHERE id = ? AND merchant_id = ?`, fingerprint, id, t.by.Merchant)
		return err
	}
	for _, r := range rows {
		if err := set(r.ID, fmt.Appendf(nil, "moving %d", r.ID)); err != nil {
			return err
		}
	}
	if err := f(); err != nil {
		return err
	}
	for _, r := range rows {
		if err := set(r.ID, r.Fingerprint); err != nil {
			return err
		}
	}
	return nil
}

// twins pairs rows of two customers by what makes them one and the same.
func twins[R any](winner, loser []R, same func(R) string, pair func(w *R, l R) error) error {
	for _, l := range loser {
		var twin *R
		for i := range winner {
			if same(winner[i]) == same(l) {
				twin = &winner[i]
			}
		}
		if err := pair(twin, l); err != nil {
			return err
		}
	}
	return nil
}

type mergedChannel struct {
	ID          int64
	CustomerID  int64 `db:"customer_id"`
	Name        string
	Fingerprint []byte
	WithdrawnAt millis `db:"withdrawn_at"`
}

// mergeChannels moves the loser's channels. Of two with one address the
// winner's stays, unless only the loser's can be used.
func (t *tx) mergeChannels(ctx context.Context, g merge) error {
	var w, l []mergedChannel
	for customer, to := range map[int64]*[]mergedChannel{g.Winner: &w, g.Loser: &l} {
		err := t.all(ctx, to, `
			SELECT id, customer_id, name, fingerprint, withdrawn_at
			FROM channels
			WHERE customer_id = ? AND +merchant_id = ?`, customer, t.by.Merchant)
		if err != nil {
			return fmt.Errorf("read channels: %w", err)
		}
	}
	return t.swapped(ctx, g, "channels", func() error {
		same := func(c mergedChannel) string { return c.Name + "\x00" + string(c.Fingerprint) }
		return twins(w, l, same, func(twin *mergedChannel, c mergedChannel) error {
			switch {
			case twin == nil:
			case twin.WithdrawnAt.time().IsZero() || !c.WithdrawnAt.time().IsZero():
				return nil
			default:
				if err := t.mergeSet(ctx, g, "channels", "customer_id", g.Loser, `id = ?`, twin.ID); err != nil {
					return err
				}
			}
			return t.mergeSet(ctx, g, "channels", "customer_id", g.Winner, `id = ?`, c.ID)
		})
	})
}

type mergedCard struct {
	ID          int64
	CustomerID  int64 `db:"customer_id"`
	Expires     string
	Fingerprint []byte
	IsDefault   bit `db:"is_default"`
	Active      bit
	RemovedAt   millis `db:"removed_at"`
}

func (r mergedCard) card() core.Card {
	expiry, _ := core.ParseExpiry(r.Expires)
	return core.Card{ID: r.ID, Expiry: expiry, Default: bool(r.IsDefault), Active: bool(r.Active), RemovedAt: r.RemovedAt.time()}
}

// mergeCards moves the loser's cards. Where both have one and the same card the
// better record stays, and what used the other uses it: subscriptions, and
// charges that are owed. One card
// is the default: the winner's, or the loser's where that is taken or there is
// no other.
func (t *tx) mergeCards(ctx context.Context, g merge, take bool) error {
	var all []mergedCard
	err := t.all(ctx, &all, `
		SELECT id, customer_id, expires, fingerprint, is_default, active, removed_at
		FROM cards
		WHERE customer_id IN (?, ?) AND +merchant_id = ?
		ORDER BY id`, g.Winner, g.Loser, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("read cards: %w", err)
	}
	var w, l []mergedCard
	kept := map[int64]int64{} // by the card that stands for the same and is not kept
	var defaults [2]int64     // the winner's, the loser's
	for _, c := range all {
		if c.CustomerID == g.Winner {
			w = append(w, c)
		} else {
			l = append(l, c)
		}
		if bool(c.IsDefault) && c.card().RemovedAt.IsZero() {
			defaults[map[bool]int{true: 0, false: 1}[c.CustomerID == g.Winner]] = c.ID
		}
	}
	if err := t.mergeSet(ctx, g, "cards", "is_default", 0, `customer_id IN (?, ?)`, g.Winner, g.Loser); err != nil {
		return err
	}
	err = t.swapped(ctx, g, "cards", func() error {
		same := func(c mergedCard) string { return string(c.Fingerprint) }
		return twins(w, l, same, func(twin *mergedCard, c mergedCard) error {
			if twin != nil && !c.card().Beats(twin.card()) {
				kept[c.ID] = twin.ID
				return nil
			}
			if twin != nil {
				kept[twin.ID] = c.ID
				if err := t.mergeSet(ctx, g, "cards", "customer_id", g.Loser, `id = ?`, twin.ID); err != nil {
					return err
				}
			}
			return t.mergeSet(ctx, g, "cards", "customer_id", g.Winner, `id = ?`, c.ID)
		})
	})
	if err != nil {
		return err
	}
	for from, to := range kept {
		if err := t.mergeSet(ctx, g, "subscriptions", "card_id", to, `card_id = ?`, from); err != nil {
			return err
		}
		if err := t.mergeSet(ctx, g, "charges", "card_id", to, `card_id = ? AND status IN ('due', 'retrying', 'declined')`, from); err != nil {
			return err
		}
	}
	if take {
		slices.Reverse(defaults[:])
	}
	def := cmp.Or(defaults[0], defaults[1])
	def = cmp.Or(kept[def], def)
	if _, err := t.exec(ctx, `UPDATE cards SET is_default = 1 WHERE id = ? AND customer_id = ?`, def, g.Winner); err != nil {
		return fmt.Errorf("set default card: %w", err)
	}
	return nil
}
