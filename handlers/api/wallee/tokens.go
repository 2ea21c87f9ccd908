package wallee

import (
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

func writeToken(o *object, k core.Token) {
	o.number("id", k.ID)
	o.number("linkedSpaceId", k.Merchant)
	o.number("version", k.Version)
	o.time("createdOn", k.CreatedAt)
	o.null("plannedPurgeDate")
	o.text("state", strings.ToUpper(string(k.State)))
	o.text("externalId", k.ExternalID)
	o.text("tokenReference", k.Reference)
	o.text("customerId", k.CustomerReference)
	o.text("customerEmailAddress", k.Email)
	o.flag("enabledForOneClickPayment", k.OneClick)
	o.text("language", k.Language)
	o.text("timeZone", k.Zone)
}

// tokenNames are the document's names of a token's fields.
var tokenNames = map[string]string{
	"external_id": "externalId", "reference": "tokenReference", "customer_reference": "customerId",
	"email": "customerEmailAddress", "zone": "timeZone",
}

func tokenName(field string) string {
	if name, ok := tokenNames[field]; ok {
		return name
	}
	return field
}

// readTokenInput reads what is said of a token.
func readTokenInput(in *input) core.TokenEdit {
	var e core.TokenEdit
	for name, to := range map[string]**string{
		"tokenReference": &e.Reference, "customerId": &e.CustomerReference, "customerEmailAddress": &e.Email,
		"language": &e.Language, "timeZone": &e.Zone,
	} {
		if v, ok := in.text(name); ok {
			*to = &v
		}
	}
	if is, ok := in.flag("enabledForOneClickPayment"); ok {
		e.OneClick = &is
	}
	return e
}

// wrongToken returns all that is wrong with a token, made of old: what reading
// it found, what the document forbids and what the core does.
func wrongToken(in *input, old, now core.Token, bad core.Invalid) error {
	for _, f := range bad {
		in.bad.add(tokenName(f.Field), api.Words(f))
	}
	if now.Reference != old.Reference && !printable(now.Reference) {
		in.bad.add("tokenReference", notPrintable)
	}
	return in.err()
}

// answerTokens serves GET /payment/tokens, and the search of them.
func (h handlers) answerTokens(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	found, err := h.store.TokenRecords(r.Context(), by, l.Range)
	if err != nil {
		return err
	}
	return answerList(w, l, found.Items, found.More, writeToken)
}

// createToken serves POST /payment/tokens. The external ID is a nonce: the same
// again returns the first token.
func (h handlers) createToken(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	if _, err := readExpansion(r, tokenTree); err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	k := core.Token{State: core.TokenActive}
	k.ExternalID, _ = in.text("externalId")
	if state, ok := in.code("state", "CREATE", "ACTIVE", "INACTIVE"); ok && state != "" {
		k.State = core.TokenState(strings.ToLower(state))
	}
	k, _ = k.With(readTokenInput(in))
	if err := wrongToken(in, core.Token{}, k, k.Check()); err != nil {
		return err
	}
	if k, err = h.store.CreateToken(r.Context(), by, k); err != nil {
		return named(err, tokenName)
	}
	return answer(w, http.StatusCreated, func(o *object) { writeToken(o, k) })
}

// readToken serves GET /payment/tokens/{token}.
func (h handlers) readToken(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	if _, err := readExpansion(r, tokenTree); err != nil {
		return err
	}
	k, err := h.tokenOf(r, by)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeToken(o, k) })
}

// tokenOf reads the token of the path.
func (h handlers) tokenOf(r *http.Request, by core.Actor) (core.Token, error) {
	id, err := pathID(r, "token")
	if err != nil {
		return core.Token{}, err
	}
	return h.store.Token(r.Context(), by, id)
}

// updateToken serves PATCH /payment/tokens/{token}.
func (h handlers) updateToken(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	if _, err := readExpansion(r, tokenTree); err != nil {
		return err
	}
	old, err := h.tokenOf(r, by)
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	version, err := in.version()
	if err != nil {
		return err
	}
	if version != old.Version {
		return core.ErrConflict
	}
	edit := readTokenInput(in)
	k, bad := old.With(edit)
	if err := wrongToken(in, old, k, bad); err != nil {
		return err
	}
	if k, err = h.store.UpdateToken(r.Context(), by, old.ID, version, edit); err != nil {
		return named(err, tokenName)
	}
	return answer(w, http.StatusOK, func(o *object) { writeToken(o, k) })
}

// deleteToken serves DELETE /payment/tokens/{token}. With a card's goes the
// card, unless a living subscription needs it: a 409.
func (h handlers) deleteToken(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	id, err := pathID(r, "token")
	if err != nil {
		return err
	}
	if err := h.store.DeleteToken(r.Context(), by, id); err != nil {
		return err
	}
	return api.NoContent(w)
}

// activeVersion serves GET /payment/tokens/{token}/active-version.
func (h handlers) activeVersion(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, tokenVersionTree)
	if err != nil {
		return err
	}
	k, err := h.tokenOf(r, by)
	if err != nil {
		return err
	}
	v, err := h.store.TokenVersion(r.Context(), by, k, versionParts(e))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeTokenVersion(o, v, k, api.Now(r), e) })
}
