package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"kontor/db/core"
	"kontor/views"
)

const (
	// mixedName is how the mixed load is asked for.
	mixedName = "mixed load"
	// writers is how many write at once, half of them new customers and half
	// another e-mail address of one, by wallee's API. Each begins the next when
	// its share of the writes that are asked for a second is due and its last
	// answer has come.
	writers = 50
	// dueAtOnce is how many subscriptions fall due as the mixed load begins.
	dueAtOnce = 20_000
	// billedWithin is how soon the server must have begun to charge them: it
	// looks every half minute.
	billedWithin = 45 * time.Second
	// lookEvery is how often the log and the memory are looked at.
	lookEvery = 50 * time.Millisecond
)

// A mixed is what came of everything at once: writers, a billing run, an export
// of the whole list, and readers, whose answers are timed.
type mixed struct {
	reads    figures
	writes   figures
	exported int           // customers
	exports  time.Duration // for how long the export lasted, or was let last
	whole    bool          // the export came to its end
	charged  int
	log      int64 // the largest that SQLite's write-ahead log was
	memory   int64 // the most that the server had
}

// mix runs the mixed load.
func (a *askers) mix(ctx context.Context, o options) (*mixed, error) {
	before, err := a.beginBilling(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		m    = new(mixed)
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs error
		stop = make(chan struct{})
	)
	run := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil {
				mu.Lock()
				errs = errors.Join(errs, fmt.Errorf("%s: %w", what, err))
				mu.Unlock()
			}
		})
	}
	begun := time.Now()
	add := func(to *figures) func(time.Duration) {
		return func(took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			to.took = append(to.took, took)
		}
	}
	ids := a.many.busy[:writers*perConnection]
	a.many.busy = a.many.busy[len(ids):]
	create, update := a.program.create("", "", 0, 1, writers/2), a.program.update(a.many, ids, writers/2)
	for i := range writers / 2 {
		run("create", func() error { return a.ask(ctx, create, i, stop, pace(writers, o.writes), add(&m.writes)) })
		run("update", func() error { return a.ask(ctx, update, i, stop, pace(writers, o.writes), add(&m.writes)) })
	}
	reads := a.reads()
	for i := range connections {
		run("read", func() error { return a.ask(ctx, reads, i, stop, pace(connections, o.reads), add(&m.reads)) })
	}
	run("export", func() error { return a.export(ctx, core.NDJSON, stop, m) })
	run("look", func() error { return a.watch(stop, m) })
	select {
	case <-time.After(o.mixed):
	case <-ctx.Done():
	}
	close(stop)
	wg.Wait()
	m.reads.time, m.writes.time = time.Since(begun), time.Since(begun)
	if errs != nil {
		return nil, errs
	}
	after, err := a.charges(ctx)
	m.charged = after - before
	return m, err
}

// pace is the pause from one request to the next of each of so many, of all of
// whom so many are asked for a second; 0 is as many as there can be.
func pace(each, aSecond int) time.Duration {
	if aSecond == 0 {
		return 0
	}
	return time.Duration(each) * time.Second / time.Duration(aSecond)
}

