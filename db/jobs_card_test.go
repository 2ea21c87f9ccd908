package db_test

import (
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// TestARefusedRowKeepsNoCardNumber: a row is refused because it holds one, and
// is kept for its people to correct.
func TestARefusedRowKeepsNoCardNumber(t *testing.T) {
	for name, file := range map[string]string{
		"csv": "name,description,postcode,card,cvv\n" +
			"Bo Ek,paid by 4111 1111 1111 1111,1010,5555555555554444,987\n",
		"escaped":    `{"name":"Bo Ek","description":"4111 1111 1111 111\u0031","postcode":"1010","card":5555555555554444,"cvv":987}` + "\n",
		"bad object": `{"name":"Bo Ek"}` + "\n" + `{"card":5555555555554444,"cvv":987` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
				j := uploaded(t, h, h.Member, file)
				started(t, h, h.Member, j.ID, 0)
				worked(t, h, h.Member, j.ID)
				kept := 0
				err := h.EachRefusal(t.Context(), h.Member, j.ID, func(row core.FileRow, _ core.JobFault) error {
					kept++
					text, err := row.MarshalRow()
					if err != nil {
						return err
					}
					for _, secret := range []string{"1111", "4444", "987", "u0031"} {
						if strings.Contains(text, secret) {
							t.Errorf("%s is kept in %s", secret, text)
						}
					}
					if name != "bad object" && (!strings.Contains(text, "1010") || !strings.Contains(text, "paid by") && name == "csv") {
						t.Errorf("more is gone than has to be: %s", text)
					}
					return nil
				})
				if err != nil || kept != 1 {
					t.Errorf("%d rows are kept, %v", kept, err)
				}
			})
		})
	}
}
