package tree_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/source"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// The folder of the escalations is a folder: what stands behind a link, or is
// something else, is not taken for it.
func TestOpenNoFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "elsewhere", "2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("elsewhere", filepath.Join(dir, tree.Folder)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files fs.FS
		rule  string // of the finding; empty where there is nothing
	}{
		"a link on the disk":      {source.NewHashed(os.DirFS(dir), source.SHA1), "file-link"},
		"a link nobody hashes":    {os.DirFS(dir), "file-link"},
		"a link of a commit":      {fstest.MapFS{tree.Folder: {Mode: fs.ModeSymlink, Data: []byte("elsewhere")}, "elsewhere/2026/a.yaml": {}}, "file-link"},
		"a submodule of a commit": {fstest.MapFS{tree.Folder: {Mode: fs.ModeIrregular}}, "file-unreadable"},
		"a file":                  {fstest.MapFS{tree.Folder: {}}, "file-unreadable"},
		"nothing":                 {fstest.MapFS{"README.md": {}}, ""},
	} {
		_, err := tree.Open(c.files, nil)
		var astray *tree.NotFolderError
		switch {
		case c.rule == "":
			if !errors.Is(err, tree.ErrNoFolder) {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &astray) || astray.Finding.Rule != c.rule || astray.Finding.Path != tree.Folder || astray.Finding.Hint == "":
			t.Errorf("%s: %v, want %s", name, err, c.rule)
		}
	}
}
