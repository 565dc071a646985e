package tree

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/schema"
)

// Follower is the tree of one commit after the other: Put and Remove take in what
// a commit changed, and cost no more than that. It holds the content of every
// escalation.
type Follower struct {
	tree Tree
	held contents
	// astray is what is told of the files in the wrong place.
	astray map[string]misplacement
}

// contents are the files that are followed, as a source.
type contents map[string]followed

// followed is one file.
type followed struct {
	role role
	mode fs.FileMode
	data []byte // of an escalation, the directory or the policy
	// told is the path that a file astray is told of: itself, or the folder
	// that it lies in.
	told string
}

// Open opens a file.
func (c contents) Open(name string) (fs.File, error) {
	f, ok := c[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return source.NewFile(name, f.mode, f.data), nil
}

// Identity returns the id of a file's content.
func (c contents) Identity(name string) (string, error) {
	f, ok := c[name]
	if !ok {
		return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return source.Hash(source.SHA1).Identity(f.data), nil
}

// misplacement is what is told of a path, and how many files make it so.
type misplacement struct {
	finding.Finding
	files int
}

// Follow returns a follower that has seen no file yet.
func Follow(check *shape.Checker) *Follower {
	f := &Follower{held: contents{}, astray: map[string]misplacement{}}
	f.tree.files, f.tree.check = f.held, check
	f.tree.decode()
	return f
}

// Tree returns the tree as it is now. Its policy, directory and findings stay;
// its lists of files, and what Load reads, hold until the next Put or Remove.
func (f *Follower) Tree() *Tree {
	t := f.tree
	return &t
}

// Put takes in a file that is new, or has changed. What is not in the folder
// is passed over.
func (f *Follower) Put(name string, mode fs.FileMode, data []byte) {
	if !strings.HasPrefix(name, Folder+"/") {
		return
	}
	told, r, found := within(name, mode)
	if had, ok := f.held[name]; ok && (had.role != r || r == astray) {
		f.Remove(name)
	}
	if r == passed {
		return
	}
	_, had := f.held[name]
	f.held[name] = followed{role: r, mode: mode, data: data, told: told}
	t := &f.tree
	switch r {
	case people, policy:
		t.take(r, name, data)
	case escalation:
		t.Paths = inserted(t.Paths, name)
	case astray:
		m := f.astray[told]
		f.astray[told] = misplacement{found, m.files + 1}
		f.retell()
	}
	if !had {
		t.Names = inserted(t.Names, clean(told))
	}
}

// Remove takes in that a file is no longer there.
func (f *Follower) Remove(name string) {
	was, ok := f.held[name]
	if !ok {
		return
	}
	delete(f.held, name)
	t := &f.tree
	switch was.role {
	case people:
		t.PeopleFile = nil
		t.decode()
	case policy:
		t.PolicyFile = nil
		t.decode()
	case escalation:
		t.Paths = removed(t.Paths, name)
	case astray:
		m := f.astray[was.told]
		if m.files--; m.files > 0 {
			f.astray[was.told] = m
			return // the folder is still there
		}
		delete(f.astray, was.told)
		f.retell()
	}
	t.Names = removed(t.Names, clean(was.told))
}

// take reads the directory or the policy.
func (t *Tree) take(r role, name string, data []byte) {
	if r == people {
		f := read(name, data, schema.KindPeople, t.check)
		t.PeopleFile = &f
	} else {
		f := read(name, data, schema.KindPolicy, t.check)
		t.PolicyFile = &f
	}
	t.decode()
}

// retell makes the findings anew: few files are ever astray.
func (f *Follower) retell() {
	f.tree.Findings = nil
	for _, name := range slices.Sorted(maps.Keys(f.astray)) {
		f.tree.tell(f.astray[name].Finding)
	}
}

// within is place for a file of which the folders are not visited: where one of
// them has the name of a file, that is told instead.
func within(name string, mode fs.FileMode) (told string, r role, f finding.Finding) {
	told = name
	for dir := path.Dir(name); dir != Folder; dir = path.Dir(dir) {
		if isYAML(dir) {
			told, mode = dir, fs.ModeDir
		}
	}
	r, f = place(told, mode)
	return told, r, f
}

func inserted(list []string, name string) []string {
	i, there := slices.BinarySearch(list, name)
	if there {
		return list
	}
	return slices.Insert(list, i, name)
}

func removed(list []string, name string) []string {
	i, there := slices.BinarySearch(list, name)
	if !there {
		return list
	}
	return slices.Delete(list, i, i+1)
}
