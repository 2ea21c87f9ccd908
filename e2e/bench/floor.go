package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"kontor/db/core"
)

// A floor answers with the rows that Kontor's pages are made of, as plain
// text: database/sql, prepared statements and net/http, and nothing else. It
// opens the file as Kontor does: the same pragmas, one connection that writes
// and four that read.
//
// GET /list/NAME runs
//
//   - the merchant by its number
//   - the list's own statement (see lists): 51 rows, of which 50 are shown and
//     one tells that there are more
//   - with all=1 the count of the list, up to 1,001
//
// GET /customer runs
//
//   - the merchant, the customer's row, its addresses, metadata and notes, and
//     the newest 21 events with their values
//   - with all=1 what was undone, and the living customers with the same
//     e-mail address, phone number, or name and postcode
//
// POST /save reads the customer's row and writes, in one durable transaction,
// the row with another e-mail address, its words in the trigram table, the
// event and its values before and after. POST /create writes the customer, its
// address, its words and the event likewise.
//
// What it leaves out is the session, looking anything up twice, rules, pages.
type floor struct {
	ctx         context.Context // of the process; statements are prepared with it
	read, write *sql.DB
	statements  map[string]*sql.Stmt // by text
	ids         *core.IDs
}

// toSave is selectCustomer as the connection that writes has it.
var toSave = selectCustomer.text + ` AND deleted_at = 0`

// floorReaders are the connections that read, as many as Kontor has.
const floorReaders = 4

// serveFloor is the process of the floors.
func serveFloor(ctx context.Context, path string) error {
	file := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=case_sensitive_like(1)&_pragma=temp_store(memory)"
	write, err := sql.Open("sqlite", file+"&_pragma=cache_size(-32768)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer write.Close()
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", file+"&_pragma=cache_size(-16384)&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer read.Close()
	read.SetMaxOpenConns(floorReaders)
	read.SetMaxIdleConns(floorReaders)
	f := &floor{ctx: ctx, read: read, write: write, statements: map[string]*sql.Stmt{}, ids: core.NewIDs(core.MaxNode)}
	if err := f.prepare(); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("GET /list/{name}", answer(f.list))
	mux.Handle("GET /customer", answer(f.customer))
	mux.Handle("POST /save", answer(f.save))
	mux.Handle("POST /create", answer(f.create))
	return serveHTTP(ctx, mux)
}

func (f *floor) prepare() error {
	for _, q := range reads {
		if err := f.add(f.read, q.text); err != nil {
			return err
		}
	}
	for _, l := range lists {
		for _, q := range []query{l.page(), l.count()} {
			if err := f.add(f.read, q.text); err != nil {
				return err
			}
		}
	}
	// The connection that writes reads as well: a text of its own, as each
	// statement belongs to the pool that prepared it.
	for _, text := range append(writes, toSave) {
		if err := f.add(f.write, text); err != nil {
			return err
		}
	}
	return nil
}

func (f *floor) add(db *sql.DB, text string) error {
	st, err := db.PrepareContext(f.ctx, text)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", text, err)
	}
	f.statements[text] = st
	return nil
}

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

// rows runs a statement and prints up to show of the rows. Columns are scanned
// into what they hold, as a program would, and not into whatever comes.
func (f *floor) rows(ctx context.Context, w *bufio.Writer, show int, q query, args ...any) (*record, error) {
	rows, err := f.statements[q.text].QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	r := newRecord(q)
	for n := 0; rows.Next(); n++ {
		if err := rows.Scan(r.at...); err != nil {
			return nil, err
		}
		if n < show {
			r.print(w)
		}
	}
	return r, rows.Err()
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
func (r *record) keys() (search, email, emailKey, phoneKey, nameKey, postcodeKey string) {
	k := r.texts[len(r.texts)-6:]
	return k[0], k[1], k[2], k[3], k[4], k[5]
}

// noLimit prints all that is read.
const noLimit = 1 << 30

func (f *floor) list(w *bufio.Writer, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	l, ok := lists[r.PathValue("name")]
	if !ok {
		return fmt.Errorf("no list %q", r.PathValue("name"))
	}
	args, err := l.args(q["a"])
	if err != nil {
		return err
	}
	merchant, err := strconv.ParseInt(q.Get("m"), 10, 64)
	if err != nil {
		return err
	}
	if _, err := f.rows(ctx, w, noLimit, selectMerchant, merchant); err != nil {
		return err
	}
	if q.Get("all") != "" {
		if _, err := f.rows(ctx, w, noLimit, l.count(), args[:l.counted()]...); err != nil {
			return err
		}
	}
	_, err = f.rows(ctx, w, pageSize, l.page(), args...)
	return err
}

func (f *floor) customer(w *bufio.Writer, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	merchant, err := strconv.ParseInt(q.Get("m"), 10, 64)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(q.Get("id"), 10, 64)
	if err != nil {
		return err
	}
	c, err := f.rows(ctx, w, noLimit, selectCustomer, id, merchant)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		query query
		show  int
		args  []any
	}{
		{selectMerchant, noLimit, []any{merchant}},
		{selectAddresses, noLimit, []any{id, merchant}},
		{selectMetadata, noLimit, []any{id, merchant}},
		{selectNotes, noLimit, []any{id, merchant, 0}},
		{selectEvents, timelineSize, []any{id, merchant, int64(1<<63 - 1), `["staff_only"]`}},
	} {
		if _, err := f.rows(ctx, w, part.show, part.query, part.args...); err != nil {
			return err
		}
	}
	if q.Get("all") == "" {
		return nil
	}
	if _, err := f.rows(ctx, w, noLimit, selectUndone, id, merchant); err != nil {
		return err
	}
	_, _, email, phone, name, postcode := c.keys()
	for _, same := range []struct {
		query query
		keys  []any
	}{
		{selectSameEmail, []any{email}},
		{selectSamePhone, []any{phone}},
		{selectSameName, []any{name, postcode}},
	} {
		if slices.Contains(same.keys, "") {
			continue
		}
		args := append([]any{merchant, id}, same.keys...)
		if _, err := f.rows(ctx, w, noLimit, same.query, args...); err != nil {
			return err
		}
	}
	return nil
}

