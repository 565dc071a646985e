package git_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/escalations-as-code/escalate/internal/git"
)

func TestTree(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.write("outside.yaml", "", "data/escalations/people.yaml", "people: {}\n", "data/escalations/2026/a.yaml", "a\r\nb\r\n",
		"data/escalations/2026.yaml", "sorts before the folder in git, after it here", "data/escalations-not.yaml", "", "data/x/y/z", "deep")
	if err := os.Chmod(filepath.Join(s.dir, "data/x/y/z"), 0o777); err != nil {
		t.Fatal(err)
	}
	s.commit("one")
	for _, test := range []struct{ dir, folder, files string }{
		{".", "", "data/escalations/2026/a.yaml data/escalations/2026.yaml data/escalations/people.yaml data/escalations-not.yaml data/x/y/z outside.yaml"},
		{"data", "", "escalations/2026/a.yaml escalations/2026.yaml escalations/people.yaml escalations-not.yaml x/y/z"},
		{"data", "escalations", "escalations/2026/a.yaml escalations/2026.yaml escalations/people.yaml"},
		{"data/escalations", ".", "2026/a.yaml 2026.yaml people.yaml"},
		{"data", "x/y/z", "x/y/z"},
		{"data", "nowhere", ""},
	} {
		tree := s.tree(s.open(test.dir), "HEAD", test.folder)
		got := files(t, tree)
		if strings.Join(got, " ") != test.files {
			t.Errorf("%s, %s: %q", test.dir, test.folder, got)
		}
		if err := fstest.TestFS(tree, got...); err != nil {
			t.Errorf("%s, %s: %v", test.dir, test.folder, err)
		}
	}
	tree := s.tree(s.open("data"), "HEAD", "")
	if got := read(t, tree, "escalations/2026/a.yaml"); got != "a\r\nb\r\n" {
		t.Errorf("line ends changed: %q", got)
	}
	for name, want := range map[string]fs.FileMode{"x/y/z": 0o755, "escalations/2026.yaml": 0o644, "x/y": fs.ModeDir | 0o755, ".": fs.ModeDir | 0o755} {
		info, err := tree.Stat(name)
		if err != nil || info.Mode() != want || info.Name() != filepath.Base(name) {
			t.Errorf("%s: %v, %v, want %v", name, info, err, want)
		}
	}
	if got, want := identity(t, tree, "x/y/z"), s.id("HEAD:data/x/y/z"); got != want {
		t.Errorf("identity %s, want %s", got, want)
	}
	for _, name := range []string{"x/y", ".", "nowhere", "/x", ""} {
		if got, err := tree.Identity(name); err == nil || got != "" {
			t.Errorf("%q has identity %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]error{
		"nowhere": fs.ErrNotExist, "x/y/z/more": fs.ErrNotExist, "outside.yaml": fs.ErrNotExist,
		"": fs.ErrInvalid, "/x": fs.ErrInvalid, "x/": fs.ErrInvalid, "x/../x": fs.ErrInvalid, "./x": fs.ErrInvalid, "\xff": fs.ErrInvalid,
	} {
		_, err := tree.Open(name)
		is(t, err, want)
		_, err = tree.Stat(name)
		is(t, err, want)
		_, err = tree.ReadDir(name)
		is(t, err, want)
	}
	if _, err := tree.ReadDir("x/y/z"); err == nil {
		t.Error("a file was listed")
	}
	if _, err := fs.ReadFile(tree, "x/y"); err == nil {
		t.Error("a folder was read")
	}
}

func TestTreeRefuses(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	id := s.commit("one", "a", "")
	r := s.open(".")
	_, err := r.Tree(t.Context(), "HEAD", "")
	refused(t, err, "is not the id of a commit in full")
	_, err = r.Tree(t.Context(), id, "../x")
	is(t, err, fs.ErrInvalid)
	missing := strings.Repeat("1", 40)
	_, err = r.Tree(t.Context(), missing, "")
	refused(t, err, "cannot list the files of commit "+missing+": it is missing, or its files are", git.ErrMissing)

	// Trees that git makes none of, but stores and fetches.
	blob := s.id("HEAD:a")
	for listing, says := range map[string]string{
		"100644 blob " + blob + "\t..\x00":                                      "`..` is no name",
		"100644 blob " + blob + "\ta/../b\x00":                                  "`a/..` is no name",
		"100644 blob " + blob + "\t/a\x00":                                      "is no name",
		"100644 blob " + blob + "\ta\x00100644 blob " + blob + "\ta\x00":        "`a` is in it twice",
		"100644 blob " + blob + "\ta\x00" + "100644 blob " + blob + "\ta/b\x00": "`a` is in it twice",
	} {
		tree := s.rawTree(listing)
		_, err := r.Tree(t.Context(), tree, "")
		refused(t, err, says)
	}
}

func TestTreeOfOddFiles(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	target := s.commit("one", "a", "content")
	blob := s.id("HEAD:a")
	names := []string{"a b", "a\tb", "a\nb", "a\\b", `a"b`, "Société Générale.yaml", "日本", "*", "-x", "[x]", ":(top)a", "e\u0301", "\xff\xfe", "nul\x01"}
	var listing strings.Builder
	for _, name := range names {
		fmt.Fprintf(&listing, "100644 blob %s\tesc/%s\x00", blob, name)
	}
	fmt.Fprintf(&listing, "120000 blob %s\tesc/link\x00160000 commit %s\tesc/submodule\x00", blob, target)
	s.gitIn(strings.NewReader(listing.String()), "update-index", "-z", "--index-info")
	s.git("commit", "--quiet", "-m", "two")
	names = append(names, "link", "submodule")
	slices.Sort(names)
	tree := s.tree(s.open("."), "HEAD", "esc")
	entries, err := tree.ReadDir("esc")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
		f, err := tree.Open("esc/" + e.Name())
		switch e.Name() {
		case "link", "submodule":
			want := fs.ModeSymlink
			if e.Name() == "submodule" {
				want = fs.ModeIrregular
			}
			if err == nil || e.Type() != want {
				t.Errorf("%s: %v of type %v", e.Name(), err, e.Type())
			}
			if info, err := e.Info(); err != nil || info.Mode().Type() != want {
				t.Errorf("%s: %v, %v", e.Name(), info, err)
			}
		case "\xff\xfe": // as os.DirFS has it: listed, but no name to open
			is(t, err, fs.ErrInvalid)
		default:
			if err != nil {
				t.Error(err)
				continue
			}
			if data, err := io.ReadAll(f); string(data) != "content" || err != nil {
				t.Errorf("%q: %q, %v", e.Name(), data, err)
			}
		}
	}
	if !slices.Equal(got, names) {
		t.Errorf("names\n%q, want\n%q", got, names)
	}

	want := "two"
	for _, name := range names { // git's order is the same here
		want += " +esc/" + strings.ToValidUTF8(name, "\xff\xfe")
	}
	if got := s.log(s.open("."), git.LogOptions{From: target, To: s.id("HEAD")}); got != want+"\n" {
		t.Errorf("log\n%q, want\n%q", got, want)
	}
	for _, name := range []string{"*", "[x]", ":(top)a", "-x", "a\nb", "日本"} {
		s.git("reset", "--quiet", "--hard") // makes the folder, to open it
		if got := s.log(s.open("esc"), git.LogOptions{To: s.id("HEAD"), File: name}); got != "two +"+name+"\n" {
			t.Errorf("log of %s: %q", name, got)
		}
	}
}

func TestTreeOfLargeFile(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "large", strings.Repeat("x", git.MaxBlob+5), "small", "small")
	r := s.open(".")
	tree := s.tree(r, "HEAD", "")
	info, err := tree.Stat("large")
	if err != nil || info.Size() != git.MaxBlob+5 {
		t.Errorf("size %v, %v", info, err)
	}
	data, err := fs.ReadFile(tree, "large")
	refused(t, err, "is larger than")
	if len(data) != git.MaxBlob {
		t.Errorf("%d bytes", len(data))
	}
	if got := read(t, tree, "small"); got != "small" {
		t.Errorf("after it: %q", got)
	}
	for b, err := range r.Blobs(t.Context(), slices.Values([]string{identity(t, tree, "large"), identity(t, tree, "small")})) {
		if err != nil || b.Size != int64(len(b.Data)) && (b.Size != git.MaxBlob+5 || len(b.Data) != git.MaxBlob) {
			t.Errorf("%d bytes of %d, %v", len(b.Data), b.Size, err)
		}
	}
}

