// Package monri is the customers API of Monri WebPay, version 2, over Kontor's
// customers, as "Customers API" in its documentation describes it, with the
// handshakes of "Requirements - API v2".
//
// A program's ID is the authenticity token, its key the merchant key. It signs
// each call by WP3-v2.1 or the older WP3-v2, or carries a Bearer token from
// /v2/oauth.
//
// Where the documents are silent or differ:
//
//   - The digest of WP3-v2.1 covers the path as sent with its query. One made
//     of the path alone is taken too, as older documents say "full path". The
//     timestamp is text to the digest and is held to no window: the documents
//     have it in seconds and in milliseconds, and name none.
//   - Every object has a status: approved, invalid-request or error. A call
//     that cannot be processed is a 400 with a message that names every field
//     that is wrong; an unknown customer is a 404, a missing or wrong signature a
//     401.
//   - Create answers 200.
//   - What a customer has not is null, the metadata too.
//   - merchant_customer_id may be left out. One that another living customer has
//     is a 400.
//   - The uuid, and the merchant_customer_id while nobody else has it, of a customer
//     that was merged into another find the other.
//   - Limits bind what changes: a text equal to what this API shows is no
//     change, however long it is.
//   - address is the billing address's first line, a comma, and its second. Any
//     other text goes to the first line and clears the second.
//   - name reads as the name, else first and last name, else the company.
//   - An update changes what it names. null and "" clear; null for metadata clears
//     all of it, null for one of its keys that key. Values of metadata are
//     strings, numbers and booleans, answered as they were sent; objects and lists
//     are refused. PUT and PATCH do the same as POST.
//   - A deletion is soft: GET by uuid goes on answering, with deleted true, and
//     DELETE answers the same again; lists and the look-up by merchant_customer_id
//     leave the customer out, and an update is a 400.
//   - Items of lists have the uuid as uuid and as id.
//   - limit and offset are numbers from 0 on; a limit above 1000 is read as 1000.
//   - Payment methods are cards, newest first. A customer may be named by
//     merchant_customer_id there as well.
//   - /v2/payment-methods lists those of all customers.
package monri
