package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// billed asks for customers by their cards and subscriptions.
func (r *renderer) billed(c core.Compare) string {
	from, cond := r.billing(c)
	if !r.postgres {
		// The plus keeps SQLite off the indexes of all that the merchant has, which
		// it would run along for each customer.
		cond = strings.Replace(cond, "b.merchant_id", "+b.merchant_id", 1)
	}
	if c.Op == core.OpEmpty {
		return "(NOT EXISTS (SELECT 1 FROM " + from + " WHERE b.customer_id = c.id AND " + cond + "))"
	}
	return "(EXISTS (SELECT 1 FROM " + from + " WHERE b.customer_id = c.id AND " + cond + "))"
}

// billing returns what rows b of cards or subscriptions a comparison is about,
// and which of them it asks for; with OpEmpty those that there are at all.
func (r *renderer) billing(c core.Compare) (from, cond string) {
	switch c.Field {
	case core.FieldSubscription:
		if c.Op == core.OpEmpty {
			return "subscriptions b", r.term(`b.merchant_id = ?`, r.merchant)
		}
		return "subscriptions b", r.term(`b.merchant_id = ? AND b.status = ?`, r.merchant, c.Values[0].Text)
	case core.FieldPlan:
		if c.Op == core.OpEmpty {
			return "subscriptions b", r.term(`b.merchant_id = ?`, r.merchant)
		}
		return "subscriptions b", r.planNamed("b.plan_id", c)
	case core.FieldCard:
		cond = r.term(`b.merchant_id = ? AND b.removed_at = 0`, r.merchant)
		if c.Op != core.OpEmpty {
			cond += " AND " + r.lastFour("b.last_four", c)
		}
		return "cards b", cond
	}
	cond = r.term(`b.merchant_id = ? AND b.removed_at = 0 AND b.is_default = 1`, r.merchant)
	if c.Op != core.OpEmpty {
		cond += " AND " + r.expires("b.expires", c)
	}
	return "cards b", cond
}

// planNamed asks for the merchant's plans by name, of which there are few.
func (r *renderer) planNamed(column string, c core.Compare) string {
	r.args = append(r.args, r.merchant)
	return column + " IN (SELECT p.id FROM plans p WHERE p.merchant_id = ? AND " + r.text("p.name_key", c) + ")"
}

// lastFour asks for a card by its last four digits, or with `~` by some of them.
func (r *renderer) lastFour(column string, c core.Compare) string {
	parts := make([]string, len(c.Values))
	for i, v := range c.Values {
		if c.Op == core.OpContains {
			parts[i] = r.term(column+` LIKE ? ESCAPE '\'`, "%"+escapeLike(v.Text)+"%")
		} else {
			parts[i] = r.term(column+` = ?`, v.Text)
		}
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// expires compares the last month in which cards are good: a card lasts to the
// end of it.
func (r *renderer) expires(column string, c core.Compare) string {
	from, to := c.Bounds()
	cond := always
	if !from.IsZero() {
		cond = r.term(column+` >= ?`, from.Format("2006-01"))
	}
	if !to.IsZero() {
		cond += " AND " + r.term(column+` < ?`, to.Format("2006-01"))
	}
	return "(" + cond + ")"
}

// fewRows is how many cards or subscriptions are looked up to find their
// customers. Where there are more, so many customers have one that a page is
// full soon.
const fewRows = 20_000

// fewBilled has SQLite begin with what few cards or subscriptions some parts of
// the query ask for, and returns the other parts.
func (s *Store) fewBilled(ctx context.Context, p *plan, r *renderer, parts []core.Node) ([]core.Node, error) {
	var rest []core.Node
	for _, part := range parts {
		c, ok := part.(core.Compare)
		if !ok || c.Op == core.OpEmpty || !slices.Contains([]core.Field{core.FieldSubscription, core.FieldPlan, core.FieldCard, core.FieldCardExpires}, c.Field) {
			rest = append(rest, part)
			continue
		}
		r.args = nil
		from, cond := r.billing(c)
		var n int
		err := s.read.get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM `+from+` WHERE `+cond+` LIMIT ?)`, append(slices.Clip(r.args), s.sizes.rows)...)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", c.Field, err)
		}
		if n >= s.sizes.rows {
			rest = append(rest, part)
			continue
		}
		p.found = true
		p.where.and(`c.id IN (SELECT b.customer_id FROM `+from+` WHERE `+cond+`)`, r.args...)
	}
	return rest, nil
}

// billing fills in the default card and the state of the subscription that
// matters most, for a page of customers.
func (s *Store) billing(ctx context.Context, page []core.CustomerSummary) error {
	if len(page) == 0 {
		return nil
	}
	if err := s.read.reads(ctx, billingReads(idsOf(page))...); err != nil {
		return fmt.Errorf("read default cards and states of subscriptions: %w", err)
	}
	return nil
}

// idsOf are where each customer of a page stands, and the IDs as marksFor has
// them.
func idsOf(page []core.CustomerSummary) (at map[int64]*core.CustomerSummary, marks string, ids []any) {
	at, all := make(map[int64]*core.CustomerSummary, len(page)), make([]int64, len(page))
	for i := range page {
		at[page[i].ID], all[i] = &page[i], page[i].ID
	}
	marks, ids = marksFor(all)
	return at, marks, ids
}

// billingReads fill in the billing of customers.
func billingReads(at map[int64]*core.CustomerSummary, marks string, ids []any) []read {
	var customer int64
	var brand, lastFour, expires, state string // not of named types, which Scan is slow with
	cards := eachOf(func(rs row) error {
		if err := rs.Scan(&customer, &brand, &lastFour, &expires); err != nil {
			return err
		}
		c := at[customer]
		c.Brand, c.LastFour = core.Brand(brand), lastFour
		c.Expiry, _ = core.ParseExpiry(expires)
		return nil
	}, `
		SELECT customer_id, brand, last_four, expires
		FROM cards
		WHERE customer_id IN `+marks+` AND is_default = 1 AND removed_at = 0`, ids...)
	states := eachOf(func(rs row) error {
		if err := rs.Scan(&customer, &state); err != nil {
			return err
		}
		if c, state := at[customer], core.State(state); state.Weight() > c.State.Weight() {
			c.State = state
		}
		return nil
	}, `
		SELECT DISTINCT customer_id, status
		FROM subscriptions
		WHERE customer_id IN `+marks, ids...)
	return []read{cards, states}
}
