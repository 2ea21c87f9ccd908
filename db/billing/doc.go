// Package billing charges what is due, and holds the processor that is built
// in: the [Sandbox], which moves no money and does what the number of a card
// tells it to.
package billing
