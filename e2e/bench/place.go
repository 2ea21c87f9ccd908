package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // driver "sqlite"
)

// The engines, as the tables name them.
const (
	sqlite   = "SQLite"
	postgres = "PostgreSQL"
)

// kontor is the program that is measured, and where it keeps its things.
type kontor struct {
	dir string
	bin string
	db  string // the copy that is worked on: a file, or a postgres:// URL

	engine     string
	postmaster int // the process of the PostgreSQL server, 0 for none that can be looked at
}

// build builds the program into dir as the Makefile does.
func build(ctx context.Context, dir string) (*kontor, error) {
	say("Building")
	k := &kontor{dir: dir, bin: filepath.Join(dir, "kontor")}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", k.bin, "kontor/cmd/kontor")
	cmd.Stderr = os.Stderr
	return k, cmd.Run()
}

// keyFile is that of the copy that is worked on. The demo seals nothing, so that
// each run makes a key of its own.
func (k *kontor) keyFile() string { return filepath.Join(k.dir, "key") }

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
		"KONTOR_KEY_FILE="+k.keyFile(), "KONTOR_URL=", "KONTOR_NODE=", "KONTOR_LOG=json", "KONTOR_API_RATE=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// at is the program with so many customers on an engine, in a folder of its
// own. Where no demo database was kept it makes one. What is worked on is a
// copy; see [kontor.ready].
func (k *kontor) at(ctx context.Context, o options, engine string, customers int) (*kontor, error) {
	on := &kontor{bin: k.bin, engine: engine, dir: filepath.Join(k.dir, fmt.Sprintf("%s-%d", strings.ToLower(engine), customers))}
	if err := os.MkdirAll(on.dir, 0o755); err != nil {
		return nil, err
	}
	if engine == postgres {
		return on, on.makePostgres(ctx, o.postgres, customers)
	}
	return on, on.makeSQLite(ctx, cmp.Or(o.data, k.dir), customers)
}

// demo makes a demo in an empty database.
func (k *kontor) demo(ctx context.Context, db string, customers int) error {
	say(fmt.Sprintf("Making %s customers on %s", thousands(int64(customers)), k.engine))
	if err := k.command(ctx, db, "demo", "-customers", strconv.Itoa(customers)).Run(); err != nil {
		return fmt.Errorf("kontor demo: %w", err)
	}
	return nil
}

// makeSQLite puts a copy of the demo's file in the program's folder.
func (k *kontor) makeSQLite(ctx context.Context, in string, customers int) error {
	kept := filepath.Join(in, fmt.Sprintf("demo-%d.db", customers))
	if _, err := os.Stat(kept); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(in, 0o755); err != nil {
			return err
		}
		part := kept + ".part"
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(part + end); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		if err := k.demo(ctx, part, customers); err != nil {
			return err
		}
		if err := os.Rename(part, kept); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	k.db = filepath.Join(k.dir, "run.db")
	return copyFile(k.db, kept) // written out, or the first save would wait for all of it
}

// makePostgres makes a copy of the demo's database within the server at dsn.
// The demo's own stays there, for as long as the server does.
func (k *kontor) makePostgres(ctx context.Context, dsn string, customers int) error {
	server, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer server.Close()
	run := func(db *sql.DB, text string) {
		if err == nil {
			_, err = db.ExecContext(ctx, text)
		}
	}
	kept := fmt.Sprintf("kontor_bench_demo_%d", customers)
	part, copied := kept+"_part", fmt.Sprintf("kontor_bench_run_%d", customers)
	var there bool
	if err := server.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, kept).Scan(&there); err != nil {
		return err
	}
	if !there {
		run(server, `DROP DATABASE IF EXISTS `+part)
		run(server, `CREATE DATABASE `+part)
		if err != nil {
			return err
		}
		if err := k.demo(ctx, database(dsn, part), customers); err != nil {
			return err
		}
		filled, e := sql.Open("pgx", database(dsn, part))
		if e != nil {
			return e
		}
		run(filled, `VACUUM ANALYZE`) // as the server's own housekeeping would within minutes
		err = errors.Join(err, filled.Close())
		run(server, `ALTER DATABASE `+part+` RENAME TO `+kept)
	}
	run(server, `DROP DATABASE IF EXISTS `+copied+` WITH (FORCE)`)
	run(server, `CREATE DATABASE `+copied+` TEMPLATE `+kept+` STRATEGY FILE_COPY`)
	run(server, `CHECKPOINT`)
	var backend int
	if err == nil {
		err = server.QueryRowContext(ctx, `SELECT pg_backend_pid()`).Scan(&backend)
	}
	k.db = database(dsn, copied)
	if pid, err := parent(backend); err == nil { // else it is on another machine
		k.postmaster = pid
	}
	return err
}

// database is another database of the server.
func database(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn
	}
	u.Path = "/" + name
	return u.String()
}

// ready does once what the start of serve should not be measured with: any
// command brings the schema of a database that was kept up to date.
func (k *kontor) ready(ctx context.Context) error {
	return k.command(ctx, k.db, "link", "-email", visitor).Run()
}

// open opens the database to look into it, or, if writes, to change it as
// nothing of Kontor would. Texts have ? for every value; see [kontor.text].
func (k *kontor) open(writes bool) (*sql.DB, error) {
	if k.engine == postgres {
		return sql.Open("pgx", k.db)
	}
	pragmas := "?_pragma=busy_timeout(5000)"
	if !writes {
		pragmas += "&_pragma=query_only(1)"
	}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: k.db}).EscapedPath()+pragmas)
}

// text is a statement as the engine has it.
func (k *kontor) text(query string) string { return dialect(query, k.engine == postgres) }

// dialect writes $1, $2 and so on for the question marks where PostgreSQL is to
// read a statement.
func dialect(query string, postgres bool) string {
	if !postgres {
		return query
	}
	return sqlx.Rebind(sqlx.DOLLAR, query)
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
