package git

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// info is an fs.FileInfo.
type info struct {
	entry
	size int64
}

func (i *info) Name() string       { return i.name }
func (i *info) Size() int64        { return i.size }
func (i *info) Mode() fs.FileMode  { return i.Entry.Mode }
func (i *info) ModTime() time.Time { return time.Time{} }
func (i *info) IsDir() bool        { return i.Entry.Mode.IsDir() }
func (i *info) Sys() any           { return nil }

// dirEntry is an fs.DirEntry.
type dirEntry struct {
	*entry
	tree *Tree
}

func (d *dirEntry) Name() string               { return d.name }
func (d *dirEntry) IsDir() bool                { return d.Mode.IsDir() }
func (d *dirEntry) Type() fs.FileMode          { return d.Mode.Type() }
func (d *dirEntry) Info() (fs.FileInfo, error) { return d.tree.info(*d.entry) }

// openFile is an fs.File.
type openFile struct {
	info
	data   []byte
	at     int
	closed bool
}

func (f *openFile) Stat() (fs.FileInfo, error) { return &f.info, nil }
func (f *openFile) Close() error               { f.closed = true; return nil }

func (f *openFile) Read(p []byte) (int, error) {
	switch {
	case f.closed:
		return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrClosed}
	case f.at < len(f.data):
		n := copy(p, f.data[f.at:])
		f.at += n
		return n, nil
	case len(p) > 0 && f.size > int64(len(f.data)):
		return 0, &fs.PathError{Op: "read", Path: f.name, Err: ErrTooLarge}
	default:
		return 0, io.EOF
	}
}

// openFolder is an fs.ReadDirFile.
type openFolder struct {
	info
	entries []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return &f.info, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("it is a folder")}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.entries) {
		n = len(f.entries)
	}
	list := f.entries[:n:n]
	f.entries = f.entries[n:]
	return list, nil
}
