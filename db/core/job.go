package core

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"
)

// A JobKind says what a job does.
type JobKind string

const (
	ImportJob JobKind = "import" // brings the rows of a file in
	BulkJob   JobKind = "bulk"   // does one thing to many customers
	UndoJob   JobKind = "undo"   // takes back what another job did
)

// A JobState says how far a job has come.
type JobState string

const (
	JobDraft    JobState = "draft"    // of an import: its columns are not mapped yet
	JobChecking JobState = "checking" // finds out what it would do
	JobReady    JobState = "ready"    // waits for somebody to start it
	JobRunning  JobState = "running"
	JobDone     JobState = "done"
	JobStopped  JobState = "stopped" // by somebody; what was done stays
	JobFailed   JobState = "failed"  // could not go on; what was done stays
)

// Ended reports whether nothing more will become of the job.
func (s JobState) Ended() bool { return s == JobDone || s == JobStopped || s == JobFailed }

// Working reports whether a worker has something to do.
func (s JobState) Working() bool { return s == JobChecking || s == JobRunning }

// Limits of jobs.
const (
	MaxUpload   = 50 << 20 // bytes of a file to import
	SureAbove   = 100      // more customers than these are confirmed by typing how many
	KeepRefused = 7 * 24 * time.Hour
	KeepUnbegun = 24 * time.Hour // a job that nobody starts
)

// A Job is something that is done to many customers in the background. Its ID
// is the batch that its events name.
type Job struct {
	ID         int64
	Merchant   int64
	Kind       JobKind
	State      JobState
	By         Actor // who made it
	Task       JobTask
	Report     JobReport
	UndoneBy   int64 // the job that takes it back; 0 for none
	CreatedAt  time.Time
	StartedAt  time.Time
	FinishedAt time.Time
}

// Undoable reports whether the job did something that a job can take back.
func (j Job) Undoable() bool {
	return j.Kind != UndoJob && j.State.Ended() && j.UndoneBy == 0 && j.Report.Run.Added+j.Report.Run.Changed > 0
}

// Tally is what of the report tells how far the job is.
func (j Job) Tally() JobTally {
	if j.State == JobChecking || j.State == JobReady || j.StartedAt.IsZero() {
		return j.Report.Check
	}
	return j.Report.Run
}

// A JobTask is what a job is to do. Which fields count depends on its kind.
type JobTask struct {
	// Of an import.
	File   string    `json:",omitempty"` // the name it came under
	Shape  FileShape `json:",omitzero"`
	Rows   int       `json:",omitempty"`
	Fields []string  `json:",omitempty"` // where each column goes; nil until it was said

	// Of a bulk act.
	Act     BulkAct `json:",omitempty"`
	Key     string  `json:",omitempty"` // of metadata
	Value   string  `json:",omitempty"` // of metadata, as text
	Query   string  `json:",omitempty"` // whom it is done to, unless Chosen
	Deleted bool    `json:",omitempty"` // among the deleted
	Chosen  bool    `json:",omitempty"` // those picked by hand

	Of int64 `json:",omitempty"` // the job that is taken back
}

// Mapping is where the columns of an import go.
func (t JobTask) Mapping() (Mapping, error) {
	m, err := MapFields(t.Shape.Header, t.Fields)
	m.JSON = t.Shape.JSON
	return m, err
}

// A JobReport is what has become of a job.
type JobReport struct {
	Check   JobTally  `json:",omitzero"`  // what it would do, as it was found
	Run     JobTally  `json:",omitzero"`  // what it has done
	Sample  []int64   `json:",omitempty"` // some of the customers it would change
	Failure *JobFault `json:",omitempty"` // why it failed
}

// A JobTally counts what becomes of rows, customers or events.
type JobTally struct {
	Total     int `json:",omitempty"`
	Done      int `json:",omitempty"`
	Added     int `json:",omitempty"`
	Changed   int `json:",omitempty"`
	Unchanged int `json:",omitempty"`
	Refused   int `json:",omitempty"` // and skipped

	Reasons []JobReason `json:",omitempty"` // in the order they were met
}

// A JobReason is why some were refused.
type JobReason struct {
	JobFault
	Times int
	Line  int   `json:",omitempty"` // of the first, of an import
	ID    int64 `json:",omitempty"` // of the first customer, else
}

// maxJobReasons is how many different reasons a job tells.
const maxJobReasons = 20

// Refuse counts one more that was refused, and why.
func (t *JobTally) Refuse(f JobFault, line int, id int64) {
	t.Refused++
	i := slices.IndexFunc(t.Reasons, func(r JobReason) bool { return r.same(f) })
	switch {
	case i >= 0:
		t.Reasons[i].Times++
	case len(t.Reasons) < maxJobReasons:
		t.Reasons = append(t.Reasons, JobReason{JobFault: f, Times: 1, Line: line, ID: id})
	}
}

// Count counts one row of an import.
func (t *JobTally) Count(r ImportResult) {
	t.Done++
	switch r.Outcome {
	case RowAdded:
		t.Added++
	case RowUpdated:
		t.Changed++
	case RowUnchanged:
		t.Unchanged++
	case RowRefused:
		t.Refuse(FaultOf(r.Err), r.Line, 0)
	}
}

// A Skip is why a job left a customer alone.
type Skip string

