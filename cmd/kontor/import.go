package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"kontor/db"
	"kontor/db/core"
	"kontor/views"
)

const importUsage = `FILE

Imports customers from FILE, or from standard input where that is -: a table
(CSV) with a header, its cells separated by commas, semicolons, tabs or bars,
or JSON objects, one a line (.ndjson, .jsonl). It first says which column goes
where. A row is of the customer that has its reference, else of the only one
that has its e-mail address, else of a new one. Cells that are empty or hold
NULL, N/A or - leave their fields alone, so that the same file changes nothing
when it is imported again. Rows that break a rule are written to another file,
with the line and the reason; corrected there, they can be imported from it.
`

func cmdImport(ctx context.Context, env environment, args []string) (err error) {
	fs, c := flagsOf(env, "import customers", importUsage)
	o := importOptions{said: map[string]string{}}
	fs.Int64Var(&o.merchant, "merchant", 0, "the `number` of the merchant whose customers they are")
	fs.Func("map", "which column goes to which field, as in `A=email,B=billing.city`; A= drops a column", o.readMap)
	fs.BoolVar(&o.dry, "dry-run", false, "tell what an import would do, and do nothing")
	fs.StringVar(&o.rejects, "rejects", "", "the `file` for refused rows; FILE.rejected.csv or .ndjson by default")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) != 1:
		return misuse("takes one FILE, or - for standard input")
	case o.merchant <= 0:
		return misuse("say whose customers they are: -merchant")
	}
	o.name = rest[0]
	in, err := openInput(ctx, env, o.name)
	if err != nil {
		return err
	}
	defer in.Close()
	if isFile(in, o.rejects) { // its other rows would be gone
		return misuse("-rejects is the file that is imported; name another")
	}
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	// The import is known by a number, as its customers are.
	o.batch, _ = core.NewIDs(c.Node).Next(time.Now())
	return importCustomers(ctx, env, store, in, o)
}

