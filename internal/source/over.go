package source

import "io/fs"

// Over is a source in which one file has another content, or is there at all. It is
// not listed among those of its folder where it is new.
type Over struct {
	FS
	// Name is the file, Data its content, ID what git calls that.
	Name string
	Data []byte
	ID   string
}

var _ FS = Over{}

// Open opens a file.
func (o Over) Open(name string) (fs.File, error) {
	if name == o.Name {
		return NewFile(name, 0o644, o.Data), nil
	}
	return o.FS.Open(name)
}

// Identity returns the id of a file's content.
func (o Over) Identity(name string) (string, error) {
	if name == o.Name {
		return o.ID, nil
	}
	return o.FS.Identity(name)
}
