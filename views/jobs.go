package views

import (
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
)

// JobsView is the list of what is done in the background, newest first.
type JobsView struct {
	Chrome Chrome
	Jobs   []core.Job
	Older  string // the page with older ones; "" on the last
}

// JobView is a job. The part [JobPart], id "job", asks for itself anew while a
// worker is at it. It posts to [StartJobURL], with "count" where [JobView.Sure]
// says so, to [StopJobURL] and to [UndoJobURL].
type JobView struct {
	Chrome Chrome
	Job    core.Job
	Sample []core.CustomerSummary // some of those it would change
	Typed  string                 // what was typed as "count"
	Faults core.Invalid
}

// ImportView is the form that takes a file. It posts "file" to [ImportURL].
type ImportView struct {
	Chrome Chrome
	Fault  string // why the file cannot be taken, as a sentence
}

// MappingView says where the columns of a file go. It posts a "field" for each,
// in their order, to [MappingURL].
type MappingView struct {
	Chrome  Chrome
	Preview core.ImportPreview
	Fields  []string // as typed, or as guessed
	Nothing bool     // no column goes anywhere
}

// RowsShown is how many rows of a file the mapping shows.
const RowsShown = 10

// columnsShown is how many columns of these rows are shown.
const columnsShown = 40

// JobTitle is what a job is called.
func JobTitle(j core.Job) string {
	switch j.Kind {
	case core.ImportJob:
		return "Import of " + orElse(j.Task.File, "a file")
	case core.UndoJob:
		return "Taking back"
	}
	switch t := j.Task; t.Act {
	case core.BulkSet:
		return "Set metadata " + t.Key + " to " + short(t.Value, 40)
	case core.BulkRemove:
		return "Remove metadata " + t.Key
	case core.BulkDelete:
		return "Delete customers"
	case core.BulkRestore:
		return "Restore customers"
	}
	return "Change of many customers"
}

// jobKinds are the kinds in short, as a line of the activity has them.
var jobKinds = map[core.JobKind]string{core.ImportJob: "Import", core.BulkJob: "Change of many customers", core.UndoJob: "Taking back"}

// PartOf leads to the job that an event is part of, for those who may see it.
func PartOf(e core.Event, by core.Actor) Link {
	text := partOf[e.PartOf]
	if text == "" || !by.May(core.Write) {
		return Link{Text: text}
	}
	return Link{text, JobURL(e.Actor.Merchant, e.Actor.Batch)}
}

var partOf = map[core.JobKind]string{
	core.ImportJob: "part of an import", core.BulkJob: "part of a change of many", core.UndoJob: "part of taking many changes back",
}

// jobStates are the states in words.
var jobStates = map[core.JobState]string{
	core.JobDraft:    "Waiting for its columns",
	core.JobChecking: "Checking",
	core.JobReady:    "Ready to start",
	core.JobRunning:  "Running",
	core.JobDone:     "Done",
	core.JobStopped:  "Stopped",
	core.JobFailed:   "Broken off",
}

// jobScope says to whom a bulk act is done.
func jobScope(t core.JobTask) string {
	whom := "customers"
	if t.Deleted {
		whom = "deleted customers"
	}
	switch {
	case t.Chosen:
		return "Of the " + whom + " chosen by hand"
	case t.Query == "":
		return "Of all " + whom
	}
	return "Of all " + whom + " that match"
}

// Sure reports whether somebody must type how many there are.
func (v JobView) Sure() bool {
	return v.Job.Kind == core.BulkJob && v.would() > core.SureAbove
}

func (v JobView) would() int { return v.Job.Report.Check.Added + v.Job.Report.Check.Changed }

// progressOf is how far a job is: what is done of how much.
func progressOf(t core.JobTally) (done, total int) {
	return t.Done, max(t.Total, t.Done, 1)
}

func progressText(j core.Job) string {
	done, total := progressOf(j.Tally())
	thing := map[core.JobKind]string{core.ImportJob: "rows", core.BulkJob: "customers", core.UndoJob: "changes"}[j.Kind]
	return number(done) + " of " + number(total) + " " + thing
}

// tallyText says what became, or would become, of all.
func tallyText(kind core.JobKind, t core.JobTally) string {
	if kind == core.ImportJob {
		return listed(number(t.Added)+" added", number(t.Changed)+" updated", number(t.Unchanged)+" unchanged", number(t.Refused)+" refused")
	}
	parts := []string{number(t.Changed) + " changed"}
	if kind == core.UndoJob {
		parts[0] = number(t.Changed) + " taken back"
	}
	if t.Unchanged > 0 {
		parts = append(parts, number(t.Unchanged)+" had been already")
	}
	return listed(append(parts, number(t.Refused)+" skipped")...)
}

// wouldText is what a job that is ready would do.
func wouldText(j core.Job) string {
	t := j.Report.Check
	if j.Kind == core.ImportJob {
		return "Will add " + number(t.Added) + " and update " + number(t.Changed) + ", leave " + number(t.Unchanged) + " as they are, and refuse " + number(t.Refused) + "."
	}
	return "Will change " + number(t.Changed) + ", skip " + number(t.Refused) + "."
}

// jobComplaint is why a job left something alone.
func jobComplaint(f core.JobFault) string {
	if text, ok := skips[f.Skip]; ok {
		return text
	}
	return RowComplaint(f.Err())
}