// ask asks as the ith of the scenario's until stop is closed, every so often or,
// where answers take longer, as soon as the last one has come.
func (a *askers) ask(ctx context.Context, sc *scenario, i int, stop chan struct{}, every time.Duration, took func(time.Duration)) error {
	c, err := dial(ctx, a.serve.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	next := time.Now().Add(every * time.Duration(i) / writers) // not all at once
	for n := 0; ; n++ {
		select {
		case <-stop:
			return nil
		case <-time.After(time.Until(next)):
		}
		if next = next.Add(every); next.Before(time.Now()) {
			next = time.Now()
		}
		request, start := sc.kontor(i, n), time.Now()
		if _, err := c.ask(request, sc.want, io.Discard); err != nil {
			return err
		}
		took(time.Since(start))
	}
}

// reads are what readers ask for: the list, customers, and searches by a rare
// name and by a city.
func (a *askers) reads() *scenario {
	s, cookie := a.many, a.visitors[0].cookie
	var all [][]byte
	for i := range variants {
		all = append(all,
			get(views.CustomersURL(s.merchant), cookie),
			get(views.CustomerURL(s.merchant, s.customers[i%len(s.customers)]), cookie),
			get(views.CustomersQuery{Text: s.rare[i%len(s.rare)]}.URL(s.merchant), cookie),
			get(views.CustomersQuery{Text: "city:" + quoted(s.cities[i%len(s.cities)])}.URL(s.merchant), cookie))
	}
	return &scenario{want: http.StatusOK, kontor: cycle(all)}
}

// export takes out the whole list as a kind of file until it ends or stop is
// closed.
func (a *askers) export(ctx context.Context, format core.Format, stop chan struct{}, m *mixed) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body := url.Values{"format": {string(format)}}.Encode()
	r, err := http.NewRequestWithContext(ctx, "POST", "http://"+a.serve.addr+views.CustomersURL(a.many.merchant)+"/export", bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", a.visitors[0].cookie)
	begun := time.Now()
	defer func() { m.exports = time.Since(begun) }()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	part := make([]byte, 64<<10)
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		n, err := res.Body.Read(part)
		m.exported += bytes.Count(part[:n], []byte("\n"))
		if err == io.EOF {
			m.whole = true
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// watch looks how large the log and the server grow.
func (a *askers) watch(stop chan struct{}, m *mixed) error {
	for {
		if info, err := os.Stat(a.db + "-wal"); err == nil { // else it is no file
			m.log = max(m.log, info.Size())
		}
		n, err := a.serve.memory()
		if err != nil {
			return err
		}
		m.memory = max(m.memory, n)
		select {
		case <-stop:
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// beginBilling lets many subscriptions fall due, waits until the server has
// begun to charge them, and returns how many charges there were before.
func (a *askers) beginBilling(ctx context.Context) (int, error) {
	before, err := a.charges(ctx)
	if err != nil {
		return 0, err
	}
	db, err := a.open(true)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, a.text(`
		UPDATE subscriptions
		SET next_at = ?
		WHERE id IN (
			SELECT id
			FROM subscriptions
			WHERE merchant_id = ? AND next_at > 0 AND status = 'active' AND held = 0 AND parked_at = 0 AND card_id > 0
			ORDER BY next_at
			LIMIT ?
		)`), time.Now().Add(-time.Minute).UnixMilli(), merchant, dueAtOnce)
	if err != nil {
		return 0, err
	}
	for begun := time.Now(); ; {
		n, err := a.charges(ctx)
		if err != nil {
			return 0, err
		}
		if n > before {
			return n, nil
		}
		if time.Since(begun) > billedWithin {
			return 0, errors.New("nothing is charged")
		}
		time.Sleep(lookEvery)
	}
}

// charges is how many there are.
func (a *askers) charges(ctx context.Context) (n int, err error) {
	db, err := a.open(false)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, a.text(`SELECT COUNT(*) FROM charges WHERE merchant_id = ?`), merchant).Scan(&n)
	return n, err
}

// String is the mixed load in Markdown.
func (m *mixed) String() string {
	slices.Sort(m.reads.took)
	rows := float64(m.exported) / max(m.exports.Seconds(), 1e-9)
	return fmt.Sprintf("%d writers through wallee's API, a billing run, an export of the whole list and %d readers at once, for %.0f s: "+
		"reads took %s ms at p50 and %s ms at p99 (%.0f a second), %.0f writes a second were acknowledged (p99 %s ms), "+
		"%.0f customers a second exported, %.0f charges a second made; the write-ahead log had at most %s, and the server %d MiB in memory.\n",
		writers, connections, m.writes.time.Seconds(), millis(m.reads.quantile(0.5)), millis(m.reads.quantile(0.99)), m.reads.perSecond(),
		m.writes.perSecond(), millis(m.writes.quantile(0.99)), rows, float64(m.charged)/m.reads.time.Seconds(),
		strconv.FormatInt(m.log>>20, 10)+" MiB", m.memory>>20)
}
