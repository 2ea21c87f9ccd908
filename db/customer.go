package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

// customerRow is a customer's own row. Its addresses and metadata are rows of
// their own.
type customerRow struct {
	ID                 int64
	MerchantID         int64 `db:"merchant_id"`
	Source             core.Source
	Version            int64
	CreatedAt          millis `db:"created_at"`
	UpdatedAt          millis `db:"updated_at"`
	DeletedAt          millis `db:"deleted_at"`
	MergedInto         int64  `db:"merged_into"`
	ErasedAt           millis `db:"erased_at"`
	Reference          string
	CustomID           string `db:"custom_id"`
	Name               string
	FirstName          string `db:"first_name"`
	LastName           string `db:"last_name"`
	Company            string
	OrganisationNumber string `db:"organisation_number"`
	Email              string
	BCC                string
	Phone              string
	PhoneE164          string `db:"phone_e164"`
	Language           string
	Currency           string
	DateOfBirth        string `db:"date_of_birth"`
	IP                 string
	Description        string
	CustomData         string `db:"custom_data"`
}

const customerColumns = `id, merchant_id, source, version, created_at, updated_at, deleted_at, merged_into,
	reference, custom_id, name, first_name, last_name, company, organisation_number, email, bcc,
	phone, phone_e164, language, currency, date_of_birth, ip, description, custom_data`

func (r customerRow) customer() core.Customer {
	return core.Customer{
		ID:                 r.ID,
		UUID:               core.UUID(r.ID),
		LookupID:           core.LookupID(r.ID),
		Merchant:           r.MerchantID,
		Source:             r.Source,
		Version:            r.Version,
		CreatedAt:          r.CreatedAt.time(),
		UpdatedAt:          r.UpdatedAt.time(),
		DeletedAt:          r.DeletedAt.time(),
		MergedInto:         r.MergedInto,
		ErasedAt:           r.ErasedAt.time(),
		Reference:          r.Reference,
		CustomID:           r.CustomID,
		Name:               r.Name,
		FirstName:          r.FirstName,
		LastName:           r.LastName,
		Company:            r.Company,
		OrganisationNumber: r.OrganisationNumber,
		Email:              r.Email,
		BCC:                r.BCC,
		Phone:              r.Phone,
		PhoneE164:          r.PhoneE164,
		Language:           r.Language,
		Currency:           r.Currency,
		DateOfBirth:        r.DateOfBirth,
		IP:                 r.IP,
		Description:        r.Description,
		CustomData:         r.CustomData,
	}
}

// Customer returns a customer of the actor's merchant, living or deleted, with
// addresses and metadata; [core.ErrNotFound] if there is none. For one that was
// merged into another it is that other one, under its own ID: whoever asked
// goes on with the ID of what is returned.
func (s *Store) Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error) {
	if !by.May(core.Read) {
		return core.Customer{}, core.ErrForbidden
	}
	return current(briefly(ctx), s.read, by.Merchant, id)
}

// current reads a customer, or the one it was merged into.
func current(ctx context.Context, q querier, merchant, id int64, with ...read) (core.Customer, error) {
	c, err := customer(ctx, q, merchant, id, with...)
	if err == nil && c.MergedInto != 0 {
		return customer(ctx, q, merchant, c.MergedInto)
	}
	return c, err
}

// currentID is the ID itself, or that of whom it was merged into.
func (s *Store) currentID(ctx context.Context, by core.Actor, id int64) (int64, error) {
	var into int64
	err := s.read.get(ctx, &into, `SELECT merged_into FROM customers WHERE id = ? AND merchant_id = ? AND merged_into > 0`, id, by.Merchant)
	if none(err) {
		return id, nil
	}
	return into, err
}

// customer reads the row first and the rest after it. What changes in between
// raises the version, so that a save based on this reading is refused. Other
// reads may go with it.
func customer(ctx context.Context, q querier, merchant, id int64, with ...read) (core.Customer, error) {
	var row customerRow
	var addresses []addressRow
	var metadata []core.Meta
	err := q.reads(ctx, append([]read{
		oneOf(&row, `
		SELECT `+customerColumns+`, erased_at
		FROM customers
		WHERE id = ? AND merchant_id = ?`, id, merchant),
		addressesOf(&addresses, merchant, id),
		allOf(&metadata, `
		SELECT name AS key, value
		FROM metadata
		WHERE customer_id = ? AND +merchant_id = ?
		ORDER BY name`, id, merchant),
	}, with...)...)
	if err != nil {
		return core.Customer{}, fmt.Errorf("read customer %d: %w", id, err)
	}
	if row.ID == 0 {
		return core.Customer{}, core.ErrNotFound
	}
	c := row.customer()
	c.Addresses, c.Metadata = addressRows(addresses), metadata
	return c, nil
}

