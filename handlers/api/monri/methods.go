package monri

import (
	"errors"
	"net/http"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// A method is the document's payment method: a card.
type method struct {
	Status         status `json:"status"`
	ID             string `json:"id"`
	MaskedPAN      string `json:"masked_pan"`
	ExpirationDate string `json:"expiration_date"`
	KeepUntil      string `json:"keep_until"`
	CreatedAt      string `json:"created_at"`
	UpdatedAt      string `json:"updated_at"`
	CustomerUUID   string `json:"customer_uuid"`
	Token          string `json:"token"`
	Expired        bool   `json:"expired"`
}

func methodObject(c core.Card, now time.Time) method {
	return method{
		Status: approved, ID: c.Token, MaskedPAN: c.FirstSix + "******" + c.LastFour,
		ExpirationDate: c.Expiry.LastDay().String(), KeepUntil: timeText(c.KeepUntil),
		CreatedAt: timeText(c.CreatedAt), UpdatedAt: timeText(c.UpdatedAt), CustomerUUID: core.UUID(c.Customer),
		Token: c.Token, Expired: c.Expiry.Expired(now),
	}
}

// customerMethods serves GET /v2/customers/{uuid}/payment-methods, also for a
// customer named by merchant_customer_id.
func (h face) customerMethods(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("uuid")
	c, err := h.customer(r, name)
	if errors.Is(err, core.ErrNotFound) {
		c, err = h.store.CustomerByReference(r.Context(), api.Actor(r), name)
	}
	if err != nil {
		return err
	}
	return h.listMethods(w, r, c.ID)
}

// methods serves GET /v2/payment-methods.
func (h face) methods(w http.ResponseWriter, r *http.Request) error {
	return h.listMethods(w, r, 0)
}

// listMethods lists the cards of a customer or, for 0, of all.
func (h face) listMethods(w http.ResponseWriter, r *http.Request, customer int64) error {
	now := api.Now(r)
	return collect(w, r, func(offset, limit int, after int64) (part []method, last int64, more bool, err error) {
		found, err := h.store.CardRecords(r.Context(), api.Actor(r), core.CardRange{
			Customer: customer, Descending: true, Offset: offset, Limit: limit, After: after,
		})
		for _, c := range found.Items {
			part, last = append(part, methodObject(c, now)), c.ID
		}
		return part, last, found.More, err
	})
}
