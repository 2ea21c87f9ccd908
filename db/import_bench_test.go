package db_test

import (
	"fmt"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// BenchmarkImport brings customers in by batches of 500: into an empty
// merchant, and then the same ones again.
func BenchmarkImport(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbtest.House
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := engine.open(b)
			for _, run := range []string{"new", "same", "try"} {
				b.Run(run, func(b *testing.B) {
					trial, line := db.NewImportTrial(&core.RowKeys{}), 0
					for b.Loop() {
						rows := importRows(line, 500)
						line += len(rows)
						var err error
						if run == "try" {
							_, err = h.TryImport(b.Context(), h.Owner, trial, rows)
						} else {
							_, err = h.ImportCustomers(b.Context(), h.Owner, rows)
						}
						if err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(line)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		})
	}
}

func importRows(from, n int) []core.ImportRow {
	rows := make([]core.ImportRow, n)
	for i := range rows {
		line := from + i + 1
		rows[i] = core.ImportRow{Line: line, Changes: core.Changes{
			"reference": fmt.Sprint("r-", line), "email": fmt.Sprintf("luis.%d@example.com", line),
			"first_name": fmt.Sprint("Luís ", line%977), "last_name": fmt.Sprint("Gonçalves ", line%1013), "phone": fmt.Sprintf("+55 12 3923-%04d", line%10000),
			"billing.street": fmt.Sprint("Av. Brigadeiro Faria Lima ", line%300), "billing.city": "São José dos Campos", "billing.state": "SP",
			"billing.postcode": fmt.Sprintf("%05d", line%100000), "billing.country": "Brazil",
		}}
	}
	return rows
}
