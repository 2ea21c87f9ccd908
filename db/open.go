package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // driver "sqlite"

	"kontor/db/core"
	"kontor/db/vault"
)

// Options are what a [Store] can be opened with. The zero value is right for
// one program on one machine.
type Options struct {
	// Now tells the time; nil is the system's clock.
	Now func() time.Time
	// Node distinguishes programs that write to one database at the same
	// time, 0 to [core.MaxNode].
	Node int
	// KeyFile holds the key that secrets are sealed with. It is read, or made,
	// when a secret is first sealed or opened; "" makes that an error.
	KeyFile string
	// Processor keeps card numbers and moves money. Without one no card can be
	// added. The store closes it with itself where it is an [io.Closer].
	Processor core.Processor
	// Scratch says that the database is thrown away after use, so that it need
	// not survive a power cut, and that no customer is written to. SQLite only.
	Scratch bool
	// CheapPasswords makes hashing passwords quick and weak, for tests.
	CheapPasswords bool
	// SendsMail says that there is a mail server: mails are queued for
	// [Store.SendDueMail]. Without it they are kept, to be read.
	SendsMail bool
}

// Store is Kontor's database. It is safe for concurrent use.
type Store struct {
	write     *pool
	read      *pool
	postgres  bool
	now       func() time.Time
	ids       map[string]*core.IDs // by table
	vault     *vault.Vault
	processor core.Processor
	hashing   hashing
	sizes     *sizes
	turn      *sync.Mutex   // held by who has met many others in a transaction, see transact
	mails     bool          // mails are sent, else kept
	scratch   bool          // nothing lasts, and no customer is written to
	history   *History      // that this store writes, else nil
	group     *group        // of those who write to SQLite
	writing   *atomic.Int64 // how many write to PostgreSQL, or wait for a connection
	log       *log          // of SQLite
}

// Open opens the database at dsn and brings its schema up to date. A dsn that
// begins "postgres://" or "postgresql://" names a PostgreSQL database,
// anything else is a SQLite file, made if it is not there.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{
		now: o.Now, processor: o.Processor, ids: map[string]*core.IDs{}, hashing: newHashing(o.CheapPasswords),
		sizes: &sizes{few: fewCustomers, broad: broadMatches, rows: fewRows}, mails: o.SendsMail, scratch: o.Scratch,
		turn: new(sync.Mutex), group: new(group), writing: new(atomic.Int64), log: &log{most: maxLog},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if o.Node < 0 || o.Node > core.MaxNode {
		return nil, fmt.Errorf("node %d is not in 0 to %d", o.Node, core.MaxNode)
	}
	for _, table := range idTables {
		s.ids[table] = core.NewIDs(o.Node)
	}
	s.ids["channels"] = s.ids["cards"] // no two payment methods have one ID
	var err error
	if isPostgres(dsn) {
		s.postgres = true
		err = s.openPostgres(dsn)
	} else {
		err = s.openSQLite(dsn, o.Scratch)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil && !s.postgres {
		err = s.dropStatistics(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", redact(dsn), err), s.Close())
	}
	s.vault = vault.New(o.KeyFile, keysets{s})
	return s, nil
}

// idTables are the tables whose rows have IDs of their own.
var idTables = []string{
	"users", "application_users", "saved_views", "mails", "refused_calls", "jobs",
	"customers", "addresses", "notes", "events",
	"cards", "channels", "plans", "subscriptions",
	"charges", "attempts", "refunds", "runs", "run_notes",
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// openPostgres opens a pool for those who read and one for those who write, so
// that a page does not wait for a connection until many writers are done: each
// of its queries would. Neither is large. Where more servers' processes run than
// there are cores to run them, each of a page's ways to the server waits for its
// turn: with 16 writers and 12 readers on two cores 700 writes a second left one
// page in a hundred 135 ms, with 8 and 4 900 left it 90. On the largest machine
// two programs fit into the hundred connections that a server usually gives; one
// that gives fewer to Kontor is heard with pool_max_conns in the dsn, the name
// that pgx's own pool has for it: who is refused a connection cannot wait for it.
//
// Each query has one process and no compiler: to start either takes longer than
// to read a page, and both are begun for a list that PostgreSQL expects to read to
// its end.
func (s *Store) openPostgres(dsn string) error {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return err
	}
	connected := stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, postgresSettings)
		return err
	})
	open := func(most int) *pool {
		db := sqlx.NewDb(stdlib.OpenDB(*config, connected), "pgx")
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(most)
		db.SetConnMaxIdleTime(5 * time.Minute)
		return newPool(db, false) // pgx prepares and caches by itself
	}
	write, read, err := connections(config.RuntimeParams)
	if err != nil {
		return err
	}
	s.write, s.read = open(write), open(read)
	return nil
}

