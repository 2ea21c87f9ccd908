package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/web"
)

// A config is what the environment says, and the flags over it.
type config struct {
	Addr    string         // KONTOR_ADDR
	DB      string         // KONTOR_DB, -db
	Data    string         // KONTOR_DATA
	KeyFile string         // KONTOR_KEY_FILE
	URL     *url.URL       // KONTOR_URL, nil when nobody said
	Node    int            // KONTOR_NODE
	JSONLog bool           // KONTOR_LOG is json
	SMTP    *smtpServer    // KONTOR_SMTP, nil when mails are kept
	APIRate float64        // KONTOR_API_RATE, calls a second and program; 0 is any number
	Proxies []netip.Prefix // KONTOR_PROXIES, whose X-Forwarded-For is believed

	Sandbox bool // the command needs a processor
	Makes   bool // the command makes the database where there is none

	now       func() time.Time // nil is the system's clock
	after     func(time.Duration) <-chan time.Time
	processor *billing.Sandbox // with Sandbox, once the store is open
	worker    *billing.Worker  // likewise
}

// flagsOf returns a flag set with the flags every command has. The config is
// whole after [config.settle].
func flagsOf(env environment, name, args string) (*flag.FlagSet, *config) {
	c := &config{}
	fs := flag.NewFlagSet("kontor "+name, flag.ContinueOnError)
	fs.SetOutput(env.Stderr)
	fs.Usage = func() {
		fmt.Fprintf(env.Stderr, "usage: kontor %s [flags] %s\n", name, args)
		fs.PrintDefaults()
	}
	fs.StringVar(&c.DB, "db", env.Getenv("KONTOR_DB"), "SQLite `file` or postgres:// URL; kontor.db in the data folder by default")
	return fs, c
}

// settle reads what the environment says.
func (c *config) settle(env environment) error {
	or := func(name, fallback string) string {
		if v := env.Getenv(name); v != "" {
			return v
		}
		return fallback
	}
	c.Addr, c.Data = or("KONTOR_ADDR", "127.0.0.1:8080"), or("KONTOR_DATA", "./data")
	_, port, err := net.SplitHostPort(c.Addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return misuse("KONTOR_ADDR is an address and a port, such as 127.0.0.1:8080")
	}
	if c.DB == "" {
		c.DB = filepath.Join(c.Data, "kontor.db")
	}
	if kind, _, server := strings.Cut(c.DB, "://"); server && kind != "postgres" && kind != "postgresql" {
		// What it says is not repeated: there may be a password in it.
		return misuse("KONTOR_DB and -db name a SQLite file or a postgres:// URL, which %s:// is not", kind)
	}
	c.KeyFile = env.Getenv("KONTOR_KEY_FILE")
	if c.KeyFile == "" {
		dir := env.Getenv("XDG_CONFIG_HOME")
		if dir == "" {
			home := env.Getenv("HOME")
			if home == "" {
				return misuse("no KONTOR_KEY_FILE, and no HOME to keep a key file in")
			}
			dir = filepath.Join(home, ".config")
		}
		c.KeyFile = filepath.Join(dir, "kontor", "key")
	}
	if text := env.Getenv("KONTOR_URL"); text != "" {
		u, err := web.ParseURL(text)
		if err != nil {
			return misuse("KONTOR_URL: %w", err)
		}
		c.URL = u
	}
	if text := env.Getenv("KONTOR_SMTP"); text != "" {
		server, err := parseSMTP(text)
		if err != nil {
			return misuse("KONTOR_SMTP %w", err)
		}
		c.SMTP = server
	}
	node, err := strconv.Atoi(or("KONTOR_NODE", "0"))
	if err != nil || node < 0 || node > core.MaxNode {
		return misuse("KONTOR_NODE is a number from 0 to %d", core.MaxNode)
	}
	c.Node = node
	c.APIRate, err = strconv.ParseFloat(or("KONTOR_API_RATE", "100"), 64)
	if err != nil || !(c.APIRate >= 0 && c.APIRate <= 1e6) {
		return misuse("KONTOR_API_RATE is a number of calls a second, or 0")
	}
	c.Proxies, err = parseProxies(env.Getenv("KONTOR_PROXIES"))
	if err != nil {
		return misuse("KONTOR_PROXIES %w", err)
	}
	switch or("KONTOR_LOG", "text") {
	case "text":
	case "json":
		c.JSONLog = true
	default:
		return misuse("KONTOR_LOG is text or json")
	}
	return nil
}

