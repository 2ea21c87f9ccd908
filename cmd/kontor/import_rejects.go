package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kontor/db/core"
)

// A rejectsFile is the file of refused rows. It takes its name when it is
// whole, and is not there when nothing was refused.
type rejectsFile struct {
	*core.Rejects
	path string
	file *os.File
	rows int
}

// createRejects begins the file at path, beside which it stands until it is
// whole. What is no file, such as /dev/null, is written as it comes.
func createRejects(path string, f *core.ImportFile) (*rejectsFile, error) {
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
	r := &rejectsFile{path: path, file: file}
	r.Rejects, err = core.NewRejects(file, f.FileShape)
	return r, err
}

func (r *rejectsFile) add(row core.FileRow, reason string) error {
	r.rows++
	return r.Add(row, reason)
}

// close makes the file whole, or takes it away if nothing was refused.
func (r *rejectsFile) close() error {
	err := r.Flush()
	if e := r.file.Close(); err == nil {
		err = e
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
// can be read more than once. It waits no longer for the stream when ctx ends:
// on a terminal, somebody who left out the file.
func spool(ctx context.Context, in io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "kontor-import-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(f, in)
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
