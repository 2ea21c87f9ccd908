package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// imported brings rows in, or tries to, and says what became of each by a
// letter: added, updated, unchanged (=) or refused (!).
func imported(t *testing.T, h *dbtest.House, trial *db.ImportTrial, rows ...core.ImportRow) (string, []core.ImportResult) {
	t.Helper()
	by := h.Member
	by.Batch = 77
	run := h.ImportCustomers
	if trial != nil {
		run = func(ctx context.Context, by core.Actor, rows []core.ImportRow) ([]core.ImportResult, error) {
			return h.TryImport(ctx, by, trial, rows)
		}
	}
	results, err := run(t.Context(), by, rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != len(rows) {
		t.Fatalf("%d results of %d rows", len(results), len(rows))
	}
	letters := ""
	for i, r := range results {
		if r.Line != rows[i].Line {
			t.Errorf("result %d is of line %d", i, r.Line)
		}
		letters += map[core.ImportOutcome]string{core.RowAdded: "a", core.RowUpdated: "u", core.RowUnchanged: "=", core.RowRefused: "!"}[r.Outcome]
	}
	return letters, results
}

func row(line int, fields ...string) core.ImportRow {
	return core.ImportRow{Line: line, Changes: dbtest.Changes(fields...)}
}

// rows makes rows of texts "field=value, …".
func rows(texts ...string) []core.ImportRow {
	all := make([]core.ImportRow, len(texts))
	for i, text := range texts {
		ch := core.Changes{}
		for pair := range strings.SplitSeq(text, ", ") {
			name, v, _ := strings.Cut(pair, "=")
			ch[name] = v
		}
		all[i] = core.ImportRow{Line: i + 2, Changes: ch}
	}
	return all
}

func keysOf(rows []core.ImportRow) *core.RowKeys {
	keys := &core.RowKeys{}
	for _, r := range rows {
		keys.Add(r)
	}
	return keys
}

func TestImportMatchesRowsToCustomers(t *testing.T) {
	// Before every case: reference x with e-mail x@, no reference with solo@,
	// two without reference that share twin@, and x2 and y that share pair@.
	for _, tt := range []struct {
		name string
		rows []string
		want string
		left string // "reference e-mail name" of the living beside those of before, newest first
	}{
		{"new ones", []string{"reference=a, name=A", "email=b@example.com, name=B", "name=C"}, "aaa", "||C; |b@example.com|B; a||A"},
		{"by reference", []string{"reference=x, name=X", "reference=x, name=X"}, "u=", "x|x@example.com|X"},
		{"references are exact", []string{"reference=X, name=X"}, "a", "X||X"},
		{"by e-mail, in any case", []string{"email=SOLO@example.com, name=S"}, "u", "|SOLO@example.com|S"},
		{"e-mail gives a reference", []string{"email=solo@example.com, reference=s, name=S", "reference=s, name=S"}, "u=", "s|solo@example.com|S"},
		{"e-mail of one with another reference", []string{"email=x@example.com, reference=z, name=Z", "email=x@example.com, reference=z, name=Z"}, "a=", "z|x@example.com|Z"},
		{"e-mail of several", []string{"email=twin@example.com, name=T", "email=twin@example.com, reference=t, name=T", "email=pair@example.com, name=P"}, "!!!", ""},
		{"e-mail of several with other references", []string{"email=pair@example.com, reference=p, name=P"}, "a", "p|pair@example.com|P"},
		{"reference before e-mail", []string{"reference=x, email=solo@example.com, name=X"}, "u", "x|solo@example.com|X"},
		{"the later row of the file", []string{"reference=a, name=A", "reference=a, name=B", "reference=a, name=B", "email=e@example.com, name=E", "email=e@example.com, name=F"}, "au=au", "|e@example.com|F; a||B"},
		{"an address that moves away", []string{"reference=x, email=new@example.com, name=X", "email=x@example.com, name=Y", "email=new@example.com, name=Z"}, "uau", "|x@example.com|Y; x|new@example.com|Z"},
		{"two of the file that share", []string{"reference=a, email=q@example.com, name=A", "reference=b, email=q@example.com, name=B", "email=q@example.com, name=C"}, "aa!", "b|q@example.com|B; a|q@example.com|A"},
		{"a reference that comes by e-mail", []string{"email=solo@example.com, reference=s, name=S", "email=solo@example.com, reference=r, name=R", "reference=s, name=T"}, "uau", "r|solo@example.com|R; s|solo@example.com|T"},
		{"the deleted do not count", []string{"reference=gone, email=gone@example.com, name=G"}, "a", "gone|gone@example.com|G"},
		{"refused rows leave nothing", []string{"reference=a, name=A, email=bad", "reference=x, name=X, currency=XXY", "reference=a, name=A", ""}, "!!a!", "a||A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
				before := map[int64]core.CustomerSummary{}
				for _, pair := range []string{"x x", "- solo", "- twin", "- twin", "x2 pair", "y pair", "gone gone"} {
					ref, mail, _ := strings.Cut(pair, " ")
					c := h.Customer(t, "email", mail+"@example.com", "reference", strings.Trim(ref, "-"))
					if ref == "gone" {
						if err := h.DeleteCustomer(t.Context(), h.Owner, c.ID, 0, ""); err != nil {
							t.Fatal(err)
						}
					}
				}
				for _, s := range living(t, h) {
					before[s.ID] = s
				}
				// Trials first, in one batch and row by row, which must say
				// what then happens and change nothing.
				file := rows(tt.rows...)
				if got, _ := imported(t, h, db.NewImportTrial(keysOf(file)), file...); got != tt.want {
					t.Errorf("tried: %s, want %s", got, tt.want)
				}
				trial, got := db.NewImportTrial(keysOf(file)), ""
				for _, r := range file {
					letter, _ := imported(t, h, trial, r)
					got += letter
				}
				if got != tt.want {
					t.Errorf("tried row by row: %s, want %s", got, tt.want)
				}
				if diff := cmp.Diff(len(before), len(living(t, h))); diff != "" {
					t.Fatalf("a trial left something: %s", diff)
				}
				if got, _ := imported(t, h, nil, file...); got != tt.want {
					t.Errorf("imported: %s, want %s", got, tt.want)
				}
				var left []string
				for _, s := range living(t, h) {
					if before[s.ID] != s {
						left = append(left, s.Reference+"|"+s.Email+"|"+s.Name)
					}
				}
				if got := strings.Join(left, "; "); got != tt.left {
					t.Errorf("left %q, want %q", got, tt.left)
				}
			})
		})
	}
}

