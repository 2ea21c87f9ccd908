// Package wallee answers as wallee's REST API v2.0 does, which PostFinance
// Checkout and WeArePlanet speak too. Their published clients work with it
// unmodified when their base path is Kontor's address with "/api/v2.0".
//
// # What the document leaves open, or says twice
//
// Paths. The clients sign "/api/v2.0" whatever they are told; the document's
// examples say "/api/v2" and "/api/customers". All three are answered.
//
// Signing in. Each call carries a JSON Web Token that covers its method and its
// target, byte for byte as sent. The header's type may be called "typ" or
// "type", "ver" may be missing, "sub" may be text or a number, and "iat" may be
// in seconds or, as in the document's sample, in milliseconds. It may be ten
// minutes from now, either way. Only HS256 is taken. The key is the 32 bytes
// whose base64 was shown.
//
// Space. The header Space names the merchant's number. Without it a call is a
// 400, with that of another merchant a 403. The catalogues of payment methods
// and brands take none.
//
// Errors. Each has the document's one shape. "code" is a word that follows from
// the status alone, and "errors" has words for every field that is wrong, all at
// once. A parameter of the query string that cannot be read, or is out of its
// bounds, is a 400; an offset beyond 10,000 a 416; a query, order or expand that
// names what there is not, a 422.
//
// Absent values are null. What must be asked for by expand, as metaData, is left
// out instead. Linked objects that are not expanded are {"id": N}, because the
// clients take nothing else.
//
// Changes. PATCH, and POST as in the document's example. What is not named
// stays; null and "" clear. Without a version, or with a stale one, it is a 409,
// on an object that is not there a 404. metaData takes the place of the map that
// there is; a value that shows what a number shows leaves it a number.
//
// Lists are oldest first. "before" alone gives the page nearest to it. Searches
// take Kontor's whole language, which is the document's grammar and bare words;
// "=" is read as ":", AND binds tighter than OR, days are days in UTC.
//
// Bulk requests take 500 operations, more are a 413. The clients can't say which
// customer an update is of; "id" in the item does, and an item without it gets an
// error of its own.
//
// Customers here have no name but given and family name: a name that is kept
// whole is shown as null in both, and writing either clears it. Two customers
// can't have one customerId: a 422. Comments are the notes, without those among
// staff. The legal form of an address is an entry of a catalogue that Kontor has
// not: it is null, and not read.
//
// Tokens. Every card is a token, with the card's ID and itself as its one
// version; a program may also make a token before there is a card, which then
// stands for the default card of the customer that it names as customerId. The
// external ID is a nonce: the same again returns the first. What is changed of a
// card's token is the token's own, and raises its version beside the card's.
// Deleting it removes the card, unless a living subscription needs it: a 409.
// "environment" is TEST, because the processor is the sandbox.
//
// Payment methods and brands are four and eight, numbered from 1; each merchant
// offers all of them, under the same numbers.
//
// Subscriptions. Subscribers are the customers who have a subscription, or had
// one; products are the plans, each with itself as its one version. A past due
// subscription is ACTIVE, an unpaid one SUSPENDED, and one that ends with its
// period TERMINATION_SCHEDULED. What a state does not allow is a 422 on "state".
// Suspending takes a planned end or none, and keeps no note; a suspension has
// the ID of its subscription. Terminating needs respectTerminationPeriod.
package wallee
