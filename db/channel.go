package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

type channelRow struct {
	ID            int64
	MerchantID    int64 `db:"merchant_id"`
	CustomerID    int64 `db:"customer_id"`
	Version       int64
	Type          core.ChannelType
	Name          string
	Address       string
	Mandate       string
	MandateSigned string `db:"mandate_signed"`
	ConsentAt     millis `db:"consent_at"`
	Source        core.Source
	CreatedAt     millis `db:"created_at"`
	UpdatedAt     millis `db:"updated_at"`
	WithdrawnAt   millis `db:"withdrawn_at"`
}

const channelColumns = `h.id, h.merchant_id, h.customer_id, h.version, h.type, h.name, h.address, h.mandate, h.mandate_signed,
	h.consent_at, h.source, h.created_at, h.updated_at, h.withdrawn_at`

func (r channelRow) channel() core.Channel {
	return core.Channel{
		ID: r.ID, Merchant: r.MerchantID, Customer: r.CustomerID, Version: r.Version, Type: r.Type, Name: r.Name,
		Address: r.Address, Mandate: r.Mandate, MandateSigned: r.MandateSigned, ConsentAt: r.ConsentAt.time(), Source: r.Source,
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(), WithdrawnAt: r.WithdrawnAt.time(),
	}
}

// Channels returns the channels of a customer, living or deleted, newest
// first. Those that were withdrawn are not among them.
func (s *Store) Channels(ctx context.Context, by core.Actor, customer int64) ([]core.Channel, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	var rows []channelRow
	err := s.read.all(briefly(ctx), &rows, `
		SELECT `+channelColumns+`
		FROM channels h
		WHERE h.customer_id = ? AND +h.merchant_id = ? AND h.withdrawn_at = 0
		ORDER BY h.id DESC`, customer, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read channels of customer %d: %w", customer, err)
	}
	channels := make([]core.Channel, len(rows))
	for i, r := range rows {
		channels[i] = r.channel()
	}
	return channels, nil
}

// Channel returns a channel of a living customer of the actor's merchant;
// [core.ErrNotFound] if there is none, or it was withdrawn.
func (s *Store) Channel(ctx context.Context, by core.Actor, id int64) (core.Channel, error) {
	if !by.May(core.Read) {
		return core.Channel{}, core.ErrForbidden
	}
	row, err := livingChannel(ctx, s.read, by.Merchant, id)
	return row.channel(), err
}

func livingChannel(ctx context.Context, q querier, merchant, id int64) (channelRow, error) {
	return oneChannel(ctx, q, `h.id = ? AND h.merchant_id = ? AND h.withdrawn_at = 0
			AND EXISTS (SELECT 1 FROM customers c WHERE c.id = h.customer_id AND c.deleted_at = 0)`, id, merchant)
}

func oneChannel(ctx context.Context, q querier, cond string, args ...any) (channelRow, error) {
	var row channelRow
	err := q.get(ctx, &row, `
		SELECT `+channelColumns+`
		FROM channels h
		WHERE `+cond, args...)
	if none(err) {
		return channelRow{}, core.ErrNotFound
	}
	if err != nil {
		return channelRow{}, fmt.Errorf("read channel: %w", err)
	}
	return row, nil
}

// AddChannel keeps a channel for a living customer and returns it with what
// that came to. An address that the customer has in the same scheme makes no
// second channel: the mandate and consent that are given anew replace those
// that were kept, and a channel that was withdrawn comes back. What changes
// nothing leaves no event. It fails with [core.Invalid] for what breaks a rule.
func (s *Store) AddChannel(ctx context.Context, by core.Actor, customer int64, n core.NewChannel) (core.Channel, core.Addition, error) {
	return s.addChannelTo(ctx, by, customer, n, (*tx).living)
}

// addChannelTo is [Store.AddChannel] for a customer whom may does not refuse in
// the same transaction.
func (s *Store) addChannelTo(
	ctx context.Context, by core.Actor, customer int64, n core.NewChannel, may func(*tx, context.Context, int64) error,
) (core.Channel, core.Addition, error) {
	n, shown, bad := n.Read(s.now())
	if err := bad.Err(); err != nil {
		return core.Channel{}, "", err
	}
	scheme, _ := core.FindScheme(n.Name)
	if by.Kind == "" || !by.May(core.Write) { // before the vault is asked
		return core.Channel{}, "", core.ErrForbidden
	}
	customer, err := s.currentID(ctx, by, customer)
	if err != nil {
		return core.Channel{}, "", err
	}
	print, err := s.vault.Fingerprint(ctx, []byte(n.Address), by.Merchant, "channel/"+n.Name)
	if err != nil {
		return core.Channel{}, "", fmt.Errorf("make fingerprint: %w", err)
	}
	fresh := core.Channel{
		Merchant: by.Merchant, Customer: customer, Version: 1, Type: scheme.Type, Name: n.Name, Address: shown,
		Mandate: n.Mandate, MandateSigned: n.MandateSigned, ConsentAt: n.ConsentAt, Source: n.Source,
	}
	whole := ""
	if scheme.Address == core.IBANAddress {
		whole = n.Address
	}
	var kept core.Channel
	var added core.Addition
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		if err := may(t, ctx, customer); err != nil {
			return err
		}
		there, err := oneChannel(ctx, t, `h.customer_id = ? AND h.name = ? AND h.fingerprint = ?`, customer, n.Name, print)
		switch {
		case err == nil:
			kept, added, err = t.addChannelAgain(ctx, there.channel(), fresh)
		case errors.Is(err, core.ErrNotFound):
			added = core.Added
			kept, err = t.addChannel(ctx, fresh, print, whole)
		}
		return err
	})
	if err != nil {
		return core.Channel{}, "", err
	}
	return kept, added, nil
}

