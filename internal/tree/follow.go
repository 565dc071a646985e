package tree

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/schema"
)

// followed is one file of a tree that follows the commits.
type followed struct {
	role role
	data []byte // of an escalation
	// told is the path that a file astray is told of: itself, or the folder
	// that it lies in.
	told string
}

// misplacement is what is told of a path, and how many files make it so.
type misplacement struct {
	finding.Finding
	files int
}

// Follow returns a tree without files, which Put and Remove make the tree of
// one commit after the other: each costs what it changed. It holds the content
// of every escalation.
func Follow(check *shape.Checker) *Tree {
	t := &Tree{check: check, files: map[string]followed{}, astray: map[string]misplacement{}}
	t.decode()
	return t
}

// Put takes in a file that is new, or has changed. What is not in the folder
// is passed over.
func (t *Tree) Put(name string, mode fs.FileMode, data []byte) {
	if !strings.HasPrefix(name, Folder+"/") {
		return
	}
	told, r, f := within(name, mode)
	if had, ok := t.files[name]; ok && (had.role != r || r == astray) {
		t.Remove(name)
	}
	if r == passed {
		return
	}
	_, had := t.files[name]
	t.files[name] = followed{role: r, data: data, told: told}
	switch r {
	case people, policy:
		t.take(r, name, data)
	case escalation:
		t.Paths = inserted(t.Paths, name)
	case astray:
		m := t.astray[told]
		t.astray[told] = misplacement{f, m.files + 1}
		t.retell()
	}
	if !had {
		t.Names = inserted(t.Names, clean(told))
	}
}

// Remove takes in that a file is no longer there.
func (t *Tree) Remove(name string) {
	f, ok := t.files[name]
	if !ok {
		return
	}
	delete(t.files, name)
	switch f.role {
	case people:
		t.PeopleFile = nil
		t.decode()
	case policy:
		t.PolicyFile = nil
		t.decode()
	case escalation:
		t.Paths = removed(t.Paths, name)
	case astray:
		m := t.astray[f.told]
		if m.files--; m.files > 0 {
			t.astray[f.told] = m
			return // the folder is still there
		}
		delete(t.astray, f.told)
		t.retell()
	}
	t.Names = removed(t.Names, clean(f.told))
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
func (t *Tree) retell() {
	t.Findings = nil
	for _, name := range slices.Sorted(maps.Keys(t.astray)) {
		t.tell(t.astray[name].Finding)
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
