package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// Charges returns a page of the merchant's charges, newest first. First the IDs
// of the page are found along an index, then what is shown of them is read.
func (s *Store) Charges(ctx context.Context, by core.Actor, l core.ChargeList) (core.Page[core.ChargeLine], error) {
	var page core.Page[core.ChargeLine]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	found, err := s.searchCharges(ctx, by, l.Query)
	if err != nil {
		return page, err
	}
	back, cursor := l.Before.ID != 0, l.After
	if back {
		cursor = l.Before
	}
	limit := pageLimit(l.Limit)
	var ids []int64
	text, args := found.page(by.Merchant, cursor, back, limit+1)
	if err := s.read.all(ctx, &ids, text, args...); err != nil {
		return page, fmt.Errorf("list charges: %w", err)
	}
	full := len(ids) > limit
	if page.Count = len(ids); full || cursor.ID != 0 {
		if page.Count, err = s.countCharges(ctx, by, l, found); err != nil {
			return page, err
		}
	}
	ids, page.Prev, page.Next = cut(ids, limit, cursor.ID != 0, back, func(id int64) core.Cursor { return core.Cursor{ID: id} })
	page.Items, err = s.chargesWith(ctx, ids)
	return page, err
}

// chargesWith are the charges with the IDs, in their order.
func (s *Store) chargesWith(ctx context.Context, ids []int64) ([]core.ChargeLine, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := marksFor(ids)
	lines, err := s.chargeLines(ctx, len(ids), `h.id IN `+marks, args...)
	slices.SortFunc(lines, func(a, b core.ChargeLine) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return lines, err
}

// chargeLine is what is selected of charges h, plans p, customers c and cards k
// for a line of a list: no column more than it shows, because a page reads a
// hundred rows and a column costs as much as a row's share of the look-up.
const chargeLine = `h.id, h.subscription_id, h.status, h.reason, h.amount, h.currency, h.refunded, h.cycle, h.cycles, h.tries,
	h.due_at, h.next_at, h.settled_at, COALESCE(p.name, h.description), c.name, c.first_name, c.last_name, c.company, c.email,
	c.reference, COALESCE(k.brand, ''), COALESCE(k.last_four, '')`

// chargeLines are the charges that a condition holds for, as lists show them.
// There is room for so many before more is made.
func (s *Store) chargeLines(ctx context.Context, room int, cond string, args ...any) ([]core.ChargeLine, error) {
	lines := make([]core.ChargeLine, 0, room)
	var subscription absent
	var due, next, settled millis
	var c core.Customer
	err := s.read.each(ctx, func(rs row) error {
		lines = append(lines, core.ChargeLine{})
		l := &lines[len(lines)-1]
		err := rs.Scan(&l.ID, &subscription, &l.State, &l.Reason, &l.Amount.Minor, &l.Amount.Currency, &l.Refunded, &l.Cycle, &l.Cycles, &l.Tries,
			&due, &next, &settled, &l.For, &c.Name, &c.FirstName, &c.LastName, &c.Company, &c.Email, &c.Reference, &l.Brand, &l.LastFour)
		l.Subscription, l.DueAt, l.SettledAt, l.CustomerTitle = int64(subscription), due.time(), settled.time(), c.Title()
		l.Stuck = core.Charge{State: l.State, NextAt: next.time()}.Stuck()
		return err
	}, `
		SELECT `+chargeLine+`
		FROM charges h`+chargeAround+`
		WHERE `+cond, args...)
	if err != nil {
		return nil, fmt.Errorf("read charges: %w", err)
	}
	return lines, nil
}

// countCharges counts the list as far as lists count. A list that was longer a
// moment ago is not counted again.
func (s *Store) countCharges(ctx context.Context, by core.Actor, l core.ChargeList, found chargeSearch) (int, error) {
	key := long{merchant: by.Merchant, query: "charges: " + l.Query.String()}
	if s.sizes.isLong(key, s.now()) {
		return core.MaxCount + 1, nil
	}
	var n int
	text, args := found.count(by.Merchant, core.MaxCount+1)
	err := s.read.get(ctx, &n, text, args...)
	if err != nil {
		return 0, fmt.Errorf("count charges: %w", err)
	}
	if n > core.MaxCount {
		s.sizes.setLong(key, s.now())
	}
	return n, nil
}

// A chargeRenderer turns a query's tree into a condition on charges h.
type chargeRenderer struct{ renderer }

// word looks for part of what the customer is known by, of the plan's name, or
// for the card's last four digits, or the charge itself by its ID.
func (r *chargeRenderer) word(w core.Word) string {
	cond := r.customer(r.renderer.word(w))
	r.args = append(r.args, r.merchant)
	cond += " OR h.plan_id IN (SELECT p.id FROM plans p WHERE p.merchant_id = ? AND " +
		r.term(`p.name_key LIKE ? ESCAPE '\'`, "%"+escapeLike(w.Folded)+"%") + ")"
	if card, ok := fourDigits(w); ok {
		cond += " OR " + r.cardOf(card)
	}
	if id, named := core.ReadID(w.Text); named {
		cond += " OR " + r.term(`h.id = ?`, id)
	}
	return "(" + cond + ")"
}

// fourDigits is the comparison with a card's last four digits that a word can
// be meant as.
func fourDigits(w core.Word) (core.Compare, bool) {
	return core.Compare{Field: core.FieldCard, Op: core.OpEqual, Values: []core.Value{{Text: w.Text}}},
		len(w.Text) == 4 && strings.Trim(w.Text, "0123456789") == ""
}

// customer asks the charge's customer.
func (r *chargeRenderer) customer(cond string) string {
	return "(EXISTS (SELECT 1 FROM customers c WHERE c.id = h.customer_id AND c.merchant_id = h.merchant_id AND " + cond + "))"
}

// cardOf asks for the card by its last four digits, removed ones too.
func (r *chargeRenderer) cardOf(c core.Compare) string {
	r.args = append(r.args, r.merchant)
	return "h.card_id IN (SELECT k.id FROM cards k WHERE k.merchant_id = ? AND " + r.lastFour("k.last_four", c) + ")"
}

func (r *chargeRenderer) compare(c core.Compare) string {
	switch c.Field {
	case core.FieldID:
		return r.number("h.id", c)
	case core.FieldSubscription:
		if c.Op == core.OpEmpty {
			return "(h.subscription_id IS NULL)"
		}
		return r.number("h.subscription_id", c)
	case core.FieldCustomer:
		return r.number("h.customer_id", c)
	case core.FieldStatus:
		return r.status(c)
	case core.FieldAmount:
		return r.amount(c)
	case core.FieldDue:
		return r.instant("h.due_at", c)
	case core.FieldCreated:
		return r.created("h.id", c)
	case core.FieldCurrency:
		if c.Op == core.OpEmpty {
			return never
		}
		return r.term(`h.currency = ?`, c.Values[0].Text)
	case core.FieldCard:
		if c.Op == core.OpEmpty {
			return "(h.card_id IS NULL)"
		}
		return r.cardOf(c)
	case core.FieldPlan:
		if c.Op == core.OpEmpty {
			return "(h.plan_id IS NULL)"
		}
		return r.planNamed("h.plan_id", c)
	case core.FieldName, core.FieldEmail, core.FieldReference:
		if c.Field == core.FieldReference && c.Op == core.OpEqual {
			return "(h.customer_id IN (" + r.called(c) + "))"
		}
		return r.customer(r.renderer.compare(c))
	}
	return never
}

// statusRefunded is a word for states that is none.
const statusRefunded = "refunded"

// chargeStates are what a word for states stands for: what was declined may be
// tried again, and what is being sent is being checked, for whoever looks for
// it.
func chargeStates(word string) []core.ChargeState {
	switch word {
	case "declined":
		return []core.ChargeState{core.ChargeDeclined, core.ChargeRetrying}
	case "checking":
		return []core.ChargeState{core.ChargeSending, core.ChargeChecking}
	}
	return []core.ChargeState{core.ChargeState(word)}
}

func (r *chargeRenderer) status(c core.Compare) string {
	if c.Op == core.OpEmpty {
		return never
	}
	if c.Values[0].Text == statusRefunded {
		return "(h.refunded > 0)"
	}
	var parts []string
	for _, state := range chargeStates(c.Values[0].Text) {
		parts = append(parts, r.term(`h.status = ?`, state))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// amount compares with the amount as it is written, which in minor units is
// another number in each kind of currency.
func (r *chargeRenderer) amount(c core.Compare) string {
	op := map[core.Op]string{
		core.OpEqual: "=", core.OpLess: "<", core.OpGreater: ">", core.OpAtMost: "<=", core.OpAtLeast: ">=",
	}[c.Op]
	if op == "" {
		return never
	}
	var parts []string
	for _, decimals := range []int{0, 2, 3} {
		if minor, ok := c.Amount(decimals); ok {
			parts = append(parts, "h.currency "+currenciesWith(decimals)+" AND "+r.term(`h.amount `+op+` ?`, minor))
		}
	}
	if len(parts) == 0 {
		return never
	}
	return "((" + strings.Join(parts, ") OR (") + "))"
}

// currenciesWith is the condition on a currency that it has so many decimals.
func currenciesWith(decimals int) string {
	listed := func(decimals int) string { return "('" + strings.Join(core.CurrenciesWith(decimals), "', '") + "')" }
	if decimals == 2 { // all others
		return "NOT IN " + listed(0) + " AND h.currency NOT IN " + listed(3)
	}
	return "IN " + listed(decimals)
}
