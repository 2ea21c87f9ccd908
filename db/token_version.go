package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// tokenVersionFields are the columns of cards k and their customers c. The
// month in which cards are good last stands in the state's text: it is ours,
// and of seven letters.
func tokenVersionFields(month string) map[core.Field]string {
	return map[core.Field]string{
		core.FieldID: "k.id", core.FieldVersion: "k.version", core.FieldCreated: "k.created_at", core.FieldCard: "k.id",
		core.FieldReference: "c.reference", core.FieldEmail: "c.email_key", core.FieldLanguage: "c.language", core.FieldScheme: "k.token",
		core.FieldBrand: "k.brand", core.FieldLastFour: "k.last_four", core.FieldExpires: "(k.expires || '-28')",
		core.FieldStatus: "(CASE WHEN k.active = 1 AND k.expires >= '" + month + "' THEN 'active' ELSE 'obsolete' END)",
	}
}

// TokenVersionRecords returns the cards of the merchant's living customers as
// what stands behind tokens. The query is of [core.TokenVersionFields].
func (s *Store) TokenVersionRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.TokenVersion], error) {
	var out core.Records[core.TokenVersion]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	t := tableRenderer{
		fields: core.TokenVersionFields, columns: tokenVersionFields(core.MonthOf(s.now()).Key()),
		words: []string{"k.last_four", "c.name_key", "c.email_key", "LOWER(c.reference)"},
	}
	var w where
	w.and(`k.merchant_id = ?`, by.Merchant)
	w.and(`k.removed_at = 0`)
	w.and(`c.deleted_at = 0`)
	if s.postgres { // whose indexes of customers begin with the merchant
		w.and(`c.merchant_id = k.merchant_id`)
	}
	page, err := t.list(&w, r)
	if err != nil {
		return out, err
	}
	limit, offset := r.Bounds()
	var rows []struct {
		cardRow
		Language string
	}
	err = s.read.all(ctx, &rows, `
		SELECT `+cardColumns+`, c.language
		FROM `+cardTables+` JOIN customers c ON c.id = k.customer_id`+w.sql()+`
		ORDER BY `+page.order+`
		LIMIT ? OFFSET ?`, append(w.args, limit+1, offset)...)
	if err != nil {
		return out, fmt.Errorf("list token versions: %w", err)
	}
	rows, out.More = cutPage(rows, limit, page)
	owners := make([]core.Customer, len(rows))
	for i, row := range rows {
		owners[i] = core.Customer{ID: row.CustomerID, Merchant: by.Merchant, Language: row.Language}
	}
	if r.With&core.WithAddresses != 0 {
		if err := s.ownersAddresses(ctx, by.Merchant, owners); err != nil {
			return out, err
		}
	}
	for i, row := range rows {
		out.Items = append(out.Items, core.TokenVersion{Card: row.card(), Owner: owners[i]})
	}
	return out, nil
}

// ownersAddresses reads the addresses of customers of whom some may stand there
// more than once.
func (s *Store) ownersAddresses(ctx context.Context, merchant int64, owners []core.Customer) error {
	var once []core.Customer
	at := map[int64]int{}
	for _, c := range owners {
		if _, ok := at[c.ID]; !ok {
			at[c.ID] = len(once)
			once = append(once, c)
		}
	}
	if err := s.readParts(ctx, merchant, once, core.WithAddresses); err != nil {
		return err
	}
	for i, c := range owners {
		owners[i].Addresses = once[at[c.ID]].Addresses
	}
	return nil
}

// TokenVersion returns what stands behind a token: a card itself, or the
// default card of the living customer that the token names by reference. There
// is none where nothing can be charged: [core.ErrNotFound].
func (s *Store) TokenVersion(ctx context.Context, by core.Actor, k core.Token, with core.Parts) (core.TokenVersion, error) {
	q := core.Query{Expr: core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: k.Card}}}}
	if k.Card == 0 {
		id, err := s.defaultCardOf(ctx, by, k.CustomerReference)
		if err != nil {
			return core.TokenVersion{}, err
		}
		q = core.Query{Expr: core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: id}}}}
	}
	found, err := s.TokenVersionRecords(ctx, by, core.Range{Query: q, Limit: 1, With: with})
	if err != nil {
		return core.TokenVersion{}, err
	}
	if len(found.Items) == 0 || !found.Items[0].Usable(s.now()) {
		return core.TokenVersion{}, core.ErrNotFound
	}
	return found.Items[0], nil
}

func (s *Store) defaultCardOf(ctx context.Context, by core.Actor, reference string) (int64, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	customer, err := byReference(ctx, s.read, by.Merchant, reference)
	if err != nil {
		return 0, err
	}
	cards, err := customerCards(ctx, s.read, by.Merchant, customer)
	if err != nil {
		return 0, err
	}
	if len(cards) == 0 || !cards[0].Default {
		return 0, core.ErrNotFound
	}
	return cards[0].ID, nil
}
