package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

// cardRow is a card's row with what its merchant says of keeping it.
type cardRow struct {
	ID          int64
	MerchantID  int64 `db:"merchant_id"`
	CustomerID  int64 `db:"customer_id"`
	Version     int64
	Token       string
	Brand       core.Brand
	FirstSix    string `db:"first_six"`
	LastFour    string `db:"last_four"`
	Expires     string
	Holder      string
	Description string
	IsDefault   bit `db:"is_default"`
	Active      bit
	CreatedAt   millis `db:"created_at"`
	UpdatedAt   millis `db:"updated_at"`
	RemovedAt   millis `db:"removed_at"`
	KeepMonths  int    `db:"keep_months"`
}

const cardColumns = `k.id, k.merchant_id, k.customer_id, k.version, k.token, k.brand, k.first_six, k.last_four, k.expires,
	k.holder, k.description, k.is_default, k.active, k.created_at, k.updated_at, k.removed_at, m.keep_months`

const cardTables = `cards k JOIN merchants m ON m.id = k.merchant_id`

func (r cardRow) card() core.Card {
	expiry, _ := core.ParseExpiry(r.Expires) // as [core.Expiry.Key] wrote it
	return core.Card{
		ID: r.ID, Merchant: r.MerchantID, Customer: r.CustomerID, Version: r.Version, Token: r.Token,
		Brand: r.Brand, FirstSix: r.FirstSix, LastFour: r.LastFour, Expiry: expiry, Holder: r.Holder,
		Description: r.Description, Default: bool(r.IsDefault), Active: bool(r.Active), KeepUntil: expiry.KeepUntil(r.KeepMonths),
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), RemovedAt: r.RemovedAt.time(),
	}
}

// Card returns a card of a living customer of the actor's merchant;
// [core.ErrNotFound] if there is none, or it was removed.
func (s *Store) Card(ctx context.Context, by core.Actor, id int64) (core.Card, error) {
	if !by.May(core.Read) {
		return core.Card{}, core.ErrForbidden
	}
	row, err := livingCard(ctx, s.read, by.Merchant, id)
	return row.card(), err
}

// CustomerCards returns the cards of a customer, living or deleted: the default
// first, then the newest. Those that were removed are not among them.
func (s *Store) CustomerCards(ctx context.Context, by core.Actor, customer int64) ([]core.Card, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	return customerCards(briefly(ctx), s.read, by.Merchant, customer)
}

func customerCards(ctx context.Context, q querier, merchant, customer int64) ([]core.Card, error) {
	var rows []cardRow
	err := q.all(ctx, &rows, `
		SELECT `+cardColumns+`
		FROM `+cardTables+`
		WHERE k.customer_id = ? AND +k.merchant_id = ? AND k.removed_at = 0
		ORDER BY k.is_default DESC, k.id DESC`, customer, merchant)
	if err != nil {
		return nil, fmt.Errorf("read cards of customer %d: %w", customer, err)
	}
	cards := make([]core.Card, len(rows))
	for i, r := range rows {
		cards[i] = r.card()
	}
	return cards, nil
}

// livingCard is a card that is there, of a living customer.
func livingCard(ctx context.Context, q querier, merchant, id int64) (cardRow, error) {
	return oneCard(ctx, q, `k.id = ? AND k.merchant_id = ? AND k.removed_at = 0
			AND EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id AND c.deleted_at = 0)`, id, merchant)
}

func oneCard(ctx context.Context, q querier, cond string, args ...any) (cardRow, error) {
	var row cardRow
	err := q.get(ctx, &row, `
		SELECT `+cardColumns+`
		FROM `+cardTables+`
		WHERE `+cond, args...)
	if none(err) {
		return cardRow{}, core.ErrNotFound
	}
	if err != nil {
		return cardRow{}, fmt.Errorf("read card: %w", err)
	}
	return row, nil
}

// errNoProcessor is a program that was started without a processor.
var errNoProcessor = errors.New("no processor is configured that keeps card numbers")

