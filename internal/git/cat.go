package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// cat is a git that is asked for objects.
type cat struct {
	*process
	repo *Repo
	to   *bufio.Writer
	// asked are the names that have no answer yet.
	asked []string
}

func (r *Repo) startCat(ctx context.Context) (*cat, error) {
	p, err := r.start(ctx, true, "cat-file", "--batch")
	if err != nil {
		return nil, fmt.Errorf("cannot read files: %w", err)
	}
	return &cat{process: p, repo: r, to: bufio.NewWriter(p.in)}, nil
}

// ask asks for an object by its id. At most ahead may be asked for and not answered.
func (c *cat) ask(id string) error {
	if !c.repo.isID(id) {
		return fmt.Errorf("%q is not the id of a file's content in full", id)
	}
	c.askFor(id)
	return nil
}

// askFor asks for an object by a name of one line.
func (c *cat) askFor(name string) {
	c.asked = append(c.asked, name)
	c.to.WriteString(name)
	c.to.WriteByte('\n') // an error stays, and is met in head
}

// object is what git says of an object before its data.
type object struct {
	id, kind string
	size     int64
}

// The reasons for which there is no object.
var (
	errMissing = errors.New("missing")
	errUnclear = errors.New("not understood") // nothing after it can be
)

// head reads what comes before the data of the object that was asked for first. Where
// there is none, the object has been answered.
func (c *cat) head() (o object, said string, err error) {
	if err := c.to.Flush(); err != nil {
		return o, "", c.broken()
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return o, "", c.broken()
	}
	said = strings.TrimSuffix(line, "\n")
	id, rest, _ := strings.Cut(said, " ")
	kind, number, _ := strings.Cut(rest, " ")
	size, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err == nil && size >= 0 && c.repo.isID(id):
		return object{id, kind, size}, said, nil
	case said == c.asked[0]+" missing" || said == c.asked[0]+" ambiguous":
		c.asked = c.asked[1:]
		return o, said, errMissing
	}
	c.stop()
	return o, said, errUnclear
}

// answer returns the content that was asked for first, at most so many bytes of it.
func (c *cat) answer(most int64) (Blob, error) {
	id := c.asked[0]
	o, said, err := c.head()
	switch {
	case err == errMissing:
		return Blob{}, &kindError{fmt.Sprintf("the content %s of a file is missing: %s", id, refill), []error{ErrMissing}}
	case err == errUnclear || err == nil && o.id != id:
		c.stop()
		return Blob{}, fmt.Errorf("cannot read the content %s of a file: git cat-file says %q", id, said)
	case err != nil:
		return Blob{}, err
	case o.kind != "blob":
		if err := c.skip(o.size); err != nil {
			return Blob{}, err
		}
		return Blob{}, fmt.Errorf("cannot read the content %s of a file: it is a %s", id, o.kind)
	}
	data, err := c.data(o.size, most)
	return Blob{ID: id, Size: o.size, Data: data}, err
}

// data reads the data of an object, at most so many bytes of it: it has been answered.
func (c *cat) data(size, most int64) ([]byte, error) {
	data := make([]byte, min(size, most))
	if _, err := io.ReadFull(c.out, data); err != nil {
		return nil, c.broken()
	}
	return data, c.skip(size - int64(len(data)))
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
	name := c.asked[0]
	c.asked = c.asked[1:]
	err := c.gone()
	if strings.Contains(said(err), "promisor remote") { // an older git wanted to fetch it
		return &kindError{fmt.Sprintf("the content %s of a file is missing: %s (%v)", name, refill, err), []error{ErrMissing}}
	}
	return fmt.Errorf("cannot read the content %s of a file: %w", name, err)
}
