package bot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Clone is the clone that the bot commits in. It checks nothing out, and pushes what
// follows what the remote has, and nothing else.
type Clone struct {
	Session *session.Session
	// Repo is that of the session, Remote the remote that counts.
	Repo   *git.Repo
	Remote string
	// Branch is the remote's default branch, Tip what is true on it.
	Branch string
	Tip    *session.Commit

	pushed bool // something was
}

// kept is the ref that keeps a commit until it is pushed.
const kept = "refs/escalate/bot"

// Look asks the remote where its default branch is, and where others are by their
// names. It fetches them.
func (c *Clone) Look(ctx context.Context, branches ...string) (map[string]string, error) {
	there, err := c.Repo.AskRemote(ctx, c.Remote, branches...)
	if err != nil {
		return nil, err
	}
	c.Branch = there.Default
	if there.Branches[c.Branch] == "" {
		return nil, fmt.Errorf("the remote `%s` has no default branch", c.Remote)
	}
	if err := c.Repo.Fetch(ctx, c.Remote, there.Branches); err != nil {
		return nil, err
	}
	if c.Tip == nil || c.Tip.ID != there.Branches[c.Branch] {
		if c.Tip, err = c.Session.Commit(ctx, there.Branches[c.Branch]); err != nil {
			return nil, err
		}
	}
	return there.Branches, c.legible()
}

// legible is an error where the policy or the directory of the tip has errors: then
// nobody can tell who may do what, and all waits until they are mended.
func (c *Clone) legible() error {
	if file := c.Tip.Misread(); file != "" {
		return fmt.Errorf("`%s` of the default branch has errors, which `escalate lint` shows: nothing that is asked for is done until they are mended", file)
	}
	return nil
}

// Change is a commit to be made.
type Change struct {
	// Parent is the commit that it follows, Merges another one, "" for none; Files are what
	// it has otherwise than Parent, nil for one that is deleted.
	Parent, Merges string
	Files          map[string][]byte
	// Subject says what it does, Source is the address of what asked for it.
	Subject, Source string
	By              schema.Person
	At              time.Time
}

// traced is the line of a message by which a commit is found again by what asked for
// it: a run that was killed before it answered does it once.
func traced(source string) string { return "Asked-for-in: <" + source + ">" }

// Push makes a commit and pushes it to a branch. The error is git.ErrMoved where the
// branch has moved by now.
func (c *Clone) Push(ctx context.Context, branch string, x Change) (string, error) {
	commit, err := c.Repo.Commit(ctx, kept, git.NewCommit{
		Parent: x.Parent, Merges: x.Merges, Files: x.Files, Message: x.Subject + "\n\n" + traced(x.Source) + "\n", Name: string(x.By.Name), Email: string(x.By.Email), Time: x.At,
	})
	if err != nil {
		return "", err
	}
	c.pushed = true
	return commit, c.Repo.Push(ctx, c.Remote, commit, branch)
}

// day is how far the clock of whoever made a commit may be from that of the forge.
const day = 24 * time.Hour

// Traced returns the commit in the history of another that was made for what stands at
// an address since a time; "" where there is none.
func (c *Clone) Traced(ctx context.Context, commit, source string, since time.Time) (string, error) {
	return c.Repo.Saying(ctx, commit, traced(source), since.Add(-day))
}

// tries is how often something is done anew because others were faster.
const tries = 10

// onTop does something on the tip of the default branch, and anew where that has moved.
func (c *Clone) onTop(ctx context.Context, do func() error) error {
	return anew(func() error {
		if _, err := c.Look(ctx); err != nil {
			return err
		}
		return do()
	})
}

// anew does something again while it meets a branch that has moved.
func anew(do func() error) error {
	var err error
	for range tries {
		if err = do(); !errors.Is(err, git.ErrMoved) {
			return err
		}
	}
	return fmt.Errorf("others were faster %d times: %w", tries, err)
}

// subject is that of a commit.
func (c *Clone) subject(ctx context.Context, commit string) (string, error) {
	for x, err := range c.Repo.Log(ctx, git.LogOptions{To: commit}) {
		return x.Subject, err
	}
	return "", nil
}

// made reports whether a commit itself was made for what stands at an address.
func (c *Clone) made(ctx context.Context, commit, source string) (bool, error) {
	newest, err := c.Repo.Saying(ctx, commit, traced(source), time.Unix(0, 0))
	return newest == commit, err
}

// subjects are those of the commits of a branch that the default branch has not.
func (c *Clone) subjects(ctx context.Context, commit string) (list []string, err error) {
	for x, err := range c.Repo.Log(ctx, git.LogOptions{From: c.Tip.ID, To: commit}) {
		if err != nil {
			return nil, err
		}
		list = append(list, x.Subject)
	}
	return list, nil
}

// divergence is how the commits of a branch stand to the default branch.
type divergence struct {
	// path is the one escalation that they change; "" where it is not one.
	path string
	// crossed reports that the default branch has changed it since, merged that the newest
	// was made on the default branch, and merges what was before.
	crossed, merged bool
}

// diverges compares a branch with the default branch.
func (c *Clone) diverges(ctx context.Context, head string) (d divergence, err error) {
	base, err := c.Repo.MergeBase(ctx, c.Tip.ID, head)
	if errors.Is(err, git.ErrNoMergeBase) && !errors.Is(err, git.ErrShallow) { // the history was written anew
		return d, nil
	}
	if err != nil {
		return d, err
	}
	paths := map[string]bool{}
	for x, err := range c.Repo.Log(ctx, git.LogOptions{From: c.Tip.ID, To: head}) {
		if err != nil {
			return d, err
		}
		if x.ID == head {
			d.merged = len(x.Parents) > 1 && x.Parents[0] == base
		}
		for _, changed := range x.Changes {
			paths[changed.Path] = true
		}
	}
	for path := range paths {
		if len(paths) > 1 || !tree.IsEscalation(path) {
			return d, nil
		}
		d.path = path
	}
	if d.path == "" || base == c.Tip.ID {
		return d, nil
	}
	was, err := c.identity(ctx, base, d.path)
	if err != nil {
		return d, err
	}
	is, err := c.identity(ctx, c.Tip.ID, d.path)
	d.crossed = was != is
	return d, err
}

// identity is that of a file of a commit; "" where there is none.
func (c *Clone) identity(ctx context.Context, commit, path string) (string, error) {
	files, err := c.Repo.Tree(ctx, commit, path)
	if err != nil {
		return "", err
	}
	defer files.Close()
	id, err := files.Identity(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return id, err
}