const (
	SkipSame    Skip = "same"    // it is so already
	SkipDeleted Skip = "deleted" // the customer is deleted
	SkipLiving  Skip = "living"  // the customer is not deleted
	SkipGone    Skip = "gone"    // there is no such customer any more
	SkipTouched Skip = "touched" // it was changed since
	SkipClosed  Skip = "closed"  // the merchant is closed; of a whole job
	SkipActor   Skip = "actor"   // whoever started it may not any more; likewise
)

// A JobFault is why something was refused: exactly one of its fields is set,
// or none for what only the database knows.
type JobFault struct {
	Skip   Skip    `json:",omitempty"`
	Words  string  `json:",omitempty"`
	Faults Invalid `json:",omitempty"`
}

// FaultOf keeps an error of a row.
func FaultOf(err error) JobFault {
	var words RowFault
	var bad Invalid
	switch {
	case errors.As(err, &words):
		return JobFault{Words: string(words)}
	case errors.As(err, &bad):
		return JobFault{Faults: bad}
	}
	return JobFault{}
}

// Err is the error that was kept; of a skipped customer there is none.
func (f JobFault) Err() error {
	switch {
	case f.Words != "":
		return RowFault(f.Words)
	case len(f.Faults) > 0:
		return f.Faults
	}
	return nil
}

func (f JobFault) same(g JobFault) bool {
	return f.Skip == g.Skip && f.Words == g.Words && slices.Equal(f.Faults, g.Faults)
}

// A BulkAct is what is done to many customers at once.
type BulkAct string

const (
	BulkSet     BulkAct = "set"     // writes an entry of the metadata
	BulkRemove  BulkAct = "remove"  // takes one away
	BulkDelete  BulkAct = "delete"  // deletes them
	BulkRestore BulkAct = "restore" // brings them back
)

// CheckBulk returns what is wrong with a bulk act, whomever it is done to.
func (t JobTask) CheckBulk() Invalid {
	var bad Invalid
	switch t.Act {
	case BulkSet, BulkRemove:
		if t.Key == "" {
			bad.add("key", Required)
			break
		}
		if t.Act == BulkSet && t.Value == "" {
			bad.add("value", Required)
			break
		}
		_, faults := Customer{Name: "x"}.With(t.changes())
		for _, f := range faults {
			name := "value"
			if f.Limit == MaxMetadataKey || !clean(t.Key, false) {
				name = "key"
			}
			bad = append(bad, Fault{Field: name, Rule: f.Rule, Limit: f.Limit})
		}
	case BulkDelete:
		if t.Deleted {
			bad.add("act", Unknown)
		}
	case BulkRestore:
		if !t.Deleted {
			bad.add("act", Unknown)
		}
	default:
		bad.add("act", Unknown)
	}
	if (t.Act == BulkSet || t.Act == BulkRemove) && t.Deleted {
		bad.add("act", Unknown)
	}
	if HasCardNumber(t.Query) { // which finds nobody, and is kept
		bad.add("query", CardText)
	}
	return bad
}

func (t JobTask) changes() Changes {
	if t.Act == BulkSet {
		return Changes{"metadata." + t.Key: MetaText(t.Value)}
	}
	return Changes{"metadata." + t.Key: ""}
}

// Bulk returns the changes that a bulk act makes of a customer, none for
// deleting and restoring, or why it leaves the customer alone.
func (t JobTask) Bulk(c Customer) (Changes, *JobFault) {
	switch {
	case c.ID == 0, c.Erased(), c.MergedInto != 0:
		return nil, &JobFault{Skip: SkipGone}
	case t.Act == BulkRestore && c.Living():
		return nil, &JobFault{Skip: SkipLiving}
	case t.Act != BulkRestore && !c.Living():
		return nil, &JobFault{Skip: SkipDeleted}
	case t.Act == BulkDelete || t.Act == BulkRestore:
		return nil, nil
	}
	ch := t.changes()
	after, bad := c.With(ch)
	if len(bad) > 0 {
		return nil, &JobFault{Faults: bad}
	}
	if from, to := Diff(c, after); len(from) == 0 && len(to) == 0 {
		return nil, &JobFault{Skip: SkipSame}
	}
	return ch, nil
}

// Told is what the event of a job says of it: what it is to do.
func (j Job) Told() Changes {
	to := Changes{}
	put := func(name, text string) {
		if text != "" {
			to[name] = text
		}
	}
	put("file", j.Task.File)
	put("act", string(j.Task.Act))
	if j.Task.Key != "" {
		put("metadata."+j.Task.Key, MetaText(j.Task.Value))
	}
	put("query", j.Task.Query)
	if j.Task.Chosen {
		put("query", "chosen by hand")
	}
	if j.Kind == UndoJob {
		put("undoes", strconv.FormatInt(j.Task.Of, 10))
	}
	return to
}

// Outcome is what the event of a job's end says: its counts.
func (t JobTally) Outcome() Changes {
	to := Changes{}
	for name, n := range map[string]int{"added": t.Added, "changed": t.Changed, "unchanged": t.Unchanged, "refused": t.Refused} {
		if n > 0 {
			to[name] = strconv.Itoa(n)
		}
	}
	return to
}

// An ImportPreview is the beginning of a file whose columns are being mapped.
type ImportPreview struct {
	Job     Job
	Mapping Mapping // as said, or as the columns' names say
	Faults  BadMapping
	Rows    []FileRow
}

// MarshalRow keeps a row of a file as text; [UnmarshalRow] reads it.
func (r FileRow) MarshalRow() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// UnmarshalRow reads what [FileRow.MarshalRow] wrote.
func UnmarshalRow(text string) (FileRow, error) {
	var r FileRow
	return r, json.Unmarshal([]byte(text), &r)
}