// AddCard keeps a card for a living customer and returns it with what that came
// to. The number goes to the processor, and its ends and a fingerprint stay;
// the details are wiped, whatever comes of it. A number that the customer has
// already makes no second card: what is given anew replaces what was kept, and
// a card that was removed comes back. The first card becomes the default.
//
// It fails with [core.Invalid] for what breaks a rule, with [core.Declined] for
// a card that the processor refuses, and with [core.ErrProcessor] when the
// processor does not answer. A request that has added a card already gets the
// same answer again, and the processor is not asked.
func (s *Store) AddCard(ctx context.Context, by core.Actor, customer int64, n core.NewCard) (core.Card, core.Addition, error) {
	defer n.Wipe()
	customer, err := s.currentID(ctx, by, customer)
	if err != nil {
		return core.Card{}, "", err
	}
	if err := s.mayAdd(ctx, by, customer); err != nil {
		return core.Card{}, "", err
	}
	if err := n.Check(s.now()).Err(); err != nil {
		return core.Card{}, "", err
	}
	fresh := core.Card{
		Merchant: by.Merchant, Customer: customer, Version: 1, Brand: n.Number.Brand(), FirstSix: n.Number.FirstSix(),
		LastFour: n.Number.LastFour(), Expiry: n.Expiry, Holder: n.Holder, Description: n.Description, Active: true,
	}
	print, err := s.vault.Fingerprint(ctx, n.Number.Reveal(), by.Merchant, "card")
	if err != nil {
		return core.Card{}, "", fmt.Errorf("make fingerprint: %w", err)
	}
	if c, added, err := repeated(ctx, s.read, customer, n.Request, print); err != nil || added != "" {
		return c, added, err
	}
	if fresh.Token, err = s.tokenize(ctx, n.CardDetails); err != nil {
		return core.Card{}, "", err
	}
	n.Wipe()
	var kept core.Card
	var added core.Addition
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		if err := t.living(ctx, customer); err != nil {
			return err
		}
		var err error
		if kept, added, err = repeated(ctx, t, customer, n.Request, print); err != nil || added != "" {
			return err
		}
		kept, added, err = t.addCard(ctx, fresh, print, n)
		return err
	})
	if err != nil {
		return core.Card{}, "", err
	}
	return kept, added, nil
}

// mayAdd fails where adding would, so that no number goes to the processor in
// vain.
func (s *Store) mayAdd(ctx context.Context, by core.Actor, customer int64) error {
	if by.Kind == "" || !by.May(core.Write) {
		return core.ErrForbidden
	}
	if s.history != nil {
		return nil // reading does not see its last acts; the transaction does
	}
	m, err := merchant(ctx, s.read, by.Merchant)
	if err != nil {
		return err
	}
	if m.Closed() {
		return core.ErrClosed
	}
	return livingCustomer(ctx, s.read, by.Merchant, customer)
}

func (s *Store) tokenize(ctx context.Context, d core.CardDetails) (string, error) {
	if s.processor == nil {
		return "", errNoProcessor
	}
	token, err := s.processor.Tokenize(ctx, d)
	var declined core.Declined
	switch {
	case errors.As(err, &declined):
		return "", declined
	case err != nil:
		return "", fmt.Errorf("%w: tokenize: %w", core.ErrProcessor, err)
	}
	return token, nil
}

// repeated returns the card that the request has added before, and "" when it
// has added none. A name that another card's request had is no name.
func repeated(ctx context.Context, q querier, customer int64, request string, print []byte) (core.Card, core.Addition, error) {
	if request == "" {
		return core.Card{}, "", nil
	}
	var row struct {
		cardRow
		Addition core.Addition
	}
	err := q.get(ctx, &row, `
		SELECT `+cardColumns+`, k.addition
		FROM `+cardTables+`
		WHERE k.customer_id = ? AND k.request = ? AND k.request <> '' AND k.fingerprint = ?`, customer, request, print)
	if none(err) {
		return core.Card{}, "", nil
	}
	if err != nil {
		return core.Card{}, "", fmt.Errorf("read card: %w", err)
	}
	return row.card(), row.Addition, nil
}

