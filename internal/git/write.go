package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrMoved is returned where a branch is no longer what it was thought to be:
// somebody else was faster.
var ErrMoved = errors.New("the branch has moved")

// Remote is what a remote repository says of itself.
type Remote struct {
	// Default is the name of its default branch; "" where it has none yet.
	Default string
	// Branches are the commits of the branches that were asked for, of those
	// that it has. The default branch is among them.
	Branches map[string]string
}

// Remotes returns the names of the remotes that are configured.
func (r *Repo) Remotes(ctx context.Context) ([]string, error) {
	out, err := r.output(ctx, "remote")
	if err != nil {
		return nil, fmt.Errorf("cannot list the remotes: %w", err)
	}
	return slices.DeleteFunc(strings.Split(out, "\n"), func(name string) bool { return name == "" }), nil
}

// Ref is a name of a commit: a branch, one of a remote, or a tag.
type Ref struct {
	// Name is as people write it: main, origin/main, v1.0.
	Name string
	// Kind is branch, remote branch or tag.
	Kind string
}

// Refs returns the branches, those of the remotes and the tags, at most this many:
// those of the latest commits first.
func (r *Repo) Refs(ctx context.Context, most int) ([]Ref, error) {
	out, err := r.output(ctx, "for-each-ref", fmt.Sprintf("--count=%d", most), "--sort=-creatordate", "--format=%(refname)", "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("cannot list the branches and tags: %w", err)
	}
	var all []Ref
	for name := range strings.FieldsSeq(out) { // git allows no white space in one
		for _, k := range [][2]string{{"refs/heads/", "branch"}, {"refs/remotes/", "remote branch"}, {"refs/tags/", "tag"}} {
			if short, ok := strings.CutPrefix(name, k[0]); ok {
				all = append(all, Ref{Name: short, Kind: k[1]})
			}
		}
	}
	return all, nil
}

// AskRemote asks a remote for its default branch and for branches by name. It
// is the one call over the network where nothing is to be fetched.
func (r *Repo) AskRemote(ctx context.Context, name string, branches ...string) (Remote, error) {
	args := []string{"ls-remote", "--quiet", "--symref", "--", name, "HEAD"}
	for _, b := range branches {
		args = append(args, "refs/heads/"+b)
	}
	out, err := r.network(ctx, args...)
	if err != nil {
		return Remote{}, fmt.Errorf("cannot ask the remote %s: %w", code(name), err)
	}
	answer := Remote{Branches: map[string]string{}}
	for line := range strings.Lines(out) {
		value, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if target, ok := strings.CutPrefix(value, "ref: "); ok && ref == "HEAD" {
			if branch, is := strings.CutPrefix(target, "refs/heads/"); is { // and not something else
				answer.Default = branch
			}
		} else if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
			answer.Branches[branch] = value
		} else if ref == "HEAD" && answer.Default != "" {
			answer.Branches[answer.Default] = value
		}
	}
	return answer, nil
}

// Fetch fetches commits of a remote that the repository lacks, by the branches
// that they were the tips of. No branch here changes.
func (r *Repo) Fetch(ctx context.Context, remote string, branches map[string]string) error {
	return r.fetch(ctx, remote, branches)
}

// FetchTips is Fetch for somebody who reads the files of the commits and not their
// history, which a shallow clone goes on to lack.
func (r *Repo) FetchTips(ctx context.Context, remote string, branches map[string]string) error {
	if !r.Shallow {
		return r.fetch(ctx, remote, branches)
	}
	err := r.fetch(ctx, remote, branches, "--depth=1")
	return errors.Join(err, r.Close(), r.readBoundary(ctx)) // which goes through the tips now, too
}

func (r *Repo) fetch(ctx context.Context, remote string, branches map[string]string, flags ...string) error {
	args := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"}
	args = append(append(args, flags...), "--", remote)
	fixed := len(args)
	for branch, id := range branches {
		if has, err := r.has(ctx, id); err != nil {
			return err
		} else if !has {
			args = append(args, "refs/heads/"+branch)
		}
	}
	if len(args) == fixed {
		return nil
	}
	slices.Sort(args[fixed:])
	if _, err := r.network(ctx, args...); err != nil {
		return fmt.Errorf("cannot fetch from the remote %s: %w", code(remote), err)
	}
	return nil
}

