package core

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Rejects writes a file of refused rows: the columns of the file that they
// were in, then the line each stood on and the reason. Corrected, it can be
// imported itself: those two columns are dropped, and cells are guarded
// against spreadsheets in the way that an import reads.
type Rejects struct {
	keep int // columns of the import
	buf  *bufio.Writer
	csv  *csv.Writer // nil for objects by lines
}

// NewRejects begins the file, written as the other one is.
func NewRejects(w io.Writer, shape FileShape) (*Rejects, error) {
	r := &Rejects{buf: bufio.NewWriter(w), keep: len(shape.Header)}
	if shape.JSON {
		return r, nil
	}
	if n := r.keep; n > 2 && shape.Header[n-2] == "line" && shape.Header[n-1] == "reason" {
		r.keep = n - 2 // it is a file of refused rows itself
	}
	r.csv = csv.NewWriter(r.buf)
	r.csv.Comma = shape.Comma
	return r, r.write(shape.Header, "line", "reason")
}

func (r *Rejects) write(cells []string, line, reason string) error {
	record := make([]string, 0, r.keep+2)
	for _, cell := range cells[:r.keep] {
		record = append(record, GuardCell(cell))
	}
	return r.csv.Write(append(record, line, GuardCell(reason)))
}

// Add writes one row and the reason, in words.
func (r *Rejects) Add(row FileRow, reason string) error {
	if r.csv != nil {
		return r.write(row.Cells, strconv.Itoa(row.Line), reason)
	}
	said, err := json.Marshal(struct {
		Line   int    `json:"line"`
		Reason string `json:"reason"`
	}{row.Line, reason})
	if err != nil {
		return err
	}
	object := strings.TrimSpace(row.Raw)
	if row.Bad != "" { // it is no object
		said, err = json.Marshal(struct {
			Line   int    `json:"line"`
			Reason string `json:"reason"`
			Text   string `json:"text"`
		}{row.Line, reason, object})
		object = "{}"
	}
	if err != nil {
		return err
	}
	object = strings.TrimSpace(strings.TrimSuffix(object, "}"))
	comma := ","
	if object == "{" {
		comma = ""
	}
	_, err = fmt.Fprintf(r.buf, "%s%s%s\n", object, comma, said[1:])
	return err
}

// Flush writes out what is still held back.
func (r *Rejects) Flush() error {
	if r.csv != nil {
		r.csv.Flush()
		if err := r.csv.Error(); err != nil {
			return err
		}
	}
	return r.buf.Flush()
}
