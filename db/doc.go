// Package db keeps Kontor's records, in SQLite or in PostgreSQL.
//
// One exported method of [Store] is one whole operation: it checks the rules
// of package core, runs in one transaction and writes its own [core.Event].
// There is no way to change a record without leaving one: the transaction that
// [Store.update] runs refuses to commit when something was written and nothing
// recorded. The few writes that are no acts (sessions, throttles, preferences)
// say so by going through [Store.quietly].
//
// Whoever acts is the first argument after the context. The [core.Actor]
// carries the merchant, and every query of a merchant's records names it, so
// that another merchant's record is [core.ErrNotFound], as one that never was.
//
// All SQL is one text for both engines, with ? for every value. What differs
// between them is:
//
//   - opening (open.go), migrating (migrate.go) and telling driver errors apart
//     (errors.go)
//   - searching: SQLite has a trigram table, and is told which index a list is to
//     run along; PostgreSQL, how rare words are (search.go, search_sample.go,
//     condition.go and the file of each list)
//   - writing very much (bulk_held.go, bulk_sqlite.go, bulk_postgres.go, and into
//     a new database bulk_new.go, bulk_scribe.go and bulk_copy.go)
//   - sending: statements go to PostgreSQL together, and a list that runs along an
//     index is planned there once (wire.go, search_stretch.go)
//   - SQLite's one writer and its files: sharing commits (group.go), keeping the
//     log short (log.go), leaving nothing of what was erased (scrub.go)
package db