// Deepen gets the history that a shallow clone lacks, of a branch of a remote.
func (r *Repo) Deepen(ctx context.Context, remote, branch string) error {
	_, err := r.network(ctx, "fetch", "--quiet", "--unshallow", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--", remote, "refs/heads/"+branch)
	if err != nil {
		return fmt.Errorf("cannot fetch the history from the remote %s: %w", code(remote), err)
	}
	r.Shallow, r.boundary = false, nil
	return r.Close() // it knows where the history ended
}

// has reports whether the repository has a commit.
func (r *Repo) has(ctx context.Context, id string) (bool, error) {
	if err := r.checkIDs(id); err != nil {
		return false, err
	}
	_, err := r.named(ctx, id)
	if err == nil || errors.Is(err, errMissing) {
		return err == nil, nil
	}
	_, err = r.output(ctx, "cat-file", "-e", id+"^{commit}")
	if err != nil && context.Cause(ctx) != nil {
		return false, err
	}
	return err == nil, nil
}

// IsAncestor reports whether commit b has commit a in its history, or is it.
func (r *Repo) IsAncestor(ctx context.Context, a, b string) (bool, error) {
	base, err := r.MergeBase(ctx, a, b)
	if errors.Is(err, ErrNoMergeBase) {
		return false, nil
	}
	return base == a, err
}

// Branch returns the name of the branch that is checked out, "" where it is
// none.
func (r *Repo) Branch(ctx context.Context) (string, error) {
	out, err := r.output(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil && said(err) == "" && context.Cause(ctx) == nil {
		return "", nil // git says nothing of a HEAD that is no branch
	}
	return strings.TrimPrefix(out, "refs/heads/"), err
}

// NewCommit says what a commit is to be.
type NewCommit struct {
	// Parent is the commit that it follows; "" for the first of a history. Merges is
	// another one, of which it has nothing but what Files has; "" for none.
	Parent, Merges string
	// Files are the files that differ from Parent, by their paths relative to
	// Dir; nil for one that is deleted.
	Files map[string][]byte
	// Message is its message; Name and Email are author and committer, Time is
	// when.
	Message, Name, Email string
	Time                 time.Time
}

// Commit makes a commit, without touching the working tree, the index or any
// branch, and returns its id. ref is a name of its own under refs/ that keeps it
// from being collected; what it named before is let go.
func (r *Repo) Commit(ctx context.Context, ref string, c NewCommit) (string, error) {
	p, err := r.start(ctx, true, "fast-import", "--quiet", "--force", "--date-format=raw", "--done")
	if err != nil {
		return "", fmt.Errorf("cannot make a commit: %w", err)
	}
	defer p.stop()
	b := bufio.NewWriter(p.in) // an error stays, and is met at the end
	who := fmt.Sprintf("%s <%s> %d +0000", plainName(c.Name), plainName(c.Email), c.Time.Unix())
	if c.Parent == "" { // or the new commit would follow what ref names now
		fmt.Fprintf(b, "reset %s\n\n", ref)
	}
	fmt.Fprintf(b, "commit %s\nmark :1\nauthor %s\ncommitter %s\ndata %d\n%s\n", ref, who, who, len(c.Message), c.Message)
	if c.Parent != "" {
		if err := r.checkIDs(c.Parent); err != nil {
			return "", err
		}
		fmt.Fprintf(b, "from %s\n", c.Parent)
	}
	if c.Merges != "" {
		if err := r.checkIDs(c.Merges); err != nil {
			return "", err
		}
		fmt.Fprintf(b, "merge %s\n", c.Merges)
	}
	names := make([]string, 0, len(c.Files))
	for name := range c.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		full := quotedPath(slash(r.Prefix) + name)
		if data := c.Files[name]; data == nil {
			fmt.Fprintf(b, "D %s\n", full)
		} else {
			fmt.Fprintf(b, "M 100644 inline %s\ndata %d\n", full, len(data))
			b.Write(data)
			b.WriteByte('\n')
		}
	}
	b.WriteString("get-mark :1\ndone\n")
	if err := b.Flush(); err != nil {
		return "", fmt.Errorf("cannot make a commit: %w", p.gone())
	}
	id, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("cannot make a commit: %w", p.gone())
	}
	if err := p.wait(); err != nil {
		return "", fmt.Errorf("cannot make a commit: %w", err)
	}
	if id = strings.TrimSpace(id); !r.isID(id) {
		return "", fmt.Errorf("cannot make a commit: git fast-import says %q", id)
	}
	return id, nil
}

// plainName is a name without what ends one in a commit.
func plainName(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '<' || c == '>' || c == '\n' || c == 0 {
			return -1
		}
		return c
	}, s)
}

