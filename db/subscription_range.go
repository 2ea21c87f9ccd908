package db

import (
	"context"
	"fmt"
	"maps"

	"kontor/db/core"
)

var subscriptionFields = map[core.Field]string{
	core.FieldID: "s.id", core.FieldVersion: "s.version", core.FieldCreated: "s.created_at", core.FieldUpdated: "s.updated_at",
	core.FieldStatus: "s.status", core.FieldEnding: "s.cancel_at_end", core.FieldCustomer: "s.customer_id", core.FieldReference: "c.reference",
	core.FieldEmail: "c.email_key", core.FieldLanguage: "c.language", core.FieldCard: "COALESCE(s.card_id, 0)", core.FieldPlan: "s.plan_id",
	core.FieldCurrency: "s.currency", core.FieldDescription: "s.description", core.FieldStarted: beganAt, core.FieldNext: "s.next_at",
	core.FieldEnded: "s.ended_at",
}

// beganAt is [core.Subscription.BeganAt].
const beganAt = `(CASE WHEN s.status = 'pending' OR (s.paused_at > 0 AND s.paused_at < s.started_at) OR (s.ended_at > 0 AND s.ended_at < s.started_at)
	THEN 0 ELSE s.started_at END)`

// SubscriptionRecords returns subscriptions of the merchant's living customers,
// each with its customer's language. The query is of
// [core.SubscriptionRecordFields]; the ID of a customer who was merged finds what
// the other has.
func (s *Store) SubscriptionRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.SubscriptionRecord], error) {
	var out core.Records[core.SubscriptionRecord]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	t := tableRenderer{
		fields: core.SubscriptionRecordFields, columns: subscriptionFields, words: []string{"p.name_key", "c.name_key", "c.email_key", "LOWER(c.reference)"},
	}
	parts, err := s.ofCurrent(ctx, by, conjuncts(r.Query.Expr))
	if err != nil {
		return out, err
	}
	if len(parts) > 0 {
		r.Query.Expr = parts
	}
	few := false // are found by when they are charged next
	for _, part := range parts {
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldNext && c.Op != core.OpEmpty && !s.postgres {
			column, err := s.nextColumn(ctx, by.Merchant, c)
			if err != nil {
				return out, err
			}
			t.columns = maps.Clone(t.columns)
			t.columns[core.FieldNext] = column
			few = few || column == "s.next_at"
		}
	}
	var w where
	w.and(`s.merchant_id = ?`, by.Merchant)
	w.and(`s.held = 0`)
	if s.postgres { // whose indexes of customers begin with the merchant
		w.and(`c.merchant_id = s.merchant_id`)
	}
	for _, part := range parts {
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldReference && c.Op == core.OpEqual {
			whose := renderer{merchant: by.Merchant}
			w.conds[0] = `+s.merchant_id = ?`
			w.and(`s.customer_id IN (`+whose.called(c)+`)`, whose.args...)
		}
	}
	page, err := t.list(&w, r)
	if err != nil {
		return out, err
	}
	if few {
		w.and(`s.next_at > 0`) // as the index has it, see nextAt
	}
	limit, offset := r.Bounds()
	var rows []struct {
		subscriptionRow
		Language string
	}
	err = s.read.all(ctx, &rows, `
		SELECT `+prefixed("s.", subscriptionColumns)+`, c.language
		FROM subscriptions s JOIN customers c ON c.id = s.customer_id JOIN plans p ON p.id = s.plan_id`+w.sql()+`
		ORDER BY `+page.order+`
		LIMIT ? OFFSET ?`, append(w.args, limit+1, offset)...)
	if err != nil {
		return out, fmt.Errorf("list subscriptions: %w", err)
	}
	rows, out.More = cutPage(rows, limit, page)
	for _, row := range rows {
		one, err := row.subscription()
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, core.SubscriptionRecord{Subscription: one, Language: row.Language})
	}
	return out, nil
}

// ofCurrent returns the parts of a query with the ID of the customer who is there
// now where one asks for one who was merged.
func (s *Store) ofCurrent(ctx context.Context, by core.Actor, parts []core.Node) (core.And, error) {
	out := make(core.And, len(parts))
	for i, part := range parts {
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldCustomer && c.Op == core.OpEqual {
			id, err := s.currentID(ctx, by, c.Values[0].Number)
			if err != nil {
				return nil, fmt.Errorf("look for customer: %w", err)
			}
			c.Values = []core.Value{{Number: id}}
			part = c
		}
		out[i] = part
	}
	return out, nil
}

var planFields = map[core.Field]string{
	core.FieldID: "p.id", core.FieldLookupID: "p.id", core.FieldVersion: "p.version", core.FieldCreated: "p.created_at", core.FieldName: "p.name_key",
	core.FieldStatus:   "(CASE WHEN p.archived_at = 0 THEN '" + core.PlanOpen + "' ELSE '" + core.PlanArchivedStatus + "' END)",
	core.FieldCurrency: "p.currency", core.FieldFrequency: "p.frequency",
}

// PlanRecords returns plans of the merchant, archived ones too. The query is of
// [core.PlanFields].
func (s *Store) PlanRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Plan], error) {
	var out core.Records[core.Plan]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	t := tableRenderer{fields: core.PlanFields, columns: planFields, words: []string{"p.name_key"}}
	var w where
	w.and(`p.merchant_id = ?`, by.Merchant)
	page, err := t.list(&w, r)
	if err != nil {
		return out, err
	}
	limit, offset := r.Bounds()
	var rows []planRow
	err = s.read.all(ctx, &rows, `
		SELECT `+prefixed("p.", planColumns)+`
		FROM plans p`+w.sql()+`
		ORDER BY `+page.order+`
		LIMIT ? OFFSET ?`, append(w.args, limit+1, offset)...)
	if err != nil {
		return out, fmt.Errorf("list plans: %w", err)
	}
	rows, out.More = cutPage(rows, limit, page)
	for _, row := range rows {
		out.Items = append(out.Items, row.plan())
	}
	return out, nil
}
