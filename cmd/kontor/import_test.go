package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// An importer runs the command on a store of its own.
type importer struct {
	*dbtest.House
	dir            string
	code           int
	stdout, stderr string
}

func newImporter(t *testing.T) *importer {
	t.Helper()
	return &importer{House: dbtest.SQLite(t), dir: t.TempDir()}
}

// write puts a file beside which the refused rows will be.
func (im *importer) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(im.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (im *importer) run(t *testing.T, stdin string, args ...string) {
	t.Helper()
	var out, log bytes.Buffer
	env := environment{
		Getenv: func(name string) string {
			return map[string]string{"KONTOR_DATA": im.dir, "KONTOR_KEY_FILE": filepath.Join(im.dir, "key")}[name]
		},
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &log,
	}
	args = append([]string{"import", "customers", "-db", im.DSN, "-merchant", "1"}, args...)
	im.code = run(t.Context(), env, args)
	im.stdout, im.stderr = out.String(), log.String()
}

func (im *importer) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	all := im.stdout + im.stderr
	if im.code != code {
		t.Errorf("exit code %d, want %d; it said:\n%s", im.code, code, all)
	}
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("it did not say %q but:\n%s", text, all)
		}
	}
}

// customers are those of the first merchant, newest first.
func (im *importer) customers(t *testing.T) []core.CustomerSummary {
	t.Helper()
	page, err := im.Customers(t.Context(), im.Owner, core.List{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func (im *importer) one(t *testing.T, reference string) core.Customer {
	t.Helper()
	for _, s := range im.customers(t) {
		if s.Reference == reference {
			c, err := im.Store.Customer(t.Context(), im.Owner, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatalf("no customer %q", reference)
	return core.Customer{}
}

func TestImportChinook(t *testing.T) {
	im := newImporter(t)
	text, err := os.ReadFile("testdata/chinook-customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	file := im.write(t, "chinook.csv", string(text))
	im.run(t, "", file, "-dry-run")
	im.want(t, 0, "would be 59 added, 0 updated, 0 unchanged, 0 refused")
	if n := len(im.customers(t)); n != 0 {
		t.Fatalf("a trial left %d customers", n)
	}
	im.run(t, "", file)
	im.want(t, 0, "59 rows", "59 added, 0 updated, 0 unchanged, 0 refused")
	for _, line := range []string{"CustomerId to reference", "Address to billing.street", "PostalCode to billing.postcode", "Fax dropped", "SupportRepId dropped"} {
		if !strings.Contains(strings.Join(strings.Fields(im.stderr), " "), line) {
			t.Errorf("it did not say that %s:\n%s", line, im.stderr)
		}
	}
	first := im.one(t, "1")
	a, _ := first.Billing()
	got := []string{first.FullName(), first.Email, first.Company, first.PhoneE164, a.Street, a.Country, string(first.Source)}
	want := []string{"Luís Gonçalves", "luisg@embraer.com.br", "Embraer - Empresa Brasileira de Aeronáutica S.A.", "+551239235555", "Av. Brigadeiro Faria Lima, 2170", "BR", "import"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	im.run(t, "", file)
	im.want(t, 0, "0 added, 0 updated, 59 unchanged, 0 refused")
	for _, s := range im.customers(t) {
		line, err := im.CustomerEvents(t.Context(), im.Owner, s.ID, 0, 10)
		if err != nil || len(line.Events) != 1 || line.Events[0].Actor.Batch == 0 {
			t.Fatalf("the record of %s: %+v, %v", s.Title(), line.Events, err)
		}
	}
	if names := im.files(t); !cmp.Equal(names, []string{"chinook.csv"}) {
		t.Errorf("files left: %v", names)
	}
}

// files are the names in the folder that the import works in.
func (im *importer) files(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(im.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestRefusedRowsComeBackAndGoInCorrected(t *testing.T) {
	im := newImporter(t)
	file := im.write(t, "people.csv", `Customer ID,Name,E-Mail,Phone,Country,metadata.tier,Shoe size
a-1,Ana Kos,ana@example.com,+386 1 234 5678,Slovenia,gold,38
a-2,=Bo,bo@,-,Sweden,NULL,44
a-3,Cy,cy@example.com,,Atlantis,"-1",41
a-4,Di,di@example.com
a-5,Ed,ed@example.com,,,,,,
a-6,Flo "F" Ek,flo@example.com,,,,
,,,,,,

a-7,Gi,gi@example.com,,,,,surplus
`)
	im.run(t, "", file)
	im.want(t, 0, "2 added, 0 updated, 0 unchanged, 5 refused", "line 3: ", "Shoe size", "people.csv.rejected.csv")
	rejected := filepath.Join(im.dir, "people.csv.rejected.csv")
	text, err := os.ReadFile(rejected)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 6 || lines[0] != "Customer ID,Name,E-Mail,Phone,Country,metadata.tier,Shoe size,line,reason" {
		t.Fatalf("refused:\n%s", text)
	}
	for i, want := range []string{"a-2,'=Bo,bo@,,Sweden,,44,3,", "a-3,Cy,cy@example.com,,Atlantis,'-1,41,4,", "a-4,Di,di@example.com,,,,,5,", "a-6,", "a-7,Gi,gi@example.com,,,,,10,"} {
		if !strings.HasPrefix(lines[i+1], want) {
			t.Errorf("line %d: %q, want %q …", i+1, lines[i+1], want)
		}
	}
	fixed := strings.NewReplacer("bo@,", "bo@example.com,", "Atlantis", "Greece").Replace(string(text))
	im.run(t, "", im.write(t, "people.csv.rejected.csv", fixed))
	im.want(t, 0, "0 refused", "ignored: Kontor's own")
	if bo := im.one(t, "a-2"); bo.Name != "=Bo" || bo.Phone != "" {
		t.Errorf("corrected: %+v", bo)
	}
	if tier, _ := im.one(t, "a-3").Meta("tier"); tier.Text() != "-1" {
		t.Errorf("metadata: %+v", tier)
	}
}

func TestObjectsByLines(t *testing.T) {
	im := newImporter(t)
	file := im.write(t, "people.jsonl", `{"id":7,"reference":"m-1","name":"Ana Kos","metadata":{"visits":12,"vip":true,"tier":"gold"},"zip_code":"1000","country":null}
{"reference":"w-1","givenName":"Bo","familyName":"Ek","bcc_emails":["a@example.com","b@example.com"],"cards":[],"preferredCurrency":"sek"}

{"reference":"q-1","givenName":["Cy"]}
not JSON
{}
`)
	im.run(t, "", file)
	im.want(t, 0, "2 added, 0 updated, 0 unchanged, 2 refused", "line 5: The line is no JSON object.")
	ana := im.one(t, "m-1")
	got := map[string]string{}
	for _, m := range ana.Metadata {
		got[m.Key] = m.Value
	}
	if diff := cmp.Diff(map[string]string{"visits": "12", "vip": "true", "tier": `"gold"`}, got); diff != "" {
		t.Error(diff)
	}
	if bo := im.one(t, "w-1"); bo.BCC != "a@example.com, b@example.com" || bo.Currency != "SEK" || bo.LastName != "Ek" {
		t.Errorf("%+v", bo)
	}
	rejected, err := os.ReadFile(file + ".rejected.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(rejected)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `{"reference":"q-1","givenName":["Cy"],"line":4,"reason":"`) ||
		!strings.HasPrefix(lines[1], `{"line":5,"reason":"`) || !strings.HasSuffix(lines[1], `"text":"not JSON"}`) {
		t.Errorf("refused:\n%s", rejected)
	}
	im.run(t, "", im.write(t, "fixed.ndjson", strings.Replace(lines[0], `["Cy"]`, `"Cy"`, 1)))
	im.want(t, 0, "1 added")

	// Acquired's own shape.
	im.run(t, `{"reference":"q-2","billing":{"address":{"line_1":"Quay 1","country_code":"gb"},"email":"di@example.com"},"first_name":"Di"}`, "-",
		"-rejects", filepath.Join(im.dir, "r"))
	im.want(t, 0, "1 added")
	di := im.one(t, "q-2")
	if a, _ := di.Billing(); di.Email != "di@example.com" || a.Street != "Quay 1" || a.Country != "GB" {
		t.Errorf("%+v", di)
	}
}

func TestUnreadableFilesGoInWhollyOrNotAtAll(t *testing.T) {
	im := newImporter(t)
	utf16 := func(text string) string {
		b := []byte{0xff, 0xfe}
		for _, r := range text {
			b = append(b, byte(r), byte(r>>8))
		}
		return string(b)
	}
	big := strings.Repeat("x", core.MaxImportRow)
	for _, tt := range []struct {
		name, text string
		code       int
		want       string
	}{
		{"empty.csv", "", 1, "the file is empty"},
		{"blank.csv", "\n\r\n  \n", 1, "the file is empty"},
		{"mark.csv", "\ufeff", 1, "the file is empty"},
		{"empty.ndjson", "", 1, "the file is empty"},
		{"header.csv", "name,email\n", 1, "a header and no rows"},
		{"hollow.csv", "name,email\n,\n-,NULL\n", 1, "a header and no rows"},
		{"unknown.csv", "foo,bar\n1,2\n", 1, "no column has a name that is known"},
		{"twice.csv", "Email,E-mail,Name\na@example.com,b@example.com,A\n", 1, `the columns "Email" and "E-mail" both go to email`},
		{"binary.csv", "\x7fELF\x02\x01\x01\x00\x00\x00name,email\n", 1, "is not text"},
		{"picture.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 1, "the file is not text"},
		{"zipped.csv", "\x1f\x8b\x08\x00\x00\x00\x00\x00", 1, "compressed"},
		{"book.csv", "PK\x03\x04\x14\x00", 1, "spreadsheet"},
		{"list.json", "[{\"name\":\"A\"}]\n", 1, "JSON list"},
		{"latin1.csv", "name,city\nA,Bern\nB,Z\xfcrich\n", 1, "line 3 is not UTF-8"},
		{"latin1.ndjson", "{\"name\":\"A\"}\n{\"name\":\"Z\xfcrich\"}\n", 1, "line 2 is not UTF-8"},
		{"mac.csv", "name,city\rA,Bern\r", 1, "Macintosh"},
		{"nomark.csv", utf16("name\nA\n")[2:], 1, "UTF-16 without"},
		{"open.csv", "name,city\nA,Bern\n\"B,Bern\nC,Bern\n\"D\",Bern\n", 1, "line 3: a quote"},
		{"endless.csv", "name,city\nA,Bern\n\"B," + big + big, 1, "the row after line 2 is longer than 1 MiB"},
		{"long.csv", "name," + big + big, 1, "the first line is longer than 1 MiB"},
		{"long.ndjson", "{\"name\":\"A\"}\n{\"name\":\"" + big + "\"}\n", 1, "line 2 is longer than 1 MiB"},
		{"wide.csv", strings.Repeat("name,", 1000) + "\nA\n", 1, "1001 columns"},
		{"refused.csv", "email\nx\ny\n", 1, "no row could be imported"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			im.run(t, "", im.write(t, tt.name, tt.text))
			im.want(t, tt.code, tt.want)
			if n := len(im.customers(t)); n != 0 {
				t.Fatalf("%d customers went in", n)
			}
		})
	}
	im.run(t, "", im.write(t, "utf16.csv", utf16("name;city\r\nÅsa;Växjö\r\n")))
	im.want(t, 0, "1 added")
	if c := im.customers(t)[0]; c.Name != "Åsa" || c.City != "Växjö" {
		t.Errorf("of UTF-16: %+v", c)
	}
}

func TestSeparatorsAndStandardInput(t *testing.T) {
	im := newImporter(t)
	for i, sep := range []string{",", ";", "\t", "|"} {
		name := "Ana" + strconv.Itoa(i)
		im.run(t, strings.ReplaceAll("\ufeffreference~\"Name, full; or not\"~city\n"+name+"~"+name+"~\"A,B;C\"\n", "~", sep), "-",
			"-map", "\"Name, full; or not=name\"", "-rejects", filepath.Join(im.dir, "r"))
		im.want(t, 0, "1 added")
		if c := im.one(t, name); c.Name != name || c.Addresses[0].City != "A,B;C" {
			t.Errorf("by %q: %+v", sep, c)
		}
	}
}

func TestWrongUseOfImport(t *testing.T) {
	im := newImporter(t)
	file := im.write(t, "a.csv", "name,city\nA,Bern\n")
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{}, 2, "one FILE"},
		{[]string{file, file}, 2, "one FILE"},
		{[]string{file, "-merchant", "0"}, 2, "-merchant"},
		{[]string{file, "-merchant", "7"}, 1, "there is no merchant 7"},
		{[]string{file, "-map", "name"}, 2, "COLUMN=field"},
		{[]string{file, "-map", "nom=name"}, 2, `there is no column "nom"`},
		{[]string{file, "-map", "name=nom"}, 2, `there is no field "nom"`},
		{[]string{file, "-map", "city=name"}, 2, "both go to name"},
		{[]string{file, "-rejects", filepath.Join(im.dir, "no", "where")}, 1, "-rejects FILE says where else"},
		{[]string{file, "-rejects", filepath.Join(im.dir, ".", "a.csv")}, 2, "name another"},
		{[]string{im.dir}, 1, "is a folder"},
		{[]string{file + "x"}, 1, "no such file"},
	} {
		im.run(t, "", tt.args...)
		im.want(t, tt.code, tt.want)
	}
	if n := len(im.customers(t)); n != 0 {
		t.Errorf("%d customers went in", n)
	}
}

// TestImportThatWaitsForItsFileCanBeStopped: who typed - and has nothing to send
// is let go.
func TestImportThatWaitsForItsFileCanBeStopped(t *testing.T) {
	h := newHome(t)
	h.must("demo", "-customers", "0")
	in, never := io.Pipe()
	defer never.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var said bytes.Buffer
	env := environment{Getenv: func(k string) string { return h.env[k] }, Stdin: in, Stdout: io.Discard, Stderr: &said}
	if code := run(ctx, env, []string{"import", "customers", "-", "-merchant", "1"}); code != 1 || !strings.Contains(said.String(), "stopped") {
		t.Errorf("exit %d, says %q", code, said.String())
	}
}