// transact runs do in one durable transaction.
func (f *floor) transact(ctx context.Context, do func(*sql.Tx) error) error {
	t, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after Commit
	if err := do(t); err != nil {
		return err
	}
	return t.Commit()
}

// exec runs prepared statements of the transaction one after the other.
func (f *floor) exec(ctx context.Context, t *sql.Tx, steps ...step) error {
	for _, s := range steps {
		if _, err := t.StmtContext(ctx, f.statements[s.text]).ExecContext(ctx, s.args...); err != nil {
			return fmt.Errorf("%s: %w", s.text, err)
		}
	}
	return nil
}

// A step is a statement that writes, with its values.
type step struct {
	text string
	args []any
}

// save gives a customer another e-mail address.
func (f *floor) save(w *bufio.Writer, r *http.Request) error {
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if err != nil {
		return err
	}
	merchant, err := strconv.ParseInt(r.PostFormValue("m"), 10, 64)
	if err != nil {
		return err
	}
	ctx, email, now := r.Context(), r.PostFormValue("email"), time.Now().UnixMilli()
	err = f.transact(ctx, func(t *sql.Tx) error {
		c := newRecord(selectCustomer)
		if err := t.StmtContext(ctx, f.statements[toSave]).QueryRowContext(ctx, id, merchant).Scan(c.at...); err != nil {
			return err
		}
		version := c.numbers[1]
		search, was, _, _, _, _ := c.keys()
		search = strings.ReplaceAll(search, " "+was+fieldEnd, " "+email+fieldEnd)
		event, _ := f.ids.Next(time.Now())
		return f.exec(ctx, t,
			step{updateCustomer, []any{email, email, search, version + 1, now, id, merchant, version}},
			step{updateWords, []any{marked(merchant, search), id}},
			step{insertEvent, []any{event, merchant, now, "customer.updated", id, id, version + 1, `["email"]`}},
			step{insertValues, []any{event, id, `{"email":"` + was + `"}`, `{"email":"` + email + `"}`}})
	})
	fmt.Fprintln(w, "saved")
	return err
}

// create adds a customer with an address.
func (f *floor) create(w *bufio.Writer, r *http.Request) error {
	merchant, err := strconv.ParseInt(r.PostFormValue("m"), 10, 64)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), r.PostFormValue
	id, at := f.ids.Next(time.Now())
	event, _ := f.ids.Next(at)
	address, _ := f.ids.Next(at)
	now := at.UnixMilli()
	name := core.Fold(v("first_name") + " " + v("last_name"))
	phone, city := core.Digits(v("phone")), core.Fold(v("city"))
	search := joined(name, core.Fold(v("company")), v("email"), v("phone"), phone, city)
	err = f.transact(ctx, func(t *sql.Tx) error {
		return f.exec(ctx, t,
			step{insertCustomer, []any{
				id, merchant, "page", 1, now, now, 0, "", "", "", v("first_name"), v("last_name"), v("company"), "", v("email"), "",
				v("phone"), "+" + phone, "", "", "", "", "", "",
				v("city"), v("country"), core.Fold(v("last_name") + " " + v("first_name")), name, core.Fold(v("first_name")),
				core.Fold(v("last_name")), core.Fold(v("company")), v("email"), phone, "", "", "", city, v("postcode"), search,
			}},
			step{insertWords, []any{marked(merchant, search), id}},
			step{insertAddress, []any{address, merchant, id, v("street"), v("postcode"), v("city"), v("country"), core.Fold(v("street"))}},
			step{insertEvent, []any{event, merchant, now, "customer.created", id, id, 1, `[]`}})
	})
	fmt.Fprintln(w, "created", id)
	return err
}
