package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/escalations-as-code/escalate/schema"
)

// Request is the issue by which an escalation was asked for. Once that is merged, the
// issue becomes its tracking issue: whoever opened it keeps watching it (P1).
type Request struct {
	// Issue is its number, URL where people see it.
	Issue int    `json:"issue"`
	URL   string `json:"url"`
	// By and At are the opening that was proposed for it: a file of the same name that
	// says another has nothing to do with it.
	By schema.Handle `json:"by"`
	At time.Time     `json:"at"`
}

// Asks reports whether an opening is the one that was proposed for the issue.
func (r Request) Asks(o schema.Opened) bool {
	return r.Issue > 0 && r.URL != "" && o.By == r.By && o.At.Equal(r.At)
}

const heardPath = "heard.json"

func requestPath(id schema.ID) string { return path.Join(RequestsFolder, string(id)+".json") }

// RequestOf returns the issue by which an escalation was asked for; the zero request
// where it was by none, or where somebody made the file unreadable: then it gets an
// issue of its own.
func RequestOf(files fs.FS, id schema.ID) (Request, error) {
	var r Request
	err := readJSON(files, requestPath(id), &r)
	return r, err
}

// RequestsFolder holds the requests.
const RequestsFolder = "requests"

// Requests are all requests, by the escalations that they ask for. What somebody made
// unreadable is left out.
func Requests(files fs.FS) (map[schema.ID]Request, error) {
	ids, err := listed(files, RequestsFolder+"/*/*.json", ".json")
	if err != nil {
		return nil, err
	}
	all := map[schema.ID]Request{}
	for _, id := range ids {
		r, err := RequestOf(files, id)
		if err != nil {
			return nil, err
		}
		if r != (Request{}) {
			all[id] = r
		}
	}
	return all, nil
}

// AsFile is the file that RequestOf reads.
func (r Request) AsFile(id schema.ID) (name string, data []byte) {
	r.At = r.At.UTC()
	return requestPath(id), asJSON(r)
}

// Heard says how far the issues and comments of a forge were read.
type Heard struct {
	// Comments is the time of the last change of one, up to which all have their answer,
	// but for what is on Again; zero where none was read yet.
	Comments time.Time `json:"comments"`
	// Again are the threads on which something could not be handled. Each run reads them
	// until it can be.
	Again []Thread `json:"again,omitempty"`
}

// Thread is an issue or a change request that is read again.
type Thread struct {
	Number        int  `json:"number"`
	ChangeRequest bool `json:"change_request,omitempty"`
	// Since is when that changed last which could not be handled; of several, the first:
	// what is older is not read.
	Since time.Time `json:"since"`
}

// ReadHeard reads how far comments were read. What somebody made unreadable says
// nothing, and is begun anew.
func ReadHeard(files fs.FS) (Heard, error) {
	var h Heard
	err := readJSON(files, heardPath, &h)
	return h, err
}

// AsFile is the file that ReadHeard reads.
func (h Heard) AsFile() (name string, data []byte) {
	h.Comments = h.Comments.UTC()
	return heardPath, asJSON(h)
}

// readJSON reads a file. One that is not there, or is not what it is to be, leaves the
// value as it is.
func readJSON[T any](files fs.FS, name string, into *T) error {
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read %s of the ledger: %w", name, err)
	}
	var read T
	if json.Unmarshal(data, &read) != nil {
		return nil
	}
	*into = read
	return nil
}

func asJSON(v any) []byte {
	data, _ := json.Marshal(v) // which cannot fail: these are words, numbers and times
	return append(data, '\n')
}
