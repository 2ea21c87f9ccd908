package core

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errTooLong = errors.New("too long")

// A limited reader gives up after some bytes, which are granted row by row.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (f *ImportFile) eachRecord(text io.Reader, do func(FileRow) error) error {
	in := &limited{r: text}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.Comma, -1, true
	head, line := true, 0
	for {
		in.left = MaxImportRow
		record, err := r.Read()
		var fault *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			return unreadable("the row after line %d is longer than 1 MiB: maybe a quote is opened there and never closed", line)
		case errors.As(err, &fault) && (head || fault.Line != fault.StartLine):
			return unreadable("line %d: a quote is opened and not closed before a separator or the line's end. A quote within a value is written twice", fault.StartLine)
		case err != nil && fault == nil:
			return err
		}
		row := FileRow{}
		if fault != nil {
			row.Line = fault.StartLine
			row.Bad = "A quote stands within a value. Put the value in quotes and write its own quotes twice."
		} else {
			row.Line, _ = r.FieldPos(0)
		}
		for i, cell := range record {
			if !utf8.ValidString(cell) {
				if fault == nil {
					line, _ = r.FieldPos(i)
				}
				return notUTF8(max(line, row.Line))
			}
		}
		line = row.Line
		if head {
			head = false
			if f.Header, err = readHeader(record); err != nil {
				return err
			}
			continue
		}
		if fault == nil && !slices.ContainsFunc(record, func(cell string) bool { return !Absent(cell) }) {
			continue
		}
		f.fill(&row, record)
		if err := do(row); err != nil {
			return err
		}
	}
}

// fill gives a row the cells of a record, which should be as many as the
// header has.
func (f *ImportFile) fill(row *FileRow, record []string) {
	row.Cells = make([]string, len(f.Header))
	for i, cell := range record[:min(len(record), len(f.Header))] {
		row.Cells[i] = ReadCell(cell)
		row.size += len(cell)
	}
	extra := record[min(len(record), len(f.Header)):]
	switch {
	case row.Bad != "":
	case len(record) < len(f.Header):
		row.Bad = rowFault("The row has %s where the header has %d.", cells(len(record)), len(f.Header))
	case slices.ContainsFunc(extra, func(cell string) bool { return !Absent(cell) }):
		text := strings.Join(extra, string(f.Comma))
		row.Bad = rowFault("The row has %s where the header has %d. Too many: %s", cells(len(record)), len(f.Header), clip(text))
	}
}

func cells(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return strconv.Itoa(n) + " cells"
}

// clip cuts text to what can stand in a reason, which is kept: of a card number it
// leaves dots.
func clip(text string) string {
	text = HideCardNumber(text)
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

func readHeader(record []string) ([]string, error) {
	if len(record) > maxImportColumns {
		return nil, unreadable("the header has %d columns; %d can be read", len(record), maxImportColumns)
	}
	header := make([]string, len(record))
	for i, name := range record {
		header[i] = ReadCell(name)
	}
	return header, nil
}

func notUTF8(line int) error {
	return unreadable("line %d is not UTF-8. Where the file comes from a Western spreadsheet, "+
		"iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW makes UTF-8 of it; else save it as “CSV UTF-8”", line)
}

func (f *ImportFile) eachObject(text io.Reader, do func(FileRow) error) error {
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, MaxImportRow)
	at := make(map[string]int, len(f.Header))
	for i, key := range f.Header {
		at[key] = i
	}
	line := 0
	for lines.Scan() {
		line++
		raw := bytes.TrimSpace(lines.Bytes())
		if len(raw) == 0 {
			continue
		}
		if !utf8.Valid(raw) {
			return notUTF8(line)
		}
		row := FileRow{Line: line, Cells: make([]string, len(f.Header)), Raw: string(raw), size: 2 * len(raw)}
		said := false
		err := flatten(raw, "", 0, func(key, value string) {
			i, known := at[key]
			if !known {
				i = len(f.Header)
				at[key], f.Header = i, append(f.Header, key)
			}
			for len(row.Cells) <= i {
				row.Cells = append(row.Cells, "")
			}
			row.Cells[i] = value
			said = said || value != ""
		})
		switch {
		case err != nil:
			row.Bad = "The line is no JSON object."
		case len(f.Header) > maxImportColumns:
			return unreadable("the objects up to line %d have more than %d different keys", line, maxImportColumns)
		case !said:
			continue
		}
		if err := do(row); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return unreadable("line %d is longer than 1 MiB", line+1)
	}
	return lines.Err()
}

// flatten calls put with the keys of an object and the JSON of their values,
// "" for what is absent. Keys of an object within are joined by dots.
func flatten(object []byte, prefix string, depth int, put func(key, value string)) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(err, errors.New("no object"))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		name := prefix + fmt.Sprint(key)
		if value[0] == '{' && depth < 3 {
			if err := flatten(value, name+".", depth+1, put); err != nil {
				return err
			}
			continue
		}
		put(name, present(value))
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}

// present is a JSON value, or "" for what stands for nothing.
func present(value json.RawMessage) string {
	var text string
	switch {
	case string(value) == "null", string(value) == "[]", string(value) == "{}":
		return ""
	case value[0] == '"' && (json.Unmarshal(value, &text) != nil || Absent(text)):
		return ""
	}
	return string(value)
}