// quotedPath is a path as fast-import reads any.
func quotedPath(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// Push makes a commit the tip of a remote's branch, which must be an ancestor of
// it or not exist. The error is ErrMoved where the branch is something else by
// now; any other error holds git's own words.
func (r *Repo) Push(ctx context.Context, remote, commit, branch string) error {
	if err := r.checkIDs(commit); err != nil {
		return err
	}
	_, err := r.network(ctx, "push", "--quiet", "--no-verify", "--no-signed", "--recurse-submodules=no", "--", remote, commit+":refs/heads/"+branch)
	if err == nil {
		return nil
	}
	answer, askErr := r.AskRemote(ctx, remote, branch)
	switch {
	case askErr != nil:
		return fmt.Errorf("cannot push to %s of the remote %s: %w", code(branch), code(remote), err)
	case answer.Branches[branch] == commit:
		return nil // it arrived, though git did not hear of it
	}
	if tip := answer.Branches[branch]; tip != "" {
		if known, hasErr := r.has(ctx, tip); hasErr == nil && known {
			if before, baseErr := r.IsAncestor(ctx, tip, commit); baseErr == nil && before {
				// The branch is what we started from: a rule refuses the push, or nothing
				// arrived.
				text := fmt.Sprintf("cannot push to %s of the remote %s: %v", code(branch), code(remote), err)
				if strings.Contains(err.Error(), "rejected") {
					return &kindError{text, []error{ErrRefused, err}}
				}
				return &kindError{text, []error{err}}
			}
		}
		return &kindError{fmt.Sprintf("the branch %s of the remote %s has moved (%v)", code(branch), code(remote), err), []error{ErrMoved}}
	}
	return fmt.Errorf("cannot push to %s of the remote %s: %w", code(branch), code(remote), err)
}

// TryPush asks a remote whether a commit could be pushed to a branch, and pushes
// nothing. A remote says by this whether it takes the credentials for a push; what its
// rules and hooks would say, it does not.
func (r *Repo) TryPush(ctx context.Context, remote, commit, branch string) error {
	if err := r.checkIDs(commit); err != nil {
		return err
	}
	_, err := r.network(ctx, "push", "--dry-run", "--quiet", "--no-verify", "--no-signed", "--recurse-submodules=no", "--", remote, commit+":refs/heads/"+branch)
	if err != nil {
		return fmt.Errorf("cannot push to %s of the remote %s: %w", code(branch), code(remote), err)
	}
	return nil
}

// Move makes a commit the tip of a branch here, if that still names old, or does
// not exist where old is "". Else the error is ErrMoved.
func (r *Repo) Move(ctx context.Context, branch, commit, old string) error {
	if err := r.checkIDs(commit); err != nil {
		return err
	}
	if old == "" {
		old = strings.Repeat("0", len(commit))
	}
	if _, err := r.output(ctx, "update-ref", "refs/heads/"+branch, commit, old); err != nil {
		if now, lookErr := r.Resolve(ctx, "refs/heads/"+branch); lookErr == nil && now != old || errors.Is(lookErr, ErrNoCommit) && strings.Trim(old, "0") != "" {
			return &kindError{fmt.Sprintf("the branch %s has moved", code(branch)), []error{ErrMoved}}
		}
		return fmt.Errorf("cannot move the branch %s: %w", code(branch), err)
	}
	return nil
}

// Keep lets a name of its own under refs/ stand for a commit, which keeps that from
// being collected.
func (r *Repo) Keep(ctx context.Context, ref, commit string) error {
	if err := r.checkIDs(commit); err != nil {
		return err
	}
	if _, err := r.output(ctx, "update-ref", ref, commit); err != nil {
		return fmt.Errorf("cannot keep %s: %w", code(ref), err)
	}
	return nil
}

// CommonDir returns the folder in which all working trees of the repository keep
// what they share.
func (r *Repo) CommonDir(ctx context.Context) (string, error) {
	dir, err := r.output(ctx, "rev-parse", "--git-common-dir")
	if err != nil {
		return "", fmt.Errorf("cannot find the folder of git: %w", err)
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.Dir, dir)
	}
	return dir, nil
}

// network runs a git that may open connections, with the credentials that the
// user's git has. It never asks at a terminal.
func (r *Repo) network(ctx context.Context, args ...string) (string, error) {
	out := *r
	out.env = append(slices.DeleteFunc(slices.Clone(r.env), func(v string) bool {
		return v == "GIT_NO_LAZY_FETCH=1" || v == "GIT_ALLOW_PROTOCOL=none"
	}), "GIT_TERMINAL_PROMPT=0")
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); slices.Contains(credentials, name) {
			out.env = append(out.env, v)
		}
	}
	return out.output(ctx, args...)
}

// credentials are the variables that say how git logs in.
var credentials = []string{"GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY", "GIT_PROXY_COMMAND", "GIT_PROXY_SSL_CAINFO", "GIT_HTTP_USER_AGENT"}

// Saying returns the newest commit in the history of one whose message has a text, of
// those that were committed since a time; "" where none has. The error is ErrShallow
// where none has of those that a shallow clone has.
func (r *Repo) Saying(ctx context.Context, commit, text string, since time.Time) (string, error) {
	if err := r.checkIDs(commit); err != nil {
		return "", err
	}
	out, err := r.output(ctx, "log", "--format=%H", "--max-count=1", "--fixed-strings", "--grep="+text, "--since="+since.UTC().Format(time.RFC3339), commit, "--")
	if err != nil {
		return "", fmt.Errorf("cannot read the history: %w", err)
	}
	if out == "" && len(r.boundary) > 0 {
		return "", &kindError{"this clone has not all of the history; " + deepen, []error{ErrShallow}}
	}
	return out, nil
}
