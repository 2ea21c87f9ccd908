// Package core holds Kontor's records and rules as plain values: what a
// customer is, which fields it has, what may stand in them, who may do what,
// and the language things are found with. It does no I/O, reads no clock and
// knows no SQL, so that a page, five APIs, an import and a bulk action that do
// the same thing are held to the same rule.
package core
