package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// startWithin is how long a server may take to say where it listens, and
// endWithin how long it may take to end when told to.
const (
	startWithin = 30 * time.Second
	endWithin   = 15 * time.Second
)

// kontor is the program that is measured, and where it keeps its things.
type kontor struct {
	dir string
	bin string
	db  string // the copy that is worked on
}

// build builds the program into dir.
func build(ctx context.Context, dir string) (*kontor, error) {
	say("Building")
	k := &kontor{dir: dir, bin: filepath.Join(dir, "kontor"), db: filepath.Join(dir, "run.db")}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", k.bin, "kontor/cmd/kontor")
	cmd.Stderr = os.Stderr
	return k, cmd.Run()
}

// keyFile is that of the copy that is worked on, and lies beside it. The demo
// seals nothing, so that each run makes a key of its own.
func keyFile(db string) string { return filepath.Join(filepath.Dir(db), "key") }

// size is the program's, in bytes.
func (k *kontor) size() int64 {
	info, err := os.Stat(k.bin)
	if err != nil {
		return 0
	}
	return info.Size()
}

// command is the program with an environment of its own: nothing that the
// person who measures has set shows in the figures.
func (k *kontor) command(ctx context.Context, db string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, k.bin, args...)
	cmd.Env = append(os.Environ(), "KONTOR_ADDR=127.0.0.1:0", "KONTOR_DB="+db, "KONTOR_DATA="+k.dir,
		"KONTOR_KEY_FILE="+keyFile(k.db), "KONTOR_URL=", "KONTOR_NODE=", "KONTOR_LOG=json", "KONTOR_API_RATE=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// demo puts a demo database in the place that is worked on: the one that was
// kept, or a new one.
func (k *kontor) demo(ctx context.Context, o options) error {
	kept := filepath.Join(cmp.Or(o.data, k.dir), fmt.Sprintf("demo-%d.db", o.customers))
	if _, err := os.Stat(kept); errors.Is(err, os.ErrNotExist) {
		say(fmt.Sprintf("Making %d customers", o.customers))
		if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
			return err
		}
		part := kept + ".part"
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(part + end); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		if err := k.command(ctx, part, "demo", "-customers", strconv.Itoa(o.customers)).Run(); err != nil {
			return fmt.Errorf("kontor demo: %w", err)
		}
		if err := os.Rename(part, kept); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	// Written out, or the first save would wait for all of it.
	if err := copyFile(k.db, kept); err != nil {
		return err
	}
	// Any command brings the schema of a database that was kept up to date,
	// which the start of serve should not be measured with.
	return k.command(ctx, k.db, "link", "-email", visitor).Run()
}

// copyFile writes a file's content out to another.
func copyFile(name, of string) error {
	from, err := os.Open(of)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// serve starts the program and waits until it is ready.
func (k *kontor) serve(ctx context.Context) (*server, error) {
	return startServer(k.command(ctx, k.db, "serve"))
}

// A server is a process that serves HTTP on the loopback.
type server struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration // from its start to its first answer
	ended chan struct{}
	err   error // why it ended; after ended
}

// startSelf starts this program as one of the servers that it can be.
func startSelf(ctx context.Context, as, db string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startServer(exec.CommandContext(ctx, self, as, db))
}

// startServer starts a server, which says in a JSON line of its log where it
// listens, and waits until it answers.
func startServer(cmd *exec.Cmd) (*server, error) {
	log, err := newJournal()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, ended: make(chan struct{})}
	cmd.Stderr = log.w
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = endWithin // then it is killed
	begun := time.Now()
	err = cmd.Start()
	log.w.Close()
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(s.ended)
		s.err = cmd.Wait()
	}()
	select {
	case s.addr = <-log.addr:
	case <-s.ended:
		return nil, fmt.Errorf("%s ended at its start: %w", cmd.Args, s.err)
	case <-time.After(startWithin):
		return nil, errors.Join(fmt.Errorf("%s does not listen", cmd.Args), s.stop())
	}
	res, err := http.Get("http://" + s.addr + "/readyz")
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	res.Body.Close()
	s.ready = time.Since(begun)
	return s, nil
}

// stop ends the process if it has not ended, by its own number.
func (s *server) stop() error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
		return s.err
	case <-time.After(endWithin):
		return errors.Join(fmt.Errorf("%s had to be killed", s.cmd.Args), s.cmd.Process.Kill())
	}
}

// A journal reads a server's log: the address goes to addr, warnings and
// errors to the person who measures.
type journal struct {
	w    *os.File
	addr chan string
}

func newJournal() (*journal, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	j := &journal{w: w, addr: make(chan string, 1)}
	go func() {
		defer r.Close()
		for lines := bufio.NewScanner(r); lines.Scan(); {
			var line struct{ Level, Msg, Addr string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Level == "INFO" {
				if line.Msg == "serving" {
					j.addr <- line.Addr
				}
				continue
			}
			fmt.Fprintln(os.Stderr, lines.Text())
		}
	}()
	return j, nil
}

// serveHTTP is the other side of startServer: it serves h on the loopback,
// says where, and ends with ctx.
func serveHTTP(ctx context.Context, h http.Handler) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slog.New(slog.NewJSONHandler(os.Stderr, nil)).Info("serving", "addr", ln.Addr().String())
	srv := &http.Server{Handler: h}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return srv.Close()
	}
}

// cpu is the CPU time the process has used, in user and system mode. Linux
// counts it in hundredths of a second here.
func (s *server) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The second field, a name in parentheses, may hold anything.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("cannot read %q", data)
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// memory is how much of the process is in memory, in bytes.
func (s *server) memory() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("no VmRSS")
}
