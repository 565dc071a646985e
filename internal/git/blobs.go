package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
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

// cat is a git that is asked for contents.
type cat struct {
	*process
	repo *Repo
	to   *bufio.Writer
	// asked are the ids that have no answer yet.
	asked []string
}

func (r *Repo) startCat(ctx context.Context) (*cat, error) {
	p, err := r.start(ctx, true, "cat-file", "--batch")
	if err != nil {
		return nil, fmt.Errorf("cannot read files: %w", err)
	}
	return &cat{process: p, repo: r, to: bufio.NewWriter(p.in)}, nil
}

// ask asks for a content. At most ahead may be asked for and not answered.
func (c *cat) ask(id string) error {
	if !c.repo.isID(id) {
		return fmt.Errorf("%q is not the id of a file's content in full", id)
	}
	c.asked = append(c.asked, id)
	c.to.WriteString(id)
	c.to.WriteByte('\n') // an error stays, and is met in answer
	return nil
}

// answer returns the content that was asked for first, at most so many bytes
// of it.
func (c *cat) answer(most int64) (Blob, error) {
	size, err := c.head()
	if err != nil {
		return Blob{}, err
	}
	b := Blob{ID: c.asked[0], Size: size, Data: make([]byte, min(size, most))}
	if _, err := io.ReadFull(c.out, b.Data); err != nil {
		return Blob{}, c.broken()
	}
	return b, c.skip(size - int64(len(b.Data)))
}

// head reads what comes before a content, and returns its size.
func (c *cat) head() (int64, error) {
	id := c.asked[0]
	if err := c.to.Flush(); err != nil {
		return 0, c.broken()
	}
	line, err := c.out.ReadSlice('\n')
	if err != nil {
		return 0, c.broken()
	}
	said := strings.TrimSuffix(string(line), "\n")
	rest, ok := strings.CutPrefix(said, id+" ")
	kind, number, _ := strings.Cut(rest, " ")
	size, err := strconv.ParseInt(number, 10, 64)
	switch {
	case rest == "missing":
		c.asked = c.asked[1:]
		return 0, &kindError{fmt.Sprintf("the content %s of a file is missing: %s", id, refill), []error{ErrMissing}}
	case !ok || err != nil:
		c.stop() // nothing after this can be understood
		return 0, fmt.Errorf("cannot read the content %s of a file: git cat-file says %q", id, said)
	case kind != "blob":
		if err := c.skip(size); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("cannot read the content %s of a file: it is a %s", id, kind)
	}
	return size, nil
}

// skip passes over n bytes and the line break behind them: the answer has been
// read.
func (c *cat) skip(n int64) error {
	for n++; n > 0; {
		// Discard takes an int, which may be smaller.
		part, err := c.out.Discard(int(min(n, 1<<30)))
		if err != nil {
			return c.broken()
		}
		n -= int64(part)
	}
	c.asked = c.asked[1:]
	return nil
}

// broken says why there is no answer.
func (c *cat) broken() error {
	id := c.asked[0]
	c.asked = c.asked[1:]
	err := c.gone()
	if strings.Contains(said(err), "promisor remote") { // an older git wanted to fetch it
		return &kindError{fmt.Sprintf("the content %s of a file is missing: %s (%v)", id, refill, err), []error{ErrMissing}}
	}
	return fmt.Errorf("cannot read the content %s of a file: %w", id, err)
}
