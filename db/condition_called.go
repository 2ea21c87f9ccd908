package db

import (
	"context"

	"kontor/db/core"
)

// called is the IDs of the merchant's customers, the deleted too, of whom a
// comparison with what they are called asks for one value, as SQL; "" for any
// other comparison.
func (r *renderer) called(c core.Compare) string {
	if c.Op != core.OpEqual {
		return ""
	}
	const from = `SELECT c.id FROM customers c WHERE c.merchant_id = ? AND `
	switch c.Field {
	case core.FieldName, core.FieldEmail:
		r.args = append(r.args, r.merchant)
		return from + r.text(textKeys[c.Field], c)
	case core.FieldReference: // the living and the deleted have an index each
		r.args = append(r.args, r.merchant)
		living := from + `c.deleted_at = 0 AND ` + r.exact("c.reference", c)
		r.args = append(r.args, r.merchant)
		return living + ` UNION ALL SELECT c.id FROM customers c WHERE +c.merchant_id = ? AND c.deleted_at > 0 AND ` + r.exact("c.reference", c)
	}
	return ""
}

// fewCalled is called where it finds few, else "". SQLite is told what to begin
// with; PostgreSQL decides.
func (s *Store) fewCalled(ctx context.Context, r *renderer, c core.Compare) (string, error) {
	if s.postgres {
		return "", nil
	}
	from := r.called(c)
	if from == "" {
		return "", nil
	}
	many, err := s.findsMany(ctx, r.merchant, "("+from+")", always, r.args, s.sizes.broad)
	if err != nil || many {
		r.args = nil
		return "", err
	}
	return from, nil
}
