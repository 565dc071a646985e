package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"time"
)

// Claim says that a run is at work on what is open. There is one at a time: who
// comes while another is at work waits until it ends, or has not renewed its
// claim for long.
type Claim struct {
	// Run is the run, Clone the clone of the repository that it runs in.
	Run   string `json:"claim"`
	Clone string `json:"clone"`
	// At is when it was made or renewed, by the run's own clock.
	At time.Time `json:"at"`
}

// readClaim returns the claim of the run that is at work; the zero claim where
// none is. One that somebody made unreadable is none: its run sees that it has
// lost it, and stops.
func readClaim(files fs.FS) (Claim, error) {
	var c Claim
	data, err := fs.ReadFile(files, claimPath)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	for line := range bytes.Lines(data) { // of several, the last counts
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c = Claim{}
		if json.Unmarshal(line, &c) != nil {
			c = Claim{}
		}
	}
	return c, nil
}

// format is the file that says so; nil for the zero claim, which is none.
func (c Claim) format() []byte {
	if c == (Claim{}) {
		return nil
	}
	c.At = c.At.UTC()
	data, _ := json.Marshal(c) // which cannot fail: these are words and a time
	return append(data, '\n')
}