// parseProxies reads the value of KONTOR_PROXIES: addresses such as 127.0.0.1, or
// networks such as 10.1.0.0/16, with commas between them.
func parseProxies(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			var addr netip.Addr
			if addr, err = netip.ParseAddr(part); err != nil || addr.Zone() != "" {
				return nil, fmt.Errorf("is a list of addresses such as 127.0.0.1 and networks such as 10.1.0.0/16, which %q is not", part)
			}
			addr = addr.Unmap()
			network = netip.PrefixFrom(addr, addr.BitLen())
		}
		all = append(all, network)
	}
	return all, nil
}

// ledger is where the sandbox keeps what it did: in the data folder, for a
// PostgreSQL database named after that, or beside a SQLite file that is not the
// one there, named after it, so that each of several databases has its own. All
// PostgreSQL databases once shared the data folder's: whoever is without their own
// goes on with that, unless a SQLite database there has it.
func (c *config) ledger() string {
	shared := filepath.Join(c.Data, "sandbox.db")
	if c.onServer() {
		name := "postgres"
		if u, err := url.Parse(c.DB); err == nil {
			name = strings.Join([]string{name, strings.Trim(u.Path, "/"), u.Query().Get("search_path")}, "-")
		}
		own := filepath.Join(c.Data, url.PathEscape(strings.TrimRight(name, "-"))+"-sandbox.db")
		if !there(own) && there(shared) && !there(filepath.Join(c.Data, "kontor.db")) {
			return shared
		}
		return own
	}
	if filepath.Clean(c.DB) == filepath.Join(c.Data, "kontor.db") {
		return shared
	}
	return strings.TrimSuffix(c.DB, ".db") + "-sandbox.db"
}

func there(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// onServer reports whether the database is not a file.
func (c *config) onServer() bool { return strings.Contains(c.DB, "://") }

// place makes the folder of a SQLite file, where the command may. Others fail
// without a file: in an empty database, which a slip in its name would make,
// they would find that all is well.
func (c *config) place() error {
	if c.onServer() {
		return nil
	}
	if c.Makes {
		return os.MkdirAll(filepath.Dir(c.DB), 0o700)
	}
	_, err := os.Stat(c.DB)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no database %s: kontor serve makes one", c.DB)
	}
	return err
}

// open opens the store, making the folder of a SQLite file. Where a processor
// is needed it is the sandbox.
func (c *config) open(ctx context.Context) (*db.Store, error) {
	if err := c.place(); err != nil {
		return nil, err
	}
	o := db.Options{Now: c.now, Node: c.Node, KeyFile: c.KeyFile, SendsMail: c.SMTP != nil}
	if c.Sandbox {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return nil, err
		}
		sandbox, err := billing.OpenSandbox(ctx, c.ledger(), billing.SandboxOptions{Now: c.now, After: c.after})
		if err != nil {
			return nil, err
		}
		o.Processor, c.processor = sandbox, sandbox
	}
	store, err := db.Open(ctx, c.DB, o)
	if err == nil && c.processor != nil {
		c.worker = billing.NewWorker(store, c.processor, billing.Options{Now: c.now})
	}
	return store, err
}

// openStore settles the config and opens the store that it names.
func openStore(ctx context.Context, env environment, c *config) (*db.Store, error) {
	if err := c.settle(env); err != nil {
		return nil, err
	}
	return c.open(ctx)
}

func (c *config) logger(env environment) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(env.Stderr, nil)
	if c.JSONLog {
		h = slog.NewJSONHandler(env.Stderr, nil)
	}
	return slog.New(web.LogHandler(h))
}

// public is an address of a page as a person opens it.
func (c *config) public(path string) string {
	if c.URL != nil {
		return c.URL.String() + path
	}
	host := c.Addr
	if strings.HasPrefix(host, ":") || strings.HasPrefix(host, "0.0.0.0:") || strings.HasPrefix(host, "[::]:") {
		host = "127.0.0.1" + host[strings.LastIndexByte(host, ':'):]
	}
	return "http://" + host + path
}
