package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/db/demo"
	"kontor/views"
)

// settled waits until the job at hand says how it stands. Without scripts it
// looks again.
func (p *page) settled(state string) {
	p.t.Helper()
	line := p.Locator(".job-state")
	if !p.visitor.NoScripts {
		p.must(expect.Locator(line).ToHaveText(state, playwright.LocatorAssertionsToHaveTextOptions{Timeout: playwright.Float(90_000)}))
		return
	}
	for {
		text, err := line.TextContent()
		p.must(err)
		switch text {
		case state:
			return
		case "Checking", "Running":
			p.click(p.link("Look again"))
		default:
			p.t.Fatalf("the job is %q, want %q", text, state)
		}
	}
}

// takes clicks and returns the file that the answer is.
func (p *page) takes(what playwright.Locator) string {
	p.t.Helper()
	file, err := p.ExpectDownload(func() error { return what.Click() })
	p.must(err)
	path, err := file.Path()
	p.must(err)
	text, err := os.ReadFile(path)
	p.must(err)
	return string(text)
}

// brings chooses a file in the form that takes one.
func (p *page) brings(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	p.must(os.WriteFile(path, []byte(text), 0o600))
	p.must(p.field("File").SetInputFiles(path))
}

func TestOwnerImportsInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Owner)
		p.click(p.main().GetByRole("link", playwright.LocatorGetByRoleOptions{Name: "Import customers"}))
		p.see(p.heading("Import customers"))
		looks(t, p)
		p.allow(422)
		p.brings("picture.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
		p.click(p.button("Upload"))
		p.says(p.Locator("#problems"), "not text")
		looks(t, p)

		text, err := os.ReadFile(chinook)
		p.must(err)
		p.brings("chinook.csv", string(text)+"60,Bad,Row,,,,,,,,,not an address,3\n")
		p.click(p.button("Upload"))
		p.see(p.heading("Where the columns go"))
		p.holds("CustomerId", "reference")
		p.holds("Fax", "")
		p.says(p.region("The first 10 rows").First(), "Luís")
		looks(t, p)
		p.fill("Fax", "phone") // as Phone does
		p.click(p.button("Check the import"))
		p.says(p.Locator("#problems"), "both go to phone")
		looks(t, p)
		p.fill("Fax", "metadata.fax")
		p.click(p.button("Check the import"))
		p.settled("Ready to start")
		p.says(p.main(), "Will add 59 and update 0, leave 0 as they are, and refuse 1.")
		p.says(p.main(), "Line 61")
		looks(t, p)
		p.open(h.list)
		p.lists() // nothing yet
		p.must2(p.GoBack())
		p.click(p.button("Import 59 rows"))
		p.settled("Done")
		p.says(p.main(), "59 added, 0 updated, 0 unchanged, 1 refused")
		looks(t, p)
		if file := p.takes(p.link("The refused rows as a file")); !strings.Contains(file, "not an address,3,61,Enter an e-mail address") {
			t.Errorf("the refused rows are %s", file)
		}
		p.open(h.list + "?q=metadata.fax:~55")
		p.see(p.link("Luís Gonçalves"))
		c := h.found(t, "roberto")
		_, err = h.store.UpdateCustomer(t.Context(), core.System(h.first.ID), c.ID, 0, dbtest.Changes("company", "Touched"))
		p.must(err)
		p.open(views.JobsURL(h.first.ID))
		looks(t, p)
		p.click(p.link("Import of chinook.csv"))
		p.click(p.button("Undo all of it"))
		p.settled("Done")
		p.says(p.main(), "58 taken back, 1 skipped")
		p.says(p.main(), "Somebody changed the customer since.")
		looks(t, p)
		p.open(h.list)
		p.lists("Roberto Almeida")
	})
}

func (p *page) must2(_ any, err error) {
	p.t.Helper()
	p.must(err)
}

