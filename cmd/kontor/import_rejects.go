package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kontor/db/core"
)

// rejects is the file of refused rows: the columns of the import, then the
// line each row stood on and the reason. Corrected, it can be imported itself:
// those two columns are dropped, and cells are guarded against spreadsheets in
// the way that an import reads. It takes its name when it is whole, and is not
// there when nothing was refused.
type rejects struct {
	path string
	file *os.File
	keep int // columns of the import
	buf  *bufio.Writer
	csv  *csv.Writer // nil for objects by lines
	rows int
}

// createRejects begins the file at path, beside which it stands until it is
// whole. What is no file, such as /dev/null, is written as it comes.
func createRejects(path string, f *importFile) (*rejects, error) {
	var file *os.File
	var err error
	if info, e := os.Stat(path); e == nil && !info.Mode().IsRegular() {
		file, err = os.OpenFile(path, os.O_WRONLY, 0)
	} else {
		file, err = os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // only its owner reads it
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write the refused rows: %w; -rejects FILE says where else", err)
	}
	r := &rejects{path: path, file: file, buf: bufio.NewWriter(file), keep: len(f.header)}
	if f.json {
		return r, nil
	}
	if n := r.keep; n > 2 && f.header[n-2] == "line" && f.header[n-1] == "reason" {
		r.keep = n - 2 // it is a file of refused rows itself
	}
	r.csv = csv.NewWriter(r.buf)
	r.csv.Comma = f.comma
	return r, r.write(f.header, "line", "reason")
}

func (r *rejects) write(cells []string, line, reason string) error {
	record := make([]string, 0, r.keep+2)
	for _, cell := range cells[:r.keep] {
		record = append(record, core.GuardCell(cell))
	}
	return r.csv.Write(append(record, line, core.GuardCell(reason)))
}

func (r *rejects) add(row importRow, reason string) error {
	r.rows++
	if r.csv != nil {
		return r.write(row.cells, strconv.Itoa(row.line), reason)
	}
	said, err := json.Marshal(struct {
		Line   int    `json:"line"`
		Reason string `json:"reason"`
	}{row.line, reason})
	if err != nil {
		return err
	}
	object := strings.TrimSpace(row.raw)
	if row.bad != "" { // it is no object
		said, err = json.Marshal(struct {
			Line   int    `json:"line"`
			Reason string `json:"reason"`
			Text   string `json:"text"`
		}{row.line, reason, object})
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

// close makes the file whole, or takes it away if nothing was refused.
func (r *rejects) close() error {
	var err error
	if r.csv != nil {
		r.csv.Flush()
		err = r.csv.Error()
	}
	for _, f := range []func() error{r.buf.Flush, r.file.Close} {
		if e := f(); err == nil {
			err = e
		}
	}
	switch {
	case r.file.Name() == r.path:
	case r.rows == 0 || err != nil:
		os.Remove(r.file.Name())
	default:
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return fmt.Errorf("write the refused rows: %w", err)
	}
	return nil
}

// spool copies a stream to a file that is gone when it is closed, so that it
// can be read more than once.
func spool(in io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "kontor-import-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	if _, err := io.Copy(f, in); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