func TestTreeConcurrently(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	var pairs []string
	for i := range 500 {
		text := fmt.Sprint("file ", i/2) // each content twice
		if i%50 == 0 {
			text = strings.Repeat(text, 20_000) // too large to be kept when read ahead
		}
		pairs = append(pairs, fmt.Sprintf("%d/%03d", i%3, i), text)
	}
	s.commit("one", pairs...)
	tree := s.tree(s.open("."), "HEAD", "")
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			// Some in order, some not, some twice.
			for n := i; n < i+5; n++ {
				at := n * 2
				if i%7 == 0 {
					at = n * 362
				}
				at %= len(pairs)
				if got := read(t, tree, pairs[at]); got != pairs[at+1] {
					t.Errorf("%s: %.20q, want %.20q", pairs[at], got, pairs[at+1])
				}
				if info, err := tree.Stat(pairs[at]); err != nil || info.Size() != int64(len(pairs[at+1])) {
					t.Error(info, err)
				}
			}
		})
	}
	wg.Wait()
	for range 2 { // from the beginning to the end, and again
		for i := 0; i < len(pairs); i += 2 {
			if got := read(t, tree, pairs[i]); got != pairs[i+1] {
				t.Errorf("%s: %.20q, want %.20q", pairs[i], got, pairs[i+1])
			}
		}
	}
	tree.Close()
	_, err := tree.Open(pairs[0])
	is(t, err, fs.ErrClosed)
	if len(files(t, tree)) != 500 {
		t.Error("a closed tree has lost its names")
	}
}

