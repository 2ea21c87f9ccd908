package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kontor/db/core"
)

// errTaken is a row whose key another row has.
var errTaken = errors.New("taken")

// errAgain is a transaction that met another and may be run again.
var errAgain = errors.New("run again")

// classify gives a driver's error the meaning that the store decides on. The
// driver's own text stays in the chain, for the log.
func classify(err error) error {
	if err == nil || err == sql.ErrNoRows {
		return err
	}
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		switch code := lite.Code(); {
		case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE, code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, code == sqlite3.SQLITE_CONSTRAINT_ROWID:
			return fmt.Errorf("%w: %w", errTaken, err)
		case code&0xff == sqlite3.SQLITE_BUSY, code&0xff == sqlite3.SQLITE_IOERR, code&0xff == sqlite3.SQLITE_FULL,
			code&0xff == sqlite3.SQLITE_CANTOPEN, code&0xff == sqlite3.SQLITE_INTERRUPT, code&0xff == sqlite3.SQLITE_READONLY:
			return fmt.Errorf("%w: %w", core.ErrUnavailable, err)
		}
	case errors.As(err, &pg):
		switch pg.Code {
		case "23505": // unique_violation
			return fmt.Errorf("%w: %w", errTaken, err)
		case "40001", "40P01": // serialization_failure, deadlock_detected
			return fmt.Errorf("%w: %w", errAgain, err)
		case "25006": // read_only_sql_transaction: another server is the first one now
			return fmt.Errorf("%w: %w", core.ErrUnavailable, err)
		case "22021": // character_not_in_repertoire: nothing has what is no text
			return fmt.Errorf("%w: %w", core.ErrNotFound, err)
		}
		switch pg.Code[:2] {
		case "08", "53", "57", "58": // connection, resources, operator, system
			return fmt.Errorf("%w: %w", core.ErrUnavailable, err)
		}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), isNetwork(err):
		return fmt.Errorf("%w: %w", core.ErrUnavailable, err)
	}
	return err
}

func isNetwork(err error) bool {
	var connect *pgconn.ConnectError
	var op net.Error
	return errors.As(err, &connect) || errors.As(err, &op) || pgconn.SafeToRetry(err) // nothing was sent: it had closed
}

// again reports whether a transaction that ended with err is to be run again:
// it met another one, or drew an ID that another program had drawn.
func again(err error) bool { return errors.Is(err, errAgain) || errors.Is(err, errTaken) }

// commitError is the meaning of an error of COMMIT. Unless the engine said
// that it rolled back, whether the write happened is unknown, and no one may
// be told that it did not.
func commitError(err error) error {
	err = classify(err)
	if again(err) {
		return err
	}
	return fmt.Errorf("%w: outcome of commit unknown: %w", core.ErrUnavailable, err)
}
