package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

type enrolledRow struct {
	customerRow
	Kind       core.EnrolmentKind
	Changed    int64
	ChangedAt  millis `db:"changed_at"`
	EnrolledAt millis `db:"enrolled_at"`
}

var enrolledColumns = customerColumnsOfC + `, e.kind, e.changed, e.changed_at, e.enrolled_at`

// EnrolledCustomer returns the enrolled customer whom the reference names, as for
// [Store.CustomerByReference], or [core.ErrNotFound].
func (s *Store) EnrolledCustomer(ctx context.Context, by core.Actor, kind core.EnrolmentKind, reference string) (core.Enrolled, error) {
	if !by.May(core.Read) {
		return core.Enrolled{}, core.ErrForbidden
	}
	if reference == "" {
		return core.Enrolled{}, core.ErrNotFound
	}
	found, err := s.enrolled(ctx, by.Merchant, `
		FROM customers c JOIN enrolments e ON e.customer_id = c.id
		WHERE c.reference = ? AND c.reference <> '' AND c.merchant_id = ? AND c.deleted_at = 0 AND e.kind = ?`, reference, by.Merchant, kind)
	if err == nil && len(found) == 0 { // it may be of one who was merged
		var id int64
		if id, err = byReference(ctx, s.read, by.Merchant, reference); err != nil {
			return core.Enrolled{}, err
		}
		found, err = s.enrolled(ctx, by.Merchant, `
			FROM customers c JOIN enrolments e ON e.customer_id = c.id
			WHERE c.id = ? AND c.merchant_id = ? AND c.deleted_at = 0 AND e.kind = ?`, id, by.Merchant, kind)
	}
	if err != nil {
		return core.Enrolled{}, err
	}
	if len(found) == 0 {
		return core.Enrolled{}, core.ErrNotFound
	}
	return found[0], nil
}

// EnrolledCustomers returns the next enrolled customers of the feed: those
// whose place lies behind after and that changed after the given time, as they
// are now, in the order of their places. Every change is seen once by who goes
// on from the last place seen, and none is passed over. Whom nobody can ask for,
// because the reference was taken away, is in no page until there is one again.
func (s *Store) EnrolledCustomers(ctx context.Context, by core.Actor, kind core.EnrolmentKind, after int64, since time.Time, limit int) ([]core.Enrolled, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	return s.enrolled(ctx, by.Merchant, `
		FROM enrolments e JOIN customers c ON c.id = e.customer_id
		WHERE e.merchant_id = ? AND e.kind = ? AND e.changed > ? AND e.changed_at > ? AND c.deleted_at = 0 AND c.reference <> ''
		ORDER BY e.changed
		LIMIT ?`, by.Merchant, kind, after, millis(since), limit)
}

func (s *Store) enrolled(ctx context.Context, merchant int64, from string, args ...any) ([]core.Enrolled, error) {
	var rows []enrolledRow
	if err := s.read.all(ctx, &rows, `
		SELECT `+enrolledColumns+from, args...); err != nil {
		return nil, fmt.Errorf("read enrolled customers: %w", err)
	}
	customers, ids := make([]core.Customer, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		customers[i], ids[i] = r.customer(), r.ID
	}
	if err := s.readParts(ctx, merchant, customers, core.WithAddresses); err != nil {
		return nil, err
	}
	consents, err := s.consentsOf(ctx, merchant, ids)
	if err != nil {
		return nil, err
	}
	out := make([]core.Enrolled, len(rows))
	for i, r := range rows {
		out[i] = core.Enrolled{
			Customer: customers[i], Kind: r.Kind, Consents: consents[r.ID],
			Changed: r.Changed, ChangedAt: r.ChangedAt.time(), EnrolledAt: r.EnrolledAt.time(),
		}
	}
	return out, nil
}

// consentsOf are the channels that customers agreed to.
func (s *Store) consentsOf(ctx context.Context, merchant int64, customers []int64) (map[int64][]core.Channel, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	in, args := inIDs(customers)
	var rows []channelRow
	err := s.read.all(ctx, &rows, `
		SELECT `+channelColumns+`
		FROM channels h
		WHERE h.customer_id IN (`+in+`) AND +h.merchant_id = ? AND h.withdrawn_at = 0 AND h.consent_at > 0
		ORDER BY h.name, h.id`, append(args, merchant)...)
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	out := map[int64][]core.Channel{}
	for _, r := range rows {
		out[r.CustomerID] = append(out[r.CustomerID], r.channel())
	}
	return out, nil
}

// scansAtOnce is how many customers are looked up in one go.
const scansAtOnce = 100

// ScanChannels asks the registry for the channels of customers whose time has
// come, and keeps those it finds, which moves them in the feed. It returns how
// many it asked for. Who cannot be asked now is asked again later.
func (s *Store) ScanChannels(ctx context.Context, registry core.ChannelRegistry) (int, error) {
	due, err := s.enrolledDue(ctx)
	if err != nil {
		return 0, err
	}
	for n, e := range due {
		found, err := registry.Find(ctx, e)
		if err != nil {
			return n, fmt.Errorf("find channels: %w", err)
		}
		by := core.System(e.Customer.Merchant)
		for _, c := range found {
			c.Source, c.ConsentAt = core.FromCDC, s.instant()
			_, _, err := s.addChannelTo(ctx, by, e.Customer.ID, c, (*tx).enrolledStill)
			if errors.Is(err, core.ErrNotFound) {
				break // who left while the registry was asked
			}
			if err != nil {
				return n, fmt.Errorf("keep channel of customer %d: %w", e.Customer.ID, err)
			}
		}
		// What was changed meanwhile is to be looked up again.
		err = s.quietly(ctx, func(t *tx) error {
			_, err := t.exec(ctx, `UPDATE enrolments SET scan_at = 0 WHERE customer_id = ? AND scan_at <= ?`, e.Customer.ID, millis(t.at))
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return len(due), nil
}

// enrolledStill fails with [core.ErrNotFound] unless the customer is living and
// enrolled.
func (t *tx) enrolledStill(ctx context.Context, customer int64) error {
	if err := t.living(ctx, customer); err != nil {
		return err
	}
	enrolled, err := t.isEnrolled(ctx, customer)
	if err == nil && !enrolled {
		err = core.ErrNotFound
	}
	return err
}

// enrolledDue are living enrolled customers, of any merchant that is open,
// whose channels are to be looked for.
func (s *Store) enrolledDue(ctx context.Context) ([]core.Enrolled, error) {
	var rows []enrolledRow
	err := s.read.all(ctx, &rows, `
		SELECT `+enrolledColumns+`
		FROM enrolments e JOIN customers c ON c.id = e.customer_id JOIN merchants m ON m.id = e.merchant_id
		WHERE e.scan_at > 0 AND e.scan_at <= ? AND c.deleted_at = 0 AND m.closed_at = 0
		ORDER BY e.scan_at
		LIMIT ?`, millis(s.instant()), scansAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read enrolments to be looked up: %w", err)
	}
	out := make([]core.Enrolled, len(rows))
	for i, r := range rows {
		out[i] = core.Enrolled{Customer: r.customer(), Kind: r.Kind}
	}
	return out, nil
}
