package git_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/git/gittest"
)

// The index has what a sparse checkout keeps off the disk; of a file with a filter
// it is known what git would keep, by the attributes of its path from the root.
func TestIndex(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write(".gitattributes", "sub/in/* ident\nin/* filter=none\nsub/in/b working-tree-encoding=ISO-8859-1 filter\n")
	r.Commit("all", "sub/in/a", "$Id$\n", "sub/in/b", "x\n", "sub/in/c", "y\n", "sub/out/d", "z\n", "in/a", "$Id$\n")
	r.Git("sparse-checkout", "set", "--no-cone", "/*", "!c")
	r.Write("sub/in/a", "$Id: whatever $\n")
	repo, err := git.Open(t.Context(), filepath.Join(r.Dir, "sub"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	x, err := repo.Index(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var names []string
	if err := fs.WalkDir(x, ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	}); err != nil || !slices.Equal(names, []string{".", "in", "in/a", "in/b", "in/c"}) || !slices.Equal(x.Sparse, []string{"in/c"}) {
		t.Errorf("it has %q, and %q not on the disk; %v", names, x.Sparse, err)
	}
	if data, err := fs.ReadFile(x, "in/c"); string(data) != "y\n" || err != nil {
		t.Errorf("in/c is %q, %v", data, err)
	}
	filters, err := repo.Filters(t.Context(), []string{"in/a", "in/b", "out/d"})
	if want := map[string]string{"in/a": "ident", "in/b": "filter, ident, working-tree-encoding=ISO-8859-1"}; err != nil || !maps.Equal(filters, want) {
		t.Errorf("the filters are %q, %v, want %q", filters, err, want)
	}
	ids, err := repo.Cleaned(t.Context(), []string{"in/a", "out/d"})
	a, _ := x.Identity("in/a")
	if want := []string{a, repo.Hash().Identity([]byte("z\n"))}; err != nil || !slices.Equal(ids, want) {
		t.Errorf("git would keep %q, %v, want %q", ids, err, want)
	}
	if err := os.Remove(filepath.Join(r.Dir, "sub/in/a")); err != nil {
		t.Fatal(err)
	}
	if ids, err := repo.Cleaned(t.Context(), []string{"in/a"}); err == nil {
		t.Errorf("of a file that is not there, git would keep %q", ids)
	}
}

// What a partial clone lacks of a folder is fetched, and nothing else; a whole one
// asks nobody.
func TestRefill(t *testing.T) {
	t.Parallel()
	origin := gittest.New(t)
	origin.Git("config", "uploadpack.allowFilter", "true")
	origin.Commit("all", "in/a", "x\n", "out/b", "y\n")
	dir := filepath.Join(t.TempDir(), "clone")
	origin.Git("clone", "--quiet", "--filter=blob:none", "--sparse", "file://"+origin.Dir, dir)
	repo, err := git.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { repo.Close() })
	if err := errors.Join(repo.Refill(t.Context(), "in"), origin.Open().Refill(t.Context(), "in")); err != nil {
		t.Fatal(err)
	}
	x, err := repo.Index(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if data, err := fs.ReadFile(x, "in/a"); string(data) != "x\n" || err != nil {
		t.Errorf("in/a is %q, %v", data, err)
	}
	if data, err := fs.ReadFile(x, "out/b"); !errors.Is(err, git.ErrMissing) {
		t.Errorf("out/b is %q, %v", data, err)
	}
	if err := os.RemoveAll(origin.Dir); err != nil {
		t.Fatal(err)
	}
	if err := repo.Refill(t.Context(), "out"); err == nil || !strings.Contains(err.Error(), "`origin`") {
		t.Errorf("without the remote: %v", err)
	}
}