// addChannel writes a new channel; what may not be shown of its address is in
// whole.
func (t *tx) addChannel(ctx context.Context, c core.Channel, print []byte, whole string) (core.Channel, error) {
	c.ID, c.CreatedAt = t.newID("channels")
	c.UpdatedAt = c.CreatedAt
	sealed := []byte{}
	if whole != "" {
		var err error
		if sealed, err = t.seal(ctx, []byte(whole), c.Merchant, "channel", c.ID); err != nil {
			return c, err
		}
	}
	_, err := t.exec(ctx, `
		INSERT INTO channels (id, merchant_id, customer_id, version, type, name, address, sealed, fingerprint, mandate,
			mandate_signed, consent_at, source, created_at, updated_at, withdrawn_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		c.ID, c.Merchant, c.Customer, c.Version, c.Type, c.Name, c.Address, sealed, print, c.Mandate,
		c.MandateSigned, millis(c.ConsentAt), c.Source, millis(c.CreatedAt), millis(c.UpdatedAt))
	if err != nil {
		return c, fmt.Errorf("insert channel: %w", err)
	}
	_, err = t.record(ctx, channelEvent(core.ChannelAdded, c))
	return c, err
}

// addChannelAgain is what adding an address comes to that the customer has
// already.
func (t *tx) addChannelAgain(ctx context.Context, old, fresh core.Channel) (core.Channel, core.Addition, error) {
	c, added, action := old, core.Updated, core.ChannelUpdated
	if fresh.Mandate != "" {
		c.Mandate, c.MandateSigned = fresh.Mandate, fresh.MandateSigned
	}
	if !fresh.ConsentAt.IsZero() && (old.ConsentAt.IsZero() || !old.WithdrawnAt.IsZero()) {
		c.ConsentAt = fresh.ConsentAt
	}
	if !old.WithdrawnAt.IsZero() {
		c.Address, c.Source, c.WithdrawnAt, c.ConsentAt = fresh.Address, fresh.Source, time.Time{}, fresh.ConsentAt
		added, action = core.Revived, core.ChannelRestored
	}
	e := channelEvent(action, c)
	e.Fields, e.From, e.To = core.DiffChannels(old, c)
	if added == core.Updated && len(e.Fields) == 0 {
		return old, added, nil
	}
	c, err := t.saveChannel(ctx, old, c)
	if err != nil {
		return core.Channel{}, "", err
	}
	e.Version = c.Version
	_, err = t.record(ctx, e)
	return c, added, err
}

// channelEvent is the event of an act on a channel.
func channelEvent(action core.Action, c core.Channel) core.Event {
	return core.Event{
		Action: action, Object: core.ChannelObject, ObjectID: c.ID, Customer: c.Customer, Version: c.Version, Fields: []string{},
	}
}

// saveChannel writes a channel as its next version.
func (t *tx) saveChannel(ctx context.Context, old, c core.Channel) (core.Channel, error) {
	c.Version, c.UpdatedAt = old.Version+1, later(t.at, old.UpdatedAt)
	n, err := t.exec(ctx, `
		UPDATE channels
		SET version = ?, address = ?, mandate = ?, mandate_signed = ?, consent_at = ?, source = ?, updated_at = ?, withdrawn_at = ?
		WHERE id = ? AND merchant_id = ? AND version = ?`,
		c.Version, c.Address, c.Mandate, c.MandateSigned, millis(c.ConsentAt), c.Source, millis(c.UpdatedAt), millis(c.WithdrawnAt),
		c.ID, t.by.Merchant, old.Version)
	if err != nil {
		return c, fmt.Errorf("update channel %d: %w", c.ID, err)
	}
	if n == 0 {
		return c, errAgain
	}
	return c, nil
}

// WithdrawChannel takes a channel and its consent away; [Store.Undo] of its
// event, or the same address added again, brings it back.
func (s *Store) WithdrawChannel(ctx context.Context, by core.Actor, id int64) (event int64, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		row, err := livingChannel(ctx, t, by.Merchant, id)
		if err != nil {
			return err
		}
		event, err = t.withdrawChannel(ctx, row.channel())
		return err
	})
	return event, err
}

func (t *tx) withdrawChannel(ctx context.Context, old core.Channel) (event int64, err error) {
	c := old
	c.WithdrawnAt = t.at
	if c, err = t.saveChannel(ctx, old, c); err != nil {
		return 0, err
	}
	return t.record(ctx, channelEvent(core.ChannelWithdrawn, c))
}

func (t *tx) undoChannelWithdrawn(ctx context.Context, e core.Event) error {
	row, err := oneChannel(ctx, t, `h.id = ? AND h.merchant_id = ?`, e.ObjectID, t.by.Merchant)
	if err != nil {
		return err
	}
	if row.WithdrawnAt.time().IsZero() {
		return core.ErrNotFound
	}
	if err := t.living(ctx, row.CustomerID); err != nil {
		return err
	}
	c := row.channel()
	c.WithdrawnAt = time.Time{}
	if c, err = t.saveChannel(ctx, row.channel(), c); err != nil {
		return err
	}
	back := channelEvent(core.ChannelRestored, c)
	back.Undoes = e.ID
	_, err = t.record(ctx, back)
	return err
}
