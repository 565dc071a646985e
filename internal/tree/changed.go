package tree

import (
	"slices"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/source"
)

// hashing is a source that reads a file to tell its identity: it can tell that of
// what was read already, and keeps what it read until it is opened or forgotten.
type hashing interface {
	IdentityOf(data []byte) string
	Forget(name string)
}

var _ hashing = (*source.Hashed)(nil)

// Changed returns the paths of the escalations of which one of two trees has
// another content than the other, or none; sorted. What cannot be read has
// changed: it says so when it is loaded.
func Changed(base, head *Tree) []string {
	var paths []string
	for _, path := range head.Paths {
		if !base.Has(path) || differs(base, head, path) {
			paths = append(paths, path)
		}
	}
	for _, path := range base.Paths {
		if !head.Has(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Has reports whether a tree has an escalation's file.
func (t *Tree) Has(path string) bool {
	_, has := slices.BinarySearch(t.Paths, path)
	return has
}

// differs reports whether two trees have another content of a file. Of one that
// does not differ nothing is kept: nobody is going to load it.
func differs(base, head *Tree, path string) bool {
	was, err := base.files.Identity(path)
	if err != nil {
		return true
	}
	is, err := head.files.Identity(path)
	if err != nil || is != was {
		return true
	}
	for _, t := range []*Tree{base, head} {
		if h, ok := t.files.(hashing); ok {
			h.Forget(path)
		}
	}
	return false
}

// Same reports whether base has an escalation in the same content as it was
// loaded from head. It is what Changed says of one file, for whoever loads all
// of head in any case: no file is read for it.
func Same(base, head *Tree, e *Escalation) bool {
	if !base.Has(e.Path) || e.Data == nil {
		return false
	}
	was, err := base.files.Identity(e.Path)
	if err != nil {
		return false
	}
	if h, ok := head.files.(hashing); ok && len(e.Data) <= document.MaxBytes { // or only its beginning was read
		return h.IdentityOf(e.Data) == was
	}
	is, err := head.files.Identity(e.Path)
	return err == nil && is == was
}
