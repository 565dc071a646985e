package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Commit is what a commit says of itself, and what it changed.
type Commit struct {
	ID      string
	Parents []string
	// The author's name and address and the subject are as the author wrote
	// them, without the mapping of a .mailmap: any text on one line, which may
	// hold what a terminal or a web page obeys.
	AuthorName, AuthorEmail, Subject string
	// The times are zero where they cannot be read.
	AuthorTime, CommitTime time.Time
	// Changes is what differs from the first parent, or from nothing where
	// there is no parent; a rename is a deletion and an addition.
	Changes []Change
	// Merged is what the parents behind the first have otherwise than the merge, as
	// far as LogOptions asks for it.
	Merged []Merged
}

// Merged is one file that a parent behind the first has otherwise than the merge:
// Old is the file as the merge has it, and New, of which Data is the content, as
// the parent has it.
type Merged struct {
	Parent string
	Change
}

// Change is one file that a commit changed.
type Change struct {
	Path string
	// Old and New are the file before and after; zero where there was none.
	Old, New Entry
	// Data is the new content, as far as Blob.Data has it, where LogOptions
	// asks for it.
	Data []byte
}

// hasContent reports whether the new file is one that says something.
func (c *Change) hasContent() bool {
	return (c.New.Mode.IsRegular() || c.New.Mode.Type() == fs.ModeSymlink) && c.New.ID != ""
}

// Entry is a file as a commit has it.
type Entry struct {
	// Mode is that of a file, of one that can be executed, of a symbolic link,
	// or of something irregular, such as the commit of a submodule.
	Mode fs.FileMode
	// ID names the content.
	ID string
}

// LogOptions says which commits Log returns, and what of them.
type LogOptions struct {
	// To is the commit to begin with; From, where it is set, the one that is
	// left out, with all that it is based on.
	From, To string
	// FirstParent leaves out what was merged: each merge stands for all that
	// it brought.
	FirstParent bool
	// Reverse returns the oldest first. No commit ever comes on the wrong side
	// of its parents, whatever the clocks said.
	Reverse bool
	// Folder leaves out what is outside of it, and the commits that have no
	// more changes then.
	Folder string
	// File does the same for one file, and faster.
	File string
	// Contents chooses the changes of which Data is read. It is not called for
	// those that have none.
	Contents func(Change) bool
	// Merged, where it is set, has each merge compared with its other parents as well,
	// and chooses what of that is returned and, with Contents, read. It is called after
	// Contents was for each commit before.
	Merged func(Merged) bool
}

// Log returns commits with their changes. It ends with the first error, which
// is ErrShallow where the history that was asked for goes on beyond the end of
// a shallow clone.
//
// With Contents, Log runs ahead of the loop by some commits.
func (r *Repo) Log(ctx context.Context, o LogOptions) iter.Seq2[Commit, error] {
	commits := r.log(ctx, o)
	if o.Contents != nil {
		commits = r.withContents(ctx, commits, o.Contents)
	}
	return commits
}

