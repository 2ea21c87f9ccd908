package db_test

import (
	"fmt"
	"testing"
	"time"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// BenchmarkHistory adds customers of the past; one op is one customer.
func BenchmarkHistory(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbtest.House
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := engine.open(b)
			at := time.Date(2024, 11, 21, 9, 0, 0, 0, time.UTC)
			b.ReportAllocs()
			b.ResetTimer()
			err := h.WriteHistory(b.Context(), core.System(0), func(past *db.History) error {
				for i := range b.N {
					past.At(at.Add(time.Duration(i) * time.Minute))
					n := fmt.Sprintf("%05d", i*7919%99991) // in no order
					_, err := past.CreateCustomer(b.Context(), h.Owner, core.FromPage, core.Changes{
						"first_name": "Amara " + n, "last_name": "Begić" + n[3:], "email": "amara.begic" + n + "@example.com",
						"phone": "+387 33 1" + n, "reference": fmt.Sprint("cust-", 10000+i), "currency": "EUR", "language": "bs",
						"billing.street": "Titova " + n, "billing.postcode": "71000", "billing.city": "Sarajevo", "billing.country": "BA",
						"metadata.tier": `"gold"`, "metadata.channel": `"shop"`,
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