// CreateCustomer adds a customer made of the changes to an empty one and
// returns it as stored. It fails with [core.Invalid] for what breaks a rule,
// a reference that another living customer has among them.
func (s *Store) CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error) {
	c, bad := core.Customer{}.With(ch)
	var made core.Customer
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		made = c
		made.Source = from
		return t.createCustomer(ctx, &made, bad)
	})
	if err != nil {
		return core.Customer{}, err
	}
	return made, nil
}

// createCustomer stores a new customer that was checked with the given
// result, and fills in what the store decides.
func (t *tx) createCustomer(ctx context.Context, c *core.Customer, bad core.Invalid) error {
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	if c.PhoneE164 == "" {
		c.PhoneE164 = core.E164(c.Phone, phoneCountry(*c, m))
	}
	if err := t.freeReference(ctx, *c, &bad); err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	c.ID, c.CreatedAt = t.newID("customers")
	c.UUID, c.LookupID = core.UUID(c.ID), core.LookupID(c.ID)
	c.Merchant, c.Version, c.UpdatedAt = t.by.Merchant, 1, c.CreatedAt
	if err := t.insertCustomer(ctx, c); err != nil {
		return err
	}
	_, err = t.record(ctx, core.Event{
		Action: core.CustomerCreated, Object: core.CustomerObject, ObjectID: c.ID,
		Customer: c.ID, Version: 1, Fields: []string{},
	})
	return err
}

// phoneCountry is where the customer's phone is read: the country of the
// billing address, else the merchant's.
func phoneCountry(c core.Customer, m core.Merchant) string {
	if a, ok := c.Billing(); ok && a.Country != "" {
		return a.Country
	}
	return m.Country
}

// insertCustomer writes the rows of a new customer.
func (t *tx) insertCustomer(ctx context.Context, c *core.Customer) error {
	k := keysOf(*c)
	err := t.put(ctx, "insert customer", `
		INSERT INTO customers (`+customerColumns+`, `+keyColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+keyMarks+`)`, columnValues(*c, k)...)
	if err != nil {
		return err
	}
	if err := t.indexWords(ctx, c.ID, "", trigramText(*c, k.search)); err != nil {
		return err
	}
	if err := t.saveAddresses(ctx, core.Customer{}, c); err != nil {
		return err
	}
	if err := t.saveMetadata(ctx, core.Customer{}, *c); err != nil {
		return err
	}
	return t.saveLikeness(ctx, c.ID, likeness{}, k.likeness(*c))
}

// UpdateCustomer changes a living customer, or the one it was merged into, and
// returns it as it then is.
// Unless version is 0 it must be the customer's, else [core.ErrConflict].
// Changes that change nothing leave the version and the record of acts alone.
func (s *Store) UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error) {
	var c core.Customer
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		var err error
		c, err = t.updateCustomer(ctx, id, version, ch, core.Event{Action: core.CustomerUpdated})
		return err
	})
	if err != nil {
		return core.Customer{}, err
	}
	return c, nil
}

// updateCustomer is UpdateCustomer within a transaction. The event is filled
// in and recorded.
func (t *tx) updateCustomer(ctx context.Context, id, version int64, ch core.Changes, e core.Event) (core.Customer, error) {
	enrolled, keep := t.askEnrolled(id)
	old, err := current(ctx, t, t.by.Merchant, id, enrolled)
	if err != nil {
		return core.Customer{}, err
	}
	keep()
	if !old.Living() {
		return core.Customer{}, core.ErrNotFound
	}
	if version != 0 && version != old.Version {
		return core.Customer{}, core.ErrConflict
	}
	c, bad := old.With(ch)
	if c.Reference != old.Reference {
		if err := t.freeReference(ctx, c, &bad); err != nil {
			return core.Customer{}, err
		}
	}
	if err := bad.Err(); err != nil {
		return core.Customer{}, err
	}
	if from, to := core.Diff(old, c); len(from) == 0 && len(to) == 0 {
		return old, nil
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return core.Customer{}, err
	}
	if c.PhoneE164 == "" {
		c.PhoneE164 = core.E164(c.Phone, phoneCountry(c, m))
	}
	c.Version, c.UpdatedAt = old.Version+1, later(t.at, old.UpdatedAt)
	if err := t.saveAddresses(ctx, old, &c); err != nil {
		return core.Customer{}, err
	}
	if err := t.saveMetadata(ctx, old, c); err != nil {
		return core.Customer{}, err
	}
	if err := t.saveCustomer(ctx, old, c); err != nil {
		return core.Customer{}, err
	}
	e.From, e.To = core.Diff(old, c)
	e.Object, e.ObjectID, e.Customer, e.Version = core.CustomerObject, c.ID, c.ID, c.Version
	if _, err := t.record(ctx, e); err != nil {
		return core.Customer{}, err
	}
	return c, nil
}