func TestOwnerTagsExportsAndImportsAgain(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		for i := range 6 {
			h.customer("name", fmt.Sprint("Person ", i), "email", fmt.Sprintf("p%d@example.com", i), "billing.city", "Bern", "billing.country", "CH")
		}
		h.customer("name", "Elsewhere", "billing.city", "Oslo")
		p := h.as(t, v, core.Owner)
		p.open(h.list + "?q=city:Bern")
		p.miss(p.button("Go on"))
		p.must(p.field("Choose Person 1").Check())
		p.must(p.field("Choose Person 4").Check())
		if !v.NoScripts {
			p.see(p.GetByText("2 chosen"))
		}
		looks(t, p)
		p.fill("Key of the metadata", "tier")
		p.fill("Value of the metadata", "gold")
		p.click(p.button("Go on"))
		p.settled("Ready to start")
		p.says(p.main(), "Will change 2, skip 0.")
		p.says(p.main(), "Person 4")
		looks(t, p)
		p.click(p.button("Change 2 customers"))
		p.settled("Done")

		// The rest of those that match, without those that have it.
		p.open(h.list + "?q=city:Bern")
		p.must(p.field("Choose all on this page").Check())
		if !v.NoScripts {
			p.see(p.GetByText("6 chosen"))
		}
		p.must(p.field("All 6 that match").Check())
		p.fill("Key of the metadata", "tier")
		p.fill("Value of the metadata", "gold")
		p.click(p.button("Go on"))
		p.settled("Ready to start")
		p.says(p.main(), "Will change 4, skip 2.")
		p.says(p.main(), "It is so already.")
		p.click(p.button("Change 4 customers"))
		p.settled("Done")

		p.open(h.list + "?q=metadata.tier:gold")
		p.click(p.summary("Export"))
		file := p.takes(p.button("Download"))
		if got := strings.Count(file, "\n"); got != 7 || !strings.Contains(file, "metadata.tier") {
			t.Errorf("the export is %s", file)
		}
		if !v.NoScripts { // which have closed it
			p.click(p.summary("Export"))
		}
		if again := p.takes(p.button("Download")); again != file { // the form is not spent
			t.Error("the second export is another")
		}
		p.open(views.ImportURL(h.first.ID))
		p.brings("again.csv", strings.Replace(file, "Person 3", "Person Three", 1))
		p.click(p.button("Upload"))
		p.click(p.button("Check the import"))
		p.settled("Ready to start")
		p.says(p.main(), "Will add 0 and update 1, leave 5 as they are, and refuse 0.")
		p.click(p.button("Import 1 row"))
		p.settled("Done")
		p.open(h.list + "?q=three")
		p.lists("Person Three")
		p.open(views.ActivityURL(h.first.ID))
		p.says(p.main(), "Customers exported")
	})
}

func TestManyAreDeletedAndBroughtBack(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		rows := make([]core.ImportRow, 120)
		for i := range rows {
			rows[i].Changes = dbtest.Changes("name", fmt.Sprint("Many ", i))
		}
		if _, err := h.store.ImportCustomers(t.Context(), core.System(h.first.ID), rows); err != nil {
			t.Fatal(err)
		}
		h.customer("name", "Stays")
		p := h.as(t, v, core.Member)
		p.open(h.list + "?q=many")
		p.must(p.field("Choose all on this page").Check())
		p.must(p.field("All 120 that match").Check())
		p.choose("What to do with them", "Delete")
		p.click(p.button("Go on"))
		p.settled("Ready to start")
		p.says(p.main(), "Will change 120, skip 0.")
		looks(t, p)
		p.allow(422)
		p.click(p.button("Delete 120 customers"))
		p.says(p.Locator("#problems"), "Type 120")
		looks(t, p)
		p.fill("Type 120 to go on", "120")
		p.click(p.button("Delete 120 customers"))
		p.settled("Done")
		p.open(h.list)
		p.lists("Stays")
		p.must2(p.GoBack())
		p.click(p.button("Undo all of it"))
		p.settled("Done")
		p.says(p.main(), "120 taken back")
		p.open(h.list + "?q=many")
		p.says(p.main(), "of 120")
	})
}

