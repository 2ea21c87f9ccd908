package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// listensWithin is how long a server may take to say where it listens, and
// endWithin how long it may take to end when told to.
const (
	listensWithin = 30 * time.Second
	endWithin     = 15 * time.Second
)

// serve starts the program and waits until it is ready.
func (k *kontor) serve(ctx context.Context) (*server, error) {
	return k.started(k.command(ctx, k.db, "serve"))
}

// A server is a process that serves HTTP on the loopback.
type server struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration // from its start to its first answer
	ended chan struct{}
	err   error // why it ended; after ended

	postmaster int // the process of the PostgreSQL server it asks, 0 for none that can be looked at
}

// self starts this program as one of the servers that it can be.
func (k *kontor) self(ctx context.Context, as string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, as, k.db)
	cmd.Env = append(os.Environ(), "KONTOR_KEY_FILE="+k.keyFile())
	return k.started(cmd)
}

// started starts a server of this database's.
func (k *kontor) started(cmd *exec.Cmd) (*server, error) {
	s, err := startServer(cmd)
	if err == nil {
		s.postmaster = k.postmaster
	}
	return s, err
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
	case <-time.After(listensWithin):
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