var skips = map[core.Skip]string{
	core.SkipSame:    "It is so already.",
	core.SkipDeleted: "The customer is deleted.",
	core.SkipLiving:  "The customer is not deleted.",
	core.SkipGone:    "There is no such customer any more.",
	core.SkipTouched: "Somebody changed the customer since.",
	core.SkipClosed:  "The merchant is closed.",
	core.SkipActor:   "Whoever started it may not do it any more.",
}

// reasonHead is whom a reason is about: "Line 101 and 24 more".
func reasonHead(r core.JobReason) string {
	first := ""
	if r.Line > 0 {
		first = "Line " + number(r.Line)
	}
	switch {
	case first == "":
		return count(r.Times, "customer")
	case r.Times > 1:
		return first + " and " + number(r.Times-1) + " more"
	}
	return first
}

// startLabel is what the button that starts a job says.
func startLabel(v JobView) string {
	n := v.would()
	if v.Job.Kind == core.ImportJob {
		return "Import " + count(n, "row")
	}
	verb := map[core.BulkAct]string{core.BulkDelete: "Delete", core.BulkRestore: "Restore"}[v.Job.Task.Act]
	return orElse(verb, "Change") + " " + count(n, "customer")
}

// fault is what is wrong with the number that was typed.
func (v JobView) fault() string {
	if _, ok := v.Faults.Field("count"); ok {
		return "Type " + number(v.would()) + ", the number of customers that will change."
	}
	return ""
}

// columnName is what a column of a file is called.
func columnName(m core.Mapping, i int) string {
	return orElse(short(m.Columns[i].Name, 60), "Column "+strconv.Itoa(i+1))
}

// samples are the first things that a column says.
func (v MappingView) samples(i int) string {
	var found []string
	for _, row := range v.Preview.Rows {
		if text := v.cell(row, i); text != "" && !slices.Contains(found, text) {
			found = append(found, text)
		}
		if len(found) == 3 {
			break
		}
	}
	return dotted(found...)
}

// cell is a cell as people read it.
func (v MappingView) cell(row core.FileRow, i int) string {
	if i >= len(row.Cells) {
		return ""
	}
	text := row.Cells[i]
	if v.Preview.Mapping.JSON {
		text = core.Meta{Value: text}.Text()
	}
	return short(strings.Join(strings.Fields(text), " "), 40)
}

func (v MappingView) columns() int { return min(len(v.Preview.Mapping.Columns), columnsShown) }

// faultOf is what is wrong with where a column goes.
func (v MappingView) faultOf(i int) string {
	c := v.Preview.Mapping.Columns[i]
	for _, f := range v.Preview.Faults {
		switch {
		case f.Rule == core.Taken && c.Field == f.Field:
			return "The columns “" + f.Column + "” and “" + f.Other + "” both go to " + lower(label(f.Field)) + ". Clear one of them."
		case f.Rule == core.Unknown && f.Column == c.Name && f.Field == v.Fields[i]:
			return "There is no field “" + short(f.Field, 40) + "”. Choose one from the list, or metadata. and a key."
		}
	}
	return ""
}

// faults are all of them, each once.
func (v MappingView) faults() []line {
	var all []line
	if v.Nothing {
		all = append(all, line{"field-0", "No column goes anywhere. Say where at least one goes."})
	}
	for i := range v.Preview.Mapping.Columns {
		text := v.faultOf(i)
		if text != "" && !slices.ContainsFunc(all, func(l line) bool { return l.text == text }) {
			all = append(all, line{"field-" + strconv.Itoa(i), text})
		}
	}
	return all
}

// goes is where a column goes, in words.
func (v MappingView) goes(i int) string {
	c := v.Preview.Mapping.Columns[i]
	switch {
	case c.Field != "":
		return label(c.Field)
	case c.Ours:
		return "left out: Kontor’s own"
	}
	return "left out"
}

// twins reports whether importing the file again would add everybody again.
func (v MappingView) twins() bool {
	m := v.Preview.Mapping
	return !m.Maps("reference") && !m.Maps("email") &&
		!slices.ContainsFunc(m.Columns, func(c core.Column) bool { return c.Ours && strings.EqualFold(c.Name, "uuid") })
}

// mappedFields are suggested where columns go.
func mappedFields() []Pair {
	var all []Pair
	for _, name := range core.MappedFields() {
		all = append(all, Pair{name, label(name)})
	}
	return append(all, Pair{"metadata.", "Metadata, with any key after the dot"})
}

// Unreadable is why nothing can be made of a file, as a sentence.
func Unreadable(err core.UnreadableFile) string {
	text := []rune(string(err))
	return strings.ToUpper(string(text[:1])) + string(text[1:]) + "."
}

// bulkFaults are the complaints of the form above the list.
func bulkFaults(bad core.Invalid) []line {
	var all []line
	for _, f := range bad {
		text := complaint(f)
		switch f.Field {
		case "ids":
			text = "Choose customers first."
		case "key":
			if f.Rule == core.Required {
				text = "Enter the key of the metadata."
			}
		case "value":
			if f.Rule == core.Required {
				text = "Enter the value of the metadata."
			}
		case "act":
			text = "Choose what to do with them."
		}
		id := map[string]string{"key": "bulk-key", "value": "bulk-value", "act": "bulk-act"}[f.Field]
		all = append(all, line{id, text})
	}
	return all
}
