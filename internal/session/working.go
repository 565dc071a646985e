package session

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// Working loads the folder on disk, as git has it: what a sparse checkout keeps off
// the disk is read from the index, and so is what git calls unmodified though it put
// another content on the disk, by an attribute such as ident. That is told, too.
// Where no file says that there is such a thing, git is not run.
//
// That lines end otherwise on the disk, as on Windows, is nothing of the kind: YAML
// reads each line end alike.
//
// The error is tree.ErrNoFolder where the folder holds no escalations.
func (s *Session) Working(ctx context.Context) (*tree.Tree, error) {
	disk := source.NewHashed(os.DirFS(s.Dir), s.hash)
	files, told, err := s.asGitHasIt(ctx, disk)
	if err != nil {
		return nil, err
	}
	t, err := tree.Open(files, s.Check)
	switch {
	case errors.Is(err, tree.ErrNoFolder) && isBare(s.Dir):
		return nil, fmt.Errorf("%w (%s): a bare clone has no files; `lint --base`, `plan`, `apply`, `log` and `audit` read commits, and work here; for the rest, clone it without --bare", tree.ErrNoFolder, s.Dir)
	case errors.Is(err, tree.ErrNoFolder):
		return nil, s.NoFolder()
	case err != nil:
		return nil, err
	}
	t.Findings = append(t.Findings, told...)
	return t, nil
}

// asGitHasIt returns the files on disk, but for those of which git has another
// content or the only one, and what is to be told of them.
func (s *Session) asGitHasIt(ctx context.Context, disk *source.Hashed) (source.FS, []finding.Finding, error) {
	sparse, filters := s.checkout()
	if !sparse && !filters {
		return disk, nil, nil
	}
	repo, err := s.Repo(ctx)
	if errors.Is(err, git.ErrNoGit) || errors.Is(err, git.ErrNoRepository) || err == nil && repo.Bare {
		return disk, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	index, err := repo.Index(ctx, tree.Folder)
	if err != nil {
		return nil, nil, err
	}
	s.commits = append(s.commits, index.Tree)
	files := &checkout{Hashed: disk, index: index.Tree, from: map[string]bool{}}
	for _, name := range index.Sparse {
		if _, err := fs.Stat(disk, name); errors.Is(err, fs.ErrNotExist) {
			files.take(name)
		}
	}
	told, err := files.filtered(ctx, repo)
	if err == nil && len(files.from) > 0 {
		err = repo.Refill(ctx, tree.Folder)
	}
	return files, told, err
}

// checkout reports whether there may be files that are not on the disk, and such
// that are on it with another content than git has. It runs nothing: most
// repositories have neither. Attributes outside of the repository, those of one
// person alone, are not looked for.
func (s *Session) checkout() (sparse, filters bool) {
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return false, false
	}
	attributes, _ := filepath.Glob(filepath.Join(dir, tree.Folder, "*", ".gitattributes")) // the pattern is right
	attributes = append(attributes, filepath.Join(dir, tree.Folder, ".gitattributes"))
	for ; ; dir = filepath.Dir(dir) {
		attributes = append(attributes, filepath.Join(dir, ".gitattributes"))
		if own, common := gitDirs(dir); own != "" {
			attributes = append(attributes, filepath.Join(common, "info", "attributes"))
			sparse = isSparse(own)
			break
		}
		if dir == filepath.Dir(dir) {
			return false, false
		}
	}
	return sparse, sparse || slices.ContainsFunc(attributes, mayFilter)
}

// gitDirs returns where git keeps what it knows of the working tree that begins at
// a folder, and what it knows of the repository; "" where none begins there.
func gitDirs(dir string) (own, common string) {
	own = filepath.Join(dir, ".git")
	info, err := os.Stat(own)
	if err != nil {
		return "", ""
	}
	within := func(dir, file, before string) string {
		data, err := os.ReadFile(file)
		to, ok := strings.CutPrefix(strings.TrimSpace(string(data)), before)
		switch {
		case err != nil || !ok:
			return ""
		case filepath.IsAbs(to):
			return to
		}
		return filepath.Join(dir, to)
	}
	if !info.IsDir() { // a second working tree, or a submodule
		own = within(dir, own, "gitdir: ")
	}
	return own, cmp.Or(within(own, filepath.Join(own, "commondir"), ""), own)
}

