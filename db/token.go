package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"kontor/db/core"
)

type tokenRow struct {
	ID                int64
	MerchantID        int64 `db:"merchant_id"`
	Version           int64
	ExternalID        string `db:"external_id"`
	Reference         string
	CustomerReference string `db:"customer_reference"`
	Email             string
	EmailKey          string `db:"email_key"`
	OneClick          bit    `db:"one_click"`
	Language          string
	Zone              string
	State             core.TokenState
	CreatedAt         millis `db:"created_at"`
	Card              int64
	Customer          int64
}

func (r tokenRow) token() core.Token {
	return core.Token{
		ID: r.ID, Merchant: r.MerchantID, Version: r.Version, ExternalID: r.ExternalID, Reference: r.Reference,
		CustomerReference: r.CustomerReference, Email: r.Email, OneClick: bool(r.OneClick), Language: r.Language, Zone: r.Zone,
		State: r.State, CreatedAt: r.CreatedAt.time(), Card: r.Card, Customer: r.Customer,
	}
}

const tokenColumns = `x.id, x.merchant_id, x.version, x.external_id, x.reference, x.customer_reference, x.email, x.email_key,
	x.one_click, x.language, x.zone, x.state, x.created_at, x.card, x.customer`

// cardTokens are the tokens of a merchant that are cards of living customers,
// with what was changed of them as tokens, and madeTokens those that programs
// made. An engine reads each along its IDs, which it would not do of both
// together: it would make all of them first.
const (
	cardTokens = `
			SELECT k.id, k.merchant_id, k.version + COALESCE(o.version, 0) AS version, '' AS external_id,
				COALESCE(o.reference, '') AS reference, COALESCE(o.customer_reference, c.reference) AS customer_reference,
				COALESCE(o.email, c.email) AS email, COALESCE(o.email_key, c.email_key) AS email_key, COALESCE(o.one_click, 1) AS one_click,
				COALESCE(o.language, c.language) AS language, COALESCE(o.zone, '') AS zone,
				CASE WHEN k.active = 1 THEN 'active' ELSE 'inactive' END AS state, k.created_at, k.id AS card, k.customer_id AS customer
			FROM cards k CROSS JOIN customers c LEFT JOIN tokens o ON o.id = k.id
			WHERE c.id = k.customer_id AND k.merchant_id = ? AND k.removed_at = 0 AND c.deleted_at = 0`
	madeTokens = `
			SELECT t.id, t.merchant_id, t.version, t.external_id, t.reference, t.customer_reference, t.email, t.email_key, t.one_click,
				t.language, t.zone, t.state, t.created_at, 0 AS card, 0 AS customer
			FROM tokens t
			WHERE t.merchant_id = ? AND t.card_id IS NULL AND t.deleted_at = 0`
)

var tokenFields = map[core.Field]string{
	core.FieldID: "x.id", core.FieldVersion: "x.version", core.FieldCreated: "x.created_at", core.FieldExternalID: "x.external_id",
	core.FieldReference: "x.reference", core.FieldCustomer: "x.customer_reference", core.FieldEmail: "x.email_key",
	core.FieldOneClick: "x.one_click", core.FieldLanguage: "x.language", core.FieldZone: "x.zone", core.FieldStatus: "x.state",
}

// TokenRecords returns tokens of the merchant. The query is of
// [core.TokenFields].
func (s *Store) TokenRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Token], error) {
	var out core.Records[core.Token]
	if !by.May(core.Read) {
		return out, core.ErrForbidden
	}
	t := tableRenderer{
		fields: core.TokenFields, columns: tokenFields,
		words: []string{"LOWER(x.external_id)", "LOWER(x.reference)", "LOWER(x.customer_reference)", "x.email_key"},
	}
	var w where
	page, err := t.list(&w, r)
	if err != nil {
		return out, err
	}
	limit, offset := r.Bounds()
	var rows []tokenRow
	if byID, desc := r.ByID(); byID {
		rows, err = s.tokensByID(ctx, by.Merchant, w, ofOne(r.Query), page, desc, limit+1, offset)
	} else {
		err = s.read.all(ctx, &rows, `
			SELECT `+tokenColumns+`
			FROM (`+cardTokens+`
			UNION ALL`+madeTokens+`
			) x`+w.sql()+`
			ORDER BY `+page.order+`
			LIMIT ? OFFSET ?`, append(append([]any{by.Merchant, by.Merchant}, w.args...), limit+1, offset)...)
	}
	if err != nil {
		return out, fmt.Errorf("list tokens: %w", err)
	}
	rows, out.More = cutPage(rows, limit, page)
	for _, row := range rows {
		out.Items = append(out.Items, row.token())
	}
	return out, nil
}