// openInput opens a file that can be read from its beginning again.
func openInput(ctx context.Context, env environment, name string) (*os.File, error) {
	if name == "-" {
		return spool(ctx, env.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder", name)
	case !info.Mode().IsRegular(): // a pipe is read once
		copied, e := spool(ctx, f)
		f.Close()
		return copied, e
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// isFile reports whether f is the file at path.
func isFile(f *os.File, path string) bool {
	is, err := f.Stat()
	if err != nil || path == "" {
		return false
	}
	other, err := os.Stat(path)
	return err == nil && os.SameFile(is, other)
}

type importOptions struct {
	name     string // of the file; - is standard input
	merchant int64
	batch    int64
	said     map[string]string // column to field
	dry      bool
	rejects  string
}

// readMap reads a -map flag. A pair in quotes can hold a comma.
func (o *importOptions) readMap(text string) error {
	pairs, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil && err != io.EOF {
		return errors.New("write it as A=email,B=billing.city")
	}
	for _, pair := range pairs {
		i := strings.LastIndexByte(pair, '=')
		if i <= 0 {
			return fmt.Errorf("%q is not COLUMN=field", pair)
		}
		o.said[strings.TrimSpace(pair[:i])] = strings.TrimSpace(pair[i+1:])
	}
	return nil
}

func (o importOptions) rejectsPath(f *core.ImportFile) string {
	ext := ".rejected.csv"
	if f.JSON {
		ext = ".rejected.ndjson"
	}
	name := o.name
	if name == "-" {
		name = "import"
	}
	return cmp.Or(o.rejects, name+ext)
}

// importCustomers imports a file of customers. It fails when no row went in,
// and when it could not go on to the end; refused rows are no failure.
func importCustomers(ctx context.Context, env environment, store *db.Store, in io.ReadSeeker, o importOptions) (err error) {
	by := core.System(o.merchant)
	by.Batch = o.batch
	if _, err := store.Merchant(ctx, by); err != nil {
		return plainly(err, fmt.Sprintf("merchant %d", o.merchant))
	}
	f, err := core.ReadImport(in, o.name)
	if err != nil {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	m, err := core.MapColumns(f.Header, o.said)
	if err != nil {
		err = fmt.Errorf("%s: %w; say otherwise with -map", o.name, err)
		if len(o.said) > 0 {
			return usageError{error: err}
		}
		return err
	}
	m.JSON = f.JSON
	tellMapping(env.Stderr, o, f, m)
	if !m.MapsAny() {
		return fmt.Errorf("%s: no column has a name that is known; -map tells what they are", o.name)
	}
	r, err := createRejects(o.rejectsPath(f), f)
	if err != nil {
		return err
	}
	defer func() {
		if e := r.close(); err == nil {
			err = e
		}
	}()
	run := &importRun{env: env, store: store, by: by, file: f, mapping: m, rejects: r, first: map[string]int{}}
	if o.dry {
		keys, err := f.Keys(m)
		if err != nil {
			return err
		}
		run.trial = db.NewImportTrial(keys)
	}
	err = run.all(ctx)
	run.tell(o)
	if err == nil && run.counts[core.RowRefused] == f.Rows {
		err = errors.New("no row could be imported")
	}
	return err
}

// tellMapping says what goes where, before anything does.
func tellMapping(w io.Writer, o importOptions, f *core.ImportFile, m core.Mapping) {
	fmt.Fprintf(w, "%s: %d rows\n", o.name, f.Rows)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for i, c := range m.Columns {
		name := cmp.Or(visible(c.Name), fmt.Sprintf("(column %d)", i+1))
		switch {
		case c.Field != "":
			fmt.Fprintf(t, "  %s\tto %s\n", name, visible(c.Field))
		case c.Ours:
			fmt.Fprintf(t, "  %s\tignored: Kontor's own\n", name)
		default:
			fmt.Fprintf(t, "  %s\tdropped\n", name)
		}
	}
	t.Flush()
	if !m.Maps("reference") && !m.Maps("email") {
		fmt.Fprintln(w, "No column is a reference or an e-mail address, so every row adds a customer, and would again.")
	}
}

// visible is the beginning of a text, without what moves a terminal's cursor.
func visible(text string) string {
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7f && r < 0xa0) {
			return '�'
		}
		return r
	}, text)
}

// An importRun is an import under way.
type importRun struct {
	env     environment
	store   *db.Store
	by      core.Actor
	file    *core.ImportFile
	mapping core.Mapping
	rejects *rejectsFile
	trial   *db.ImportTrial // nil when it is no trial

	counts [core.RowRefused + 1]int
	first  map[string]int // line of the first row refused, by reason
	order  []string       // of reasons, as met
	times  []int          // how often each was met
}

// all imports every row of the file, in their order.
func (r *importRun) all(ctx context.Context) error {
	what := "Importing"
	if r.trial != nil {
		what = "Trying"
	}
	bar := progress(r.env.Stderr, int64(r.file.Rows), what)
	defer bar.Finish()
	return r.file.Batches(0, func(rows []core.FileRow) error {
		if err := r.batch(ctx, rows); err != nil {
			return err
		}
		return bar.Add(len(rows))
	})
}

// batch imports some rows and writes down those refused.
func (r *importRun) batch(ctx context.Context, rows []core.FileRow) error {
	results, err := r.mapping.Import(rows, func(sound []core.ImportRow) ([]core.ImportResult, error) {
		if r.trial != nil {
			return r.store.TryImport(ctx, r.by, r.trial, sound)
		}
		return r.store.ImportCustomers(ctx, r.by, sound)
	})
	for i, result := range results {
		r.counts[result.Outcome]++
		if result.Outcome != core.RowRefused {
			continue
		}
		reason := views.RowComplaint(result.Err)
		r.note(rows[i], reason)
		if err := r.rejects.add(rows[i], reason); err != nil {
			return err
		}
	}
	return err
}

func (r *importRun) note(row core.FileRow, reason string) {
	if _, met := r.first[reason]; !met {
		if len(r.order) == maxReasons {
			return
		}
		r.first[reason] = len(r.order)
		r.order, r.times = append(r.order, fmt.Sprintf("line %d: %s", row.Line, visible(reason))), append(r.times, 0)
	}
	r.times[r.first[reason]]++
}

// maxReasons is how many different reasons are told; the file of refused rows
// has them all.
const maxReasons = 10

// tell says what became of the rows.
func (r *importRun) tell(o importOptions) {
	for i, reason := range r.order {
		fmt.Fprint(r.env.Stderr, reason)
		if n := r.times[i]; n > 1 {
			fmt.Fprintf(r.env.Stderr, " (and %d more)", n-1)
		}
		fmt.Fprintln(r.env.Stderr)
	}
	would := ""
	if r.trial != nil {
		would = "would be "
	}
	fmt.Fprintf(r.env.Stdout, "%s%d added, %d updated, %d unchanged, %d refused\n", would,
		r.counts[core.RowAdded], r.counts[core.RowUpdated], r.counts[core.RowUnchanged], r.counts[core.RowRefused])
	if r.rejects.rows > 0 {
		fmt.Fprintf(r.env.Stderr, "The refused rows are in %s.\n", filepath.Clean(r.rejects.path))
	}
	if done := r.counts[core.RowAdded] + r.counts[core.RowUpdated] + r.counts[core.RowUnchanged] + r.counts[core.RowRefused]; done < r.file.Rows {
		fmt.Fprintf(r.env.Stderr, "%d rows were not reached. What went in stays.\n", r.file.Rows-done)
	}
}
