package acquired_test

import (
	"encoding/json"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/handlers/api/acquired"
	"kontor/handlers/api/apitest"
)

var face = apitest.Face{
	New:  func(s *db.Store) *api.Face { return acquired.Face(s) },
	Sign: apitest.Bearer,
	IDs:  map[string]apitest.ID{"customer_id": apitest.CustomerUUID, "card_id": apitest.CardUUID},
	Bodies: map[string]string{
		"POST /v1/cards": `{"customer_id": "{{customer_id}}", "number": "4111111111111111", "expiry_month": 12, "expiry_year": 30, "cvv": "123"}`,
	},
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }

func TestCardsAreFoundByWhomACustomerWasMergedInto(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := face.World(t, h)
		stays, goes := w.Customer(t, "first_name", "Edward"), w.Customer(t, "first_name", "Ed")
		w.Card(t, goes.ID, dbtest.VisaNumber)
		if _, err := w.MergeCustomers(t.Context(), w.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{stays.UUID, goes.UUID} {
			out := face.Call(w, "shop", "GET", "/v1/cards?customer_id="+id, "")
			var said struct{ Meta struct{ Total int } }
			if err := json.Unmarshal(out.Body.Bytes(), &said); err != nil || said.Meta.Total != 1 {
				t.Errorf("by %s: %d %s", id, out.Code, out.Body)
			}
		}
	})
}

func TestAReferenceListsWhomItsCustomerWasMergedInto(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := face.World(t, h)
		stays, goes := w.Customer(t, "first_name", "Edward", "reference", "stays"), w.Customer(t, "first_name", "Ed", "reference", "goes")
		if _, err := w.MergeCustomers(t.Context(), w.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		for reference, want := range map[string]string{"stays": stays.UUID, "goes": stays.UUID, "nobodys": ""} {
			out := face.Call(w, "shop", "GET", "/v1/customers?filter=customer_id&reference="+reference, "")
			var said struct {
				Meta struct{ Total int }
				Data []struct {
					ID string `json:"customer_id"`
				}
			}
			err := json.Unmarshal(out.Body.Bytes(), &said)
			if err != nil || said.Meta.Total != len(said.Data) || (len(said.Data) == 1) != (want != "") || (want != "" && said.Data[0].ID != want) {
				t.Errorf("by %s: %d %s, %v", reference, out.Code, out.Body, err)
			}
		}
	})
}
