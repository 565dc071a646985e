package git

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
)

// folder is one that is to be read: all that is in it, or what is named.
type folder struct {
	path, id string
	all      bool
}

// walk adds the files of a commit: those that are named by their paths in the
// repository, and those that stand in a folder that is.
func (t *Tree) walk(c *cat, commit string, names map[string]bool) error {
	above := map[string]bool{} // the folders on the way to what is named
	for name := range names {
		for name != "" {
			name, _ = split(name)
			name = fromTop(name)
			above[name] = true
		}
	}
	prefix := slash(c.repo.Prefix)
	todo := []folder{{id: commit + "^{tree}", all: names[""]}}
	for asked := 0; len(todo) > 0; asked-- {
		for ; asked < min(len(todo), ahead); asked++ {
			c.askFor(todo[asked].id)
		}
		in := todo[0]
		todo = todo[1:]
		data, err := c.folder(in)
		if err != nil {
			return err
		}
		for len(data) > 0 {
			name, e, n := c.repo.entry(data)
			if n == 0 {
				return fmt.Errorf("the folder %s cannot be understood", code(in.path))
			}
			data = data[n:]
			full := slash(in.path) + name
			all := in.all || names[full]
			if e.Mode.IsDir() {
				if all || above[full] {
					todo = append(todo, folder{full, e.ID, all})
				}
			} else if own, within := strings.CutPrefix(full, prefix); all && within {
				if err := t.add(own, e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fromTop is the path of a folder, "" for the top.
func fromTop(name string) string {
	if name == "." {
		return ""
	}
	return name
}

// folder returns the data of the folder that was asked for first.
func (c *cat) folder(f folder) ([]byte, error) {
	o, said, err := c.head()
	switch {
	case err == errMissing && f.path == "":
		return nil, &kindError{"it is missing, or its files are: " + refill, []error{ErrMissing}}
	case err == errMissing:
		return nil, &kindError{fmt.Sprintf("what is in its folder %s is missing: %s", code(f.path), refill), []error{ErrMissing}}
	case err == errUnclear || err == nil && o.kind != "tree":
		c.stop()
		return nil, fmt.Errorf("git cat-file says %q of %s", said, f.id)
	case err != nil:
		return nil, err
	}
	return c.data(o.size, math.MaxInt64)
}

// entry reads the first entry of the data of a folder: "100644 NAME", NUL, and the bytes
// of the id. It returns how long it is, 0 where it is none.
func (r *Repo) entry(data []byte) (name string, e Entry, n int) {
	head, rest, ok := bytes.Cut(data, []byte{0})
	octal, file, is := strings.Cut(string(head), " ")
	id := r.Hash()().Size()
	if !ok || !is || len(rest) < id {
		return "", Entry{}, 0
	}
	return file, Entry{Mode: mode(octal), ID: hex.EncodeToString(rest[:id])}, len(head) + 1 + id
}
