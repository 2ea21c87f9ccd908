// Package cdc is the API of Customer Data & Consents over Kontor's customers,
// as its FAQ and the examples beside it describe it: programs send people and
// companies, and fetch through which channels each has agreed to pay. Programs
// carry a Bearer token from /oauth/token.
//
// Whom a program sends is found or made by the merchant's own ID, its
// reference, and enrolled; the calls speak of the enrolled only. Channels are
// looked for in a registry some seconds later.
//
// Where the documents are silent or differ:
//
//   - A person has id, first_name and last_name, a company id and name; the rest
//     may be left out, which changes nothing, or be null, which clears. An id has
//     up to 64 letters, digits and ". _ : -". Unknown names are passed over.
//   - The id of a customer that was merged into another names the other, who is
//     answered under its own id, while nobody else has it.
//   - POST answers 201 for whom it enrols and 200 for whom it changes. What
//     changes nothing leaves updated_at alone.
//   - Answers have the five documented names and beside them what was sent, where
//     there is any. channels and consents are always there. channels are those of
//     the consents, each once.
//   - A batch is a list, or an object with it as "customers", of up to 1000. It
//     answers 200 with those that persisted and those that were rejected, by their
//     places. Of an id that stands twice the last counts and is told of once.
//   - The feed goes by an opaque cursor that grows with every change; updated_at
//     grows with it. An ISO time is taken for a cursor, too. The next_cursor of an
//     empty page is the cursor that came, or "0". What was deleted is in no page.
//     A page has preferred_page_size customers, or limit, 100 unless given and at
//     most 1000.
//   - The same cursor, or none, again and again is a 429 with Retry-After: a
//     program may ask so three times, and once more every twenty seconds. Another
//     cursor is never throttled, nor is asking for one person.
//   - DELETE answers 204 and then 404. It withdraws channels and consents. The
//     customer is deleted too if this API made it and it has no card,
//     subscription, payment or note.
//   - An error is {"error", "message"}, with "errors" that name each field where
//     fields are wrong: 400.
package cdc