// A partial clone lacks contents. They are not fetched.
func TestTreeOfPartialClone(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	one := s.commit("one", "a", "1")
	two := s.commit("two", "a", "2")
	s.git("config", "uploadpack.allowFilter", "true")
	s.git("config", "uploadpack.allowAnySHA1InWant", "true")
	s.git("clone", "--quiet", "--filter=blob:none", "file://"+s.dir, "clone")
	r := s.open("clone")
	if got := s.log(r, git.LogOptions{To: two}); got != "two ~a\none +a\n" {
		t.Errorf("log %s", got)
	}
	if got := read(t, s.tree(r, "HEAD", ""), "a"); got != "2" {
		t.Errorf("what was checked out: %q", got)
	}
	tree, err := r.Tree(t.Context(), one, "")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for range 2 {
		_, err = tree.Open("a")
		refused(t, err, identity(t, tree, "a"))
	}
	for _, err := range r.Log(t.Context(), git.LogOptions{To: two, Reverse: true, Contents: all}) {
		refused(t, err, "`a` in commit "+one+": the content "+identity(t, tree, "a")+" of a file is missing", git.ErrMissing)
	}
}

func all(git.Change) bool { return true }

func TestMissing(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.commit("one", "a", "1", "b", "2", "c", "3", "esc/d", "4")
	r := s.open(".")
	head, esc := s.id("HEAD"), s.id("HEAD:esc")
	tree := s.tree(r, "HEAD", "")
	id := identity(t, tree, "b")
	if err := os.Remove(filepath.Join(s.dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	for range 2 { // also when it is read ahead
		if read(t, tree, "a") != "1" || read(t, tree, "c") != "3" {
			t.Error("the others")
		}
		_, err := tree.Open("b")
		refused(t, err, "open b: the content "+id+" of a file is missing", git.ErrMissing)
		_, err = tree.Stat("b")
		is(t, err, git.ErrMissing)
	}
	var last error
	n := 0
	for _, last = range r.Blobs(t.Context(), slices.Values([]string{identity(t, tree, "a"), id, identity(t, tree, "c")})) {
		n++
	}
	if n != 2 || !errors.Is(last, git.ErrMissing) {
		t.Errorf("%d contents, then %v", n-1, last)
	}

	if err := os.Remove(filepath.Join(s.dir, ".git/objects", esc[:2], esc[2:])); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := r.Tree(t.Context(), head, "esc")
		refused(t, err, "what is in its folder `esc` is missing", git.ErrMissing)
		some, err := r.Tree(t.Context(), head, "c") // which needs no other folder
		if err != nil || read(t, some, "c") != "3" {
			t.Error(err)
		}
	}
}