// ofOne returns the reference of the one customer whose tokens a query asks for,
// or "".
func ofOne(q core.Query) string {
	for _, part := range conjuncts(q.Expr) {
		if c, ok := part.(core.Compare); ok && c.Field == core.FieldCustomer && c.Op == core.OpEqual {
			return c.Values[0].Text
		}
	}
	return ""
}

// tokensByID reads both kinds of tokens along their IDs and brings them
// together. Where they are of one customer it begins with that one's cards, and
// with those that were given to it as tokens.
func (s *Store) tokensByID(ctx context.Context, merchant int64, w where, reference string, page keysetPage, desc bool, limit, offset int) ([]tokenRow, error) {
	var all []tokenRow
	made := where{conds: slices.Clip(w.conds), args: slices.Clip(w.args)}
	if reference != "" {
		w.and(`x.id IN (
				SELECT id
				FROM cards
				WHERE customer_id IN (SELECT id FROM customers WHERE reference = ? AND merchant_id = ? AND deleted_at = 0 AND reference <> '')
				UNION
				SELECT id
				FROM tokens
				WHERE merchant_id = ? AND customer_reference = ? AND customer_reference <> '')`, reference, merchant, merchant, reference)
	}
	for _, from := range []string{cardTokens, madeTokens} {
		w := w
		if from == madeTokens {
			w = made
		}
		var rows []tokenRow
		err := s.read.all(ctx, &rows, `
			SELECT `+tokenColumns+`
			FROM (`+from+`
			) x`+w.sql()+`
			ORDER BY `+page.order+`
			LIMIT ?`, append(append([]any{merchant}, w.args...), limit+offset)...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b tokenRow) int {
		if desc != page.back {
			a, b = b, a
		}
		return cmp.Compare(a.ID, b.ID)
	})
	all = all[min(offset, len(all)):]
	return all[:min(limit, len(all))], nil
}

// Token returns a token of the actor's merchant, or [core.ErrNotFound].
func (s *Store) Token(ctx context.Context, by core.Actor, id int64) (core.Token, error) {
	if !by.May(core.Read) {
		return core.Token{}, core.ErrForbidden
	}
	return oneToken(ctx, s.read, by.Merchant, id)
}

// oneToken returns a card's token, else one that a program made.
func oneToken(ctx context.Context, q querier, merchant, id int64) (core.Token, error) {
	k, err := tokenFrom(ctx, q, cardTokens, merchant, `x.id = ?`, id)
	if errors.Is(err, core.ErrNotFound) {
		return tokenFrom(ctx, q, madeTokens, merchant, `x.id = ?`, id)
	}
	return k, err
}

func tokenFrom(ctx context.Context, q querier, from string, merchant int64, cond string, arg any) (core.Token, error) {
	var row tokenRow
	err := q.get(ctx, &row, `
		SELECT `+tokenColumns+`
		FROM (`+from+`
		) x
		WHERE `+cond, merchant, arg)
	if none(err) {
		return core.Token{}, core.ErrNotFound
	}
	if err != nil {
		return core.Token{}, fmt.Errorf("read token: %w", err)
	}
	return row.token(), nil
}

