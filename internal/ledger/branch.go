package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// ErrNone is returned where there is no ledger, and the remote has said so.
var ErrNone = errors.New("there is no ledger yet")

// ErrRefused is returned where a ledger cannot be written because a rule forbids
// it, or because others were faster each time.
var ErrRefused = errors.New("the ledger cannot be written")

// ErrSetBack is returned where a ledger is not what this clone has seen of it, nor
// follows that: it was forced back, deleted, or restored from a backup. What was
// told since would be told again.
var ErrSetBack = errors.New("the ledger was set back")

// Branch is the ledger as a branch: on the remote, or here where there is none.
type Branch struct {
	// Remote is the name of the remote that the ledger is on; "" where it is here.
	Remote string
	// Standing is where the branches stood when they were asked for last.
	Standing

	store Store
	seen  string // what this clone has seen of it
}

// OpenBranch asks where the ledger stands on a remote, or here where remote is
// "", and fetches it and what is true. named is the default branch, where the
// remote names none. There being no ledger is no error: see Exists.
func OpenBranch(ctx context.Context, repo *git.Repo, remote, named string) (*Branch, error) {
	return Open(ctx, InGit(repo, remote, named), remote)
}

// Open asks a store, which is on a remote, where the ledger stands.
func Open(ctx context.Context, s Store, remote string) (*Branch, error) {
	b := &Branch{store: s, Remote: remote}
	return b, b.Refresh(ctx)
}

// Begin makes an empty ledger, here: nothing is told yet, and from now on what is true
// is. It opens no connection. Where there is a remote, the ledger belongs there, and is
// still to be pushed: the branch is Name. Until then this clone has not seen it, so that
// another one may be begun there. The error is git.ErrMoved where one is here already.
func Begin(ctx context.Context, repo *git.Repo, at time.Time) error {
	book, err := OpenBook(none{})
	if err != nil {
		return err
	}
	book.Begin()
	files, err := book.Written()
	if err != nil {
		return err
	}
	_, err = InGit(repo, "", "").Push(ctx, git.NewCommit{Files: files, Message: "Begin", Name: "escalate", Email: "escalate@localhost", Time: at})
	return err
}

// Refresh asks again where the branches stand. The error is ErrSetBack where the
// ledger lacks what was seen of it.
func (b *Branch) Refresh(ctx context.Context) error {
	at, err := b.store.Ask(ctx)
	if err != nil {
		return err
	}
	seen, err := b.store.Seen(ctx)
	if err != nil {
		return err
	}
	b.seen = seen
	if seen != "" && at.Tip != seen {
		follows := at.Tip != ""
		if follows {
			if follows, err = b.store.Follows(ctx, at.Tip, seen); err != nil {
				return err
			}
		}
		if !follows {
			return setBack(b.Remote, at.Tip, seen)
		}
	}
	b.Standing = at
	return nil
}

// setBack says what to do about a ledger that lacks what was seen of it.
func setBack(remote, tip, seen string) error {
	is, again := "gone", "git branch --force "+Name+" "+seen
	if tip != "" {
		is = "at " + tip
	}
	if remote != "" {
		again = "git push --force " + remote + " " + seen + ":refs/heads/" + Name
	}
	return fmt.Errorf("%w: it was at %s, and is %s, which does not follow that. Put it back with `%s`; or, if it is as it should be, let this clone forget what it saw with `git update-ref -d refs/escalate/seen`",
		ErrSetBack, seen, is, again)
}

// see remembers where the ledger stands.
func (b *Branch) see(ctx context.Context) error {
	if !b.Exists() || b.Tip == b.seen {
		return nil
	}
	err := b.store.See(ctx, b.Tip)
	if err == nil {
		b.seen = b.Tip
	}
	return err
}

// Exists reports whether there is a ledger.
func (b *Branch) Exists() bool { return b.Tip != "" }

// Files are those of the ledger, or of the parts of it that are named, as by
// Within. The caller closes them.
func (b *Branch) Files(ctx context.Context, within ...string) (Files, error) {
	if !b.Exists() {
		return nil, ErrNone
	}
	return b.store.Files(ctx, b.Tip, within...)
}

// few is for how many escalations their files are listed alone, and not all.
const few = 100

// Within names the files that a ledger has of some escalations, and of itself; all
// where they are many.
func Within(ids []schema.ID) []string {
	if len(ids) > few {
		return nil
	}
	files := []string{readmePath, formatPath, claimPath, heardPath}
	for _, id := range ids {
		files = append(files, tree.Path(id), Path(id), openPath(id), requestPath(id))
	}
	return files
}

// tries is how often a write is tried when others are faster.
const tries = 10

// Write changes the ledger: change makes of the files as they are those that
// differ, nil for none, and is called again where somebody else was faster. Where
// it returns nothing, nothing is written. at is the time of the commit; the files
// are those that within names, or all.
func (b *Branch) Write(ctx context.Context, message string, at time.Time, within []string, change func(files fs.FS) (map[string][]byte, error)) error {
	var last error
	for range tries {
		if err := b.see(ctx); err != nil {
			return err
		}
		files, err := b.differences(ctx, within, change)
		if err != nil || len(files) == 0 {
			return err
		}
		var commit string
		commit, last = b.store.Push(ctx, git.NewCommit{
			Parent: b.Tip, Files: files, Message: message, Name: "escalate", Email: "escalate@localhost", Time: at,
		})
		switch {
		case last == nil:
			b.Tip = commit
			return b.see(ctx)
		case !errors.Is(last, git.ErrMoved):
			return fmt.Errorf("%w: %w", ErrRefused, last)
		}
		if err := b.Refresh(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: others were faster %d times: %w", ErrRefused, tries, last)
}

// differences calls change with the files as they are.
func (b *Branch) differences(ctx context.Context, within []string, change func(files fs.FS) (map[string][]byte, error)) (map[string][]byte, error) {
	if !b.Exists() {
		return change(none{})
	}
	files, err := b.Files(ctx, within...)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	return change(files)
}

// none has no files.
type none struct{}

func (none) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Read returns the notices of one escalation or, where id is empty, of all,
// sorted by time. Where there is no ledger, there are none: the one of the
// remote counts, if there is a remote and it was fetched, else the local one.
func Read(ctx context.Context, repo *git.Repo, remote string, id schema.ID) ([]notice.Notice, error) {
	notices, err := read(ctx, repo, remote, id)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger (branch %s): %w", Name, err)
	}
	slices.SortStableFunc(notices, func(a, b notice.Notice) int { return a.At.Compare(b.At) })
	return notices, nil
}

// Tip returns the commit of the ledger: that of the remote, if there is a remote
// and it was fetched, else the local one; "" where there is none.
func Tip(ctx context.Context, repo *git.Repo, remote string) (string, error) {
	refs := []string{"refs/heads/" + Name}
	if remote != "" {
		refs = []string{"refs/remotes/" + remote + "/" + Name, refs[0]}
	}
	for _, ref := range refs {
		if commit, err := repo.Ref(ctx, ref); err != nil || commit != "" {
			return commit, err
		}
	}
	return "", nil
}

func read(ctx context.Context, repo *git.Repo, remote string, id schema.ID) ([]notice.Notice, error) {
	commit, err := Tip(ctx, repo, remote)
	if err != nil || commit == "" {
		return nil, err
	}
	within := noticesFolder
	if id != "" {
		within = Path(id)
	}
	files, err := repo.Tree(ctx, commit, within, formatPath)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	book, err := OpenBook(files)
	if err != nil {
		return nil, err
	}
	if id != "" {
		return book.Of(id)
	}
	return book.All()
}