// TestAJobIsStoppedAndGoesOnAfterAStart stops one import, and kills the program
// in the middle of another.
func TestAJobIsStoppedAndGoesOnAfterAStart(t *testing.T) {
	h := newHouse(t)
	var text strings.Builder
	text.WriteString("reference,name\n")
	const rows = 30_000
	for i := range rows {
		fmt.Fprintf(&text, "r%d,Person %d\n", i, i)
	}
	p := h.as(t, visitor{}, core.Owner)
	begin := func(name string) {
		p.open(views.ImportURL(h.first.ID))
		p.brings(name, text.String())
		p.click(p.button("Upload"))
		p.click(p.button("Check the import"))
		p.settled("Ready to start")
		p.click(p.button(regexp.MustCompile("^Import [0-9,]+ rows$")))
		p.see(p.Locator("progress"))
		p.must(expect.Locator(p.main()).ToContainText(regexp.MustCompile(`[1-9][0-9]*,000 of 30,000 rows`)))
	}
	begin("stopped.csv")
	looks(t, p)
	p.click(p.button("Stop"))
	p.settled("Stopped")
	p.click(p.button("Undo all of it"))
	p.settled("Done")
	if n := h.living(t); n != 0 {
		t.Fatalf("%d customers are left", n)
	}

	begin("killed.csv")
	path := p.URL()
	h.mayFail = true
	p.must(p.Context().SetOffline(true)) // what is asked for in between is no fault of the page's
	h.cmd.Process.Kill()
	<-h.ended
	h.serve()
	p.must(p.Context().SetOffline(false))
	p.takeFaults()
	p.must2(p.Goto(path))
	p.settled("Done")
	p.says(p.main(), "30,000 added, 0 updated, 0 unchanged, 0 refused")
	if n := h.living(t); n != rows {
		t.Errorf("%d customers, want %d", n, rows)
	}
}

// living counts the customers of the first merchant that are not deleted.
func (h *house) living(t *testing.T) int {
	t.Helper()
	n := 0
	err := h.store.ExportCustomers(t.Context(), core.System(h.first.ID), core.Export{Format: core.NDJSON},
		func([]string) error { return nil }, func(core.Customer) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestGalleryOfBackgroundWork shows what is chosen, mapped, checked and done.
func TestGalleryOfBackgroundWork(t *testing.T) {
	s := newShowroom(t)
	by := core.System(1)
	ready := func(task core.JobTask) core.Job {
		j, err := s.store.PlanBulk(t.Context(), by, task, nil)
		if err != nil {
			t.Fatal(err)
		}
		for j.State != core.JobReady {
			if j, err = s.store.Job(t.Context(), by, j.ID); err != nil {
				t.Fatal(err)
			}
		}
		return j
	}
	del := ready(core.JobTask{Act: core.BulkDelete, Query: "country:DE"})
	tag := ready(core.JobTask{Act: core.BulkSet, Key: "tier", Value: "gold", Query: "country:BA"})
	if _, err := s.store.StartJob(t.Context(), by, tag.ID, tag.Report.Check.Changed); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(chinook)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	im, err := s.store.UploadImport(t.Context(), by, "chinook.csv", file)
	if err != nil {
		t.Fatal(err)
	}
	const owner = demo.OwnerEmail
	show(t, s.app, []view{
		{"bulk-chosen", owner, func(p *page) {
			p.open(s.list + "?per=25")
			p.must(p.Locator("#customers tbody .pick input").Nth(1).Check())
			p.must(p.Locator("#customers tbody .pick input").Nth(2).Check())
			p.see(p.button("Go on"))
		}},
		{"row-menu", owner, func(p *page) {
			p.open(s.list + "?per=25")
			if !p.visitor.Phone {
				p.click(p.Locator("#customers tbody .more summary").Nth(2))
				p.see(p.link("Edit"))
			}
		}},
		{"export", owner, func(p *page) {
			p.open(s.list + "?per=25")
			p.click(p.summary("Export"))
			p.see(p.button("Download"))
		}},
		{"import", owner, to(views.ImportURL(1), "Import customers")},
		{"mapping", owner, to(views.MappingURL(1, im.ID), "Where the columns go")},
		{"job-ready", owner, to(views.JobURL(1, del.ID), "Delete customers")},
		{"job-done", owner, func(p *page) {
			p.open(views.JobURL(1, tag.ID))
			p.settled("Done")
		}},
		{"jobs", owner, to(views.JobsURL(1), "Background work")},
	})
}