// addCard writes a new card, or what it changes about the one that has its
// fingerprint.
func (t *tx) addCard(ctx context.Context, c core.Card, print []byte, n core.NewCard) (core.Card, core.Addition, error) {
	there, err := oneCard(ctx, t, `k.customer_id = ? AND k.fingerprint = ?`, c.Customer, print)
	if err == nil {
		return t.addAgain(ctx, there.card(), c, n)
	}
	if !errors.Is(err, core.ErrNotFound) {
		return core.Card{}, "", err
	}
	had, err := t.defaultCard(ctx, c.Customer)
	if err != nil {
		return core.Card{}, "", err
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return core.Card{}, "", err
	}
	c.ID, c.CreatedAt = t.newID("cards")
	c.UpdatedAt, c.KeepUntil, c.Default = c.CreatedAt, c.Expiry.KeepUntil(m.KeepMonths), had == 0
	_, err = t.exec(ctx, `
		INSERT INTO cards (id, merchant_id, customer_id, version, token, brand, first_six, last_four, expires, holder, description,
			fingerprint, is_default, active, request, addition, created_at, updated_at, removed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		c.ID, c.Merchant, c.Customer, c.Version, c.Token, c.Brand, c.FirstSix, c.LastFour, c.Expiry.Key(), c.Holder, c.Description,
		print, bit(c.Default), bit(c.Active), n.Request, core.Added, millis(c.CreatedAt), millis(c.UpdatedAt))
	if err != nil {
		return core.Card{}, "", fmt.Errorf("insert card: %w", err)
	}
	if _, err := t.record(ctx, cardEvent(core.CardAdded, c)); err != nil {
		return core.Card{}, "", err
	}
	if n.Default && !c.Default {
		c, err = t.makeDefault(ctx, c, core.Event{Action: core.CardDefaulted})
	}
	return c, core.Added, err
}

// addAgain is what adding a number comes to that the customer has already, as
// the card old: what is given of fresh replaces what was kept.
func (t *tx) addAgain(ctx context.Context, old, fresh core.Card, n core.NewCard) (core.Card, core.Addition, error) {
	c := old
	c.Expiry, c.Active = fresh.Expiry, true
	if fresh.Holder != "" {
		c.Holder = fresh.Holder
	}
	if fresh.Description != "" {
		c.Description = fresh.Description
	}
	added := core.Updated
	e := cardEvent(core.CardUpdated, c)
	e.Fields, e.From, e.To = core.DiffCards(old, c)
	switch {
	case !old.RemovedAt.IsZero():
		added, e.Action = core.Revived, core.CardRevived
	case len(e.Fields) == 0 && (old.Default || !n.Default):
		return old, added, nil
	}
	var err error
	if added == core.Revived || len(e.Fields) > 0 {
		c.Token = fresh.Token
		if c, err = t.saveCard(ctx, old, c, n.Request, added); err != nil {
			return core.Card{}, "", err
		}
		e.Version = c.Version
		if _, err := t.record(ctx, e); err != nil {
			return core.Card{}, "", err
		}
	}
	if n.Default && !c.Default {
		c, err = t.makeDefault(ctx, c, core.Event{Action: core.CardDefaulted})
	}
	return c, added, err
}

// cardEvent is the event of an act on a card.
func cardEvent(action core.Action, c core.Card) core.Event {
	return core.Event{
		Action: action, Object: core.CardObject, ObjectID: c.ID, Customer: c.Customer, Version: c.Version, Fields: []string{},
	}
}

// saveCard writes a card that is there from now on, as the next version. One
// that comes back is the default where there is no other; what one with another
// date was too old for is tried.
func (t *tx) saveCard(ctx context.Context, old, c core.Card, request string, addition core.Addition) (core.Card, error) {
	m, err := t.merchant(ctx)
	if err != nil {
		return c, err
	}
	if !old.RemovedAt.IsZero() {
		had, err := t.defaultCard(ctx, c.Customer)
		if err != nil {
			return c, err
		}
		c.RemovedAt, c.Default = time.Time{}, had == 0
	}
	c.Version, c.UpdatedAt, c.KeepUntil = old.Version+1, later(t.at, old.UpdatedAt), c.Expiry.KeepUntil(m.KeepMonths)
	n, err := t.exec(ctx, `
		UPDATE cards
		SET version = ?, token = ?, expires = ?, holder = ?, description = ?, is_default = ?, active = ?, updated_at = ?, removed_at = 0,
			request = CASE WHEN ? = '' THEN request ELSE ? END, addition = CASE WHEN ? = '' THEN addition ELSE ? END
		WHERE id = ? AND merchant_id = ? AND version = ?`,
		c.Version, c.Token, c.Expiry.Key(), c.Holder, c.Description, bit(c.Default), bit(c.Active), millis(c.UpdatedAt),
		request, request, request, addition, c.ID, t.by.Merchant, old.Version)
	if err != nil {
		return c, fmt.Errorf("update card %d: %w", c.ID, err)
	}
	if n == 0 {
		return c, errAgain
	}
	if c.Expiry != old.Expiry {
		err = t.tryRenewed(ctx, c.ID)
	}
	return c, err
}