// CreateToken makes a token that is no card's. Where the merchant has one with
// its external ID already that one is returned as it is, and nothing is made.
func (s *Store) CreateToken(ctx context.Context, by core.Actor, k core.Token) (core.Token, error) {
	if k.State == "" {
		k.State = core.TokenActive
	}
	if err := k.Check().Err(); err != nil {
		return core.Token{}, err
	}
	var made core.Token
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		there, err := tokenFrom(ctx, t, madeTokens, by.Merchant, `x.external_id = ? AND x.external_id <> ''`, k.ExternalID)
		if err == nil || !errors.Is(err, core.ErrNotFound) {
			made = there
			return err
		}
		made = k
		made.Merchant, made.Version, made.Card, made.Customer = by.Merchant, 1, 0, 0
		made.ID, made.CreatedAt = t.newID("cards") // cards are tokens, too: no two have one ID
		if err := t.insertToken(ctx, made, nil); err != nil {
			return err
		}
		_, err = t.record(ctx, tokenEvent(core.TokenCreated, made))
		return err
	})
	if err != nil {
		return core.Token{}, err
	}
	return made, nil
}

// insertToken writes the row of a token. Of a card's, its version is what is
// added to the card's.
func (t *tx) insertToken(ctx context.Context, k core.Token, card any) error {
	_, err := t.exec(ctx, `
		INSERT INTO tokens (id, merchant_id, card_id, version, external_id, reference, customer_reference, email, email_key, one_click,
			language, zone, state, created_at, deleted_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		k.ID, k.Merchant, card, k.Version, k.ExternalID, k.Reference, k.CustomerReference, k.Email, core.Fold(k.Email), bit(k.OneClick),
		k.Language, k.Zone, k.State, millis(k.CreatedAt))
	if err != nil {
		return fmt.Errorf("insert token: %w", err)
	}
	return nil
}

// UpdateToken changes a token, that of a card too, of which the card knows
// nothing. Unless version is 0 it must be the token's, else [core.ErrConflict].
func (s *Store) UpdateToken(ctx context.Context, by core.Actor, id, version int64, e core.TokenEdit) (core.Token, error) {
	var k core.Token
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := oneToken(ctx, t, by.Merchant, id)
		if err != nil {
			return err
		}
		if version != 0 && version != old.Version {
			return core.ErrConflict
		}
		var bad core.Invalid
		if k, bad = old.With(e); len(bad) > 0 {
			return bad
		}
		from, to := core.DiffTokens(old, k)
		if len(to) == 0 {
			return nil
		}
		k.Version++
		n, err := t.exec(ctx, `
			UPDATE tokens
			SET version = version + 1, reference = ?, customer_reference = ?, email = ?, email_key = ?, one_click = ?, language = ?, zone = ?
			WHERE id = ? AND merchant_id = ?`,
			k.Reference, k.CustomerReference, k.Email, core.Fold(k.Email), bit(k.OneClick), k.Language, k.Zone, id, by.Merchant)
		if err != nil {
			return fmt.Errorf("update token %d: %w", id, err)
		}
		if n == 0 { // a card of which nothing was changed yet
			first := k
			first.Version = 1
			if err := t.insertToken(ctx, first, k.Card); err != nil {
				return err
			}
		}
		event := tokenEvent(core.TokenUpdated, k)
		event.From, event.To = from, to
		_, err = t.record(ctx, event)
		return err
	})
	if err != nil {
		return core.Token{}, err
	}
	return k, nil
}

// DeleteToken takes a token away: a card's as [Store.RemoveCard] does, with the
// card.
func (s *Store) DeleteToken(ctx context.Context, by core.Actor, id int64) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		k, err := oneToken(ctx, t, by.Merchant, id)
		if err != nil {
			return err
		}
		if k.Card != 0 {
			c, err := t.cardAt(ctx, k.Card, 0)
			if err != nil {
				return err
			}
			_, err = t.removeCard(ctx, c, 0)
			return err
		}
		_, err = t.exec(ctx, `UPDATE tokens SET deleted_at = ?, version = version + 1 WHERE id = ? AND merchant_id = ?`, millis(t.at), id, by.Merchant)
		if err != nil {
			return fmt.Errorf("delete token %d: %w", id, err)
		}
		k.Version++
		_, err = t.record(ctx, tokenEvent(core.TokenDeleted, k))
		return err
	})
}

// tokenEvent is the event of an act on a token.
func tokenEvent(action core.Action, k core.Token) core.Event {
	return core.Event{Action: action, Object: core.TokenObject, ObjectID: k.ID, Customer: k.Customer, Version: k.Version, Fields: []string{}}
}
