package db_test

import (
	"fmt"
	"strings"
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

// BenchmarkImportJob does the whole job as the program does: checks a file and
// then brings it in; one op is one row.
func BenchmarkImportJob(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbtest.House
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h, ctx := engine.open(b), b.Context()
			var csv strings.Builder
			fields := []string{"reference", "email", "first_name", "last_name", "phone", "billing.street", "billing.city", "billing.state", "billing.postcode", "billing.country"}
			fmt.Fprintln(&csv, strings.Join(fields, ","))
			for _, row := range importRows(0, b.N) {
				for i, f := range fields {
					if i > 0 {
						csv.WriteByte(',')
					}
					csv.WriteString(row.Changes[f])
				}
				csv.WriteByte('\n')
			}
			j, err := h.UploadImport(ctx, h.Owner, "people.csv", strings.NewReader(csv.String()))
			if err == nil {
				j, err = h.PlanImport(ctx, h.Owner, j.ID, fields)
			}
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, what := range []string{"checked", "brought-in"} {
				begun := b.Elapsed()
				if err := h.WorkJobs(ctx); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/(b.Elapsed()-begun).Seconds(), what+"/s")
				if what == "checked" {
					if _, err := h.StartJob(ctx, h.Owner, j.ID, 0); err != nil {
						b.Fatal(err)
					}
				}
			}
			if j, err = h.Job(ctx, h.Owner, j.ID); err != nil || j.Report.Run.Added != b.N {
				b.Fatalf("of %d rows: %+v, %v", b.N, j.Report.Run, err)
			}
		})
	}
}