func living(t *testing.T, h *dbtest.House) []core.CustomerSummary {
	t.Helper()
	page, err := h.Customers(t.Context(), h.Owner, core.List{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestImportAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		file := []core.ImportRow{
			row(2, "reference", "a", "first_name", "Ana", "last_name", "Kos", "email", "ana@example.com", "phone", "01 234 5678",
				"billing.city", "Ljubljana", "billing.country", "Slovenia", "shipping.city", "Koper", "metadata.tier", `"gold"`, "metadata.n", `"12"`),
			row(3, "email", "bo@example.com", "name", "Bo Ek"),
		}
		if got, _ := imported(t, h, nil, file...); got != "aa" {
			t.Fatal(got)
		}
		got, results := imported(t, h, nil, file...)
		if got != "==" {
			t.Errorf("again: %s", got)
		}
		for _, r := range results {
			c, err := h.Store.Customer(t.Context(), h.Member, r.ID)
			if err != nil || c.Version != 1 || c.Source != core.FromImport {
				t.Errorf("%+v, %v", c, err)
			}
			line, err := h.CustomerEvents(t.Context(), h.Member, r.ID, 0, 10)
			if err != nil || len(line.Events) != 1 {
				t.Fatalf("%d events, %v", len(line.Events), err)
			}
			if e := line.Events[0]; e.Action != core.CustomerCreated || e.Actor.Batch != 77 || e.Actor.ID != h.Member.ID {
				t.Errorf("event %+v", e)
			}
		}
		// An absent cell leaves its field alone, and a change leaves an event.
		got, results = imported(t, h, nil, row(2, "reference", "a", "billing.city", "Maribor"))
		c, err := h.Store.Customer(t.Context(), h.Member, results[0].ID)
		if err != nil || got != "u" || c.Version != 2 || c.Email != "ana@example.com" || len(c.Addresses) != 2 || c.Addresses[0].City != "Maribor" {
			t.Errorf("%s, %+v, %v", got, c, err)
		}
	})
}

func TestImportNamesWhatItRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		one, two := h.Customer(t, "email", "twin@example.com"), h.Customer(t, "email", "Twin@example.com")
		_, results := imported(t, h, nil,
			row(2, "email", "twin@example.com"),
			row(3, "reference", strings.Repeat("r", 101), "email", "x@", "currency", "XXY", "billing.country", "Atlantis", "metadata.n", "[1]", "name", "a\x00b"))
		want := core.Invalid{{Field: "email", Rule: core.Ambiguous, Other: fmt.Sprintf("%d, %d", one.ID, two.ID)}}
		var bad core.Invalid
		if errors.As(results[0].Err, &bad); !cmp.Equal(want, bad) {
			t.Error(cmp.Diff(want, bad))
		}
		bad = nil
		errors.As(results[1].Err, &bad)
		got := map[string]core.Rule{}
		for _, f := range bad {
			got[f.Field] = f.Rule
		}
		if diff := cmp.Diff(map[string]core.Rule{
			"reference": core.TooLong, "email": core.Malformed, "currency": core.Unknown, "billing.country": core.Unknown,
			"metadata.n": core.Malformed, "name": core.Control,
		}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestImportNeedsTheRightAndAMerchant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, file := t.Context(), rows("reference=a, name=A")
		theirs := h.CustomerOf(t, h.Other, "reference", "a", "email", "a@example.com", "name", "Theirs")
		for _, tt := range []struct {
			by   core.Actor
			want error
		}{{h.Viewer, core.ErrForbidden}, {core.Actor{}, core.ErrForbidden}, {core.System(99), core.ErrNotFound}} {
			if _, err := h.ImportCustomers(ctx, tt.by, file); !errors.Is(err, tt.want) {
				t.Errorf("%s imports: %v", tt.by.Name, err)
			}
			if _, err := h.TryImport(ctx, tt.by, db.NewImportTrial(nil), file); !errors.Is(err, tt.want) {
				t.Errorf("%s tries: %v", tt.by.Name, err)
			}
		}
		if got, _ := imported(t, h, nil, rows("reference=a, name=A", "email=a@example.com, name=B")...); got != "aa" {
			t.Errorf("another merchant's customer was met: %s", got)
		}
		if c, err := h.Store.Customer(ctx, h.Other, theirs.ID); err != nil || c.Version != 1 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestLargeBatchesAndEmptyOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		if got, _ := imported(t, h, nil); got != "" {
			t.Error(got)
		}
		file := importRows(0, 450)
		if got, _ := imported(t, h, nil, file...); got != strings.Repeat("a", 450) {
			t.Error(got)
		}
		file[7].Changes["company"], file[300].Changes["phone"] = "Seven", "1"
		want := strings.Repeat("=", 7) + "u" + strings.Repeat("=", 292) + "u" + strings.Repeat("=", 149)
		if got, _ := imported(t, h, db.NewImportTrial(nil), file...); got != want {
			t.Error(got)
		}
		if got, _ := imported(t, h, nil, file...); got != want {
			t.Error(got)
		}
	})
}

// What only the database refuses does not take the other rows of its batch
// along.
func TestRowThatOnlyTheDatabaseRefuses(t *testing.T) {
	h := dbtest.SQLite(t)
	d, err := sqlx.Open("sqlite", h.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, err = d.Exec(`CREATE TRIGGER full BEFORE INSERT ON customers WHEN NEW.company = 'B' BEGIN SELECT RAISE(ABORT, 'full'); END`)
	if err != nil {
		t.Fatal(err)
	}
	got, results := imported(t, h, nil, rows("reference=a, name=A", "reference=b, company=B", "reference=c, name=C")...)
	if got != "a!a" || results[1].Err == nil {
		t.Errorf("%s, %+v", got, results)
	}
	if n := len(living(t, h)); n != 2 {
		t.Errorf("%d customers", n)
	}
}

// An import that is stopped in the middle of a batch says so, whatever it was
// at.
func TestImportThatIsStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		beside := h.Raw(t)
		defer beside.Close()
		h.Watch(func(query string, _ []any) {
			if !strings.HasPrefix(strings.TrimSpace(query), "INSERT INTO customers") {
				return
			}
			stop()
			for !h.Postgres { // until the transaction is rolled back
				if _, err := beside.Exec(`UPDATE merchants SET version = version`); err == nil {
					return
				}
			}
		})
		rows := importRows(0, 50)
		if _, err := h.ImportCustomers(ctx, h.Owner, rows); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		h.Watch(nil)
		if n := h.Count(t, "SELECT COUNT(*) FROM customers"); n != 0 {
			t.Errorf("%d rows are kept", n)
		}
	})
}
