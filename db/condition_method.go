package db

import (
	"cmp"
	"time"

	"kontor/db/core"
)

// ofMethod asks something of a card k or a channel h, and reports whether the
// field is theirs. What a card does not have is absent from it, and likewise a
// channel.
func (r *renderer) ofMethod(c core.Compare) (cond string, ours bool) {
	absent := never
	if c.Op == core.OpEmpty {
		absent = always
	}
	card := r.method.cards()
	switch c.Field {
	case core.FieldMethodType:
		if c.Op == core.OpEmpty {
			return never, true
		}
		if card {
			return map[bool]string{true: always, false: never}[c.Values[0].Text == core.CardMethod], true
		}
		return r.term(`h.type = ?`, c.Values[0].Text), true
	case core.FieldCreated:
		if c.Op == core.OpEmpty {
			return never, true
		}
		from, to := c.Bounds()
		return r.between(r.method.id, from, to, func(t time.Time) any { return core.FirstID(t) }), true
	case core.FieldBrand:
		if !card {
			return absent, true
		}
		if c.Op == core.OpEmpty {
			return never, true
		}
		return r.term(`k.brand = ?`, c.Values[0].Text), true
	case core.FieldLastFour:
		switch {
		case card && c.Op == core.OpEmpty:
			return never, true
		case card:
			return r.lastFour("k.last_four", c), true
		case c.Op == core.OpEqual: // of an account too
			return r.term(`h.type = 'direct_debit' AND h.address LIKE ? ESCAPE '\'`, "%· "+escapeLike(c.Values[0].Text)), true
		}
		return absent, true
	case core.FieldExpires:
		if !card {
			return absent, true
		}
		if c.Op == core.OpEmpty {
			return never, true
		}
		return r.expires(cmp.Or(r.expiry, "k.expires"), c), true
	case core.FieldDefault, core.FieldActive:
		return r.methodFlag(c), true
	case core.FieldScheme, core.FieldMandate:
		if card {
			return absent, true
		}
		column := map[core.Field]string{core.FieldScheme: "h.name", core.FieldMandate: "LOWER(h.mandate)"}[c.Field]
		return r.text(column, c), true
	}
	return "", false
}

// methodFlag: a channel is never a default card and always in use.
func (r *renderer) methodFlag(c core.Compare) string {
	if c.Op == core.OpEmpty {
		return never
	}
	column := map[core.Field]string{core.FieldDefault: "k.is_default", core.FieldActive: "k.active"}[c.Field]
	if !r.method.cards() {
		column = map[core.Field]string{core.FieldDefault: "0", core.FieldActive: "1"}[c.Field]
	}
	return r.number(column, c)
}
