package billing

import (
	"context"
	"time"

	"kontor/db/core"
)

// Simulate steps a clock through every instant at which something is due, up to
// the end, and does at each what the worker would have done then. The clock is
// the books' and the processor's, too. Each calls tell, if there is one, with
// the runs of an instant.
func (w *Worker) Simulate(ctx context.Context, until time.Time, set func(time.Time), tell func(time.Time, []core.Run) error) error {
	for stood := 0; ; {
		at, err := w.books.NextWork(ctx, system)
		if err != nil {
			return err
		}
		if at.IsZero() || at.After(until) {
			return nil
		}
		if now := w.o.Now(); at.Before(now) {
			at = now
			if stood++; stood > 2 {
				return errStands
			}
		} else {
			stood = 0
		}
		set(at)
		runs, err := w.Pass(ctx)
		if err != nil {
			return err
		}
		if tell != nil {
			if err := tell(at, runs); err != nil {
				return err
			}
		}
	}
}
