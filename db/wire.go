package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// A wire is a connection to PostgreSQL on which statements go together. One
// that goes alone is a way to the server and back, and to be woken at both ends
// costs three times what it takes to find a row by its key. The connection is
// one of database/sql's, and lent.
type wire struct {
	conn   *pgx.Conn
	queue  []queued
	failed error // after which nothing is sent any more, see send
}

// A queued statement goes with the next that somebody waits for.
type queued struct {
	read
	what    string       // one that writes does; "" for one that reads
	reached *int64       // is told how many rows it reached, unless nil
	reach   int64        // how many it must reach, or -1
	then    func() error // is called when a read is done, unless nil
}

// onWire calls do with a connection of the pool. One that is then broken, or
// still in a transaction, is closed and not used again. Where it had been closed
// before do could send anything, do is called again, with another.
func (p *pool) onWire(ctx context.Context, do func(*wire) error) error {
	err := p.onWireOnce(ctx, do)
	for try := 0; try < staleConns && err != nil && pgconn.SafeToRetry(err) && ctx.Err() == nil; try++ {
		err = p.onWireOnce(ctx, do)
	}
	return err
}

// staleConns is how many closed connections in a row are passed over.
const staleConns = 2

func (p *pool) onWireOnce(ctx context.Context, do func(*wire) error) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	var result error
	err = conn.Raw(func(d any) error {
		w := &wire{conn: d.(*stdlib.Conn).Conn()}
		result = do(w)
		if w.conn.IsClosed() || w.conn.PgConn().TxStatus() != 'I' {
			return driver.ErrBadConn
		}
		return nil
	})
	if result == nil && !errors.Is(err, driver.ErrBadConn) {
		result = classify(err)
	}
	return result
}

// readBriefly carries out reads that are over soon (see [briefly]): the
// connection itself has a time limit, in place of somebody who watches.
func (p *pool) readBriefly(ctx context.Context, reads ...read) error {
	if g := p.gatheringOf(ctx); g != nil {
		return g.read(reads)
	}
	return p.readBrieflyAlone(ctx, reads...)
}

func (p *pool) readBrieflyAlone(ctx context.Context, reads ...read) error {
	if b, ok := ctx.(brief); ok {
		ctx = b.watched
	}
	waiting, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return p.onWire(waiting, func(w *wire) error {
		limits := w.conn.PgConn().Conn()
		if err := limits.SetDeadline(time.Now().Add(queryTimeout)); err != nil {
			return classify(err)
		}
		defer limits.SetDeadline(time.Time{})
		return w.send(context.WithoutCancel(ctx), reads...)
	})
}

// send sends what is queued and the reads, and waits for all of it. It fails as
// the first of them that did, and once it has failed it fails always, as a
// transaction does: whoever overlooked that can keep nothing.
func (w *wire) send(ctx context.Context, reads ...read) error {
	all := w.queue
	for _, r := range reads {
		if !r.alike {
			all = append(all, queued{read: r, reach: -1})
			continue
		}
		all = append(all,
			queued{read: read{query: `SET plan_cache_mode = force_generic_plan`}, what: "plan once", reach: -1},
			queued{read: r, reach: -1},
			queued{read: read{query: `RESET plan_cache_mode`}, what: "plan as before", reach: -1}) // undone, too, where the query fails
	}
	w.queue = nil
	if len(all) == 0 || w.failed != nil {
		return w.failed
	}
	var b pgx.Batch
	for _, q := range all {
		b.Queue(rebound(q.query), q.args...)
	}
	results := w.conn.SendBatch(ctx, &b)
	for i := range all {
		if w.failed = all[i].outcome(results); w.failed != nil {
			results.Close()
			return w.failed
		}
	}
	w.failed = classify(results.Close())
	return w.failed
}

// outcome reads what became of a statement.
func (q *queued) outcome(results pgx.BatchResults) error {
	if q.what != "" {
		tag, err := results.Exec()
		if err != nil {
			return fmt.Errorf("%s: %w", q.what, classify(err))
		}
		if q.reached != nil {
			*q.reached = tag.RowsAffected()
		}
		if q.reach >= 0 && tag.RowsAffected() != q.reach {
			return errAgain
		}
		return nil
	}
	rows, err := results.Query()
	if err == nil {
		err = q.take(rows)
	}
	if err == nil && q.then != nil {
		return q.then()
	}
	return classify(err)
}