// isSparse reports whether a working tree is, or was, a sparse checkout, by where git
// keeps what it knows of it.
func isSparse(own string) bool {
	_, err := os.Stat(filepath.Join(own, "info", "sparse-checkout"))
	return err == nil
}

// mayFilter reports whether a file of attributes has one that matters here, or
// gives a name of its own to some.
func mayFilter(name string) bool {
	data, err := os.ReadFile(name)
	return err == nil && slices.ContainsFunc([]string{"filter", "ident", "encoding", "[attr]"}, func(word string) bool {
		return bytes.Contains(data, []byte(word))
	})
}

// checkout is the files on disk, but for those that are taken from the index.
type checkout struct {
	*source.Hashed
	index *git.Tree
	from  map[string]bool // the files, and the folders that hold some
}

// take has a file read from the index.
func (c *checkout) take(name string) {
	for ; name != "."; name = path.Dir(name) {
		c.from[name] = true
	}
}

// filtered finds the files of which git has another content than the disk, and has
// those read from the index that git calls unmodified.
func (c *checkout) filtered(ctx context.Context, repo *git.Repo) ([]finding.Finding, error) {
	var names []string
	err := fs.WalkDir(c.Hashed, tree.Folder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && (tree.IsEscalation(name) || name == tree.PeoplePath || name == tree.PolicyPath) {
			names = append(names, name)
		}
		return nil // what cannot be read is told by who reads it
	})
	if err != nil || len(names) == 0 {
		return nil, err
	}
	by, err := repo.Filters(ctx, names)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return by[name] == "" })
	if len(names) == 0 {
		return nil, nil
	}
	kept, err := repo.Cleaned(ctx, names)
	if err != nil {
		return nil, err
	}
	var told []finding.Finding
	for i, name := range names {
		data, err := fs.ReadFile(c.Hashed, name)
		if err != nil {
			continue // as above
		}
		unix := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		if kept[i] == c.IdentityOf(data) || kept[i] == c.IdentityOf(unix) {
			continue
		}
		id, err := c.index.Identity(name)
		unmodified := err == nil && id == kept[i]
		if unmodified {
			c.take(name)
		}
		told = append(told, tree.Filtered(name, by[name], unmodified))
	}
	return told, nil
}

// Identity returns the id of a content.
func (c *checkout) Identity(name string) (string, error) {
	if c.indexed(name) {
		return c.index.Identity(name)
	}
	return c.Hashed.Identity(name)
}

// indexed reports whether a file is read from the index.
func (c *checkout) indexed(name string) bool {
	_, err := c.index.Identity(name) // a folder has none
	return c.from[name] && err == nil
}

// Open opens a file or a folder.
func (c *checkout) Open(name string) (fs.File, error) {
	if c.indexed(name) {
		return c.index.Open(name)
	}
	f, err := c.Hashed.Open(name)
	if errors.Is(err, fs.ErrNotExist) && c.from[name] {
		return c.index.Open(name)
	}
	return f, err
}

// Stat describes a file or a folder.
func (c *checkout) Stat(name string) (fs.FileInfo, error) {
	if c.indexed(name) {
		return c.index.Stat(name)
	}
	info, err := c.Hashed.Stat(name)
	if errors.Is(err, fs.ErrNotExist) && c.from[name] {
		return c.index.Stat(name)
	}
	return info, err
}

// Lstat describes a file or a folder, and follows no link.
func (c *checkout) Lstat(name string) (fs.FileInfo, error) {
	info, err := c.Hashed.Lstat(name)
	if c.indexed(name) || errors.Is(err, fs.ErrNotExist) && c.from[name] {
		return c.index.Stat(name)
	}
	return info, err
}

// ReadDir lists a folder.
func (c *checkout) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := c.Hashed.ReadDir(name)
	if !c.from[name] || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return list, err
	}
	more, err := c.index.ReadDir(name)
	if err != nil {
		return nil, err
	}
	onDisk := map[string]bool{}
	for _, e := range list {
		onDisk[e.Name()] = true
	}
	for _, e := range more {
		if c.from[path.Join(name, e.Name())] && !onDisk[e.Name()] {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}
