package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/web"
)

// Keys are what programs prove themselves by.
type Keys interface {
	// ApplicationKeys returns a program and the keys it may sign with now;
	// [core.ErrNotFound] if there is none that may call.
	ApplicationKeys(ctx context.Context, id int64) (core.Credentials, error)
	// TokenUser returns the program a token stands for, or [core.ErrNotFound].
	TokenUser(ctx context.Context, token string) (core.ApplicationUser, error)
}

// An Authenticator returns the program that proves by the request that it is
// the one calling, or an error: a [Refusal] made by [Stranger]. The body, for
// signatures, is [Body]'s.
type Authenticator func(r *http.Request, keys Keys) (core.ApplicationUser, error)

// Stranger returns the refusal of a call whose proof does not hold. Program is
// the ID it claimed, 0 where there is none: the owner of that program finds the
// reason on the page of its last refused calls.
func Stranger(program int64, why string) error {
	return &Refusal{Status: http.StatusUnauthorized, Why: why, Program: program}
}

// Bearer is the Authenticator of "Authorization: Bearer" with one of our
// tokens, see [Login].
func Bearer(r *http.Request, keys Keys) (core.ApplicationUser, error) {
	token, ok := BearerToken(r)
	if !ok {
		return core.ApplicationUser{}, Stranger(0, "no Bearer token was sent")
	}
	a, err := keys.TokenUser(r.Context(), token)
	if errors.Is(err, core.ErrNotFound) {
		return a, Stranger(0, "the token has expired, or was never given")
	}
	return a, err
}

// BearerToken returns the token of the Authorization header.
func BearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// ReadProgram reads the ID of a program as it stands in a request.
func ReadProgram(id string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

// Logins is what [Login] needs of the store.
type Logins interface {
	Keys
	IssueToken(ctx context.Context, a core.ApplicationUser, life time.Duration) (string, error)
}

// Login gives the program with the ID and the key a token that stands for it
// as long as life, or returns a [Refusal].
func Login(r *http.Request, store Logins, id, key string, life time.Duration) (core.ApplicationUser, string, error) {
	n := ReadProgram(id)
	c, err := store.ApplicationKeys(r.Context(), n)
	if errors.Is(err, core.ErrNotFound) {
		return core.ApplicationUser{}, "", Stranger(0, "there is no such application user")
	}
	if err != nil {
		return core.ApplicationUser{}, "", err
	}
	if !Opens(c, key) {
		return core.ApplicationUser{}, "", Stranger(c.ID, "the key is not this application user's")
	}
	if s := callOf(r).server; s != nil {
		if err := s.throttle.take(c.ID, s.now()); err != nil {
			return core.ApplicationUser{}, "", err
		}
	}
	token, err := store.IssueToken(r.Context(), c.ApplicationUser, life)
	return c.ApplicationUser, token, err
}

// Opens reports whether the key is one of the program's.
func Opens(c core.Credentials, key string) bool {
	given, fits := sha256.Sum256([]byte(key)), 0
	for _, k := range c.Keys {
		own := sha256.Sum256([]byte(k))
		fits |= subtle.ConstantTimeCompare(given[:], own[:])
	}
	return fits == 1
}

// loginNames are the parameters that a login or its end may have.
var loginNames = []string{"client_id", "client_secret", "grant_type", "scope", "token"}

// Client returns the two strings of a program and the parameters that came with
// them, from wherever a login may have put them: HTTP Basic first, then the
// form or JSON of the body under the names client_id and client_secret, then
// the query. A body that is neither is no parameters, and no error.
func Client(r *http.Request) (id, secret string, params url.Values) {
	params = r.URL.Query()
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case isJSON(kind):
		if body, err := ParseJSON(Body(r)); err == nil {
			for _, name := range loginNames {
				if text, ok := body.At(name).Text(); ok && text != "" {
					params.Set(name, text)
				}
			}
		}
	default:
		if form, err := url.ParseQuery(string(Body(r))); err == nil {
			for name, v := range form {
				params[name] = v
			}
		}
	}
	if id, secret, ok := r.BasicAuth(); ok {
		return basicText(id), basicText(secret), params
	}
	return params.Get("client_id"), params.Get("client_secret"), params
}

// basicText reads one of the two strings of HTTP Basic. OAuth has them encoded
// as in a form (RFC 6749, 2.3.1), which most clients forget. A plus is part of
// a key and no space, so only percent signs are read.
func basicText(s string) string {
	if text, err := url.PathUnescape(s); err == nil {
		return text
	}
	return s
}

// isJSON reports whether a media type is JSON.
func isJSON(kind string) bool {
	return kind == "application/json" || kind == "text/json" || (strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"))
}

// Actor returns the program that calls, as the store wants it first: with its
// rights, its merchant, the address it calls from and the face it calls
// through.
func Actor(r *http.Request) core.Actor { return callOf(r).actor }

// Now returns the time by which the call is carried out.
func Now(r *http.Request) time.Time { return callOf(r).server.now() }

// Look returns a request by which a face shows a customer on a page: [Actor] is
// who looks, and [Now] is by the page's clock.
func Look(r *http.Request, by core.Actor, now func() time.Time) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callKey{}, &call{server: &Server{now: now}, actor: by}))
}

// Body returns the body of the call, whole and as sent. It is empty where the
// method has none: what a GET or HEAD carries is not read.
func Body(r *http.Request) []byte { return callOf(r).body }

// JSON returns the body of the call as JSON. An empty body is a Value that is
// missing; one that is no JSON is refused with 400, one of too many values with
// 413.
func JSON(r *http.Request) (Value, error) {
	body := Body(r)
	if len(strings.TrimSpace(string(body))) == 0 {
		return Value{}, nil
	}
	v, err := ParseJSON(body)
	switch {
	case errors.Is(err, errMany):
		return v, Refuse(http.StatusRequestEntityTooLarge, "the body holds more than %d values", maxValues)
	case err != nil:
		return v, Refuse(http.StatusBadRequest, "the body is not valid JSON")
	}
	return v, nil
}

// Scope narrows the call's program to what a face's own handshake says, such
// as which merchant a header names: it refuses with 403 when the program is not
// of that merchant.
func Scope(r *http.Request, merchant int64) error {
	if Actor(r).Merchant != merchant {
		return Refuse(http.StatusForbidden, "the application user is not of this merchant")
	}
	return nil
}

// Origin is the address the call came from.
func Origin(r *http.Request) string { return web.Client(r) }