// take reads the rows of a read, as sqlx does.
func (r read) take(rows pgx.Rows) error {
	defer rows.Close()
	if r.scan != nil {
		for rows.Next() {
			if err := r.scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	dest := reflect.ValueOf(r.dest).Elem()
	into := dest.Addr()
	if r.one {
		into = reflect.New(reflect.SliceOf(dest.Type()))
	}
	var err error
	if element := into.Type().Elem().Elem(); isValue(element) {
		err = takeValues(rows, into.Elem(), element)
	} else {
		err = sqlx.StructScan(wireRows{rows}, into.Interface())
	}
	if err == nil && r.one && into.Elem().Len() > 0 {
		dest.Set(into.Elem().Index(0))
		if r.found != nil {
			*r.found = true
		}
	}
	return err
}

// takeValues appends the one column of rows to a slice.
func takeValues(rows pgx.Rows, to reflect.Value, element reflect.Type) error {
	for rows.Next() {
		v := reflect.New(element)
		if err := rows.Scan(v.Interface()); err != nil {
			return err
		}
		to.Set(reflect.Append(to, v.Elem()))
	}
	return rows.Err()
}

var scanner = reflect.TypeFor[sql.Scanner]()

// isValue reports whether a column goes into t, and not a row.
func isValue(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(scanner)
}

// wireRows are pgx's rows as sqlx takes them.
type wireRows struct{ pgx.Rows }

func (r wireRows) Close() error {
	r.Rows.Close()
	return r.Err()
}

func (r wireRows) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}

// begin queues what begins a transaction.
func (w *wire) begin() {
	w.queue = append(w.queue, queued{read: read{query: "begin"}, what: "begin", reach: -1})
}

// write queues a statement that writes.
func (w *wire) write(what, query string, args []any, reach int64) {
	w.queue = append(w.queue, queued{read: read{query: query, args: args}, what: what, reach: reach})
}

// ahead queues a read, and what is to be done when it is there.
func (w *wire) ahead(r read, then func() error) {
	w.queue = append(w.queue, queued{read: r, reach: -1, then: then})
}

// awaits reports whether reads are queued.
func (w *wire) awaits() bool {
	return slices.ContainsFunc(w.queue, func(q queued) bool { return q.then != nil })
}

// exec sends a statement that writes, and returns how many rows it reached.
func (w *wire) exec(ctx context.Context, query string, args []any) (n int64, err error) {
	w.queue = append(w.queue, queued{read: read{query: query, args: args}, what: "write", reached: &n, reach: -1})
	err = w.send(ctx)
	return n, err
}

// define runs statements without values, which change the schema and are not
// run again.
func (w *wire) define(ctx context.Context, statements string) error {
	if err := w.send(ctx); err != nil {
		return err
	}
	_, err := w.conn.Exec(ctx, statements)
	w.failed = classify(err)
	return w.failed
}

// commit sends what is queued, and that all of it is to be kept. What might
// yet be a reason not to is waited for before that.
func (w *wire) commit(ctx context.Context) error {
	if w.failed != nil || w.idle() {
		return w.failed
	}
	if slices.ContainsFunc(w.queue, func(q queued) bool { return q.reach >= 0 || q.then != nil }) {
		if err := w.send(ctx); err != nil {
			return err
		}
	}
	w.queue = append(w.queue, queued{read: read{query: "commit"}, what: "commit", reach: -1})
	err := w.send(ctx)
	var said *pgconn.PgError
	if err == nil || errors.As(err, &said) && said.SeverityUnlocalized == "ERROR" {
		return err // the server goes on, and has kept nothing
	}
	return commitError(err)
}

// checks carries out the reads that are queued and were to be looked at before
// anything else, and fails as they do.
func (w *wire) checks(ctx context.Context) error {
	var only []queued
	for i, q := range w.queue {
		if q.then != nil || (i == 0 && q.query == "begin") {
			only = append(only, q)
		}
	}
	w.queue = only
	if len(only) == 0 || only[len(only)-1].then == nil {
		return nil
	}
	return w.send(ctx)
}

// idle reports whether the transaction has not done anything.
func (w *wire) idle() bool {
	return len(w.queue) <= 1 && w.conn.PgConn().TxStatus() == 'I'
}

// rollback undoes what was done. Where it cannot, the connection is closed with
// the transaction in it.
func (w *wire) rollback(ctx context.Context) {
	w.queue = nil
	if w.conn.IsClosed() || w.conn.PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	w.conn.Exec(ctx, "rollback")
}

const rollbackTimeout = 5 * time.Second

// texts are those of queries as PostgreSQL has them, by those with ?.
var texts = struct {
	sync.RWMutex
	of map[string]string
}{of: map[string]string{}}

// rebound is a query as PostgreSQL has it.
func rebound(query string) string {
	texts.RLock()
	text, ok := texts.of[query]
	texts.RUnlock()
	if ok {
		return text
	}
	text = sqlx.Rebind(sqlx.DOLLAR, query)
	texts.Lock()
	defer texts.Unlock()
	if len(texts.of) < maxStatements {
		texts.of[query] = text
	}
	return text
}
