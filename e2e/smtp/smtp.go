// Package smtp is a mail server for tests. It speaks the protocol for real,
// over a port of its own, keeps what it takes, and answers what it is told to
// where a test wants to see a refusal.
package smtp

import (
	"bufio"
	"context"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// A Message is one mail that the server took.
type Message struct {
	From string   // of the envelope
	To   []string // of the envelope: everybody who gets it
	Data string   // as it came, head and body
}

// Head returns a line of the message's head, decoded.
func (m Message) Head(name string) string {
	read, err := mail.ReadMessage(strings.NewReader(m.Data))
	if err != nil {
		return ""
	}
	text, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get(name))
	if err != nil {
		return ""
	}
	return text
}

// A Server is a mail server without TLS that asks for no password.
type Server struct {
	Addr string // host:port

	took chan Message

	mu      sync.Mutex
	script  map[string][]string
	open    map[net.Conn]bool
	stopped bool
	running sync.WaitGroup
}

// HangUp in a script ends the connection in place of an answer.
const HangUp = ""

// Listen starts a server that the test's end stops.
func Listen(t testing.TB) *Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: ln.Addr().String(), took: make(chan Message, 100), script: map[string][]string{}, open: map[net.Conn]bool{}}
	s.running.Go(func() { s.accept(ln) })
	t.Cleanup(func() {
		ln.Close()
		s.stop()
		s.running.Wait()
	})
	return s
}

// Say scripts the next answers to a command, as "RCPT" or, for the end of the
// message, "."; "GREETING" is said before any. After them the server is itself
// again.
func (s *Server) Say(command string, answers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[command] = append(s.script[command], answers...)
}

// Next waits for the next message.
func (s *Server) Next(ctx context.Context) (Message, error) {
	select {
	case m := <-s.took:
		return m, nil
	case <-ctx.Done():
		return Message{}, ctx.Err()
	}
}

// Taken returns the messages that came since the last look.
func (s *Server) Taken() []Message {
	var all []Message
	for {
		select {
		case m := <-s.took:
			all = append(all, m)
		default:
			return all
		}
	}
}

// answer is what a script has for a command, or the usual.
func (s *Server) answer(command, usual string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.script[command]
	if len(said) == 0 {
		return usual
	}
	s.script[command] = said[1:]
	return said[0]
}

func (s *Server) accept(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[conn] = true
		stopped := s.stopped
		s.mu.Unlock()
		if stopped {
			conn.Close()
			continue
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for conn := range s.open {
		conn.Close()
	}
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, conn)
	}()
	in := textproto.NewReader(bufio.NewReader(conn))
	// say answers a command and reports whether the answer was good.
	say := func(command, usual string) bool {
		text := s.answer(command, usual)
		if text == HangUp {
			conn.Close()
			return false
		}
		fmt.Fprintf(conn, "%s\r\n", text)
		return text[0] == '2' || text[0] == '3'
	}
	if !say("GREETING", "220 test ESMTP") {
		return
	}
	var m Message
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		command, rest, _ := strings.Cut(line, " ")
		switch command = strings.ToUpper(command); command {
		case "EHLO", "HELO":
			say(command, "250-test\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
		case "MAIL":
			if say(command, "250 2.1.0 fine") {
				m = Message{From: path(rest)}
			}
		case "RCPT":
			if say(command, "250 2.1.5 fine") {
				m.To = append(m.To, path(rest))
			}
		case "DATA":
			if !say(command, "354 go on") {
				continue
			}
			data, err := in.ReadDotBytes()
			if err != nil {
				return
			}
			if m.Data = string(data); say(".", "250 2.0.0 taken") {
				s.took <- m
			}
		case "RSET":
			m = Message{}
			say(command, "250 2.0.0 fine")
		case "NOOP":
			say(command, "250 2.0.0 fine")
		case "QUIT":
			say(command, "221 2.0.0 bye")
			return
		default:
			say(command, "502 5.5.1 not known here")
		}
	}
}

// path is the address of "FROM:<a@example.com> BODY=8BITMIME".
func path(argument string) string {
	_, address, _ := strings.Cut(argument, "<")
	address, _, _ = strings.Cut(address, ">")
	return address
}