func (r *Repo) log(ctx context.Context, o LogOptions) iter.Seq2[Commit, error] {
	return func(yield func(Commit, error) bool) {
		args, err := r.logArgs(o)
		if err != nil {
			yield(Commit{}, err)
			return
		}
		p, err := r.start(ctx, false, args...)
		if err != nil {
			yield(Commit{}, fmt.Errorf("cannot read the history: %w", err))
			return
		}
		defer p.stop()
		l := logReader{Reader: p.out, repo: r, wanted: r.wanted(o)}
		others := parents{repo: r, o: o}
		defer others.stop()
		for {
			c, err := l.next()
			switch {
			case err == io.EOF:
				if err = p.wait(); err == nil {
					return
				}
				err = fmt.Errorf("cannot read the history: %w", err)
			case err == io.ErrUnexpectedEOF:
				err = fmt.Errorf("cannot read the history: %w", p.gone())
			case err == nil && r.boundary[c.ID]:
				err = &kindError{fmt.Sprintf("the history before %s is missing; %s", c.ID, deepen), []error{ErrShallow}}
			case err == nil && o.Merged != nil && len(c.Parents) > 1:
				c.Merged, err = others.of(ctx, c)
			}
			if err != nil {
				yield(Commit{}, err)
				return
			}
			if (o.File != "" || o.Folder != "") && len(c.Changes)+len(c.Merged) == 0 {
				continue
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Authored returns when a commit was authored. Its history is not read: of the commit at
// which that of a shallow clone ends, it is known as well.
func (r *Repo) Authored(ctx context.Context, id string) (time.Time, error) {
	if err := r.checkIDs(id); err != nil {
		return time.Time{}, err
	}
	if c, err := r.named(ctx, id); err == nil && !c.authored.IsZero() {
		return c.authored, nil
	}
	out, err := r.output(ctx, "log", "--no-walk", "--no-show-signature", "--format=tformat:%at", id, "--")
	if err != nil {
		return time.Time{}, fmt.Errorf("cannot read the commit %.10s: %w", id, err)
	}
	return seconds(out), nil
}

// logArgs is the command. What the user's configuration could change is said.
func (r *Repo) logArgs(o LogOptions) ([]string, error) {
	args := []string{
		"log", "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s", "-z", "--encoding=UTF-8", "--no-show-signature", "--no-decorate",
		"--raw", "--no-abbrev", "--no-renames", "--root", "--diff-merges=first-parent", "--no-relative", "--ignore-submodules=none",
	}
	if o.FirstParent {
		args = append(args, "--first-parent") // in order of itself
	} else {
		args = append(args, "--topo-order")
	}
	if o.Reverse {
		args = append(args, "--reverse")
	}
	if err := r.checkIDs(o.To); err != nil {
		return nil, err
	}
	args = append(args, o.To)
	if o.From != "" {
		if err := r.checkIDs(o.From); err != nil {
			return nil, err
		}
		args = append(args, "^"+o.From)
	}
	for _, name := range []string{o.Folder, o.File} {
		if name != "" && !fs.ValidPath(name) {
			return nil, &fs.PathError{Op: "log", Path: name, Err: fs.ErrInvalid}
		}
	}
	// A folder is not left to git, which takes twice as long for it. Neither
	// is a file in a shallow clone: git would leave out the commit where the
	// history ends if the file is not there, as if it never had been.
	if o.File != "" && !r.Shallow {
		args = append(args, "--full-history") // without it, side branches are left out
		if o.Merged != nil {
			args = append(args, "--sparse") // a merge may leave the file as the first parent has it
		}
		return append(args, "--", o.File), nil
	}
	return append(args, "--"), nil
}

// wanted returns the part of a path in the repository that is relative to Dir,
// and whether a change of it is asked for.
func (r *Repo) wanted(o LogOptions) func(path []byte) ([]byte, bool) {
	prefix, folder := []byte(slash(r.Prefix)), []byte(slash(o.Folder))
	return func(path []byte) ([]byte, bool) {
		name, ok := bytes.CutPrefix(path, prefix)
		return name, ok && bytes.HasPrefix(name, folder) && (o.File == "" || string(name) == o.File)
	}
}

// slash is a folder as a prefix of paths.
func slash(folder string) string {
	if folder == "" || folder == "." {
		return ""
	}
	return folder + "/"
}

// logReader reads what git log prints.
type logReader struct {
	*bufio.Reader
	repo   *Repo
	wanted func(path []byte) ([]byte, bool)
	// What is reused from commit to commit.
	header, record, long []byte
}

// fields is how many each commit begins with.
const fields = 7

// next reads one commit. The error is io.EOF after the last.
func (l *logReader) next() (Commit, error) {
	var ends [fields]int
	l.header = l.header[:0]
	for i := range ends {
		text, err := token(l.Reader, &l.long)
		if err != nil {
			if err == io.EOF && i > 0 {
				err = io.ErrUnexpectedEOF
			}
			return Commit{}, err
		}
		l.header = append(l.header, text...)
		ends[i] = len(l.header)
	}
	text, start := string(l.header), 0
	var f [fields]string
	for i, end := range ends {
		f[i], start = text[start:end], end
	}
	c := Commit{
		ID: f[0], AuthorName: valid(f[2]), AuthorEmail: valid(f[3]), Subject: valid(f[6]),
		AuthorTime: seconds(f[4]), CommitTime: seconds(f[5]),
	}
	if f[1] != "" {
		c.Parents = strings.Split(f[1], " ")
	}
	if !l.repo.isID(c.ID) {
		return c, fmt.Errorf("cannot read the history: git log says %.100q where a commit should begin", text)
	}
	for {
		b, err := l.Peek(1)
		switch {
		case err == io.EOF:
			return c, nil
		case err != nil:
			return c, err
		case b[0] == '\n': // before the first change
			l.Discard(1)
		case b[0] != ':':
			return c, nil
		default:
			if c.Changes, err = l.change(c.Changes); err != nil {
				return c, err
			}
		}
	}
}

// change reads one change, such as ":100644 000000 ID 0000 D", NUL, path, NUL, and
// adds it to those that were read.
func (l *logReader) change(list []Change) ([]Change, error) {
	record, err := token(l.Reader, &l.long)
	if err != nil {
		return list, midway(err)
	}
	l.record = append(l.record[:0], record...)
	path, err := token(l.Reader, &l.long)
	if err != nil {
		return list, midway(err)
	}
	name, ok := l.wanted(path)
	if !ok {
		return list, nil
	}
	var part [4]string
	rest := string(l.record[1:])
	for i := range part {
		part[i], rest, ok = strings.Cut(rest, " ")
		if !ok {
			return list, fmt.Errorf("cannot read the history: git says %.200q", l.record)
		}
	}
	ch := Change{Path: string(name)}
	if ch.Old.Mode, ch.Old.ID = mode(part[0]), part[2]; part[0] == none {
		ch.Old = Entry{}
	}
	if ch.New.Mode, ch.New.ID = mode(part[1]), part[3]; part[1] == none {
		ch.New = Entry{}
	}
	return append(list, ch), nil
}

// midway is an error where more was to come.
func midway(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// none is git's mode of a file that is not there.
const none = "000000"

// mode is git's mode of a file in Go's terms.
func mode(octal string) fs.FileMode {
	n, err := strconv.ParseUint(octal, 8, 32)
	switch {
	case err != nil:
		return fs.ModeIrregular
	case n&0o170000 == 0o100000 && n&0o100 != 0:
		return 0o755
	case n&0o170000 == 0o100000:
		return 0o644
	case n&0o170000 == 0o120000:
		return fs.ModeSymlink | 0o777
	case n&0o170000 == 0o040000:
		return fs.ModeDir | 0o755
	default: // a submodule
		return fs.ModeIrregular
	}
}

// seconds is a time as a commit has it. A commit may have anything; what no
// calendar of four digits has is no time.
func seconds(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 253402300799 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// withContents adds the contents to commits.
func (r *Repo) withContents(ctx context.Context, commits iter.Seq2[Commit, error], want func(Change) bool) iter.Seq2[Commit, error] {
	return func(yield func(Commit, error) bool) {
		c, err := r.startCat(ctx)
		if err != nil {
			yield(Commit{}, err)
			return
		}
		defer c.stop()
		// The commits that were read and not yet handed on, how many contents
		// each still lacks, and where they go.
		type half struct {
			Commit
			lacks int
		}
		var queue []half
		var places []*Change
		// advance hands on the commits that are complete, and reads contents
		// until at most so many contents and commits are left.
		advance := func(contents, halves int) bool {
			for {
				for len(queue) > 0 && queue[0].lacks == 0 {
					done := queue[0].Commit
					queue[0], queue = half{}, queue[1:]
					if !yield(done, nil) {
						return false
					}
				}
				if len(places) <= contents && len(queue) <= halves {
					return true
				}
				b, err := c.answer(MaxBlob)
				if err != nil {
					yield(Commit{}, fmt.Errorf("%s in commit %s: %w", code(places[0].Path), queue[0].ID, err))
					return false
				}
				places[0].Data, places = b.Data, places[1:]
				queue[0].lacks--
			}
		}
		for commit, err := range commits {
			if err != nil {
				if advance(0, 0) {
					yield(Commit{}, err)
				}
				return
			}
			var wanted []*Change
			for i := range commit.Changes {
				if ch := &commit.Changes[i]; ch.hasContent() && want(*ch) {
					wanted = append(wanted, ch)
				}
			}
			for i := range commit.Merged {
				if ch := &commit.Merged[i].Change; ch.hasContent() {
					wanted = append(wanted, ch)
				}
			}
			queue = append(queue, half{commit, len(wanted)})
			for _, ch := range wanted {
				if len(places) == ahead && !advance(ahead/2, len(queue)) {
					return
				}
				if err := c.ask(ch.New.ID); err != nil {
					yield(Commit{}, err)
					return
				}
				places = append(places, ch)
			}
			// Half of what was asked for is read at once: to wait for each
			// answer by itself takes longer than to read it.
			contents, halves := len(places), len(queue)
			if contents == ahead || halves > ahead {
				contents, halves = ahead/2, ahead/2
			}
			if !advance(contents, halves) {
				return
			}
		}
		advance(0, 0)
	}
}
