package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the migrations that the database has not seen, each in a
// transaction with the note that it ran. Two programs may start at once: the
// second finds the note's key taken and tries again. A database that has seen
// one that is not known here is refused as it is.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	if s.postgres {
		if err := s.addTrigrams(ctx); err != nil {
			return err
		}
	}
	err = s.quietly(ctx, func(t *tx) error {
		return s.startedTwice(t.define(ctx, s.dialect(`CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) STRICT`)))
	})
	if err != nil {
		return err
	}
	var seen []string
	if err := s.write.all(ctx, &seen, `SELECT name FROM migrations ORDER BY name`); err != nil {
		return err
	}
	for _, name := range seen { // what this program would write into it nobody knows
		if !slices.Contains(files, migrationFile(name)) {
			return fmt.Errorf("a newer Kontor has made it what it is now, with migration %s", name)
		}
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "migrations/"), ".sql")
		if slices.Contains(seen, name) {
			continue
		}
		text, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if err := s.migrateOne(ctx, name, string(text)); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

func migrationFile(name string) string { return "migrations/" + name + ".sql" }

// addTrigrams gives a PostgreSQL database the extension whose index finds parts
// of words. Since version 13 whoever owns the database may, where the server has
// it: it is among what is packed as contrib.
func (s *Store) addTrigrams(ctx context.Context) error {
	var has bool
	if err := s.write.get(ctx, &has, `SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')`); err != nil || has {
		return err
	}
	err := s.quietly(ctx, func(t *tx) error {
		return s.startedTwice(t.define(ctx, `CREATE EXTENSION IF NOT EXISTS pg_trgm`))
	})
	if err != nil {
		return fmt.Errorf("the database needs the extension pg_trgm; have its owner or a superuser run CREATE EXTENSION pg_trgm in it: %w", err)
	}
	return nil
}

func (s *Store) migrateOne(ctx context.Context, name, text string) error {
	return s.quietly(ctx, func(t *tx) error {
		// On SQLite the immediate transaction waits for another program's.
		// PostgreSQL waits at the key and then finds it taken, or there.
		n, err := t.exec(ctx, `INSERT INTO migrations (name) VALUES (?) ON CONFLICT DO NOTHING`, name)
		if err != nil || n == 0 {
			return err
		}
		for _, statement := range s.statements(text) {
			if err := t.define(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", strings.SplitN(statement, "\n", 2)[0], err)
			}
		}
		return nil
	})
}

// startedTwice: PostgreSQL's CREATE TABLE IF NOT EXISTS run twice at once can
// collide in the catalogue.
func (s *Store) startedTwice(err error) error {
	if err = classify(err); errors.Is(err, errTaken) {
		return fmt.Errorf("%w: %w", errAgain, err)
	}
	return err
}

var sqlComment = regexp.MustCompile(`--[^\n]*`)

// statements splits a migration into the statements for this engine.
func (s *Store) statements(text string) []string {
	var out []string
	for _, part := range strings.Split(text, ";\n") {
		only := ""
		for _, line := range strings.Split(part, "\n") {
			if line == "-- sqlite" || line == "-- postgres" {
				only = strings.TrimPrefix(line, "-- ")
			}
		}
		if (only == "sqlite" && s.postgres) || (only == "postgres" && !s.postgres) {
			continue
		}
		if st := strings.TrimSpace(sqlComment.ReplaceAllString(part, "")); st != "" {
			out = append(out, s.dialect(st))
		}
	}
	return out
}

var (
	wordBytes  = regexp.MustCompile(`\bBYTES\b`)
	wordFolded = regexp.MustCompile(`\bFOLDED\b`)
	wordBigint = regexp.MustCompile(`\bBIGINT\b`)
	wordStrict = regexp.MustCompile(`\) STRICT\b`)
)

// dialect puts the engine's types for the type words.
func (s *Store) dialect(statement string) string {
	if s.postgres {
		statement = wordBytes.ReplaceAllString(statement, "BYTEA")
		statement = wordFolded.ReplaceAllString(statement, `TEXT COLLATE "C"`)
		return wordStrict.ReplaceAllString(statement, ")")
	}
	statement = wordBytes.ReplaceAllString(statement, "BLOB")
	statement = wordFolded.ReplaceAllString(statement, "TEXT")
	return wordBigint.ReplaceAllString(statement, "INTEGER")
}
