package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// rounds is how often the sides of a scenario take turns.
const rounds = 4

// warmUp is how long each side is asked before it is measured: statements are
// prepared and pages cached by then.
const warmUp = 300 * time.Millisecond

// requests are what a connection asks for: connection c's nth request.
type requests func(c, n int) []byte

// A scenario is one page, one form or one call of an API, in the ways it can be answered.
type scenario struct {
	name   string
	what   string   // what is asked for, for the table
	kontor requests // of the program
	floor  requests // with every statement behind the page
	rows   requests // with those whose rows are printed; nil where that is the same
	want   int      // the status of the program's answer
	mark   string   // stands once in the answer for each customer listed; "" for what is no list
	target float64  // of an API: the share of the floor's requests that it must answer; 0 for a page
}

// file is the name as a file's.
func (sc *scenario) file() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(sc.name))
}

// measure runs the scenario on all sides in turns.
func (sc *scenario) measure(ctx context.Context, serve, bare *server, each time.Duration) (*line, error) {
	if err := sc.check(ctx, serve, bare); err != nil {
		return nil, err
	}
	l := &line{scenario: sc}
	var sides []*side
	for _, s := range []struct {
		server *server
		next   requests
		want   int
		to     **side
	}{
		{serve, sc.kontor, sc.want, &l.kontor},
		{bare, sc.floor, 200, &l.floor},
		{bare, sc.rows, 200, &l.rows},
	} {
		if s.next == nil {
			continue
		}
		sd, err := newSide(ctx, s.server, s.next, s.want)
		if err != nil {
			return nil, err
		}
		defer sd.close()
		*s.to = sd
		sides = append(sides, sd)
	}
	if l.rows == nil {
		l.rows = l.floor
	}
	for round := range rounds + 1 {
		long := each / rounds
		if round == 0 {
			long = warmUp
		}
		for _, sd := range sides {
			f, err := sd.slice(ctx, long, math.MaxInt)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				sd.add(f)
			}
		}
	}
	return l, nil
}

// check sees to it that the program and the floors list the same number of
// customers: a floor that does less is none.
func (sc *scenario) check(ctx context.Context, serve, bare *server) error {
	if sc.mark == "" {
		return nil
	}
	count := func(s *server, next requests, want int, mark string) (int, error) {
		c, err := dial(ctx, s.addr)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		var body bytes.Buffer
		plain := bytes.Replace(next(0, 0), []byte("Accept-Encoding: gzip, deflate, br, zstd\r\n"), nil, 1)
		_, err = c.ask(plain, want, &body)
		return strings.Count(body.String(), mark), err
	}
	shown, err := count(serve, sc.kontor, sc.want, sc.mark)
	if err != nil {
		return err
	}
	for _, next := range []requests{sc.floor, sc.rows} {
		if next == nil {
			continue
		}
		read, err := count(bare, next, 200, "customer\t")
		if err != nil {
			return err
		}
		if read != shown || shown == 0 {
			return fmt.Errorf("the answer shows %d customers and the floor reads %d", shown, read)
		}
	}
	return nil
}

// cycle asks for each of what was prepared in turn, each connection beginning
// elsewhere.
func cycle(prepared [][]byte) requests {
	return func(c, n int) []byte { return prepared[(n+c*len(prepared)/connections)%len(prepared)] }
}
