package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

// upload sends a file as a browser does.
func (s *site) upload(by core.Actor, name, text string) answer {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			s.t.Fatal(err)
		}
		part.Write([]byte(text))
	}
	form.Close()
	r := httptest.NewRequest("POST", fmt.Sprintf("/m/%d/customers/import", s.First.ID), &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.ask(by, r)
}

func (s *site) work() {
	s.t.Helper()
	if err := s.WorkJobs(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func TestAnImportGoesThroughItsPages(t *testing.T) {
	s := newSite(t)
	a := s.upload(s.Member, `C:\fakepath\people.csv`, "reference,Full name,Mail,Tier,Fax\n1,Ann,ann@example.com,gold,1\n2,Bo,not an address,,2\n3,Cy,,silver,\n")
	want(t, a, 303)
	mapping := a.location()
	a = s.get(s.Member, mapping)
	want(t, a, 200)
	if got := a.text("h1 + p"); got != "people.csv, 3 rows" {
		t.Errorf("it is of %q", got)
	}
	form := a.form("main form")
	if got := strings.Join(form["field"], "|"); got != "reference|name|email||" {
		t.Errorf("the columns go to %s", got)
	}
	if got := a.Find(".preview tbody tr").Length(); got != 3 {
		t.Errorf("the preview has %d rows", got)
	}

	// What does not go comes back as it was typed.
	form["field"] = []string{"reference", "email", "email", "nonsense", ""}
	a = s.post(s.Member, mapping, form)
	want(t, a, 422)
	if text := a.text("#problems"); !strings.Contains(text, "both go to e-mail") || !strings.Contains(text, "no field “nonsense”") {
		t.Errorf("it says %s", text)
	}
	if got := strings.Join(a.form("main form")["field"], "|"); got != "reference|email|email|nonsense|" {
		t.Errorf("what was typed is %s", got)
	}
	form["field"] = []string{"", "", "", "", ""}
	want(t, s.post(s.Member, mapping, form), 422)

	form["field"] = []string{"reference", "name", "email", "metadata.tier", ""}
	a = s.post(s.Member, mapping, form)
	want(t, a, 303)
	job := a.location()
	a = s.get(s.Member, job)
	if a.text(".job-state") != "Checking" || a.Find("progress").Length() != 1 || a.Find("#job[hx-get]").Length() != 1 {
		t.Errorf("while it is checked it says %s", a.text("#job"))
	}
	s.work()
	a = s.get(s.Member, job)
	if got := a.text(".job-counts"); got != "Will add 2 and update 0, leave 0 as they are, and refuse 1." {
		t.Errorf("it would: %s", got)
	}
	if got := a.text(".reasons"); !strings.Contains(got, "Line 3") || !strings.Contains(got, "Enter an e-mail address") {
		t.Errorf("the reasons are %s", got)
	}
	if got := a.Find("#job[hx-get]").Length(); got != 0 {
		t.Error("a job that waits asks for itself")
	}
	want(t, s.post(s.Member, job+"/start", url.Values{}), 303)
	s.work()
	a = s.get(s.Member, job)
	if got := a.text(".job-counts"); got != "2 added, 0 updated, 0 unchanged, 1 refused" {
		t.Errorf("it did: %s", got)
	}
	file := s.get(s.Member, job+"/refused")
	want(t, file, 200)
	if got := file.Body.String(); !strings.HasPrefix(got, "reference,Full name,Mail,Tier,Fax,line,reason\n2,Bo,not an address,,2,3,Enter an e-mail") {
		t.Errorf("the refused rows are %s", got)
	}

	// Its customers tell whence they came.
	page := s.get(s.Member, s.get(s.Member, fmt.Sprintf("/m/%d/customers?q=ann&view=all", s.First.ID)).Find("tbody th a").AttrOr("href", ""))
	if link := page.Find(`.timeline a`).AttrOr("href", ""); link != job || !strings.Contains(page.text(".timeline"), "part of an import") {
		t.Errorf("the timeline leads to %q: %s", link, page.text(".timeline"))
	}

	// The way back.
	want(t, s.get(s.Member, mapping), 303) // past that
	a = s.post(s.Member, job+"/undo", url.Values{})
	want(t, a, 303)
	s.work()
	if a = s.get(s.Member, a.location()); a.text(".job-counts") != "2 taken back, 0 skipped" {
		t.Errorf("undone: %s", a.text("#job"))
	}
	if list := s.get(s.Member, fmt.Sprintf("/m/%d/jobs", s.First.ID)); list.Find("tbody tr").Length() != 2 {
		t.Errorf("the list says %s", list.text("main"))
	}
	if text := s.get(s.Owner, fmt.Sprintf("/m/%d/activity", s.First.ID)).text("main"); !strings.Contains(text, "Background work done") {
		t.Errorf("the activity says %s", text)
	}
	want(t, s.get(s.Viewer, fmt.Sprintf("/m/%d/activity?act=job", s.First.ID)), 200)
}

// TestWrongFilesAreRefusedInWords uploads what is no file of customers.
func TestWrongFilesAreRefusedInWords(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct{ name, text, says string }{
		{"", "", "Choose a file."},
		{"empty.csv", "", "The file is empty."},
		{"head.csv", "name,email\n", "The file has a header and no rows."},
		{"x.png", "\x89PNG\r\n\x1a\n\x00\x00", "not text"},
		{"x.xlsx", "PK\x03\x04rest", "save it as CSV first"},
		{"utf16.csv", "n\x00a\x00m\x00e\x00\n\x00", "UTF-16 without a byte order mark"},
		{"latin1.csv", "name\nM\xfcller\n", "is not UTF-8"},
		{"list.json", `[{"name":"x"}]`, "JSON list"},
	} {
		a := s.upload(s.Owner, tt.name, tt.text)
		if a.Code != 422 || !strings.Contains(a.text("#problems"), tt.says) {
			t.Errorf("%s: %d, %s", tt.name, a.Code, a.text("#problems"))
		}
	}
	want(t, s.upload(s.Owner, "utf16.csv", "\xff\xfen\x00a\x00m\x00e\x00\n\x00A\x00\n\x00"), 303)
	if n := s.Count(t, "SELECT COUNT(*) FROM jobs"); n != 1 {
		t.Errorf("%d jobs were made", n)
	}
	a := s.upload(s.Owner, "large.csv", "name\n"+strings.Repeat("x", core.MaxUpload+100<<10))
	if a.Code != 413 || !strings.Contains(a.text("main"), "larger than 50") {
		t.Errorf("a file that is too large: %d, %s", a.Code, a.text("main"))
	}
	want(t, s.upload(s.Viewer, "x.csv", "name\nx\n"), 403)
}

func TestAJobOfAnotherMerchantIsNotThere(t *testing.T) {
	s := newSite(t)
	a := s.upload(s.Owner, "people.csv", "name\nAnn\n")
	want(t, a, 303)
	job := strings.TrimSuffix(a.location(), "/mapping")
	theirs := strings.Replace(job, fmt.Sprintf("/m/%d/", s.First.ID), fmt.Sprintf("/m/%d/", s.Second.ID), 1)
	for _, path := range []string{"", "/mapping", "/refused"} {
		want(t, s.get(s.Other, theirs+path), 404)
	}
	for _, path := range []string{"/mapping", "/start", "/stop", "/undo"} {
		want(t, s.post(s.Other, theirs+path, url.Values{}), 404)
	}
	want(t, s.get(s.Owner, job+"/refused"), 404)
	want(t, s.post(s.Owner, job+"/stop", url.Values{}), 303)
	want(t, s.post(s.Owner, job+"/start", url.Values{}), 303) // told that it is past that
	if got := s.get(s.Owner, job).text("#job"); !strings.Contains(got, "Stopped") {
		t.Errorf("it says %s", got)
	}
}
