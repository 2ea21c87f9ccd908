package db_test

import (
	"io"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// BenchmarkExport takes a list of customers out, as each kind of file; one op is
// one customer.
func BenchmarkExport(b *testing.B) {
	const people = 10_000
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbtest.House
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := engine.open(b)
			for line := 0; line < people; line += 500 {
				if _, err := h.ImportCustomers(b.Context(), h.Owner, importRows(line, 500)); err != nil {
					b.Fatal(err)
				}
			}
			for _, format := range []core.Format{core.CSV, core.NDJSON} {
				b.Run(string(format), func(b *testing.B) {
					b.ReportAllocs()
					rows := 0
					for rows < b.N {
						rows += exportAll(b, h.Store, h.Owner, format)
					}
					b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		})
	}
}

// exportAll takes all customers out and returns how many there were.
func exportAll(b *testing.B, s *db.Store, by core.Actor, format core.Format) int {
	var out *core.CustomerWriter
	rows := 0
	err := s.ExportCustomers(b.Context(), by, core.Export{Format: format}, func(keys []string) (err error) {
		out, err = core.NewCustomerWriter(io.Discard, format, keys)
		return err
	}, func(c core.Customer) error {
		rows++
		return out.Add(c)
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		b.Fatal(err)
	}
	return rows
}
