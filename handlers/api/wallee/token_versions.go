package wallee

import (
	"net/http"
	"slices"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// writeTokenVersion writes a card as the version of a token, with the ID of the
// card. The processor is the sandbox: its cards are for tests.
func writeTokenVersion(o *object, v core.TokenVersion, k core.Token, now time.Time, e expansion) {
	o.number("id", v.ID)
	o.number("linkedSpaceId", v.Merchant)
	o.number("version", v.Version)
	if e.has("token") {
		o.object("token", func(o *object) { writeToken(o, k) })
	} else {
		o.link("token", k.ID)
	}
	usable := v.Usable(now)
	if usable {
		o.text("state", "ACTIVE")
	} else {
		o.text("state", "OBSOLETE")
	}
	o.null("type")
	o.text("name", v.Label())
	o.text("processorToken", v.Token)
	writeMethodOf(o, e)
	if b, ok := brandOf(v.Brand); !ok {
		o.null("paymentMethodBrand")
	} else if e.has("paymentMethodBrand") {
		o.object("paymentMethodBrand", func(o *object) { writeBrand(o, b) })
	} else {
		o.link("paymentMethodBrand", b.id)
	}
	o.null("paymentConnectorConfiguration")
	if e.has("paymentInformationHashes") {
		o.texts("paymentInformationHashes")
	}
	o.null("iconUrl")
	if e.has("labels") {
		o.texts("labels")
	}
	o.text("environment", "TEST")
	billing, _ := v.Owner.Billing()
	shipping, _ := v.Owner.Shipping()
	writeExpanded(o, "billingAddress", billing, e)
	writeExpanded(o, "shippingAddress", shipping, e)
	o.text("language", v.Owner.Language)
	o.time("createdOn", v.CreatedAt)
	o.time("activatedOn", v.CreatedAt)
	o.time("expiresOn", v.Expiry.End())
	switch {
	case usable:
		o.null("obsoletedOn")
	case v.Expiry.Expired(now):
		o.time("obsoletedOn", v.Expiry.End())
	default:
		o.time("obsoletedOn", v.UpdatedAt)
	}
	o.null("lastRetriedOn")
	o.null("retryIn")
	o.text("retryStrategy", "NO_RETRY")
	o.null("plannedPurgeDate")
}

// writeExpanded writes an address where it is asked for, null where there is
// none.
func writeExpanded(o *object, name string, a core.Address, e expansion) {
	switch {
	case !e.has(name):
	case a.ID == 0:
		o.null(name)
	default:
		o.object(name, func(o *object) { writePostal(o, a) })
	}
}

// writeMethodOf writes the payment method of a card.
func writeMethodOf(o *object, e expansion) {
	if e.has("paymentMethod") {
		o.object("paymentMethod", func(o *object) { writeMethod(o, methods[0]) })
		return
	}
	o.link("paymentMethod", methods[0].id)
}

// versionParts are what must be read of cards' customers for an expansion.
func versionParts(e expansion) core.Parts {
	if e.has("billingAddress") || e.has("shippingAddress") {
		return core.WithAddresses
	}
	return 0
}

// tokenVersionNames are the names that searches for token versions know. When one
// expires is an instant here, and a month of the card's.
var tokenVersionNames = func() core.Vocabulary {
	names := slices.Clone(core.TokenVersionFields)
	for i := range names {
		if names[i].Field == core.FieldExpires {
			names[i].Type = core.TypeTime
		}
	}
	return names
}()

// tokenVersionQuery is a query of the document's instants in ours: cards that
// expire at an instant or later are those of some month or later.
func tokenVersionQuery(q core.Query) core.Query {
	month := func(at time.Time) time.Time {
		last := core.MonthOf(at.Add(-time.Nanosecond))
		return time.Date(last.Year, last.Month, 1, 0, 0, 0, 0, time.UTC)
	}
	return q.Rewrite(func(c core.Compare) core.Node {
		if c.Field == core.FieldExpires && c.Op != core.OpEmpty {
			v := c.Values[0]
			v.From, v.To = month(v.From), month(v.To)
			c.Values = []core.Value{v}
		}
		return c
	})
}

// answerTokenVersions serves GET /payment/token-versions, and the search of them.
func (h handlers) answerTokenVersions(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	l.Query = tokenVersionQuery(l.Query)
	l.With = versionParts(l.expand)
	found, err := h.store.TokenVersionRecords(r.Context(), by, l.Range)
	if err != nil {
		return err
	}
	behind, err := h.tokensBehind(r, by, found.Items, l.expand)
	if err != nil {
		return err
	}
	now := api.Now(r)
	return answerList(w, l, found.Items, found.More, func(o *object, v core.TokenVersion) {
		writeTokenVersion(o, v, behind[v.ID], now, l.expand)
	})
}

// tokensBehind are the tokens that cards are, by their IDs; whole where they
// are asked for.
func (h handlers) tokensBehind(r *http.Request, by core.Actor, versions []core.TokenVersion, e expansion) (map[int64]core.Token, error) {
	all := map[int64]core.Token{}
	var ids core.Or
	for _, v := range versions {
		all[v.ID] = core.Token{ID: v.ID}
		ids = append(ids, core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: v.ID}}})
	}
	if !e.has("token") || len(ids) == 0 {
		return all, nil
	}
	found, err := h.store.TokenRecords(r.Context(), by, core.Range{Query: core.Query{Expr: ids}})
	for _, k := range found.Items {
		all[k.ID] = k
	}
	return all, err
}

// readTokenVersion serves GET /payment/token-versions/{tokenVersion}.
func (h handlers) readTokenVersion(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, tokenVersionTree)
	if err != nil {
		return err
	}
	id, err := pathID(r, "tokenVersion")
	if err != nil {
		return err
	}
	one := core.Query{Expr: core.Compare{Field: core.FieldID, Op: core.OpEqual, Values: []core.Value{{Number: id}}}}
	found, err := h.store.TokenVersionRecords(r.Context(), by, core.Range{Query: one, Limit: 1, With: versionParts(e)})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return core.ErrNotFound
	}
	behind, err := h.tokensBehind(r, by, found.Items, e)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeTokenVersion(o, found.Items[0], behind[id], api.Now(r), e) })
}
