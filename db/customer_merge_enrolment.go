package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// mergeEnrolment enrols the winner as the loser was, unless it is enrolled
// itself, so that CDC goes on telling of the channels that are the winner's now.
// The loser's own enrolment waits for the day they come apart.
func (t *tx) mergeEnrolment(ctx context.Context, g merge) error {
	var l struct {
		Kind       core.EnrolmentKind
		EnrolledAt millis `db:"enrolled_at"`
		ScanAt     millis `db:"scan_at"`
	}
	err := t.get(ctx, &l, `SELECT kind, enrolled_at, scan_at FROM enrolments WHERE customer_id = ?`, g.Loser)
	if none(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read enrolment of customer %d: %w", g.Loser, err)
	}
	if enrolled, err := t.isEnrolled(ctx, g.Winner); err != nil || enrolled {
		return err
	}
	f, err := t.nextInFeed(ctx)
	if err != nil {
		return err
	}
	err = t.put(ctx, "enrol winner", `
		INSERT INTO enrolments (customer_id, merchant_id, kind, changed, changed_at, enrolled_at, scan_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		g.Winner, t.by.Merchant, l.Kind, f.Changed, f.ChangedAt, l.EnrolledAt, l.ScanAt)
	if err != nil {
		return err
	}
	return t.put(ctx, "keep that the winner was enrolled", `
		INSERT INTO merged_rows (merge_id, changed, row_id, was)
		VALUES (?, 'enrolments', ?, 0)`, g.ID, g.Winner)
}

// partEnrolment ends the enrolment that the winner had of the loser.
func (t *tx) partEnrolment(ctx context.Context, g merge) error {
	_, err := t.exec(ctx, `
		DELETE FROM enrolments
		WHERE customer_id = ? AND customer_id IN (SELECT row_id FROM merged_rows WHERE merge_id = ? AND changed = 'enrolments')`,
		g.Winner, g.ID)
	if err != nil {
		return fmt.Errorf("part enrolment: %w", err)
	}
	return nil
}
