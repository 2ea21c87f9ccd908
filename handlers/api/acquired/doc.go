// Package acquired is the customer API of Acquired.com, version 1, over
// Kontor's customers, as "Customers" in its documentation and the reference
// beside it describe it. Programs log in at /v1/login with the ID and the key of
// an application user and carry the token as a Bearer.
//
// Where the documents are silent or differ:
//
//   - customer_id is the customer's UUID, company_id one made of the
//     merchant's number. Company-Id and Mid may be sent; if so they are UUIDs.
//   - The first sample of a request has a trailing comma and a brace too many.
//     JSON is read strictly: such a body is a 400.
//   - PUT is a partial update at every depth. What is left out stays, null and
//     "" clear, unknown names are passed over. Its answer is
//     {"status":"success"}, in lower case as the reference has it.
//   - Codes may come in any case and are stored and answered in upper case; a
//     number may come where the document has a string.
//   - A reference is unique among a merchant's customers; "" is none. One that
//     is taken is a 409 with invalid_parameters.
//   - The customer_id of one that was merged into another is the other's, and its
//     reference lists the other while nobody else has it.
//   - first_name and last_name may have 50 characters, as the update's page
//     says. A customer that has a single name, as other APIs and the pages may
//     give it, reads null in both; nobody splits it.
//   - A country that is text and no country, as Payfirma's API keeps, reads
//     null.
//   - billing.email is the customer's e-mail address. shipping.email and
//     shipping.phone are the shipping address's.
//   - shipping.address_match true makes the billing address serve for both, from
//     then on; a shipping address sent with it is passed over. One that is sent
//     later without it, and is another, parts the two: what it leaves out stays.
//   - What was never set is left out of answers, lists too.
//   - A filter keeps the nesting and the order of the whole answer; names it
//     does not know are passed over. customer_id is left out unless asked for.
//   - A limit above 100 is read as 100; 0, negative numbers and words are a
//     400. links name filter, reference and limit only where the request did,
//     then the offset. The page last begins at the last multiple of the limit.
//   - A card is created for a customer: customer_id is needed beside it. The
//     documents show the card's members by themselves and, elsewhere, in "card":
//     both are read. The same number again is the same card.
//   - A card's number is its last four digits in answers, and may be sent so. A
//     card does not change into one of another number.
//   - Of a card's bank only the first six digits and the scheme are known.
//   - Switching off a card that a living subscription needs is a 409.
//   - There is no call that deletes. Deleted customers are a 404 and in no list.
package acquired
