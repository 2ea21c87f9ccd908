package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"kontor/db/core"
)

// A floor answers with the rows that Kontor's answers are made of, as plain
// text: database/sql, prepared statements and net/http, and nothing else. It
// opens a file as Kontor does: the same pragmas, one connection that writes and
// four that read; and PostgreSQL with as many connections. What each handler runs stands with it: see [floor.list]
// and [floor.customer] for pages, [floor.record] and [floor.records] for APIs, [floor.find] for exact jumps,
// [floor.save], [floor.create] and [floor.people] for what writes.
//
// What it leaves out is the session or the signature, looking anything up
// twice, rules, pages and JSON. What Kontor remembers and does not ask for
// again, such as which lists are long, it does not ask for either.
type floor struct {
	ctx         context.Context // of the process; statements are prepared with it
	postgres    bool
	read, write *sql.DB
	statements  map[string]*sql.Stmt // by text
	ids         *core.IDs
	long        sync.Map // lists that were counted and have more than that
}

// floorReaders are the connections that read a SQLite file, and floorConnections
// those to PostgreSQL, as many as Kontor has.
const (
	floorReaders     = 4
	floorConnections = 24
)

// serveFloor is the process of the floors.
func serveFloor(ctx context.Context, path string) error {
	f := &floor{ctx: ctx, postgres: strings.Contains(path, "://"), statements: map[string]*sql.Stmt{}, ids: core.NewIDs(core.MaxNode)}
	if err := f.open(path); err != nil {
		return err
	}
	defer f.write.Close()
	defer f.read.Close()
	if err := f.prepare(); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /list/{name}", answer(f.list))
	mux.Handle("GET /customer", answer(f.customer))
	mux.Handle("GET /record", answer(f.record))
	mux.Handle("GET /records/{name}", answer(f.records))
	mux.Handle("GET /find/{by}", answer(f.find))
	mux.Handle("GET /payments/{name}", answer(f.payments))
	mux.Handle("GET /overview", answer(f.overview))
	mux.Handle("POST /save", answer(f.save))
	mux.Handle("POST /create", answer(f.create))
	mux.Handle("POST /people", answer(f.people))
	return serveHTTP(ctx, mux)
}

// open opens the database as Kontor does.
func (f *floor) open(path string) (err error) {
	if f.postgres {
		if f.read, err = sql.Open("pgx", path); err != nil {
			return err
		}
		f.read.SetMaxOpenConns(floorConnections)
		f.read.SetMaxIdleConns(floorConnections)
		f.write = f.read
		return nil
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=case_sensitive_like(1)&_pragma=temp_store(memory)"
	if f.write, err = sql.Open("sqlite", file+"&_pragma=cache_size(-32768)&_txlock=immediate"); err != nil {
		return err
	}
	f.write.SetMaxOpenConns(1)
	if f.read, err = sql.Open("sqlite", file+"&_pragma=cache_size(-16384)&_pragma=query_only(1)"); err != nil {
		return err
	}
	f.read.SetMaxOpenConns(floorReaders)
	f.read.SetMaxIdleConns(floorReaders)
	return nil
}

func (f *floor) prepare() error {
	for _, q := range reads {
		if err := f.add(f.read, q.text); err != nil {
			return err
		}
	}
	if !f.postgres { // charging is measured on SQLite
		for _, q := range paymentReads() {
			if err := f.add(f.read, q.text); err != nil {
				return err
			}
		}
	}
	for _, l := range lists {
		if l.sqlite && f.postgres {
			continue
		}
		for _, q := range []query{l.page(), l.count(), l.records(), l.everybody()} {
			if err := f.add(f.read, q.text); err != nil {
				return err
			}
		}
	}
	if !f.postgres {
		if err := f.add(f.read, countWords.text); err != nil {
			return err
		}
	}
	// The connection that writes reads as well: a text of its own, as each
	// statement belongs to the pool that prepared it.
	for _, text := range append(writes, toSave) {
		if f.postgres && sqliteOnly[text] {
			continue
		}
		if err := f.add(f.write, text); err != nil {
			return err
		}
	}
	return nil
}

func (f *floor) add(db *sql.DB, text string) error {
	prepared := text
	if f.postgres {
		prepared = hideLimits(dialect(text, true))
	}
	st, err := db.PrepareContext(f.ctx, prepared)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", text, err)
	}
	f.statements[text] = st
	return nil
}

var limitForm = regexp.MustCompile(`LIMIT (\d+)`)

// hideLimits keeps limits from PostgreSQL's planner, to which Kontor binds them:
// where it sees a small one it runs along all customers for a merchant of few.
func hideLimits(text string) string { return limitForm.ReplaceAllString(text, "LIMIT (SELECT $1)") }

// answer adapts a floor's handler.
func answer(h func(w *bufio.Writer, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf := bufio.NewWriterSize(w, 32<<10)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err := h(buf, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		buf.Flush() // if this fails the asker has gone
	})
}

// each runs a statement and calls what for each row, which is valid until it
// returns. Columns are scanned into what they hold, as a program would, and not
// into whatever comes.
func (f *floor) each(ctx context.Context, q query, what func(*record), args ...any) error {
	rows, err := f.statements[q.text].QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	r := newRecord(q)
	for rows.Next() {
		if err := rows.Scan(r.at...); err != nil {
			return err
		}
		what(r)
	}
	return rows.Err()
}

// rows runs a statement, prints up to show of the rows, and returns how many
// there were, and the first number of each that was printed.
func (f *floor) rows(ctx context.Context, w *bufio.Writer, show int, q query, args ...any) (n int, ids []int64, err error) {
	err = f.each(ctx, q, func(r *record) {
		if n++; n > show {
			return
		}
		r.print(w)
		if len(r.numbers) > 0 {
			ids = append(ids, r.numbers[0])
		}
	}, args...)
	return n, ids, err
}

// A record is a row that is read into.
type record struct {
	query
	numbers []int64
	texts   []string
	at      []any // pointers to them, in the order of the columns
}

func newRecord(q query) *record {
	r := &record{query: q, at: make([]any, len(q.row))}
	r.numbers = make([]int64, strings.Count(q.row, "i"))
	r.texts = make([]string, strings.Count(q.row, "s"))
	numbers, texts := 0, 0
	for i, kind := range q.row {
		if kind == 'i' {
			r.at[i] = &r.numbers[numbers]
			numbers++
		} else {
			r.at[i] = &r.texts[texts]
			texts++
		}
	}
	return r
}

// print writes the row on a line, with tabs between its values.
func (r *record) print(w *bufio.Writer) {
	w.WriteString(r.prints)
	for _, n := range r.numbers {
		w.WriteByte('\t')
		w.Write(strconv.AppendInt(w.AvailableBuffer(), n, 10))
	}
	for _, s := range r.texts {
		w.WriteByte('\t')
		w.WriteString(s)
	}
	w.WriteByte('\n')
}

// keys are the last columns of selectCustomer.
func (r *record) keys() (search, email, emailKey, phone, phoneKey, nameKey, postcodeKey string) {
	k := r.texts[len(r.texts)-7:]
	return k[0], k[1], k[2], k[3], k[4], k[5], k[6]
}

// noLimit prints all that is read.
const noLimit = 1 << 30
