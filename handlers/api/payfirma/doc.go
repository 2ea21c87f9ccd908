// Package payfirma is Payfirma's customer-service and plan-service over
// Kontor's customers, cards, subscriptions and plans, as "Customer", "Card" and
// "Subscription" in its documentation and the plan-service beside it describe
// them. Programs carry a Bearer token from /oauth/token.
//
// Where the documents are silent or differ:
//
//   - Every call answers 200; those about a customer, a card or a subscription
//     answer the whole customer.
//   - An error is {"error", "message"}: a code in capitals and words that name
//     every field that is wrong. A card that its issuer declines is a 402.
//   - lookup_id is ten letters and digits. The numeric id is taken in its place.
//   - A create needs an e-mail address, and no update takes one away; it need not
//     be unlike others'. custom_id is a free text and no identity.
//   - What was never given is null.
//   - country takes a name or a code. A name is answered as it was given, a code as
//     the code that it reads as: UK as GB. A text that is no country is kept and
//     answered, and nobody else shows it.
//   - PUT and PATCH are the same: what is left out stays. DELETE of a
//     subscription cancels it.
//   - Lists go by age, the oldest first, 25 unless limit says otherwise, 100 at the
//     most. Cursors are always there; those of an empty page are the ones that
//     came. A cursor that is none of ours finds nothing. after goes before before.
//     Quotes round a value are taken off.
//   - email_address, first_name, last_name and company compare whole texts, in any
//     case. with_subscription and a plan's customers count subscriptions in any
//     state.
//   - card_prefix is the number's first four digits. A month is 8, "8" or "08", a
//     year 30, "30" or 2030. is_default false changes nothing: one card is.
//   - A card that a living subscription needs is not removed: 409. When the
//     default goes the oldest that is left follows.
//   - start_date is milliseconds and lies ahead. A subscription is added at
//     /customer/{customer}/subscription; /customer/subscription, as the heading has
//     it, finds the customer by the card.
//   - status is written ACTIVE, PAUSED, CANCELED or CANCELLED, and read as
//     CANCELLED, and RETRY, SUSPENDED and EXPIRED besides. CANCELLED and EXPIRED are
//     final: any change is a 409.
//   - Amounts are numbers with the digits of their currency.
//   - frequency reads MOTHLY as MONTHLY and YEARLY as ANNUALLY. SEMI_ANNUALLY is
//     ours, for plans that are paid every half-year.
//   - A plan's amount that is changed is for subscriptions to come. DELETE of a plan
//     archives it, and takes it away when nobody ever subscribed.
package payfirma
