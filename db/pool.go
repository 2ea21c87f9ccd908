package db

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// A querier runs queries: a pool outside any transaction, or a transaction.
// Texts have ? for every value.
type querier interface {
	// get reads the one row of a query into dest; sql.ErrNoRows when there is none.
	get(ctx context.Context, dest any, query string, args ...any) error
	// all reads every row into dest, a pointer to a slice.
	all(ctx context.Context, dest any, query string, args ...any) error
	// each calls scan for every row; it must not query within.
	each(ctx context.Context, scan func(row) error, query string, args ...any) error
	// reads carries out reads that need nothing of each other and are over soon
	// (see [briefly]), on PostgreSQL in one way to the server and back.
	reads(ctx context.Context, reads ...read) error
}

// queryTimeout bounds a read, so that one unlucky search neither holds a
// connection nor keeps the write-ahead log growing.
const queryTimeout = 10 * time.Second

// briefly marks queries that read a row by its key, or along an index no more
// than a page shows or a customer has. They are over before anybody can call
// them back, and so they run unwatched: to watch a query takes a timer and two
// goroutines, a twentieth of what a customer's page costs. To PostgreSQL, which
// a network may cut off, the connection has a time limit instead.
func briefly(ctx context.Context) context.Context {
	if _, ok := ctx.(brief); ok {
		return ctx
	}
	return brief{ctx}
}

type brief struct{ watched context.Context }

func (brief) Deadline() (time.Time, bool) { return time.Time{}, false }
func (brief) Done() <-chan struct{}       { return nil }
func (brief) Err() error                  { return nil }
func (b brief) Value(key any) any         { return b.watched.Value(key) }

// bounded returns the context in which the pool runs a query.
func (p *pool) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if b, ok := ctx.(brief); ok {
		if b.watched.Err() == nil {
			return ctx, func() {}
		}
		ctx = b.watched
	}
	return context.WithTimeout(ctx, queryTimeout)
}

// maxStatements bounds the prepared statements that a pool keeps. Searches
// make texts of many shapes; those past the bound are prepared each time.
const maxStatements = 500

// A pool is a database handle that prepares each text once.
type pool struct {
	db      *sqlx.DB
	prepare bool     // on SQLite; PostgreSQL's driver does so by itself
	history *History // whose transaction is read in place of db, else nil

	mu         sync.RWMutex
	statements map[string]*sqlx.Stmt

	saw func(query string, args []any) // of every statement, for tests; else nil
}

// look tells a test of a statement.
func (p *pool) look(query string, args []any) {
	if p.saw != nil {
		p.saw(query, args)
	}
}

func newPool(db *sqlx.DB, prepare bool) *pool {
	return &pool{db: db, prepare: prepare, statements: map[string]*sqlx.Stmt{}}
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, st := range p.statements {
		st.Close()
	}
	p.statements = map[string]*sqlx.Stmt{}
	return p.db.Close()
}

// prepared returns the prepared form of a text if there is one, and whether
// one is wanted.
func (p *pool) prepared(query string) (st *sqlx.Stmt, want bool) {
	if !p.prepare {
		return nil, false
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	st = p.statements[query]
	return st, st == nil && len(p.statements) < maxStatements
}

// statement returns the prepared form of a text, made if it is wanted, or nil
// where the text is to be run as it is.
func (p *pool) statement(ctx context.Context, query string) (*sqlx.Stmt, error) {
	st, want := p.prepared(query)
	if !want {
		return st, nil
	}
	made, err := p.db.PreparexContext(ctx, steady(query))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if st := p.statements[query]; st != nil { // somebody was quicker
		made.Close()
		return st, nil
	}
	p.statements[query] = made
	return made, nil
}

// steady hides the values of limits from SQLite's planner. Where it sees one it
// plans with the number that is bound, and prepares the statement anew each
// time that another is, or the same again: five times the cost of a look-up.
func steady(query string) string { return strings.ReplaceAll(query, "LIMIT ?", "LIMIT ? + 0") }

func (p *pool) get(ctx context.Context, dest any, query string, args ...any) error {
	if p.history != nil {
		return p.history.tx.get(ctx, dest, query, args...)
	}
	p.look(query, args)
	if p.onWires(ctx) {
		found := false
		err := p.readBriefly(ctx, read{query: query, args: args, dest: dest, one: true, found: &found})
		if err == nil && !found {
			err = sql.ErrNoRows
		}
		return err
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	st, err := p.statement(ctx, query)
	if err == nil && st != nil {
		err = st.GetContext(ctx, dest, args...)
	} else if err == nil {
		err = p.db.GetContext(ctx, dest, p.unprepared(query), args...)
	}
	return classify(err)
}

func (p *pool) all(ctx context.Context, dest any, query string, args ...any) error {
	if p.history != nil {
		return p.history.tx.all(ctx, dest, query, args...)
	}
	p.look(query, args)
	if p.onWires(ctx) {
		return p.readBriefly(ctx, allOf(dest, query, args...))
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	st, err := p.statement(ctx, query)
	if err == nil && st != nil {
		err = st.SelectContext(ctx, dest, args...)
	} else if err == nil {
		err = p.db.SelectContext(ctx, dest, p.unprepared(query), args...)
	}
	return classify(err)
}

func (p *pool) each(ctx context.Context, scan func(row) error, query string, args ...any) error {
	if p.history != nil {
		return p.history.tx.each(ctx, scan, query, args...)
	}
	p.look(query, args)
	if p.onWires(ctx) {
		return p.readBriefly(ctx, eachOf(scan, query, args...))
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	st, err := p.statement(ctx, query)
	var rows *sqlx.Rows
	if err == nil && st != nil {
		rows, err = st.QueryxContext(ctx, args...)
	} else if err == nil {
		rows, err = p.db.QueryxContext(ctx, p.unprepared(query), args...)
	}
	return scanEach(rows, err, scan)
}

func (p *pool) reads(ctx context.Context, reads ...read) error {
	if p.history != nil {
		return p.history.tx.reads(ctx, reads...)
	}
	if p.prepare {
		return oneByOne(briefly(ctx), p, reads)
	}
	for _, r := range reads {
		p.look(r.query, r.args)
	}
	return p.readBriefly(ctx, reads...)
}

// unprepared is a query as it is run where it is not prepared.
func (p *pool) unprepared(query string) string {
	if p.prepare {
		return query
	}
	return rebound(query)
}

// onWires reports whether a query goes to PostgreSQL unwatched.
func (p *pool) onWires(ctx context.Context) bool {
	_, ok := ctx.(brief)
	return ok && !p.prepare
}

// none reports whether err says that a row was not there.
func none(err error) bool { return err == sql.ErrNoRows }
