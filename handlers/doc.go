// Package handlers is Kontor's pages. routes.go lists every page with the
// right it takes; there is a file for each noun. A handler parses the request,
// calls one method of the store, and hands a view struct to package views. The
// rules are in db/core and the queries in db: nothing is decided here.
//
// A new page is a method here, a line in routes.go and a component in views. A
// new field of a customer is a line in db/core's table of fields, a column, and
// an input in the form.
package handlers
