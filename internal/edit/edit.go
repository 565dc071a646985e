// Package edit changes text that people own: a document and edits make the
// bytes of a new one, in which whatever was not edited stands as it was.
//
// An edit is data. Who knows what is right makes it, such as a rule; who may
// change the file applies it. The package imports nothing of this project.
package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Edit puts a text in the place of a piece of a file.
type Edit struct {
	// Start and End are offsets in bytes; the end is exclusive. Where they are
	// equal, the text is put in.
	Start, End int
	// Text is what stands there afterwards; empty to delete.
	Text string
}

// Apply returns data with the edits made. Their order does not matter, but for
// texts that are put in at one place, which follow each other as given. An edit
// given twice is made once. The error names two edits that overlap, or one that
// is not within data; then nothing was done.
func Apply(data []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	sorted = slices.Compact(sorted)
	var out strings.Builder
	at := 0
	for i, e := range sorted {
		switch {
		case e.Start < 0 || e.End < e.Start || e.End > len(data):
			return nil, fmt.Errorf("the edit of bytes %d to %d is not within the %d there are", e.Start, e.End, len(data))
		case e.Start < at:
			before := sorted[i-1]
			return nil, fmt.Errorf("the edits of bytes %d to %d and %d to %d overlap", before.Start, before.End, e.Start, e.End)
		}
		out.Write(data[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.Write(data[at:])
	return []byte(out.String()), nil
}
