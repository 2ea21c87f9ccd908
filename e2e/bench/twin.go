package main

import (
	"context"
	"encoding/json"
	"errors"
	_ "expvar" // /debug/vars
	"fmt"
	"io"
	"log/slog"
	"net/http"
	_ "net/http/pprof" // /debug/pprof
	"os"
	"strings"
	"sync"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/handlers"
	"kontor/handlers/api"
	"kontor/handlers/api/acquired"
	"kontor/handlers/api/monri"
	"kontor/handlers/api/wallee"
	"kontor/web"
)

// A twin is Kontor as cmd/kontor puts it together, in a process that lets
// itself be looked into, which "kontor serve" does not.
type twin struct{ *server }

func startTwin(ctx context.Context, k *kontor) (*twin, error) {
	s, err := k.self(ctx, "twin")
	return &twin{s}, err
}

// serveTwin is the process of the twin.
func serveTwin(ctx context.Context, path string) error {
	processor, err := billing.OpenSandbox(ctx, "", billing.SandboxOptions{})
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, path, db.Options{KeyFile: os.Getenv("KONTOR_KEY_FILE"), Processor: processor})
	if err != nil {
		return err
	}
	defer store.Close()
	begin := sync.OnceFunc(func() { go charge(ctx, billing.NewWorker(store, processor, billing.Options{})) })
	site := &web.Site{Log: slog.New(web.LogHandler(slog.NewTextHandler(os.Stderr, nil)))}
	faces := []*api.Face{wallee.Face(store), monri.Face(store), acquired.Face(store)}
	routes := handlers.Routes(store, site, handlers.Options{Now: time.Now, Faces: faces})
	apis := api.New(store, api.Options{Log: site.Log, Now: time.Now}, faces...)
	kontor := site.Around(site.Health(store.Ready, apis.Around(routes)))
	return serveHTTP(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/debug/charge" { // else nobody charges, whose work would be counted as others'
			begin()
			return
		}
		if strings.HasPrefix(r.URL.Path, "/debug/") {
			http.DefaultServeMux.ServeHTTP(w, r)
			return
		}
		kontor.ServeHTTP(w, r)
	}))
}

// charge looks for what is due as often as cmd/kontor does.
func charge(ctx context.Context, w *billing.Worker) {
	for every := time.Tick(30 * time.Second); ; {
		if _, err := w.Pass(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "charge:", err)
		}
		select {
		case <-every:
		case <-ctx.Done():
			return
		}
	}
}

// timesWarm and timesCounted are how often each connection asks before
// allocations are counted, and while they are.
const (
	timesWarm    = 3
	timesCounted = 12
)

// allocations are how many there are in one request, and their bytes.
func (t *twin) allocations(ctx context.Context, sc *scenario) (count, bytes int64, err error) {
	sd, err := newSide(ctx, t.server, sc.kontor, sc.want)
	if err != nil {
		return 0, 0, err
	}
	defer sd.close()
	if _, err := sd.slice(ctx, answerWithin, timesWarm); err != nil {
		return 0, 0, err
	}
	count0, bytes0, err := t.allocated(ctx)
	if err != nil {
		return 0, 0, err
	}
	f, err := sd.slice(ctx, answerWithin, timesCounted)
	if err != nil {
		return 0, 0, err
	}
	count1, bytes1, err := t.allocated(ctx)
	n := int64(len(f.took))
	return (count1 - count0) / n, (bytes1 - bytes0) / n, err
}

// allocated is what the process has allocated since it began.
func (t *twin) allocated(ctx context.Context) (count, bytes int64, err error) {
	var vars struct {
		Memstats struct{ Mallocs, TotalAlloc int64 }
	}
	body, err := t.debug(ctx, "vars")
	if err != nil {
		return 0, 0, err
	}
	err = json.Unmarshal(body, &vars)
	return vars.Memstats.Mallocs, vars.Memstats.TotalAlloc, err
}

func (t *twin) debug(ctx context.Context, what string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+t.addr+"/debug/"+what, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", what, res.Status, body)
	}
	return body, err
}

// profile runs the scenario and writes file.cpu.pprof, then file.allocs.pprof.
func (t *twin) profile(ctx context.Context, sc *scenario, long time.Duration, file string) error {
	long = max(long, time.Second)
	for _, kind := range []string{"profile", "allocs"} {
		sd, err := newSide(ctx, t.server, sc.kontor, sc.want)
		if err != nil {
			return err
		}
		err = t.watched(ctx, kind, long, file, func() error {
			_, err := sd.slice(ctx, long+500*time.Millisecond, 1<<30)
			return err
		})
		sd.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// watched writes one kind of profile of what the twin does while f runs, which
// it should for as long.
func (t *twin) watched(ctx context.Context, kind string, long time.Duration, file string, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	body, err := t.debug(ctx, fmt.Sprintf("pprof/%s?seconds=%d", kind, int(long.Seconds())))
	if err := errors.Join(err, <-done); err != nil {
		return err
	}
	if kind == "profile" {
		kind = "cpu"
	}
	return os.WriteFile(file+"."+kind+".pprof", body, 0o644)
}
