package db_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/dbtest"
)

// A planNode is a step of PostgreSQL's plan and those it takes rows from.
type planNode struct {
	Type     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Index    string     `json:"Index Name"`
	Cond     string     `json:"Index Cond"`
	Filter   string     `json:"Filter"`
	Rows     float64    `json:"Plan Rows"`
	Cost     float64    `json:"Total Cost"`
	Plans    []planNode `json:"Plans"`
	Sort     []string   `json:"Sort Key"`
}

// String says what a node does.
func (n planNode) String() string {
	return fmt.Sprintf("%s on %s%s %s%v of some %.0f rows", n.Type, n.Relation, n.Index, n.Cond, n.Sort, n.Rows)
}

// each calls f for a node and all beneath it.
func (n planNode) each(f func(planNode)) {
	f(n)
	for _, under := range n.Plans {
		under.each(f)
	}
}

const (
	maxSorted = 20000 // rows that a statement may sort: those that a search sorts on SQLite
	maxCost   = 20000 // of PostgreSQL's units, in which a page of fifty rows by index is some hundred
)

// postgresFaults are the ways in which a plan reads or sorts more than a page.
// Tables without a row are small here whatever is said of them.
func postgresFaults(plan planNode, empty map[string]bool) []string {
	var faults []string
	plan.each(func(n planNode) {
		switch n.Type {
		case "Seq Scan":
			if small[n.Relation] == "" && !empty[n.Relation] {
				faults = append(faults, n.String())
			}
		case "Sort":
			if n.Plans[0].Rows > maxSorted {
				faults = append(faults, n.String())
			}
		}
	})
	if len(faults) == 0 && plan.Cost > maxCost {
		worst := plan
		plan.each(func(n planNode) {
			if len(n.Plans) == 0 && (len(worst.Plans) > 0 || n.Cost > worst.Cost) {
				worst = n
			}
		})
		faults = append(faults, fmt.Sprintf("cost %.0f, of which %.0f %s", plan.Cost, worst.Cost, worst))
	}
	return faults
}

// rawAsKontor is a connection that plans as the store's do.
func rawAsKontor(t *testing.T, h *dbtest.House) *sqlx.DB {
	t.Helper()
	d := h.Raw(t)
	d.SetMaxOpenConns(1)
	if _, err := d.Exec(db.PostgresSettings); err != nil {
		t.Fatal(err)
	}
	return d
}

// explain is PostgreSQL's plan of a statement.
func explain(d *sqlx.DB, s statement) (planNode, error) {
	var text string
	if err := d.Get(&text, "EXPLAIN (FORMAT JSON) "+s.text, s.args...); err != nil {
		return planNode{}, err
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return planNode{}, err
	}
	return plans[0].Plan, nil
}

// growPostgres makes PostgreSQL plan as in a database that is some hundred
// times as large, in which no table that grows is small. It takes a superuser
// to write statistics by hand.
func growPostgres(t *testing.T, h *dbtest.House) {
	t.Helper()
	h.Exec(t, `ANALYZE`)
	names := "'" + strings.Join(slices.Sorted(maps.Keys(small)), "', '") + "'"
	h.Exec(t, `
		UPDATE pg_class c
		SET reltuples = GREATEST(300 * c.reltuples, 100000), relpages = GREATEST(c.relpages, 1)
		FROM pg_class of LEFT JOIN pg_index i ON i.indrelid = of.oid
		WHERE c.oid IN (of.oid, i.indexrelid) AND pg_relation_size(of.oid) > 0 AND of.relkind = 'r' AND of.relnamespace = current_schema()::regnamespace AND of.relname NOT IN (`+names+`)`)
}

// emptyTables are those without a row.
func emptyTables(t *testing.T, d *sqlx.DB) map[string]bool {
	t.Helper()
	var names []string
	if err := d.Select(&names, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) = 0`); err != nil {
		t.Fatal(err)
	}
	empty := map[string]bool{}
	for _, name := range names {
		empty[name] = true
	}
	if len(empty) > 5 {
		t.Errorf("the tables %v have no row", names)
	}
	return empty
}
