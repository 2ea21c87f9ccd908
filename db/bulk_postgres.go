package db

import (
	"context"
	"fmt"
)

// A learner has PostgreSQL look again at tables that a job fills. What it knows
// of a table it learnt when it last looked, which it does about once a minute; of
// one that was nearly empty then it would read all rows, in place of a few along
// an index, for each batch.
type learner struct {
	s    *Store
	next int // after how many new customers it is to look again
}

// learnFrom is how many new customers are too few to matter.
const learnFrom = 1000

// learn looks again where there are twice as many customers as PostgreSQL knows
// of, having been told how many the job has added.
func (l *learner) learn(ctx context.Context, added int) error {
	if !l.s.postgres || added < max(l.next, learnFrom) {
		return nil
	}
	l.next = 2 * added
	var known float64
	err := l.s.write.db.GetContext(ctx, &known, `SELECT reltuples FROM pg_class WHERE oid = 'customers'::regclass`)
	if err == nil && float64(added) > known {
		_, err = l.s.write.db.ExecContext(ctx, `ANALYZE customers, addresses, metadata, duplicates`)
	}
	if err != nil {
		return fmt.Errorf("analyze: %w", classify(err))
	}
	return nil
}
