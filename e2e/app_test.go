package e2e

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// build makes the program, once a run.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "kontor")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, "kontor/cmd/kontor").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

// app is one running program with a database of its own.
type app struct {
	URL string // http://127.0.0.1:port

	t       *testing.T
	program string
	data    string // the data folder
	env     []string
	cmd     *exec.Cmd
	ended   <-chan error // how cmd ended
	log     *serverLog
	console *console

	mayFail bool // errors in the log are part of the story
}

// start makes a database, runs the given commands of the program on it
// ("demo -customers 50 -seed 1"), and serves it until the test ends.
func start(t *testing.T, commands ...string) *app {
	t.Helper()
	needBrowser(t)
	program, err := build()
	if err != nil {
		t.Fatalf("build kontor: %v", err)
	}
	dir := t.TempDir()
	a := &app{t: t, program: program, data: filepath.Join(dir, "data")}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "KONTOR_") {
			a.env = append(a.env, v)
		}
	}
	a.env = append(a.env,
		"KONTOR_ADDR=127.0.0.1:0",
		"KONTOR_DATA="+a.data,
		"KONTOR_KEY_FILE="+filepath.Join(dir, "key"),
		"KONTOR_LOG=text",
	)
	for _, c := range commands {
		a.kontor(strings.Fields(c)...)
	}
	a.serve()
	t.Cleanup(a.stop)
	return a
}

// kontor runs a subcommand on the same data and returns what it printed.
func (a *app) kontor(args ...string) string {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, a.program, args...)
	cmd.Env = a.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		a.t.Fatalf("kontor %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

// serve starts the program and waits until it is ready. A test may stop it
// and serve again: the address stays.
func (a *app) serve() {
	a.t.Helper()
	a.log, a.console = &serverLog{addr: make(chan string, 1)}, &console{}
	a.cmd = exec.Command(a.program, "serve")
	a.cmd.Env = a.env
	a.cmd.Stdout, a.cmd.Stderr = a.console, a.log
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func(cmd *exec.Cmd) { ended <- cmd.Wait() }(a.cmd)
	a.ended = ended

	late := time.After(time.Minute)
	select {
	case addr := <-a.log.addr:
		a.URL = "http://" + addr
		a.env = append(a.env, "KONTOR_ADDR="+addr) // the same again after a stop
	case err := <-ended:
		a.t.Fatalf("kontor serve ended: %v\n%s", err, a.log)
	case <-late:
		a.cmd.Process.Kill()
		a.t.Fatalf("kontor serve gives no address\n%s", a.log)
	}
	for again := time.NewTicker(20 * time.Millisecond); ; {
		res, err := http.Get(a.URL + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
			err = errors.New(res.Status)
		}
		select {
		case <-again.C:
		case <-late:
			a.cmd.Process.Kill()
			a.t.Fatalf("kontor serve is not ready: %v\n%s", err, a.log)
		}
	}
}

// stop ends the program as an init system does and sees that it ends well.
func (a *app) stop() {
	a.t.Helper()
	a.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-a.ended:
		if err != nil {
			a.t.Errorf("kontor serve ended: %v", err)
		}
	case <-time.After(time.Minute):
		a.cmd.Process.Kill()
		a.t.Error("kontor serve does not end on SIGTERM")
	}
	if !a.mayFail && strings.Contains(a.log.String(), "level=ERROR") {
		a.t.Error("kontor serve logged errors")
	}
	if a.t.Failed() {
		a.t.Logf("kontor serve logged:\n%s", a.log)
	}
}

// signIn signs the page's visitor in as a user with the given e-mail.
func (a *app) signIn(p *page, email string) {
	p.t.Helper()
	link, err := url.Parse(strings.TrimSpace(a.kontor("link", "-email", email)))
	if err != nil {
		p.t.Fatal(err)
	}
	p.open(link.RequestURI()) // The link may name the public address, not this port.
	p.click(p.Locator("form[method=post] button"))
	p.leave(link.Path)
}

// serverLog keeps what the program logs and finds its address there.
type serverLog struct {
	addr chan string

	mu   sync.Mutex
	text []byte
	said bool // the address was sent
}

var serving = regexp.MustCompile(`(?m)^.*\bserving\b.* addr=(\S+).*\n`)

func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b...)
	if m := serving.FindSubmatch(l.text); m != nil && !l.said {
		l.said = true
		l.addr <- string(m[1])
	}
	return len(b), nil
}

func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// console keeps what the program prints for whoever starts it.
type console struct {
	mu   sync.Mutex
	text []byte
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, b...)
	return len(b), nil
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.text)
}
