package db

import (
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

// What is left to people, as SQL.
const (
	chargesLeft = `h.status = 'checking' AND h.next_at = 0`
	refundsLeft = `state = 'unknown' AND next_at = 0`
	parkedLeft  = `s.parked_at > 0`
	mailsLeft   = `state = 'failed' AND id > ? AND customer_id > 0 AND erased = 0
			AND EXISTS (SELECT 1 FROM customers c WHERE c.id = customer_id AND c.deleted_at = 0)`
)

// firstMailLeft is an ID before those of the mails that are left to people.
func (s *Store) firstMailLeft() int64 {
	return core.FirstID(s.now().Add(-core.MailQueueDays * 24 * time.Hour))
}

// LeftToPeople returns what of the merchant waits for a person: charges and
// refunds whose outcome cannot be found out by asking, subscriptions of which
// too many periods came due at once, and mails to customers that could not be
// sent in the last [core.MailQueueDays]. Of each kind up to limit, the oldest
// first.
func (s *Store) LeftToPeople(ctx context.Context, by core.Actor, limit int) (core.Queue, error) {
	var q core.Queue
	if !by.May(core.Read) {
		return q, core.ErrForbidden
	}
	var rows []chargeSummaryRow
	err := s.read.all(ctx, &rows, `
		SELECT `+chargeSummary+`
		FROM charges h`+chargeAround+`
		WHERE h.merchant_id = ? AND `+chargesLeft+`
		ORDER BY h.id
		LIMIT ?`, by.Merchant, limit)
	if err != nil {
		return q, fmt.Errorf("read charges left to people: %w", err)
	}
	q.Charges = chargeSummaries(rows)
	var given []refundRow
	err = s.read.all(ctx, &given, `
		SELECT `+refundColumns+`
		FROM refunds
		WHERE merchant_id = ? AND `+refundsLeft+`
		ORDER BY id
		LIMIT ?`, by.Merchant, limit)
	if err != nil {
		return q, fmt.Errorf("read refunds left to people: %w", err)
	}
	for _, r := range given {
		q.Refunds = append(q.Refunds, r.refund())
	}
	var parked []subscriptionSummaryRow
	err = s.read.all(ctx, &parked, `
		SELECT `+subscriptionSummary+`
		FROM subscriptions s`+subscriptionAround+`
		WHERE s.merchant_id = ? AND `+parkedLeft+`
		ORDER BY s.id
		LIMIT ?`, by.Merchant, limit)
	if err != nil {
		return q, fmt.Errorf("read subscriptions left to people: %w", err)
	}
	if q.Parked, err = summaries(parked); err != nil {
		return q, err
	}
	var failed []mailRow
	err = s.read.all(ctx, &failed, `
		SELECT `+mailColumns+`
		FROM mails
		WHERE merchant_id = ? AND `+mailsLeft+`
		ORDER BY id
		LIMIT ?`, by.Merchant, s.firstMailLeft(), limit)
	if err != nil {
		return q, fmt.Errorf("read mails left to people: %w", err)
	}
	for _, r := range failed {
		q.Mails = append(q.Mails, r.mail())
	}
	return q, nil
}

// CountLeftToPeople returns how much [Store.LeftToPeople] finds, of each kind up
// to limit.
func (s *Store) CountLeftToPeople(ctx context.Context, by core.Actor, limit int) (int, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	var n int
	err := s.read.get(ctx, &n, `
		SELECT
			(SELECT COUNT(*) FROM (SELECT 1 FROM charges h WHERE h.merchant_id = ? AND `+chargesLeft+` LIMIT ?) AS found)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM refunds WHERE merchant_id = ? AND `+refundsLeft+` LIMIT ?) AS found)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM subscriptions s WHERE s.merchant_id = ? AND `+parkedLeft+` LIMIT ?) AS found)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE merchant_id = ? AND `+mailsLeft+` LIMIT ?) AS found)`,
		by.Merchant, limit, by.Merchant, limit, by.Merchant, limit, by.Merchant, s.firstMailLeft(), limit)
	if err != nil {
		return 0, fmt.Errorf("count what is left to people: %w", err)
	}
	return n, nil
}
