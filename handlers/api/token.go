package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// How long tokens last that POST /oauth/token gives.
const (
	payfirmaLife = 12 * time.Hour // what clients of Payfirma assume
	cdcLife      = time.Hour      // CDC's document
	cdcScope     = "pci-user"     // by which its clients are known
)

// tokens is the face of POST /oauth/token, by which programs of Payfirma's and
// CDC's documents log in with the grant "client_credentials". A program that
// proves itself by HTTP Basic may leave the grant out, or send a body that makes
// no sense, as one client in the wild does.
func tokens(store Store) *Face {
	f := NewFace("", "OAuth", "/oauth")
	f.forms = true
	f.Fail = oauthFail
	f.Open("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) error {
		id, secret, params := Client(r)
		grant := params.Get("grant_type")
		_, _, basic := r.BasicAuth()
		if grant != "client_credentials" && !(basic && grant == "") {
			return &oauthError{http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials"}
		}
		life := payfirmaLife
		if slices.Contains(strings.Fields(params.Get("scope")), cdcScope) {
			life = cdcLife
		}
		a, token, err := Login(r, store, id, secret, life)
		if err != nil {
			return err
		}
		return Write(w, http.StatusOK, struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
			MerchantID  int64  `json:"merchant_id"`
			Scope       string `json:"scope,omitempty"`
		}{token, "bearer", int(life.Seconds()), a.Merchant, params.Get("scope")})
	})
	revoke := func(w http.ResponseWriter, r *http.Request) error {
		token, ok := BearerToken(r)
		if !ok {
			_, _, params := Client(r)
			token = params.Get("token")
		}
		if err := store.DropToken(r.Context(), token); err != nil {
			return err
		}
		return NoContent(w)
	}
	f.Open("DELETE /oauth/token", revoke)
	f.Open("DELETE /oauth/revoke_token", revoke)
	return f
}

// An oauthError is an error of RFC 6749, 5.2.
type oauthError struct {
	status     int
	code, text string
}

func (e *oauthError) Error() string { return e.text }

func oauthFail(w http.ResponseWriter, _ *http.Request, f Failure) {
	type body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if own, ok := errors.AsType[*oauthError](f.Err); ok {
		Write(w, own.status, body{own.code, own.text})
		return
	}
	code := "invalid_request"
	switch {
	case f.Status == http.StatusUnauthorized:
		// RFC 6749: not which of the two was wrong.
		Write(w, f.Status, body{"invalid_client", "the client ID or the secret is not right"})
		return
	case f.Status >= 500:
		code = "server_error"
	case errors.Is(f.Err, core.ErrNotFound):
		code = "not_found"
	}
	Write(w, f.Status, body{code, f.Reason()})
}
