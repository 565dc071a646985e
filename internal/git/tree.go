package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/source"
)

// Tree is the files of a commit, as an fs.FS. It can be used by several
// goroutines, until it is closed. Links are not followed, and no file has a
// time.
type Tree struct {
	folders map[string][]entry // sorted by name
	contents
}

var (
	_ source.FS    = (*Tree)(nil)
	_ fs.ReadDirFS = (*Tree)(nil)
	_ fs.StatFS    = (*Tree)(nil)
)

// entry is a file or folder in its folder.
type entry struct {
	name string
	Entry
}

// Tree lists the files of a commit: those that are named or stand in a folder that
// is, or all where nothing or "" is named. What is not there has no files. Contents
// are read when they are asked for; ctx holds until Close.
func (r *Repo) Tree(ctx context.Context, commit string, within ...string) (*Tree, error) {
	if err := r.checkIDs(commit); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, name := range within {
		if name != "" && !fs.ValidPath(name) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
		}
		names[fromTop(path.Join(r.Prefix, name))] = true
	}
	if len(within) == 0 {
		names[r.Prefix] = true
	}
	t := newTree(ctx, r)
	err := r.read(ctx, func(c *cat) error { return t.walk(c, commit, names) })
	if err == nil {
		err = t.sort()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the files of commit %s: %w", commit, err)
	}
	return t, nil
}

func newTree(ctx context.Context, r *Repo) *Tree {
	return &Tree{
		folders:  map[string][]entry{".": nil},
		contents: contents{ctx: ctx, repo: r},
	}
}

// sort puts each folder in order.
func (t *Tree) sort() error {
	for dir, entries := range t.folders {
		slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
		for i := 1; i < len(entries); i++ {
			if entries[i].name == entries[i-1].name {
				return errors.New(code(path.Join(dir, entries[i].name)) + " is in it twice")
			}
		}
	}
	return nil
}

// add adds a file, and the folders that it is in.
func (t *Tree) add(name string, e Entry) error {
	dir, base := split(name)
	if base == "" || base == "." || base == ".." { // git makes none, but takes them
		return errors.New(code(name) + " is no name that a file can have")
	}
	if _, ok := t.folders[dir]; !ok {
		if err := t.add(dir, Entry{Mode: fs.ModeDir | 0o755}); err != nil {
			return err
		}
	}
	t.folders[dir] = append(t.folders[dir], entry{base, e})
	if e.Mode.IsDir() {
		t.folders[name] = nil
	}
	return nil
}

// split is path.Split with the folder as a name.
func split(name string) (dir, base string) {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return ".", name
}

// Identity returns the id of a file's content: what is in the repository need
// not be read for that. A folder has none.
func (t *Tree) Identity(name string) (string, error) {
	folder, at, err := t.find("open", name)
	if err != nil {
		return "", err
	}
	if folder[at].ID == "" {
		return "", &fs.PathError{Op: "open", Path: name, Err: errors.New("it is a folder")}
	}
	return folder[at].ID, nil
}

// find finds a file or a folder: in which folder it is, and where there.
func (t *Tree) find(op, name string) (folder []entry, at int, err error) {
	if !fs.ValidPath(name) {
		return nil, 0, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if name == "." {
		return []entry{{".", Entry{Mode: fs.ModeDir | 0o755}}}, 0, nil
	}
	dir, base := split(name)
	folder = t.folders[dir]
	at, ok := slices.BinarySearchFunc(folder, base, func(e entry, base string) int { return cmp.Compare(e.name, base) })
	if !ok {
		return nil, 0, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return folder, at, nil
}

// Open opens a file or a folder.
func (t *Tree) Open(name string) (fs.File, error) {
	folder, at, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	e := folder[at]
	switch {
	case e.Mode.IsDir():
		return &openFolder{info: info{entry: e}, entries: t.entries(name)}, nil
	case e.Mode&fs.ModeSymlink != 0:
		err = errors.New("it is a link, which is not followed")
	case !e.Mode.IsRegular():
		err = errors.New("it is not a file")
	default:
		var b Blob
		if b, err = t.read(folder, at); err == nil {
			return &openFile{info: info{entry: e, size: b.Size}, data: b.Data}, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// ReadDir lists a folder.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	folder, at, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !folder[at].Mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("it is not a folder")}
	}
	return t.entries(name), nil
}

func (t *Tree) entries(folder string) []fs.DirEntry {
	entries := t.folders[folder]
	list := make([]fs.DirEntry, len(entries))
	for i := range entries {
		list[i] = &dirEntry{&entries[i], t}
	}
	return list
}

// Stat describes a file or a folder.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	folder, at, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return t.info(folder[at])
}

// info describes an entry. The size of a file is had by reading it: who asks
// for it reads the file as well, and to list all sizes takes git three times as
// long as to list the files.
func (t *Tree) info(e entry) (fs.FileInfo, error) {
	i := &info{entry: e}
	if e.Mode.IsRegular() {
		var err error
		if i.size, err = t.size(e.ID); err != nil {
			return nil, &fs.PathError{Op: "stat", Path: e.name, Err: err}
		}
	}
	return i, nil
}