// connections returns how many connections there may be for those who write and
// for those who read, and takes what says so from the parameters.
func connections(params map[string]string) (write, read int, err error) {
	const limit = "pool_max_conns"
	text, limited := params[limit]
	delete(params, limit) // the server does not know it
	if !limited {
		cores := min(runtime.GOMAXPROCS(0), 8)
		return max(8, 4*cores), max(4, 2*cores), nil
	}
	most, err := strconv.Atoi(text)
	if err != nil || most < 2 {
		return 0, 0, fmt.Errorf("%s is a number from 2 on", limit)
	}
	read = max(1, most/3)
	return most - read, read, nil
}

const postgresSettings = `SET max_parallel_workers_per_gather = 0; SET jit = off`

func (s *Store) openSQLite(path string, scratch bool) error {
	// Pragmas go in the DSN because they are a connection's: one run on the
	// pool would reach only the connection that happened to serve it.
	// busy_timeout is first so that switching to WAL can wait its turn.
	file := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=case_sensitive_like(1)&_pragma=temp_store(memory)"
	if scratch {
		file = strings.Replace(file, "synchronous(FULL)", "synchronous(OFF)", 1)
	}
	if err := private(path); err != nil {
		return err
	}
	w, err := sqlx.Open("sqlite", fmt.Sprintf("%s&_pragma=cache_size(-%d)&_pragma=wal_autocheckpoint(0)&_txlock=immediate", file, writeCache))
	if err != nil {
		return err
	}
	// SQLite has one writer. A second connection would wait out busy_timeout
	// and then fail.
	w.SetMaxOpenConns(1)
	s.write = newPool(w, true)
	r, err := sqlx.Open("sqlite", file+"&_pragma=cache_size(-8192)&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	r.SetMaxOpenConns(readers)
	r.SetMaxIdleConns(readers)
	s.read = newPool(r, true)
	return s.openLog(path, file)
}

// dropStatistics makes SQLite plan as in a new database, should somebody have
// run ANALYZE. Kontor never does, nor PRAGMA optimize: its searches tell SQLite
// which way to go by what they have counted, the rest of the statements leads
// along indexes by itself, and a test sees to both. At 100,000 customers
// statistics made no search quicker and some slower: it then skips through
// merchants and looks a rare plan up 300 times as long. Without them no plan
// changes from one day to the next.
func (s *Store) dropStatistics(ctx context.Context) error {
	_, err := s.write.db.ExecContext(ctx, `DROP TABLE IF EXISTS sqlite_stat1`)
	return err
}

// private makes the file, if it is not there, so that only its owner may read
// it. SQLite gives the files beside it the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// readers is how many queries SQLite answers at once. Each holds a page cache
// of its own, of up to 8 MiB; behind it stands the system's, which they share.
const readers = 4

// Close closes the database, and the processor where that can be closed. What
// was acknowledged stays.
func (s *Store) Close() error {
	var err error
	if c, ok := s.processor.(io.Closer); ok {
		err = c.Close()
	}
	err = errors.Join(err, s.log.close())
	if s.write != nil {
		err = errors.Join(err, s.write.close())
	}
	if s.read != nil {
		err = errors.Join(err, s.read.close())
	}
	return err
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	return s.read.get(ctx, &one, `SELECT 1`)
}

func redact(dsn string) string {
	if !isPostgres(dsn) {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://"
	}
	u.RawQuery = passwordInQuery.ReplaceAllString(u.RawQuery, "${1}xxxxx")
	return u.Redacted()
}

// passwordInQuery finds the passwords that stand among a URL's parameters, as
// where a socket leaves no place for one before the host.
var passwordInQuery = regexp.MustCompile(`(password=)[^&]*`)
