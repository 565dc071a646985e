// Package source holds files that know the identity of their contents: two files
// of the same identity have the same content, and neither need be read to see it.
//
// The identity is the id that git gives a content. A commit has it at hand
// (git.Tree is a source); Hashed computes it of a folder on disk or an archive.
package source

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path"
	"strconv"
	"sync"
	"time"
)

// FS is a source of files.
type FS interface {
	fs.FS
	// Identity returns the id of a file's content. The error says why there is
	// none, as that of Open would.
	Identity(name string) (string, error)
}

// Hash makes what identities are computed with: sha1.New or sha256.New, as the
// repository is.
type Hash func() hash.Hash

// Identity returns the id that git gives a content.
func (h Hash) Identity(data []byte) string {
	sum := h.begin(int64(len(data)))
	sum.Write(data)
	var buf [64]byte
	return hex.EncodeToString(sum.Sum(buf[:0]))
}

// begin is a hash of what git writes before a content.
func (h Hash) begin(size int64) hash.Hash {
	sum := h()
	var buf [32]byte
	sum.Write(append(strconv.AppendInt(append(buf[:0], "blob "...), size, 10), 0))
	return sum
}

var errChanged = errors.New("it changed while it was read")

// SHA1 is the hash of a repository that does not say otherwise.
func SHA1() hash.Hash { return sha1.New() }

// What is kept of files that were read to be hashed, in bytes: of one file, and
// of all. What is more than that is read again.
const (
	mostOfOne = 1 << 20
	mostOfAll = 16 << 20
)

// Hashed makes a source of any files, by reading them. It can be used by several
// goroutines.
//
// A file that was read for its identity is not read again to be opened: its
// content is kept until then, or until Forget.
type Hashed struct {
	files fs.FS
	hash  Hash

	mu   sync.Mutex
	kept map[string]kept
	size int
}

// kept is a file that was read.
type kept struct {
	info fs.FileInfo
	data []byte
}

var (
	_ FS            = (*Hashed)(nil)
	_ fs.StatFS     = (*Hashed)(nil)
	_ fs.ReadDirFS  = (*Hashed)(nil)
	_ fs.ReadLinkFS = (*Hashed)(nil)
)

// NewHashed returns the source of files.
func NewHashed(files fs.FS, hash Hash) *Hashed {
	return &Hashed{files: files, hash: hash, kept: map[string]kept{}}
}

// Identity reads a file and returns the id of its content.
func (h *Hashed) Identity(name string) (string, error) {
	f, err := h.files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	size := info.Size()
	if !info.Mode().IsRegular() || size > mostOfOne {
		sum := h.hash.begin(size)
		if n, err := io.Copy(sum, f); err != nil {
			return "", err
		} else if n != size {
			return "", &fs.PathError{Op: "read", Path: name, Err: errChanged}
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	data := make([]byte, size+1) // one more shows that it grew
	n, err := io.ReadFull(f, data)
	if err == nil {
		return "", &fs.PathError{Op: "read", Path: name, Err: errChanged}
	} else if err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	data = data[:n]
	h.keep(name, kept{info, data})
	return h.hash.Identity(data), nil
}

// IdentityOf returns the id that a content has, or would have, in this source.
func (h *Hashed) IdentityOf(data []byte) string { return h.hash.Identity(data) }

func (h *Hashed) keep(name string, k kept) {
	h.take(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.size+len(k.data) <= mostOfAll {
		h.size += len(k.data)
		h.kept[name] = k
	}
}

// Forget lets go of what was kept of a file: nobody is going to open it.
func (h *Hashed) Forget(name string) { h.take(name) }

// take returns what was kept of a file, and lets go of it.
func (h *Hashed) take(name string) (kept, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k, ok := h.kept[name]
	h.size -= len(k.data)
	delete(h.kept, name)
	return k, ok
}

// Open opens a file, with the content of which the identity was told.
func (h *Hashed) Open(name string) (fs.File, error) {
	if k, ok := h.take(name); ok {
		return &file{k.info, k.data}, nil
	}
	return h.files.Open(name)
}

// Stat describes a file or a folder.
func (h *Hashed) Stat(name string) (fs.FileInfo, error) { return fs.Stat(h.files, name) }

// Lstat describes a file or a folder, and does not follow a link where the files
// know of links.
func (h *Hashed) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(h.files, name) }

// ReadLink returns where a link leads.
func (h *Hashed) ReadLink(name string) (string, error) { return fs.ReadLink(h.files, name) }

// ReadDir lists a folder.
func (h *Hashed) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(h.files, name) }

// NewFile is a file that is in memory. It has no time.
func NewFile(name string, mode fs.FileMode, data []byte) fs.File {
	return &file{&info{path.Base(name), mode, int64(len(data))}, data}
}

type file struct {
	info fs.FileInfo
	rest []byte
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

func (f *file) Read(p []byte) (int, error) {
	if len(f.rest) == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// info is an fs.FileInfo.
type info struct {
	name string
	mode fs.FileMode
	size int64
}

func (i *info) Name() string       { return i.name }
func (i *info) Size() int64        { return i.size }
func (i *info) Mode() fs.FileMode  { return i.mode }
func (i *info) ModTime() time.Time { return time.Time{} }
func (i *info) IsDir() bool        { return i.mode.IsDir() }
func (i *info) Sys() any           { return nil }
