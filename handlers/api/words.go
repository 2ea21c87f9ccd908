package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/web"
)

// Words says what is wrong with a field, without its name and without what was
// sent: "must not be longer than 50 characters".
func Words(f core.Fault) string {
	switch f.Rule {
	case core.Required:
		return "is required"
	case core.TooLong:
		return fmt.Sprintf("must not be longer than %d characters", f.Limit)
	case core.TooShort:
		return fmt.Sprintf("must have at least %d characters", f.Limit)
	case core.TooMany:
		return fmt.Sprintf("must not have more than %d entries", f.Limit)
	case core.Unknown:
		return "is not a known value"
	case core.Taken:
		return "is already in use"
	case core.CardText:
		return "must not hold a card number"
	case core.Control:
		return "must not hold control characters"
	case core.Either:
		return "cannot be given together with " + f.Other
	case core.TooLate:
		return "lies too far ahead"
	case core.Ambiguous:
		return "fits more than one record"
	case core.CheckDigit:
		return "is not a card number"
	case core.Expired:
		return "lies in the past"
	case core.NotPositive:
		return "must be above nothing"
	case core.TooFew:
		return fmt.Sprintf("must not be fewer than %d", f.Limit)
	case core.TooEarly:
		return "must lie in the future"
	case core.InUse:
		return "is in use and cannot be changed"
	case core.Archived:
		return "is archived"
	case core.OtherCurrency:
		return "must be in " + f.Other
	case core.Unusable:
		return "cannot be used"
	case core.TooPrecise:
		return fmt.Sprintf("must not have more than %d decimals", f.Limit)
	case core.TooLarge:
		return "is too large"
	}
	return "is not valid"
}

// keptReason is the reason as it may be kept. It can name what was sent, such as a
// key of metadata, and that can be a card number.
func keptReason(status int, err error) string {
	if why := reason(status, err); !core.HasCardNumber(why) {
		return why
	}
	return "a card number stands where there must be none"
}

// reason says in words why a call was refused: for an answer, and for whom the
// program belongs to.
func reason(status int, err error) string {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return refusal.Why
	}
	if bad, ok := errors.AsType[core.Invalid](err); ok {
		parts := make([]string, len(bad))
		for i, f := range bad {
			parts[i] = f.Field + " " + Words(f)
		}
		return strings.Join(parts, "; ")
	}
	var tooMany web.TooMany
	var declined core.Declined
	switch {
	case errors.As(err, &declined):
		return "the card was declined"
	case errors.Is(err, core.ErrProcessor):
		return "the processor does not answer at the moment"
	case errors.Is(err, core.ErrNotFound):
		return "there is no such record"
	case errors.Is(err, core.ErrClosed):
		return "the merchant is closed"
	case errors.As(err, new(core.CardInUse)):
		return "a subscription needs this card: give it another card, or cancel it, first"
	case errors.Is(err, core.ErrConflict):
		return "the record has changed since it was read"
	case errors.Is(err, core.ErrForbidden):
		return "the application user has no right to this"
	case errors.As(err, &tooMany):
		return "too many requests"
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "the body is too large"
	case http.StatusServiceUnavailable:
		return "the service is not available at the moment"
	}
	return strings.ToLower(http.StatusText(status))
}

// detached is ctx for what must be written although the client may have gone.
func detached(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
