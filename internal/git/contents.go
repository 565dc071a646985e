package git

import (
	"context"
	"io/fs"
	"sync"
)

// contents reads the contents of a tree's files.
//
// To ask and to wait costs many times what git takes to answer. So where files
// are read in the order in which they stand in their folder, by however many
// goroutines, those that follow are asked for as well.
type contents struct {
	ctx  context.Context
	repo *Repo

	mu     sync.Mutex
	closed bool
	err    error // the first that was met

	ready  map[string]Blob // what was read ahead, by id
	folder *entry          // the first of the folder of which was read last
	end    int             // where in it the reading ended
	window int             // how many files were read at once
}

// most is how many contents are kept that were read ahead.
const most = 8 * ahead

// farthest is the size above which nothing is kept that was read ahead.
const farthest = 64 << 10

// Close ends the reading of files.
func (c *contents) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed, c.ready = true, nil
	return nil
}

// ask lets somebody ask for contents. The lock is held.
func (c *contents) ask(do func(*cat) error) error {
	if c.closed {
		return fs.ErrClosed
	}
	return c.repo.read(c.ctx, do)
}

// size returns the size of a content.
func (c *contents) size(id string) (size int64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err = c.ask(func(git *cat) error {
		if err := git.ask(id); err != nil {
			return err
		}
		b, err := git.answer(0)
		size = b.Size
		return err
	})
	return size, err
}

// Err returns the first error that reading a file's content met: the repository
// lacks it, or git failed. Whoever reads through an fs.FS may take such a file
// for a broken one.
func (c *contents) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// read returns the content of a folder's i-th entry.
func (c *contents) read(folder []entry, i int) (b Blob, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if c.err == nil {
			c.err = err
		}
	}()
	id := folder[i].ID
	if b, ok := c.ready[id]; ok {
		delete(c.ready, id)
		return b, nil
	}
	err = c.ask(func(git *cat) error {
		if err := git.ask(id); err != nil {
			return err
		}
		for _, e := range folder[i+1 : i+c.together(folder, i)] {
			if e.Mode.IsRegular() {
				if err := git.ask(e.ID); err != nil {
					return err
				}
			}
		}
		b, err = git.answer(MaxBlob)
		if c.ready == nil || len(c.ready) > most { // nobody came for it
			c.ready = map[string]Blob{}
		}
		for len(git.asked) > 0 {
			// An error is told to who asks for that file.
			if b, err := git.answer(farthest); err == nil && b.Size <= farthest {
				c.ready[b.ID] = b
			}
		}
		return err
	})
	return b, err
}

// together says how many entries, from the i-th on, are worth asking for at
// once: ever more while one reading follows the other.
func (c *contents) together(folder []entry, i int) int {
	same := c.folder == &folder[0]
	switch {
	case same && i < c.end && i >= c.end-most: // a goroutine that came late
		return 1
	case same && i >= c.end && i < c.end+ahead:
		c.window = min(2*c.window, ahead)
	default:
		c.folder, c.window = &folder[0], 1
	}
	c.end = min(i+c.window, len(folder))
	return c.end - i
}
