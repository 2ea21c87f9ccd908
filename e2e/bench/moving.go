package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"kontor/db/core"
	"kontor/views"
)

const (
	// movingName is how moving many customers in and out is asked for.
	movingName = "import and export"
	// imported is how many customers are brought in.
	imported = 100_000
	// exportFor bounds an export: how many a second there are shows before it ends.
	exportFor = 10 * time.Second
	// Beside all of it some read and some write, each so often.
	movingReaders, movingWriters = 2, 4
	readEvery, writeEvery        = 20 * time.Millisecond, 40 * time.Millisecond
)

// A moved is what came of taking customers out and bringing many in, while others
// read and write.
type moved struct {
	csv, ndjson mixed // of which the export is of interest
	checked     time.Duration
	ran         time.Duration
	imports     mixed
}

// move takes out customers of the merchant of many, for a while and as each kind
// of file, and brings new ones in by a file, as a person does with the pages.
func (a *askers) move(ctx context.Context) (*moved, error) {
	m := new(moved)
	for _, x := range []struct {
		format core.Format
		came   *mixed
	}{{core.CSV, &m.csv}, {core.NDJSON, &m.ndjson}} {
		err := a.beside(ctx, x.came, func(ctx context.Context) error {
			stop := make(chan struct{})
			defer time.AfterFunc(exportFor, func() { close(stop) }).Stop()
			return a.export(ctx, x.format, stop, x.came)
		})
		if err != nil {
			return nil, fmt.Errorf("export as %s: %w", x.format, err)
		}
	}
	err := a.beside(ctx, &m.imports, func(ctx context.Context) (err error) {
		m.checked, m.ran, err = a.bringIn(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return m, nil
}

// beside does something while some read and some write, and looks how large the
// log and the server grow.
func (a *askers) beside(ctx context.Context, m *mixed, do func(context.Context) error) error {
	var (
		wg   sync.WaitGroup
		stop = make(chan struct{})
		errs = make(chan error, movingReaders+movingWriters+1)
	)
	run := func(f func() error) {
		wg.Go(func() { errs <- f() })
	}
	reads, creates := a.reads(), a.program.create("", "", 0, 1, movingWriters)
	for i := range movingReaders {
		run(func() error { return a.ask(ctx, reads, i, stop, readEvery, func(time.Duration) {}) })
	}
	for i := range movingWriters {
		run(func() error { return a.ask(ctx, creates, i, stop, writeEvery, func(time.Duration) {}) })
	}
	run(func() error { return a.watch(stop, m) })
	err := do(ctx)
	close(stop)
	wg.Wait()
	close(errs)
	for e := range errs {
		err = errors.Join(err, e)
	}
	return err
}

// bringIn imports new customers by a file and returns how long the job worked
// at checking it, and at bringing them in. The server looks for jobs every few
// seconds; how long a job waits for that does not count.
func (a *askers) bringIn(ctx context.Context) (checked, ran time.Duration, err error) {
	v := a.visitors[0]
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "people.csv")
	if err == nil {
		_, err = file.Write(people(imported))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return 0, 0, err
	}
	at, err := v.submit(ctx, views.ImportURL(a.many.merchant), form.FormDataContentType(), &body)
	if err != nil {
		return 0, 0, fmt.Errorf("upload: %w", err)
	}
	id := path.Base(path.Dir(at)) // …/jobs/7/mapping
	page, fields, err := v.form(ctx, at, "form[action$='/mapping']")
	if err != nil {
		return 0, 0, err
	}
	const urlencoded = "application/x-www-form-urlencoded"
	begun := time.Now()
	if _, err := v.submit(ctx, page, urlencoded, strings.NewReader(fields.Encode())); err != nil {
		return 0, 0, fmt.Errorf("say where the columns go: %w", err)
	}
	if _, err := a.await(ctx, id, "ready"); err != nil {
		return 0, 0, err
	}
	checked = time.Since(begun)
	if _, err := v.submit(ctx, path.Dir(page)+"/start", urlencoded, strings.NewReader(url.Values{"count": {fmt.Sprint(imported)}}.Encode())); err != nil {
		return 0, 0, fmt.Errorf("start: %w", err)
	}
	ran, err = a.await(ctx, id, "done")
	return checked, ran, err
}

// await waits until a job has come to a state, and returns for how long it has
// worked since it was started.
func (a *askers) await(ctx context.Context, job, want string) (time.Duration, error) {
	db, err := a.open(false)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	for {
		var state string
		var started, finished int64
		err := db.QueryRowContext(ctx, a.text(`SELECT state, started_at, finished_at FROM jobs WHERE id = ?`), job).Scan(&state, &started, &finished)
		switch {
		case err != nil:
			return 0, err
		case state == want:
			return time.Duration(finished-started) * time.Millisecond, nil
		case state == "failed", state == "stopped":
			return 0, fmt.Errorf("job %s has %s", job, state)
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// submit posts a form and returns the path that it leads to.
func (v *visit) submit(ctx context.Context, path, kind string, body io.Reader) (string, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", v.base+path, body)
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := v.http.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", errors.New(res.Status)
	}
	return res.Request.URL.Path, nil
}

// people are so many new customers as a file, with what people usually know of
// one.
func people(n int) []byte {
	var b bytes.Buffer
	b.WriteString("reference,email,first_name,last_name,phone,billing.street,billing.city,billing.postcode,billing.country,metadata.tier\n")
	for i := range n {
		fmt.Fprintf(&b, "moved-%d,luis.%d@moved.example,Luís %d,Gonçalves %d,+55 12 3923-%04d,Av. Faria Lima %d,São José dos Campos,%05d,BR,gold\n",
			i, i, i%977, i%1013, i%10000, i%300, i%100000)
	}
	return b.Bytes()
}

// String is what was moved in Markdown.
func (m *moved) String() string {
	rate := func(x mixed) float64 { return float64(x.exported) / max(x.exports.Seconds(), 1e-9) }
	size := func(x mixed) string {
		return fmt.Sprintf("write-ahead log at most %d MiB, memory %d MiB", x.log>>20, x.memory>>20)
	}
	return fmt.Sprintf("With %d readers and %d writers beside: %s customers exported as CSV at %.0f a second (%s), as lines of JSON at %.0f a second (%s); "+
		"%s imported from a file at %.0f rows a second, and checked within %.1f s before that (%s).\n",
		movingReaders, movingWriters, thousands(int64(m.csv.exported)), rate(m.csv), size(m.csv), rate(m.ndjson), size(m.ndjson),
		thousands(imported), imported/max(m.ran.Seconds(), 1e-9), m.checked.Seconds(), size(m.imports))
}
