package tree

import (
	"bytes"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/schema"
)

// Glance is what tells one escalation from another to a person who chooses one.
type Glance struct {
	ID       schema.ID
	Customer schema.Text
	Severity schema.Severity
	// Channel is the one that the file names.
	Channel schema.ChannelName
	Closed  bool
}

// Glances looks at all escalations, in the order of t.Paths. One of which it does not
// see the customer at a glance is loaded.
func (t *Tree) Glances() []Glance {
	all := make([]Glance, len(t.Paths))
	t.each(func(i int, name string) {
		if all[i] = t.Glance(name); all[i].Customer == "" {
			e := t.Load(name)
			all[i] = Glance{e.ID, e.Customer, e.Severity, e.Channel, e.Closure != nil}
		}
	})
	return all
}

// Glance looks at a file of t.Paths, many times faster than Load: for a shell that
// waits for what a person may mean. It knows the lines that begin with the field's
// name, as nearly every file has them, and leaves empty what stands otherwise.
func (t *Tree) Glance(name string) Glance {
	g := Glance{ID: ID(name)}
	data, err := readAtMost(t.files, name, document.MaxBytes)
	if err != nil {
		return g
	}
	var head []byte // of the file, the lines that count
	for line := range bytes.Lines(data) {
		switch {
		case bytes.HasPrefix(line, []byte("customer:")), bytes.HasPrefix(line, []byte("severity:")), bytes.HasPrefix(line, []byte("channel:")):
			head = append(head, line...)
		case bytes.HasPrefix(line, []byte("closure:")):
			g.Closed = true
		}
	}
	e := Read(name, head, nil)
	g.Customer, g.Severity, g.Channel = e.Customer, e.Severity, e.Channel
	return g
}
