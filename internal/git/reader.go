package git

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// reader is the git of a repository that is asked for objects. To start one costs as
// much as to read many, so that trees and names share it: it is started for the first
// that asks, and ended by Close.
type reader struct {
	mu  sync.Mutex
	cat *cat // nil until somebody asks, and after it was ended
}

// read lets somebody ask for objects, and nobody else until all of them are answered.
// Where ctx ends meanwhile, so does git: the next that asks starts another.
func (r *Repo) read(ctx context.Context, do func(*cat) error) error {
	r.reader.mu.Lock()
	defer r.reader.mu.Unlock()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if r.reader.cat == nil {
		c, err := r.startCat(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		r.reader.cat = c
	}
	c := r.reader.cat
	c.ctx = ctx
	held := context.AfterFunc(ctx, c.cancel)
	err := do(c)
	if !held() || c.ended || len(c.asked) > 0 { // it was ended, or is out of step
		c.stop()
		r.reader.cat = nil
	}
	return err
}

// Close ends the git that reads objects. Whoever goes on starts another.
func (r *Repo) Close() error {
	r.reader.mu.Lock()
	defer r.reader.mu.Unlock()
	if r.reader.cat != nil {
		r.reader.cat.stop()
		r.reader.cat = nil
	}
	return nil
}

// commit is what is read of a commit by itself.
type commit struct {
	id string
	// authored is when it was authored; the zero time where no time can be read.
	authored time.Time
}

// named returns the commit that a name stands for; errMissing where it is none. Why, and
// what else can be wrong, a command of its own says better.
func (r *Repo) named(ctx context.Context, name string) (x commit, err error) {
	if strings.ContainsAny(name, "\n\x00") {
		return x, errors.New("it is not one line")
	}
	err = r.read(ctx, func(c *cat) error {
		c.askFor(name + "^{commit}")
		o, _, err := c.head()
		if err != nil {
			return err
		}
		data, err := c.data(o.size, header)
		x = commit{o.id, authored(data)}
		return err
	})
	return x, err
}

// header is how much of a commit is read: what people write stands behind it.
const header = 16 << 10

// authored is when a commit was authored, by its data.
func authored(data []byte) time.Time {
	for line := range bytes.Lines(data) {
		author, is := bytes.CutPrefix(line, []byte("author "))
		if !is {
			continue
		}
		when := bytes.Fields(author[bytes.LastIndexByte(author, '>')+1:])
		if len(when) != 2 {
			break
		}
		return seconds(string(when[0]))
	}
	return time.Time{}
}