// later is now, or just after then where the clock has been set back.
func later(now, then time.Time) time.Time {
	if now.After(then) {
		return now
	}
	return then.Add(time.Millisecond)
}

// columnValues are the values of customerColumns and keyColumns.
func columnValues(c core.Customer, k keys) []any {
	return append([]any{
		c.ID, c.Merchant, c.Source, c.Version, millis(c.CreatedAt), millis(c.UpdatedAt), millis(c.DeletedAt), c.MergedInto,
		c.Reference, c.CustomID, c.Name, c.FirstName, c.LastName, c.Company, c.OrganisationNumber, c.Email, c.BCC,
		c.Phone, c.PhoneE164, c.Language, c.Currency, c.DateOfBirth, c.IP, c.Description, c.CustomData,
	}, k.values()...)
}

// columnNames are the names of what columnValues returns.
var columnNames = strings.Split(strings.Join(strings.Fields(customerColumns+", "+keyColumns), ""), ",")

// saveCustomer writes the customer's own row, its words and whom it is like. It sets the
// columns that differ and no others: SQLite writes an entry of every index that
// has a column that is set, whether or not its value changes.
func (t *tx) saveCustomer(ctx context.Context, old, c core.Customer) error {
	k, was := keysOf(c), keysOf(old)
	var sets []string
	var args []any
	before := columnValues(old, was)
	for i, v := range columnValues(c, k) {
		if v != before[i] {
			sets, args = append(sets, columnNames[i]+" = ?"), append(args, v)
		}
	}
	err := t.putOne(ctx, "update customer", `
		UPDATE customers
		SET `+strings.Join(sets, ", ")+`
		WHERE id = ? AND merchant_id = ? AND version = ?`, append(args, c.ID, t.by.Merchant, old.Version)...)
	if err != nil {
		return err
	}
	if err := t.indexWords(ctx, c.ID, trigramText(old, was.search), trigramText(c, k.search)); err != nil {
		return err
	}
	return t.saveLikeness(ctx, c.ID, was.likeness(old), k.likeness(c))
}

// freeReference adds a fault when another living customer has c's reference.
// While history is written the unique index alone decides.
func (t *tx) freeReference(ctx context.Context, c core.Customer, bad *core.Invalid) error {
	if c.Reference == "" || t.held != nil {
		return nil
	}
	id, err := livingByReference(ctx, t, t.by.Merchant, c.Reference)
	if errors.Is(err, core.ErrNotFound) || (err == nil && id == c.ID) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for reference: %w", err)
	}
	*bad = append(*bad, core.Fault{Field: "reference", Rule: core.Taken, Other: fmt.Sprint(id)})
	return nil
}

// livingByReference returns the ID of the living customer that has the
// reference, compared exactly.
func livingByReference(ctx context.Context, q querier, merchant int64, reference string) (int64, error) {
	var id int64
	err := q.get(ctx, &id, `
		SELECT id
		FROM customers
		WHERE merchant_id = ? AND reference = ? AND deleted_at = 0 AND reference <> ''`, merchant, reference)
	if none(err) {
		return 0, core.ErrNotFound
	}
	return id, err
}

// byReference returns the ID of the living customer whom a reference names: who
// has it or, where nobody living does, whom the last one who had it was merged
// into. It fails with [core.ErrNotFound] where there is neither.
func byReference(ctx context.Context, q querier, merchant int64, reference string) (int64, error) {
	id, err := livingByReference(ctx, q, merchant, reference)
	if !errors.Is(err, core.ErrNotFound) || reference == "" {
		return id, err
	}
	err = q.get(ctx, &id, `
		SELECT w.id
		FROM customers c JOIN customers w ON w.id = c.merged_into
		WHERE c.merchant_id = ? AND c.reference = ? AND c.merged_into > 0 AND w.deleted_at = 0
		ORDER BY c.deleted_at DESC, c.id DESC
		LIMIT 1`, merchant, reference)
	if none(err) {
		return 0, core.ErrNotFound
	}
	return id, err
}
