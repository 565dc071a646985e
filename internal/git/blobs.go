package git

import (
	"context"
	"fmt"
	"iter"
)

// MaxBlob is how many bytes of a content are read. The rest of a larger one is
// passed over, so that nobody can fill the memory with one commit.
const MaxBlob = 16 << 20

// Blob is the content of a file.
type Blob struct {
	ID string
	// Size is that of the whole content, of which Data has the first MaxBlob
	// bytes.
	Size int64
	Data []byte
}

// ahead is how many contents are asked for before the first has come, so that
// git and its reader work at the same time. So many ids fit into any pipe:
// neither side ever waits for the other to read.
const ahead = 32

// Blobs reads contents, in the order of their ids. It ends with the first that
// cannot be read; the error is ErrMissing where the repository lacks it.
//
// ids runs in the caller's goroutine, up to 32 ids ahead of the loop.
func (r *Repo) Blobs(ctx context.Context, ids iter.Seq[string]) iter.Seq2[Blob, error] {
	return func(yield func(Blob, error) bool) {
		c, err := r.startCat(ctx)
		if err != nil {
			yield(Blob{}, err)
			return
		}
		defer c.stop()
		// next hands on the content that was asked for first.
		next := func() bool {
			b, err := c.answer(MaxBlob)
			return yield(b, err) && err == nil
		}
		for id := range ids {
			if err := c.ask(id); err != nil {
				yield(Blob{}, err)
				return
			}
			if len(c.asked) < ahead {
				continue
			}
			for len(c.asked) > ahead/2 {
				if !next() {
					return
				}
			}
		}
		for len(c.asked) > 0 {
			if !next() {
				return
			}
		}
		if err := c.wait(); err != nil {
			yield(Blob{}, fmt.Errorf("cannot read files: %w", err))
		}
	}
}
