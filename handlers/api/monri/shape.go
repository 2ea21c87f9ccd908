package monri

import (
	"encoding/json"
	"net/http"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// A customer is the document's, its members in the order of its sample.
type customer struct {
	UUID               string                     `json:"uuid"`
	ID                 string                     `json:"id,omitempty"` // in lists: the uuid again
	MerchantCustomerID *string                    `json:"merchant_customer_id"`
	Description        *string                    `json:"description"`
	Email              *string                    `json:"email"`
	Name               *string                    `json:"name"`
	Phone              *string                    `json:"phone"`
	Status             status                     `json:"status"`
	Deleted            bool                       `json:"deleted"`
	City               *string                    `json:"city"`
	Country            *string                    `json:"country"`
	ZIPCode            *string                    `json:"zip_code"`
	Address            *string                    `json:"address"`
	Metadata           map[string]json.RawMessage `json:"metadata"`
	CreatedAt          string                     `json:"created_at"`
	UpdatedAt          string                     `json:"updated_at"`
	DeletedAt          *string                    `json:"deleted_at"`
}

func customerObject(c core.Customer) customer {
	place, _ := c.Billing()
	o := customer{
		UUID: c.UUID, Status: approved, Deleted: !c.Living(),
		MerchantCustomerID: given(c.Reference), Description: given(c.Description), Email: given(c.Email),
		Name: given(c.FullName()), Phone: given(c.Phone),
		City: given(place.City), Country: given(place.Country), ZIPCode: given(place.Postcode), Address: given(addressLine(place)),
		CreatedAt: timeText(c.CreatedAt), UpdatedAt: timeText(c.UpdatedAt),
	}
	if !c.Living() {
		o.DeletedAt = given(timeText(c.DeletedAt))
	}
	for _, m := range c.Metadata {
		if o.Metadata == nil {
			o.Metadata = map[string]json.RawMessage{}
		}
		o.Metadata[m.Key] = json.RawMessage(m.Value)
	}
	return o
}

// given is a text, or null where there is none.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// timeText is the document's DateTime: UTC, to the second.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// shown is the customer on the page that shows all faces.
func shown(_ *http.Request, c core.Customer) (api.Shown, error) {
	s := api.Shown{Method: http.MethodGet, Path: "/v2/customers/" + c.UUID, Body: customerObject(c)}
	say := func(is bool, what string) {
		if is {
			s.Unsaid = append(s.Unsaid, what)
		}
	}
	place, _ := c.Billing()
	say(c.FirstName != "" && c.LastName != "", "which part of the name is the first name")
	say(c.Company != "" && c.FullName() != c.Company, "the company")
	say(c.OrganisationNumber != "", "the organisation number")
	say(c.CustomID != "", "the custom ID")
	say(c.BCC != "", "addresses for copies of receipts")
	say(c.Language != "", "the language")
	say(c.Currency != "", "the currency")
	say(c.DateOfBirth != "", "the date of birth")
	say(c.CustomData != "", "custom data")
	say(c.IP != "", "the IP address")
	say(place.State != "", "the state")
	say(len(c.Addresses) > 1, "addresses but that for bills")
	return s, nil
}
